//! The only place that knows a browser: blobs, URLs, fetch, timers.
//!
//! What it uses is there in pages, workers, Node, Deno, Bun and edge runtimes alike: no window, no
//! document.

mod abort;
mod body;
mod data;
mod endpoint;
mod fetch;
mod inspect;
mod remote;
mod timer;

pub use abort::Abort;
pub use data::Data;
pub use endpoint::{FetchEndpoint, list_models};
pub use inspect::{Options as InspectOptions, Source, inspect, run_probe};
pub use timer::sleep;

use body::{blob, pieces};
