//! An answer to fetch, read as it comes.

use super::Abort;
use super::failure::no_answer;
use super::reader::Reader;
use super::timer::IdleTimer;
use crate::error::Error;
use crate::stream::session::{Answer, Take, before};
use gloo_net::http::Response;
use wasm_bindgen::prelude::*;
use web_sys::{Request, RequestInit};

#[wasm_bindgen]
extern "C" {
    /// Called by itself: in a page it belongs to the window, in a worker to something else.
    #[wasm_bindgen(catch)]
    async fn fetch(request: &Request, options: &RequestInit) -> Result<JsValue, JsValue>;
}

/// An answer of which the headers are there.
#[derive(Debug)]
pub struct FetchAnswer {
    pub(super) response: Response,
    /// `None` for an answer without a body.
    reader: Option<Reader>,
}

impl FetchAnswer {
    /// Sends a request; resolves when status and headers are there. An error says as much as the runtime
    /// tells, and `cors_hint`: what else the caller can do where a browser lets no page read the answer.
    pub(super) async fn to(
        request: &Request,
        abort: &Abort,
        timeout_ms: u32,
        cors_hint: &str,
    ) -> Result<Self, Error> {
        if let Some(reason) = abort.reason() {
            return Err(reason);
        }
        // The signal stands beside the request, not in it: Node lets go of that of a request that was
        // collected (undici follows it by a weak reference), and nothing would end the answer any more.
        let options = RequestInit::new();
        options.set_signal(Some(&abort.signal()));
        let idle = IdleTimer::new(timeout_ms, abort.clone());
        idle.begin();
        let sent = before(fetch(request, &options), abort.aborted()).await;
        idle.pause();
        let response =
            sent?.map_err(|cause| no_answer(abort, &request.url(), &cause, cors_hint))?;
        let response = Response::from(response.unchecked_into::<web_sys::Response>());
        let body = response.body();
        Ok(Self {
            reader: body.map(|body| Reader::new(&body, abort.clone(), idle)),
            response,
        })
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
        match &mut self.reader {
            Some(reader) => reader.next().await,
            None => Ok(None),
        }
    }

    async fn pump(&mut self, take: Take<'_>) {
        if let Some(reader) = &mut self.reader {
            reader.pump(take).await;
        }
    }
}
