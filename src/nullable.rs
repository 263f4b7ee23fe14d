//! What is missing in a value from JavaScript: null and undefined, which serde reads alike.

use serde::{Deserialize, Deserializer};

/// For a field that is no [`Option`] and has a default: null is the default too. A field that is not there at
/// all needs `#[serde(default)]` beside it.
pub(crate) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}
