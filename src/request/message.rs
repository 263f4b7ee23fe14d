//! An earlier turn of a conversation.

use super::content::{Content, MediaItem, MediaSource};
use super::{Json, MediaPart};
use crate::data_url::{self, Unread};
use crate::error::Error;
use crate::list::joined;
use crate::nullable;
use crate::probe::DEFAULT_MAX_BYTES;
use crate::rule::text::{RequestText, TextTokens};
use serde::{Deserialize, Serialize};

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
        /// The model's own earlier reasoning, which some endpoints leave out.
        thought: String,
        /// What is known of each image and video in it.
        media: Vec<Option<MediaPart>>,
        /// What of it is not counted.
        uncounted: Uncounted,
    },
}

/// What of a message is not counted, besides media of which nothing is known.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Uncounted {
    /// Of a media item nothing is known for want of readers that are loaded later.
    pub(crate) lacks_readers: bool,
    /// Audio or documents.
    pub(crate) holds_others: bool,
}

/// An earlier question as JavaScript writes it: like a draft.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(expecting = "an object")]
pub struct Question {
    /// What was asked.
    pub text: String,
    /// Its images and videos, in order.
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
            thought: String::new(),
            media: Vec::new(),
            uncounted: Uncounted::default(),
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
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] for a value that is no object with a role.
    pub fn from_json(json: Json) -> Result<Self, Error> {
        let content = Content::of_message(&mut json.reader())
            .ok()
            .flatten()
            .ok_or_else(|| Error::invalid("history", "a message is an object with a role"))?;
        let items: Vec<_> = content.media.iter().map(known).collect();
        let is_unread = |item: &Result<_, Unread>| matches!(item, Err(Unread::LacksReaders));
        let uncounted = Uncounted {
            lacks_readers: items.iter().any(is_unread),
            holds_others: content.holds_others,
        };
        let media = items.into_iter().map(Result::ok).collect();
        let [text, thought] = [content.said, content.thought].map(|texts| joined(texts, "\n"));
        Ok(Self(Form::Json {
            json,
            text,
            thought,
            media,
            uncounted,
        }))
    }

    /// Stands for media of which nothing is known, and for what else is not counted.
    pub(super) fn not_counted(media: usize, uncounted: Uncounted) -> Self {
        Self(Form::Json {
            json: "".into(),
            text: String::new(),
            thought: String::new(),
            media: vec![None; media],
            uncounted,
        })
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

    pub(super) fn uncounted(&self) -> Uncounted {
        match self.0 {
            Form::Question { .. } => Uncounted::default(),
            Form::Json { uncounted, .. } => uncounted,
        }
    }

    pub(super) fn request_text(&self) -> RequestText {
        match &self.0 {
            Form::Question { text, .. } => RequestText::message(text),
            Form::Json { text, thought, .. } => {
                let thought = TextTokens::of(thought).or_none();
                RequestText::message(text) + RequestText::part(thought)
            }
        }
    }

    pub(crate) fn form(&self) -> &Form {
        &self.0
    }
}

/// What can be known of a media item without fetching it.
fn known(item: &MediaItem<'_>) -> Result<MediaPart, Unread> {
    let facts = match &item.source {
        MediaSource::Url(url) => data_url::read(url, DEFAULT_MAX_BYTES)?,
        MediaSource::Base64(text) => data_url::read_base64(text, DEFAULT_MAX_BYTES)?,
        // A message has no gaps.
        MediaSource::Outside(_) | MediaSource::Elsewhere => {
            return Err(Unread::Failed(Error::invalid("history", "no address")));
        }
    };
    Ok(MediaPart {
        detail: item.known_detail(),
        ..MediaPart::base64(facts)
    })
}
