//! Options as JavaScript writes them, with their defaults.

use super::argument::Argument;
use crate::catalog::{BASE_URL, Model};
use crate::estimate::Options;
use crate::limits::Limits;
use crate::media::Format;
use crate::price::Prices;
use crate::rule::Rule;
use crate::rule::text::TextTokens;
use crate::stream::chat::ChatResult;
use crate::units::{Price, Usd};
use crate::usage::{Basis, BasisCost, Bounds, BoundsByRule, Received, Usage};
use std::borrow::Cow;

pub(super) fn estimate(argument: &Argument<'_>) -> Options {
    let models = argument.get("models");
    let known = models.items().map(|item| model(&item)).collect();
    let options = Options {
        rule: argument
            .get("rule")
            .one_of(Rule::ALL, Rule::name)
            .unwrap_or_default(),
        price: prices(argument.get("price").object()),
        limits: limits(argument.get("limits").object()),
        models: (!models.is_missing()).then_some(known),
        sample_fps: argument.get("sampleFps").number(),
        cached_share: argument.get("cachedShare").number().unwrap_or(0.0),
    };
    argument.checked(options.check());
    options
}

pub(super) fn base_url<'a>(argument: &'a Argument<'_>) -> &'a str {
    argument.get("baseUrl").text().unwrap_or(BASE_URL)
}

/// What an estimate says that a bill is held against.
pub(super) fn basis(argument: &Argument<'_>) -> Basis {
    let bounds = argument.get("bounds");
    let text = argument.get("text");
    Basis {
        input_tokens: needed(argument, "inputTokens"),
        media_tokens: needed(argument, "mediaTokens"),
        text: TextTokens {
            tokens: needed(&text, "tokens"),
            low: needed(&text, "low"),
            high: needed(&text, "high"),
        },
        cost: BasisCost {
            input_usd: amount(
                &argument.get("cost").get("inputUsd"),
                Usd::from_f64,
                "an amount of dollars is 0 or more",
            ),
        },
        max_output_tokens: argument.get("maxOutputTokens").count(),
        price: prices(&argument.get("price")),
        bounds: BoundsByRule {
            published: range(&bounds.get("published")),
            processor: range(&bounds.get("processor")),
        },
    }
}

pub(super) fn usage(argument: &Argument<'_>) -> Usage {
    Usage {
        input_tokens: argument.get("inputTokens").count(),
        output_tokens: argument.get("outputTokens").count(),
        cached_input_tokens: argument.get("cachedInputTokens").count(),
        reasoning_tokens: argument.get("reasoningTokens").count(),
    }
}

/// What came of an answer; nothing of one that is missing.
pub(super) fn received(argument: &Argument<'_>) -> Received {
    let text = |key| argument.get(key).text().map(str::to_owned);
    Received::from(&ChatResult {
        text: text("text").unwrap_or_default(),
        reasoning: text("reasoning").unwrap_or_default(),
        finish_reason: text("finishReason"),
        first_token_ms: argument.get("firstTokenMs").number(),
        ..ChatResult::default()
    })
}

fn needed(argument: &Argument<'_>, key: &str) -> u64 {
    argument.get(key).needed().count().unwrap_or_default()
}

fn range(argument: &Argument<'_>) -> Option<Bounds> {
    (!argument.is_missing()).then(|| Bounds {
        low: needed(argument, "low"),
        high: needed(argument, "high"),
    })
}

fn prices(argument: &Argument<'_>) -> Prices {
    let price = |key| {
        amount(
            &argument.get(key),
            Price::from_usd_per_million,
            "a price is US dollars for one million tokens, 0 to 1,000,000",
        )
    };
    Prices {
        input: price("input"),
        cached_input: price("cachedInput"),
        output: price("output"),
    }
}

fn amount<T>(argument: &Argument<'_>, read: fn(f64) -> Option<T>, what: &str) -> Option<T> {
    let amount = read(argument.number()?);
    if amount.is_none() {
        argument.refuse(what);
    }
    amount
}

fn limits(argument: &Argument<'_>) -> Limits {
    Limits {
        max_images: argument.get("maxImages").count(),
        max_videos: argument.get("maxVideos").count(),
        max_media_bytes: argument.get("maxMediaBytes").count(),
        max_image_bytes: argument.get("maxImageBytes").count(),
        max_body_bytes: argument.get("maxBodyBytes").count(),
    }
}

/// A model as `models` and `listModels` give it; its rules are those of the catalogue.
fn model(argument: &Argument<'_>) -> Model {
    let id = argument.get("id");
    let id = id.needed().text().unwrap_or_default();
    let formats = argument.get("formats");
    let formats = formats.items();
    let model = Model {
        id: Cow::Owned(id.to_owned()),
        name: Cow::Owned(argument.get("name").text().unwrap_or(id).to_owned()),
        vision: argument.get("vision").boolean().unwrap_or(false),
        context_tokens: argument.get("contextTokens").count(),
        price: prices(argument.get("price").object()),
        limits: limits(argument.get("limits").object()),
        formats: formats
            .filter_map(|item| item.one_of(Format::ALL, Format::name))
            .collect(),
        rules: None,
        listed: argument.get("listed").boolean(),
        sources: Cow::Borrowed(&[]),
    };
    model.with_known_rules()
}
