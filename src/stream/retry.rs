//! What a failure before the first byte of an answer means, and when to try again.

use super::account::fault_message;
use super::http_date::date_ms;
use crate::error::Error;

/// Retries before the first byte of an answer, unless told otherwise.
pub const DEFAULT_MAX_RETRIES: u32 = 2;
/// The longest wait before another try. An endpoint that asks for more is not asked again: its answer goes
/// to the caller, since users do not wait at a page for longer.
pub const LONGEST_WAIT_MS: u32 = 30_000;

const FIRST_WAIT_MS: u32 = 500;
/// Most of an error's body that is kept.
pub(super) const MAX_FAULT_BYTES: usize = 64 * 1024;

/// A failure before the first byte of an answer.
pub(super) struct Fault {
    pub(super) error: Error,
    /// Whether the same request may succeed later.
    may_pass: bool,
    retry_after_ms: Option<u32>,
}

impl Fault {
    /// Of a request without an answer.
    pub(super) fn of_network(error: Error) -> Self {
        Self {
            may_pass: matches!(error, Error::Network { .. }),
            retry_after_ms: None,
            error,
        }
    }

    /// Of an answer with an error status and this body.
    pub(super) fn of_status(status: u16, body: String) -> Self {
        let message = fault_message(&body).unwrap_or_else(|| explain(status).to_owned());
        Self {
            error: Error::Http {
                status,
                message,
                body,
            },
            may_pass: matches!(status, 408 | 409 | 429 | 500..),
            retry_after_ms: None,
        }
    }

    /// With the wait that a header asks for, in seconds or as a date (RFC 9110, section 10.2.3). A date is
    /// held against the server's own clock, where a browser lets one see it.
    pub(super) fn asking(self, retry_after: Option<&str>, date: Option<&str>, now_ms: f64) -> Self {
        let now_ms = date.and_then(date_ms).unwrap_or(now_ms);
        let wait_ms = |asked: &str| match asked.parse::<u32>() {
            Ok(seconds) => Some(seconds.saturating_mul(1000)),
            // A cast saturates: a date that has passed asks for no wait.
            Err(_) => Some((date_ms(asked)? - now_ms) as u32),
        };
        Self {
            retry_after_ms: retry_after.and_then(|asked| wait_ms(asked.trim())),
            ..self
        }
    }

    /// How long to wait after this many failures before it; `None` where there is no use in trying again.
    pub(super) fn wait_ms(&self, failures: u32, max_retries: u32, random: f64) -> Option<u32> {
        let wait_ms = self
            .retry_after_ms
            .unwrap_or_else(|| backoff_ms(failures, random));
        // To come back sooner than asked would be refused again.
        (self.may_pass && failures < max_retries && wait_ms <= LONGEST_WAIT_MS).then_some(wait_ms)
    }
}

pub(super) fn is_success(status: u16) -> bool {
    (200..300).contains(&status)
}

/// Doubles with each failure; half of it is left to chance, so that clients do not return together.
fn backoff_ms(failures: u32, random: f64) -> u32 {
    let full = FIRST_WAIT_MS
        .saturating_mul(1 << failures.min(10))
        .min(LONGEST_WAIT_MS);
    let half = full / 2;
    half + (f64::from(half) * random) as u32
}

fn explain(status: u16) -> &'static str {
    match status {
        300..=399 => "the address has moved to where no request can follow",
        401 | 403 => "the API key is missing, wrong, or not allowed to do this",
        404 => "there is no such model, or the base URL is wrong",
        405 => {
            "the address does not take requests of this kind: the base URL is wrong, or redirects"
        }
        413 => "the request body is too large",
        429 => "too many requests; try again later",
        500.. => "the endpoint failed; try again later",
        _ => "the request was refused",
    }
}
