//! From the bytes of an answer to what they say.
//!
//! [`sse`] cuts bytes into events and knows no vendor; [`chat`] reads events as a chat completion and
//! knows no transport; [`exchange`] says what to do next between request and end, and does no I/O;
//! [`session`] does it through any [`session::Endpoint`], a browser's fetch or a test's list of chunks;
//! [`retry`] says which failures may pass, [`failure`] why nothing came. [`meter`] reads nothing of an answer but what it
//! cost, whichever client asked for it.

mod account;
pub mod chat;
mod chunk;
mod event;
mod event_json;
pub mod exchange;
pub mod failure;
mod half;
mod http_date;
pub mod meter;
pub mod retry;
pub mod session;
pub mod sse;
mod target;
mod template;
mod tool_calls;
mod usage;
mod wire;

pub use event::{ChatEvent, ChatResult};
pub use event_json::to_json;
pub use target::{EndpointOptions, Target};
pub use usage::Usage;
