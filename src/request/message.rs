//! An earlier turn of a conversation.

use super::{Json, MediaPart};
use crate::data_url::{self, Unread};
use crate::error::Error;
use crate::json::{Kind, NotJson, Reader};
use crate::nullable;
use crate::probe::DEFAULT_MAX_BYTES;
use crate::rule::text::TextTokens;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// An earlier turn. The endpoint remembers nothing: each request carries, and pays, all turns before it.
#[derive(Clone, Debug, PartialEq)]
pub struct Message(Form);

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Form {
    /// What a user sent before, as a draft said it.
    Question { text: String, media: Vec<MediaPart> },
    /// In the endpoint's own format.
    Json {
        json: Json,
        text: String,
        /// What is known of each image and video in it.
        media: Vec<Option<MediaPart>>,
        /// Of one of them nothing is known for want of readers that are loaded later.
        lacks_readers: bool,
    },
}

/// An earlier question as JavaScript writes it: like a draft.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(expecting = "an object")]
pub struct Question {
    pub text: String,
    #[serde(default, deserialize_with = "nullable::or_default")]
    pub media: Vec<MediaPart>,
}

impl From<Question> for Message {
    fn from(question: Question) -> Self {
        Self::question(question.text, question.media)
    }
}

impl Message {
    /// Text of anyone; `role` is `user`, `assistant` or `system`.
    pub fn new(role: &str, content: &str) -> Self {
        #[derive(Serialize)]
        struct Plain<'a> {
            role: &'a str,
            content: &'a str,
        }

        // Text can always be written.
        let json = serde_json::to_string(&Plain { role, content }).unwrap_or_default();
        Self(Form::Json {
            json: Json(json),
            text: content.to_owned(),
            media: Vec::new(),
            lacks_readers: false,
        })
    }

    /// What a user asked before, images and videos included. Data that travels in the body is asked for
    /// again, like that of the draft's own media.
    pub fn question(text: impl Into<String>, media: Vec<MediaPart>) -> Self {
        Self(Form::Question {
            text: text.into(),
            media,
        })
    }

    /// A whole message as the endpoint takes it; refused unless it is an object with a role. Images and
    /// videos in `data:` URLs are looked at, so that they count; what lies elsewhere is not fetched.
    pub fn from_json(json: Json) -> Result<Self, Error> {
        let content = Content::of_message(&mut json.reader())
            .ok()
            .flatten()
            .ok_or_else(|| Error::invalid("history", "a message is an object with a role"))?;
        let urls = content.urls.iter();
        let items: Vec<_> = urls
            .map(|url| data_url::read(url, DEFAULT_MAX_BYTES).map(MediaPart::base64))
            .collect();
        let is_unread = |item: &Result<_, Unread>| matches!(item, Err(Unread::LacksReaders));
        let lacks_readers = items.iter().any(is_unread);
        let media = items.into_iter().map(Result::ok).collect();
        let text = content.texts.join("\n");
        Ok(Self(Form::Json {
            json,
            text,
            media,
            lacks_readers,
        }))
    }

    /// What is known of each image and video in it; `None` for what cannot be known without fetching it.
    pub fn media(&self) -> impl Iterator<Item = Option<&MediaPart>> {
        let (asked, read) = match &self.0 {
            Form::Question { media, .. } => (media.as_slice(), &[][..]),
            Form::Json { media, .. } => (&[][..], media.as_slice()),
        };
        asked
            .iter()
            .map(Some)
            .chain(read.iter().map(Option::as_ref))
    }

    /// The media whose data a body asks for.
    pub(crate) fn own_media(&self) -> &[MediaPart] {
        match &self.0 {
            Form::Question { media, .. } => media,
            Form::Json { .. } => &[],
        }
    }

    /// Whether it holds media that are not counted for want of readers that are loaded later.
    pub(super) fn lacks_readers(&self) -> bool {
        matches!(
            self.0,
            Form::Json {
                lacks_readers: true,
                ..
            }
        )
    }

    pub(super) fn text_tokens(&self) -> TextTokens {
        match &self.0 {
            Form::Question { text, .. } | Form::Json { text, .. } => TextTokens::of_message(text),
        }
    }

    pub(crate) fn form(&self) -> &Form {
        &self.0
    }
}

/// What a message in the endpoint's own format holds.
#[derive(Default)]
struct Content<'a> {
    texts: Vec<Cow<'a, str>>,
    /// Of images and videos.
    urls: Vec<Cow<'a, str>>,
}

impl<'a> Content<'a> {
    /// `None` of what has no role.
    fn of_message(reader: &mut Reader<'a>) -> Result<Option<Self>, NotJson> {
        let mut has_role = false;
        let mut content = Self::default();
        reader.object(|reader, key| {
            match &*key {
                "role" => has_role = reader.text()?.is_some(),
                "content" => content = Self::read(reader)?,
                _ => reader.skip()?,
            }
            Ok(())
        })?;
        Ok(has_role.then_some(content))
    }

    /// A text, or parts.
    fn read(reader: &mut Reader<'a>) -> Result<Self, NotJson> {
        let mut content = Self::default();
        match reader.kind()? {
            Kind::String => content.texts.push(reader.string()?),
            Kind::Array => reader.array(|reader| content.read_part(reader))?,
            _ => reader.skip()?,
        }
        Ok(content)
    }

    fn read_part(&mut self, reader: &mut Reader<'a>) -> Result<(), NotJson> {
        if reader.kind()? != Kind::Object {
            return reader.skip();
        }
        let mut kind = None;
        let mut urls = [("image_url", None), ("video_url", None)];
        reader.object(|reader, key| {
            if key == "type" {
                kind = reader.text()?;
            } else if key == "text" {
                self.texts.extend(reader.text()?);
            } else if let Some((_, url)) = urls.iter_mut().find(|(name, _)| *name == key) {
                *url = read_url(reader)?;
            } else {
                reader.skip()?;
            }
            Ok(())
        })?;
        let url = urls
            .into_iter()
            .find(|(name, _)| kind.as_deref() == Some(*name));
        self.urls.extend(url.and_then(|(_, url)| url));
        Ok(())
    }
}

fn read_url<'a>(reader: &mut Reader<'a>) -> Result<Option<Cow<'a, str>>, NotJson> {
    let mut url = None;
    match reader.kind()? {
        Kind::Object => reader.object(|reader, key| {
            match &*key {
                "url" => url = reader.text()?,
                _ => reader.skip()?,
            }
            Ok(())
        })?,
        _ => reader.skip()?,
    }
    Ok(url)
}
