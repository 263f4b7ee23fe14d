//! What can go wrong, for callers who branch on a code and people who read a sentence.

pub use crate::code::ErrorCode;

use crate::list::joined;
#[cfg(feature = "web")]
use crate::probe;
use crate::probe::ProbeError;
use crate::violation::Violation;
use serde::Serialize;

/// Any failure of a call that inspects, builds a request, or sends one.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The facts of a file could not be read.
    #[error(transparent)]
    Probe(#[from] ProbeError),
    /// An argument is missing or cannot mean anything.
    #[error("{what}: {why}")]
    InvalidArgument {
        /// The argument.
        what: String,
        /// What is wrong with it, in words.
        why: String,
    },
    /// The endpoint's published limits forbid the request, so it was not sent.
    #[error("not sent: {}", joined(.0.iter().map(|violation| &violation.message), " "))]
    Limit(Vec<Violation>),
    /// No answer came: no connection, a refused one, or a browser that hides the answer.
    #[error("{message}")]
    Network {
        /// What went wrong, in words.
        message: String,
    },
    /// The server answered with an error status. `body` is its own account, as text.
    #[error("the server answered {}: {message}", u64::from(*.status))]
    Http {
        /// HTTP status code of the answer.
        status: u16,
        /// The server's own message where it sent one, else what the status means.
        message: String,
        /// Body of the answer, as text.
        body: String,
    },
    /// The answer broke off or was not what an endpoint streams.
    #[error("{message}")]
    Stream {
        /// What went wrong, in words.
        message: String,
        /// The endpoint's own error object, as JSON, where it sent one.
        body: Option<String>,
    },
    /// The server sent nothing for as long as the caller allowed.
    #[error("nothing came for {} ms", u64::from(*.silence_ms))]
    Timeout {
        /// Milliseconds for which nothing came.
        silence_ms: u32,
    },
    /// The caller ended the request.
    #[error("the request was aborted")]
    Aborted,
    /// A part of the program that is loaded when it is first used could not be.
    #[error("cannot load {part}.wasm: is there a connection?")]
    NotLoaded {
        /// Name of the binary without its extension, such as `formats`.
        part: &'static str,
    },
    /// What cannot wait needs a part of the program that is loaded when it is first used.
    #[error("what reads this is not loaded: call `await preload([\"{part}\"])` first")]
    NotPreloaded {
        /// Name of the part, such as `formats`.
        part: &'static str,
    },
}

#[cfg(feature = "web")]
impl From<probe::NotLoaded> for Error {
    fn from(_: probe::NotLoaded) -> Self {
        Self::NotLoaded { part: "formats" }
    }
}

/// An error as plain data, of which JavaScript makes one of its own class. What does not belong to its code is
/// not there.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PlainError<'a> {
    code: &'static str,
    message: String,
    /// Of HTTP.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    violations: Option<&'a [Violation]>,
    /// The server's own account, as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<&'a str>,
    /// That could not be loaded.
    #[serde(skip_serializing_if = "Option::is_none")]
    part: Option<&'static str>,
}

impl PlainError<'_> {
    pub(crate) fn new(code: ErrorCode, message: String) -> Self {
        Self {
            code: code.name(),
            message,
            status: None,
            violations: None,
            body: None,
            part: None,
        }
    }
}

impl Error {
    /// What JavaScript learns of it.
    pub fn plain(&self) -> PlainError<'_> {
        let plain = PlainError::new(self.code(), self.to_string());
        match self {
            Self::Http { status, body, .. } => PlainError {
                status: Some(*status),
                body: Some(body),
                ..plain
            },
            Self::Stream { body, .. } => PlainError {
                body: body.as_deref(),
                ..plain
            },
            Self::NotLoaded { part } => PlainError {
                part: Some(part),
                ..plain
            },
            Self::Limit(violations) => PlainError {
                violations: Some(violations),
                ..plain
            },
            _ => plain,
        }
    }

    /// The kind of the error, to branch on.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Probe(error) => error.code(),
            Self::InvalidArgument { .. } => ErrorCode::InvalidArgument,
            Self::Limit(_) => ErrorCode::Limit,
            Self::Network { .. } | Self::NotLoaded { .. } => ErrorCode::Network,
            Self::Http { .. } => ErrorCode::Http,
            Self::Stream { .. } => ErrorCode::Stream,
            Self::Timeout { .. } => ErrorCode::Timeout,
            Self::Aborted => ErrorCode::Aborted,
            Self::NotPreloaded { .. } => ErrorCode::NotInitialized,
        }
    }

    /// The message as a sentence for people, with a capital and a stop.
    pub fn sentence(&self) -> String {
        sentence(&self.to_string())
    }

    /// What to do about it, as a sentence; `None` where it was wished for, or the message says it.
    pub fn advice(&self) -> Option<&'static str> {
        Some(match self {
            Self::Probe(_)
            | Self::InvalidArgument { .. }
            | Self::Aborted
            | Self::NotPreloaded { .. } => return None,
            Self::Limit(_) => "Fix what is named, or send it all the same and see.",
            Self::Network { .. } => {
                "Check the connection and the address. A browser hides an answer whose server does not allow the page to read it (CORS): docs/proxy.md in tilewise's repository shows how to set up a proxy on the page's own origin."
            }
            Self::Http { status, .. } => match status {
                401 => "Check the API key: it is missing, mistyped, or that of another endpoint.",
                403 => "This key may not do this: take another, or ask who runs the endpoint.",
                300..=399 | 405 => {
                    "Check the base URL: it usually ends in /v1, and /chat/completions is no part of it."
                }
                404 => {
                    "Check the base URL, which usually ends in /v1, and the model: the endpoint's own list names those that it has."
                }
                413 => "Send the images by URL, or fewer of them, or smaller ones.",
                429 => "Wait a while and ask again: the endpoint takes only so much in a time.",
                408 | 500.. => "The fault is the endpoint's: ask again in a while.",
                _ => "See what the endpoint says about it.",
            },
            Self::Stream { .. } => {
                "Ask again. If it stays so, something between here and the endpoint changes or cuts the answer, or the address is not the endpoint's."
            }
            Self::NotLoaded { .. } => "Check the connection, and try again.",
            Self::Timeout { .. } => {
                "Ask again. If it stays so, the endpoint is overloaded, or the request is too heavy for it."
            }
        })
    }

    /// The server's own account of the error, where it gave one.
    pub fn body(&self) -> Option<&str> {
        let body = match self {
            Self::Http { body, .. } => Some(body),
            Self::Stream { body, .. } => body.as_ref(),
            _ => None,
        };
        body.map(String::as_str)
            .filter(|body| !body.trim().is_empty())
    }

    pub(crate) fn invalid(what: impl Into<String>, why: impl Into<String>) -> Self {
        Self::InvalidArgument {
            what: what.into(),
            why: why.into(),
        }
    }

    pub(crate) fn stream(message: impl Into<String>) -> Self {
        Self::Stream {
            message: message.into(),
            body: None,
        }
    }
}

/// A message as a sentence for people, with a capital and a stop.
pub fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    let mut sentence: String = first.into_iter().chain(letters).collect();
    if !sentence.ends_with(['.', '!', '?', ')']) {
        sentence.push('.');
    }
    sentence
}
