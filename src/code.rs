//! The kinds of error. Beside [`crate::error`], because a probe names its own errors and does not know the others.

/// The closed list of kinds of error, the same in Rust and in JavaScript.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorCode {
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
            Self::Network => "network",
            Self::Http => "http",
            Self::Stream => "stream",
            Self::Timeout => "timeout",
            Self::Aborted => "aborted",
            Self::Internal => "internal",
        }
    }
}
