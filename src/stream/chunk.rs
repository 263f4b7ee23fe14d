//! One piece of a chat completion as it lies on the wire: OpenAI's format, with what Kimi and others add.

use super::account;
use super::half::Piece;
use super::usage::{Reported, Usage};
use crate::json::{Kind, NotJson, Reader};
use std::borrow::Cow;

/// A chunk of a stream, or a whole answer.
#[derive(Debug, Default)]
pub(super) struct Chunk<'a> {
    pub(super) id: Option<Cow<'a, str>>,
    pub(super) model: Option<Cow<'a, str>>,
    /// A list of choices is there, though it may be empty.
    pub(super) has_choices: bool,
    /// The first one. It lies here, lest a list of one be allocated for each word.
    pub(super) choice: Choice<'a>,
    pub(super) other_choices: Vec<Choice<'a>>,
    pub(super) usage: Option<Usage>,
    /// The endpoint's account of an error, as JSON.
    pub(super) error: Option<&'a str>,
}

#[derive(Debug, Default)]
pub(super) struct Choice<'a> {
    pub(super) index: u64,
    pub(super) said: Said<'a>,
    /// It holds a delta, beside which a message says the same again.
    pub(super) is_delta: bool,
    pub(super) finish_reason: Option<Cow<'a, str>>,
    pub(super) usage: Option<Usage>,
    /// As in a chunk.
    pub(super) error: Option<&'a str>,
}

/// What a delta or a message says.
#[derive(Debug, Default)]
pub(super) struct Said<'a> {
    pub(super) content: Option<Piece<'a>>,
    /// By a name of its own.
    pub(super) reasoning: Option<Piece<'a>>,
    /// In parts of the content.
    pub(super) thought: Option<Piece<'a>>,
    pub(super) refusal: Option<Piece<'a>>,
    pub(super) tool_calls: Vec<ToolCall<'a>>,
}

#[derive(Debug, Default)]
pub(super) struct ToolCall<'a> {
    pub(super) index: Option<u64>,
    pub(super) id: Option<Cow<'a, str>>,
    pub(super) name: Option<Cow<'a, str>>,
    pub(super) arguments: Piece<'a>,
}

impl<'a> Chunk<'a> {
    pub(super) fn parse(json: &'a str) -> Result<Self, NotJson> {
        let mut chunk = Self::default();
        let mut reader = Reader::new(json);
        reader.object(|reader, key| {
            match &*key {
                "id" => chunk.id = name(reader)?,
                "model" => chunk.model = name(reader)?,
                "choices" => choices(reader, json, &mut chunk)?,
                "usage" => chunk.usage = usage(reader)?,
                "error" => chunk.error = error(reader, json)?,
                // MiniMax says here what went wrong, and in every good chunk that nothing did.
                "base_resp" => {
                    let account = reader.raw()?;
                    chunk.error = chunk.error.or(account::failed(account).then_some(account));
                }
                _ => reader.skip()?,
            }
            Ok(())
        })?;
        reader.end()?;
        Ok(chunk)
    }
}

/// A name; one that is empty is none.
fn name<'a>(reader: &mut Reader<'a>) -> Result<Option<Cow<'a, str>>, NotJson> {
    Ok(reader.text()?.filter(|name| !name.is_empty()))
}

/// An account of an error; all of `json` where it is no more than a flag. Null, false and what is empty are none.
fn error<'a>(reader: &mut Reader<'a>, json: &'a str) -> Result<Option<&'a str>, NotJson> {
    let is_flag = match reader.kind()? {
        Kind::Null => return reader.skip().map(|()| None),
        Kind::Boolean | Kind::Number => true,
        Kind::Object | Kind::Array | Kind::String => false,
    };
    let account = reader.raw()?;
    let error = if is_flag { json } else { account };
    Ok((!account::is_blank(account)).then_some(error))
}

fn choices<'a>(
    reader: &mut Reader<'a>,
    json: &'a str,
    chunk: &mut Chunk<'a>,
) -> Result<(), NotJson> {
    if reader.kind()? == Kind::Null {
        return reader.skip();
    }
    let mut is_first = true;
    chunk.has_choices = true;
    reader.array(|reader| {
        if std::mem::take(&mut is_first) {
            return choice(reader, json, &mut chunk.choice);
        }
        let mut other = Choice::default();
        choice(reader, json, &mut other)?;
        chunk.other_choices.push(other);
        Ok(())
    })
}

fn choice<'a>(
    reader: &mut Reader<'a>,
    json: &'a str,
    choice: &mut Choice<'a>,
) -> Result<(), NotJson> {
    if reader.kind()? == Kind::Null {
        return reader.skip();
    }
    let mut has_message = false;
    reader.object(|reader, key| {
        match &*key {
            "index" => choice.index = reader.count()?.unwrap_or(0),
            "delta" if reader.kind()? == Kind::Object => {
                if has_message {
                    choice.said = Said::default();
                }
                choice.is_delta = true;
                said(reader, &mut choice.said)?;
            }
            // A whole answer has a message where a stream has deltas.
            "message" if reader.kind()? == Kind::Object && !choice.is_delta => {
                has_message = true;
                said(reader, &mut choice.said)?;
            }
            "message" if choice.is_delta => reader.skip()?,
            "delta" | "message" => nothing(reader)?,
            "finish_reason" => choice.finish_reason = finish_reason(reader)?,
            "usage" => choice.usage = usage(reader)?,
            "error" => choice.error = error(reader, json)?,
            _ => reader.skip()?,
        }
        Ok(())
    })
}

/// Some write that there is none as text.
fn finish_reason<'a>(reader: &mut Reader<'a>) -> Result<Option<Cow<'a, str>>, NotJson> {
    let is_none = |reason: &str| matches!(reason, "" | "null" | "None");
    Ok(reader.text()?.filter(|reason| !is_none(reason)))
}

/// Null, or a list of nothing: what some languages make of an empty object. Anything else is not passed over: it
/// may be an answer.
fn nothing(reader: &mut Reader<'_>) -> Result<(), NotJson> {
    match reader.kind()? {
        Kind::Null => reader.skip(),
        Kind::Array => reader.array(|reader| reader.string().map(drop)),
        _ => reader.object(|reader, _| reader.skip()),
    }
}

fn said<'a>(reader: &mut Reader<'a>, said: &mut Said<'a>) -> Result<(), NotJson> {
    reader.object(|reader, key| {
        match &*key {
            "content" => {
                said.content = None;
                spoken(reader, &mut said.content, &mut said.thought)?;
            }
            // Two names for one thing; who sends both says the same twice, or leaves one empty.
            "reasoning_content" | "reasoning" => {
                let reasoning = reasoning(reader)?;
                if said.reasoning.as_ref().is_none_or(Piece::is_empty) {
                    said.reasoning = reasoning;
                }
            }
            "refusal" => {
                said.refusal = None;
                spoken(reader, &mut said.refusal, &mut said.thought)?;
            }
            "tool_calls" => tool_calls(reader, &mut said.tool_calls)?,
            // What OpenAI's API had before, and some gateways still send.
            "function_call" if reader.kind()? == Kind::Object => {
                let mut call = ToolCall::default();
                function(reader, &mut call)?;
                said.tool_calls.push(call);
            }
            _ => reader.skip()?,
        }
        Ok(())
    })
}

/// Text, as a string or in parts. Anything else is not passed over: it may be an answer.
fn spoken<'a>(
    reader: &mut Reader<'a>,
    text: &mut Option<Piece<'a>>,
    thought: &mut Option<Piece<'a>>,
) -> Result<(), NotJson> {
    match reader.kind()? {
        // Most of a stream is this.
        Kind::String if text.is_none() => {
            *text = Some(Piece::read(reader)?);
            Ok(())
        }
        Kind::Null => reader.skip(),
        Kind::Array => reader.array(|reader| spoken(reader, text, thought)),
        Kind::Object => part(reader, text, thought),
        _ => {
            append(text, Piece::read(reader)?);
            Ok(())
        }
    }
}

/// A typed part: of the answer, or of what the model thinks.
fn part<'a>(
    reader: &mut Reader<'a>,
    text: &mut Option<Piece<'a>>,
    thought: &mut Option<Piece<'a>>,
) -> Result<(), NotJson> {
    let mut kind = None;
    let mut own = None;
    reader.object(|reader, key| {
        match &*key {
            "type" => kind = reader.text()?,
            "text" | "refusal" if reader.kind()? == Kind::String => {
                append(&mut own, Piece::read(reader)?);
            }
            "thinking" | "reasoning" => {
                if let Some(piece) = reasoning(reader)? {
                    append(thought, piece);
                }
            }
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    // Such as `thinking` and `reasoning_text`.
    let is_thought = kind.is_some_and(|kind| {
        ["thinking", "reasoning"]
            .iter()
            .any(|name| kind.starts_with(name))
    });
    if let Some(own) = own {
        append(if is_thought { thought } else { text }, own);
    }
    Ok(())
}

/// What the model thinks, as a string or in parts of any kind. Settings of that name say nothing.
fn reasoning<'a>(reader: &mut Reader<'a>) -> Result<Option<Piece<'a>>, NotJson> {
    let mut reasoning = None;
    let mut nested = None;
    match reader.kind()? {
        Kind::String | Kind::Array | Kind::Object => spoken(reader, &mut reasoning, &mut nested)?,
        _ => reader.skip()?,
    }
    if let Some(nested) = nested {
        append(&mut reasoning, nested);
    }
    Ok(reasoning)
}

fn append<'a>(text: &mut Option<Piece<'a>>, piece: Piece<'a>) {
    match text {
        Some(text) => text.append(piece),
        None => *text = Some(piece),
    }
}

fn tool_calls<'a>(reader: &mut Reader<'a>, calls: &mut Vec<ToolCall<'a>>) -> Result<(), NotJson> {
    match reader.kind()? {
        Kind::Null => reader.skip(),
        Kind::Object => {
            calls.push(tool_call(reader)?);
            Ok(())
        }
        _ => reader.array(|reader| {
            match reader.kind()? {
                Kind::Null => reader.skip()?,
                _ => calls.push(tool_call(reader)?),
            }
            Ok(())
        }),
    }
}

fn tool_call<'a>(reader: &mut Reader<'a>) -> Result<ToolCall<'a>, NotJson> {
    let mut call = ToolCall::default();
    reader.object(|reader, key| {
        match &*key {
            "index" => call.index = reader.count()?,
            "id" => call.id = name(reader)?,
            "function" if reader.kind()? == Kind::Object => function(reader, &mut call)?,
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    Ok(call)
}

fn function<'a>(reader: &mut Reader<'a>, call: &mut ToolCall<'a>) -> Result<(), NotJson> {
    reader.object(|reader, key| {
        match &*key {
            "name" => call.name = name(reader)?,
            "arguments" => match reader.kind()? {
                Kind::String => call.arguments = Piece::read(reader)?,
                // Some send the arguments themselves in place of their text.
                Kind::Object | Kind::Array => {
                    call.arguments = Cow::Borrowed(reader.raw()?).into();
                }
                _ => reader.skip()?,
            },
            _ => reader.skip()?,
        }
        Ok(())
    })
}

fn usage(reader: &mut Reader<'_>) -> Result<Option<Usage>, NotJson> {
    Ok(Reported::read(reader)?.usage())
}
