//! The endpoint, reached by fetch.

use super::fetch::FetchAnswer;
use super::{Abort, Data, blob, pieces};
use crate::catalog::{Model, listing};
use crate::error::Error;
use crate::request::{Body, Draft, Piece, Target};
use crate::stream::session::{Endpoint, Session};
use gloo_net::http::{Headers, Request};
use std::cell::RefCell;
use web_sys::Blob;

/// The models that the endpoint lists, over those of the catalogue.
pub async fn list_models(
    target: Target,
    abort: Abort,
    max_retries: u32,
) -> Result<Vec<Model>, Error> {
    let endpoint = FetchEndpoint::to("models", None, target, abort)?;
    let url = endpoint.url.clone();
    let session = Session::new(endpoint).with_max_retries(max_retries);
    let list = session.text(listing::MAX_BYTES).await?;
    let now = String::from(js_sys::Date::new_0().to_iso_string());
    let today = now.split('T').next().unwrap_or_default();
    listing::merge(&list, &url, today)
}

/// One request to the endpoint.
#[derive(Debug)]
pub struct FetchEndpoint {
    url: String,
    target: Target,
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
        target: Target,
        abort: Abort,
    ) -> Result<Self, Error> {
        let content = Content {
            pieces: pieces(&Body::streamed(draft), &data)?,
            data,
            body: RefCell::default(),
        };
        Self::to("chat/completions", Some(content), target, abort)
    }

    fn to(
        path: &str,
        content: Option<Content>,
        target: Target,
        abort: Abort,
    ) -> Result<Self, Error> {
        target.check_timeout()?;
        Ok(Self {
            url: target.url(path),
            content,
            target,
            abort,
        })
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
        for (name, value) in self.target.checked_headers()? {
            headers.set(name, &value);
        }
        Ok(headers)
    }
}

impl Endpoint for FetchEndpoint {
    type Answer = FetchAnswer;

    async fn send(&self) -> Result<FetchAnswer, Error> {
        let request = self.request().await?;
        FetchAnswer::to(request, &self.abort, self.target.timeout_ms, "").await
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
