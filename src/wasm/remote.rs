//! A file behind a URL as the package drives it.

use super::most;
use super::outcome::failure;
use super::session::{Cause, error};
use crate::remote::{BESIDES, HEADERS, Head, Remote, Step};
use crate::stream::failure::Surroundings;
use crate::stream::session::DEFAULT_TIMEOUT_MS;
use wasm_bindgen::prelude::*;

/// A conversation with one server about one file.
#[derive(Debug)]
#[wasm_bindgen]
pub struct RemoteFile {
    remote: Remote,
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[wasm_bindgen]
pub enum RemoteStep {
    /// GET `url`, with the header `range` where there is one.
    Send,
    /// Read on in the last answer.
    Read,
    /// Hand `length` and `bytes` over to the probe, each where it is there.
    Supply,
    /// Begin with another probe.
    Restart,
    /// Nothing more can be done: see `error`.
    Over,
}

#[wasm_bindgen]
impl RemoteFile {
    #[wasm_bindgen(constructor)]
    pub fn new(url: String, max_bytes: Option<f64>) -> Self {
        Self {
            remote: Remote::new(url, most(max_bytes)),
        }
    }

    /// The probe needs these bytes.
    pub fn want(&mut self, start: f64, end: f64) {
        self.remote.want(start as u64..end as u64);
    }

    #[wasm_bindgen(getter)]
    pub fn step(&self) -> RemoteStep {
        match self.remote.step() {
            Step::Send { .. } => RemoteStep::Send,
            Step::Read => RemoteStep::Read,
            Step::Supply => RemoteStep::Supply,
            Step::Restart => RemoteStep::Restart,
            Step::Over => RemoteStep::Over,
        }
    }

    #[wasm_bindgen(getter)]
    pub fn url(&self) -> String {
        self.remote.url().to_owned()
    }

    #[wasm_bindgen(getter)]
    pub fn range(&self) -> Option<String> {
        self.remote.range_header()
    }

    /// The longest silence in milliseconds.
    #[wasm_bindgen(js_name = timeoutMs)]
    pub fn timeout_ms() -> u32 {
        DEFAULT_TIMEOUT_MS
    }

    /// The names of the headers that `answered` takes, in order, in lines.
    #[wasm_bindgen(js_name = headerNames)]
    pub fn header_names() -> String {
        HEADERS.join("\n")
    }

    /// Status and headers are there; a header that is not is empty.
    pub fn answered(&mut self, status: u16, status_text: &str, url: &str, headers: Vec<String>) {
        let value = |name: &str| {
            let at = HEADERS.iter().position(|header| *header == name)?;
            headers.get(at).filter(|value| !value.is_empty()).cloned()
        };
        self.remote.answered(&Head {
            status,
            status_text,
            url,
            header: &value,
        });
    }

    /// Bytes of the body came.
    pub fn received(&mut self, bytes: &[u8]) {
        self.remote.received(bytes);
    }

    /// The body ended.
    pub fn ended(&mut self) {
        self.remote.ended();
    }

    /// No answer came, or it broke off.
    pub fn failed(&mut self, cause: Cause, message: &str, is_offline: bool, page: Option<String>) {
        let page = page.as_deref();
        let around = Surroundings { is_offline, page };
        let error = error(
            cause,
            self.remote.url(),
            message,
            around,
            BESIDES,
            DEFAULT_TIMEOUT_MS,
        );
        self.remote.failed(error);
    }

    /// The size of the file, where the probe should know it now: before the bytes.
    #[wasm_bindgen(getter)]
    pub fn length(&self) -> Option<f64> {
        self.remote.length().map(|length| length as f64)
    }

    /// The bytes that the probe wanted: none where the file ends there, undefined where only its length is
    /// news. They are handed out once.
    pub fn bytes(&mut self) -> Option<Vec<u8>> {
        self.remote.take()
    }

    /// Size of the whole file, as far as it is known.
    #[wasm_bindgen(getter = fileBytes)]
    pub fn file_bytes(&self) -> Option<f64> {
        self.remote.file_bytes().map(|bytes| bytes as f64)
    }

    /// Bytes that came.
    #[wasm_bindgen(getter = bytesRead)]
    pub fn bytes_read(&self) -> f64 {
        self.remote.bytes_read() as f64
    }

    /// Why nothing more can be done.
    pub fn error(&self) -> String {
        failure(&self.remote.end())
    }
}
