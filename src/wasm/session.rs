//! A request as the package drives it: what to do next is said here, done there.

use super::argument::read;
use super::outcome::{failure, outcome};
use super::target::target;
use crate::catalog::listing;
use crate::error::Error;
use crate::json::to_json;
use crate::request::Target;
use crate::stream::exchange::{self, Exchange};
use crate::stream::failure::{self, Surroundings};
use crate::stream::retry::DEFAULT_MAX_RETRIES;
use serde::Serialize;
use wasm_bindgen::prelude::*;

/// One request and its answer.
#[derive(Debug)]
#[wasm_bindgen]
pub struct Session {
    exchange: Exchange,
    target: Target,
    path: &'static str,
    /// Why it cannot begin.
    refusal: Option<Error>,
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
    /// Read on for no more than `waitMs`: all that counts has come.
    Linger,
    /// Nothing more.
    Over,
}

/// Why something failed, as JavaScript tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[wasm_bindgen]
pub enum Cause {
    /// There was no answer.
    Unanswered,
    /// The answer broke off.
    Broken,
    Aborted,
    /// Nothing came for too long.
    Silence,
}

#[wasm_bindgen]
impl Session {
    /// A chat, whose body is sent as it is.
    pub fn chat(options: &str, random: f64, now_ms: f64) -> Self {
        Self::to("chat/completions", options, random, now_ms)
    }

    /// The endpoint's own list of models.
    pub fn models(options: &str, random: f64, now_ms: f64) -> Self {
        let mut session = Self::to("models", options, random, now_ms);
        session.exchange = session.exchange.of_text(listing::MAX_BYTES);
        session
    }

    /// Address, headers and time-out, or why it cannot begin.
    pub fn request(&self) -> String {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Request<'a> {
            url: String,
            headers: Vec<(&'a str, String)>,
            timeout_ms: u32,
        }

        if let Some(error) = &self.refusal {
            return failure(error);
        }
        outcome(self.target.checked_headers().map(|headers| Request {
            url: self.target.url(self.path),
            headers,
            timeout_ms: self.target.timeout_ms,
        }))
    }

    #[wasm_bindgen(getter)]
    pub fn step(&self) -> Step {
        match self.exchange.step() {
            exchange::Step::Send => Step::Send,
            exchange::Step::Wait { .. } => Step::Wait,
            exchange::Step::Read => Step::Read,
            exchange::Step::Linger { .. } => Step::Linger,
            exchange::Step::Over => Step::Over,
        }
    }

    #[wasm_bindgen(getter = waitMs)]
    pub fn wait_ms(&self) -> u32 {
        match self.exchange.step() {
            exchange::Step::Wait { ms } | exchange::Step::Linger { ms } => ms,
            _ => 0,
        }
    }

    /// The wait is over.
    pub fn waited(&mut self) {
        self.exchange.waited();
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

    /// The request was not answered, or its answer broke off. `message` is what the runtime says of it.
    pub fn failed(
        &mut self,
        cause: Cause,
        message: &str,
        is_offline: bool,
        page: Option<String>,
        now_ms: f64,
    ) {
        let page = page.as_deref();
        let around = Surroundings { is_offline, page };
        let url = self.target.url(self.path);
        let silence_ms = self.target.timeout_ms;
        self.exchange
            .failed(error(cause, &url, message, around, "", silence_ms), now_ms);
    }

    /// The events since the last ones, as JSON; undefined for none.
    pub fn events(&mut self) -> Option<String> {
        let events = self.exchange.take_events();
        (!events.is_empty()).then(|| crate::stream::to_json(&events))
    }

    /// The answer to a chat, or once the error that ended it.
    pub fn end(&mut self) -> String {
        outcome(self.exchange.end())
    }

    /// The models of the list, over those that are known offline. `day` is when it was read, as 2026-11-25.
    #[wasm_bindgen(js_name = endOfModels)]
    pub fn end_of_models(&mut self, day: &str) -> String {
        let list = self.exchange.text();
        outcome(list.and_then(|list| listing::merge(&list, &self.target.url(self.path), day)))
    }

    /// The answer so far.
    pub fn result(&self) -> String {
        to_json(self.exchange.result())
    }
}

impl Session {
    fn to(path: &'static str, options: &str, random: f64, now_ms: f64) -> Self {
        let begun = read("options", options, |options| {
            let retries = options.get("maxRetries").small_count();
            (retries.unwrap_or(DEFAULT_MAX_RETRIES), target(options))
        });
        let (max_retries, target, refusal) = match begun {
            Ok((max_retries, target)) => (max_retries, target, None),
            Err(error) => (0, Target::default(), Some(error)),
        };
        Self {
            exchange: Exchange::new(max_retries, random, now_ms),
            target,
            path,
            refusal,
        }
    }
}

pub(super) fn error(
    cause: Cause,
    url: &str,
    message: &str,
    around: Surroundings<'_>,
    besides: &str,
    silence_ms: u32,
) -> Error {
    match cause {
        Cause::Unanswered => failure::no_answer(url, message, around, besides),
        Cause::Broken => failure::broken_off(message),
        Cause::Aborted => Error::Aborted,
        Cause::Silence => Error::Timeout { silence_ms },
    }
}
