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
//! A request goes wrong in the way that the header [`FAULT_HEADER`] names, or its path: with
//! `http://…/faults/no-done/v1` for a base URL, all requests do. The path wins. Several faults, with commas
//! between them, happen from left to right; one that has no meaning for a request is left out. In a path, a slash
//! within a fault is written `%2F`.
//!
//! | Fault | What happens |
//! |-------|--------------|
//! | `none`                                                  | nothing |
//! | *in place of an answer, of a completion or of the list* |  |
//! | `status-NNN`                                            | that status, from 200 to 599, with an error as its body where it may have one; `status-429` says `Retry-After: 1` |
//! | `status-NNN;retry-after=S`                              | the same, to be tried again after so many seconds; `none` for no such header |
//! | `status-NNN;retry-after-date=S`                         | the same as a date, so many seconds ahead |
//! | `status-NNN-once`                                       | only to the first request of each [`ID_HEADER`], or of each `;id=…` |
//! | `redirect-NNN`                                          | that status, to the same address without faults; `;to=http://…` for another origin |
//! | `html`, `html-NNN`                                      | a web page, with status 200 or this one |
//! | `text`                                                  | a line of plain text, with status 200 |
//! | `error-object`                                          | an error as JSON, with status 200 |
//! | `hang`                                                  | not even headers, until the client leaves |
//! | *in what a stream says*                                 |  |
//! | `error-first`                                           | an error object as the first event |
//! | `error-in-stream`                                       | an error object halfway |
//! | `error-after-finish`                                    | an error object behind the finish reason, in place of the usage |
//! | `error-after-done`                                      | an error object behind `[DONE]` |
//! | `choice-error`                                          | an error halfway, within the choice |
//! | `done-only`                                             | `[DONE]`, and nothing else |
//! | `text-after-done`                                       | another delta behind `[DONE]` |
//! | `no-done`                                               | a finish reason and usage, but no `[DONE]` |
//! | `no-usage`                                              | no usage anywhere |
//! | `choice-usage`                                          | usage in the choice only |
//! | `doubled-usage`                                         | usage at the top level of the last two chunks, with other numbers in the choice |
//! | `several-choices`                                       | two choices in each chunk |
//! | `refusal`                                               | the words as `refusal` in place of `content` |
//! | `tool-calls`                                            | two tool calls in pieces behind the words |
//! | `tool-calls-no-index`                                   | the same without `index` |
//! | `huge-N`                                                | one more delta, of which the event's data has N bytes |
//! | *in how a stream travels*                               |  |
//! | `json`                                                  | the answer in one piece, although a stream was asked for |
//! | `slow-MS`                                               | that pause before each piece |
//! | `stepwise;id=X`                                         | no piece before `POST /steps/X/N` asks for N more |
//! | `bytewise`, `pieces-N`                                  | one byte a chunk, or N, without pauses |
//! | `silence`, `silence-N`                                  | headers and N bytes, then nothing until the client leaves |
//! | `hold`, `beats`                                         | behind the last piece nothing, or comments, until the client leaves |
//! | `reset`                                                 | the connection breaks behind the last piece |
//! | `heartbeats`                                            | heartbeats of all kinds between the events |
//! | `drop`, `cut-N`                                         | the connection breaks halfway, or after N bytes of the body |
//! | `end-N`                                                 | the body ends after N bytes, as if that were all |
//! | `crlf`                                                  | CR LF line ends, a byte order mark and comments |
//! | `broken-event`                                          | the JSON of one event halfway is cut short |
//! | `content-type-T`                                        | this content type, `none` for no such header |
//! | `gzip`                                                  | compressed |
//! | *in the list of models*                                 |  |
//! | `unknown-model`                                         | a vision model that is in no catalogue, with its prices |
//! | `no-pricing`                                            | no price of the first model |
//! | `other-prices`                                          | other prices and another context of the first model than in the catalogue |
//! | `broken-list`                                           | a list that breaks off |
//! | *in a count*                                            |  |
//! | `tiles`                                                 | images by tiles of 14×14 pixels, and not as the model's own code counts them |
//! | `no-count`                                              | an answer without a count |
//! | *to pages of other origins*                             |  |
//! | `cors`, `no-cors`                                       | they may read, or not, whatever the options say; by header not in a preflight, which has none |
//!
//! Faults of streams are refused where no stream is asked for, so that nobody waits for them in vain.

mod answer;
mod check;
mod count;
mod fault;
mod form;
mod models;
mod refusal;

pub use fault::{FAULT_HEADER, ID_HEADER};

use answer::Answer;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use axum::{Json, Router};
use count::Counter;
use fault::{Failed, Faults, PATH_PARAMETER, Sending, Steps};
use form::Form;
use refusal::Refusal;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::{io, time::Duration};
use tokio::net::TcpListener;
use tower::{Layer, ServiceExt};
use tower_http::cors::{AllowHeaders, Any, CorsLayer};

const MODELS: &str = "/v1/models";
/// Behind `/v1/`: what only counts.
const COUNTERS: [&str; 4] = [
    "tokenizers/estimate-token-count",
    "responses/input_tokens",
    "messages/count_tokens",
    "models/{model}",
];

/// How the endpoint behaves to everyone; a single request asks for faults.
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

/// `GET /v1/models` and `POST /v1/chat/completions`, `/v1/responses`, `/v1/messages` and what only counts, also under
/// `/faults/…`, and `POST /steps/…`. It has no fallback,
/// so it merges with a router that serves files on the same origin.
pub fn router(options: Options) -> Router {
    let server = Arc::new(Server {
        options,
        answers: AtomicU64::new(0),
        failed: Failed::default(),
        steps: Steps::default(),
    });
    let under = |prefix: String| {
        let router = Router::new()
            .route(&format!("{prefix}{MODELS}"), get(list))
            .route(&format!("{prefix}{}", Form::Chat.path()), post(chat))
            .route(
                &format!("{prefix}{}", Form::Responses.path()),
                post(respond),
            )
            .route(&format!("{prefix}{}", Form::Messages.path()), post(message));
        COUNTERS.iter().fold(router, |router, path| {
            router.route(&format!("{prefix}/v1/{path}"), post(count))
        })
    };
    under(String::new())
        .merge(under(format!("/faults/{{{PATH_PARAMETER}}}")))
        .route("/steps/{id}/{count}", post(step))
        // The model's own limit holds. Bodies beyond it are read to their end all the same: a refusal
        // sent before that reaches a browser as a broken connection.
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(Arc::clone(&server), let_in))
        .with_state(server)
}

/// Answers on this listener until the process ends.
pub async fn serve(listener: TcpListener, options: Options) -> io::Result<()> {
    // Otherwise the system gathers small pieces, and the stream comes in lumps.
    let listener = listener.tap_io(|connection| {
        let _ = connection.set_nodelay(true);
    });
    axum::serve(listener, router(options)).await
}

/// Lets pages of other origins in, or not, as the options and the faults of a request say.
async fn let_in(
    State(server): State<Arc<Server>>,
    faults: Faults,
    request: Request,
    next: Next,
) -> Response {
    let allow = faults.allow_origin().unwrap_or(server.options.allow_origin);
    let answered: Result<Response, Infallible> = if allow {
        let answered = cors().layer(next).oneshot(request).await;
        answered.map(IntoResponse::into_response)
    } else {
        Ok(next.run(request).await)
    };
    match answered {
        Ok(response) => response,
        Err(never) => match never {},
    }
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
    steps: Steps,
}

impl Server {
    fn authorise(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        let Some(key) = &self.options.key else {
            return Ok(());
        };
        let sent = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let bearer = sent(header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
        if [bearer, sent(HeaderName::from_static("x-api-key"))].contains(&Some(key)) {
            return Ok(());
        }
        Err(Refusal::new(
            StatusCode::UNAUTHORIZED,
            "invalid_api_key",
            "The API key is missing or wrong.",
        ))
    }
}

async fn step(
    State(server): State<Arc<Server>>,
    Path((id, count)): Path<(String, u16)>,
) -> StatusCode {
    server.steps.add(&id, count);
    StatusCode::NO_CONTENT
}

async fn list(
    State(server): State<Arc<Server>>,
    faults: Faults,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    server.authorise(&headers)?;
    if let Some(response) = faults.instead(MODELS, &server.failed).await? {
        return Ok(response);
    }
    let list = faults.bend_list(models::list());
    Ok(([(header::CONTENT_TYPE, "application/json")], list).into_response())
}

/// A count, without an answer.
async fn count(
    State(server): State<Arc<Server>>,
    uri: Uri,
    faults: Faults,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    if server.options.key.is_some() {
        server.authorise(&headers)?;
    }
    if let Some(response) = faults.instead(uri.path(), &server.failed).await? {
        return Ok(response);
    }
    let path = uri.path().rsplit_once("/v1/").map(|(_, path)| path);
    let counter = path
        .and_then(Counter::at)
        .ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "not_found", "Nothing counts here."))?;
    let tokens = counter.count(&body, faults.counts_tiles())?;
    let answer = if faults.gives_no_count() {
        serde_json::json!({ "count": "many" })
    } else {
        counter.answer(tokens)
    };
    Ok(Json(answer).into_response())
}

async fn chat(
    State(server): State<Arc<Server>>,
    faults: Faults,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    complete(&server, &faults, &headers, &body, Form::Chat).await
}

async fn respond(
    State(server): State<Arc<Server>>,
    faults: Faults,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    complete(&server, &faults, &headers, &body, Form::Responses).await
}

async fn message(
    State(server): State<Arc<Server>>,
    faults: Faults,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    complete(&server, &faults, &headers, &body, Form::Messages).await
}

async fn complete(
    server: &Server,
    faults: &Faults,
    headers: &HeaderMap,
    body: &[u8],
    form: Form,
) -> Response {
    let answered = answer(server, faults, headers, body, form).await;
    answered.unwrap_or_else(|refusal| refusal.respond(form))
}

async fn answer(
    server: &Server,
    faults: &Faults,
    headers: &HeaderMap,
    body: &[u8],
    form: Form,
) -> Result<Response, Refusal> {
    server.authorise(headers)?;
    if let Some(response) = faults.instead(form.path(), &server.failed).await? {
        return Ok(response);
    }
    let request = check::request(body, form)?;
    let answer = Answer::to(&request, server.answers.fetch_add(1, Ordering::Relaxed));
    let whole = || match form {
        Form::Chat => answer.whole(),
        Form::Responses => answer.response(),
        Form::Messages => answer.message(),
    };
    if !request.stream {
        faults.must_not_need_stream()?;
        return Ok(Json(whole()).into_response());
    }
    let mut sending = if faults.want_json() {
        Sending::json(whole().to_string())
    } else {
        let events = match form {
            Form::Chat => {
                let mut script = answer.script(request.include_usage);
                faults.bend_script(&mut script);
                script.events()
            }
            // What bends a stream of chat completions does nothing to these.
            Form::Responses => answer.response_events(),
            Form::Messages => answer.message_events(),
        };
        Sending::events(events, server.options.chunk_delay)
    };
    faults.bend_sending(&mut sending, &server.steps);
    Ok(sending.into_response())
}
