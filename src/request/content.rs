//! What a message in an endpoint's own format holds, as clients write it: chat completions and responses of OpenAI's API,
//! messages of Anthropic's, and what servers of open models take besides.

use crate::json::{Kind, Literal, LiteralText, NotJson, Reader};
use crate::rule::Detail;
use std::borrow::Cow;
use std::ops::Range;

#[derive(Default)]
pub(super) struct Content<'a> {
    /// What the model reads in any case: texts, and the names and arguments of tool calls.
    pub(super) said: Vec<Cow<'a, str>>,
    /// Its own earlier reasoning, which some endpoints leave out.
    pub(super) thought: Vec<Cow<'a, str>>,
    /// Images and videos.
    pub(super) media: Vec<MediaItem<'a>>,
    /// Audio, documents, and what else takes tokens that nothing here counts.
    pub(super) holds_others: bool,
}

/// An image or a video of an earlier turn.
#[derive(Default)]
pub(super) struct MediaItem<'a> {
    pub(super) source: MediaSource<'a>,
    /// Where in the text its source stands, quotes included.
    pub(super) at: Option<Range<usize>>,
    /// Where its media type stands, of base64 that stands alone.
    pub(super) mime_at: Option<Range<usize>>,
    /// The name of a level of detail.
    pub(super) detail: Option<Cow<'a, str>>,
}

#[derive(Default)]
pub(super) enum MediaSource<'a> {
    Url(Cow<'a, str>),
    Base64(Cow<'a, str>),
    /// In this gap of the text.
    Outside(usize),
    /// A file at the provider, or nothing that is understood here.
    #[default]
    Elsewhere,
}

impl<'a> Content<'a> {
    /// `None` of what has no role.
    pub(super) fn of_message(reader: &mut Reader<'a>) -> Result<Option<Self>, NotJson> {
        let mut has_role = false;
        let mut content = Self::default();
        let mut thought = None;
        reader.object(|reader, key| {
            match &*key {
                "role" => has_role = reader.text()?.is_some(),
                "content" => content.read(reader)?,
                "refusal" => content.said.extend(reader.text()?),
                // The same under two names.
                "reasoning_content" | "reasoning" => {
                    let text = reader.text()?.filter(|text| !text.is_empty());
                    thought = text.or(thought.take());
                }
                "tool_calls" => content.read_calls(reader)?,
                "function_call" => content.read_call(reader)?,
                "audio" => {
                    content.holds_others |= reader.kind()? != Kind::Null;
                    reader.skip()?;
                }
                _ => reader.skip()?,
            }
            Ok(())
        })?;
        content.thought.extend(thought);
        Ok(has_role.then_some(content))
    }

    /// An item of the input of OpenAI's responses: a message, a call, what came of it, reasoning.
    pub(super) fn of_item(reader: &mut Reader<'a>) -> Result<Self, NotJson> {
        if reader.kind()? != Kind::Object {
            let mut content = Self::default();
            content.read(reader)?;
            return Ok(content);
        }
        let mut kind = None;
        let mut content = Self::default();
        let mut output = Self::default();
        let mut call = Self::default();
        let mut summary = Self::default();
        let mut is_sealed = false;
        reader.object(|reader, key| {
            match &*key {
                "type" => kind = reader.text()?,
                "content" => content.read(reader)?,
                "output" => output.read(reader)?,
                "name" | "arguments" | "input" => call.say(reader)?,
                "summary" => summary.read(reader)?,
                "encrypted_content" => {
                    is_sealed = reader.kind()? != Kind::Null;
                    reader.skip()?;
                }
                _ => reader.skip()?,
            }
            Ok(())
        })?;
        Ok(match kind.as_deref() {
            None | Some("message") => content,
            Some("function_call" | "custom_tool_call") => call,
            Some("function_call_output" | "custom_tool_call_output" | "computer_call_output") => {
                output
            }
            Some("reasoning") => {
                content.add(summary);
                content.thought.append(&mut content.said);
                content.holds_others |= is_sealed;
                content
            }
            _ => Self {
                holds_others: true,
                ..Self::default()
            },
        })
    }

    /// A text, or parts.
    pub(super) fn read(&mut self, reader: &mut Reader<'a>) -> Result<(), NotJson> {
        match reader.kind()? {
            Kind::String => self.said.push(reader.string()?),
            Kind::Array => reader.array(|reader| self.read_part(reader))?,
            Kind::Object => self.read_part(reader)?,
            _ => reader.skip()?,
        }
        Ok(())
    }

    fn read_part(&mut self, reader: &mut Reader<'a>) -> Result<(), NotJson> {
        if reader.kind()? != Kind::Object {
            self.said.extend(reader.text()?);
            return Ok(());
        }
        let mut kind = None;
        let mut texts = Self::default();
        let mut item = None;
        let mut detail = None;
        let mut call = [""; 2];
        reader.object(|reader, key| {
            match &*key {
                "type" => kind = reader.text()?,
                "detail" => detail = reader.text()?,
                // Of the result of a tool call: a content of its own.
                "text" | "refusal" | "content" => texts.read(reader)?,
                "thinking" | "reasoning" => {
                    let mut thought = Self::default();
                    thought.read(reader)?;
                    texts.thought.append(&mut thought.said);
                }
                "image_url" | "video_url" | "image" | "video" | "source" => {
                    item = Some(MediaItem::read(reader)?);
                }
                "name" => call[0] = reader.raw()?,
                "input" => call[1] = reader.raw()?,
                _ => reader.skip()?,
            }
            Ok(())
        })?;
        match (kind.as_deref(), item) {
            (
                Some(
                    "text" | "input_text" | "output_text" | "refusal" | "thinking" | "reasoning"
                    | "tool_result" | "summary_text",
                ),
                _,
            ) => self.add(texts),
            (Some("reasoning_text"), _) => {
                texts.thought.append(&mut texts.said);
                self.add(texts);
            }
            (Some("tool_use"), _) => self.said.extend(call.map(Cow::Borrowed)),
            (
                Some(
                    "image_url"
                    | "input_image"
                    | "image"
                    | "computer_screenshot"
                    | "video_url"
                    | "input_video"
                    | "video",
                ),
                item,
            )
            | (None, item @ Some(_)) => {
                let mut item = item.unwrap_or_default();
                item.detail = item.detail.or(detail);
                self.media.push(item);
            }
            (None, None) if !texts.said.is_empty() => self.add(texts),
            _ => self.holds_others = true,
        }
        Ok(())
    }

    fn add(&mut self, mut other: Self) {
        self.said.append(&mut other.said);
        self.thought.append(&mut other.thought);
        self.media.append(&mut other.media);
        self.holds_others |= other.holds_others;
    }

    fn read_calls(&mut self, reader: &mut Reader<'a>) -> Result<(), NotJson> {
        if reader.kind()? != Kind::Array {
            return reader.skip();
        }
        reader.array(|reader| {
            reader.object_or_skip(|reader, key| match &*key {
                "function" | "custom" => self.read_call(reader),
                _ => reader.skip(),
            })
        })
    }

    /// A name and arguments: JSON in a text, or as some servers give it back, JSON itself.
    fn read_call(&mut self, reader: &mut Reader<'a>) -> Result<(), NotJson> {
        reader.object_or_skip(|reader, key| {
            match &*key {
                "name" | "arguments" | "input" => self.say(reader)?,
                _ => reader.skip()?,
            }
            Ok(())
        })
    }

    fn say(&mut self, reader: &mut Reader<'a>) -> Result<(), NotJson> {
        self.said.push(match reader.kind()? {
            Kind::String => reader.string()?,
            _ => reader.raw()?.into(),
        });
        Ok(())
    }
}

impl<'a> MediaItem<'a> {
    /// An address, base64, or an object that holds either.
    fn read(reader: &mut Reader<'a>) -> Result<Self, NotJson> {
        let mut item = Self::default();
        match reader.kind()? {
            Kind::String => item.put(reader.string_literal()?),
            Kind::Object => reader.object(|reader, key| {
                match &*key {
                    "url" | "data" if reader.kind()? == Kind::String => {
                        item.put(reader.string_literal()?);
                    }
                    "media_type" if reader.kind()? == Kind::String => {
                        item.mime_at = Some(reader.string_literal()?.at);
                    }
                    "detail" => item.detail = reader.text()?,
                    _ => reader.skip()?,
                }
                Ok(())
            })?,
            _ => reader.skip()?,
        }
        Ok(item)
    }

    /// The level of detail, where it is one.
    pub(super) fn known_detail(&self) -> Option<Detail> {
        let name = self.detail.as_deref()?;
        Detail::ALL.into_iter().find(|detail| detail.name() == name)
    }

    fn put(&mut self, literal: Literal<'a>) {
        self.at = Some(literal.at);
        self.source = match literal.text {
            LiteralText::Inside(text) => MediaSource::of(text),
            LiteralText::Outside(gap) => MediaSource::Outside(gap),
        };
    }
}

impl<'a> MediaSource<'a> {
    fn of(text: Cow<'a, str>) -> Self {
        // No base64 holds a colon, and every address does.
        if text.as_bytes().contains(&b':') {
            Self::Url(text)
        } else {
            Self::Base64(text)
        }
    }
}
