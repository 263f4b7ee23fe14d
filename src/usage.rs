//! The bill held against the estimate.
//!
//! ```
//! use tilewise::estimate::{Options, estimate};
//! use tilewise::request::{Draft, MediaPart};
//! use tilewise::rule::Rule;
//! use tilewise::usage::{Basis, Follows, Usage, reconcile};
//!
//! # let file = std::fs::read("tests/fixtures/png/rgb.png")?;
//! let mut draft = Draft::new("moonshotai/Kimi-K2.6", "What is this?");
//! draft.media.push(MediaPart::base64(tilewise::probe::bytes(&file)?));
//! let estimate = estimate(&draft, &Options::default());
//!
//! let billed = estimate.bounds.processor.unwrap().low;
//! let usage = Usage { input_tokens: Some(billed), ..Usage::default() };
//! assert_eq!(reconcile(&Basis::from(&estimate), &usage).follows, Some(Follows::Processor));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::estimate::Estimate;
use crate::price::Prices;
use crate::units::{Usd, any_count, count, optional_count, optional_difference};
use serde::{Deserialize, Serialize};

/// What an endpoint reports. A reported 0 is not the same as nothing reported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Usage {
    pub input_tokens: Option<u64>,
    pub output_tokens: Option<u64>,
    /// Of the input tokens, those that came from the prompt cache.
    pub cached_input_tokens: Option<u64>,
    /// Of the output tokens, those spent on reasoning.
    pub reasoning_tokens: Option<u64>,
}

/// What of an estimate a bill is held against.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Basis {
    #[serde(deserialize_with = "any_count")]
    pub input_tokens: u64,
    pub cost: BasisCost,
    pub price: Prices,
    pub bounds: BoundsByRule,
}

#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BasisCost {
    pub input_usd: Option<Usd>,
}

impl From<&Estimate> for Basis {
    fn from(estimate: &Estimate) -> Self {
        Self {
            input_tokens: estimate.input_tokens,
            cost: BasisCost {
                input_usd: estimate.cost.input_usd,
            },
            price: estimate.price,
            bounds: estimate.bounds,
        }
    }
}

/// Between which counts the input lies if the bill follows a rule; `None` where the rule does not
/// cover a medium, or the request holds what is not counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoundsByRule {
    pub published: Option<Bounds>,
    pub processor: Option<Bounds>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounds {
    #[serde(serialize_with = "count", deserialize_with = "any_count")]
    pub low: u64,
    #[serde(serialize_with = "count", deserialize_with = "any_count")]
    pub high: u64,
}

impl Bounds {
    fn hold(&self, tokens: u64) -> bool {
        (self.low..=self.high).contains(&tokens)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Reconciliation {
    pub input_tokens: TokenComparison,
    pub usd: UsdComparison,
    /// The rule that the bill followed; `None` where the two are too close to tell apart, or nothing
    /// was reported.
    pub follows: Option<Follows>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct TokenComparison {
    #[serde(serialize_with = "count")]
    pub estimated: u64,
    #[serde(serialize_with = "optional_count")]
    pub reported: Option<u64>,
    /// Reported less estimated.
    #[serde(serialize_with = "optional_difference")]
    pub difference: Option<i64>,
}

/// Dollars for the input.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct UsdComparison {
    pub estimated: Option<Usd>,
    pub reported: Option<Usd>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Follows {
    Published,
    Processor,
    Neither,
}

/// Holds an estimate against the usage that came back.
pub fn reconcile(basis: &Basis, usage: &Usage) -> Reconciliation {
    let reported = usage.input_tokens;
    let cached = usage.cached_input_tokens.unwrap_or(0);
    Reconciliation {
        input_tokens: TokenComparison {
            estimated: basis.input_tokens,
            reported,
            difference: reported.map(|reported| {
                let signed = |tokens| i64::try_from(tokens).unwrap_or(i64::MAX);
                signed(reported).saturating_sub(signed(basis.input_tokens))
            }),
        },
        usd: UsdComparison {
            estimated: basis.cost.input_usd,
            reported: reported.and_then(|tokens| basis.price.input_cost(tokens, cached)),
        },
        follows: reported.and_then(|tokens| follows(&basis.bounds, tokens)),
    }
}

/// What a request really cost, input and output; `None` where a count or a price is missing.
pub fn cost(price: &Prices, usage: &Usage) -> Option<Usd> {
    let cached = usage.cached_input_tokens.unwrap_or(0);
    Some(price.input_cost(usage.input_tokens?, cached)? + price.output_cost(usage.output_tokens?)?)
}

fn follows(bounds: &BoundsByRule, tokens: u64) -> Option<Follows> {
    let published = bounds.published?.hold(tokens);
    let processor = bounds.processor?.hold(tokens);
    match (published, processor) {
        (true, true) => None,
        (true, false) => Some(Follows::Published),
        (false, true) => Some(Follows::Processor),
        (false, false) => Some(Follows::Neither),
    }
}
