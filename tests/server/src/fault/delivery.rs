//! What goes wrong on a stream's way: its pieces, its pace, its end, its headers.

use super::asked::Asked;
use axum::body::{Body, Bytes};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use flate2::{Compression, write::GzEncoder};
use futures_util::{StreamExt, stream};
use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;

const BYTE_ORDER_MARK: &str = "\u{feff}";

#[derive(Clone, Debug)]
pub(super) enum Delivery {
    /// The connection breaks halfway.
    Drop,
    /// The body goes as far as this byte, and then this happens.
    Until(usize, End),
    /// All of it comes, and then this happens.
    Then(End),
    /// Heartbeats of all kinds between the events.
    Heartbeats,
    /// Pieces of so many bytes, without pauses.
    Pieces(usize),
    /// So long a pause before each piece.
    Slow(Duration),
    /// Only as many pieces as are asked for by this identifier.
    Stepwise(String),
    /// CR LF line ends, a byte order mark and comments.
    Crlf,
    /// The JSON of one event, halfway, is cut short.
    BrokenJson,
    /// `None` for no content type at all.
    ContentType(Option<HeaderValue>),
    Gzip,
}

/// What comes behind the last piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Clean,
    Broken,
    Silent,
    /// Comments come until the client leaves.
    Beating,
}

/// The pause between two comments of a line that is held open.
const BEAT: Duration = Duration::from_millis(20);

/// The pause before a connection breaks: a client loses what it has received and not read by then (Streams Standard,
/// ReadableStreamDefaultControllerError).
const BEFORE_BREAK: Duration = Duration::from_millis(200);

/// What proxies and servers send to keep a line open, beside comments.
const HEARTBEATS: [&str; 8] = [
    "data: null\n\n",
    "data: : PROCESSING\n\n",
    "data: []\n\n",
    "data: {}\n\n",
    "event: ping\ndata: 2026-01-01 08:40:33\n\n",
    "event: ping\ndata: {\"type\":\"ping\"}\n\n",
    "event: keep-alive\ndata: \"\"\n\n",
    "event: progress\ndata: {\"tool\":\"search\",\"message\":\"Searching\"}\n\n",
];

impl Delivery {
    pub(super) fn parse(asked: &Asked<'_>) -> Option<Self> {
        let until = |name, end| Some(Self::Until(asked.number(name)?, end));
        Some(match asked.name {
            "drop" => Self::Drop,
            "silence" => Self::Until(0, End::Silent),
            "hold" => Self::Then(End::Silent),
            "beats" => Self::Then(End::Beating),
            "reset" => Self::Then(End::Broken),
            "heartbeats" => Self::Heartbeats,
            "bytewise" => Self::Pieces(1),
            "crlf" => Self::Crlf,
            "broken-event" => Self::BrokenJson,
            "gzip" => Self::Gzip,
            "stepwise" => Self::Stepwise(asked.option("id")?.to_owned()),
            "content-type-none" => Self::ContentType(None),
            _ => {
                if let Some(kind) = asked.behind("content-type") {
                    return Some(Self::ContentType(Some(HeaderValue::from_str(kind).ok()?)));
                }
                if let Some(ms) = asked.number("slow") {
                    return Some(Self::Slow(Duration::from_millis(ms)));
                }
                if let Some(bytes) = asked.number("pieces") {
                    return Some(Self::Pieces(bytes)).filter(|_| bytes > 0);
                }
                return until("cut", End::Broken)
                    .or_else(|| until("end", End::Clean))
                    .or_else(|| until("silence", End::Silent));
            }
        })
    }

    pub(super) fn bend(&self, sending: &mut Sending, steps: &Steps) {
        match self {
            Self::Drop => {
                sending.pieces.truncate(sending.pieces.len() / 2);
                sending.end = End::Broken;
            }
            Self::Until(bytes, end) => {
                let mut left = *bytes;
                for piece in &mut sending.pieces {
                    piece.truncate(left);
                    left -= piece.len();
                }
                sending.pieces.retain(|piece| !piece.is_empty());
                sending.end = *end;
            }
            Self::Then(end) => sending.end = *end,
            Self::Heartbeats => {
                let beats = HEARTBEATS.iter().cycle().map(|beat| Bytes::from(*beat));
                let events = sending.pieces.drain(..);
                sending.pieces = beats.zip(events).flat_map(<[Bytes; 2]>::from).collect();
            }
            Self::Pieces(bytes) => {
                let whole = sending.pieces.concat();
                sending.pieces = whole.chunks(*bytes).map(Bytes::copy_from_slice).collect();
                sending.delay = Duration::ZERO;
            }
            Self::Slow(delay) => sending.delay = *delay,
            Self::Stepwise(id) => sending.steps = Some(steps.of(id)),
            Self::Crlf => {
                for piece in &mut sending.pieces {
                    let event = String::from_utf8_lossy(piece);
                    *piece = format!(": a comment\n{event}").replace('\n', "\r\n").into();
                }
                sending.pieces.insert(0, BYTE_ORDER_MARK.into());
            }
            Self::BrokenJson => {
                let half = sending.pieces.len() / 2;
                if let Some(piece) = sending.pieces.get_mut(half) {
                    let event = piece.slice(..piece.len() / 2);
                    *piece = [&*event, b"\n\n"].concat().into();
                }
            }
            Self::ContentType(kind) => sending.content_type = kind.clone(),
            Self::Gzip => {
                // Fails for no writer in memory.
                if let Ok(compressed) = gzip(&sending.pieces.concat()) {
                    sending.pieces = vec![compressed.into()];
                    sending.content_encoding = Some(HeaderValue::from_static("gzip"));
                }
            }
        }
    }
}

fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// The pieces that were asked for and not yet sent, by the identifier of a stream.
#[derive(Debug, Default)]
pub(crate) struct Steps(Mutex<HashMap<String, Arc<Semaphore>>>);

impl Steps {
    pub(crate) fn add(&self, id: &str, count: u16) {
        self.of(id).add_permits(count.into());
    }

    fn of(&self, id: &str) -> Arc<Semaphore> {
        let mut steps = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of_stream = steps
            .entry(id.to_owned())
            .or_insert_with(|| Arc::new(Semaphore::new(0)));
        Arc::clone(of_stream)
    }
}

/// A body on its way.
#[derive(Clone, Debug)]
pub(crate) struct Sending {
    content_type: Option<HeaderValue>,
    content_encoding: Option<HeaderValue>,
    pieces: Vec<Bytes>,
    /// The pause before each piece.
    delay: Duration,
    /// What each piece waits for.
    steps: Option<Arc<Semaphore>>,
    end: End,
}

impl Sending {
    /// Events as they should come.
    pub(crate) fn events(events: Vec<String>, delay: Duration) -> Self {
        let pieces = events.into_iter().map(Bytes::from);
        Self::new("text/event-stream", pieces.collect(), delay)
    }

    /// JSON in one piece.
    pub(crate) fn json(json: String) -> Self {
        Self::new("application/json", vec![json.into()], Duration::ZERO)
    }

    fn new(content_type: &'static str, pieces: Vec<Bytes>, delay: Duration) -> Self {
        Self {
            content_type: Some(HeaderValue::from_static(content_type)),
            content_encoding: None,
            pieces,
            delay,
            steps: None,
            end: End::Clean,
        }
    }
}

impl IntoResponse for Sending {
    fn into_response(self) -> Response {
        let (delay, steps, end) = (self.delay, self.steps, self.end);
        let pieces = self.pieces.into_iter().map(Ok::<_, io::Error>);
        let paced = stream::iter(pieces).then(move |piece| {
            let steps = steps.clone();
            async move {
                pause(delay).await;
                if let Some(steps) = &steps
                    && let Ok(step) = steps.acquire().await
                {
                    step.forget();
                }
                piece
            }
        });
        let body = match end {
            End::Silent => Body::from_stream(paced.chain(stream::pending())),
            End::Beating => {
                let beats = stream::repeat(()).then(|()| async {
                    pause(BEAT).await;
                    Ok(Bytes::from(": still here\n\n"))
                });
                Body::from_stream(paced.chain(beats))
            }
            End::Clean => Body::from_stream(paced),
            End::Broken => Body::from_stream(paced.chain(stream::once(async {
                pause(BEFORE_BREAK).await;
                Err(io::ErrorKind::ConnectionReset.into())
            }))),
        };
        let mut response = body.into_response();
        let headers: [(HeaderName, Option<HeaderValue>); 3] = [
            (header::CONTENT_TYPE, self.content_type),
            (header::CONTENT_ENCODING, self.content_encoding),
            (
                header::CACHE_CONTROL,
                Some(HeaderValue::from_static("no-cache")),
            ),
        ];
        for (name, value) in headers {
            if let Some(value) = value {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

async fn pause(delay: Duration) {
    if delay.is_zero() {
        // The server flushes when there is nothing at hand; without this, pieces would go out together.
        tokio::task::yield_now().await;
    } else {
        tokio::time::sleep(delay).await;
    }
}
