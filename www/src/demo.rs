//! The offline demo: an endpoint inside the page, and no model at all.
//!
//! It answers in the bytes that a real endpoint would stream, cut where a network might cut them. So the same
//! parser and the same page show them.

use serde_json::{Value, json};
use std::collections::VecDeque;
use tilewise::error::Error;
use tilewise::estimate::Estimate;
use tilewise::request::Draft;
use tilewise::stream::session::{Answer, Endpoint};
use tilewise::units::{bytes, grouped};
use tilewise::web::{Abort, sleep};

/// Its name in the ledger, so that its bills are not mistaken for paid ones.
pub(crate) const MODEL: &str = "offline-demo";

/// Cuts fall inside lines and characters, on purpose.
const CHUNK_BYTES: usize = 97;
const PAUSE_MS: u32 = 20;

pub(crate) struct Demo {
    stream: Vec<u8>,
    abort: Abort,
}

impl Demo {
    pub(crate) fn new(draft: &Draft, estimate: &Estimate, abort: Abort) -> Self {
        let text = text(draft, estimate);
        let words: Vec<_> = text.split_inclusive(' ').collect();
        let chunk = |delta: Value| json!({ "id": "demo", "model": MODEL, "choices": [{ "index": 0, "delta": delta }] });
        let mut events = vec![chunk(
            json!({ "reasoning_content": "Demo: no model is running. " }),
        )];
        events.extend(words.iter().map(|word| chunk(json!({ "content": word }))));
        events.push(json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": "stop" }] }));
        // Bills as the model's own processor counts, so that the comparison has something to show.
        let prompt_tokens = estimate.bounds.processor.map_or(0, |bounds| bounds.low);
        events.push(json!({ "choices": [], "usage": { "prompt_tokens": prompt_tokens, "completion_tokens": words.len() } }));
        let events: String = events
            .iter()
            .map(|event| format!("data: {event}\n\n"))
            .collect();
        Self {
            stream: format!("{events}data: [DONE]\n\n").into_bytes(),
            abort,
        }
    }
}

impl Endpoint for Demo {
    type Answer = DemoAnswer;

    async fn send(&self) -> Result<DemoAnswer, Error> {
        Ok(DemoAnswer {
            chunks: self
                .stream
                .chunks(CHUNK_BYTES)
                .map(<[u8]>::to_vec)
                .collect(),
            abort: self.abort.clone(),
        })
    }

    async fn wait(&self, ms: u32) -> Result<(), Error> {
        sleep(ms).await;
        Ok(())
    }

    fn now_ms(&self) -> f64 {
        js_sys::Date::now()
    }

    fn random(&self) -> f64 {
        js_sys::Math::random()
    }
}

pub(crate) struct DemoAnswer {
    chunks: VecDeque<Vec<u8>>,
    abort: Abort,
}

impl Answer for DemoAnswer {
    fn status(&self) -> u16 {
        200
    }

    fn header(&self, name: &str) -> Option<String> {
        (name == "content-type").then(|| "text/event-stream".to_owned())
    }

    async fn chunk(&mut self) -> Result<Option<Vec<u8>>, Error> {
        sleep(PAUSE_MS).await;
        if self.abort.is_aborted() {
            return Err(Error::Aborted);
        }
        Ok(self.chunks.pop_front())
    }
}

fn text(draft: &Draft, estimate: &Estimate) -> String {
    let mut text = String::from(
        "**This is the offline demo: no model is running.** Nothing has left this page. A real endpoint would have received:\n\n",
    );
    text += &format!(
        "- the question “{}”\n",
        draft.text.replace(['\n', '*', '`', '<'], " ")
    );
    for (index, part) in draft.media.iter().enumerate() {
        let stored = part.facts.stored();
        let size = part
            .facts
            .bytes
            .map_or_else(String::new, |size| format!(", {}", bytes(size)));
        text += &format!(
            "- {} {}: `{}`, {}×{} pixels{size}\n",
            if part.facts.is_image() {
                "photo"
            } else {
                "video"
            },
            index + 1,
            part.facts.mime,
            stored.width,
            stored.height
        );
    }
    text += &format!(
        "\nThat is a body of {}, estimated at **{} input tokens**. Choose another endpoint above to ask a model.\n",
        bytes(estimate.body_bytes),
        grouped(estimate.input_tokens)
    );
    text
}
