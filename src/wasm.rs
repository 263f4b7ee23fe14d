//! What the npm package exports: convert, call, convert. No decision is taken here.

mod chat;
mod convert;
mod draft;
mod options;

use crate::request::Body;
use crate::stream::chat::ChatResult;
use crate::usage::Received;
use crate::{catalog, estimate, snippet, usage, web};
use convert::{from_js, to_js};
use draft::JsDraft;
use js_sys::JSON;
use options::{EndpointOptions, EstimateOptions, InspectOptions, RequestOptions, SnippetOptions};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// As `inspect` of the package.
#[wasm_bindgen]
pub async fn inspect(source: JsValue, options: JsValue) -> Result<JsValue, JsValue> {
    let options: InspectOptions = from_js("options", options)?;
    let facts = web::inspect(&convert::source(&source)?, &options.build()?).await;
    to_js(&facts?)
}

/// As `models` of the package.
#[wasm_bindgen]
pub fn models() -> Result<JsValue, JsValue> {
    to_js(catalog::models())
}

/// As `listModels` of the package.
#[wasm_bindgen(js_name = listModels)]
pub async fn list_models(options: JsValue) -> Result<JsValue, JsValue> {
    let options: EndpointOptions = from_js("options", options)?;
    let max_retries = options.max_retries();
    let (options, abort) = options.build()?;
    to_js(&web::list_models(options, abort, max_retries).await?)
}

/// As `estimate` of the package.
#[wasm_bindgen]
pub fn estimate(draft: JsValue, options: JsValue) -> Result<JsValue, JsValue> {
    let JsDraft { draft, .. } = JsDraft::from_js(draft)?;
    let options: EstimateOptions = from_js("options", options)?;
    to_js(&estimate::estimate(&draft, &options.build()?))
}

/// As `requestBody` of the package.
#[wasm_bindgen(js_name = requestBody)]
pub async fn request_body(draft: JsValue, options: JsValue) -> Result<JsValue, JsValue> {
    let JsDraft { draft, data } = JsDraft::from_js(draft)?;
    let options: RequestOptions = from_js("options", options)?;
    let body = match options.is_streamed() {
        true => Body::streamed(&draft),
        false => Body::whole(&draft),
    };
    let blob = web::blob(&web::pieces(&body, &data)?, &data).await?;
    let text = JsFuture::from(blob.text()).await?;
    JSON::parse(&text.as_string().unwrap_or_default())
}

/// As `snippet` of the package.
#[wasm_bindgen]
pub fn snippet(draft: JsValue, language: JsValue, options: JsValue) -> Result<String, JsValue> {
    let JsDraft { draft, .. } = JsDraft::from_js(draft)?;
    let language = from_js("language", language)?;
    let options: SnippetOptions = from_js("options", options)?;
    Ok(snippet::snippet(&draft, language, options.base_url())?)
}

/// As `reconcile` of the package.
#[wasm_bindgen]
pub fn reconcile(estimate: JsValue, usage: JsValue, answer: JsValue) -> Result<JsValue, JsValue> {
    let basis: usage::Basis = from_js("estimate", estimate)?;
    let usage: Option<usage::Usage> = from_js("usage", usage)?;
    let answer: Option<ChatResult> = from_js("answer", answer)?;
    let received = answer.as_ref().map(Received::from);
    to_js(&usage::reconcile(
        &basis,
        &usage.unwrap_or_default(),
        &received.unwrap_or_default(),
    ))
}
