//! What is computed at once.

use crate::convert::{from_js, from_js_or_default, get, to_error, to_js};
use crate::draft;
use crate::options::{estimate_options, text_options};
use serde::Serialize;
use tilewise::catalog::Filter;
use tilewise::error::Error;
use tilewise::estimate::{EstimateOptions, compared_models};
use tilewise::request::Draft;
use tilewise::rule::text::{CountedText, TextTokens};
use tilewise::snippet::Language;
use tilewise::stream::Usage;
use tilewise::usage::{Basis, Received};
use wasm_bindgen::prelude::*;

/// As `models` of the package.
#[wasm_bindgen]
pub fn models(filter: &JsValue) -> Result<JsValue, JsValue> {
    let filter: Filter = from_js_or_default("filter", filter).map_err(|error| to_error(&error))?;
    to_js(&filter.models().collect::<Vec<_>>())
}

/// As `estimate` of the package; `text` is the text of the draft where it is counted exactly.
#[wasm_bindgen]
pub fn estimate(draft: &JsValue, options: &JsValue, text: &JsValue) -> Result<JsValue, JsValue> {
    let (draft, options) = asked(draft, options, text).map_err(|error| to_error(&error))?;
    to_js(&tilewise::estimate::estimate(&draft, &options))
}

/// As `compare` of the package; `text` as of [`estimate`].
#[wasm_bindgen]
pub fn compare(draft: &JsValue, options: &JsValue, text: &JsValue) -> Result<JsValue, JsValue> {
    let (draft, options) = asked(draft, options, text).map_err(|error| to_error(&error))?;
    let models = compared_models(&draft, &options);
    to_js(&tilewise::estimate::compare(&draft, &options, &models))
}

fn asked(
    draft: &JsValue,
    options: &JsValue,
    text: &JsValue,
) -> Result<(Draft, EstimateOptions), Error> {
    let draft = draft::draft(draft)?;
    let mut options = estimate_options("options", options)?;
    options.text = CountedText {
        kimi_k2: from_js("text.kimiK2", &get(text, "kimiK2"))?,
        kimi_k3: from_js("text.kimiK3", &get(text, "kimiK3"))?,
    };
    Ok((draft, options))
}

/// Whether the program `text` has the vocabulary of the model that these options of `countText` mean.
#[wasm_bindgen(js_name = hasVocabulary)]
pub fn has_vocabulary(options: &JsValue) -> Result<bool, JsValue> {
    let options = text_options(options).map_err(|error| to_error(&error))?;
    Ok(options.vocabulary().is_some())
}

/// The bounds that `countText` of the package gives without a vocabulary.
#[wasm_bindgen(js_name = boundText)]
pub fn bound_text(text: &JsValue) -> Result<JsValue, JsValue> {
    outcome(from_js("text", text).map(|text: String| TextTokens::of(&text)))
}

/// As `snippet` of the package.
#[wasm_bindgen]
pub fn snippet(draft: &JsValue, language: &str, options: &JsValue) -> Result<JsValue, JsValue> {
    outcome(draft::draft(draft).and_then(|draft| {
        let base_url: Option<String> = from_js("options.baseUrl", &get(options, "baseUrl"))?;
        tilewise::snippet::snippet(&draft, Language::named(language)?, base_url.as_deref())
    }))
}

/// As `reconcile` of the package.
#[wasm_bindgen]
pub fn reconcile(
    estimate: &JsValue,
    usage: &JsValue,
    answer: &JsValue,
) -> Result<JsValue, JsValue> {
    outcome(from_js::<Basis>("estimate", estimate).and_then(|basis| {
        let usage: Usage = from_js_or_default("usage", usage)?;
        let received: Received = from_js_or_default("answer", answer)?;
        Ok(tilewise::usage::reconcile(&basis, &usage, &received))
    }))
}

pub(crate) fn outcome(result: Result<impl Serialize, Error>) -> Result<JsValue, JsValue> {
    match result {
        Ok(value) => to_js(&value),
        Err(error) => Err(to_error(&error)),
    }
}
