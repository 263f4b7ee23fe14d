//! One piece of a chat completion as it lies on the wire: OpenAI's format, with what Kimi and others add.

use crate::json::{Kind, NotJson, Reader};
use crate::usage::Usage;
use std::borrow::Cow;

/// A chunk of a stream, or a whole answer.
#[derive(Debug, Default)]
pub(super) struct Chunk<'a> {
    pub(super) id: Option<Cow<'a, str>>,
    pub(super) model: Option<Cow<'a, str>>,
    /// `None` where there is no such field.
    pub(super) choices: Option<Vec<Choice<'a>>>,
    pub(super) usage: Option<Usage>,
    /// The endpoint's account of an error, as JSON.
    pub(super) error: Option<&'a str>,
}

#[derive(Debug, Default)]
pub(super) struct Choice<'a> {
    pub(super) index: u64,
    pub(super) content: Option<Cow<'a, str>>,
    pub(super) reasoning: Option<Cow<'a, str>>,
    pub(super) refusal: Option<Cow<'a, str>>,
    pub(super) tool_calls: Vec<ToolCall<'a>>,
    pub(super) finish_reason: Option<Cow<'a, str>>,
    pub(super) usage: Option<Usage>,
}

#[derive(Debug, Default)]
pub(super) struct ToolCall<'a> {
    pub(super) index: Option<u64>,
    pub(super) id: Option<Cow<'a, str>>,
    pub(super) name: Option<Cow<'a, str>>,
    pub(super) arguments: Option<Cow<'a, str>>,
}

impl<'a> Chunk<'a> {
    pub(super) fn parse(json: &'a str) -> Result<Self, NotJson> {
        let mut chunk = Self::default();
        let mut reader = Reader::new(json);
        reader.object(|reader, key| {
            match &*key {
                "id" => chunk.id = reader.text()?,
                "model" => chunk.model = reader.text()?,
                "choices" => chunk.choices = choices(reader)?,
                "usage" => chunk.usage = usage(reader)?,
                "error" => {
                    let is_account = matches!(reader.kind()?, Kind::Object | Kind::String);
                    chunk.error = Some(reader.raw()?).filter(|_| is_account);
                }
                _ => reader.skip()?,
            }
            Ok(())
        })?;
        reader.end()?;
        Ok(chunk)
    }
}

fn choices<'a>(reader: &mut Reader<'a>) -> Result<Option<Vec<Choice<'a>>>, NotJson> {
    if reader.kind()? == Kind::Null {
        reader.skip()?;
        return Ok(None);
    }
    let mut choices = Vec::new();
    reader.array(|reader| {
        choices.push(choice(reader)?);
        Ok(())
    })?;
    Ok(Some(choices))
}

fn choice<'a>(reader: &mut Reader<'a>) -> Result<Choice<'a>, NotJson> {
    let mut choice = Choice::default();
    reader.object(|reader, key| {
        match &*key {
            "index" => choice.index = reader.count()?.unwrap_or(0),
            // A whole answer has a message where a stream has deltas.
            "delta" | "message" => said(reader, &mut choice)?,
            "finish_reason" => choice.finish_reason = reader.text()?,
            "usage" => choice.usage = usage(reader)?,
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    Ok(choice)
}

fn said<'a>(reader: &mut Reader<'a>, choice: &mut Choice<'a>) -> Result<(), NotJson> {
    if reader.kind()? == Kind::Null {
        return reader.skip();
    }
    reader.object(|reader, key| {
        match &*key {
            "content" => choice.content = words(reader)?,
            // Two names for one thing; who sends both says the same twice.
            "reasoning_content" | "reasoning" => {
                let reasoning = words(reader)?;
                choice.reasoning = choice.reasoning.take().or(reasoning);
            }
            "refusal" => choice.refusal = words(reader)?,
            "tool_calls" => tool_calls(reader, &mut choice.tool_calls)?,
            _ => reader.skip()?,
        }
        Ok(())
    })
}

/// Text, as a string or in parts. Anything else is not passed over: it may be an answer.
fn words<'a>(reader: &mut Reader<'a>) -> Result<Option<Cow<'a, str>>, NotJson> {
    match reader.kind()? {
        Kind::Null => reader.skip().map(|()| None),
        Kind::Array => {
            let mut text = String::new();
            reader.array(|reader| {
                reader.object(|reader, key| {
                    match &*key {
                        "text" => text += &reader.text()?.unwrap_or_default(),
                        _ => reader.skip()?,
                    }
                    Ok(())
                })
            })?;
            Ok(Some(Cow::Owned(text)))
        }
        _ => reader.string().map(Some),
    }
}

fn tool_calls<'a>(reader: &mut Reader<'a>, calls: &mut Vec<ToolCall<'a>>) -> Result<(), NotJson> {
    if reader.kind()? == Kind::Null {
        return reader.skip();
    }
    reader.array(|reader| {
        let mut call = ToolCall::default();
        reader.object(|reader, key| {
            match &*key {
                "index" => call.index = reader.count()?,
                "id" => call.id = reader.text()?,
                "function" if reader.kind()? == Kind::Object => function(reader, &mut call)?,
                _ => reader.skip()?,
            }
            Ok(())
        })?;
        calls.push(call);
        Ok(())
    })
}

fn function<'a>(reader: &mut Reader<'a>, call: &mut ToolCall<'a>) -> Result<(), NotJson> {
    reader.object(|reader, key| {
        match &*key {
            "name" => call.name = reader.text()?,
            "arguments" => {
                // Some send the arguments themselves in place of their text.
                call.arguments = match reader.kind()? {
                    Kind::Object | Kind::Array => Some(Cow::Borrowed(reader.raw()?)),
                    _ => reader.text()?,
                };
            }
            _ => reader.skip()?,
        }
        Ok(())
    })
}

fn usage(reader: &mut Reader<'_>) -> Result<Option<Usage>, NotJson> {
    if reader.kind()? != Kind::Object {
        return reader.skip().map(|()| None);
    }
    let mut usage = Usage::default();
    let mut cached = None;
    reader.object(|reader, key| {
        match &*key {
            "prompt_tokens" => usage.input_tokens = reader.count()?,
            "completion_tokens" => usage.output_tokens = reader.count()?,
            "prompt_tokens_details" => usage.cached_input_tokens = detail(reader, "cached_tokens")?,
            "completion_tokens_details" => {
                usage.reasoning_tokens = detail(reader, "reasoning_tokens")?;
            }
            // Where Kimi's own API puts them.
            "cached_tokens" => cached = reader.count()?,
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    usage.cached_input_tokens = usage.cached_input_tokens.or(cached);
    Ok(Some(usage))
}

fn detail(reader: &mut Reader<'_>, name: &str) -> Result<Option<u64>, NotJson> {
    if reader.kind()? != Kind::Object {
        return reader.skip().map(|()| None);
    }
    let mut count = None;
    reader.object(|reader, key| {
        match key == name {
            true => count = reader.count()?,
            false => reader.skip()?,
        }
        Ok(())
    })?;
    Ok(count)
}
