//! The provider's own count of a draft, without an answer of a model; and by which rule an endpoint counts.
//!
//! The forms are as the providers' public documents have them. None was tried against the real servers.

pub mod calibration;

use crate::catalog;
use crate::error::Error;
use crate::json::Value;
use crate::request::{Body, Draft, Form, MediaPart, Piece, Pieces, Sink, Via, write_string};
use crate::stream::EndpointOptions;

/// The longest answer that is read.
#[cfg(feature = "web")]
pub(crate) const MAX_BYTES: usize = 64 * 1024;

/// How a provider is asked for a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountForm {
    /// Moonshot's `tokenizers/estimate-token-count`: messages of chat completions.
    ChatCompletions,
    /// OpenAI's `responses/input_tokens`, which vLLM has too.
    Responses,
    /// Anthropic's `messages/count_tokens`.
    Messages,
    /// Google's `models/MODEL:countTokens`.
    Contents,
}

/// The request for the count of a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountRequest {
    /// How it is asked, and its answer is read.
    pub form: CountForm,
    /// Behind the base URL.
    pub path: String,
    /// The body, as of [`Body::pieces`](Body::pieces).
    pub pieces: Vec<Piece>,
}

impl CountForm {
    /// By the provider of a draft; provider `open` stands for a server of vLLM.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] where the provider has no endpoint that counts.
    pub fn of(draft: &Draft) -> Result<Self, Error> {
        match draft.known_provider() {
            Some("moonshot") => Ok(Self::ChatCompletions),
            Some("openai" | "open") => Ok(Self::Responses),
            Some("anthropic") => Ok(Self::Messages),
            Some("google") => Ok(Self::Contents),
            Some(id) => {
                let name = catalog::provider(id).map_or(id, |provider| provider.name);
                let why = format!(
                    "{name} has no endpoint that counts; Anthropic, OpenAI, Moonshot, Google and vLLM (\"open\") have one"
                );
                Err(Error::invalid("draft.provider", why))
            }
            None => Err(Error::invalid(
                "draft.provider",
                "missing: the model is not known, so neither is whose endpoint counts it",
            )),
        }
    }

    /// Where and as whom it is asked: the base URL of the provider's own protocol, unless one is given, and the key in that
    /// protocol's header.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] where a base URL is needed.
    pub fn endpoint(
        self,
        draft: &Draft,
        mut options: EndpointOptions,
    ) -> Result<EndpointOptions, Error> {
        let native = draft
            .known_provider()
            .and_then(catalog::provider)
            .and_then(|provider| provider.native);
        if options.base_url.is_none() {
            let base_url = match (self, native) {
                (Self::Contents, Some(native)) => Ok(native.base_url),
                _ => draft.base_url(),
            };
            options.base_url = Some(base_url?.to_owned());
        }
        let mut headers = Vec::new();
        if matches!(self, Self::Messages | Self::Contents) {
            let native = native.map(|native| native.key_header.to_owned());
            headers.extend(native.zip(options.api_key.take()));
        }
        if self == Self::Messages {
            headers.push(("anthropic-version".to_owned(), "2023-06-01".to_owned()));
        }
        headers.append(&mut options.headers);
        options.headers = headers;
        Ok(options)
    }

    /// The count in an answer.
    ///
    /// # Errors
    ///
    /// [`Error::Stream`] for an answer without one; its `body` is that answer.
    pub fn read(self, answer: &str) -> Result<u64, Error> {
        let value = Value::parse(answer).ok();
        let count = value.as_ref().and_then(|value| match self {
            Self::ChatCompletions => value.get("data")?.get("total_tokens"),
            Self::Responses | Self::Messages => value.get("input_tokens"),
            Self::Contents => value.get("totalTokens"),
        });
        let is_error = value
            .as_ref()
            .and_then(|value| value.get("error"))
            .is_some_and(|error| *error != Value::Null);
        count
            .and_then(Value::count)
            .filter(|_| !is_error)
            .ok_or_else(|| Error::Stream {
                message: "the answer holds no count of tokens".to_owned(),
                body: Some(answer.to_owned()),
            })
    }
}

impl CountRequest {
    /// Of all turns of a draft, and of its tools where the form is that of chat completions.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] where the provider has no endpoint that counts, for a media item whose address is missing,
    /// and for what cannot be said in the provider's own form.
    pub fn new(draft: &Draft) -> Result<Self, Error> {
        let form = CountForm::of(draft)?;
        draft.check()?;
        let mut body = Writer {
            form,
            draft,
            pieces: Pieces::default(),
            place: draft.media.len(),
        };
        body.write()?;
        Ok(Self {
            form,
            path: match form {
                CountForm::ChatCompletions => "tokenizers/estimate-token-count".to_owned(),
                CountForm::Responses => "responses/input_tokens".to_owned(),
                CountForm::Messages => "messages/count_tokens".to_owned(),
                CountForm::Contents => format!("models/{}:countTokens", draft.model),
            },
            pieces: body.pieces.finish(),
        })
    }
}

struct Writer<'a> {
    form: CountForm,
    draft: &'a Draft,
    pieces: Pieces,
    /// Of the next media item of an earlier turn in [`Draft::all_media`].
    place: usize,
}

impl Writer<'_> {
    fn write(&mut self) -> Result<(), Error> {
        let draft = self.draft;
        if self.form == CountForm::ChatCompletions {
            self.raw("{\"model\":");
            self.text(&draft.model);
            self.raw(",\"messages\":");
            Body::whole(draft).write_messages(&mut self.pieces);
            if let Some(tools) = draft.tools() {
                self.raw(",\"tools\":");
                self.raw(tools);
            }
            self.raw("}");
            return Ok(());
        }
        if draft.tools().is_some() {
            return Err(Error::invalid(
                "draft.extra.tools",
                "they are in the form of chat completions, which this endpoint does not count",
            ));
        }
        let system = draft.system.as_deref();
        match self.form {
            CountForm::Contents => {
                self.raw("{\"generateContentRequest\":{\"model\":");
                self.text(&format!("models/{}", draft.model));
                if let Some(system) = system {
                    self.raw(",\"systemInstruction\":{\"parts\":[{\"text\":");
                    self.text(system);
                    self.raw("}]}");
                }
                self.raw(",\"contents\":[");
                self.turns()?;
                self.raw("]}}");
            }
            form => {
                self.raw("{\"model\":");
                self.text(&draft.model);
                let [named, turns] = match form {
                    CountForm::Messages => [",\"system\":", ",\"messages\":["],
                    _ => [",\"instructions\":", ",\"input\":["],
                };
                if let Some(system) = system {
                    self.raw(named);
                    self.text(system);
                }
                self.raw(turns);
                self.turns()?;
                self.raw("]}");
            }
        }
        Ok(())
    }

    fn turns(&mut self) -> Result<(), Error> {
        let draft = self.draft;
        for (index, message) in draft.history.iter().enumerate() {
            match message.form() {
                Form::Question { text, media } => {
                    let place = self.place;
                    self.place += media.len();
                    self.turn("user", Some(text), media, place)?;
                }
                Form::Json { json, .. } => {
                    let (role, text) = plain(&json.value()).ok_or_else(|| {
                        Error::invalid(
                            format!("draft.history[{index}]"),
                            "this endpoint counts a message of a user or an assistant with text alone; write images as `text` and `media`",
                        )
                    })?;
                    self.turn(role, Some(&text), &[], 0)?;
                }
            }
            self.raw(",");
        }
        self.turn("user", Some(&draft.text), &draft.media, 0)
    }

    fn turn(
        &mut self,
        role: &str,
        text: Option<&str>,
        media: &[MediaPart],
        place: usize,
    ) -> Result<(), Error> {
        let role = match (self.form, role) {
            (CountForm::Contents, "assistant") => "model",
            _ => role,
        };
        self.raw("{\"role\":");
        self.text(role);
        self.raw(match self.form {
            CountForm::Contents => ",\"parts\":[",
            _ => ",\"content\":[",
        });
        let text = text.filter(|text| !text.is_empty());
        if let Some(text) = text {
            self.raw(match (self.form, role) {
                (CountForm::Contents, _) => "{\"text\":",
                (CountForm::Responses, "assistant") => "{\"type\":\"output_text\",\"text\":",
                (CountForm::Responses, _) => "{\"type\":\"input_text\",\"text\":",
                _ => "{\"type\":\"text\",\"text\":",
            });
            self.text(text);
            self.raw("}");
        }
        for (index, part) in media.iter().enumerate() {
            if index > 0 || text.is_some() {
                self.raw(",");
            }
            self.media(part, place + index)?;
        }
        self.raw("]}");
        Ok(())
    }

    fn media(&mut self, part: &MediaPart, place: usize) -> Result<(), Error> {
        let refuse =
            |field: &str, why: &str| Err(Error::invalid(self.draft.name_of(place, field), why));
        if !part.facts.is_image() && self.form != CountForm::Contents {
            return refuse("facts", "this endpoint counts no videos");
        }
        let mime = &*part.facts.mime;
        match (&part.via, self.form) {
            (Via::Url(url), CountForm::Messages) => {
                self.raw("{\"type\":\"image\",\"source\":{\"type\":\"url\",\"url\":");
                self.text(url.as_deref().unwrap_or_default());
                self.raw("}}");
            }
            (Via::Url(url), CountForm::Responses) => {
                self.raw("{\"type\":\"input_image\",\"image_url\":");
                self.text(url.as_deref().unwrap_or_default());
                self.detail(part);
            }
            (Via::Url(_), _) => {
                return refuse("via", "this endpoint counts no media by URL: pass the data");
            }
            (Via::Base64 { .. }, CountForm::Responses) => {
                self.raw(&format!(
                    "{{\"type\":\"input_image\",\"image_url\":\"data:{mime};base64,"
                ));
                self.base64(place);
                self.detail(part);
            }
            (Via::Base64 { .. }, CountForm::Messages) => {
                self.raw(&format!(
                    "{{\"type\":\"image\",\"source\":{{\"type\":\"base64\",\"media_type\":\"{mime}\",\"data\":\""
                ));
                self.base64(place);
                self.raw("}}");
            }
            (Via::Base64 { .. }, _) => {
                self.raw(&format!(
                    "{{\"inlineData\":{{\"mimeType\":\"{mime}\",\"data\":\""
                ));
                self.base64(place);
                self.raw("}}");
            }
        }
        Ok(())
    }

    /// The end of an image of responses.
    fn detail(&mut self, part: &MediaPart) {
        if let Some(detail) = self.draft.known_details().sent(part) {
            self.raw(",\"detail\":");
            self.text(detail.name());
        }
        self.raw("}");
    }

    /// The data of a media item, and its closing quote.
    fn base64(&mut self, place: usize) {
        self.pieces.base64(place, 0);
        self.raw("\"");
    }

    fn text(&mut self, text: &str) {
        write_string(&mut self.pieces, text);
    }

    fn raw(&mut self, json: &str) {
        self.pieces.bytes(json.as_bytes());
    }
}

/// Role and text of a message of chat completions, where that is all.
fn plain(message: &Value<'_>) -> Option<(&'static str, String)> {
    let role = match message.get("role")?.text()? {
        "user" => "user",
        "assistant" => "assistant",
        _ => return None,
    };
    let calls = message.get("tool_calls").and_then(Value::items);
    if calls.is_some_and(|calls| !calls.is_empty()) {
        return None;
    }
    let content = message.get("content")?;
    if let Some(text) = content.text() {
        return Some((role, text.to_owned()));
    }
    let mut texts = String::new();
    for part in content.items()? {
        if part.get("type")?.text()? != "text" {
            return None;
        }
        texts += part.get("text")?.text()?;
    }
    Some((role, texts))
}
