//! Exact counts of text, by a program of its own.

use crate::convert::{from_js, to_error, to_js};
use crate::draft;
use crate::options::{estimate_options, text_options};
use tilewise::error::Error;
use tilewise::text::{self, CountedText};
use wasm_bindgen::prelude::*;

/// Of a panic JavaScript learns no more than that there was one, unless it is told why before. Unfolds the vocabulary.
#[wasm_bindgen(start)]
pub fn start() {
    std::panic::set_hook(Box::new(|panic| {
        wasm_bindgen::throw_str(&panic.to_string())
    }));
    text::prepare();
}

/// The tokens that `countText` of the package gives; undefined where the model's vocabulary is not here.
#[wasm_bindgen(js_name = countText)]
pub fn count_text(text: &JsValue, options: &JsValue) -> Result<Option<f64>, JsValue> {
    let asked = from_js("text", text).and_then(|text: String| Ok((text, text_options(options)?)));
    let (text, options) = asked.map_err(|error| to_error(&error))?;
    let vocabulary = options.vocabulary();
    let tokens = vocabulary.and_then(|vocabulary| text::count(vocabulary, &text));
    // A text of 2⁵³ tokens fits in no memory.
    Ok(tokens.map(|tokens| tokens as f64))
}

/// The text of a draft, which `estimate` and `compare` of the main program take.
#[wasm_bindgen(js_name = countedText)]
pub fn counted_text(draft: &JsValue, options: &JsValue, all: bool) -> Result<JsValue, JsValue> {
    let counted = counted(draft, options, all).map_err(|error| to_error(&error))?;
    to_js(&counted)
}

/// The text of a body that another client wrote, for the task "estimate" of the main program.
#[wasm_bindgen(js_name = countedBody)]
pub fn counted_body(body: &str, model: &str) -> Result<JsValue, JsValue> {
    to_js(&text::counted_body(body, model))
}

fn counted(draft: &JsValue, options: &JsValue, all: bool) -> Result<CountedText, Error> {
    let draft = draft::draft(draft)?;
    let options = estimate_options("options", options)?;
    Ok(if all {
        text::counted_for_all(&draft, &options)
    } else {
        text::counted(&draft, &options)
    })
}
