//! What only the page needs, and what needs no browser: so it is tested natively.
//!
//! Figures come from the `tilewise` crate. These modules say where and how the page shows them.

pub mod answer;
pub mod axis;
pub mod billing;
pub mod card;
pub mod choices;
pub mod comparison;
pub mod cost_breakdown;
pub mod curve;
pub mod day;
pub mod drag;
pub mod files;
pub mod fixed;
pub mod gauge;
pub mod jpeg_end;
pub mod markdown;
pub mod model_key;
pub mod obstacle;
pub mod samples;
pub mod size_curve;
pub mod sliders;
pub mod source_text;
pub mod thumbnail;
pub mod url;
pub mod verdict;
pub mod video_curve;
pub mod video_plan;
pub mod view;
pub mod violation_text;
