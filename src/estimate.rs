//! What a request will cost and whether it will be taken, before anything is sent.
//!
//! ```
//! use tilewise::estimate::{EstimateOptions, estimate};
//! use tilewise::request::{Draft, MediaPart};
//!
//! # let file = std::fs::read("tests/fixtures/png/rgb.png")?;
//! let mut draft = Draft::new("moonshotai/Kimi-K2.6", "What is this?");
//! draft.media.push(MediaPart::base64(tilewise::probe::bytes(&file)?));
//!
//! let estimate = estimate(&draft, &EstimateOptions::default());
//! println!("{} tokens, {}", estimate.input_tokens, estimate.cost.input_usd.unwrap());
//! assert!(estimate.violations.is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod bounds;
mod comparison;
mod volume;
mod what_if;

pub use bounds::{Bounds, BoundsByRule};
pub use comparison::{Candidate, compare};
pub use volume::Volume;
pub use what_if::WhatIf;

use crate::catalog::{self, Limits, Model};
use crate::error::Error;
use crate::limits::{self, LimitUse};
use crate::media::Kind;
use crate::nullable;
use crate::price::Prices;
use crate::request::{Body, Detail, Draft, MediaPart, Via};
use crate::rule::{Count, Grid, Rule, Rules, text::TextTokens};
use crate::units::{self, Usd};
use crate::violation::Violation;
use serde::{Deserialize, Deserializer, Serialize};

/// What to assume.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default, expecting = "an object")]
pub struct EstimateOptions {
    #[serde(deserialize_with = "nullable::or_default")]
    pub rule: Rule,
    /// Prices that win over the model's.
    #[serde(deserialize_with = "nullable::or_default")]
    pub price: Prices,
    /// Limits that win over the model's.
    #[serde(deserialize_with = "nullable::or_default")]
    pub limits: Limits,
    /// The models to look the draft's up in, as [`catalog::listing::merge`] gives them. Default: those
    /// that are known offline.
    #[serde(deserialize_with = "with_known_rules")]
    pub models: Option<Vec<Model>>,
    /// Frames sampled from a video each second. Default: the model's.
    pub sample_fps: Option<f64>,
    /// Share of the input expected from the prompt cache, 0 to 1.
    #[serde(deserialize_with = "nullable::or_default")]
    pub cached_share: f64,
}

impl EstimateOptions {
    /// The model of this id, among `models` where they are given; `None` where it is not known.
    pub fn model(&self, id: &str) -> Option<&Model> {
        match &self.models {
            Some(models) => models.iter().find(|model| model.id == id),
            None => catalog::find(id),
        }
    }

    /// How many of these tokens of input are expected from the prompt cache.
    pub(crate) fn cached_tokens(&self, input_tokens: u64) -> u64 {
        (input_tokens as f64 * self.cached_share.clamp(0.0, 1.0)).round() as u64
    }

    /// Refuses what cannot mean anything.
    pub fn check(&self) -> Result<(), Error> {
        if !(0.0..=1.0).contains(&self.cached_share) {
            return Err(Error::invalid("cachedShare", "it must lie between 0 and 1"));
        }
        if self
            .sample_fps
            .is_some_and(|fps| !(fps.is_finite() && fps > 0.0))
        {
            return Err(Error::invalid("sampleFps", "it must be above 0"));
        }
        Ok(())
    }
}

fn with_known_rules<'de, D>(deserializer: D) -> Result<Option<Vec<Model>>, D::Error>
where
    D: Deserializer<'de>,
{
    let models = Option::<Vec<Model>>::deserialize(deserializer)?;
    Ok(models.map(|models| models.into_iter().map(Model::with_known_rules).collect()))
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Estimate {
    pub model: String,
    pub rule: Rule,
    /// One for each of the draft's media, in order.
    pub media: Vec<MediaEstimate>,
    /// Of all media, those of earlier turns included.
    #[serde(serialize_with = "units::count")]
    pub media_tokens: u64,
    /// Of these, the tokens of earlier turns' media.
    #[serde(serialize_with = "units::count")]
    pub earlier_media_tokens: u64,
    /// Text, history, and the markers that frame messages and media.
    pub text: TextTokens,
    #[serde(serialize_with = "units::count")]
    pub input_tokens: u64,
    pub cost: Cost,
    /// Exact length in bytes of the JSON body that would be sent, without base64 data of unknown length.
    #[serde(serialize_with = "units::count")]
    pub body_bytes: u64,
    pub violations: Vec<Violation>,
    /// What the estimate cannot know, in plain words.
    pub notes: Vec<String>,
    /// What the request would use of each limit.
    #[serde(skip)]
    pub usage: LimitUse,
    /// The limits that it was held against.
    #[serde(skip)]
    pub limits: Limits,
    /// The most tokens of output that the draft allows.
    #[serde(serialize_with = "units::count")]
    pub max_output_tokens: Option<u64>,
    /// The prices that it was computed with.
    pub price: Prices,
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

    /// Its input in whole percent of another's.
    pub fn percent_of(&self, other: &Self) -> Option<u64> {
        units::percent(self.input_tokens, other.input_tokens)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cost {
    /// `None` where a price is not known.
    pub input_usd: Option<Usd>,
    /// For the draft's `max_tokens` of output; `None` without it or a price.
    pub max_output_usd: Option<Usd>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct MediaEstimate {
    pub tokens: ByRule,
    /// The grid of the chosen rule, for one frame.
    pub grid: Option<Grid>,
    /// Frames counted: of a video those that are sampled; 1 for an image, 0 where it is not known.
    #[serde(serialize_with = "units::count")]
    pub frames: u64,
    pub usd: Option<Usd>,
    /// Markers around it, counted with the text.
    #[serde(skip)]
    pub markers: ByRule,
}

/// A count by each rule; `None` where the rule does not cover the medium.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ByRule {
    #[serde(serialize_with = "units::count")]
    pub published: Option<u64>,
    #[serde(serialize_with = "units::count")]
    pub processor: Option<u64>,
}

impl ByRule {
    pub fn by(&self, rule: Rule) -> Option<u64> {
        match rule {
            Rule::Published => self.published,
            Rule::Processor => self.processor,
        }
    }
}

/// Refuses a draft that the endpoint's published limits forbid, with [`Error::Limit`].
pub fn require_allowed(draft: &Draft, options: &EstimateOptions) -> Result<(), Error> {
    let errors: Vec<_> = estimate(draft, options).errors().cloned().collect();
    match errors.is_empty() {
        true => Ok(()),
        false => Err(Error::Limit(errors)),
    }
}

/// Pure: no I/O, no clock.
pub fn estimate(draft: &Draft, options: &EstimateOptions) -> Estimate {
    let model = options.model(&draft.model);
    let price = options
        .price
        .or(model.map_or_else(Prices::default, |model| model.price));
    let limits = options
        .limits
        .or(model.map_or_else(Limits::default, |model| model.limits));
    let rules = model.and_then(|model| model.rules);

    let count = |part| medium(part, rules.as_ref(), options, &price);
    let media: Vec<_> = draft.media.iter().map(count).collect();
    let earlier: Vec<_> = draft.earlier_media().flatten().map(count).collect();
    let earlier_media_tokens = sum(earlier.iter().map(|medium| medium.tokens.by(options.rule)));
    let all = || media.iter().chain(&earlier);
    let media_tokens = sum(all().map(|medium| medium.tokens.by(options.rule)));
    let markers = sum(all().map(|medium| medium.markers.by(options.rule)));
    let words = draft.text_tokens();
    let text = words + TextTokens::exact(markers);
    let input_tokens = media_tokens.saturating_add(text.tokens);
    let cached_tokens = options.cached_tokens(input_tokens);

    let body_bytes = Body::streamed(draft).len();
    let framed = |rule| framed_tokens(all(), rule);
    let bounds = |rule| {
        let media = framed(rule)?;
        Some(Bounds {
            low: media.saturating_add(words.low),
            high: media.saturating_add(words.high),
        })
    };
    let all_counted = !draft.holds_uncounted();
    let least = Rule::ALL.into_iter().filter_map(framed).min();
    let usage = LimitUse {
        least_input_tokens: least.map_or(input_tokens, |media| media.saturating_add(words.tokens)),
        ..LimitUse::of(draft, body_bytes, input_tokens)
    };
    Estimate {
        model: draft.model.clone(),
        rule: options.rule,
        media_tokens,
        text,
        input_tokens,
        cost: Cost {
            input_usd: price.input_cost(input_tokens, cached_tokens),
            max_output_usd: draft
                .max_tokens
                .and_then(|tokens| price.output_cost(tokens)),
        },
        body_bytes,
        violations: limits::check(draft, model, &limits, &usage),
        notes: notes(
            draft,
            model,
            &all().copied().collect::<Vec<_>>(),
            options,
            &price,
        ),
        earlier_media_tokens,
        max_output_tokens: draft.max_tokens,
        bounds: BoundsByRule {
            published: bounds(Rule::Published).filter(|_| all_counted),
            processor: bounds(Rule::Processor).filter(|_| all_counted),
        },
        media,
        usage,
        limits,
        price,
    }
}

fn medium(
    part: &MediaPart,
    rules: Option<&Rules>,
    options: &EstimateOptions,
    price: &Prices,
) -> MediaEstimate {
    let by = |rule| rules.and_then(|rules| rules.media(rule, &part.facts, options.sample_fps));
    let [published, processor] = Rule::ALL.map(by);
    let chosen = match options.rule {
        Rule::Published => published,
        Rule::Processor => processor,
    };
    let each = |figure: fn(Count) -> u64| ByRule {
        published: published.map(figure),
        processor: processor.map(figure),
    };
    MediaEstimate {
        tokens: each(|count| count.tokens),
        markers: each(|count| count.markers),
        grid: chosen.map(|count| count.grid),
        frames: chosen.map_or(0, |count| count.frames),
        usd: chosen.and_then(|count| Some(price.input?.of(count.tokens))),
    }
}

/// All media with their markers; `None` where the rule does not cover one.
fn framed_tokens<'a>(
    mut media: impl Iterator<Item = &'a MediaEstimate>,
    rule: Rule,
) -> Option<u64> {
    media.try_fold(0_u64, |sum, medium| {
        let tokens = medium.tokens.by(rule)?;
        let markers = medium.markers.by(rule)?;
        Some(sum.saturating_add(tokens).saturating_add(markers))
    })
}

fn sum(counts: impl Iterator<Item = Option<u64>>) -> u64 {
    counts.flatten().fold(0, u64::saturating_add)
}

fn notes(
    draft: &Draft,
    model: Option<&Model>,
    media: &[MediaEstimate],
    options: &EstimateOptions,
    price: &Prices,
) -> Vec<String> {
    let mut notes = Vec::new();
    let parts = || draft.media.iter().chain(draft.earlier_media().flatten());
    notes.extend(misleading_names(&draft.media));
    let mut note = |applies: bool, text: &str| {
        if applies {
            notes.push(text.to_owned());
        }
    };
    let is_video = |part: &MediaPart| !part.facts.is_image();
    let assumes_rate = |part: &MediaPart| {
        let rules = model.and_then(|model| model.rules);
        let sampling = rules.and_then(|rules| match &part.facts.kind {
            Kind::Image(_) => None,
            Kind::Video(video) => rules.sampling(video, options.sample_fps),
        });
        sampling.is_some_and(|sampling| sampling.assumes_rate())
    };
    let derives_frames = |part: &MediaPart| {
        let kind = &part.facts.kind;
        matches!(kind, Kind::Video(video) if video.frames_derived)
    };
    let lowers = |part: &MediaPart| matches!(part.detail, Some(Detail::Low | Detail::High));
    let no_url = |part: &MediaPart| matches!(part.via, Via::Url(None));
    let no_length = |part: &MediaPart| {
        matches!(part.via, Via::Base64 { bytes: None }) && part.facts.bytes.is_none()
    };

    note(
        !media.is_empty() && model.is_some_and(|model| model.rules.is_some()),
        "The provider does not say which rule its bill follows; the published rule counts about four times what the model's own processor does, and of a large image more. The usage of a first answer tells.",
    );
    note(
        model.is_some_and(|model| model.rules.is_none()) && !media.is_empty(),
        "No rule is known by which this model counts media.",
    );
    note(
        true,
        "Text is counted without the model's vocabulary: approximately, between two bounds.",
    );
    note(
        options.rule == Rule::Processor && !media.is_empty(),
        "The markers around each image, and the time stamp and markers of each chunk of frames, are counted with the text.",
    );
    note(
        parts().any(lowers),
        "What detail \"low\" or \"high\" changes is not published; full resolution is assumed.",
    );
    note(
        parts().any(is_video),
        "How the provider samples a video is not published; the model's own processor is assumed, and an endpoint may decline video.",
    );
    note(
        parts().any(assumes_rate),
        "The frame rate of a video is not known; it is taken to be no lower than that of the sampling.",
    );
    note(
        parts().any(derives_frames),
        "The frames of a video were not counted: they follow from its duration and frame rate, so its tokens may be off.",
    );
    note(
        media
            .iter()
            .any(|medium| medium.tokens.by(options.rule).is_none()),
        "A medium could not be counted, so the sum is too low.",
    );
    note(
        draft.earlier_media().any(|part| part.is_none()),
        "The history holds media whose tokens are not counted, because their size is not known here.",
    );
    note(
        draft.lacks_readers(),
        "A video or rare image in the history is not counted: the reader of its format is not loaded. `await preload([\"formats\"])` loads it.",
    );
    note(
        draft.has_tools(),
        "Tool definitions count as input too; their tokens are not included.",
    );
    note(
        parts().any(no_url),
        "A medium has no URL yet, so the body will be longer by that URL.",
    );
    note(
        parts().any(no_length),
        "The length of base64 data is not known, so the body will be longer by that data.",
    );
    note(
        options.cached_share > 0.0 && price.cached_input.is_none(),
        "The price of cached input is not known.",
    );
    notes
}

/// An endpoint, or a program that is handed the file, may go by the name.
fn misleading_names(media: &[MediaPart]) -> Option<String> {
    let mut named = String::new();
    for part in media {
        if let Some(name) = part.misleading_name() {
            let between = if named.is_empty() { "" } else { ", " };
            named += &format!("{between}{name} is {}", part.facts.format.name());
        }
    }
    (!named.is_empty())
        .then(|| format!("Name and content disagree, and the content is what counts: {named}."))
}
