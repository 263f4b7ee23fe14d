//! What a message in an endpoint's own format holds, as clients write it: chat completions and responses of OpenAI's API,
//! messages of Anthropic's, and what servers of open models take besides.

use crate::json::{Kind, NotJson, Reader};
use std::borrow::Cow;

#[derive(Default)]
pub(super) struct Content<'a> {
    /// What the model reads in any case: texts, and the names and arguments of tool calls.
    pub(super) said: Vec<Cow<'a, str>>,
    /// Its own earlier reasoning, which some endpoints leave out.
    pub(super) thought: Vec<Cow<'a, str>>,
    /// Images and videos.
    pub(super) media: Vec<Medium<'a>>,
    /// Audio, documents, and what else takes tokens that nothing here counts.
    pub(super) holds_others: bool,
}

/// An image or a video of an earlier turn.
#[derive(Default)]
pub(super) struct Medium<'a> {
    pub(super) place: Place<'a>,
    /// The name of a level of detail.
    pub(super) detail: Option<Cow<'a, str>>,
}

#[derive(Default)]
pub(super) enum Place<'a> {
    Url(Cow<'a, str>),
    Base64(Cow<'a, str>),
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

    /// A text, or parts.
    fn read(&mut self, reader: &mut Reader<'a>) -> Result<(), NotJson> {
        match reader.kind()? {
            Kind::String => self.said.push(reader.string()?),
            Kind::Array => reader.array(|reader| self.read_part(reader))?,
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
        let mut medium = None;
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
                    medium = Some(Medium::read(reader)?);
                }
                "name" => call[0] = reader.raw()?,
                "input" => call[1] = reader.raw()?,
                _ => reader.skip()?,
            }
            Ok(())
        })?;
        match (kind.as_deref(), medium) {
            (
                Some(
                    "text" | "input_text" | "output_text" | "refusal" | "thinking" | "reasoning"
                    | "tool_result",
                ),
                _,
            ) => self.add(texts),
            (Some("tool_use"), _) => self.said.extend(call.map(Cow::Borrowed)),
            (
                Some("image_url" | "input_image" | "image" | "video_url" | "input_video" | "video"),
                medium,
            )
            | (None, medium @ Some(_)) => {
                let mut medium = medium.unwrap_or_default();
                medium.detail = medium.detail.or(detail);
                self.media.push(medium);
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
            if reader.kind()? != Kind::Object {
                return reader.skip();
            }
            reader.object(|reader, key| match &*key {
                "function" | "custom" => self.read_call(reader),
                _ => reader.skip(),
            })
        })
    }

    /// A name and arguments: JSON in a text, or as some servers give it back, JSON itself.
    fn read_call(&mut self, reader: &mut Reader<'a>) -> Result<(), NotJson> {
        if reader.kind()? != Kind::Object {
            return reader.skip();
        }
        reader.object(|reader, key| {
            match &*key {
                "name" | "arguments" | "input" => self.said.push(match reader.kind()? {
                    Kind::String => reader.string()?,
                    _ => reader.raw()?.into(),
                }),
                _ => reader.skip()?,
            }
            Ok(())
        })
    }
}

impl<'a> Medium<'a> {
    /// An address, base64, or an object that holds either.
    fn read(reader: &mut Reader<'a>) -> Result<Self, NotJson> {
        let mut medium = Self::default();
        match reader.kind()? {
            Kind::String => medium.place = Place::of(reader.string()?),
            Kind::Object => reader.object(|reader, key| {
                match &*key {
                    "url" | "data" => {
                        medium.place = reader.text()?.map_or(Place::Elsewhere, Place::of);
                    }
                    "detail" => medium.detail = reader.text()?,
                    _ => reader.skip()?,
                }
                Ok(())
            })?,
            _ => reader.skip()?,
        }
        Ok(medium)
    }
}

impl<'a> Place<'a> {
    fn of(text: Cow<'a, str>) -> Self {
        // No base64 holds a colon, and every address does.
        if text.contains(':') {
            Self::Url(text)
        } else {
            Self::Base64(text)
        }
    }
}
