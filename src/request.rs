//! The request: what a user wants to send, and the JSON body that says it to the endpoint.
//!
//! Media data never passes through here. A body is made of pieces, JSON text and gaps for base64, so
//! that its exact length is known without building it and an image is encoded only while it is sent.
//!
//! ```
//! use tilewise::request::{Body, Draft};
//!
//! let draft = Draft::new("moonshotai/Kimi-K2.6", "Hello");
//! let json = Body::streamed(&draft).json(|_| None)?;
//! assert_eq!(Body::streamed(&draft).len(), json.len() as u64);
//!
//! // A field that the draft sets itself cannot be passed as an extra one.
//! let mut twice = draft;
//! twice.extra.push(("model".into(), "another".into()));
//! assert!(Body::streamed(&twice).json(|_| None).is_err());
//! # Ok::<(), tilewise::error::Error>(())
//! ```

mod client_body;
mod content;
mod json;
mod message;
mod plain;

pub use crate::json::{Gap, LongText};
pub use crate::rule::Detail;
pub use client_body::{BodyItem, BodyPiece, ClientBody, Inline, InlineSource};
pub use json::Json;
pub(crate) use message::{Form, Uncounted};
pub use message::{Message, Question};

use crate::catalog::{self, Model};
use crate::error::Error;
use crate::media::{Format, MediaFacts};
use crate::rule::text::{RequestText, TextTokens};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize, Serializer};
use std::io::{self, Write};

/// A request before it is sent.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
pub struct Draft {
    /// As the endpoint spells it.
    pub model: String,
    /// Whose model is meant. Default: the first provider of the catalogue that has it, so that Baseten's wins.
    pub provider: Option<String>,
    /// The question.
    pub text: String,
    /// Its images and videos, in order.
    pub media: Vec<MediaPart>,
    /// What the model is told before all turns; `None` for nothing.
    pub system: Option<String>,
    /// Earlier turns. JavaScript's messages are values of its own, which the binding fills in.
    #[serde(skip)]
    pub history: Vec<Message>,
    /// Most tokens of output.
    pub max_tokens: Option<u64>,
    /// Other fields of the request body, in order. Read like the history.
    #[serde(skip)]
    pub extra: Vec<(String, Json)>,
}

impl Draft {
    /// A question to a model, without media, earlier turns or a bound of the output.
    pub fn new(model: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            model: model.into(),
            provider: None,
            text: text.into(),
            media: Vec::new(),
            system: None,
            history: Vec::new(),
            max_tokens: None,
            extra: Vec::new(),
        }
    }

    /// The model of the catalogue that it means.
    pub fn known_model(&self) -> Option<&'static Model> {
        match &self.provider {
            Some(provider) => catalog::find_at(provider, &self.model),
            None => catalog::find(&self.model),
        }
    }

    /// Where it is sent to, unless a caller says otherwise: the base URL of its provider, which is that of its model where it
    /// names none, or Baseten's where the model is not known.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] where the provider is none, or has no endpoint that speaks OpenAI's chat completions.
    pub fn base_url(&self) -> Result<&'static str, Error> {
        let Some(id) = self.known_provider() else {
            return Ok(catalog::BASE_URL);
        };
        let why = match catalog::provider(id) {
            None => format!("there is no provider \"{id}\": give a base URL"),
            Some(provider) => match provider.base_url {
                Some(base_url) => return Ok(base_url),
                None => format!(
                    "{} has no endpoint that speaks OpenAI's chat completions: give the base URL of one",
                    provider.name
                ),
            },
        };
        Err(Error::invalid("provider", why))
    }

    /// The field that bounds its output.
    pub(crate) fn output_bound(&self) -> &'static str {
        output_bound(self.known_provider())
    }

    /// The levels of detail that its endpoint is sent.
    pub(crate) fn known_details(&self) -> KnownDetails {
        let known = self.known_model();
        KnownDetails::of(known, self.provider_with(known))
    }

    /// The provider that it names, or the one whose model it is.
    pub(crate) fn known_provider(&self) -> Option<&str> {
        self.provider_with(self.known_model())
    }

    /// The same where its model was looked up before.
    fn provider_with(&self, known: Option<&'static Model>) -> Option<&str> {
        let of_model = known.map(|model| &*model.provider);
        self.provider.as_deref().or(of_model)
    }

    /// All text: system, history, prompt, and tool definitions.
    pub fn request_text(&self) -> RequestText {
        let system = self.system.iter().map(|text| RequestText::message(text));
        let history = self.history.iter().map(Message::request_text);
        let prompt = RequestText::message(&self.text);
        // Each chat template writes them in its own way, or not at all.
        let tools = TextTokens::of(self.tools().unwrap_or_default()).or_none();
        let rest = [prompt, RequestText::part(tools)];
        system.chain(history).chain(rest).sum()
    }

    /// The media whose data a body asks for: the draft's own, then those of earlier questions in order.
    pub fn all_media(&self) -> impl Iterator<Item = &MediaPart> {
        let earlier = self.history.iter().flat_map(Message::own_media);
        self.media.iter().chain(earlier)
    }

    /// Media of earlier turns; `None` for those of which nothing is known.
    pub(crate) fn earlier_media(&self) -> impl Iterator<Item = Option<&MediaPart>> {
        self.history.iter().flat_map(Message::media)
    }

    /// Its own media, and then those of earlier turns of which something is known. Listed: who asks goes over them several
    /// times.
    pub fn known_media(&self) -> Vec<&MediaPart> {
        let known = self.media.iter().chain(self.earlier_media().flatten());
        known.collect()
    }

    /// Whether it holds input that no estimate counts.
    pub(crate) fn holds_uncounted(&self) -> bool {
        self.uncounted().holds_others || self.earlier_media().any(|part| part.is_none())
    }

    /// What of all earlier turns is not counted.
    pub(crate) fn uncounted(&self) -> Uncounted {
        let turns = self.history.iter().map(Message::uncounted);
        turns.fold(Uncounted::default(), |all, one| Uncounted {
            lacks_readers: all.lacks_readers || one.lacks_readers,
            holds_others: all.holds_others || one.holds_others,
        })
    }

    /// The definitions of tools, as their JSON text.
    pub(crate) fn tools(&self) -> Option<&str> {
        let mut named = self.extra.iter().filter(|(name, _)| name == "tools");
        named.next().map(|(_, json)| json.text())
    }

    /// Refuses what would make an incomplete or ambiguous body.
    pub(crate) fn check(&self) -> Result<(), Error> {
        for (index, part) in self.all_media().enumerate() {
            if let Via::Url(None) = part.via {
                return Err(Error::invalid(self.name_of(index, "url"), "missing"));
            }
        }
        self.check_extra()
    }

    /// How a field of a media item is called in errors, by its place in [`Draft::all_media`].
    pub(crate) fn name_of(&self, index: usize, field: &str) -> String {
        let mut left = index;
        let own = [("media".to_owned(), self.media.as_slice())];
        let earlier = self.history.iter().enumerate();
        let earlier =
            earlier.map(|(turn, message)| (format!("history[{turn}].media"), message.own_media()));
        for (list, media) in own.into_iter().chain(earlier) {
            if left < media.len() {
                return format!("{list}[{left}].{field}");
            }
            left -= media.len();
        }
        format!("media[{index}].{field}")
    }

    pub(crate) fn check_extra(&self) -> Result<(), Error> {
        const OWN: [&str; 3] = ["model", "messages", "stream"];
        for (index, (name, value)) in self.extra.iter().enumerate() {
            let mut before = self.extra.iter().take(index);
            if before.any(|(other, _)| other == name) {
                return Err(Error::invalid(
                    format!("extra.{name}"),
                    "it stands there twice",
                ));
            }
            // Each of several answers is paid; one is read.
            if name == "n" && !matches!(value.text(), "1" | "null") {
                return Err(Error::invalid(
                    "extra.n",
                    "one answer is read, so it must be 1",
                ));
            }
            let bounds_output = matches!(&**name, "max_tokens" | "max_completion_tokens");
            if OWN.contains(&name.as_str()) || (bounds_output && self.max_tokens.is_some()) {
                return Err(Error::invalid(
                    format!("extra.{name}"),
                    "the draft sets this field itself",
                ));
            }
        }
        Ok(())
    }
}

/// One image or video of a draft.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(from = "plain::Part")]
pub struct MediaPart {
    /// What it is, as the probe finds it.
    pub facts: MediaFacts,
    /// Whether the endpoint fetches it, or it travels in the body.
    pub via: Via,
    /// The level of detail to ask for, sent where the endpoint knows it; `None` sends none.
    pub detail: Option<Detail>,
    /// Name of the file: snippets read it, and it may promise another format than the bytes show.
    pub file_name: Option<String>,
}

impl MediaPart {
    /// A media item that the endpoint fetches.
    pub fn url(facts: MediaFacts, url: impl Into<String>) -> Self {
        Self {
            facts,
            via: Via::Url(Some(url.into())),
            detail: None,
            file_name: None,
        }
    }

    /// A media item that travels in the body.
    pub fn base64(facts: MediaFacts) -> Self {
        Self {
            via: Via::Base64 { bytes: facts.bytes },
            facts,
            detail: None,
            file_name: None,
        }
    }

    /// Its name, where that promises another format than the bytes show: the file's, or else the last
    /// segment of the URL.
    pub fn misleading_name(&self) -> Option<&str> {
        let name = match (&self.file_name, &self.via) {
            (Some(name), _) => name,
            (None, Via::Url(Some(url))) => last_segment(url)?,
            (None, _) => return None,
        };
        (Format::promised_by(name)? != self.facts.format).then_some(name)
    }

    /// Bytes that travel in the body, before base64; `None` where they do not, or are not known.
    pub(crate) fn inline_bytes(&self) -> Option<u64> {
        match self.via {
            Via::Url(_) => None,
            Via::Base64 { bytes } => bytes.or(self.facts.bytes),
        }
    }
}

/// What a path ends in, still percent-encoded; `None` for a URL without a path, whose host names no file.
fn last_segment(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once(':')?;
    let rest = rest.strip_prefix("//")?;
    let (_, path) = rest.split(['?', '#']).next()?.split_once('/')?;
    path.rsplit('/').next()
}

/// The levels of detail that an endpoint is sent: those that it is known to know, or any where nothing is known of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KnownDetails(Option<&'static [Detail]>);

impl KnownDetails {
    /// Of a model, or where it says nothing, of its provider.
    fn of(model: Option<&Model>, provider: Option<&str>) -> Self {
        let provider = provider.and_then(catalog::provider);
        let of_provider = provider.map(|provider| provider.details.unwrap_or_default());
        let of_model = model.and_then(|model| model.details);
        Self(of_model.or(of_provider))
    }

    /// What is sent of what was asked for.
    pub(crate) fn sent(self, part: &MediaPart) -> Option<Detail> {
        let is_known = |detail: &Detail| self.0.is_none_or(|known| known.contains(detail));
        part.detail.filter(is_known)
    }
}

/// How a media item reaches the endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Via {
    /// The endpoint fetches it; `None` where the address is not known yet.
    Url(Option<String>),
    /// In the body, with the length of the data where it is known.
    Base64 {
        /// Bytes before base64; `None` for the length that the facts give.
        bytes: Option<u64>,
    },
}

/// The JSON body of a draft.
#[derive(Clone, Copy, Debug)]
pub struct Body<'a> {
    draft: &'a Draft,
    model: &'a str,
    /// The field that bounds the output.
    output_bound: &'static str,
    details: KnownDetails,
    stream: bool,
}

/// A part of a body, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// JSON text, as it is.
    Json(String),
    /// The data of a media item in base64 (RFC 4648, section 4, with padding), by its place in
    /// [`Draft::all_media`].
    Base64 {
        /// Index into [`Draft::all_media`].
        media: usize,
    },
}

/// In JavaScript JSON text is a string, and data the number of its media item.
impl Serialize for Piece {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Json(text) => serializer.serialize_str(text),
            Self::Base64 { media } => serializer.serialize_u64(*media as u64),
        }
    }
}

impl<'a> Body<'a> {
    /// The body that asks for a streamed answer with usage at its end.
    pub fn streamed(draft: &'a Draft) -> Self {
        // Looked up once: a body is measured for every estimate.
        let known = draft.known_model();
        let provider = draft.provider_with(known);
        Self {
            draft,
            model: &draft.model,
            output_bound: output_bound(provider),
            details: KnownDetails::of(known, provider),
            stream: true,
        }
    }

    /// The body that asks for the answer in one piece.
    pub fn whole(draft: &'a Draft) -> Self {
        Self {
            stream: false,
            ..Self::streamed(draft)
        }
    }

    /// The body for this model in place of the draft's.
    pub(crate) fn under(self, model: &'a Model) -> Self {
        Self {
            model: if model.id.is_empty() {
                self.model
            } else {
                &model.id
            },
            output_bound: output_bound(Some(&model.provider)),
            details: KnownDetails::of(Some(model), Some(&model.provider)),
            ..self
        }
    }

    /// Exact length in bytes, base64 included as far as the lengths of its data are known. Nothing is
    /// built for it.
    #[expect(clippy::len_without_is_empty, reason = "no body is empty")]
    pub fn len(&self) -> u64 {
        let mut length = Length(0);
        self.write(&mut length);
        length.0
    }

    /// The body with gaps where base64 belongs.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] for a media item whose address is missing, and for extra fields that are given twice,
    /// that the draft sets itself, or that ask for several answers.
    pub fn pieces(&self) -> Result<Vec<Piece>, Error> {
        self.draft.check()?;
        let mut pieces = Pieces::default();
        self.write(&mut pieces);
        Ok(pieces.finish())
    }

    /// The whole body; `data` gives the bytes of a media item that travels in it, by its place in
    /// [`Draft::all_media`].
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] as by [`pieces`](Self::pieces), and for a media item without data.
    pub fn json<'d>(&self, data: impl Fn(usize) -> Option<&'d [u8]>) -> Result<String, Error> {
        let mut json = String::new();
        for piece in self.pieces()? {
            match piece {
                Piece::Json(text) => json.push_str(&text),
                Piece::Base64 { media } => {
                    let data = data(media).ok_or_else(|| self.missing_data(media))?;
                    BASE64_STANDARD.encode_string(data, &mut json);
                }
            }
        }
        Ok(json)
    }

    pub(crate) fn missing_data(&self, media: usize) -> Error {
        Error::invalid(self.draft.name_of(media, "data"), "missing")
    }

    fn write(&self, sink: &mut dyn Sink) {
        let draft = self.draft;
        sink.text("{\"model\":");
        write_string(sink, self.model);
        sink.text(",\"messages\":");
        self.write_messages(sink);
        if let Some(max_tokens) = draft.max_tokens {
            for text in [",\"", self.output_bound, "\":", &max_tokens.to_string()] {
                sink.text(text);
            }
        }
        if self.stream {
            sink.text(",\"stream\":true");
            if !draft.extra.iter().any(|(name, _)| name == "stream_options") {
                sink.text(",\"stream_options\":{\"include_usage\":true}");
            }
        }
        for (name, value) in &draft.extra {
            sink.text(",");
            write_string(sink, name);
            sink.text(":");
            sink.text(value.text());
        }
        sink.text("}");
    }

    /// All turns, as an array.
    pub(crate) fn write_messages(&self, sink: &mut dyn Sink) {
        let draft = self.draft;
        sink.text("[");
        if let Some(system) = &draft.system {
            sink.text("{\"role\":\"system\",\"content\":");
            write_string(sink, system);
            sink.text("},");
        }
        let mut place = draft.media.len();
        for message in &draft.history {
            match message.form() {
                Form::Json { json, .. } => sink.text(json.text()),
                Form::Question { text, media } => {
                    self.write_question(sink, text, media, place);
                    place += media.len();
                }
            }
            sink.text(",");
        }
        self.write_question(sink, &draft.text, &draft.media, 0);
        sink.text("]");
    }

    /// A user's message; `place` is that of its first media item in [`Draft::all_media`].
    fn write_question(&self, sink: &mut dyn Sink, text: &str, media: &[MediaPart], place: usize) {
        sink.text("{\"role\":\"user\",\"content\":");
        if media.is_empty() {
            write_string(sink, text);
            return sink.text("}");
        }
        sink.text("[");
        if !text.is_empty() {
            sink.text("{\"type\":\"text\",\"text\":");
            write_string(sink, text);
            sink.text("},");
        }
        for (index, part) in media.iter().enumerate() {
            if index > 0 {
                sink.text(",");
            }
            self.write_part(sink, place + index, part);
        }
        sink.text("]}");
    }

    fn write_part(&self, sink: &mut dyn Sink, index: usize, part: &MediaPart) {
        let kind = part_type(&part.facts);
        for text in ["{\"type\":\"", kind, "\",\"", kind, "\":{\"url\":"] {
            sink.text(text);
        }
        match &part.via {
            Via::Url(url) => write_string(sink, url.as_deref().unwrap_or_default()),
            Via::Base64 { .. } => {
                let head = Json::from(&*format!("data:{};base64,", part.facts.mime));
                // Without its closing quote, which the data goes before.
                sink.text(head.text().trim_end_matches('"'));
                sink.base64(index, part.inline_bytes().unwrap_or(0));
                sink.text("\"");
            }
        }
        if let Some(detail) = self.details.sent(part) {
            for text in [",\"detail\":\"", detail.name(), "\""] {
                sink.text(text);
            }
        }
        sink.text("}}");
    }
}

/// How a provider's chat completions call the bound of the output.
fn output_bound(provider: Option<&str>) -> &'static str {
    let provider = provider.and_then(catalog::provider);
    provider
        .and_then(|provider| provider.output_bound)
        .unwrap_or("max_tokens")
}

/// The name of a content part's type, and of the field that holds its source.
pub(crate) fn part_type(facts: &MediaFacts) -> &'static str {
    if facts.is_image() {
        "image_url"
    } else {
        "video_url"
    }
}

/// With the escapes that JavaScript writes, so that a body has the same length wherever it is written.
pub(crate) fn write_string(sink: &mut dyn Sink, text: &str) {
    // Text can always be written, and no sink fails.
    let _ = serde_json::to_writer(sink, text);
}

/// Where a body is written to.
pub(crate) trait Sink {
    fn bytes(&mut self, bytes: &[u8]);

    /// The data of a media item of this many bytes stands here, in base64.
    fn base64(&mut self, media: usize, bytes: u64);
}

impl dyn Sink + '_ {
    fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }
}

impl Write for dyn Sink + '_ {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Length(u64);

impl Sink for Length {
    fn bytes(&mut self, bytes: &[u8]) {
        self.0 = self.0.saturating_add(bytes.len() as u64);
    }

    fn base64(&mut self, _: usize, bytes: u64) {
        self.0 = self.0.saturating_add(bytes.div_ceil(3).saturating_mul(4));
    }
}

#[derive(Default)]
pub(crate) struct Pieces {
    /// JSON text and the data of media, in turn.
    done: Vec<Piece>,
    text: Vec<u8>,
}

impl Pieces {
    pub(crate) fn finish(mut self) -> Vec<Piece> {
        self.end_text();
        self.done
    }

    fn end_text(&mut self) {
        let text = String::from_utf8(std::mem::take(&mut self.text));
        // It was put together of texts.
        self.done.push(Piece::Json(text.unwrap_or_default()));
    }
}

impl Sink for Pieces {
    fn bytes(&mut self, bytes: &[u8]) {
        self.text.extend_from_slice(bytes);
    }

    fn base64(&mut self, media: usize, _: u64) {
        self.end_text();
        self.done.push(Piece::Base64 { media });
    }
}
