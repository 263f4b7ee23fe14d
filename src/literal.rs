//! Texts that stand in the program.

use serde::{Serialize, Serializer};

/// Written as the name of a variant is: of such a text serde-wasm-bindgen makes JavaScript's string once, and of any
/// other each time.
pub(crate) struct Literal(pub(crate) &'static str);

impl Serialize for Literal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit_variant("Literal", 0, self.0)
    }
}
