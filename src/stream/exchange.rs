//! One request and its answer, without I/O: it says what to do next, its caller does it and tells what
//! came.
//!
//! All that decides lies here: what a status means, when to try again, when an answer is complete. So it
//! is the same under every transport, and tested without a network.
//!
//! ```
//! use tilewise::stream::exchange::{Exchange, ExchangeStep};
//!
//! let mut exchange = Exchange::new(2, 0.5, 0.0);
//! assert_eq!(exchange.step(), ExchangeStep::Send);
//! exchange.answered(200, |_| None, 120.0);
//! assert_eq!(exchange.step(), ExchangeStep::Read);
//! exchange.received(b"data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\ndata: [DONE]\n\n", 130.0);
//! assert_eq!(exchange.step(), ExchangeStep::Over);
//! assert_eq!(exchange.take_events().len(), 1);
//! assert_eq!(exchange.end()?.text, "Hi");
//! # Ok::<(), tilewise::error::Error>(())
//! ```

use super::chat::{Chat, Ending, append};
use super::event::{ChatEvent, ChatResult};
use super::retry::{Fault, MAX_FAULT_BYTES, is_success};
use crate::error::Error;
use std::mem::take;

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExchangeStep {
    /// Send the request, and tell by [`Exchange::answered`] or [`Exchange::failed`].
    Send,
    /// Wait so many milliseconds, and tell by [`Exchange::waited`] or [`Exchange::failed`].
    Wait {
        /// Milliseconds, at most 30,000.
        ms: u32,
    },
    /// Read on, and tell by [`Exchange::received`], [`Exchange::ended`] or [`Exchange::failed`].
    Read,
    /// The model has finished, and what is left is its bill and the end of the stream. Read on as before, but for
    /// no more than so many milliseconds; tell that they have passed by [`Exchange::waited`].
    Linger {
        /// Milliseconds, at least 1.
        ms: u32,
    },
    /// Nothing more: drop the answer, and see [`Exchange::end`].
    Over,
}

/// How long the bill of an answer that is complete is waited for. It comes last, right behind the finish.
const UNBILLED_MS: f64 = 2_000.0;
/// How long the end of a stream is waited for that holds nothing any more.
const BILLED_MS: f64 = 250.0;

/// A request that may be sent again until an answer begins. Times are in milliseconds since 1970.
#[derive(Debug)]
pub struct Exchange {
    max_retries: u32,
    random: f64,
    started_ms: f64,
    failures: u32,
    state: State,
    content: Content,
    chat: Chat,
    events: Vec<ChatEvent>,
}

/// What the body of an answer is.
#[derive(Debug)]
enum Content {
    Chat,
    /// Anything else, in one piece, as far as `max_bytes` bytes.
    Text {
        max_bytes: usize,
        body: Vec<u8>,
    },
}

#[derive(Debug)]
enum State {
    Sending,
    Waiting {
        ms: u32,
    },
    /// An answer with an error status: the body says why.
    Refused(Refusal),
    Answering {
        /// From the first byte on another try would be paid twice.
        is_begun: bool,
        /// Milliseconds that are left of an answer that is complete, and when.
        left: Option<(f64, f64)>,
    },
    /// The error is told once.
    Over(Option<Error>),
}

#[derive(Debug, Default)]
struct Refusal {
    status: u16,
    retry_after: Option<String>,
    date: Option<String>,
    body: Vec<u8>,
}

impl Exchange {
    /// `random` lies between 0 and 1 and spreads retries; `now_ms` is when the request begins.
    pub fn new(max_retries: u32, random: f64, now_ms: f64) -> Self {
        Self {
            max_retries,
            random,
            started_ms: now_ms,
            failures: 0,
            state: State::Sending,
            content: Content::Chat,
            chat: Chat::new(),
            events: Vec::new(),
        }
    }

    /// For an answer of any other kind, as far as `max_bytes` bytes, which costs nothing: it is asked for again
    /// even if it broke off. See [`text`](Self::text).
    pub fn of_text(self, max_bytes: usize) -> Self {
        Self {
            content: Content::Text {
                max_bytes,
                body: Vec::new(),
            },
            ..self
        }
    }

    /// What the caller must do next.
    pub fn step(&self) -> ExchangeStep {
        match self.state {
            State::Sending => ExchangeStep::Send,
            State::Waiting { ms } => ExchangeStep::Wait { ms },
            // A cast saturates, and 0 would be no wait at all.
            State::Answering {
                left: Some((ms, _)),
                ..
            } => ExchangeStep::Linger {
                ms: (ms as u32).max(1),
            },
            State::Refused(_) | State::Answering { .. } => ExchangeStep::Read,
            State::Over(_) => ExchangeStep::Over,
        }
    }

    /// The wait is over: for another try, or for what may follow an answer that is complete.
    pub fn waited(&mut self) {
        match self.state {
            State::Waiting { .. } => self.state = State::Sending,
            State::Answering { left: Some(_), .. } => {
                self.complete();
                self.take_first_token();
            }
            _ => {}
        }
    }

    /// Status and headers are there.
    pub fn answered(&mut self, status: u16, header: impl Fn(&str) -> Option<String>, now_ms: f64) {
        self.state = if is_success(status) {
            State::Answering {
                is_begun: false,
                left: None,
            }
        } else {
            State::Refused(Refusal {
                status,
                retry_after: header("retry-after"),
                date: header("date"),
                body: Vec::new(),
            })
        };
        self.take_time(now_ms);
    }

    /// Bytes of the body came.
    pub fn received(&mut self, bytes: &[u8], now_ms: f64) {
        match &mut self.state {
            State::Refused(refusal) => {
                append(&mut refusal.body, bytes, MAX_FAULT_BYTES);
                if refusal.body.len() >= MAX_FAULT_BYTES {
                    self.refuse(now_ms);
                }
            }
            State::Answering { is_begun, left } => match &mut self.content {
                Content::Text { max_bytes, body } => {
                    append(body, bytes, *max_bytes);
                    if body.len() >= *max_bytes {
                        self.state = State::Over(None);
                    }
                }
                Content::Chat => {
                    *is_begun = true;
                    let before = self.events.len();
                    match self.chat.push(bytes, &mut self.events) {
                        Ok(()) if self.chat.is_done() => self.state = State::Over(None),
                        Ok(()) if left.is_some() && self.events.len() == before => {
                            return self.linger(now_ms);
                        }
                        Ok(()) => {
                            *left = match self.chat.ending() {
                                Ending::Open => None,
                                Ending::Finished => Some((UNBILLED_MS, now_ms)),
                                Ending::Billed => Some((BILLED_MS, now_ms)),
                            };
                        }
                        Err(error) => self.state = State::Over(Some(error)),
                    }
                }
            },
            _ => {}
        }
        self.take_time(now_ms);
    }

    /// What came behind a complete answer says nothing: it takes from the time that is left, and adds none to the
    /// answer's own.
    fn linger(&mut self, now_ms: f64) {
        if let State::Answering {
            left: Some((left_ms, since_ms)),
            ..
        } = &mut self.state
        {
            // A clock that is set back takes nothing.
            *left_ms -= (now_ms - *since_ms).max(0.0);
            *since_ms = now_ms;
            if *left_ms <= 0.0 {
                self.complete();
                self.take_first_token();
            }
        }
    }

    /// Nothing more will come.
    fn complete(&mut self) {
        let outcome = match self.content {
            Content::Text { .. } => Ok(()),
            Content::Chat => self.chat.finish(&mut self.events),
        };
        self.state = State::Over(outcome.err());
    }

    /// The body ended.
    pub fn ended(&mut self, now_ms: f64) {
        match &self.state {
            State::Refused(_) => self.refuse(now_ms),
            State::Answering { .. } => self.complete(),
            _ => {}
        }
        self.take_time(now_ms);
    }

    /// No answer came, or it broke off.
    pub fn failed(&mut self, error: Error, now_ms: f64) {
        match &self.state {
            // The status says enough if the body cannot be read, unless the caller has stopped listening.
            State::Refused(_) if matches!(error, Error::Network { .. }) => self.refuse(now_ms),
            State::Answering {
                is_begun: true,
                left,
            } => {
                let is_lingering = left.is_some();
                // What came before the break may hold the bill, and all of the answer.
                let outcome = self.chat.break_off(error, &mut self.events);
                self.state = State::Over(outcome.err());
                if is_lingering {
                    return self.take_first_token();
                }
            }
            State::Over(_) => {}
            _ => self.try_again(Fault::of_network(error)),
        }
        self.take_time(now_ms);
    }

    /// The events that have come since they were last taken.
    pub fn take_events(&mut self) -> Vec<ChatEvent> {
        take(&mut self.events)
    }

    /// The same to look at, where there are any, with the answer so far.
    pub fn hand_on_events(&mut self, on_events: impl FnOnce(&[ChatEvent], &ChatResult)) {
        if !self.events.is_empty() {
            on_events(&self.events, self.chat.result());
            // Its memory serves the next.
            self.events.clear();
        }
    }

    /// The answer so far.
    pub fn result(&self) -> &ChatResult {
        self.chat.result()
    }

    /// The answer, or once the error that ended it, and then the answer as far as it came.
    ///
    /// # Errors
    ///
    /// The error that ended it: [`Error::Http`] or [`Error::Network`] after all retries, [`Error::Stream`] for an
    /// answer that broke off or held an error, or what [`failed`](Self::failed) was told. [`Error::Stream`] also before
    /// it is over.
    pub fn end(&mut self) -> Result<&ChatResult, Error> {
        match &mut self.state {
            State::Over(error) => error.take().map_or(Ok(()), Err)?,
            _ => return Err(Error::stream("the answer is not over")),
        }
        Ok(self.chat.result())
    }

    /// The text of an answer that is no chat, once it is over; its error, or nothing of a chat.
    ///
    /// # Errors
    ///
    /// As [`end`](Self::end).
    pub fn text(&mut self) -> Result<String, Error> {
        self.end()?;
        Ok(match &self.content {
            Content::Text { body, .. } => String::from_utf8_lossy(body).into_owned(),
            Content::Chat => String::new(),
        })
    }

    fn refuse(&mut self, now_ms: f64) {
        let State::Refused(refusal) = &mut self.state else {
            return;
        };
        let Refusal {
            status,
            retry_after,
            date,
            body,
        } = take(refusal);
        let body = String::from_utf8_lossy(&body).into_owned();
        let fault =
            Fault::of_status(status, body).asking(retry_after.as_deref(), date.as_deref(), now_ms);
        self.try_again(fault);
    }

    fn try_again(&mut self, fault: Fault) {
        let Some(ms) = fault.wait_ms(self.failures, self.max_retries, self.random) else {
            self.state = State::Over(Some(fault.error));
            return;
        };
        self.failures += 1;
        if let Content::Text { body, .. } = &mut self.content {
            body.clear();
        }
        self.events.push(ChatEvent::Retry {
            attempt: self.failures,
            wait_ms: ms,
            cause: fault.error.to_string(),
        });
        self.state = State::Waiting { ms };
    }

    fn take_time(&mut self, now_ms: f64) {
        self.chat.result_mut().total_ms = now_ms - self.started_ms;
        self.take_first_token();
    }

    fn take_first_token(&mut self) {
        let result = self.chat.result_mut();
        if result.first_token_ms.is_none() && self.events.iter().any(is_token) {
            result.first_token_ms = Some(result.total_ms);
        }
    }
}

fn is_token(event: &ChatEvent) -> bool {
    matches!(
        event,
        ChatEvent::Text { .. } | ChatEvent::Reasoning { .. } | ChatEvent::ToolCall { .. }
    )
}
