//! The endpoint's own list of models, merged over those that are known offline.

use super::{Model, Source, find, find_at, models, providers};
use crate::decimal;
use crate::error::Error;
use crate::json::Value;
use crate::price::Prices;
use crate::units::Price;
use std::borrow::Cow;

/// Longest list that is read: 4 MiB.
#[cfg(feature = "web")]
pub(crate) const MAX_BYTES: usize = 4 * 1024 * 1024;

/// Reads the answer to `GET /v1/models` and lays it over the catalogue: prices, context and modalities
/// of the list win; rules, limits and formats, which no list gives, stay. What the list names first comes
/// first; models of the same provider that it does not name follow, with [`Model::listed`] false. Of a model that the
/// catalogue does not know, no rule, no limit and no format is known.
///
/// The provider is the one whose endpoint `url` lies at; Baseten for an address that is none of theirs, such as a proxy's.
///
/// `url` is where the list was read and `checked` the day, as 2026-11-25: they become the sources of what
/// the list says.
///
/// ```
/// let list = r#"{ "data": [{ "id": "moonshotai/Kimi-K2.6", "pricing": { "prompt": "0.0000012" } }] }"#;
/// let models = tilewise::catalog::listing::merge(list, "https://example.com/v1/models", "2026-11-25")?;
/// assert_eq!(models[0].price.input.unwrap().usd_per_million(), 1.2);
/// assert_eq!(models[0].price.output.unwrap().usd_per_million(), 4.0);
/// # Ok::<(), tilewise::error::Error>(())
/// ```
pub fn merge(list: &str, url: &str, checked: &str) -> Result<Vec<Model>, Error> {
    let not_a_list = |why: &str| Error::Stream {
        message: format!("the answer is no list of models: {why}"),
        body: Some(list.to_owned()),
    };
    let list = Value::parse(list).map_err(|error| not_a_list(&error.to_string()))?;
    // Some endpoints answer with the bare array.
    let entries = list.get("data").unwrap_or(&list).items();
    let entries = entries.ok_or_else(|| not_a_list("it has no data"))?;
    let provider = provider_at(url);
    let mut merged: Vec<Model> = Vec::new();
    for entry in entries {
        let Some(id) = entry.get("id").and_then(Value::text) else {
            continue;
        };
        if merged.iter().all(|model| model.id != id) {
            let known = find_at(provider, id).or_else(|| find(id)).cloned();
            let model = known.unwrap_or_else(|| unknown(id));
            merged.push(laid_over(model, entry, url, checked));
        }
    }
    for model in models().iter().filter(|model| model.provider == provider) {
        if merged.iter().all(|listed| listed.id != model.id) {
            merged.push(Model {
                listed: Some(false),
                ..model.clone()
            });
        }
    }
    Ok(merged)
}

fn provider_at(url: &str) -> &'static str {
    let is_at = |base: &str| {
        let rest = url.strip_prefix(base);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let mut of_url = providers()
        .iter()
        .filter(|provider| provider.base_url.is_some_and(is_at));
    let first = providers().first();
    of_url.next().or(first).map_or("", |provider| provider.id)
}

fn laid_over(mut model: Model, entry: &Value<'_>, url: &str, checked: &str) -> Model {
    let text = |key| entry.get(key).and_then(Value::text);
    model.listed = Some(true);
    if let Some(name) = text("name") {
        model.name = Cow::Owned(name.to_owned());
    }
    let mut said = Vec::new();
    if let Some(modalities) = entry.get("input_modalities").and_then(Value::items) {
        let takes = |what| {
            modalities
                .iter()
                .any(|modality| modality.text() == Some(what))
        };
        model.vision = takes("image");
        model.takes_images = Some(model.vision);
        said.extend(["vision", "takesImages"]);
        // Lists leave out what they do not bill apart: one without videos does not say that none are taken.
        if takes("video") {
            model.takes_videos = Some(true);
            said.push("takesVideos");
        }
    }
    if let Some(tokens) = entry.get("context_length").and_then(Value::count) {
        model.context_tokens = Some(tokens);
        said.push("contextTokens");
    }
    let price = |key| per_token(entry.get("pricing")?.get(key)?);
    let live = Prices {
        input: price("prompt"),
        cached_input: price("input_cache_read"),
        output: price("completion"),
    };
    let prices = [
        ("price.input", live.input),
        ("price.cachedInput", live.cached_input),
        ("price.output", live.output),
    ];
    said.extend(
        prices
            .iter()
            .filter_map(|(what, price)| price.map(|_| *what)),
    );
    model.price = live.or(model.price);

    let sources = model.sources.to_mut();
    sources.retain(|source| !said.contains(&source.what.as_ref()));
    sources.extend(said.into_iter().map(|what| Source {
        what: Cow::Borrowed(what),
        url: Cow::Owned(url.to_owned()),
        checked: Cow::Owned(checked.to_owned()),
    }));
    model
}

fn unknown(id: &str) -> Model {
    Model {
        id: Cow::Owned(id.to_owned()),
        name: Cow::Owned(id.to_owned()),
        ..Model::default()
    }
}

/// Dollars for one token, as a decimal string; some endpoints send a number.
fn per_token(price: &Value<'_>) -> Option<Price> {
    let usd = match price {
        Value::Text(text) => decimal::parse(text.trim())?,
        other => other.number()?,
    };
    Price::from_usd_per_token(usd)
}
