//! An earlier turn of a conversation.

use super::{Json, MediaPart};
use crate::error::Error;
use crate::json::{Value, quote};
use crate::probe::{DEFAULT_MAX_BYTES, Scope, data_url_in};
use crate::rule::text::TextTokens;

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
        let mut json = String::from("{\"role\":");
        quote(role, &mut json);
        json.push_str(",\"content\":");
        quote(content, &mut json);
        json.push('}');
        Self(Form::Json {
            json: Json(json),
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
        Self::from_json_in(json, Scope::ALL)
    }

    /// As [`from_json`](Self::from_json), looking at data of these formats alone.
    pub fn from_json_in(json: Json, scope: Scope) -> Result<Self, Error> {
        let message = json.value();
        if message.get("role").and_then(Value::text).is_none() {
            return Err(Error::invalid(
                "history",
                "a message is an object with a role",
            ));
        }
        let content = message.get("content");
        let parts = content.and_then(Value::items).unwrap_or_default();
        let text = match content.and_then(Value::text) {
            Some(text) => text.to_owned(),
            None => parts
                .iter()
                .filter_map(|part| part.get("text")?.text())
                .collect::<Vec<_>>()
                .join("\n"),
        };
        let media = parts.iter().filter_map(|part| read_medium(part, scope));
        let media = media.collect();
        drop(message);
        Ok(Self(Form::Json { media, text, json }))
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
fn read_medium(part: &Value<'_>, scope: Scope) -> Option<Option<MediaPart>> {
    let kind = part.get("type")?.text()?;
    if !matches!(kind, "image_url" | "video_url") {
        return None;
    }
    let url = part.get(kind)?.get("url")?.text()?;
    let facts = data_url_in(url, DEFAULT_MAX_BYTES, scope).ok();
    Some(facts.map(MediaPart::base64))
}
