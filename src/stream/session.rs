//! One request and its answer, over any transport: an [`Exchange`] driven by whatever sends and reads.

use super::chat::{ChatEvent, ChatResult};
use super::exchange::{Exchange, Step};
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
    /// The most bytes of an answer that is no chat.
    most: Option<usize>,
    /// Made when it begins.
    exchange: Option<Exchange>,
    answer: Option<E::Answer>,
    queue: VecDeque<ChatEvent>,
    nothing: ChatResult,
}

impl<E: Endpoint> Session<E> {
    pub fn new(endpoint: E) -> Self {
        Self {
            endpoint,
            max_retries: DEFAULT_MAX_RETRIES,
            most: None,
            exchange: None,
            answer: None,
            queue: VecDeque::new(),
            nothing: ChatResult::default(),
        }
    }

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

    /// An answer that is no chat, in one piece, as far as `most` bytes.
    pub async fn text(mut self, most: usize) -> Result<String, Error> {
        self.most = Some(most);
        while self.next().await?.is_some() {}
        match &mut self.exchange {
            Some(exchange) => exchange.text(),
            None => Ok(String::new()),
        }
    }

    /// The next event; `None` when the answer is complete.
    pub async fn next(&mut self) -> Result<Option<ChatEvent>, Error> {
        let Self {
            endpoint,
            exchange,
            answer,
            queue,
            ..
        } = self;
        let exchange = exchange.get_or_insert_with(|| {
            let exchange = Exchange::new(self.max_retries, endpoint.random(), endpoint.now_ms());
            match self.most {
                Some(most) => exchange.of_text(most),
                None => exchange,
            }
        });
        loop {
            if let Some(event) = queue.pop_front() {
                return Ok(Some(event));
            }
            match exchange.step() {
                Step::Send => match endpoint.send().await {
                    Ok(sent) => {
                        let header = |name: &str| sent.header(name);
                        exchange.answered(sent.status(), header, endpoint.now_ms());
                        *answer = Some(sent);
                    }
                    Err(error) => exchange.failed(error, endpoint.now_ms()),
                },
                Step::Wait { ms } => {
                    *answer = None;
                    match endpoint.wait(ms).await {
                        Ok(()) => exchange.waited(),
                        Err(error) => exchange.failed(error, endpoint.now_ms()),
                    }
                }
                Step::Read => {
                    let chunk = next_chunk(answer).await;
                    take_chunk(exchange, chunk, endpoint.now_ms());
                }
                Step::Linger { ms } => match before(next_chunk(answer), endpoint.wait(ms)).await {
                    Ok(chunk) => take_chunk(exchange, chunk, endpoint.now_ms()),
                    Err(Ok(())) => exchange.waited(),
                    Err(Err(error)) => exchange.failed(error, endpoint.now_ms()),
                },
                Step::Over => {
                    // Whoever stops listening frees the connection.
                    *answer = None;
                    return exchange.end().map(|_| None);
                }
            }
            queue.extend(exchange.take_events());
        }
    }
}

type Chunk = Result<Option<Vec<u8>>, Error>;

async fn next_chunk(answer: &mut Option<impl Answer>) -> Chunk {
    match answer {
        Some(answer) => answer.chunk().await,
        None => Ok(None),
    }
}

fn take_chunk(exchange: &mut Exchange, chunk: Chunk, now_ms: f64) {
    match chunk {
        Ok(Some(bytes)) => exchange.received(&bytes, now_ms),
        Ok(None) => exchange.ended(now_ms),
        Err(error) => exchange.failed(error, now_ms),
    }
}

/// What comes, unless the wait for it is over first.
async fn before<T, W>(
    coming: impl Future<Output = T>,
    wait: impl Future<Output = W>,
) -> Result<T, W> {
    let (mut coming, mut wait) = (pin!(coming), pin!(wait));
    poll_fn(|context| match coming.as_mut().poll(context) {
        Poll::Ready(come) => Poll::Ready(Ok(come)),
        Poll::Pending => wait.as_mut().poll(context).map(Err),
    })
    .await
}
