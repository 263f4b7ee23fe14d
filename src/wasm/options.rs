//! Options as JavaScript writes them, with their defaults.

use super::argument::Argument;
use crate::catalog::{BASE_URL, Model};
use crate::error::Error;
use crate::estimate::Options;
use crate::limits::Limits;
use crate::media::Format;
use crate::price::Prices;
use crate::request::Target;
use crate::rule::Rule;
use crate::rule::text::TextTokens;
use crate::stream::chat::ChatResult;
use crate::stream::session::DEFAULT_TIMEOUT_MS;
use crate::units::{Price, Usd};
use crate::usage::{Basis, BasisCost, Bounds, BoundsByRule, Received, Usage};
use std::borrow::Cow;

pub(super) fn estimate(argument: &Argument<'_>) -> Result<Options, Error> {
    let models = argument.get("models");
    let options = Options {
        rule: argument
            .get("rule")
            .one_of(Rule::ALL, Rule::name)?
            .unwrap_or_default(),
        price: prices(argument.get("price").object()?)?,
        limits: limits(argument.get("limits").object()?)?,
        models: match models.is_missing() {
            true => None,
            false => {
                let mut all = Vec::new();
                for item in models.items()? {
                    all.push(model(&item)?);
                }
                Some(all)
            }
        },
        sample_fps: argument.get("sampleFps").number()?,
        cached_share: argument.get("cachedShare").number()?.unwrap_or(0.0),
    };
    options.check()?;
    Ok(options)
}

pub(super) fn base_url<'a>(argument: &'a Argument<'_>) -> Result<&'a str, Error> {
    Ok(argument.get("baseUrl").text()?.unwrap_or(BASE_URL))
}

/// Headers come as names and values in turn; a value that is missing is none.
pub(super) fn target(argument: &Argument<'_>) -> Result<Target, Error> {
    let mut headers = Vec::new();
    let items = argument.get("headers");
    let mut items = items.items()?;
    while let (Some(name), Some(value)) = (items.next(), items.next()) {
        if let (Some(name), Some(value)) = (name.text()?, value.text()?) {
            headers.push((name.to_owned(), value.to_owned()));
        }
    }
    let target = Target {
        base_url: base_url(argument)?.to_owned(),
        api_key: argument.get("apiKey").text()?.map(str::to_owned),
        headers,
        timeout_ms: argument
            .get("timeoutMs")
            .small_count()?
            .unwrap_or(DEFAULT_TIMEOUT_MS),
    };
    target.check_timeout()?;
    target.checked_headers()?;
    Ok(target)
}

/// What an estimate says that a bill is held against.
pub(super) fn basis(argument: &Argument<'_>) -> Result<Basis, Error> {
    let bounds = argument.get("bounds");
    let cost = argument.get("cost");
    Ok(Basis {
        input_tokens: needed(argument, "inputTokens")?,
        media_tokens: needed(argument, "mediaTokens")?,
        text: {
            let text = argument.get("text");
            TextTokens {
                tokens: needed(&text, "tokens")?,
                low: needed(&text, "low")?,
                high: needed(&text, "high")?,
            }
        },
        cost: BasisCost {
            input_usd: match cost.get("inputUsd").number()? {
                Some(usd) => match Usd::from_f64(usd) {
                    Some(usd) => Some(usd),
                    None => return cost.refuse("an amount of dollars is 0 or more"),
                },
                None => None,
            },
        },
        max_output_tokens: argument.get("maxOutputTokens").count()?,
        price: prices(&argument.get("price"))?,
        bounds: BoundsByRule {
            published: range(&bounds.get("published"))?,
            processor: range(&bounds.get("processor"))?,
        },
    })
}

pub(super) fn usage(argument: &Argument<'_>) -> Result<Usage, Error> {
    Ok(Usage {
        input_tokens: argument.get("inputTokens").count()?,
        output_tokens: argument.get("outputTokens").count()?,
        cached_input_tokens: argument.get("cachedInputTokens").count()?,
        reasoning_tokens: argument.get("reasoningTokens").count()?,
    })
}

/// What came of an answer; nothing of one that is missing.
pub(super) fn received(argument: &Argument<'_>) -> Result<Received, Error> {
    let text = |key| {
        let text = argument.get(key).text()?;
        Ok::<_, Error>(text.map(str::to_owned))
    };
    Ok(Received::from(&ChatResult {
        text: text("text")?.unwrap_or_default(),
        reasoning: text("reasoning")?.unwrap_or_default(),
        finish_reason: text("finishReason")?,
        first_token_ms: argument.get("firstTokenMs").number()?,
        ..ChatResult::default()
    }))
}

fn needed(argument: &Argument<'_>, key: &str) -> Result<u64, Error> {
    let field = argument.get(key);
    field.needed(field.count()?)
}

fn range(argument: &Argument<'_>) -> Result<Option<Bounds>, Error> {
    if argument.is_missing() {
        return Ok(None);
    }
    Ok(Some(Bounds {
        low: needed(argument, "low")?,
        high: needed(argument, "high")?,
    }))
}

fn prices(argument: &Argument<'_>) -> Result<Prices, Error> {
    let price = |key| {
        let field = argument.get(key);
        match field.number()? {
            None => Ok(None),
            Some(usd) => match Price::from_usd_per_million(usd) {
                Some(price) => Ok(Some(price)),
                None => {
                    field.refuse("a price is US dollars for one million tokens, 0 to 1,000,000")
                }
            },
        }
    };
    Ok(Prices {
        input: price("input")?,
        cached_input: price("cachedInput")?,
        output: price("output")?,
    })
}

fn limits(argument: &Argument<'_>) -> Result<Limits, Error> {
    Ok(Limits {
        max_images: argument.get("maxImages").count()?,
        max_videos: argument.get("maxVideos").count()?,
        max_media_bytes: argument.get("maxMediaBytes").count()?,
        max_image_bytes: argument.get("maxImageBytes").count()?,
        max_body_bytes: argument.get("maxBodyBytes").count()?,
    })
}

/// A model as `models` and `listModels` give it; its rules are those of the catalogue.
fn model(argument: &Argument<'_>) -> Result<Model, Error> {
    let id = argument.get("id");
    let id = id.needed(id.text()?)?;
    let formats = argument.get("formats");
    let mut known = Vec::new();
    for item in formats.items()? {
        known.extend(item.one_of(Format::ALL, Format::name)?);
    }
    let model = Model {
        id: Cow::Owned(id.to_owned()),
        name: Cow::Owned(argument.get("name").text()?.unwrap_or(id).to_owned()),
        vision: argument.get("vision").boolean()?.unwrap_or(false),
        context_tokens: argument.get("contextTokens").count()?,
        price: prices(argument.get("price").object()?)?,
        limits: limits(argument.get("limits").object()?)?,
        formats: Cow::Owned(known),
        rules: None,
        listed: argument.get("listed").boolean()?,
        sources: Cow::Borrowed(&[]),
    };
    Ok(model.with_known_rules())
}
