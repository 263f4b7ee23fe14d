//! Options as JavaScript writes them, with their defaults.

use super::convert::error;
use crate::catalog::BASE_URL;
use crate::error::Error;
use crate::estimate;
use crate::limits::Limits;
use crate::price::Prices;
use crate::probe::DEFAULT_MAX_BYTES;
use crate::rule::Rule;
use crate::stream::session::{DEFAULT_MAX_RETRIES, DEFAULT_TIMEOUT_MS};
use crate::web;
use serde::Deserialize;
use std::collections::BTreeMap;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::AbortSignal;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct InspectOptions {
    #[serde(default = "default_max_bytes")]
    max_bytes: u64,
    #[serde(default, with = "serde_wasm_bindgen::preserve")]
    signal: JsValue,
}

impl InspectOptions {
    pub(super) fn build(self) -> Result<web::InspectOptions, JsValue> {
        Ok(web::InspectOptions {
            max_bytes: self.max_bytes,
            signal: signal(self.signal)?,
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EstimateOptions {
    #[serde(default)]
    rule: Rule,
    #[serde(default)]
    price: Prices,
    #[serde(default)]
    limits: Limits,
    sample_fps: Option<f64>,
    #[serde(default)]
    cached_share: f64,
}

impl EstimateOptions {
    pub(super) fn build(self) -> Result<estimate::Options, JsValue> {
        if !(0.0..=1.0).contains(&self.cached_share) {
            return Err(error(Error::invalid(
                "cachedShare",
                "it must lie between 0 and 1",
            )));
        }
        if self
            .sample_fps
            .is_some_and(|fps| !(fps.is_finite() && fps > 0.0))
        {
            return Err(error(Error::invalid("sampleFps", "it must be above 0")));
        }
        Ok(estimate::Options {
            rule: self.rule,
            price: self.price,
            limits: self.limits,
            sample_fps: self.sample_fps,
            cached_share: self.cached_share,
        })
    }
}

#[derive(Deserialize)]
pub(super) struct RequestOptions {
    #[serde(default = "yes")]
    pub(super) stream: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SnippetOptions {
    #[serde(default = "default_base_url")]
    pub(super) base_url: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ChatOptions {
    #[serde(default = "default_base_url")]
    base_url: String,
    api_key: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default, with = "serde_wasm_bindgen::preserve")]
    signal: JsValue,
    #[serde(default = "default_max_retries")]
    pub(super) max_retries: u32,
    #[serde(default = "default_timeout_ms")]
    timeout_ms: u32,
    #[serde(default)]
    pub(super) force: bool,
}

impl ChatOptions {
    pub(super) fn build(self) -> Result<(web::EndpointOptions, web::Abort), JsValue> {
        let abort = web::Abort::new(signal(self.signal)?.as_ref())?;
        let options = web::EndpointOptions {
            base_url: self.base_url,
            api_key: self.api_key,
            headers: self.headers.into_iter().collect(),
            timeout_ms: self.timeout_ms,
        };
        Ok((options, abort))
    }
}

fn signal(value: JsValue) -> Result<Option<AbortSignal>, JsValue> {
    if value.is_undefined() || value.is_null() {
        return Ok(None);
    }
    value
        .dyn_into()
        .map(Some)
        .map_err(|_| error(Error::invalid("signal", "it must be an AbortSignal")))
}

fn default_max_bytes() -> u64 {
    DEFAULT_MAX_BYTES
}

fn default_base_url() -> String {
    BASE_URL.to_owned()
}

fn default_max_retries() -> u32 {
    DEFAULT_MAX_RETRIES
}

fn default_timeout_ms() -> u32 {
    DEFAULT_TIMEOUT_MS
}

fn yes() -> bool {
    true
}
