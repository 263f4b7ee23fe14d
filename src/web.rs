//! The only place that knows a browser: blobs, URLs, fetch, timers.
//!
//! What it uses is there in pages, workers, Node, Deno, Bun and edge runtimes alike: no window, no
//! document.

mod abort;
mod body;
mod chat;
mod count;
mod data;
mod endpoint;
mod failure;
mod fetch;
mod inspect;
mod reader;
mod readers;
mod remote;
mod source;
mod timer;

pub use abort::{Abort, signal_from_js};
pub use body::request_body;
pub use chat::{ChatFailure, chat};
pub use count::{calibrate, count_on_server};
pub use data::Data;
pub use endpoint::{FetchEndpoint, list_models};
pub use inspect::{inspect, inspect_local, inspect_sync};
pub use readers::preload_formats;
pub use source::{InspectOptions, Source};
pub use timer::sleep;

use body::{blob, complete, pieces};
