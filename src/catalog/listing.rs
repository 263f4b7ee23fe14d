//! The endpoint's own list of models, merged over those that are known offline.

use super::{Certainty, Model, Provider, Source, find, find_at, models, providers};
use crate::decimal;
use crate::error::Error;
use crate::json::Value;
use crate::price::Prices;
use crate::rule::Family;
use crate::units::Price;
use std::borrow::Cow;

/// Longest list that is read: 4 MiB.
#[cfg(feature = "web")]
pub(crate) const MAX_BYTES: usize = 4 * 1024 * 1024;

/// Reads the answer to `GET /v1/models` and lays it over the catalogue: prices, context and modalities
/// of the list win; rules, limits and formats, which no list gives, stay. What the list names first comes
/// first; models of the same provider that it does not name follow, with [`Model::listed`] false. Of a model that the
/// catalogue does not know, no limit and no format is known, and its rule is assumed where its identifier names an open
/// checkpoint.
///
/// The provider is the one whose endpoint `url` lies at; Baseten for an address that is none of theirs, such as a proxy's.
///
/// `url` is where the list was read and `checked` the day, as 2026-11-25: they become the sources of what
/// the list says.
///
/// # Errors
///
/// [`Error::Stream`] for text that is not JSON or holds no list; its `body` is that text.
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
    let provider = Provider::at(url).or(providers().first());
    let provider = provider.map_or("", |provider| provider.id);
    let mut merged: Vec<Model> = Vec::new();
    for entry in entries {
        let Some(id) = entry.get("id").and_then(Value::text) else {
            continue;
        };
        if merged.iter().all(|model| model.id != id) {
            let known = find_at(provider, id).or_else(|| find(id)).cloned();
            let model = known.unwrap_or_else(|| unknown(id, Provider::at(url)));
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

fn laid_over<'a>(mut model: Model, entry: &'a Value<'_>, url: &str, checked: &str) -> Model {
    let text = |key| entry.get(key).and_then(Value::text);
    model.listed = Some(true);
    if let Some(name) = text("name") {
        model.name = Cow::Owned(name.to_owned());
    }
    let mut said = Vec::new();
    let modalities = |of: &'a Value<'_>| of.get("input_modalities").and_then(Value::items);
    let of_architecture = || modalities(entry.get("architecture")?);
    if let Some(modalities) = modalities(entry).or_else(of_architecture) {
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
    if live.input.is_some() {
        // Steps of older prices would contradict it.
        model.price_tiers = Cow::default();
    }

    let sources = model.sources.to_mut();
    sources.retain(|source| !said.contains(&source.what.as_ref()));
    sources.extend(said.into_iter().map(|what| Source {
        what: Cow::Borrowed(what),
        url: Cow::Owned(url.to_owned()),
        checked: Cow::Owned(checked.to_owned()),
    }));
    model
}

/// Of its rule no more is known than its name tells.
fn unknown(id: &str, provider: Option<&'static Provider>) -> Model {
    let family = family_of(id);
    Model {
        provider: provider.map_or("", |provider| provider.id).into(),
        base_url: provider
            .and_then(|provider| provider.base_url)
            .map(Cow::Borrowed),
        id: Cow::Owned(id.to_owned()),
        name: Cow::Owned(id.to_owned()),
        family: family.map(|family| family.name().into()),
        counted_by: family.map_or(Cow::default(), |family| vec![family.rule()].into()),
        certainty: family.map_or(Certainty::Unknown, |_| Certainty::Assumed),
        ..Model::default()
    }
}

/// Names of open checkpoints, in lower case, and the family that they belong to; what is special comes first.
const CHECKPOINTS: [(&str, &str); 29] = [
    ("qwen3-vl", "qwen3-vl"),
    ("qwen3.5", "qwen3-vl"),
    ("qwen3.6", "qwen3-vl"),
    ("qwen2.5-vl", "qwen2.5-vl"),
    ("qwen2-vl", "qwen2.5-vl"),
    ("gemma-4", "gemma-4"),
    ("gemma-3", "gemma-3"),
    ("kimi-k2.5", "kimi-k2.5"),
    ("kimi-k2.6", "kimi-k2.5"),
    ("kimi-k2.7", "kimi-k2.5"),
    ("kimi-k3", "kimi-k3"),
    ("glm-4.1v", "glm-4.5v"),
    ("glm-4.5v", "glm-4.5v"),
    ("glm-4.6v", "glm-4.5v"),
    ("glm-5.3-flash", "glm-5.3-flash"),
    ("deepseek-v4.1", "deepseek-v4.1-flash"),
    ("muse-spark", "muse-spark"),
    ("muse-glimmer", "muse-spark"),
    ("llama-4", "llama-4"),
    ("internvl3", "internvl3"),
    ("pixtral", "pixtral"),
    ("mistral-small-3.1", "mistral"),
    ("mistral-small-3.2", "mistral"),
    ("mistral-large-3", "mistral"),
    ("ministral-3", "mistral"),
    ("minimax-m3", "minimax-m3"),
    ("step3", "step3"),
    ("nvidia-nemotron-3.5-super-vl", "nemotron"),
    ("nemotron-nano-omni", "nemotron"),
];

/// The family that an identifier names, such as `Qwen/Qwen3-VL-235B-A22B-Instruct`: by the part behind the last slash.
fn family_of(id: &str) -> Option<Family> {
    let name = id.rsplit('/').next()?.to_ascii_lowercase();
    let mut named = CHECKPOINTS.iter().filter(|(start, _)| {
        // Its number goes on in another version: `kimi-k3.1` is not `kimi-k3`.
        let rest = name.strip_prefix(start);
        rest.is_some_and(|rest| {
            !rest.starts_with(|next: char| next == '.' || next.is_ascii_digit())
        })
    });
    Family::by_name(named.next()?.1)
}

/// Dollars for one token, as a decimal string; some endpoints send a number.
fn per_token(price: &Value<'_>) -> Option<Price> {
    let usd = match price {
        Value::Text(text) => decimal::parse(text.trim())?,
        other => other.number()?,
    };
    Price::from_usd_per_token(usd)
}
