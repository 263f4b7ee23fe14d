//! Results and errors as text.

use crate::error::Error;
use crate::json::to_json;
use crate::limits::Violation;
use serde::Serialize;

/// The JSON of a result, or that of an error behind an exclamation mark.
pub(super) fn outcome(result: Result<impl Serialize, Error>) -> String {
    match result {
        Ok(value) => to_json(&value),
        Err(error) => failure(&error),
    }
}

pub(super) fn failure(error: &Error) -> String {
    /// From which the package makes its class of error.
    #[derive(Serialize)]
    struct Plain<'a> {
        code: &'static str,
        message: String,
        status: Option<u16>,
        violations: Option<&'a [Violation]>,
        /// The server's own account, as text.
        body: Option<&'a str>,
    }

    let plain = Plain {
        code: error.code().name(),
        message: error.to_string(),
        status: match error {
            Error::Http { status, .. } => Some(*status),
            _ => None,
        },
        violations: match error {
            Error::Limit(violations) => Some(violations),
            _ => None,
        },
        body: match error {
            Error::Http { body, .. } => Some(body),
            Error::Stream { body, .. } => body.as_deref(),
            _ => None,
        },
    };
    format!("!{}", to_json(&plain))
}
