//! What is computed at once.

use crate::convert::{from_js, from_js_or_default, get, to_error, to_js};
use crate::draft;
use crate::options::{estimate_options, text_options};
use js_sys::{Array, Object};
use serde::Serialize;
use std::cell::RefCell;
use tilewise::catalog::{self, Filter, Model};
use tilewise::error::Error;
use tilewise::estimate::{Estimate, EstimateOptions, compared_models};
use tilewise::request::Draft;
use tilewise::rule::text::{CountedText, TextTokens};
use tilewise::snippet::Language;
use tilewise::stream::Usage;
use tilewise::usage::{Basis, Received};
use tilewise::violation::Violation;
use wasm_bindgen::JsCast;
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
    let rows = Array::new();
    for compared in tilewise::estimate::compare(&draft, &options, &models) {
        rows.push(&to_js(&Row {
            model: model(compared.model)?,
            estimate: &compared.estimate,
            errors: &compared.errors,
        })?);
    }
    Ok(rows.into())
}

/// As [`tilewise::estimate::Compared`].
#[derive(Serialize)]
struct Row<'a> {
    #[serde(with = "serde_wasm_bindgen::preserve")]
    model: JsValue,
    estimate: &'a Estimate,
    errors: &'a [Violation],
}

thread_local! {
    /// Models of the catalogue that were converted, by their indices.
    static CONVERTED: RefCell<Vec<Option<JsValue>>> =
        RefCell::new(vec![None; catalog::models().len()]);
}

/// One of the catalogue is converted once, as it takes half as long as all else of a row, and is frozen therefore.
fn model(model: &Model) -> Result<JsValue, JsValue> {
    let mut known = catalog::models().iter();
    let Some(index) = known.position(|known| std::ptr::eq(known, model)) else {
        return to_js(model);
    };
    if let Some(converted) = CONVERTED.with_borrow(|all| all.get(index).cloned().flatten()) {
        return Ok(converted);
    }
    let converted = to_js(model)?;
    freeze(&converted);
    CONVERTED.with_borrow_mut(|all| {
        if let Some(place) = all.get_mut(index) {
            *place = Some(converted.clone());
        }
    });
    Ok(converted)
}

fn freeze(value: &JsValue) {
    if let Some(object) = value.dyn_ref::<Object>() {
        Object::values(object).for_each(&mut |inner, _, _| freeze(&inner));
        Object::freeze(object);
    }
}

fn asked(
    draft: &JsValue,
    options: &JsValue,
    text: &JsValue,
) -> Result<(Draft, EstimateOptions), Error> {
    let draft = draft::draft(draft)?;
    let mut options = estimate_options("options", options)?;
    options.text = counted_text(text)?;
    Ok((draft, options))
}

/// As the program `text` gives it; nothing of undefined.
pub(crate) fn counted_text(text: &JsValue) -> Result<CountedText, Error> {
    Ok(CountedText {
        kimi_k2: from_js("text.kimiK2", &get(text, "kimiK2"))?,
        kimi_k3: from_js("text.kimiK3", &get(text, "kimiK3"))?,
    })
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
