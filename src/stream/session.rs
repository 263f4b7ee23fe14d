//! One request and its answer, over any transport.
//!
//! The transport sends and reads; everything that decides lies here: what a status means, when to try
//! again, how an answer in one piece is read. So it is tested without a network.

use super::chat::{Chat, ChatEvent, ChatResult, fault_message};
use crate::error::Error;
use std::{collections::VecDeque, future::Future};

/// Retries before the first byte of an answer, unless told otherwise.
pub const DEFAULT_MAX_RETRIES: u32 = 2;
/// Longest silence in milliseconds, unless told otherwise.
pub const DEFAULT_TIMEOUT_MS: u32 = 60_000;

const FIRST_WAIT_MS: u32 = 500;
const LONGEST_WAIT_MS: u32 = 30_000;
/// Most of an error's body that is kept.
const MAX_FAULT_BYTES: usize = 64 * 1024;
/// Longest answer in one piece.
const MAX_WHOLE_BYTES: usize = 16 * 1024 * 1024;

/// Sends one prepared request, as often as asked.
pub trait Endpoint {
    type Answer: Answer;

    /// Sends the request; resolves when status and headers are there.
    fn send(&self) -> impl Future<Output = Result<Self::Answer, Error>>;

    /// Waits, or fails with [`Error::Aborted`].
    fn wait(&self, ms: u32) -> impl Future<Output = Result<(), Error>>;

    /// Milliseconds since any fixed moment.
    fn now_ms(&self) -> f64;

    /// A random number from 0 up to 1, to spread retries.
    fn random(&self) -> f64;
}

/// An answer whose body is still coming.
pub trait Answer {
    fn status(&self) -> u16;

    fn header(&self, name: &str) -> Option<String>;

    /// The next bytes, or `None` at the end.
    fn chunk(&mut self) -> impl Future<Output = Result<Option<Vec<u8>>, Error>>;
}

/// A request that is sent when the first event is asked for.
#[derive(Debug)]
pub struct Session<E: Endpoint> {
    endpoint: E,
    max_retries: u32,
    started_ms: Option<f64>,
    state: State<E::Answer>,
    chat: Chat,
    queue: VecDeque<ChatEvent>,
}

#[derive(Debug)]
enum State<A> {
    /// To be sent, after so many failures.
    Waiting { failures: u32, wait_ms: u32 },
    Streaming {
        answer: A,
        /// Failures before this answer; `None` once its first byte has come: from then on another try
        /// would be paid twice.
        failures: Option<u32>,
    },
    /// Nothing more will come: the error is told once, behind the events that came before it.
    Over(Option<Error>),
}

impl<E: Endpoint> Session<E> {
    pub fn new(endpoint: E) -> Self {
        Self {
            endpoint,
            max_retries: DEFAULT_MAX_RETRIES,
            started_ms: None,
            state: State::Waiting {
                failures: 0,
                wait_ms: 0,
            },
            chat: Chat::new(),
            queue: VecDeque::new(),
        }
    }

    pub fn with_max_retries(mut self, max_retries: u32) -> Self {
        self.max_retries = max_retries;
        self
    }

    /// The answer so far.
    pub fn result(&self) -> &ChatResult {
        self.chat.result()
    }

    /// The next event; `None` when the answer is complete.
    pub async fn next(&mut self) -> Result<Option<ChatEvent>, Error> {
        let started_ms = *self
            .started_ms
            .get_or_insert_with(|| self.endpoint.now_ms());
        loop {
            if let Some(event) = self.queue.pop_front() {
                return Ok(Some(event));
            }
            if let State::Over(error) = &mut self.state {
                return error.take().map_or(Ok(None), Err);
            }
            if let Err(error) = self.advance().await {
                self.state = State::Over(Some(error));
            }
            let elapsed_ms = self.endpoint.now_ms() - started_ms;
            let result = self.chat.result_mut();
            result.total_ms = elapsed_ms;
            if result.first_token_ms.is_none() && self.queue.iter().any(is_token) {
                result.first_token_ms = Some(elapsed_ms);
            }
        }
    }

    async fn advance(&mut self) -> Result<(), Error> {
        match &mut self.state {
            State::Over(_) => Ok(()),
            State::Waiting { failures, wait_ms } => {
                let (failures, wait_ms) = (*failures, *wait_ms);
                if failures > 0 {
                    self.endpoint.wait(wait_ms).await?;
                }
                self.open(failures).await
            }
            State::Streaming { answer, failures } => {
                let mut events = Vec::new();
                let chunk = match (answer.chunk().await, *failures) {
                    (Err(error @ Error::Network { .. }), Some(failures)) => {
                        return self.try_again(Fault::of_network(error), failures);
                    }
                    (chunk, _) => chunk?,
                };
                *failures = None;
                let outcome = match chunk {
                    Some(bytes) => self
                        .chat
                        .push(&bytes, &mut events)
                        .map(|()| self.chat.is_done()),
                    None => self.chat.finish(&mut events).map(|()| true),
                };
                self.queue.extend(events);
                if outcome? {
                    self.state = State::Over(None);
                }
                Ok(())
            }
        }
    }

    async fn open(&mut self, failures: u32) -> Result<(), Error> {
        let fault = match self.endpoint.send().await {
            Ok(answer) if answer.status() == 200 => return self.begin(answer, failures).await,
            Ok(answer) => Fault::of(answer).await,
            Err(error) => Fault::of_network(error),
        };
        self.try_again(fault, failures)
    }

    fn try_again(&mut self, fault: Fault, failures: u32) -> Result<(), Error> {
        let wait_ms = fault
            .retry_after_ms
            .unwrap_or_else(|| self.backoff(failures));
        // To come back sooner than asked would be refused again.
        if !fault.may_pass || failures >= self.max_retries || wait_ms > LONGEST_WAIT_MS {
            return Err(fault.error);
        }
        self.queue.push_back(ChatEvent::Retry {
            attempt: failures + 1,
            wait_ms,
            cause: fault.error.to_string(),
        });
        self.state = State::Waiting {
            failures: failures + 1,
            wait_ms,
        };
        Ok(())
    }

    async fn begin(&mut self, mut answer: E::Answer, failures: u32) -> Result<(), Error> {
        let content_type = answer
            .header("content-type")
            .unwrap_or_default()
            .to_ascii_lowercase();
        if content_type.starts_with("application/json") {
            let body = read(&mut answer, MAX_WHOLE_BYTES).await?;
            let mut events = Vec::new();
            let outcome = self.chat.whole(&body, &mut events);
            self.queue.extend(events);
            self.state = State::Over(None);
            return outcome;
        }
        if content_type.starts_with("text/html") {
            return Err(Error::Stream {
                message: "a web page came instead of an answer: the address leads to a proxy or a site, not to the endpoint".to_owned(),
                body: Some(read(&mut answer, MAX_FAULT_BYTES).await?),
            });
        }
        self.state = State::Streaming {
            answer,
            failures: Some(failures),
        };
        Ok(())
    }

    /// Doubles with each failure; half of it is left to chance, so that clients do not return together.
    fn backoff(&self, failures: u32) -> u32 {
        let full = FIRST_WAIT_MS
            .saturating_mul(1 << failures.min(10))
            .min(LONGEST_WAIT_MS);
        let half = full / 2;
        half + (f64::from(half) * self.endpoint.random()) as u32
    }
}

fn is_token(event: &ChatEvent) -> bool {
    matches!(
        event,
        ChatEvent::Text { .. } | ChatEvent::Reasoning { .. } | ChatEvent::ToolCall { .. }
    )
}

/// A failure before the first byte of an answer.
struct Fault {
    error: Error,
    /// Whether the same request may succeed later.
    may_pass: bool,
    retry_after_ms: Option<u32>,
}

impl Fault {
    fn of_network(error: Error) -> Self {
        Self {
            may_pass: matches!(error, Error::Network { .. }),
            retry_after_ms: None,
            error,
        }
    }

    async fn of(mut answer: impl Answer) -> Self {
        let status = answer.status();
        let retry_after_ms = answer
            .header("retry-after")
            .and_then(|seconds| seconds.trim().parse::<u32>().ok())
            .map(|seconds| seconds.saturating_mul(1000));
        // The status says enough if the body cannot be read.
        let body = read(&mut answer, MAX_FAULT_BYTES).await.unwrap_or_default();
        let message = serde_json::from_str(&body)
            .ok()
            .and_then(|fault| fault_message(&fault))
            .unwrap_or_else(|| explain(status).to_owned());
        Self {
            error: Error::Http {
                status,
                message,
                body,
            },
            may_pass: matches!(status, 408 | 409 | 429 | 500..),
            retry_after_ms,
        }
    }
}

fn explain(status: u16) -> &'static str {
    match status {
        401 | 403 => "the API key is missing, wrong, or not allowed to do this",
        404 => "there is no such model, or the base URL is wrong",
        413 => "the request body is too large",
        429 => "too many requests; try again later",
        500.. => "the endpoint failed; try again later",
        _ => "the request was refused",
    }
}

/// The rest of a body as text, as far as `most` bytes.
async fn read(answer: &mut impl Answer, most: usize) -> Result<String, Error> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        let room = most - body.len().min(most);
        body.extend(chunk.iter().take(room));
        if chunk.len() >= room {
            break;
        }
    }
    Ok(String::from_utf8_lossy(&body).into_owned())
}
