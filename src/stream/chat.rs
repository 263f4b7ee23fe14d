//! Events of a chat completion: text, reasoning, tool calls, usage, faults.
//!
//! The wire format is OpenAI's, with what Kimi adds: `reasoning_content`, tool call deltas without
//! `index`, usage in the last choice as well as at the top level.

use super::chunk::{Choice, Chunk, ToolCall};
use super::sse;
use crate::error::Error;
use crate::json::Value;
use crate::usage::Usage;
use serde::{Deserialize, Serialize};

/// What an answer says, bit by bit.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(
    tag = "type",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
#[non_exhaustive]
pub enum ChatEvent {
    Reasoning {
        text: String,
    },
    Text {
        text: String,
    },
    /// A part of a tool call; `arguments` is a piece of JSON text.
    ToolCall {
        index: u64,
        id: Option<String>,
        name: Option<String>,
        arguments: String,
    },
    Usage {
        usage: Usage,
    },
    Finish {
        reason: String,
    },
    /// The request will be sent again, after a wait.
    Retry {
        attempt: u32,
        wait_ms: u32,
        cause: String,
    },
}

/// The answer as far as it came.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ChatResult {
    pub id: Option<String>,
    pub model: Option<String>,
    pub text: String,
    pub reasoning: String,
    pub finish_reason: Option<String>,
    pub usage: Option<Usage>,
    /// Milliseconds from the start to the first token of text or reasoning.
    pub first_token_ms: Option<f64>,
    /// Milliseconds from the start to the end, or so far.
    pub total_ms: f64,
}

/// Longest answer in one piece: 16 MiB.
const MAX_WHOLE_BYTES: usize = 16 * 1024 * 1024;
/// Most of a web page that is kept.
const MAX_PAGE_BYTES: usize = 64 * 1024;

/// Reads one answer, streamed or in one piece: its first byte tells which, since types of content are
/// often set wrongly by what stands between.
#[derive(Debug, Default)]
pub struct Chat {
    form: Form,
    sse: sse::Parser,
    result: ChatResult,
    /// Usage in a choice, for an answer that has none at the top level.
    choice_usage: Option<Usage>,
    tool_calls: u64,
    last_tool_call_id: Option<String>,
    done: bool,
}

#[derive(Debug, Default)]
enum Form {
    /// Nothing but blanks has come.
    #[default]
    Unknown,
    Stream,
    /// JSON in one piece, as far as it came.
    Whole(Vec<u8>),
    /// A web page in place of an answer.
    Page(Vec<u8>),
}

impl Form {
    /// By the first byte behind blanks and a byte order mark.
    fn of(bytes: &[u8]) -> Self {
        match bytes.iter().find(|byte| !is_blank(byte)) {
            None => Self::Unknown,
            // No field of an event begins with either, so neither is lost to the stream.
            Some(b'{' | b'[') => Self::Whole(Vec::new()),
            Some(b'<') => Self::Page(Vec::new()),
            Some(_) => Self::Stream,
        }
    }
}

fn is_blank(byte: &u8) -> bool {
    b" \t\r\n\xef\xbb\xbf".contains(byte)
}

impl Chat {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn result(&self) -> &ChatResult {
        &self.result
    }

    pub(super) fn result_mut(&mut self) -> &mut ChatResult {
        &mut self.result
    }

    /// The endpoint said that nothing more will come.
    pub fn is_done(&self) -> bool {
        self.done
    }

    /// Takes bytes of an answer. What they say goes to `events`, even if they then turn out bad.
    pub fn push(&mut self, bytes: &[u8], events: &mut Vec<ChatEvent>) -> Result<(), Error> {
        let mut bytes = bytes;
        if matches!(self.form, Form::Unknown) {
            self.form = Form::of(bytes);
            // What stands before the first byte that counts may have come in chunks of its own.
            if matches!(self.form, Form::Whole(_) | Form::Page(_)) {
                let first = bytes.iter().position(|byte| !is_blank(byte));
                bytes = bytes.get(first.unwrap_or(0)..).unwrap_or_default();
            }
        }
        match &mut self.form {
            Form::Unknown | Form::Stream => {
                let mut sse = std::mem::take(&mut self.sse);
                let mut outcome = Ok(());
                let pushed = sse.push(bytes, |event| {
                    if outcome.is_ok() {
                        outcome = self.read_event(&event, events);
                    }
                });
                self.sse = sse;
                outcome?;
                pushed.map_err(|error| Error::stream(error.to_string()))
            }
            Form::Whole(json) if json.len() + bytes.len() > MAX_WHOLE_BYTES => Err(Error::stream(
                format!("the answer is longer than {MAX_WHOLE_BYTES} bytes"),
            )),
            Form::Page(page) if page.len() + bytes.len() > MAX_PAGE_BYTES => Err(web_page(page)),
            Form::Whole(body) | Form::Page(body) => {
                body.extend_from_slice(bytes);
                Ok(())
            }
        }
    }

    /// The answer ended. An error if it ended before the model did.
    pub fn finish(&mut self, events: &mut Vec<ChatEvent>) -> Result<(), Error> {
        match std::mem::take(&mut self.form) {
            Form::Unknown | Form::Stream => {
                let mut sse = std::mem::take(&mut self.sse);
                let mut outcome = Ok(());
                sse.finish(|event| {
                    // Cut inside its JSON, it says nothing but that the answer broke off.
                    if event.kind == "error" || is_readable(event.data) {
                        outcome = self.read_event(&event, events);
                    }
                });
                self.settle_usage(events);
                outcome?;
                match self.done || self.result.finish_reason.is_some() {
                    true => Ok(()),
                    false => Err(Error::stream("the answer broke off before it was finished")),
                }
            }
            Form::Whole(json) => self.read_whole(&String::from_utf8_lossy(&json), events),
            Form::Page(page) => Err(web_page(&page)),
        }
    }

    /// The answer broke off: what came of it stands, the usage of a choice as well, if there is no other.
    pub fn give_up(&mut self, events: &mut Vec<ChatEvent>) {
        self.settle_usage(events);
    }

    fn read_whole(&mut self, json: &str, events: &mut Vec<ChatEvent>) -> Result<(), Error> {
        let before = events.len();
        self.read(json, events)?;
        self.settle_usage(events);
        if events.len() > before {
            self.done = true;
            return Ok(());
        }
        Err(Error::Stream {
            message: "the answer holds nothing that a model said".to_owned(),
            body: Some(json.to_owned()),
        })
    }

    fn read_event(
        &mut self,
        event: &sse::Event<'_>,
        events: &mut Vec<ChatEvent>,
    ) -> Result<(), Error> {
        let data = event.data.trim_ascii();
        if self.done || data.is_empty() {
            return Ok(());
        }
        let outcome = match data {
            "[DONE]" => {
                self.done = true;
                Ok(())
            }
            data if event.kind == "error" => Err(fault(data)),
            data => self.read(data, events),
        };
        if self.done || outcome.is_err() {
            self.settle_usage(events);
        }
        outcome
    }

    fn read(&mut self, data: &str, events: &mut Vec<ChatEvent>) -> Result<(), Error> {
        let chunk = Chunk::parse(data).map_err(|error| Error::Stream {
            message: format!("the answer is not a chat completion: {error}"),
            body: Some(data.to_owned()),
        })?;
        if let Some(error) = chunk.error {
            return Err(fault(error));
        }
        // Proxies report their own troubles without the word error.
        if chunk.choices.is_none() && chunk.usage.is_none() && fault_message(data).is_some() {
            return Err(fault(data));
        }
        let result = &mut self.result;
        result.id = result.id.take().or_else(|| chunk.id.map(Into::into));
        result.model = result.model.take().or_else(|| chunk.model.map(Into::into));
        for choice in chunk.choices.unwrap_or_default() {
            self.read_choice(choice, events)?;
        }
        if let Some(usage) = chunk.usage {
            self.report_usage(usage, events);
        }
        Ok(())
    }

    fn read_choice(
        &mut self,
        choice: Choice<'_>,
        events: &mut Vec<ChatEvent>,
    ) -> Result<(), Error> {
        if choice.index > 0 {
            return Err(Error::stream(
                "the answer holds several choices; ask for one, with n = 1",
            ));
        }
        if let Some(text) = choice.reasoning.filter(|text| !text.is_empty()) {
            self.result.reasoning.push_str(&text);
            events.push(ChatEvent::Reasoning { text: text.into() });
        }
        // A refusal is what the model answers, in place of an answer.
        for text in [choice.content, choice.refusal].into_iter().flatten() {
            if !text.is_empty() {
                self.result.text.push_str(&text);
                events.push(ChatEvent::Text { text: text.into() });
            }
        }
        for call in choice.tool_calls {
            events.push(self.read_tool_call(call));
        }
        self.choice_usage = choice.usage.or(self.choice_usage);
        if let Some(reason) = choice.finish_reason
            && self.result.finish_reason.is_none()
        {
            let reason = String::from(reason);
            self.result.finish_reason = Some(reason.clone());
            events.push(ChatEvent::Finish { reason });
        }
        Ok(())
    }

    fn read_tool_call(&mut self, call: ToolCall<'_>) -> ChatEvent {
        let id = call.id.map(String::from);
        // Without an index, a new identifier starts a new call; anything else goes on with the last.
        let is_new = id.is_some() && id != self.last_tool_call_id;
        let last = self.tool_calls.saturating_sub(1);
        let index = call
            .index
            .unwrap_or(if is_new { self.tool_calls } else { last });
        if is_new {
            self.last_tool_call_id.clone_from(&id);
        }
        self.tool_calls = self.tool_calls.max(index.saturating_add(1));
        ChatEvent::ToolCall {
            index,
            id,
            name: call.name.map(Into::into),
            arguments: call.arguments.unwrap_or_default().into(),
        }
    }

    fn settle_usage(&mut self, events: &mut Vec<ChatEvent>) {
        if let Some(usage) = self.choice_usage.take()
            && self.result.usage.is_none()
        {
            self.report_usage(usage, events);
        }
    }

    fn report_usage(&mut self, usage: Usage, events: &mut Vec<ChatEvent>) {
        self.result.usage = Some(usage);
        events.push(ChatEvent::Usage { usage });
    }
}

fn is_readable(data: &str) -> bool {
    let data = data.trim_ascii();
    data == "[DONE]" || Chunk::parse(data).is_ok()
}

/// An endpoint's account of an error, as JSON or in plain words.
fn fault(account: &str) -> Error {
    Error::Stream {
        message: fault_message(account).unwrap_or_else(|| match account.starts_with('{') {
            true => "the endpoint reported an error".to_owned(),
            false => account.to_owned(),
        }),
        body: Some(account.to_owned()),
    }
}

fn web_page(page: &[u8]) -> Error {
    Error::Stream {
        message: "a web page came instead of an answer: the address leads to a proxy or a site, not to the endpoint".to_owned(),
        body: Some(String::from_utf8_lossy(page).into_owned()),
    }
}

/// The sentence in an endpoint's account of an error, whatever its shape, if it is JSON with one.
pub(super) fn fault_message(account: &str) -> Option<String> {
    fn sentence<'v>(account: &'v Value<'_>) -> Option<&'v str> {
        let text = account.text().filter(|text| !text.is_empty());
        text.or_else(|| {
            ["message", "error", "detail"]
                .iter()
                .find_map(|key| sentence(account.get(key)?))
        })
    }
    sentence(&Value::parse(account).ok()?).map(str::to_owned)
}
