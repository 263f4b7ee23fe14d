//! The bill held against the estimate.
//!
//! ```
//! use tilewise::estimate::{EstimateOptions, estimate};
//! use tilewise::request::{Draft, MediaPart};
//! use tilewise::rule::Rule;
//! use tilewise::stream::Usage;
//! use tilewise::usage::{Basis, Follows, Received, reconcile};
//!
//! # let file = std::fs::read("tests/fixtures/png/rgb.png")?;
//! let mut draft = Draft::new("moonshotai/Kimi-K2.6", "What is this?");
//! draft.media.push(MediaPart::base64(tilewise::probe::bytes(&file)?));
//! let estimate = estimate(&draft, &EstimateOptions::default());
//!
//! let billed = estimate.bounds.processor.unwrap().low;
//! let usage = Usage { input_tokens: Some(billed), ..Usage::default() };
//! let held = reconcile(&Basis::from(&estimate), &usage, &Received::default());
//! assert_eq!(held.follows, Some(Follows::Processor));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod ledger;

use crate::catalog::PriceTier;
use crate::estimate::{Bounds, BoundsByRule, Estimate};
use crate::nullable;
use crate::price::Prices;
use crate::rule::text::TextTokens;
use crate::stream::meter::Measured;
use crate::stream::{ChatResult, Usage};
use crate::units::{self, Usd};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What came of an answer, whether or not a bill came with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "Answer")]
pub struct Received {
    /// Approximate tokens of the text and the reasoning that came.
    pub output: TextTokens,
    /// Anything came at all, so that the input was read.
    pub is_begun: bool,
    /// The model finished: nothing was generated beyond what came.
    pub is_finished: bool,
}

impl Received {
    fn new(text: &str, reasoning: &str, is_begun: bool, is_finished: bool) -> Self {
        Self {
            output: TextTokens::of(reasoning) + TextTokens::of(text),
            is_begun: is_begun || is_finished,
            is_finished,
        }
    }
}

impl From<&ChatResult> for Received {
    fn from(result: &ChatResult) -> Self {
        let is_begun = result.first_token_ms.is_some();
        let is_finished = result.finish_reason.is_some();
        Self::new(&result.text, &result.reasoning, is_begun, is_finished)
    }
}

impl From<&Measured> for Received {
    fn from(measured: &Measured) -> Self {
        Self {
            output: measured.output,
            is_begun: measured.is_begun,
            is_finished: measured.is_finished,
        }
    }
}

/// Of a [`ChatResult`] what tells how much came.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default, expecting = "an object")]
struct Answer {
    text: Option<String>,
    reasoning: Option<String>,
    finish_reason: Option<String>,
    first_token_ms: Option<f64>,
}

impl From<Answer> for Received {
    fn from(answer: Answer) -> Self {
        let [text, reasoning] = [answer.text, answer.reasoning].map(Option::unwrap_or_default);
        let is_begun = answer.first_token_ms.is_some();
        Self::new(&text, &reasoning, is_begun, answer.finish_reason.is_some())
    }
}

/// What of an estimate a bill is held against.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
pub struct Basis {
    /// Tokens of the whole input, by the rule of the estimate.
    pub input_tokens: u64,
    /// Of these, the tokens of all media, those of earlier turns included.
    pub media_tokens: u64,
    /// Of these, the approximate tokens of the text of all turns and of the markers around messages and media.
    pub text: TextTokens,
    /// What the input was estimated to cost.
    #[serde(default, deserialize_with = "nullable::or_default")]
    pub cost: BasisCost,
    /// The most tokens of output that the request allowed.
    pub max_output_tokens: Option<u64>,
    /// The prices that the estimate was computed with, in US dollars for one million tokens.
    #[serde(default, deserialize_with = "nullable::or_default")]
    pub price: Prices,
    /// As in an [`Estimate`]: a bill may lie on another step.
    #[serde(default, deserialize_with = "nullable::or_default")]
    pub price_tiers: Vec<PriceTier>,
    /// Between which counts the input lies by each rule.
    #[serde(default, deserialize_with = "nullable::or_default")]
    pub bounds: BoundsByRule,
}

/// The part of the estimated cost that is compared with the bill.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
pub struct BasisCost {
    /// US dollars for the input; `None` where a price is not known.
    pub input_usd: Option<Usd>,
}

impl From<&Estimate> for Basis {
    fn from(estimate: &Estimate) -> Self {
        Self {
            input_tokens: estimate.input_tokens,
            media_tokens: estimate.media_tokens,
            text: estimate.text,
            cost: BasisCost {
                input_usd: estimate.cost.input_usd,
            },
            max_output_tokens: estimate.max_output_tokens,
            price: estimate.price,
            price_tiers: estimate.price_tiers.clone(),
            bounds: estimate.bounds,
        }
    }
}

impl Basis {
    /// What tokens cost where the input has so many.
    pub(crate) fn price_for(&self, input_tokens: u64) -> Prices {
        PriceTier::reached(&self.price_tiers, input_tokens).unwrap_or(self.price)
    }

    /// What a request has cost by estimate when this much of its answer has come.
    pub fn so_far(&self, received: &Received) -> Option<Usd> {
        Some(self.cost.input_usd? + self.price.output_cost(received.output.tokens)?)
    }
}

/// The bill beside the estimate, in its parts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Reconciliation {
    /// Tokens of the input, estimated and reported.
    pub input_tokens: TokenComparison,
    /// Cost of the input, estimated and reported.
    pub usd: UsdComparison,
    /// The rule that the bill followed; `None` where the two are too close to tell apart, or nothing
    /// was reported.
    pub follows: Option<Follows>,
    /// The tokens and dollars of each part.
    pub parts: Parts,
    /// What the whole request cost, input and output.
    pub cost: Spent,
}

/// Tokens of the input, as estimated and as the endpoint reports them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TokenComparison {
    /// By the rule of the estimate.
    #[serde(serialize_with = "units::count")]
    pub estimated: u64,
    /// By the endpoint; `None` where it reported no input.
    #[serde(serialize_with = "units::count")]
    pub reported: Option<u64>,
    /// Reported less estimated.
    pub difference: Option<i64>,
}

/// Dollars for the input.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct UsdComparison {
    /// By the estimate; `None` where the price is not known.
    pub estimated: Option<Usd>,
    /// By the reported tokens; `None` where no input was reported, or a price is not known.
    pub reported: Option<Usd>,
}

/// The rule by which the reported input can be explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Follows {
    /// The count lies within the bounds of the published rule, and not within those of the processor.
    Published,
    /// The count lies within the bounds of the model's own processor, and not within those of the published rule.
    Processor,
    /// The count lies outside the bounds of each rule that is known.
    Neither,
}

impl Follows {
    /// As JSON and CSV have it: `published`, `processor` or `neither`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Processor => "processor",
            Self::Neither => "neither",
        }
    }
}

/// What makes up a bill. `media` and `text` are the input once, `fresh_input` and `cached_input` are the
/// same input again, as it is priced; `reasoning` is a part of `output`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Parts {
    /// Tokens of all media, between two bounds.
    pub media: BilledMedia,
    /// As estimated: a bill does not tell text from media.
    pub text: TextTokens,
    /// Input that did not come from the prompt cache.
    pub fresh_input: BilledPart,
    /// Input that came from the prompt cache.
    pub cached_input: BilledPart,
    /// All that was generated, reasoning included.
    pub output: BilledPart,
    /// The part of the output that was spent on reasoning.
    pub reasoning: BilledPart,
}

/// Tokens of all media, markers apart: what the bill leaves for them between the bounds of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct BilledMedia {
    /// By the rule of the estimate.
    #[serde(serialize_with = "units::count")]
    pub estimated: u64,
    /// No fewer than these; `None` where no input was reported.
    #[serde(serialize_with = "units::count")]
    pub low: Option<u64>,
    /// No more than these; `None` where no input was reported.
    #[serde(serialize_with = "units::count")]
    pub high: Option<u64>,
}

/// Tokens as reported, and what they cost; `None` where a count or a price is not known.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct BilledPart {
    /// As the endpoint reported them.
    #[serde(serialize_with = "units::count")]
    pub tokens: Option<u64>,
    /// Their cost in US dollars.
    pub usd: Option<Usd>,
}

/// What a request cost, input and output: exactly, where both ends are the same, else between two bounds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Spent {
    /// No less, in US dollars; `None` where a price or the least input is not known.
    pub low_usd: Option<Usd>,
    /// `None` where nothing bounds it, such as an answer without `max_tokens` that broke off.
    pub high_usd: Option<Usd>,
}

/// In words, to follow "it cost": `$0.0012`, `between $0.0002 and $0.0063`.
impl fmt::Display for Spent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nothing = Usd::NOTHING;
        match (self.low_usd, self.high_usd) {
            (Some(low), Some(high)) if low == high => low.fmt(f),
            (Some(low), Some(high)) if low.to_string() == high.to_string() => {
                write!(f, "about {low}")
            }
            (None, Some(high)) => write!(f, "at most {high}"),
            (Some(low), Some(high)) if low == nothing => write!(f, "at most {high}"),
            (Some(low), Some(high)) => write!(f, "between {low} and {high}"),
            (Some(low), None) if low > nothing => write!(f, "at least {low}"),
            (_, None) => f.write_str("an amount that is not known"),
        }
    }
}

/// Holds an estimate against the usage that came back. Where none came, or not all of it, what was
/// received bounds the cost.
pub fn reconcile(basis: &Basis, usage: &Usage, received: &Received) -> Reconciliation {
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
            reported: reported
                .and_then(|tokens| basis.price_for(tokens).input_cost(tokens, cached)),
        },
        follows: reported.and_then(|tokens| follows(&basis.bounds, tokens)),
        parts: parts(basis, usage),
        cost: spent(basis, usage, received),
    }
}

fn parts(basis: &Basis, usage: &Usage) -> Parts {
    let Usage {
        input_tokens,
        output_tokens,
        cached_input_tokens,
        reasoning_tokens,
    } = *usage;
    let price = &billed_price(basis, usage);
    let part = |tokens: Option<u64>, usd: fn(&Prices, u64) -> Option<Usd>| BilledPart {
        tokens,
        usd: tokens.and_then(|tokens| usd(price, tokens)),
    };
    let left = |text| input_tokens.map(|input| input.saturating_sub(text));
    let fresh = input_tokens.map(|input| input.saturating_sub(cached_input_tokens.unwrap_or(0)));
    Parts {
        media: BilledMedia {
            estimated: basis.media_tokens,
            low: left(basis.text.high),
            high: left(basis.text.low),
        },
        text: basis.text,
        fresh_input: part(fresh, |price, tokens| price.input_cost(tokens, 0)),
        cached_input: part(cached_input_tokens, |price, tokens| {
            price.input_cost(tokens, tokens)
        }),
        output: part(output_tokens, Prices::output_cost),
        reasoning: part(reasoning_tokens, Prices::output_cost),
    }
}

fn spent(basis: &Basis, usage: &Usage, received: &Received) -> Spent {
    let (input_low, input_high) = input_cost(basis, usage, received);
    let (output_low, output_high) = output_cost(basis, usage, received);
    let sum = |input: Option<Usd>, output: Option<Usd>| Some(input? + output?);
    Spent {
        low_usd: sum(input_low, output_low),
        high_usd: sum(input_high, output_high),
    }
}

/// What tokens cost by the input that is reported, or else estimated.
fn billed_price(basis: &Basis, usage: &Usage) -> Prices {
    let reported = usage.input_tokens.map(|tokens| basis.price_for(tokens));
    reported.unwrap_or(basis.price)
}

fn input_cost(basis: &Basis, usage: &Usage, received: &Received) -> (Option<Usd>, Option<Usd>) {
    if let Some(tokens) = usage.input_tokens {
        let price = billed_price(basis, usage);
        let cost = price.input_cost(tokens, usage.cached_input_tokens.unwrap_or(0));
        return (cost, cost);
    }
    let bounds = basis.bounds.outer();
    let [least, most] = [
        bounds.map(|bounds| bounds.low),
        bounds.map(|bounds| bounds.high),
    ];
    let low = if received.is_begun {
        least.and_then(|tokens| {
            let price = basis.price_for(tokens);
            let [fresh, cached] = [0, tokens].map(|cached| price.input_cost(tokens, cached));
            Some(cached?.min(fresh?))
        })
    } else {
        Some(Usd::NOTHING)
    };
    let high = most.and_then(|tokens| basis.price_for(tokens).input_cost(tokens, 0));
    (low, high)
}

fn output_cost(basis: &Basis, usage: &Usage, received: &Received) -> (Option<Usd>, Option<Usd>) {
    let price = &billed_price(basis, usage);
    if let Some(tokens) = usage.output_tokens {
        let cost = price.output_cost(tokens);
        return (cost, cost);
    }
    let most = if received.is_finished {
        Some(received.output.high)
    } else {
        basis.max_output_tokens
    };
    (
        price.output_cost(received.output.low),
        most.and_then(|tokens| price.output_cost(tokens)),
    )
}

fn follows(bounds: &BoundsByRule, tokens: u64) -> Option<Follows> {
    let holds = |bounds: Option<Bounds>| bounds.map(|bounds| bounds.hold(tokens));
    match (holds(bounds.published), holds(bounds.processor)) {
        (None, None) | (Some(true), Some(true)) => None,
        (Some(true), _) => Some(Follows::Published),
        (_, Some(true)) => Some(Follows::Processor),
        _ => Some(Follows::Neither),
    }
}
