//! What an estimate assumes.

use crate::convert::{from_js, from_js_or_default, get};
use tilewise::error::Error;
use tilewise::estimate::{EstimateOptions, TextOptions};
use wasm_bindgen::JsValue;

pub(crate) fn estimate_options(name: &str, value: &JsValue) -> Result<EstimateOptions, Error> {
    let options: EstimateOptions = from_js_or_default(name, value)?;
    options.check()?;
    Ok(options)
}

/// Of `countText`.
pub(crate) fn text_options(value: &JsValue) -> Result<TextOptions, Error> {
    Ok(TextOptions {
        model: from_js("options.model", &get(value, "model"))?,
        provider: from_js("options.provider", &get(value, "provider"))?,
    })
}
