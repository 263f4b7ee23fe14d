//! One request and its answer, over any transport: an [`Exchange`] driven by whatever sends and reads.

use super::event::{ChatEvent, ChatResult};
use super::exchange::{Exchange, ExchangeStep};
use super::retry::DEFAULT_MAX_RETRIES;
use crate::error::Error;
use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

/// Longest silence in milliseconds, unless told otherwise.
pub const DEFAULT_TIMEOUT_MS: u32 = 60_000;

/// Sends one prepared request, as often as asked.
pub trait Endpoint {
    /// What [`send`](Self::send) resolves to.
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
    /// The HTTP status.
    fn status(&self) -> u16;

    /// The value of a header, by its name in lower case; `None` where there is none, or a browser hides it.
    fn header(&self, name: &str) -> Option<String>;

    /// The next bytes, or `None` at the end.
    fn chunk(&mut self) -> impl Future<Output = Result<Option<Vec<u8>>, Error>>;

    /// Gives chunk after chunk to `take`, for as long as that says to read on: for an answer that does so faster than by
    /// a future for each. By default each is asked for by [`chunk`](Self::chunk).
    fn pump(&mut self, _take: Take<'_>) -> impl Future<Output = ()> {
        async {}
    }
}

/// Takes the next bytes, the end or what went wrong, and the time in milliseconds since 1970. Whether to read on.
pub type Take<'t> = &'t mut dyn FnMut(Result<Option<&[u8]>, Error>, f64) -> bool;

/// A request that is sent when the first event is asked for.
#[derive(Debug)]
pub struct Session<E: Endpoint> {
    endpoint: E,
    max_retries: u32,
    /// The most bytes of an answer that is no chat.
    max_bytes: Option<usize>,
    /// Made when it begins.
    exchange: Option<Exchange>,
    answer: Option<E::Answer>,
    queue: VecDeque<ChatEvent>,
    nothing: ChatResult,
}

impl<E: Endpoint> Session<E> {
    /// A request to this endpoint, with [`DEFAULT_MAX_RETRIES`].
    pub fn new(endpoint: E) -> Self {
        Self {
            endpoint,
            max_retries: DEFAULT_MAX_RETRIES,
            max_bytes: None,
            exchange: None,
            answer: None,
            queue: VecDeque::new(),
            nothing: ChatResult::default(),
        }
    }

    /// Retries before the first byte of an answer; 0 for none.
    pub fn with_max_retries(mut self, max_retries: u32) -> Self {
        self.max_retries = max_retries;
        self
    }

    /// The answer so far.
    pub fn result(&self) -> &ChatResult {
        self.exchange
            .as_ref()
            .map_or(&self.nothing, Exchange::result)
    }

    /// An answer that is no chat, in one piece, as far as `max_bytes` bytes.
    ///
    /// # Errors
    ///
    /// As [`next`](Self::next).
    pub async fn text(mut self, max_bytes: usize) -> Result<String, Error> {
        self.max_bytes = Some(max_bytes);
        while self.next().await?.is_some() {}
        match &mut self.exchange {
            Some(exchange) => exchange.text(),
            None => Ok(String::new()),
        }
    }

    /// The next event; `None` when the answer is complete.
    ///
    /// # Errors
    ///
    /// [`Error::Http`] or [`Error::Network`] after all retries, [`Error::Stream`] for an answer that broke off or held
    /// an error, and whatever else the endpoint fails with, such as [`Error::Aborted`] and [`Error::Timeout`].
    pub async fn next(&mut self) -> Result<Option<ChatEvent>, Error> {
        loop {
            if let Some(event) = self.queue.pop_front() {
                return Ok(Some(event));
            }
            let exchange = self.exchange();
            let events = exchange.take_events();
            match exchange.step() {
                _ if !events.is_empty() => self.queue.extend(events),
                ExchangeStep::Over => return self.end().map(|()| None),
                _ => self.advance().await,
            }
        }
    }

    /// Goes through to the end, and hands on events and the answer so far: the events that came together at once,
    /// before more is read.
    ///
    /// # Errors
    ///
    /// As [`next`](Self::next).
    pub async fn run(
        &mut self,
        mut on_events: impl FnMut(&[ChatEvent], &ChatResult),
    ) -> Result<(), Error> {
        loop {
            let exchange = self.exchange();
            exchange.hand_on_events(&mut on_events);
            match exchange.step() {
                ExchangeStep::Over => return self.end(),
                ExchangeStep::Read => self.pump(&mut on_events).await,
                _ => self.advance().await,
            }
        }
    }

    fn exchange(&mut self) -> &mut Exchange {
        let Self {
            endpoint,
            max_retries,
            max_bytes,
            ..
        } = self;
        self.exchange.get_or_insert_with(|| {
            let exchange = Exchange::new(*max_retries, endpoint.random(), endpoint.now_ms());
            match *max_bytes {
                Some(max_bytes) => exchange.of_text(max_bytes),
                None => exchange,
            }
        })
    }

    /// Reads on for as long as nothing else is to be done.
    async fn pump(&mut self, on_events: &mut impl FnMut(&[ChatEvent], &ChatResult)) {
        if let Some(answer) = &mut self.answer
            && let Some(exchange) = &mut self.exchange
        {
            let mut take = |chunk: Result<Option<&[u8]>, Error>, now_ms| {
                take_chunk(exchange, chunk, now_ms);
                exchange.hand_on_events(&mut *on_events);
                exchange.step() == ExchangeStep::Read
            };
            answer.pump(&mut take).await;
        }
        if self.exchange().step() == ExchangeStep::Read {
            self.advance().await;
        }
    }

    /// Does what is to be done next.
    async fn advance(&mut self) {
        match self.exchange().step() {
            ExchangeStep::Send => {
                let sent = self.endpoint.send().await;
                let now_ms = self.endpoint.now_ms();
                match sent {
                    Ok(sent) => {
                        let header = |name: &str| sent.header(name);
                        self.exchange().answered(sent.status(), header, now_ms);
                        self.answer = Some(sent);
                    }
                    Err(error) => self.exchange().failed(error, now_ms),
                }
            }
            ExchangeStep::Wait { ms } => {
                self.answer = None;
                match self.endpoint.wait(ms).await {
                    Ok(()) => self.exchange().waited(),
                    Err(error) => self.fail(error),
                }
            }
            ExchangeStep::Read => {
                let chunk = next_chunk(&mut self.answer).await;
                self.take(chunk);
            }
            ExchangeStep::Linger { ms } => {
                let chunk = next_chunk(&mut self.answer);
                match before(chunk, self.endpoint.wait(ms)).await {
                    Ok(chunk) => self.take(chunk),
                    Err(Ok(())) => self.exchange().waited(),
                    Err(Err(error)) => self.fail(error),
                }
            }
            ExchangeStep::Over => {}
        }
    }

    fn take(&mut self, chunk: Result<Option<Vec<u8>>, Error>) {
        let now_ms = self.endpoint.now_ms();
        let chunk = chunk.as_ref().map(Option::as_deref).map_err(Error::clone);
        take_chunk(self.exchange(), chunk, now_ms);
    }

    fn fail(&mut self, error: Error) {
        let now_ms = self.endpoint.now_ms();
        self.exchange().failed(error, now_ms);
    }

    fn end(&mut self) -> Result<(), Error> {
        // An answer that is dropped frees the connection.
        self.answer = None;
        self.exchange().end().map(|_| ())
    }
}

/// What comes, unless something else comes first.
pub(crate) async fn before<T, U>(
    coming: impl Future<Output = T>,
    other: impl Future<Output = U>,
) -> Result<T, U> {
    let (mut coming, mut other) = (pin!(coming), pin!(other));
    poll_fn(|context| match coming.as_mut().poll(context) {
        Poll::Ready(come) => Poll::Ready(Ok(come)),
        Poll::Pending => other.as_mut().poll(context).map(Err),
    })
    .await
}

async fn next_chunk(answer: &mut Option<impl Answer>) -> Result<Option<Vec<u8>>, Error> {
    match answer {
        Some(answer) => answer.chunk().await,
        None => Ok(None),
    }
}

fn take_chunk(exchange: &mut Exchange, chunk: Result<Option<&[u8]>, Error>, now_ms: f64) {
    match chunk {
        Ok(Some(bytes)) => exchange.received(bytes, now_ms),
        Ok(None) => exchange.ended(now_ms),
        Err(error) => exchange.failed(error, now_ms),
    }
}
