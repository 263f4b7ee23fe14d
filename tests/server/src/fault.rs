//! Misbehaviour on request: a test names a fault in a header, and gets it.

use crate::answer::event;
use crate::event_stream;
use crate::refusal::Refusal;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use futures_util::stream;
use std::collections::HashSet;
use std::io;
use std::sync::{Mutex, PoisonError};

/// The header that names a fault.
pub const FAULT_HEADER: &str = "x-tilewise-fault";
/// The header that tells requests apart for `status-503-once`: the same on each attempt of one.
pub const ID_HEADER: &str = "x-tilewise-id";

const BYTE_ORDER_MARK: &str = "\u{feff}";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Status429,
    Status500,
    Status503Once,
    Html,
    Json,
    Drop,
    ErrorInStream,
    NoDone,
    Silence,
    Crlf,
    Bytewise,
}

impl Fault {
    const ALL: [(&str, Self); 11] = [
        ("status-429", Self::Status429),
        ("status-500", Self::Status500),
        ("status-503-once", Self::Status503Once),
        ("html", Self::Html),
        ("json", Self::Json),
        ("drop", Self::Drop),
        ("error-in-stream", Self::ErrorInStream),
        ("no-done", Self::NoDone),
        ("silence", Self::Silence),
        ("crlf", Self::Crlf),
        ("bytewise", Self::Bytewise),
    ];

    /// The fault that a request asks for.
    pub(crate) fn of(headers: &HeaderMap) -> Result<Option<Self>, Refusal> {
        let Some(asked) = headers.get(FAULT_HEADER) else {
            return Ok(None);
        };
        match Self::ALL.iter().find(|(name, _)| asked == name) {
            Some((_, fault)) => Ok(Some(*fault)),
            None => Err(misuse(format!(
                "{FAULT_HEADER} must be one of {}.",
                Self::ALL.map(|(name, _)| name).join(", ")
            ))),
        }
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

/// What comes in place of an answer, whatever was asked.
pub(crate) fn instead(
    fault: Option<Fault>,
    headers: &HeaderMap,
    failed: &Failed,
) -> Result<Option<Response>, Refusal> {
    let response = match fault {
        Some(Fault::Status429) => {
            let refusal = failure(StatusCode::TOO_MANY_REQUESTS, "rate_limit_exceeded");
            ([(header::RETRY_AFTER, "1")], refusal).into_response()
        }
        Some(Fault::Status500) => internal_error().into_response(),
        Some(Fault::Status503Once) if failed.is_first(read_id(headers)?) => {
            failure(StatusCode::SERVICE_UNAVAILABLE, "unavailable").into_response()
        }
        Some(Fault::Html) => {
            Html("<!doctype html><title>Not the endpoint</title><p>A page.").into_response()
        }
        Some(Fault::Silence) => event_stream(stream::pending()),
        _ => return Ok(None),
    };
    Ok(Some(response))
}

/// Refuses a fault that cannot happen to an answer in one piece, so that no test waits for it in vain.
pub(crate) fn must_not_need_stream(fault: Option<Fault>) -> Result<(), Refusal> {
    match fault {
        None | Some(Fault::Status503Once) => Ok(()),
        Some(_) => Err(misuse(
            "This fault happens to streams only; ask for one.".to_owned(),
        )),
    }
}

/// The chunks of a stream of these events.
pub(crate) fn bend(fault: Option<Fault>, mut events: Vec<String>) -> Vec<io::Result<Bytes>> {
    let half = events.len() / 2;
    match fault {
        Some(Fault::Drop) => {
            events.truncate(half);
            let broken = Err(io::Error::from(io::ErrorKind::ConnectionReset));
            return chunks(events).chain([broken]).collect();
        }
        Some(Fault::ErrorInStream) => {
            events.truncate(half);
            events.push(event(internal_error().json()));
        }
        Some(Fault::NoDone) => {
            events.pop();
        }
        Some(Fault::Crlf) => {
            for event in &mut events {
                *event = format!(": a comment\n{event}").replace('\n', "\r\n");
            }
            events.insert(0, BYTE_ORDER_MARK.to_owned());
        }
        Some(Fault::Bytewise) => {
            let bytes = events.concat().into_bytes();
            return bytes
                .into_iter()
                .map(|byte| Ok(Bytes::from(vec![byte])))
                .collect();
        }
        _ => {}
    }
    chunks(events).collect()
}

fn chunks(events: Vec<String>) -> impl Iterator<Item = io::Result<Bytes>> {
    events.into_iter().map(|event| Ok(Bytes::from(event)))
}

fn read_id(headers: &HeaderMap) -> Result<&str, Refusal> {
    let id = headers.get(ID_HEADER).and_then(|id| id.to_str().ok());
    id.ok_or_else(|| misuse(format!("status-503-once needs the header {ID_HEADER}.")))
}

fn internal_error() -> Refusal {
    failure(StatusCode::INTERNAL_SERVER_ERROR, "internal_error")
}

fn failure(status: StatusCode, code: &'static str) -> Refusal {
    Refusal::new(status, code, format!("{FAULT_HEADER} asked for this."))
}

fn misuse(message: String) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "invalid_fault", message).about(FAULT_HEADER)
}
