//! What a request will cost and whether it will be taken, before anything is sent.
//!
//! ```
//! use tilewise::estimate::{EstimateOptions, estimate};
//! use tilewise::request::{Draft, MediaPart};
//!
//! # let file = std::fs::read("tests/fixtures/png/rgb.png")?;
//! let mut draft = Draft::new("moonshotai/Kimi-K3", "What is this?");
//! draft.media.push(MediaPart::base64(tilewise::probe::bytes(&file)?));
//!
//! let estimate = estimate(&draft, &EstimateOptions::default());
//! println!("{} tokens, {}", estimate.input_tokens, estimate.cost.input_usd.unwrap());
//! assert!(estimate.violations.is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod bounds;
mod comparison;
mod counts;
mod notes;
mod of_body;
mod options;
mod text;
mod volume;
mod what_if;

pub use bounds::{Bounds, BoundsByRule, Range};
pub use comparison::{Compared, candidates, compare, compared_models};
pub use of_body::{body_template, estimate_body};
pub use options::EstimateOptions;
pub(crate) use options::id_under;
pub use text::TextOptions;
pub use volume::Volume;
pub use what_if::WhatIf;

use crate::catalog::{Certainty, Limits, Model, PriceTier, models};
use crate::error::Error;
use crate::limits::{self, LimitUse};
use crate::media::Size;
use crate::price::Prices;
use crate::request::{Body, Draft};
use crate::rule::text::{RequestText, TextTokens};
use crate::rule::{Grid, Rule};
use crate::units::{self, Usd};
use crate::violation::Violation;
use counts::Counts;
use serde::Serialize;
use std::borrow::Cow;

/// What a draft costs, and what the endpoint would say to it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Estimate {
    /// The model of the draft; of a model of the caller's own its identifier, where it has one.
    pub model: String,
    /// Whose model it is; `None` where the model is not known.
    pub provider: Option<String>,
    /// By which the tokens and the cost are counted: the one that was asked for, or the model's default where it has no such
    /// rule.
    pub rule: Rule,
    /// How sure the count of the media is; [`Certainty::Unknown`] where one of them is not counted.
    pub certainty: Certainty,
    /// One for each of the draft's media, in order.
    pub media: Vec<MediaEstimate>,
    /// Of all media, those of earlier turns included.
    #[serde(serialize_with = "units::count")]
    pub media_tokens: u64,
    /// Of these, the tokens of earlier turns' media.
    #[serde(serialize_with = "units::count")]
    pub earlier_media_tokens: u64,
    /// How many images and videos of the request, those of earlier turns included, are not counted: the figures leave them out.
    #[serde(skip)]
    pub uncounted_media: u64,
    /// Text, history, and the markers that frame messages and media.
    pub text: TextTokens,
    /// Media and text together, by the chosen rule.
    #[serde(serialize_with = "units::count")]
    pub input_tokens: u64,
    /// Whether the model's own vocabulary counted the text, and the chosen rule each media item without bounds: then the input is
    /// one number if the bill follows that rule.
    pub exact: bool,
    /// In US dollars.
    pub cost: Cost,
    /// The input by the cheapest and by the dearest rule that covers it; `None` where no rule or no price is known.
    pub range: Option<Range>,
    /// Exact length in bytes of the JSON body that would be sent, without base64 data of unknown length.
    #[serde(serialize_with = "units::count")]
    pub body_bytes: u64,
    /// What the limits forbid, as errors, and what would not do as one expects, as warnings.
    pub violations: Vec<Violation>,
    /// What the estimate cannot know, in plain words.
    pub notes: Vec<Cow<'static, str>>,
    /// What the request would use of each limit.
    #[serde(skip)]
    pub usage: LimitUse,
    /// The limits that it is checked against.
    #[serde(skip)]
    pub limits: Limits,
    /// The most tokens of output that the draft allows.
    #[serde(serialize_with = "units::count")]
    pub max_output_tokens: Option<u64>,
    /// The prices that it was computed with: those of its step, where they depend on the length of the input.
    pub price: Prices,
    /// All steps of the price, the first from no tokens on; empty for one price.
    pub price_tiers: Vec<PriceTier>,
    /// Between which counts the input lies by each rule, for holding a bill against it.
    pub bounds: BoundsByRule,
}

impl Estimate {
    /// The violations for which the endpoint would refuse the request.
    pub fn errors(&self) -> impl Iterator<Item = &Violation> {
        self.violations
            .iter()
            .filter(|violation| violation.is_error())
    }

    /// Whether every image and video of the request is counted, those of earlier turns included; otherwise the figures are too
    /// low.
    pub fn is_whole(&self) -> bool {
        self.uncounted_media == 0
    }

    /// Its input in whole percent of another's.
    pub fn percent_of(&self, other: &Self) -> Option<u64> {
        units::percent(self.input_tokens, other.input_tokens)
    }
}

/// What input and output cost, in US dollars.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Cost {
    /// `None` where a price is not known.
    pub input_usd: Option<Usd>,
    /// For the draft's `max_tokens` of output; `None` without it or a price.
    pub max_output_usd: Option<Usd>,
}

/// What one image or video costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct MediaEstimate {
    /// Tokens of all its frames.
    pub tokens: ByRule,
    /// The grid of the chosen rule, for one frame; `None` where the rule cuts nothing, or where that is not known.
    pub grid: Option<Grid>,
    /// Frames counted: of a video those that are sampled; 1 for an image, 0 where it is not known.
    #[serde(serialize_with = "units::count")]
    pub frames: u64,
    /// US dollars of its tokens as input, by the chosen rule and without cache; `None` where it is not counted or the
    /// price is not known.
    pub usd: Option<Usd>,
    /// Size in pixels at which the model sees it after scaling, without padding; `None` where it is not known.
    pub seen: Option<Size>,
}

/// A count by each rule; `None` where the model has no such rule, or the rule does not cover the media item.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ByRule {
    /// By the rule that the provider documents.
    #[serde(serialize_with = "units::count")]
    pub published: Option<u64>,
    /// By the code of the model.
    #[serde(serialize_with = "units::count")]
    pub processor: Option<u64>,
}

impl ByRule {
    /// The count by one of the rules.
    pub fn by(&self, rule: Rule) -> Option<u64> {
        match rule {
            Rule::Published => self.published,
            Rule::Processor => self.processor,
        }
    }
}

/// Refuses a draft that the endpoint's published limits forbid, with [`Error::Limit`].
///
/// # Errors
///
/// [`Error::Limit`] with the violations for which the endpoint would refuse the draft.
pub fn require_allowed(draft: &Draft, options: &EstimateOptions) -> Result<(), Error> {
    let errors: Vec<_> = estimate(draft, options).errors().cloned().collect();
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Error::Limit(errors))
    }
}

/// Pure: no I/O, no clock.
pub fn estimate(draft: &Draft, options: &EstimateOptions) -> Estimate {
    let model = options.model_of(draft);
    let body_bytes = Body::streamed(draft).len();
    estimate_under(draft, model, options, draft.request_text(), body_bytes)
}

/// Under this model, whichever the draft names; `text` is that of the draft.
fn estimate_under(
    draft: &Draft,
    model: Option<&Model>,
    options: &EstimateOptions,
    text: RequestText,
    body_bytes: u64,
) -> Estimate {
    let id = id_under(model, draft);
    let counted = options.text.of_model(id);
    let text_tokens = counted.unwrap_or_else(|| text.under(id));
    let rules = model.and_then(Model::rules);
    let counts = Counts::new(draft, model, rules.as_ref(), options, text_tokens.tokens);
    let rule = counts.rule;
    let by_rule = |rule| counts.sum(rule);
    let chosen = by_rule(rule);
    let text = text_tokens + TextTokens::exact(chosen.markers);
    let input_tokens = chosen.tokens.saturating_add(text.tokens);
    let price_of = |input_tokens| {
        let own = model.map(|model| model.prices_for(input_tokens));
        options.price.or(own.unwrap_or_default())
    };
    let price = price_of(input_tokens);
    let limits = options
        .limits
        .or(model.map_or_else(Limits::default, |model| model.limits));

    let unknown = draft.earlier_media().filter(Option::is_none).count() as u64;
    let all_counted = !draft.holds_uncounted();
    // Where nothing but text is counted, a rule that the model does not have would still give bounds.
    let has = |rule| rules.as_ref().is_none_or(|rules| rules.has(rule));
    let bounds_of = |rule| {
        let bounds = by_rule(rule).bounds(text_tokens);
        bounds.filter(|_| all_counted && has(rule))
    };
    let bounds = BoundsByRule {
        published: bounds_of(Rule::Published),
        processor: bounds_of(Rule::Processor),
    };
    let whole = Rule::ALL.map(|rule| by_rule(rule).bounds(TextTokens::exact(text_tokens.tokens)));
    let least = whole.iter().flatten().map(|bounds| bounds.low).min();
    let usage = LimitUse {
        least_input_tokens: least.unwrap_or(input_tokens),
        ..LimitUse::of(draft, body_bytes, input_tokens)
    };
    let media = counts.media(&price);
    let is_known = counts.refusals.is_empty() && all_counted;
    Estimate {
        model: id.to_owned(),
        provider: model
            .map(|model| model.provider.to_string())
            .filter(|provider| !provider.is_empty()),
        rule,
        certainty: match model {
            Some(model) if is_known => model.certainty_of(rule),
            _ => Certainty::Unknown,
        },
        media_tokens: chosen.tokens,
        earlier_media_tokens: counts.earlier_tokens(),
        uncounted_media: chosen.uncounted.saturating_add(unknown),
        text,
        input_tokens,
        exact: counted.is_some() && bounds_of(rule).is_some_and(Bounds::is_exact),
        cost: Cost {
            input_usd: price.input_cost(input_tokens, options.cached_tokens(input_tokens)),
            max_output_usd: draft
                .max_tokens
                .and_then(|tokens| price.output_cost(tokens)),
        },
        range: bounds
            .outer()
            .and_then(|outer| Range::new(outer, |tokens| price_of(tokens).input_cost(tokens, 0))),
        body_bytes,
        violations: limits::check(&limits::Request {
            draft,
            model,
            models: options.models.as_deref().unwrap_or(models()),
            rules: rules.as_ref(),
            limits: &limits,
            given: &options.limits,
            usage: &usage,
            seen: &media.iter().map(|item| item.seen).collect::<Vec<_>>(),
        }),
        notes: notes::notes(
            draft,
            model,
            rules.as_ref(),
            &counts,
            options,
            &price,
            counted,
        ),
        max_output_tokens: draft.max_tokens,
        bounds,
        media,
        usage,
        limits,
        price,
        price_tiers: model.map_or_else(Vec::new, |model| model.steps(options.price)),
    }
}
