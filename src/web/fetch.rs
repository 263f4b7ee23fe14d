//! An answer to fetch, read as it comes.

use super::Abort;
use crate::error::Error;
use crate::stream::failure::{self, Surroundings};
use crate::stream::session::Answer;
use gloo_net::http::{Request, Response};
use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{ReadableStreamDefaultReader, ReadableStreamReadResult};

#[wasm_bindgen]
extern "C" {
    /// Called by itself: what wraps it loses the cause of a failure, which is all that Node tells.
    #[wasm_bindgen(catch)]
    async fn fetch(
        request: &web_sys::Request,
        options: &web_sys::RequestInit,
    ) -> Result<JsValue, JsValue>;
}

/// An answer of which the headers are there.
#[derive(Debug)]
pub struct FetchAnswer {
    response: Response,
    chunks: Option<Chunks>,
    abort: Abort,
    timeout_ms: u32,
}

impl FetchAnswer {
    /// Sends a request; resolves when status and headers are there. An error says as much as the runtime
    /// tells, and `besides`: what else the caller can do where a browser lets no page read the answer.
    pub(super) async fn to(
        request: Request,
        abort: &Abort,
        timeout_ms: u32,
        besides: &str,
    ) -> Result<Self, Error> {
        let url = request.url();
        // The signal stands beside the request, not in it: Node lets go of that of a request that was
        // collected (undici follows it by a weak reference), and nothing would end the answer any more.
        let options = web_sys::RequestInit::new();
        options.set_signal(Some(&abort.signal()));
        let sent = abort
            .within(timeout_ms, fetch(&request.into(), &options))
            .await;
        let response = sent.map_err(|cause| no_answer(abort, &url, &cause, besides))?;
        let response = Response::from(response.unchecked_into::<web_sys::Response>());
        Ok(Self {
            chunks: Chunks::of(&response),
            response,
            abort: abort.clone(),
            timeout_ms,
        })
    }

    /// Where the answer came from, behind all redirects.
    pub(super) fn url(&self) -> String {
        self.response.url()
    }

    pub(super) fn status_text(&self) -> String {
        self.response.status_text()
    }
}

impl Answer for FetchAnswer {
    fn status(&self) -> u16 {
        self.response.status()
    }

    fn header(&self, name: &str) -> Option<String> {
        self.response.headers().get(name)
    }

    async fn chunk(&mut self) -> Result<Option<Vec<u8>>, Error> {
        let Some(chunks) = &mut self.chunks else {
            return Ok(None);
        };
        self.abort
            .within(self.timeout_ms, chunks.next(&self.abort))
            .await
    }
}

/// The bytes of a body as they come.
#[derive(Debug)]
struct Chunks {
    reader: ReadableStreamDefaultReader,
}

impl Chunks {
    /// `None` for a response without a body.
    fn of(response: &Response) -> Option<Self> {
        let reader = response.body()?.get_reader().unchecked_into();
        Some(Self { reader })
    }

    async fn next(&mut self, abort: &Abort) -> Result<Option<Vec<u8>>, Error> {
        let result = JsFuture::from(self.reader.read())
            .await
            .map_err(|cause| broken_off(abort, &cause))?;
        let result: ReadableStreamReadResult = result.unchecked_into();
        if result.get_done().unwrap_or(false) {
            return Ok(None);
        }
        Ok(Some(Uint8Array::new(&result.get_value()).to_vec()))
    }
}

/// Whoever stops listening frees the connection.
impl Drop for Chunks {
    fn drop(&mut self) {
        let cancelled = self.reader.cancel();
        // Rejects for a stream that broke, which must not surface as an unhandled rejection.
        spawn_local(async {
            let _ = JsFuture::from(cancelled).await;
        });
    }
}

/// Why a request has no answer: it was aborted, or whatever the runtime tells.
fn no_answer(abort: &Abort, url: &str, cause: &JsValue, besides: &str) -> Error {
    abort.reason().unwrap_or_else(|| {
        let page = global(&["origin"]).and_then(|page| page.as_string());
        let around = Surroundings {
            is_offline: global(&["navigator", "onLine"]).is_some_and(|online| online.is_falsy()),
            page: page.as_deref(),
        };
        failure::no_answer(url, &message(cause), around, besides)
    })
}

/// Why an answer ended before its end.
fn broken_off(abort: &Abort, cause: &JsValue) -> Error {
    abort
        .reason()
        .unwrap_or_else(|| failure::broken_off(&message(cause)))
}

/// What an error says, and what it says of its own cause: `fetch failed: connect ECONNREFUSED …`.
fn message(error: &JsValue) -> String {
    let own = |error: &JsValue| {
        let error: &js_sys::Error = error.dyn_ref()?;
        Some(String::from(error.message())).filter(|message| !message.is_empty())
    };
    let cause = property(error, "cause").unwrap_or_default();
    let causes = [
        own(error),
        // An attempt at several addresses has no message, but a code.
        own(&cause).or_else(|| property(&cause, "code")?.as_string()),
    ];
    let causes: Vec<_> = causes.into_iter().flatten().collect();
    causes.join(": ")
}

/// What the runtime's global object holds under these names; not every runtime has all of them.
fn global(names: &[&str]) -> Option<JsValue> {
    names
        .iter()
        .try_fold(js_sys::global().into(), |object, name| {
            property(&object, name)
        })
}

/// `None` also for what has no properties.
fn property(object: &JsValue, name: &str) -> Option<JsValue> {
    let value = js_sys::Reflect::get(object, &name.into()).ok()?;
    (!value.is_undefined()).then_some(value)
}
