//! What an event or a whole answer says of its cost: of OpenAI's chat completions and responses, and of Anthropic's messages.

use super::chunk::{Choice, Chunk};
use super::half::{Half, Piece};
use super::usage::Reported;
use crate::json::{Kind, NotJson, Reader};
use std::borrow::Cow;

/// The types of the events that end a stream: of Anthropic's messages, and of OpenAI's responses.
const LAST: [&str; 4] = [
    "message_stop",
    "response.completed",
    "response.incomplete",
    "response.failed",
];

#[derive(Debug, Default)]
pub(super) struct Wire<'a> {
    /// At the place where a format has it.
    pub(super) reported: Option<Reported>,
    /// In a choice, where Kimi puts it besides.
    pub(super) of_choice: Option<Reported>,
    /// What the model said or thought, or calls a tool with.
    pub(super) texts: Vec<Cow<'a, str>>,
    /// The model ended.
    pub(super) is_finished: bool,
    /// Nothing follows.
    pub(super) is_last: bool,
}

impl<'a> Wire<'a> {
    pub(super) fn parse(json: &'a str) -> Result<Self, NotJson> {
        let mut wire = Self::default();
        let mut has_choices = false;
        let mut reader = Reader::new(json);
        reader.object(|reader, key| {
            match &*key {
                "type" => {
                    wire.is_last = reader.text()?.is_some_and(|kind| LAST.contains(&&*kind));
                }
                "usage" => wire.report(Reported::read(reader)?),
                // Read once more, by who knows it.
                "choices" => {
                    has_choices = true;
                    reader.skip()?;
                }
                "response" => wire.response(reader)?,
                "message" => wire.message_start(reader)?,
                "delta" => wire.delta(reader)?,
                "content" | "output" => wire.spoken(reader)?,
                "stop_reason" => wire.is_finished |= reader.text()?.is_some(),
                "status" => wire.status(reader)?,
                _ => reader.skip()?,
            }
            Ok(())
        })?;
        reader.end()?;
        if has_choices {
            let chunk = Chunk::parse(json)?;
            let choices = chunk.other_choices.into_iter();
            std::iter::once(chunk.choice)
                .chain(choices)
                .for_each(|choice| wire.choice(choice));
        }
        Ok(wire)
    }

    fn report(&mut self, reported: Reported) {
        self.reported = Some(self.reported.unwrap_or_default().then(reported));
    }

    fn choice(&mut self, choice: Choice<'a>) {
        self.is_finished |= choice.finish_reason.is_some();
        self.of_choice = self.of_choice.or(choice.usage.map(Reported::from));
        let said = choice.said;
        let spoken = [said.content, said.reasoning, said.thought, said.refusal];
        let calls = said.tool_calls.into_iter();
        let arguments = calls.map(|call| Some(call.arguments));
        let pieces = spoken.into_iter().chain(arguments).flatten();
        self.texts.extend(
            pieces
                .filter(|piece| !piece.is_empty())
                .map(|piece: Piece<'a>| Half::default().join(piece)),
        );
    }

    /// What an event of OpenAI's responses carries of the whole.
    fn response(&mut self, reader: &mut Reader<'a>) -> Result<(), NotJson> {
        reader.object_or_skip(|reader, key| {
            match &*key {
                "usage" => {
                    let reported = Reported::read(reader)?;
                    self.report(reported);
                }
                "status" => self.status(reader)?,
                _ => reader.skip()?,
            }
            Ok(())
        })
    }

    fn status(&mut self, reader: &mut Reader<'a>) -> Result<(), NotJson> {
        let status = reader.text()?;
        self.is_finished |= matches!(status.as_deref(), Some("completed" | "incomplete"));
        Ok(())
    }

    /// Of Anthropic's messages: the input is counted, the output has hardly begun.
    fn message_start(&mut self, reader: &mut Reader<'a>) -> Result<(), NotJson> {
        reader.object_or_skip(|reader, key| {
            match &*key {
                "usage" => {
                    let reported = Reported::read(reader)?;
                    self.report(reported.of_input());
                }
                _ => reader.skip()?,
            }
            Ok(())
        })
    }

    /// A piece of text, or an object with one.
    fn delta(&mut self, reader: &mut Reader<'a>) -> Result<(), NotJson> {
        match reader.kind()? {
            Kind::String => self.texts.push(reader.string()?),
            Kind::Object => reader.object(|reader, key| {
                match &*key {
                    "text" | "thinking" | "partial_json" => self.texts.extend(reader.text()?),
                    "stop_reason" => self.is_finished |= reader.text()?.is_some(),
                    _ => reader.skip()?,
                }
                Ok(())
            })?,
            _ => reader.skip()?,
        }
        Ok(())
    }

    /// What a whole answer says, at any depth.
    fn spoken(&mut self, reader: &mut Reader<'a>) -> Result<(), NotJson> {
        match reader.kind()? {
            Kind::Array => reader.array(|reader| self.spoken(reader))?,
            Kind::Object => reader.object(|reader, key| {
                match &*key {
                    "text" | "thinking" | "arguments" => self.texts.extend(reader.text()?),
                    "content" | "summary" => self.spoken(reader)?,
                    "input" => self.texts.push(reader.raw()?.into()),
                    _ => reader.skip()?,
                }
                Ok(())
            })?,
            _ => reader.skip()?,
        }
        Ok(())
    }
}
