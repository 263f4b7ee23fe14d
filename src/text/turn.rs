//! A draft as chat templates read it: turns, tools, and the few fields that change what they write.

use crate::json::Value;
use crate::media::Kind;
use crate::request::{Draft, Form, MediaPart};
use std::borrow::Cow;

/// What is not known to become text in one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unclear;

/// Fields of a request that no template of Kimi's reads.
const IDLE: [&str; 25] = [
    "temperature",
    "top_p",
    "top_k",
    "min_p",
    "seed",
    "stop",
    "n",
    "user",
    "metadata",
    "store",
    "stream_options",
    "service_tier",
    "safety_identifier",
    "prompt_cache_key",
    "frequency_penalty",
    "presence_penalty",
    "repetition_penalty",
    "logprobs",
    "top_logprobs",
    "logit_bias",
    "max_tokens",
    "max_completion_tokens",
    "parallel_tool_calls",
    "ignore_eos",
    "min_tokens",
];

pub(super) struct Conversation<'a> {
    pub(super) turns: Vec<Turn<'a>>,
    /// In OpenAI's form; none where the field is missing.
    pub(super) tools: Vec<Value<'a>>,
    pub(super) thinks: bool,
    pub(super) effort: Option<Cow<'a, str>>,
    pub(super) tool_choice: Option<Value<'a>>,
    pub(super) response_format: Option<Value<'a>>,
}

#[derive(Default)]
pub(super) struct Turn<'a> {
    pub(super) role: Cow<'a, str>,
    pub(super) name: Option<Cow<'a, str>>,
    pub(super) content: Vec<Part<'a>>,
    pub(super) reasoning: Option<Cow<'a, str>>,
    pub(super) calls: Vec<Call<'a>>,
    /// Of the call that it answers.
    pub(super) call_id: Option<Cow<'a, str>>,
}

pub(super) enum Part<'a> {
    Text(Cow<'a, str>),
    Image,
    Video,
}

pub(super) struct Call<'a> {
    pub(super) id: Option<Cow<'a, str>>,
    pub(super) name: Cow<'a, str>,
    /// JSON in a text, as OpenAI's form has it, or JSON itself.
    pub(super) arguments: Value<'a>,
}

impl<'a> Conversation<'a> {
    pub(super) fn of(draft: &'a Draft) -> Result<Self, Unclear> {
        let mut turns = Vec::new();
        turns.extend(draft.system.as_deref().map(|text| Turn {
            role: "system".into(),
            content: vec![Part::Text(text.into())],
            ..Turn::default()
        }));
        for message in &draft.history {
            turns.push(match message.form() {
                Form::Question { text, media } => Turn::question(text, media),
                Form::Json { json, .. } => Turn::of(json.value())?,
            });
        }
        turns.push(Turn::question(&draft.text, &draft.media));
        let mut conversation = Self::with_turns(turns);
        for (name, json) in &draft.extra {
            conversation.set(name, json.value())?;
        }
        Ok(conversation)
    }

    /// Of the body of a chat completion.
    pub(super) fn of_body(body: Value<'a>) -> Result<Self, Unclear> {
        let Value::Object(fields) = body else {
            return Err(Unclear);
        };
        let mut conversation = Self::with_turns(Vec::new());
        for (name, value) in fields {
            match (&*name, value) {
                ("model" | "stream", _) => {}
                ("messages", Value::Array(messages)) => {
                    let turns: Result<_, _> = messages.into_iter().map(Turn::of).collect();
                    conversation.turns = turns?;
                }
                (name, value) => conversation.set(name, value)?,
            }
        }
        Ok(conversation)
    }

    fn with_turns(turns: Vec<Turn<'a>>) -> Self {
        Self {
            turns,
            tools: Vec::new(),
            thinks: true,
            effort: None,
            tool_choice: None,
            response_format: None,
        }
    }

    pub(super) fn videos(&self) -> u64 {
        let parts = self.turns.iter().flat_map(|turn| &turn.content);
        parts.filter(|part| matches!(part, Part::Video)).count() as u64
    }

    fn set(&mut self, name: &str, value: Value<'a>) -> Result<(), Unclear> {
        if IDLE.contains(&name) || value == Value::Null {
            return Ok(());
        }
        match (name, value) {
            ("tools", Value::Array(tools)) => self.tools = tools,
            ("reasoning_effort", Value::Text(effort)) => self.effort = Some(effort),
            ("tool_choice", choice) if choice.text() == Some("auto") => {}
            ("tool_choice", choice) => self.tool_choice = Some(choice),
            ("response_format", format) => self.response_format = Some(format),
            // As Moonshot's own API says it, and as servers of the open model do.
            ("thinking", value) => {
                self.thinks = match value.get("type").and_then(Value::text) {
                    Some("enabled") => true,
                    Some("disabled") => false,
                    _ => return Err(Unclear),
                };
            }
            ("chat_template_kwargs", Value::Object(fields)) => {
                for (name, value) in fields {
                    match (&*name, value) {
                        ("thinking", Value::Boolean(thinks)) => self.thinks = thinks,
                        _ => return Err(Unclear),
                    }
                }
            }
            _ => return Err(Unclear),
        }
        Ok(())
    }
}

impl<'a> Turn<'a> {
    /// In the order in which a body has them.
    fn question(text: &'a str, media: &[MediaPart]) -> Self {
        let text = (!text.is_empty()).then_some(Part::Text(text.into()));
        let media = media.iter().map(|part| match part.facts.kind {
            Kind::Image(_) => Part::Image,
            Kind::Video(_) => Part::Video,
        });
        Self {
            role: "user".into(),
            content: text.into_iter().chain(media).collect(),
            ..Self::default()
        }
    }

    /// Of chat completions.
    fn of(message: Value<'a>) -> Result<Self, Unclear> {
        let Value::Object(fields) = message else {
            return Err(Unclear);
        };
        let mut turn = Self::default();
        for (key, value) in fields {
            match (&*key, value) {
                ("role", Value::Text(role)) => turn.role = role,
                ("role", _) => return Err(Unclear),
                (_, Value::Null) => {}
                ("content", content) => turn.content = parts(content)?,
                ("name", Value::Text(name)) => turn.name = Some(name).filter(|it| !it.is_empty()),
                ("reasoning_content" | "reasoning", Value::Text(text)) => {
                    turn.reasoning = Some(text);
                }
                ("tool_calls", Value::Array(calls)) => {
                    turn.calls = calls.into_iter().map(Call::of).collect::<Result<_, _>>()?;
                }
                ("tool_call_id", Value::Text(id)) => turn.call_id = Some(id),
                // Of an answer as it came, and read by no template.
                ("refusal" | "annotations" | "function_call" | "audio", _) => {}
                _ => return Err(Unclear),
            }
        }
        Ok(turn)
    }
}

fn parts(content: Value<'_>) -> Result<Vec<Part<'_>>, Unclear> {
    match content {
        Value::Text(text) => Ok(vec![Part::Text(text)]),
        Value::Array(items) => items.into_iter().map(part).collect(),
        _ => Err(Unclear),
    }
}

fn part(part: Value<'_>) -> Result<Part<'_>, Unclear> {
    match part.get("type").and_then(Value::text) {
        Some("text") => {}
        // Of Anthropic's form, which no template reads as it is.
        Some("image") if part.get("source").is_some() => return Err(Unclear),
        Some("image_url" | "image") => return Ok(Part::Image),
        Some("video_url" | "video") => return Ok(Part::Video),
        _ => return Err(Unclear),
    }
    let Value::Object(fields) = part else {
        return Err(Unclear);
    };
    match fields.into_iter().rfind(|(name, _)| name == "text") {
        Some((_, Value::Text(text))) => Ok(Part::Text(text)),
        _ => Err(Unclear),
    }
}

impl<'a> Call<'a> {
    fn of(call: Value<'a>) -> Result<Self, Unclear> {
        let Value::Object(fields) = call else {
            return Err(Unclear);
        };
        let mut id = None;
        let mut function = None;
        for (key, value) in fields {
            match (&*key, value) {
                ("id", Value::Text(text)) => id = Some(text),
                ("function", Value::Object(fields)) => function = Some(fields),
                _ => {}
            }
        }
        let mut name = None;
        let mut arguments = Value::Null;
        for (key, value) in function.ok_or(Unclear)? {
            match (&*key, value) {
                ("name", Value::Text(text)) => name = Some(text),
                ("arguments", value) => arguments = value,
                _ => {}
            }
        }
        Ok(Self {
            id,
            name: name.ok_or(Unclear)?,
            arguments,
        })
    }
}
