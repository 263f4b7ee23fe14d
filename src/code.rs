//! The kinds of error. Beside [`crate::error`], because a probe names its own errors and does not know the others.

/// The closed list of kinds of error, the same in Rust and in JavaScript.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorCode {
    /// JavaScript called a synchronous function before the binary, or the part that it needs, was loaded.
    NotInitialized,
    /// An argument is missing or means nothing.
    InvalidArgument,
    /// The content is no image or video that can be read.
    UnsupportedFormat,
    /// The header contradicts its format.
    Malformed,
    /// The file ends before its facts are complete.
    Truncated,
    /// The header lies deeper in the file than the caller allowed to read.
    ReadLimit,
    /// A published limit of the endpoint forbids the request, so that nothing was sent.
    Limit,
    /// A request would cost more than is allowed, or may, so that nothing was sent.
    Budget,
    /// No connection, one that broke, an answer that a page may not read, or a part that cannot be loaded.
    Network,
    /// The server answered with an error status.
    Http,
    /// The answer broke off, held an error, or was none.
    Stream,
    /// Nothing came for too long.
    Timeout,
    /// The caller ended it.
    Aborted,
    /// A fault of tilewise itself.
    Internal,
}

impl ErrorCode {
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
            Self::Budget => "budget",
            Self::Network => "network",
            Self::Http => "http",
            Self::Stream => "stream",
            Self::Timeout => "timeout",
            Self::Aborted => "aborted",
            Self::Internal => "internal",
        }
    }
}
