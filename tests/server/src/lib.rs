//! A local stand-in for the endpoint: it speaks the wire format, holds requests to the catalogue's
//! limits, counts tokens by the processor rule, and misbehaves when asked to. For tests, and for trying
//! the page by hand without a key.
//!
//! It is no model. Its answer says so, lists the media that arrived, and repeats the prompt. Each word
//! of it counts as a token, and `max_tokens` cuts it short.
//!
//! It has no network: media by URL are not fetched, so their sizes in bytes are not checked, and an
//! image counts as 1024×1024 pixels, a video as 10 seconds of 640×360 pixels at 30 frames a second.
//! Media in the body are read by [`tilewise::probe`], and what that cannot read is refused.
//!
//! # Faults
//!
//! A completion that carries the header [`FAULT_HEADER`] goes wrong in the way that it names:
//!
//! | Value             | What happens                                                               |
//! |-------------------|----------------------------------------------------------------------------|
//! | `status-429`      | status 429 with `Retry-After: 1`                                           |
//! | `status-500`      | status 500                                                                 |
//! | `status-503-once` | status 503 to the first request of each [`ID_HEADER`], then proper answers |
//! | `html`            | a web page with status 200                                                 |
//! | `json`            | the answer in one piece, although a stream was asked for                   |
//! | `drop`            | the connection breaks halfway                                              |
//! | `error-in-stream` | an error object halfway                                                    |
//! | `no-done`         | a finish reason, but no `[DONE]`                                           |
//! | `silence`         | headers, then nothing until the client leaves                              |
//! | `crlf`            | CR LF line ends, a byte order mark and comments                            |
//! | `bytewise`        | one byte a chunk, without pauses                                           |

mod answer;
mod check;
mod fault;
mod models;
mod refusal;

pub use fault::{FAULT_HEADER, ID_HEADER};

use answer::Answer;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use axum::{Json, Router};
use fault::{Failed, Fault};
use futures_util::{Stream, StreamExt, stream};
use refusal::Refusal;
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::{io, time::Duration};
use tokio::net::TcpListener;
use tower_http::cors::{AllowHeaders, Any, CorsLayer};

/// How the endpoint behaves to everyone; a single request asks for a fault by header.
#[derive(Clone, Debug)]
pub struct Options {
    /// The pause before each piece of a streamed answer. Default: 20 ms.
    pub chunk_delay: Duration,
    /// The key without which no request is answered. Default: none, and any key or none will do.
    pub key: Option<String>,
    /// Whether pages of other origins may call. Off by default, because nobody has shown that the real
    /// endpoint lets them.
    pub allow_origin: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            chunk_delay: Duration::from_millis(20),
            key: None,
            allow_origin: false,
        }
    }
}

/// `GET /v1/models` and `POST /v1/chat/completions`. It has no fallback, so it merges with a router
/// that serves files on the same origin.
pub fn router(options: Options) -> Router {
    let allow_origin = options.allow_origin;
    let server = Arc::new(Server {
        options,
        answers: AtomicU64::new(0),
        failed: Failed::default(),
    });
    let router = Router::new()
        .route("/v1/models", get(list))
        .route("/v1/chat/completions", post(complete))
        // The model's own limit holds. Bodies beyond it are read to their end all the same: a refusal
        // sent before that reaches a browser as a broken connection.
        .layer(DefaultBodyLimit::disable())
        .with_state(server);
    if allow_origin {
        router.layer(cors())
    } else {
        router
    }
}

/// Answers on this listener until the process ends.
pub async fn serve(listener: TcpListener, options: Options) -> io::Result<()> {
    // Otherwise the system gathers small pieces, and the stream comes in lumps.
    let listener = listener.tap_io(|connection| {
        let _ = connection.set_nodelay(true);
    });
    axum::serve(listener, router(options)).await
}

fn cors() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods(Any)
        // A wildcard would leave out `Authorization` (Fetch Standard, CORS-preflight fetch).
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers([header::RETRY_AFTER])
}

struct Server {
    options: Options,
    answers: AtomicU64,
    failed: Failed,
}

impl Server {
    fn authorise(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        let Some(key) = &self.options.key else {
            return Ok(());
        };
        let sent = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        if sent.and_then(|value| value.strip_prefix("Bearer ")) == Some(key) {
            return Ok(());
        }
        Err(Refusal::new(
            StatusCode::UNAUTHORIZED,
            "invalid_api_key",
            "The API key is missing or wrong.",
        ))
    }
}

async fn list(
    State(server): State<Arc<Server>>,
    headers: HeaderMap,
) -> Result<Json<Value>, Refusal> {
    server.authorise(&headers)?;
    Ok(Json(models::list()))
}

async fn complete(
    State(server): State<Arc<Server>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    server.authorise(&headers)?;
    let fault = Fault::of(&headers)?;
    if let Some(response) = fault::instead(fault, &headers, &server.failed)? {
        return Ok(response);
    }
    let request = check::request(&body)?;
    let answer = Answer::to(&request, server.answers.fetch_add(1, Ordering::Relaxed));
    if !request.stream {
        fault::must_not_need_stream(fault)?;
        return Ok(Json(answer.whole()).into_response());
    }
    if fault == Some(Fault::Json) {
        return Ok(Json(answer.whole()).into_response());
    }
    let delay = match fault {
        Some(Fault::Bytewise) => Duration::ZERO,
        _ => server.options.chunk_delay,
    };
    let pieces = fault::bend(fault, answer.events(request.include_usage));
    let paced = stream::iter(pieces).then(move |piece| async move {
        pause(delay).await;
        piece
    });
    Ok(event_stream(paced))
}

fn event_stream(pieces: impl Stream<Item = io::Result<Bytes>> + Send + 'static) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, Body::from_stream(pieces)).into_response()
}

async fn pause(delay: Duration) {
    if delay.is_zero() {
        // The server flushes when there is nothing at hand; without this, pieces would go out together.
        tokio::task::yield_now().await;
    } else {
        tokio::time::sleep(delay).await;
    }
}
