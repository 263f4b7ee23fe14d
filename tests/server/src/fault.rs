//! Misbehaviour on request: a request names its faults, in a header or in its path, and gets them.

mod asked;
mod content;
mod delivery;
mod instead;
mod list;

pub(crate) use delivery::{Sending, Steps};
pub(crate) use instead::Failed;

use crate::answer::Script;
use crate::refusal::Refusal;
use asked::Asked;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use content::Content;
use delivery::Delivery;
use instead::Instead;
use list::List;

/// The header that names faults.
pub const FAULT_HEADER: &str = "x-tilewise-fault";
/// The header that tells requests apart for `status-NNN-once`: the same on each attempt of one.
pub const ID_HEADER: &str = "x-tilewise-id";

/// What a request's path calls the faults that it names.
pub(crate) const PATH_PARAMETER: &str = "faults";

#[derive(Clone, Debug)]
enum Fault {
    None,
    /// Whether pages of other origins may read the answer, whatever the options say.
    Cors(bool),
    /// In place of an answer, whatever was asked.
    Instead(Instead),
    /// In what a stream says.
    Content(Content),
    /// In one piece, as if no stream had been asked for.
    Json,
    /// In how a stream travels.
    Delivery(Delivery),
    /// In the list of models.
    List(List),
    /// In a count.
    Count(Count),
}

impl Fault {
    fn parse(text: &str) -> Result<Self, Refusal> {
        let asked = Asked::parse(text);
        let known = match asked.name {
            "none" => Some(Self::None),
            "cors" => Some(Self::Cors(true)),
            "no-cors" => Some(Self::Cors(false)),
            "json" => Some(Self::Json),
            "tiles" => Some(Self::Count(Count::Tiles)),
            "no-count" => Some(Self::Count(Count::Missing)),
            _ => None,
        };
        known
            .or_else(|| Instead::parse(&asked).map(Self::Instead))
            .or_else(|| Content::parse(&asked).map(Self::Content))
            .or_else(|| Delivery::parse(&asked).map(Self::Delivery))
            .or_else(|| List::parse(&asked).map(Self::List))
            .ok_or_else(|| {
                misuse(format!(
                    "There is no fault {text:?}. The documentation of tilewise-endpoint lists them."
                ))
            })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Count {
    Tiles,
    Missing,
}

/// What a request asks for, from left to right.
#[derive(Clone, Debug, Default)]
pub(crate) struct Faults {
    all: Vec<Fault>,
    /// By header: the same on each attempt of a request.
    id: Option<String>,
}

/// The path wins over the header, so that a redirect can leave its fault behind: clients take headers along.
impl<S: Send + Sync> FromRequestParts<S> for Faults {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let header = |name| {
            let value = parts.headers.get(name)?;
            Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let (in_header, id) = (header(FAULT_HEADER), header(ID_HEADER));
        let in_path = RawPathParams::from_request_parts(parts, state)
            .await
            .ok()
            .and_then(|parameters| {
                let mut parameters = parameters.iter();
                let (_, value) = parameters.find(|(name, _)| *name == PATH_PARAMETER)?;
                Some(value.to_owned())
            });
        let named = in_path.or(in_header);
        let all = named.iter().flat_map(|named| named.split(','));
        Ok(Self {
            all: all.map(Fault::parse).collect::<Result<_, _>>()?,
            id,
        })
    }
}

impl Faults {
    pub(crate) fn allow_origin(&self) -> Option<bool> {
        self.all.iter().rev().find_map(|fault| match fault {
            Fault::Cors(allow) => Some(*allow),
            _ => None,
        })
    }

    pub(crate) fn counts_tiles(&self) -> bool {
        self.has(Count::Tiles)
    }

    pub(crate) fn gives_no_count(&self) -> bool {
        self.has(Count::Missing)
    }

    fn has(&self, count: Count) -> bool {
        let is_it = |fault: &Fault| matches!(fault, Fault::Count(known) if *known == count);
        self.all.iter().any(is_it)
    }

    /// What comes in place of an answer. `path` is that of the request, its faults left out.
    pub(crate) async fn instead(
        &self,
        path: &str,
        failed: &Failed,
    ) -> Result<Option<Response>, Refusal> {
        for fault in &self.all {
            if let Fault::Instead(instead) = fault
                && let Some(response) = instead.respond(path, self.id.as_deref(), failed).await?
            {
                return Ok(Some(response));
            }
        }
        Ok(None)
    }

    /// Refuses a fault that cannot happen to an answer in one piece, so that no test waits for it in vain.
    pub(crate) fn must_not_need_stream(&self) -> Result<(), Refusal> {
        let needs_stream =
            |fault: &Fault| matches!(fault, Fault::Json | Fault::Content(_) | Fault::Delivery(_));
        if self.all.iter().any(needs_stream) {
            return Err(misuse(
                "This fault happens to streams only; ask for one.".to_owned(),
            ));
        }
        Ok(())
    }

    pub(crate) fn want_json(&self) -> bool {
        self.all.iter().any(|fault| matches!(fault, Fault::Json))
    }

    pub(crate) fn bend_script(&self, script: &mut Script) {
        for fault in &self.all {
            if let Fault::Content(content) = fault {
                content.bend(script);
            }
        }
    }

    pub(crate) fn bend_sending(&self, sending: &mut Sending, steps: &Steps) {
        for fault in &self.all {
            if let Fault::Delivery(delivery) = fault {
                delivery.bend(sending, steps);
            }
        }
    }

    /// The list of models as text: it may be no JSON any more.
    pub(crate) fn bend_list(&self, list: serde_json::Value) -> String {
        let faults = self.all.iter().filter_map(|fault| match fault {
            Fault::List(fault) => Some(fault),
            _ => None,
        });
        list::bend(list, faults)
    }
}

fn internal_error() -> Refusal {
    failure(StatusCode::INTERNAL_SERVER_ERROR)
}

fn failure(status: StatusCode) -> Refusal {
    let code = match status.as_u16() {
        401 | 403 => "invalid_api_key",
        404 => "not_found",
        429 => "rate_limit_exceeded",
        500 => "internal_error",
        503 => "unavailable",
        _ => "asked_for",
    };
    Refusal::new(status, code, format!("{FAULT_HEADER} asked for this."))
}

fn misuse(message: String) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "invalid_fault", message).about(FAULT_HEADER)
}
