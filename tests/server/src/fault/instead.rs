//! What comes in place of an answer.

use super::asked::Asked;
use super::{ID_HEADER, failure, internal_error, misuse};
use crate::refusal::Refusal;
use axum::Json;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{AppendHeaders, Html, IntoResponse, Response};
use std::collections::HashSet;
use std::future;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

#[derive(Clone, Debug)]
pub(super) enum Instead {
    Status {
        status: StatusCode,
        retry_after: Option<RetryAfter>,
        /// Only to the first request of an identifier, by this option or by header.
        once: bool,
        id: Option<String>,
    },
    /// To the same path of an origin, the same one where none is given.
    Redirect { status: StatusCode, to: String },
    /// A web page.
    Html(StatusCode),
    /// A line of plain text, with status 200.
    Text,
    /// An error as a JSON body, with status 200.
    ErrorObject,
    /// No answer at all.
    Hang,
}

/// RFC 9110, section 10.2.3: a delay in seconds, or a date.
#[derive(Clone, Copy, Debug)]
pub(super) enum RetryAfter {
    Seconds(u64),
    /// The date that lies so many seconds ahead of now.
    Date(u64),
}

impl Instead {
    pub(super) fn parse(asked: &Asked<'_>) -> Option<Self> {
        match asked.name {
            "html" => return Some(Self::Html(StatusCode::OK)),
            "text" => return Some(Self::Text),
            "error-object" => return Some(Self::ErrorObject),
            "hang" => return Some(Self::Hang),
            _ => {}
        }
        if let Some(status) = asked.number("html") {
            return Some(Self::Html(proper(status)?));
        }
        if let Some(status) = asked.number("redirect") {
            return Some(Self::Redirect {
                status: proper(status).filter(StatusCode::is_redirection)?,
                to: asked.option("to").unwrap_or_default().to_owned(),
            });
        }
        let number = asked.behind("status")?;
        let always = number.strip_suffix("-once");
        let status = proper(always.unwrap_or(number).parse().ok()?)?;
        Some(Self::Status {
            status,
            retry_after: RetryAfter::parse(asked, status)?,
            once: always.is_some(),
            id: asked.option("id").map(str::to_owned),
        })
    }

    /// `None` where the fault has passed.
    pub(super) async fn respond(
        &self,
        path: &str,
        id: Option<&str>,
        failed: &Failed,
    ) -> Result<Option<Response>, Refusal> {
        Ok(Some(match self {
            Self::Status {
                status,
                retry_after,
                once,
                id: own,
            } => {
                if *once {
                    let id = own.as_deref().or(id).ok_or_else(|| {
                        misuse(format!(
                            "status-NNN-once needs the header {ID_HEADER}, or the option id."
                        ))
                    })?;
                    if !failed.is_first(id) {
                        return Ok(None);
                    }
                }
                let retry_after = retry_after.map(RetryAfter::header);
                let headers = AppendHeaders(retry_after);
                // Those have no body, and what announces one keeps a client waiting (RFC 9110, section 6.4.1).
                match status.as_u16() {
                    204 | 205 | 304 => (*status, headers).into_response(),
                    _ => (headers, failure(*status)).into_response(),
                }
            }
            Self::Redirect { status, to } => {
                let location = format!("{to}/faults/none{path}");
                (*status, [(header::LOCATION, location)]).into_response()
            }
            Self::Html(status) => {
                let page = "<!doctype html><title>Not the endpoint</title><p>A page.";
                (*status, Html(page)).into_response()
            }
            Self::Text => "upstream connect error".into_response(),
            Self::ErrorObject => Json(internal_error().json()).into_response(),
            Self::Hang => future::pending().await,
        }))
    }
}

/// Informational statuses are no answers: a client waits for another.
fn proper(status: u16) -> Option<StatusCode> {
    StatusCode::from_u16(status)
        .ok()
        .filter(|status| (200..=599).contains(&status.as_u16()))
}

impl RetryAfter {
    /// `None` for an option that cannot be read.
    fn parse(asked: &Asked<'_>, status: StatusCode) -> Option<Option<Self>> {
        let seconds = asked.option("retry-after");
        let date = asked.option("retry-after-date");
        Some(match (seconds, date) {
            (Some("none"), _) => None,
            (Some(seconds), _) => Some(Self::Seconds(seconds.parse().ok()?)),
            (None, Some(seconds)) => Some(Self::Date(seconds.parse().ok()?)),
            (None, None) if status == StatusCode::TOO_MANY_REQUESTS => Some(Self::Seconds(1)),
            (None, None) => None,
        })
    }

    fn header(self) -> (HeaderName, String) {
        let value = match self {
            Self::Seconds(seconds) => seconds.to_string(),
            Self::Date(seconds) => {
                let date = SystemTime::now().checked_add(Duration::from_secs(seconds));
                httpdate::fmt_http_date(date.unwrap_or(SystemTime::UNIX_EPOCH))
            }
        };
        (header::RETRY_AFTER, value)
    }
}

/// The requests that have failed once.
#[derive(Debug, Default)]
pub(crate) struct Failed(Mutex<HashSet<String>>);

impl Failed {
    fn is_first(&self, id: &str) -> bool {
        let mut failed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        failed.insert(id.to_owned())
    }
}
