//! Options as JavaScript writes them, with their defaults.

use crate::catalog::{BASE_URL, Model};
use crate::error::Error;
use crate::estimate;
use crate::limits::Limits;
use crate::price::Prices;
use crate::probe::DEFAULT_MAX_BYTES;
use crate::rule::Rule;
use crate::stream::retry::DEFAULT_MAX_RETRIES;
use crate::stream::session::DEFAULT_TIMEOUT_MS;
use crate::web;
use serde::Deserialize;
use std::collections::BTreeMap;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::AbortSignal;

// Every option may be left out, undefined or null: callers pass on what they were given.

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct InspectOptions {
    max_bytes: Option<u64>,
    #[serde(default, with = "serde_wasm_bindgen::preserve")]
    signal: JsValue,
}

impl InspectOptions {
    pub(super) fn build(self) -> Result<web::InspectOptions, JsValue> {
        Ok(web::InspectOptions {
            max_bytes: self.max_bytes.unwrap_or(DEFAULT_MAX_BYTES),
            signal: signal(self.signal)?,
        })
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EstimateOptions {
    rule: Option<Rule>,
    price: Option<Prices>,
    limits: Option<Limits>,
    sample_fps: Option<f64>,
    cached_share: Option<f64>,
    models: Option<Vec<Model>>,
}

impl EstimateOptions {
    pub(super) fn build(self) -> Result<estimate::Options, JsValue> {
        let options = estimate::Options {
            rule: self.rule.unwrap_or_default(),
            price: self.price.unwrap_or_default(),
            limits: self.limits.unwrap_or_default(),
            models: self
                .models
                .map(|models| models.into_iter().map(Model::with_known_rules).collect()),
            sample_fps: self.sample_fps,
            cached_share: self.cached_share.unwrap_or_default(),
        };
        options.check()?;
        Ok(options)
    }
}

#[derive(Deserialize)]
pub(super) struct RequestOptions {
    stream: Option<bool>,
}

impl RequestOptions {
    pub(super) fn is_streamed(&self) -> bool {
        self.stream.unwrap_or(true)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SnippetOptions {
    base_url: Option<String>,
}

impl SnippetOptions {
    pub(super) fn base_url(&self) -> &str {
        self.base_url.as_deref().unwrap_or(BASE_URL)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EndpointOptions {
    base_url: Option<String>,
    api_key: Option<String>,
    headers: Option<BTreeMap<String, Option<String>>>,
    #[serde(default, with = "serde_wasm_bindgen::preserve")]
    signal: JsValue,
    max_retries: Option<u32>,
    timeout_ms: Option<u32>,
}

impl EndpointOptions {
    pub(super) fn max_retries(&self) -> u32 {
        self.max_retries.unwrap_or(DEFAULT_MAX_RETRIES)
    }

    pub(super) fn build(self) -> Result<(web::EndpointOptions, web::Abort), JsValue> {
        let abort = web::Abort::new(signal(self.signal)?.as_ref())?;
        let headers = self.headers.unwrap_or_default().into_iter();
        let options = web::EndpointOptions {
            base_url: self.base_url.unwrap_or_else(|| BASE_URL.to_owned()),
            api_key: self.api_key,
            headers: headers
                .filter_map(|(name, value)| Some((name, value?)))
                .collect(),
            timeout_ms: self.timeout_ms.unwrap_or(DEFAULT_TIMEOUT_MS),
        };
        Ok((options, abort))
    }
}

#[derive(Deserialize)]
pub(super) struct ChatOptions {
    force: Option<bool>,
    estimate: Option<EstimateOptions>,
}

impl ChatOptions {
    pub(super) fn is_forced(&self) -> bool {
        self.force.unwrap_or(false)
    }

    pub(super) fn estimate(self) -> Result<estimate::Options, JsValue> {
        self.estimate.unwrap_or_default().build()
    }
}

fn signal(value: JsValue) -> Result<Option<AbortSignal>, JsValue> {
    if value.is_undefined() || value.is_null() {
        return Ok(None);
    }
    value
        .dyn_into()
        .map(Some)
        .map_err(|_| Error::invalid("signal", "it must be an AbortSignal").into())
}
