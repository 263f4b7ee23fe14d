//! What can go wrong, for callers who branch on a code and people who read a sentence.

use crate::limits::Violation;
use crate::probe::ProbeError;

/// The closed list of kinds of error, the same in Rust and in JavaScript.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Code {
    NotInitialized,
    InvalidArgument,
    UnsupportedFormat,
    Malformed,
    Truncated,
    ReadLimit,
    Limit,
    Network,
    Http,
    Stream,
    Timeout,
    Aborted,
    Internal,
}

impl Code {
    /// As JavaScript sees it: `"read_limit"`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotInitialized => "not_initialized",
            Self::InvalidArgument => "invalid_argument",
            Self::UnsupportedFormat => "unsupported_format",
            Self::Malformed => "malformed",
            Self::Truncated => "truncated",
            Self::ReadLimit => "read_limit",
            Self::Limit => "limit",
            Self::Network => "network",
            Self::Http => "http",
            Self::Stream => "stream",
            Self::Timeout => "timeout",
            Self::Aborted => "aborted",
            Self::Internal => "internal",
        }
    }
}

/// Any failure of a call that inspects, builds a request, or sends one.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    #[error(transparent)]
    Probe(#[from] ProbeError),
    /// An argument is missing or cannot mean anything.
    #[error("{what}: {why}")]
    InvalidArgument { what: String, why: String },
    /// The endpoint's published limits forbid the request, so it was not sent.
    #[error("not sent: {}", .0.iter().map(|violation| violation.message.as_str()).collect::<Vec<_>>().join(" "))]
    Limit(Vec<Violation>),
    /// No answer came: no connection, a refused one, or a browser that hides the answer.
    #[error("{message}")]
    Network { message: String },
    /// The server answered with an error status. `body` is its own account, as text.
    #[error("the server answered {status}: {message}")]
    Http {
        status: u16,
        message: String,
        body: String,
    },
    /// The answer broke off or was not what an endpoint streams.
    #[error("{message}")]
    Stream {
        message: String,
        /// The endpoint's own error object, as JSON, where it sent one.
        body: Option<String>,
    },
    #[error("nothing came for {silence_ms} ms")]
    Timeout { silence_ms: u32 },
    #[error("the request was aborted")]
    Aborted,
}

impl Error {
    pub fn code(&self) -> Code {
        match self {
            Self::Probe(error) => error.code(),
            Self::InvalidArgument { .. } => Code::InvalidArgument,
            Self::Limit(_) => Code::Limit,
            Self::Network { .. } => Code::Network,
            Self::Http { .. } => Code::Http,
            Self::Stream { .. } => Code::Stream,
            Self::Timeout { .. } => Code::Timeout,
            Self::Aborted => Code::Aborted,
        }
    }

    /// The message as a sentence for people, with a capital and a stop.
    pub fn sentence(&self) -> String {
        let message = self.to_string();
        let mut letters = message.chars();
        let first = letters.next().into_iter().flat_map(char::to_uppercase);
        let mut sentence: String = first.chain(letters).collect();
        if !sentence.ends_with(['.', '!', '?', ')']) {
            sentence.push('.');
        }
        sentence
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
