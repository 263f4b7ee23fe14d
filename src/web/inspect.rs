//! The probe, served from whatever a page can read.

use super::remote::Remote;
use super::{Abort, Data};
use crate::error::Error;
use crate::media::MediaFacts;
use crate::probe::{DEFAULT_MAX_BYTES, Probe, Step};
use base64::{Engine, alphabet, engine};
use std::borrow::Cow;
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
    let abort = Abort::new(options.signal.as_ref())?;
    match source {
        Source::Data(data) => inspect_data(data, options, &abort).await,
        Source::Url(url) => match scheme(url).as_deref() {
            Some("http" | "https") => Remote::new(url, options.max_bytes, &abort).inspect().await,
            Some("data") => inspect_data_url(url, options),
            _ => Err(Error::invalid(
                "source",
                "a string must be an http(s): or data: URL",
            )),
        },
    }
}

async fn inspect_data(data: &Data, options: &Options, abort: &Abort) -> Result<MediaFacts, Error> {
    let mut probe = Probe::new(Some(data.len())).with_max_bytes(options.max_bytes);
    loop {
        if let Some(error) = abort.reason() {
            return Err(error);
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

/// RFC 2397: `data:` media type, perhaps `;base64`, a comma, the data.
fn inspect_data_url(url: &str, options: &Options) -> Result<MediaFacts, Error> {
    let bad = |why: &str| Error::invalid("source", format!("the data: URL {why}"));
    let (head, payload) = url.split_once(',').ok_or_else(|| bad("has no comma"))?;
    let payload = percent_decoded(payload.trim_end());
    let bytes = if head.trim_end().to_ascii_lowercase().ends_with(";base64") {
        let text: Vec<u8> = payload
            .iter()
            .copied()
            .filter(|byte| !byte.is_ascii_whitespace())
            .collect();
        // The URL standard forgives missing padding (WHATWG Infra, forgiving-base64 decode).
        const FORGIVING: engine::GeneralPurpose = engine::GeneralPurpose::new(
            &alphabet::STANDARD,
            engine::GeneralPurposeConfig::new()
                .with_decode_allow_trailing_bits(true)
                .with_decode_padding_mode(engine::DecodePaddingMode::Indifferent),
        );
        Cow::Owned(
            FORGIVING
                .decode(text)
                .map_err(|_| bad("holds characters that are not base64"))?,
        )
    } else {
        payload
    };
    let probe = Probe::new(Some(bytes.len() as u64)).with_max_bytes(options.max_bytes);
    Ok(probe.run(&bytes)?)
}

fn percent_decoded(text: &str) -> Cow<'_, [u8]> {
    if !text.contains('%') {
        return Cow::Borrowed(text.as_bytes());
    }
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match (byte, digit(bytes.get(at + 1)), digit(bytes.get(at + 2))) {
            (b'%', Some(high), Some(low)) => {
                decoded.push((high * 16 + low) as u8);
                at += 3;
            }
            _ => {
                decoded.push(*byte);
                at += 1;
            }
        }
    }
    Cow::Owned(decoded)
}
