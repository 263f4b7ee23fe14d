//! JSON that others wrote.
//!
//! What is long, or must stay as it is written, is read by a [`Reader`] that steps over the rest; what is short, as a
//! [`Value`]. All that is written goes by serde_json.

mod gap;
mod reader;
mod value;

pub use gap::{Gap, LongText};
pub(crate) use reader::{Kind, Literal, LiteralText, NotJson, Reader, unescaped};
pub(crate) use value::Value;
