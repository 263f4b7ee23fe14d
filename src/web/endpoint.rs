//! The endpoint, reached by fetch.

use super::failure::message;
use super::fetch::FetchAnswer;
use super::{Abort, Data, blob, complete, pieces, sleep};
use crate::catalog::{Model, listing};
use crate::counting::CountRequest;
use crate::error::Error;
use crate::request::{Body, Draft, Piece};
use crate::stream::Target;
use crate::stream::session::{Endpoint, Session, before};
use gloo_net::http::Headers;
use std::cell::RefCell;
use wasm_bindgen::JsValue;
use web_sys::{Blob, Request, RequestInit};

/// The models that the endpoint lists, over those of the catalogue.
///
/// # Errors
///
/// [`Error::InvalidArgument`] for a target that means nothing; [`Error::Http`] and [`Error::Network`] after all
/// retries; [`Error::Stream`] where no list came; [`Error::Timeout`] and [`Error::Aborted`].
pub async fn list_models(
    target: Target,
    abort: Abort,
    max_retries: u32,
) -> Result<Vec<Model>, Error> {
    let endpoint = FetchEndpoint::to("models", target, abort);
    endpoint.target.check_timeout()?;
    let url = endpoint.url.clone();
    let session = Session::new(endpoint).with_max_retries(max_retries);
    let list = session.text(listing::MAX_BYTES).await?;
    let now = String::from(js_sys::Date::new_0().to_iso_string());
    let today = now.split('T').next().unwrap_or_default();
    listing::merge(&list, &url, today)
}

/// One request to the endpoint. Its abort is used up when it is dropped.
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
    /// Asks for a chat. `data` holds the data of each media item that travels in the body, by its index in
    /// [`Draft::all_media`].
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] for a time-out of 0, as by [`Body::pieces`], and for data that is missing.
    pub fn new(
        draft: &Draft,
        data: Vec<Option<Data>>,
        target: Target,
        abort: Abort,
    ) -> Result<Self, Error> {
        let mut endpoint = Self::to("chat/completions", target, abort);
        endpoint.target.check_timeout()?;
        endpoint.content = Some(Content {
            pieces: pieces(&Body::streamed(draft), &data)?,
            data,
            body: RefCell::default(),
        });
        Ok(endpoint)
    }

    /// Asks for the count of a draft.
    pub(super) fn for_count(
        draft: &Draft,
        request: CountRequest,
        data: Vec<Option<Data>>,
        target: Target,
        abort: Abort,
    ) -> Result<Self, Error> {
        let mut endpoint = Self::to(&request.path, target, abort);
        endpoint.target.check_timeout()?;
        endpoint.content = Some(Content {
            pieces: complete(request.pieces, &data, &Body::whole(draft))?,
            data,
            body: RefCell::default(),
        });
        Ok(endpoint)
    }

    fn to(path: &str, target: Target, abort: Abort) -> Self {
        Self {
            url: target.url(path),
            target,
            abort,
            content: None,
        }
    }

    /// What to send; the signal to abort it belongs to `fetch`.
    async fn request(&self) -> Result<Request, Error> {
        let invalid = |cause: JsValue| Error::invalid("baseUrl", message(&cause));
        let own = self.target.checked_headers()?;
        let init = RequestInit::new();
        let headers = Headers::new();
        if let Some(content) = &self.content {
            init.set_method("POST");
            init.set_body(&content.body().await?.into());
            headers.set("content-type", "application/json");
            headers.set("accept", "text/event-stream");
        }
        for (name, value) in own {
            headers.set(name, &value);
        }
        init.set_headers(&headers.into_raw());
        Request::new_with_str_and_init(&self.url, &init).map_err(invalid)
    }
}

impl Endpoint for FetchEndpoint {
    type Answer = FetchAnswer;

    async fn send(&self) -> Result<FetchAnswer, Error> {
        let request = self.request().await?;
        FetchAnswer::to(&request, &self.abort, self.target.timeout_ms, "").await
    }

    async fn wait(&self, ms: u32) -> Result<(), Error> {
        match before(self.abort.aborted(), sleep(ms)).await {
            Ok(reason) => Err(reason),
            Err(()) => Ok(()),
        }
    }

    fn now_ms(&self) -> f64 {
        js_sys::Date::now()
    }

    fn random(&self) -> f64 {
        js_sys::Math::random()
    }
}

impl Drop for FetchEndpoint {
    fn drop(&mut self) {
        self.abort.end();
    }
}
