//! A chat as the package's `ChatStream` drives it: what to do next is said here, done there.

use super::convert::{from_js, to_js};
use super::draft::JsDraft;
use super::options::{ChatOptions, EndpointOptions};
use crate::estimate::require_allowed;
use crate::stream::exchange::{self, Exchange};
use crate::stream::to_json;
use crate::web::{Abort, FetchEndpoint};
use wasm_bindgen::prelude::*;
use web_sys::{AbortSignal, Request};

/// One request and its answer.
#[derive(Debug)]
#[wasm_bindgen]
pub struct ChatSession {
    exchange: Exchange,
    endpoint: FetchEndpoint,
    abort: Abort,
    timeout_ms: u32,
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[wasm_bindgen]
pub enum Step {
    /// Send the request.
    Send,
    /// Wait for `waitMs`.
    Wait,
    /// Read the next bytes of the answer.
    Read,
    /// Nothing more: see `end`.
    Over,
}

#[wasm_bindgen]
impl ChatSession {
    /// Refuses a draft that the endpoint's published limits forbid, unless forced.
    #[wasm_bindgen(constructor)]
    pub fn new(draft: JsValue, options: JsValue) -> Result<Self, JsValue> {
        let JsDraft { draft, data } = JsDraft::from_js(draft)?;
        let refusal: ChatOptions = from_js("options", options.clone())?;
        if !refusal.is_forced() {
            require_allowed(&draft, &refusal.estimate()?)?;
        }
        let options: EndpointOptions = from_js("options", options)?;
        let max_retries = options.max_retries();
        let (options, abort) = options.build()?;
        Ok(Self {
            exchange: Exchange::new(max_retries, js_sys::Math::random(), js_sys::Date::now()),
            timeout_ms: options.timeout_ms,
            endpoint: FetchEndpoint::new(&draft, data, options, abort.clone())?,
            abort,
        })
    }

    #[wasm_bindgen(getter)]
    pub fn step(&self) -> Step {
        match self.exchange.step() {
            exchange::Step::Send => Step::Send,
            exchange::Step::Wait { .. } => Step::Wait,
            exchange::Step::Read => Step::Read,
            exchange::Step::Over => Step::Over,
        }
    }

    #[wasm_bindgen(getter = waitMs)]
    pub fn wait_ms(&self) -> u32 {
        match self.exchange.step() {
            exchange::Step::Wait { ms } => ms,
            _ => 0,
        }
    }

    /// The wait is over.
    pub fn waited(&mut self) {
        self.exchange.waited();
    }

    /// The longest silence in milliseconds.
    #[wasm_bindgen(getter = timeoutMs)]
    pub fn timeout_ms(&self) -> u32 {
        self.timeout_ms
    }

    /// Aborted by the caller's signal, by `abort` and by `timeOut`.
    #[wasm_bindgen(getter)]
    pub fn signal(&self) -> AbortSignal {
        self.abort.signal()
    }

    /// What to send.
    pub async fn request(&self) -> Result<Request, JsValue> {
        Ok(self.endpoint.request().await?.into())
    }

    /// Status and headers are there.
    pub fn answered(
        &mut self,
        status: u16,
        retry_after: Option<String>,
        date: Option<String>,
        now_ms: f64,
    ) {
        let header = |name: &str| match name {
            "retry-after" => retry_after.clone(),
            _ => date.clone(),
        };
        self.exchange.answered(status, header, now_ms);
    }

    /// Bytes of the body came. Gives `events` at once: to call once a chunk is what a stream can afford.
    pub fn received(&mut self, bytes: &[u8], now_ms: f64) -> Option<String> {
        self.exchange.received(bytes, now_ms);
        self.events()
    }

    /// The body ended.
    pub fn ended(&mut self, now_ms: f64) {
        self.exchange.ended(now_ms);
    }

    /// The request was not answered, or its answer broke off.
    pub fn failed(&mut self, cause: JsValue, is_answered: bool, now_ms: f64) {
        let error = self.endpoint.failure(&cause, is_answered);
        self.exchange.failed(error, now_ms);
    }

    /// The events since the last ones, as JSON; undefined for none.
    pub fn events(&mut self) -> Option<String> {
        let events = self.exchange.take_events();
        (!events.is_empty()).then(|| to_json(&events))
    }

    /// The answer, or once the error that ended it.
    pub fn end(&mut self) -> Result<JsValue, JsValue> {
        to_js(self.exchange.end()?)
    }

    /// The answer so far.
    pub fn result(&self) -> Result<JsValue, JsValue> {
        to_js(self.exchange.result())
    }

    pub fn abort(&self) {
        self.abort.abort();
    }

    /// Nothing came for too long.
    #[wasm_bindgen(js_name = timeOut)]
    pub fn time_out(&self) {
        self.abort.after_silence(self.timeout_ms);
    }
}
