//! From the bytes of an answer to what they say.
//!
//! [`sse`] cuts bytes into events and knows no vendor; [`chat`] reads events as a chat completion and
//! knows no transport; [`session`] sends a request through any [`session::Endpoint`], a browser's
//! fetch or a test's list of chunks, and yields what comes; [`retry`] says which failures may pass.

pub mod chat;
pub mod retry;
pub mod session;
pub mod sse;
