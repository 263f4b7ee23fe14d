//! One request and its answer, over any transport.
//!
//! The transport sends and reads; everything that decides lies here: what a status means, when to try
//! again, how an answer in one piece is read. So it is tested without a network.

use super::chat::{Chat, ChatEvent, ChatResult};
use super::retry::{DEFAULT_MAX_RETRIES, Fault, is_success};
use crate::error::Error;
use std::{collections::VecDeque, future::Future};

/// Longest silence in milliseconds, unless told otherwise.
pub const DEFAULT_TIMEOUT_MS: u32 = 60_000;

/// Sends one prepared request, as often as asked.
pub trait Endpoint {
    type Answer: Answer;

    /// Sends the request; resolves when status and headers are there.
    fn send(&self) -> impl Future<Output = Result<Self::Answer, Error>>;

    /// Waits, or fails with [`Error::Aborted`].
    fn wait(&self, ms: u32) -> impl Future<Output = Result<(), Error>>;

    /// Milliseconds since 1970.
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
        self.fill().await?;
        Ok(self.queue.pop_front())
    }

    /// The next events that come together, at least one; none when the answer is complete.
    pub async fn next_events(&mut self) -> Result<Vec<ChatEvent>, Error> {
        self.fill().await?;
        Ok(self.queue.drain(..).collect())
    }

    /// Goes on until an event is at hand, or the end.
    async fn fill(&mut self) -> Result<(), Error> {
        let started_ms = *self
            .started_ms
            .get_or_insert_with(|| self.endpoint.now_ms());
        while self.queue.is_empty() {
            if let State::Over(error) = &mut self.state {
                return error.take().map_or(Ok(()), Err);
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
        Ok(())
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
                let outcome = match (answer.chunk().await, *failures) {
                    (Err(error @ Error::Network { .. }), Some(failures)) => {
                        return self.try_again(Fault::of_network(error), failures);
                    }
                    (Err(error), _) => {
                        // What came before the break may hold the bill.
                        self.chat.give_up(&mut events);
                        Err(error)
                    }
                    (Ok(Some(bytes)), _) => {
                        *failures = None;
                        let outcome = self.chat.push(&bytes, &mut events);
                        outcome.map(|()| self.chat.is_done())
                    }
                    (Ok(None), _) => self.chat.finish(&mut events).map(|()| true),
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
            Ok(answer) if is_success(answer.status()) => {
                self.state = State::Streaming {
                    answer,
                    failures: Some(failures),
                };
                return Ok(());
            }
            Ok(answer) => Fault::of(answer, self.endpoint.now_ms()).await,
            Err(error) => Fault::of_network(error),
        };
        self.try_again(fault, failures)
    }

    fn try_again(&mut self, fault: Fault, failures: u32) -> Result<(), Error> {
        let Some(wait_ms) = fault.wait_ms(failures, self.max_retries, &self.endpoint) else {
            return Err(fault.error);
        };
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
}

fn is_token(event: &ChatEvent) -> bool {
    matches!(
        event,
        ChatEvent::Text { .. } | ChatEvent::Reasoning { .. } | ChatEvent::ToolCall { .. }
    )
}
