//! The endpoint, reached by fetch.

use super::fetch::FetchAnswer;
#[cfg(feature = "wasm")]
use super::fetch::{broken_off, no_answer};
use super::{Abort, Data, blob, pieces};
use crate::catalog::{BASE_URL, Model, listing};
use crate::error::Error;
use crate::request::{Body, Draft, Piece};
use crate::stream::retry::fetch_whole;
use crate::stream::session::{DEFAULT_TIMEOUT_MS, Endpoint};
use gloo_net::http::{Headers, Request};
use std::cell::RefCell;
use web_sys::Blob;

/// Longest list of models: 4 MiB.
const MAX_LIST_BYTES: usize = 4 * 1024 * 1024;

/// Where to send a request, and as whom.
#[derive(Clone, Debug)]
pub struct Options {
    pub base_url: String,
    pub api_key: Option<String>,
    pub headers: Vec<(String, String)>,
    /// Longest silence in milliseconds, before the answer and inside it.
    pub timeout_ms: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            base_url: BASE_URL.to_owned(),
            api_key: None,
            headers: Vec::new(),
            timeout_ms: DEFAULT_TIMEOUT_MS,
        }
    }
}

/// The models that the endpoint lists, over those of the catalogue.
pub async fn list_models(
    options: Options,
    abort: Abort,
    max_retries: u32,
) -> Result<Vec<Model>, Error> {
    let endpoint = FetchEndpoint::to("models", None, options, abort)?;
    let list = fetch_whole(&endpoint, max_retries, MAX_LIST_BYTES).await?;
    let now = String::from(js_sys::Date::new_0().to_iso_string());
    let today = now.split('T').next().unwrap_or_default();
    listing::merge(&list, &endpoint.url, today)
}

/// One request to the endpoint.
#[derive(Debug)]
pub struct FetchEndpoint {
    url: String,
    options: Options,
    abort: Abort,
    /// What is posted; nothing is fetched by GET.
    content: Option<Content>,
}

/// A body before it is sent.
#[derive(Debug)]
struct Content {
    pieces: Vec<Piece>,
    data: Vec<Option<Data>>,
    /// Encoded when it is first sent, and kept for another try.
    body: RefCell<Option<Blob>>,
}

impl Content {
    async fn body(&self) -> Result<Blob, Error> {
        let kept = self.body.borrow().clone();
        if let Some(body) = kept {
            return Ok(body);
        }
        let body = blob(&self.pieces, &self.data).await?;
        self.body.replace(Some(body.clone()));
        Ok(body)
    }
}

impl FetchEndpoint {
    /// Asks for a chat. `data` holds the data of each medium that travels in the body, by its place in
    /// [`Draft::all_media`].
    pub fn new(
        draft: &Draft,
        data: Vec<Option<Data>>,
        options: Options,
        abort: Abort,
    ) -> Result<Self, Error> {
        let content = Content {
            pieces: pieces(&Body::streamed(draft), &data)?,
            data,
            body: RefCell::default(),
        };
        Self::to("chat/completions", Some(content), options, abort)
    }

    fn to(
        path: &str,
        content: Option<Content>,
        options: Options,
        abort: Abort,
    ) -> Result<Self, Error> {
        if options.timeout_ms == 0 {
            return Err(Error::invalid("timeoutMs", "it must be above 0"));
        }
        let base_url = options.base_url.trim_end_matches('/');
        Ok(Self {
            url: format!("{base_url}/{path}"),
            content,
            options,
            abort,
        })
    }

    /// Why a request was not answered, or its answer broke off.
    #[cfg(feature = "wasm")]
    pub(crate) fn failure(&self, cause: &wasm_bindgen::JsValue, is_answered: bool) -> Error {
        match is_answered {
            true => broken_off(&self.abort, cause),
            false => no_answer(&self.abort, &self.url, cause, ""),
        }
    }

    /// What to send; the signal to abort it belongs to `fetch`.
    pub(crate) async fn request(&self) -> Result<Request, Error> {
        let headers = self.headers()?;
        let request = match &self.content {
            None => Request::get(&self.url).headers(headers).build(),
            Some(content) => {
                headers.set("content-type", "application/json");
                headers.set("accept", "text/event-stream");
                Request::post(&self.url)
                    .headers(headers)
                    .body(content.body().await?)
            }
        };
        request.map_err(|error| Error::invalid("baseUrl", error.to_string()))
    }

    fn headers(&self) -> Result<Headers, Error> {
        let headers = Headers::new();
        let bearer = self
            .options
            .api_key
            .iter()
            .map(|key| ("authorization", format!("Bearer {key}")));
        let own = self
            .options
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.clone()));
        for (name, value) in bearer.chain(own) {
            // Setting a header with characters that none may have would throw.
            let valid = value
                .bytes()
                .all(|byte| matches!(byte, b'\t' | b' '..=b'~'));
            if name.is_empty() || !name.bytes().all(is_token) || !valid {
                return Err(Error::invalid(
                    format!("header {name:?}"),
                    "it holds a character that a header cannot hold",
                ));
            }
            headers.set(name, &value);
        }
        Ok(headers)
    }
}

/// RFC 9110, section 5.6.2.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

impl Endpoint for FetchEndpoint {
    type Answer = FetchAnswer;

    async fn send(&self) -> Result<FetchAnswer, Error> {
        let request = self.request().await?;
        FetchAnswer::to(request, &self.abort, self.options.timeout_ms, "").await
    }

    async fn wait(&self, ms: u32) -> Result<(), Error> {
        self.abort.pause(ms).await;
        self.abort.reason().map_or(Ok(()), Err)
    }

    fn now_ms(&self) -> f64 {
        js_sys::Date::now()
    }

    fn random(&self) -> f64 {
        js_sys::Math::random()
    }
}
