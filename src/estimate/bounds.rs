//! Between which counts the input lies.

use crate::units;
use serde::{Deserialize, Serialize};

/// Between which counts the input lies if the bill follows a rule; `None` where the rule does not
/// cover a medium, or the request holds what is not counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(expecting = "an object")]
pub struct BoundsByRule {
    pub published: Option<Bounds>,
    pub processor: Option<Bounds>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(expecting = "an object")]
pub struct Bounds {
    #[serde(serialize_with = "units::count")]
    pub low: u64,
    #[serde(serialize_with = "units::count")]
    pub high: u64,
}

impl Bounds {
    /// Whether a bill of this many tokens is possible.
    pub fn hold(&self, tokens: u64) -> bool {
        (self.low..=self.high).contains(&tokens)
    }
}
