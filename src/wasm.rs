//! What the npm package exports: read, call, write. No decision is taken here.
//!
//! Arguments come as JSON, without what stays in JavaScript: data, signals. Results go as JSON; an error
//! is JSON behind an exclamation mark, which begins no JSON. So nothing but text and bytes crosses, and
//! neither the binary nor its script needs what holds JavaScript's own values.

mod outcome;
mod probe;

#[cfg(feature = "wasm")]
mod argument;
#[cfg(feature = "wasm")]
mod chat;
#[cfg(feature = "wasm")]
mod core;
#[cfg(feature = "wasm")]
mod draft;
#[cfg(feature = "wasm")]
mod options;
#[cfg(feature = "wasm")]
mod remote;

pub use probe::{MediaProbe, inspect_data_url};

#[cfg(feature = "wasm")]
pub use self::{
    chat::{Cause, Session, Step},
    core::{base64, body, estimate, models, reconcile, snippet},
    remote::{RemoteFile, RemoteStep},
};
