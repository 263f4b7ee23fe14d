//! A chat from its draft to its result.

use super::{Abort, Data, FetchEndpoint};
use crate::error::Error;
use crate::request::Draft;
use crate::stream::Target;
use crate::stream::session::Session;
use crate::stream::{ChatEvent, ChatResult};

/// Why a chat failed, and what came before.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub struct ChatFailure {
    /// What went wrong.
    pub error: Error,
    /// The answer as far as it came; `None` where the request could not be made.
    pub partial: Option<Box<ChatResult>>,
}

impl From<Error> for ChatFailure {
    fn from(error: Error) -> Self {
        Self {
            error,
            partial: None,
        }
    }
}

/// Sends a draft, and hands on the events of its answer: once a chunk, those that came together, before the
/// next chunk is read. `data` holds the data of each media item that travels in the body, by its index in
/// [`Draft::all_media`]. At the end the abort is used up: it has let go of the caller's signal.
///
/// # Errors
///
/// [`ChatFailure`] with the error of [`FetchEndpoint::new`] or of [`Session::run`], and in the second case with the
/// answer as far as it came.
pub async fn chat(
    draft: &Draft,
    data: Vec<Option<Data>>,
    target: Target,
    max_retries: u32,
    abort: Abort,
    mut on_events: impl FnMut(&[ChatEvent]),
) -> Result<ChatResult, ChatFailure> {
    let endpoint = FetchEndpoint::new(draft, data, target, abort)?;
    let mut session = Session::new(endpoint).with_max_retries(max_retries);
    let end = session.run(|events, _| on_events(events)).await;
    let result = session.result().clone();
    match end {
        Ok(()) => Ok(result),
        Err(error) => Err(ChatFailure {
            error,
            partial: Some(Box::new(result)),
        }),
    }
}
