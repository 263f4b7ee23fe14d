//! JSON (RFC 8259): read once from front to back, kept as a tree, written.
//!
//! What the npm package downloads must be small, and serde's readers and writers of JSON bring tables of
//! powers of ten and the same code once for every type. These do the same for text that is short, by
//! integers.

mod number;
mod reader;
mod value;
mod write;

pub(crate) use number::parse as number;
pub(crate) use reader::{Kind, NotJson, Reader};
pub(crate) use value::Value;
pub(crate) use write::{quote, quote_by, to_json};
