//! What the npm package exports: read, call, write. No decision is taken here.
//!
//! The package has a binary for estimates and for the pictures that models take, one for all other formats,
//! and one for what talks to servers, so that nobody loads what they do not use. They share how they read
//! and write:
//!
//! Arguments come as JSON, without what stays in JavaScript: data, signals. Results go as JSON; an error
//! is JSON behind an exclamation mark, which begins no JSON. So nothing but text and bytes crosses, and
//! neither a binary nor its script needs what holds JavaScript's own values.

mod outcome;

#[cfg(any(feature = "wasm", feature = "network-wasm"))]
mod argument;
#[cfg(feature = "wasm")]
mod core;
#[cfg(feature = "wasm")]
mod draft;
#[cfg(feature = "wasm")]
mod options;
#[cfg(any(feature = "wasm", feature = "formats-wasm"))]
mod probe;
#[cfg(feature = "network-wasm")]
mod remote;
#[cfg(feature = "network-wasm")]
mod session;
#[cfg(feature = "network-wasm")]
mod target;

use crate::probe::DEFAULT_MAX_BYTES;

/// Half of Rust's own in size.
#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

#[cfg(feature = "wasm")]
pub use self::core::{allowed_body, base64, body, estimate, models, reconcile, snippet};
#[cfg(any(feature = "wasm", feature = "formats-wasm"))]
pub use self::probe::{MediaProbe, inspect_data_url};
#[cfg(feature = "network-wasm")]
pub use self::{
    remote::{RemoteFile, RemoteStep},
    session::{Cause, Session, Step},
};

/// A number of bytes as JavaScript gives it: casts saturate.
fn most(max_bytes: Option<f64>) -> u64 {
    max_bytes.map_or(DEFAULT_MAX_BYTES, |max_bytes| max_bytes as u64)
}
