//! The probe, served from whatever a page can read.

use super::{Data, remote, signal_from_js};
use crate::error::Error;
use crate::media::MediaFacts;
use crate::probe::{DEFAULT_MAX_BYTES, Probe, Step, Unread, data_url, load_readers, read_data_url};
use js_sys::Reflect;
use wasm_bindgen::JsValue;
use web_sys::AbortSignal;

/// What to inspect.
#[derive(Clone, Debug)]
pub enum Source {
    Data(Data),
    /// An http(s) or `data:` URL.
    Url(String),
}

impl Source {
    /// Whether it lies behind an http(s) URL.
    pub fn is_remote(&self) -> bool {
        match self {
            Self::Data(_) => false,
            Self::Url(url) => matches!(scheme(url).as_deref(), Some("http" | "https")),
        }
    }

    /// Data, a string, or a `URL` object, which is told by its `href`.
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

#[derive(Clone, Debug)]
pub struct Options {
    /// Most bytes that may be read.
    pub max_bytes: u64,
    pub signal: Option<AbortSignal>,
}

impl Options {
    /// As the package's `InspectOptions`.
    pub fn from_js(value: &JsValue) -> Result<Self, Error> {
        // To ask what is no object throws, which takes longer than all else.
        if !value.is_object() {
            return Ok(Self::default());
        }
        let get = |name: &str| Reflect::get(value, &name.into()).unwrap_or_default();
        let max_bytes = get("maxBytes");
        let is_whole = |bytes: &f64| *bytes >= 0.0 && bytes.fract() == 0.0;
        Ok(Self {
            max_bytes: match max_bytes.as_f64().filter(is_whole) {
                // A cast saturates.
                Some(bytes) => bytes as u64,
                None if max_bytes.is_undefined() || max_bytes.is_null() => DEFAULT_MAX_BYTES,
                None => {
                    return Err(Error::invalid(
                        "options.maxBytes",
                        "it must be a whole number, 0 or more",
                    ));
                }
            },
            signal: signal_from_js(&get("signal"))?,
        })
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            max_bytes: DEFAULT_MAX_BYTES,
            signal: None,
        }
    }
}

/// Reads as little of the source as its format allows.
pub async fn inspect(source: &Source, options: &Options) -> Result<MediaFacts, Error> {
    match source {
        Source::Url(url) if source.is_remote() => remote::inspect(url, options).await,
        _ => inspect_local(source, options).await,
    }
}

/// As [`inspect`], of what lies in the page: a program that calls nothing else needs no code for servers.
pub async fn inspect_local(source: &Source, options: &Options) -> Result<MediaFacts, Error> {
    match source {
        Source::Data(data) => inspect_data(data, options).await,
        Source::Url(url) if scheme(url).as_deref() == Some("data") => {
            inspect_data_url(url, options.max_bytes).await
        }
        Source::Url(_) => Err(Error::invalid(
            "source",
            "a string must be an http(s): or data: URL",
        )),
    }
}

async fn inspect_data(data: &Data, options: &Options) -> Result<MediaFacts, Error> {
    let mut probe = Probe::new(Some(data.len())).with_max_bytes(options.max_bytes);
    loop {
        // A read cannot be aborted, so the caller's own signal will do: another costs as much as a probe.
        if options.signal.as_ref().is_some_and(AbortSignal::aborted) {
            return Err(Error::Aborted);
        }
        match step(&mut probe).await? {
            Step::Done(facts) => return Ok(facts),
            Step::Need(range) => probe.supply(&data.read(range).await?),
        }
    }
}

async fn inspect_data_url(url: &str, max_bytes: u64) -> Result<MediaFacts, Error> {
    match read_data_url(url, max_bytes) {
        Err(Unread::LacksReaders) => {
            load_readers().await?;
            data_url(url, max_bytes)
        }
        Err(Unread::Failed(error)) => Err(error),
        Ok(facts) => Ok(facts),
    }
}

/// The next step of a probe, which waits for readers where those of its format are not loaded.
pub(super) async fn step(probe: &mut Probe) -> Result<Step, Error> {
    match probe.step() {
        Err(_) if probe.lacks_readers() => {
            load_readers().await?;
            Ok(probe.step()?)
        }
        step => Ok(step?),
    }
}

/// Loads what is otherwise loaded for the first file that is no PNG, JPEG, GIF or WebP.
pub async fn preload_formats() -> Result<(), Error> {
    load_readers().await
}

fn scheme(url: &str) -> Option<String> {
    Some(url.trim_start().split_once(':')?.0.to_ascii_lowercase())
}
