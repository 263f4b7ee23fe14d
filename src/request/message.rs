//! An earlier turn of a conversation.

use super::{Json, MediaPart};
use crate::error::Error;
use crate::probe::{DEFAULT_MAX_BYTES, data_url};
use crate::rule::text::TextTokens;
use serde_json::Value;

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
    },
}

impl Message {
    /// Text of anyone; `role` is `user`, `assistant` or `system`.
    pub fn new(role: &str, content: &str) -> Self {
        Self(Form::Json {
            json: serde_json::json!({ "role": role, "content": content }).into(),
            text: content.to_owned(),
            media: Vec::new(),
        })
    }

    /// What a user asked before, pictures and videos included. Data that travels in the body is asked for
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
        let message = json.value();
        if !matches!(message.get("role"), Some(Value::String(_))) {
            return Err(Error::invalid(
                "history",
                "a message is an object with a role",
            ));
        }
        let parts = match message.get("content") {
            Some(Value::Array(parts)) => parts.as_slice(),
            _ => &[],
        };
        let text = match message.get("content") {
            Some(Value::String(text)) => text.clone(),
            _ => parts
                .iter()
                .filter_map(|part| part.get("text")?.as_str())
                .collect::<Vec<_>>()
                .join("\n"),
        };
        Ok(Self(Form::Json {
            media: parts.iter().filter_map(read_medium).collect(),
            text,
            json,
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

    pub(super) fn text_tokens(&self) -> TextTokens {
        match &self.0 {
            Form::Question { text, .. } | Form::Json { text, .. } => TextTokens::of_message(text),
        }
    }

    pub(crate) fn form(&self) -> &Form {
        &self.0
    }
}

/// The outer `None` for what is no medium.
fn read_medium(part: &Value) -> Option<Option<MediaPart>> {
    let kind = part.get("type")?.as_str()?;
    if !matches!(kind, "image_url" | "video_url") {
        return None;
    }
    let url = part.get(kind)?.get("url")?.as_str()?;
    let facts = data_url(url, DEFAULT_MAX_BYTES).ok();
    Some(facts.map(MediaPart::base64))
}
