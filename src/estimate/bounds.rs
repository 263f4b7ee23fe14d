//! Between which counts the input lies.

use crate::units::{self, Usd};
use serde::{Deserialize, Serialize};

/// Between which counts the input lies if the bill follows a rule; `None` where the rule does not
/// cover a media item, or the request holds what is not counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(expecting = "an object")]
pub struct BoundsByRule {
    /// Tokens by the rule that the provider documents.
    pub published: Option<Bounds>,
    /// Tokens by the code of the model.
    pub processor: Option<Bounds>,
}

impl BoundsByRule {
    /// Whichever rule is followed.
    pub fn outer(&self) -> Option<Bounds> {
        let mut known = [self.published, self.processor].into_iter().flatten();
        let first = known.next()?;
        Some(known.fold(first, |outer, bounds| Bounds {
            low: outer.low.min(bounds.low),
            high: outer.high.max(bounds.high),
        }))
    }
}

/// The fewest and the most tokens of an input, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(expecting = "an object")]
pub struct Bounds {
    /// No fewer tokens.
    #[serde(serialize_with = "units::count")]
    pub low: u64,
    /// No more tokens.
    #[serde(serialize_with = "units::count")]
    pub high: u64,
}

impl Bounds {
    /// Whether they are one number.
    pub fn is_exact(self) -> bool {
        self.low == self.high
    }

    /// Whether a bill of this many tokens is possible.
    pub fn hold(&self, tokens: u64) -> bool {
        (self.low..=self.high).contains(&tokens)
    }
}

/// The input by the cheapest and by the dearest rule, bounds of the text included: as far as is known, the truth lies between
/// them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Range {
    /// US dollars, no less.
    pub low_usd: Usd,
    /// US dollars, no more.
    pub high_usd: Usd,
    /// Tokens of input, no fewer.
    #[serde(serialize_with = "units::count")]
    pub low_tokens: u64,
    /// Tokens of input, no more.
    #[serde(serialize_with = "units::count")]
    pub high_tokens: u64,
}

impl Range {
    /// `None` where a price is not known.
    pub(super) fn new(bounds: Bounds, usd: impl Fn(u64) -> Option<Usd>) -> Option<Self> {
        Some(Self {
            low_usd: usd(bounds.low)?,
            high_usd: usd(bounds.high)?,
            low_tokens: bounds.low,
            high_tokens: bounds.high,
        })
    }
}
