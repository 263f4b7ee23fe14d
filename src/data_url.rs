//! A `data:` URL, decoded as far as it is read.

use crate::error::Error;
use crate::json::{LongText, unescaped};
use crate::media::MediaFacts;
use crate::probe::{Probe, ProbeError, ProbeStep, part};
use base64::{Engine, alphabet, engine, prelude};
use std::borrow::Cow;
use std::ops::Range;

/// What the data of a `data:` URL is, as [`crate::probe::bytes`] tells of a file. No more of it is decoded than
/// its format asks for, and at most `max_bytes`.
///
/// # Errors
///
/// [`Error::InvalidArgument`] for what is no such URL, [`Error::Probe`] for data without facts.
///
/// ```
/// let pixel = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs=";
/// let facts = tilewise::data_url::inspect(pixel, tilewise::probe::DEFAULT_MAX_BYTES)?;
/// assert_eq!((facts.mime.as_ref(), facts.bytes), ("image/gif", Some(29)));
///
/// // A fragment is no part of the data.
/// assert_eq!(tilewise::data_url::inspect(&format!("{pixel}#top"), 4096)?, facts);
/// # Ok::<(), tilewise::error::Error>(())
/// ```
pub fn inspect(url: &str, max_bytes: u64) -> Result<MediaFacts, Error> {
    read(url, max_bytes).map_err(|unread| match unread {
        Unread::Failed(error) => error,
        Unread::LacksReaders => ProbeError::UnsupportedFormat { looks_like: None }.into(),
    })
}

/// All the data of a `data:` URL. What is no such URL is [`Error::InvalidArgument`].
///
/// # Errors
///
/// [`Error::InvalidArgument`] for what is no `data:` URL, and for base64 that cannot be decoded.
///
/// ```
/// let bytes = tilewise::data_url::decode("data:text/plain;base64,SGk=")?;
/// assert_eq!(bytes, b"Hi");
/// # Ok::<(), tilewise::error::Error>(())
/// ```
pub fn decode(url: &str) -> Result<Vec<u8>, Error> {
    let data = DataUrl::parse(url)?;
    data.read(0..data.len()).map(Cow::into_owned)
}

/// Bytes as a `data:` URL carries them (RFC 4648, section 4, with padding).
pub fn base64(bytes: &[u8]) -> String {
    prelude::BASE64_STANDARD.encode(bytes)
}

/// Why a `data:` URL has no facts.
#[derive(Debug)]
pub(crate) enum Unread {
    Failed(Error),
    /// For want of readers that are loaded later.
    LacksReaders,
}

/// As [`inspect`].
pub(crate) fn read(url: &str, max_bytes: u64) -> Result<MediaFacts, Unread> {
    probe(DataUrl::parse(url), max_bytes)
}

/// The same of base64 that stands alone.
pub(crate) fn read_base64(text: &str, max_bytes: u64) -> Result<MediaFacts, Unread> {
    probe(
        DataUrl::of_base64(text.trim_end().as_bytes().into()),
        max_bytes,
    )
}

/// The same of a URL, or of base64 that stands alone, which is not read whole unless it holds more than base64.
pub(crate) fn read_long(text: &dyn LongText, max_bytes: u64) -> Result<MediaFacts, Unread> {
    let whole = |whole: &str| {
        if begins_url(whole) {
            read(whole, max_bytes)
        } else {
            read_base64(whole, max_bytes)
        }
    };
    let Some(data) = DataUrl::of_long(text) else {
        return whole(&unescaped(text));
    };
    match probe(Ok(data), max_bytes) {
        Err(Unread::Failed(Error::InvalidArgument { .. })) => whole(&unescaped(text)),
        read => read,
    }
}

/// Whether a source is a `data:` URL; otherwise it is taken for base64.
pub(crate) fn begins_url(text: &str) -> bool {
    let scheme = text.trim_start().as_bytes().get(..5);
    scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"data:"))
}

fn probe(data: Result<DataUrl<'_>, Error>, max_bytes: u64) -> Result<MediaFacts, Unread> {
    let data = data.map_err(Unread::Failed)?;
    let mut probe = Probe::new(Some(data.len())).with_max_bytes(max_bytes);
    loop {
        match probe.step() {
            Ok(ProbeStep::Done(facts)) => return Ok(facts),
            Ok(ProbeStep::Need(range)) => probe.supply(&data.read(range).map_err(Unread::Failed)?),
            Err(_) if probe.lacks_readers() => return Err(Unread::LacksReaders),
            Err(error) => return Err(Unread::Failed(error.into())),
        }
    }
}

struct DataUrl<'a> {
    /// The data, or its base64 without whitespace and padding.
    payload: Payload<'a>,
    is_base64: bool,
}

enum Payload<'a> {
    Here(Cow<'a, [u8]>),
    /// From this character on, and up to that one.
    Outside(&'a dyn LongText, Range<u64>),
}

impl Payload<'_> {
    fn len(&self) -> u64 {
        match self {
            Self::Here(bytes) => bytes.len() as u64,
            Self::Outside(_, range) => range.end.saturating_sub(range.start),
        }
    }

    fn part(&self, range: Range<u64>) -> Cow<'_, [u8]> {
        match self {
            Self::Here(bytes) => Cow::Borrowed(part(bytes, range)),
            Self::Outside(text, of) => {
                let at = |place: u64| of.start.saturating_add(place).min(of.end);
                match text.read(at(range.start)..at(range.end)) {
                    Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
                    Cow::Owned(text) => Cow::Owned(text.into_bytes()),
                }
            }
        }
    }
}

/// The media type and what else stands before the comma takes no more than this.
const MAX_HEAD_CHARS: u64 = 1024;

/// Takes what the URL standard takes: no padding, and any bits behind the last byte (WHATWG Infra,
/// forgiving-base64 decode).
const FORGIVING: engine::GeneralPurpose = engine::GeneralPurpose::new(
    &alphabet::STANDARD,
    engine::GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(engine::DecodePaddingMode::RequireNone),
);

impl<'a> DataUrl<'a> {
    /// RFC 2397: `data:` media type, perhaps `;base64`, a comma, the data.
    fn parse(url: &'a str) -> Result<Self, Error> {
        let (head, payload) = url.split_once(',').ok_or_else(|| bad("has no comma"))?;
        if !says_base64(head) {
            return Ok(Self {
                payload: Payload::Here(percent_decoded(payload.trim_end())),
                is_base64: false,
            });
        }
        // What points into a document is no part of it (WHATWG Fetch, "data: URL processor"). Of text that is not
        // coded, it may well be: not everyone escapes the colours of an SVG.
        let payload = payload.split('#').next().unwrap_or_default();
        Self::of_base64(percent_decoded(payload.trim_end()))
    }

    fn of_base64(text: Cow<'a, [u8]>) -> Result<Self, Error> {
        let payload = without_padding(without_whitespace(text));
        if payload.len() % 4 == 1 {
            return Err(bad("ends inside its base64"));
        }
        Ok(Self {
            payload: Payload::Here(payload),
            is_base64: true,
        })
    }

    /// `None` for what must be read whole.
    fn of_long(text: &'a dyn LongText) -> Option<Self> {
        let length = text.length();
        let head = text.read(0..length.min(MAX_HEAD_CHARS));
        let start = if begins_url(&head) {
            let (head, _) = head.split_once(',')?;
            (says_base64(head) && head.is_ascii()).then_some(head.len() as u64 + 1)?
        } else {
            0
        };
        let tail = text.read(length.saturating_sub(2)..length);
        let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte);
        if !tail.bytes().all(is_base64) {
            return None;
        }
        let padding = tail.bytes().rev().take_while(|byte| *byte == b'=').count();
        let end = length.saturating_sub(padding as u64);
        (end > start && (end - start) % 4 != 1).then_some(Self {
            payload: Payload::Outside(text, start..end),
            is_base64: true,
        })
    }

    /// Length of the data in bytes.
    fn len(&self) -> u64 {
        let length = self.payload.len();
        if self.is_base64 {
            length * 3 / 4
        } else {
            length
        }
    }

    /// A part of the data; no more than that is decoded.
    fn read(&self, range: Range<u64>) -> Result<Cow<'_, [u8]>, Error> {
        if !self.is_base64 {
            return Ok(self.payload.part(range));
        }
        // Four characters hold three bytes.
        let first = range.start / 3;
        let text = self.payload.part(first * 4..range.end.div_ceil(3) * 4);
        let bytes = FORGIVING
            .decode(text)
            .map_err(|_| bad("holds characters that are not base64"))?;
        let offset = first * 3;
        let wanted = part(&bytes, range.start - offset..range.end - offset);
        Ok(Cow::Owned(wanted.to_vec()))
    }
}

fn bad(why: &str) -> Error {
    Error::invalid("source", format!("the data: URL {why}"))
}

/// Browsers allow spaces around it (WHATWG Fetch, section 6, "data: URL processor").
fn says_base64(head: &str) -> bool {
    let head = head.trim_end().to_ascii_lowercase();
    head.strip_suffix("base64")
        .is_some_and(|head| head.trim_end().ends_with(';'))
}

fn without_whitespace(text: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    if !text.iter().any(u8::is_ascii_whitespace) {
        return text;
    }
    let mut text = text.into_owned();
    text.retain(|byte| !byte.is_ascii_whitespace());
    Cow::Owned(text)
}

fn without_padding(text: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    let signs = text.iter().rev().take(2).take_while(|byte| **byte == b'=');
    let length = text.len() - signs.count();
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.get(..length).unwrap_or(text)),
        Cow::Owned(mut text) => {
            text.truncate(length);
            Cow::Owned(text)
        }
    }
}

/// What is not escaped by two digits stays as it is (WHATWG URL, section 1.3).
pub(crate) fn percent_decoded(text: &str) -> Cow<'_, [u8]> {
    if !text.as_bytes().contains(&b'%') {
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
