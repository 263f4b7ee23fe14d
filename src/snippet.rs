//! Code that sends a draft, in the form of the provider's own examples.
//!
//! Data that travels as base64 is read from a file by name, never written out. The key comes from the environment variable
//! that the provider's own documents keep it in, or from `API_KEY` where the endpoint is no known provider's.

mod curl;
mod literal;
mod openai;

use crate::catalog::Provider;
use crate::error::Error;
use crate::request::{Detail, Draft, Form, KnownDetails, MediaPart, Via, part_type};
use literal::Literal;
use serde::{Deserialize, Serialize};

/// The language of a snippet, and what it needs to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Language {
    /// With the `openai` package of PyPI.
    Python,
    /// For Node, with the `openai` package of npm.
    Javascript,
    /// For a POSIX shell with `curl` and `base64`.
    Curl,
}

impl Language {
    /// As JavaScript names it.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] for any name but `python`, `javascript` and `curl`.
    pub fn named(name: &str) -> Result<Self, Error> {
        match name {
            "python" => Ok(Self::Python),
            "javascript" => Ok(Self::Javascript),
            "curl" => Ok(Self::Curl),
            _ => Err(Error::invalid(
                "language",
                "it must be one of python, javascript, curl",
            )),
        }
    }
}

/// Code that sends the draft to the endpoint at `base_url`, or at the draft's provider, and prints the answer.
///
/// # Errors
///
/// [`Error::InvalidArgument`] for a provider without such an endpoint, and for extra fields that the draft sets itself.
pub fn snippet(draft: &Draft, language: Language, base_url: Option<&str>) -> Result<String, Error> {
    draft.check_extra()?;
    let base_url = match base_url {
        Some(base_url) => base_url,
        None => draft.base_url()?,
    };
    let endpoint = Endpoint::new(base_url.trim_end_matches('/'));
    Ok(match language {
        Language::Python => openai::python(draft, &endpoint),
        Language::Javascript => openai::javascript(draft, &endpoint),
        Language::Curl => curl::curl(draft, &endpoint),
    })
}

/// Of an endpoint that is no known provider's: no key of another is sent to it.
const UNKNOWN_KEY_VARIABLE: &str = "API_KEY";

/// What a snippet says of the endpoint.
struct Endpoint<'a> {
    base_url: &'a str,
    key_variable: &'static str,
    /// The header that carries the key, up to the key.
    key_header: &'static str,
}

impl<'a> Endpoint<'a> {
    fn new(base_url: &'a str) -> Self {
        let provider = Provider::at(base_url);
        let of = |get: fn(&Provider) -> Option<&'static str>| provider.and_then(get);
        Self {
            base_url,
            key_variable: of(|provider| provider.key_variable).unwrap_or(UNKNOWN_KEY_VARIABLE),
            key_header: of(|provider| provider.key_header).unwrap_or("Authorization: Bearer"),
        }
    }
}

/// The body as JSON to read: laid out in lines, with the name of each file where its base64 goes.
///
/// # Errors
///
/// [`Error::InvalidArgument`] for extra fields that are given twice, that the draft sets itself, or that ask for
/// several answers.
pub fn body(draft: &Draft) -> Result<String, Error> {
    draft.check_extra()?;
    Ok(curl::body(draft))
}

type Fields = Vec<(String, Literal)>;

/// The fields of the body as literals: those of the endpoint's own, then the extra ones.
fn fields(draft: &Draft) -> (Fields, Fields) {
    let mut messages = Vec::new();
    if let Some(system) = &draft.system {
        messages.push(Literal::map([
            ("role", Literal::text("system")),
            ("content", Literal::text(system)),
        ]));
    }
    let details = draft.known_details();
    let mut place = draft.media.len();
    for message in &draft.history {
        messages.push(match message.form() {
            Form::Json { json, .. } => Literal::from(json),
            Form::Question { text, media } => question(text, media, place, details),
        });
        place += message.own_media().len();
    }
    messages.push(question(&draft.text, &draft.media, 0, details));
    let mut own = vec![
        ("model".to_owned(), Literal::text(&draft.model)),
        ("messages".to_owned(), Literal::List(messages)),
    ];
    if let Some(max_tokens) = draft.max_tokens {
        own.push((
            draft.output_bound().to_owned(),
            Literal::Plain(max_tokens.to_string()),
        ));
    }
    let extra = draft.extra.iter();
    let extra = extra.map(|(name, value)| (name.clone(), Literal::from(value)));
    (own, extra.collect())
}

/// A user's message; `place` is that of its first media item in [`Draft::all_media`].
fn question(text: &str, media: &[MediaPart], place: usize, details: KnownDetails) -> Literal {
    let content = match media {
        [] => Literal::text(text),
        _ => {
            let text = (!text.is_empty()).then(|| {
                Literal::map([
                    ("type", Literal::text("text")),
                    ("text", Literal::text(text)),
                ])
            });
            let media = media.iter().enumerate();
            let media =
                media.map(|(index, part)| media_item(place + index, part, details.sent(part)));
            Literal::List(text.into_iter().chain(media).collect())
        }
    };
    Literal::map([("role", Literal::text("user")), ("content", content)])
}

fn media_item(index: usize, part: &MediaPart, detail: Option<Detail>) -> Literal {
    let kind = part_type(&part.facts);
    let url = match &part.via {
        Via::Url(url) => Literal::text(url.as_deref().unwrap_or("https://example.com/replace-me")),
        Via::Base64 { .. } => Literal::DataUrl {
            mime: part.facts.mime.clone(),
            file_name: file_name(index, part),
        },
    };
    let detail = detail.map(|detail| ("detail", Literal::text(detail.name())));
    let source = Literal::map([("url", url)].into_iter().chain(detail));
    Literal::map([("type", Literal::text(kind)), (kind, source)])
}

fn file_name(index: usize, part: &MediaPart) -> String {
    part.file_name.clone().unwrap_or_else(|| {
        let kind = if part.facts.is_image() {
            "image"
        } else {
            "video"
        };
        format!("{kind}-{}.{}", index + 1, part.facts.format.name())
    })
}
