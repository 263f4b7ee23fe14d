//! The body of an answer, read chunk by chunk.

use super::Abort;
use super::data::{copy_to, to_vec};
use super::failure::{broken_off, property};
use super::timer::IdleTimer;
use crate::error::Error;
use crate::stream::session::{Take, before};
use js_sys::{Date, Promise, Uint8Array};
use std::rc::Rc;
use wasm_bindgen::closure::ScopedClosure;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStream, ReadableStreamDefaultReader};

#[wasm_bindgen(module = "/src/web/pump.js")]
extern "C" {
    fn pump(
        reader: &ReadableStreamDefaultReader,
        take: &ScopedClosure<dyn FnMut(Option<Uint8Array>, u32, f64) -> bool>,
    ) -> Promise;
}

/// A body under way. Dropped, it frees the connection.
#[derive(Debug)]
pub(super) struct Reader {
    reader: ReadableStreamDefaultReader,
    abort: Abort,
    idle: Rc<IdleTimer>,
}

impl Reader {
    pub(super) fn new(body: &ReadableStream, abort: Abort, idle: Rc<IdleTimer>) -> Self {
        Self {
            reader: body.get_reader().unchecked_into(),
            abort,
            idle,
        }
    }

    /// The next bytes, or `None` at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<u8>>, Error> {
        let result = self.outcome(self.reader.read()).await?;
        let value = property(&result, "value");
        Ok(value.and_then(|value| value.dyn_ref().map(to_vec)))
    }

    /// Hands on chunk after chunk as it comes, for as long as it is read on. A future for each would make two closures
    /// each time, and take another turn of the event loop: that costs more than to read a chunk.
    pub(super) async fn pump(&mut self, take: Take<'_>) {
        let mut buffer = Vec::new();
        let mut on_chunk = |chunk: Option<Uint8Array>, length: u32, now_ms: f64| {
            // What takes chunks may abort.
            if self.abort.is_aborted() {
                return false;
            }
            self.idle.touch(now_ms);
            let bytes = chunk.map(|chunk| {
                copy_to(&mut buffer, &chunk, length);
                &*buffer
            });
            take(Ok(bytes), now_ms)
        };
        let on_chunk = ScopedClosure::borrow_mut(&mut on_chunk);
        let end = self.outcome(pump(&self.reader, &on_chunk)).await;
        drop(on_chunk);
        if let Err(error) = end {
            take(Err(error), Date::now());
        }
    }

    async fn outcome(&self, promise: Promise) -> Result<JsValue, Error> {
        self.idle.begin();
        let outcome = before(self.abort.aborted(), JsFuture::from(promise)).await;
        self.idle.pause();
        match outcome {
            Ok(reason) => Err(reason),
            Err(outcome) => outcome.map_err(|cause| broken_off(&self.abort, &cause)),
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.idle.end();
        // Rejects for a stream that broke; as a future, that does not surface as an unhandled rejection.
        drop(JsFuture::from(self.reader.cancel()));
    }
}
