//! What the endpoint answers: words, the bill, and both as an endpoint sends them.

mod messages;
mod responses;

use crate::check::Request;
use serde_json::{Map, Value, json};
use std::time::{SystemTime, UNIX_EPOCH};
use tilewise::request::{Draft, MediaPart, Via};
use tilewise::units;

const REASONING: &str = "There is no model here, so there is nothing to think about.";

/// An answer in words, each of which counts as a token.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    id: String,
    created: u64,
    model: String,
    reasoning: Vec<String>,
    content: Vec<String>,
    finish_reason: &'static str,
    usage: Usage,
}

impl Answer {
    /// Answers a request, the `number`th of this server.
    pub(crate) fn to(request: &Request, number: u64) -> Self {
        let mut reasoning = words(REASONING);
        let mut content = words(&text(&request.draft, &request.roles));
        let room = request.draft.max_tokens.map_or(usize::MAX, |most| {
            usize::try_from(most).unwrap_or(usize::MAX)
        });
        let finish_reason = if reasoning.len() + content.len() > room {
            "length"
        } else {
            "stop"
        };
        reasoning.truncate(room);
        content.truncate(room - reasoning.len());
        Self {
            id: format!("chatcmpl-tilewise-{number}"),
            created: SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |time| time.as_secs()),
            model: request.draft.model.clone(),
            usage: Usage {
                prompt: request.prompt_tokens,
                completion: (reasoning.len() + content.len()) as u64,
                reasoning: reasoning.len() as u64,
            },
            reasoning,
            content,
            finish_reason,
        }
    }

    /// The answer in one piece.
    pub(crate) fn whole(&self) -> Value {
        json!({
            "id": self.id,
            "object": "chat.completion",
            "created": self.created,
            "model": self.model,
            "choices": [{
                "index": 0,
                "message": {
                    "role": "assistant",
                    "content": self.content.concat(),
                    "reasoning_content": self.reasoning.concat(),
                },
                "finish_reason": self.finish_reason,
            }],
            "usage": self.usage.json(),
        })
    }

    /// The answer as a stream tells it.
    pub(crate) fn script(&self, include_usage: bool) -> Script {
        let mut script = Script {
            head: self.head(),
            chunks: Vec::new(),
            done: true,
            after: Vec::new(),
        };
        let deltas = [json!({ "role": "assistant", "content": "" })]
            .into_iter()
            .chain((self.reasoning.iter()).map(|word| json!({ "reasoning_content": word })))
            .chain(self.content.iter().map(|word| json!({ "content": word })));
        script.chunks = deltas.map(|delta| script.delta(delta)).collect();
        script.chunks.push(script.chunk(json!([{
            "index": 0,
            "delta": {},
            "finish_reason": self.finish_reason,
            // Kimi's numbers differ here from those at the top level.
            "usage": self.usage.off_by_one().json(),
        }])));
        if include_usage {
            let mut last = script.chunk(json!([]));
            if let Some(chunk) = last.as_object_mut() {
                chunk.insert("usage".into(), self.usage.json());
            }
            script.chunks.push(last);
        }
        script
    }

    /// What all chunks have.
    fn head(&self) -> Map<String, Value> {
        let head = [
            ("id", self.id.clone().into()),
            ("object", "chat.completion.chunk".into()),
            ("created", self.created.into()),
            ("model", self.model.clone().into()),
        ];
        head.map(|(name, value)| (name.to_owned(), value))
            .into_iter()
            .collect()
    }
}

/// What a stream says, chunk by chunk.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    head: Map<String, Value>,
    pub(crate) chunks: Vec<Value>,
    /// Whether `[DONE]` follows.
    pub(crate) done: bool,
    /// What should not follow any more.
    pub(crate) after: Vec<Value>,
}

impl Script {
    pub(crate) fn delta(&self, delta: Value) -> Value {
        self.chunk(json!([{ "index": 0, "delta": delta, "finish_reason": null }]))
    }

    /// The place of the chunk with the finish reason; the end where there is none.
    pub(crate) fn finish(&self) -> usize {
        let finishes = |chunk: &Value| {
            let reason = chunk.pointer("/choices/0/finish_reason");
            reason.is_some_and(Value::is_string)
        };
        let place = self.chunks.iter().position(finishes);
        place.unwrap_or(self.chunks.len())
    }

    pub(crate) fn events(&self) -> Vec<String> {
        let chunks = self.chunks.iter().map(event);
        let done = self.done.then(|| event("[DONE]"));
        let after = self.after.iter().map(event);
        chunks.chain(done).chain(after).collect()
    }

    fn chunk(&self, choices: Value) -> Value {
        let mut chunk = self.head.clone();
        chunk.insert("choices".to_owned(), choices);
        chunk.into()
    }
}

/// One event of a stream.
fn event(data: impl std::fmt::Display) -> String {
    format!("data: {data}\n\n")
}

/// One event of a stream that names the types of its events.
fn named_event(data: &Value) -> String {
    let kind = data.get("type").and_then(Value::as_str);
    format!("event: {}\n{}", kind.unwrap_or_default(), event(data))
}

#[derive(Clone, Copy, Debug)]
struct Usage {
    prompt: u64,
    completion: u64,
    reasoning: u64,
}

impl Usage {
    fn off_by_one(self) -> Self {
        Self {
            prompt: self.prompt + 1,
            completion: self.completion + 1,
            ..self
        }
    }

    fn json(self) -> Value {
        json!({
            "prompt_tokens": self.prompt,
            "completion_tokens": self.completion,
            "total_tokens": self.prompt + self.completion,
            "prompt_tokens_details": { "cached_tokens": 0 },
            "completion_tokens_details": { "reasoning_tokens": self.reasoning },
        })
    }
}

fn text(draft: &Draft, roles: &[&str]) -> String {
    let mut text =
        "**The local tilewise endpoint answers: no model has looked at this.**\n\n".to_owned();
    text.push_str(&format!("- Messages: {}\n", roles.join(", ")));
    for (index, part) in draft.media.iter().enumerate() {
        text.push_str(&format!("- Media {}: {}\n", index + 1, description(part)));
    }
    text.push_str(&format!("\nPrompt:\n\n{}", draft.text));
    text
}

fn description(part: &MediaPart) -> String {
    let kind = if part.facts.format.is_video() {
        "video"
    } else {
        "image"
    };
    let size = part.facts.stored();
    let size = format!("{}×{} pixels", size.width, size.height);
    let detail = part
        .detail
        .map(|detail| format!(", detail {}", detail.name()))
        .unwrap_or_default();
    match &part.via {
        Via::Url(url) => {
            let url = url.as_deref().unwrap_or_default();
            format!("{kind} at {url}, not fetched, counted as {size}{detail}")
        }
        Via::Base64 { bytes } => {
            let bytes = units::bytes(bytes.unwrap_or(0));
            format!(
                "{} {kind}, {size}, {bytes}{detail}",
                part.facts.format.name()
            )
        }
    }
}

/// The words of a text, each with the blanks behind it: together they are the text.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let letters = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (_, behind) = rest.split_at(letters);
        let blanks = behind.len() - behind.trim_start().len();
        let (word, behind) = rest.split_at(letters + blanks);
        words.push(word.to_owned());
        rest = behind;
    }
    words
}
