//! What to inspect, and how far.

use super::Data;
use crate::error::Error;
use crate::probe::DEFAULT_MAX_BYTES;
use js_sys::Reflect;
use wasm_bindgen::JsValue;
use web_sys::AbortSignal;

/// What to inspect.
#[derive(Clone, Debug)]
pub enum Source {
    /// Bytes that lie in the page.
    Data(Data),
    /// An http(s) or `data:` URL.
    Url(String),
}

impl Source {
    /// Whether it lies behind an http(s) URL.
    pub fn is_remote(&self) -> bool {
        matches!(self.scheme().as_deref(), Some("http" | "https"))
    }

    pub(super) fn is_data_url(&self) -> bool {
        self.scheme().as_deref() == Some("data")
    }

    fn scheme(&self) -> Option<String> {
        let Self::Url(url) = self else { return None };
        Some(url.trim_start().split_once(':')?.0.to_ascii_lowercase())
    }

    /// Data, a string, or a `URL` object, which is told by its `href`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] for any other value.
    pub fn from_js(value: &JsValue) -> Result<Self, Error> {
        if let Some(data) = Data::from_js(value) {
            return Ok(Self::Data(data));
        }
        let href = || Reflect::get(value, &"href".into()).ok()?.as_string();
        let url = value.as_string().or_else(href);
        url.map(Self::Url).ok_or_else(|| {
            Error::invalid(
                "source",
                "it must be a Blob, an ArrayBuffer, a Uint8Array, a URL or a string",
            )
        })
    }
}

/// How far to read, and when to stop.
#[derive(Clone, Debug)]
pub struct InspectOptions {
    /// Most bytes that may be read.
    pub max_bytes: u64,
    /// Ends it with [`Error::Aborted`]; `None` lets it run to its end.
    pub signal: Option<AbortSignal>,
}

impl Default for InspectOptions {
    fn default() -> Self {
        Self {
            max_bytes: DEFAULT_MAX_BYTES,
            signal: None,
        }
    }
}
