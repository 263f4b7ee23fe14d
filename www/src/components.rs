//! What is seen. One component a file; no component computes a figure.

pub(crate) mod api_key;
pub(crate) mod ask;
pub(crate) mod attached;
pub(crate) mod bill;
pub(crate) mod code;
pub(crate) mod copy_button;
pub(crate) mod delivery;
pub(crate) mod endpoint;
pub(crate) mod facts;
pub(crate) mod failure;
pub(crate) mod figures;
pub(crate) mod frame_strip;
pub(crate) mod gauges;
pub(crate) mod intake;
pub(crate) mod ledger;
pub(crate) mod media_card;
pub(crate) mod media_list;
pub(crate) mod models;
pub(crate) mod poster;
pub(crate) mod savings;
pub(crate) mod settings;
pub(crate) mod tile_grid;
pub(crate) mod totals;
pub(crate) mod turn;
pub(crate) mod turns;
pub(crate) mod violations;
