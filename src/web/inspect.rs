//! The probe, served from whatever a page can read.

use super::{Data, remote};
use crate::error::Error;
use crate::media::MediaFacts;
use crate::probe::{DEFAULT_MAX_BYTES, Probe, Step, data_url};
use web_sys::AbortSignal;

/// What to inspect.
#[derive(Clone, Debug)]
pub enum Source {
    Data(Data),
    /// An http(s) or `data:` URL.
    Url(String),
}

#[derive(Clone, Debug)]
pub struct Options {
    /// Most bytes that may be read.
    pub max_bytes: u64,
    pub signal: Option<AbortSignal>,
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
        Source::Data(data) => {
            let probe = Probe::new(Some(data.len())).with_max_bytes(options.max_bytes);
            run_probe(probe, data, options.signal.as_ref()).await
        }
        Source::Url(url) => match scheme(url).as_deref() {
            Some("http" | "https") => remote::inspect(url, options).await,
            Some("data") => data_url(url, options.max_bytes),
            _ => Err(Error::invalid(
                "source",
                "a string must be an http(s): or data: URL",
            )),
        },
    }
}

/// Lets a probe of this length read what it asks for, as [`inspect`] does with one of every format.
pub async fn run_probe(
    mut probe: Probe,
    data: &Data,
    signal: Option<&AbortSignal>,
) -> Result<MediaFacts, Error> {
    loop {
        // A read cannot be aborted, so the caller's own signal will do: another costs as much as a probe.
        if signal.is_some_and(AbortSignal::aborted) {
            return Err(Error::Aborted);
        }
        match probe.step()? {
            Step::Done(facts) => return Ok(facts),
            Step::Need(range) => probe.supply(&data.read(range).await?),
        }
    }
}

fn scheme(url: &str) -> Option<String> {
    Some(url.trim_start().split_once(':')?.0.to_ascii_lowercase())
}
