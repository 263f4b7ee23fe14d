//! A file behind a URL: read by Range requests (RFC 9110, section 14), or from its start where the server
//! does not do them. Without I/O: it says what to do next, its caller does it and tells what came.
//!
//! It fetches what a [`Probe`] needs:
//!
//! ```
//! use tilewise::probe::{self, Probe};
//! use tilewise::remote::{Head, Remote, RemoteStep};
//!
//! # let file = include_bytes!("../tests/fixtures/png/rgb.png").to_vec();
//! let mut probe = Probe::new(None);
//! let mut remote = Remote::new("https://example.com/photo.png", probe::DEFAULT_MAX_BYTES);
//! let facts = loop {
//!     match probe.step()? {
//!         probe::ProbeStep::Done(facts) => break remote.finish(facts),
//!         probe::ProbeStep::Need(range) => remote.want(range),
//!     }
//!     loop {
//!         match remote.step() {
//!             // A GET of `remote.url()`, here answered with the whole file.
//!             RemoteStep::Send { .. } => remote.answered(&Head {
//!                 status: 200,
//!                 status_text: "OK",
//!                 url: "https://example.com/photo.png",
//!                 header: &|_| None,
//!             }),
//!             RemoteStep::Read => remote.received(&file),
//!             RemoteStep::Restart => break probe = Probe::new(None),
//!             RemoteStep::Supply => break remote.supply(&mut probe),
//!             RemoteStep::Over => return Err(remote.end()),
//!         }
//!     }
//! };
//! assert_eq!(facts.mime, "image/png");
//! # Ok::<(), tilewise::error::Error>(())
//! ```

mod from_start;
mod part;

use crate::error::Error;
use crate::media::MediaFacts;
use crate::probe::{Probe, ProbeError};
use from_start::FromStart;
use part::{Part, Version};
use std::ops::Range;

/// The headers of an answer that are looked at.
pub const HEADERS: [&str; 6] = [
    "content-encoding",
    "content-length",
    "content-range",
    "content-type",
    "etag",
    "last-modified",
];

/// Reads after which a probe of a file behind a URL derives what it can: each is a request, so
/// [`Probe::with_max_reads`] wants fewer than of a file at hand.
pub const MAX_READS: u32 = 64;

/// What else a page can do where a server does not let it read a file: for
/// [`no_answer`](crate::stream::failure::no_answer).
pub const CORS_HINT: &str = ", or inspect the file itself (a Blob) before it is uploaded";

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RemoteStep {
    /// Drop the last answer, GET [`Remote::url`], with a `Range` header for these bytes where there are any,
    /// and tell by [`Remote::answered`] or [`Remote::failed`].
    Send {
        /// Offsets in the file, the end excluded; `None` asks for all of it.
        range: Option<Range<u64>>,
    },
    /// Read on in the last answer, and tell by [`Remote::received`], [`Remote::ended`] or
    /// [`Remote::failed`].
    Read,
    /// Hand over by [`Remote::supply`] what the probe wanted.
    Supply,
    /// Begin with another probe: what comes now may be of another version than what came by parts.
    Restart,
    /// Nothing more can be done: see [`Remote::end`].
    Over,
}

/// An answer of which status and headers are there.
pub struct Head<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The words that came with the status, such as `Not Found`; often empty.
    pub status_text: &'a str,
    /// Where it came from, behind all redirects; empty where that is not told.
    pub url: &'a str,
    /// The value of one of [`HEADERS`].
    pub header: &'a dyn Fn(&str) -> Option<String>,
}

impl std::fmt::Debug for Head<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Head")
            .field("status", &self.status)
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

/// A server that hands out a file by crumbs is asked for all of it at once, in place of as many requests.
const MAX_SHORT_PARTS: u32 = 16;

/// A conversation with one server about one file.
#[derive(Debug)]
pub struct Remote {
    /// As the caller gave it.
    url: String,
    max_bytes: u64,
    /// What the probe wants.
    wanted: Range<u64>,
    state: State,
    /// Where the last part came from, behind all redirects. The next one is asked for there: a redirect
    /// may lead to another mirror, or another image, every time.
    parts_url: String,
    version: Version,
    /// Bytes of parts, used or not.
    part_bytes: u64,
    /// Parts that held less than was asked for, although the file goes on as far as is known.
    short_parts: u32,
    /// Set once the server turns out not to do ranges.
    from_start: Option<FromStart>,
    /// The end of such a body was looked for, for a probe that would look there.
    has_sought_end: bool,
}

#[derive(Debug)]
enum State {
    AskingForPart,
    /// Without a range.
    AskingForAll,
    Receiving(Part),
    ReadingFromStart,
    /// Of a body from the start all that is left, to learn where it ends.
    ReadingToEnd,
    Supplying {
        /// An empty slice says that the file ends where they were wanted.
        bytes: Option<Vec<u8>>,
        length: Option<u64>,
    },
    Restarting,
    Over(Error),
}

impl Remote {
    /// Fails with [`ProbeError::ReadLimit`] rather than read more than `max_bytes`.
    pub fn new(url: impl Into<String>, max_bytes: u64) -> Self {
        let url = url.into();
        Self {
            max_bytes,
            wanted: 0..0,
            state: State::Restarting,
            parts_url: url.clone(),
            url,
            version: Version::default(),
            part_bytes: 0,
            short_parts: 0,
            from_start: None,
            has_sought_end: false,
        }
    }

    /// The probe needs these bytes, or as many of the first ones as there are.
    pub fn want(&mut self, range: Range<u64>) {
        self.wanted = range;
        match self.from_start {
            Some(_) => self.read_on(),
            None => self.state = State::AskingForPart,
        }
    }

    /// What the caller must do next.
    pub fn step(&self) -> RemoteStep {
        match &self.state {
            State::AskingForPart => RemoteStep::Send {
                range: Some(self.wanted.clone()),
            },
            State::AskingForAll => RemoteStep::Send { range: None },
            State::Receiving(_) | State::ReadingFromStart | State::ReadingToEnd => RemoteStep::Read,
            State::Supplying { .. } => RemoteStep::Supply,
            State::Restarting => RemoteStep::Restart,
            State::Over(_) => RemoteStep::Over,
        }
    }

    /// The `Range` header to send.
    pub fn range_header(&self) -> Option<String> {
        match self.step() {
            RemoteStep::Send { range } => {
                let range = range?;
                Some(format!(
                    "bytes={}-{}",
                    range.start,
                    range.end.saturating_sub(1)
                ))
            }
            _ => None,
        }
    }

    /// Where to send the request.
    pub fn url(&self) -> &str {
        match self.state {
            State::AskingForPart => &self.parts_url,
            _ => &self.url,
        }
    }

    /// Status and headers are there.
    pub fn answered(&mut self, head: &Head<'_>) {
        let outcome = match self.state {
            State::AskingForPart => self.answered_for_part(head),
            State::AskingForAll => self.begin_from_start(head),
            _ => return,
        };
        self.state = outcome.unwrap_or_else(State::Over);
    }

    /// Bytes of the body came.
    pub fn received(&mut self, bytes: &[u8]) {
        match &mut self.state {
            State::Receiving(part) => {
                part.received(bytes);
                self.look_at_part();
            }
            State::ReadingFromStart => {
                let remaining_bytes = self.remaining_bytes();
                if let Some(body) = &mut self.from_start {
                    body.received(bytes, remaining_bytes);
                }
                self.read_on();
            }
            State::ReadingToEnd => {
                let remaining_bytes = self.remaining_bytes();
                if let Some(body) = &mut self.from_start {
                    body.received(bytes, remaining_bytes);
                    if body.len() >= remaining_bytes {
                        self.state = State::Restarting;
                    }
                }
            }
            _ => {}
        }
    }

    /// The body ended.
    pub fn ended(&mut self) {
        match &mut self.state {
            State::Receiving(part) => {
                part.ended();
                self.look_at_part();
            }
            State::ReadingFromStart => {
                if let Some(body) = &mut self.from_start {
                    body.ended();
                }
                self.read_on();
            }
            State::ReadingToEnd => {
                if let Some(body) = &mut self.from_start {
                    body.ended();
                }
                self.state = State::Restarting;
            }
            _ => {}
        }
    }

    /// No answer came, or it broke off.
    pub fn failed(&mut self, error: Error) {
        self.state = match (&mut self.state, &error) {
            // Chromium fails a fetch with a range if the answer is compressed all the same
            // (net::ERR_CONTENT_DECODING_FAILED). Browsers too old to take a range for harmless ask the
            // server for leave by a preflight, which it may not give.
            (State::AskingForPart, Error::Network { .. }) => State::AskingForAll,
            (State::Receiving(part), Error::Network { .. }) => {
                self.part_bytes += part.take().len() as u64;
                State::AskingForAll
            }
            // What came was enough for facts.
            (State::ReadingToEnd, Error::Network { .. }) => State::Restarting,
            _ => State::Over(error),
        };
    }

    /// The bytes that the probe wanted: empty where the file ends there, `None` where only
    /// [`length`](Self::length) is news. They are handed out once.
    pub fn take(&mut self) -> Option<Vec<u8>> {
        match &mut self.state {
            State::Supplying { bytes, .. } => bytes.take(),
            _ => None,
        }
    }

    /// The size of the file, where the probe should know it now: to be told before the bytes.
    pub fn length(&self) -> Option<u64> {
        match self.state {
            State::Supplying { length, .. } => length,
            _ => None,
        }
    }

    /// Gives the probe what it wanted.
    pub fn supply(&mut self, probe: &mut Probe) {
        if let Some(length) = self.length() {
            probe.set_length(length);
        }
        if let Some(bytes) = self.take() {
            probe.supply(&bytes);
        }
    }

    /// Why nothing more can be done.
    pub fn end(&self) -> Error {
        match &self.state {
            State::Over(error) => error.clone(),
            _ => Error::Network {
                message: "the file was not read to its end".to_owned(),
            },
        }
    }

    /// Whether the facts of a probe that is done are the last word. Where it would have looked at the end of a file that a
    /// server gives from the start alone, that is read on to its end, within what may be read: then the conversation goes on
    /// with [`step`](Self::step).
    pub fn is_final(&mut self, probe: &Probe) -> bool {
        let remaining_bytes = self.remaining_bytes();
        let Some(body) = &self.from_start else {
            return true;
        };
        let is_too_long = body.stated().is_some_and(|stated| stated > remaining_bytes);
        if !probe.misses_end() || self.has_sought_end || is_too_long {
            return true;
        }
        self.has_sought_end = true;
        self.state = match body.end() {
            Some(_) => State::Restarting,
            None => State::ReadingToEnd,
        };
        false
    }

    /// Facts with what reading them took, which the probe cannot know.
    pub fn finish(&self, facts: MediaFacts) -> MediaFacts {
        MediaFacts {
            bytes: self.file_bytes(),
            bytes_read: self.bytes_read(),
            ..facts
        }
    }

    /// Size of the whole file, as far as it is known.
    pub fn file_bytes(&self) -> Option<u64> {
        match &self.from_start {
            Some(body) => body.length(),
            None => self.version.length,
        }
    }

    /// Bytes that came.
    pub fn bytes_read(&self) -> u64 {
        let from_start = self.from_start.as_ref();
        self.part_bytes + from_start.map_or(0, FromStart::len)
    }

    fn answered_for_part(&mut self, head: &Head<'_>) -> Result<State, Error> {
        match head.status {
            206 => {
                let Some(part) = Part::announced_by(head, &self.wanted)? else {
                    return Ok(State::AskingForAll);
                };
                self.version
                    .check_same_version(Version::of(head, part.length))?;
                // A fetch that was put in the place of the runtime's own may tell no URL.
                if !head.url.is_empty() {
                    head.url.clone_into(&mut self.parts_url);
                }
                self.state = State::Receiving(part);
                self.look_at_part();
                Ok(std::mem::replace(&mut self.state, State::Restarting))
            }
            416 => self.answered_behind_end(head),
            // Known from servers that take offence at the range itself.
            400 | 403 | 405 | 501 => Ok(State::AskingForAll),
            // A redirect may lead to an address that serves once.
            401 | 404 | 410 if self.parts_url != self.url => Ok(State::AskingForAll),
            // The whole file, or an error that has nothing to do with the range.
            _ => self.begin_from_start(head),
        }
    }

    /// The range begins behind the end of the file, if that can be.
    fn answered_behind_end(&mut self, head: &Head<'_>) -> Result<State, Error> {
        let version = Version::from_unsatisfied_range(head);
        match version.length {
            Some(length) if length <= self.wanted.start => {
                self.version.check_same_version(version)?;
                Ok(State::Supplying {
                    bytes: None,
                    length: Some(length),
                })
            }
            // Where another origin may not see the length. It remains unknown: it may be less than that.
            None if self.wanted.start > 0 && self.version.length.is_none() => {
                Ok(State::Supplying {
                    bytes: Some(Vec::new()),
                    length: None,
                })
            }
            _ => Ok(State::AskingForAll),
        }
    }

    fn look_at_part(&mut self) {
        let State::Receiving(part) = &mut self.state else {
            return;
        };
        let Some(is_sound) = part.outcome() else {
            return;
        };
        let bytes = part.take();
        self.part_bytes += bytes.len() as u64;
        let length = self.version.length;
        let end = self.wanted.start.saturating_add(bytes.len() as u64);
        if end < self.wanted.end.min(length.unwrap_or(u64::MAX)) {
            self.short_parts += 1;
        }
        let is_sound = is_sound && self.short_parts <= MAX_SHORT_PARTS;
        // Nothing is asked for behind a known end, so nothing cannot be the answer there.
        self.state = if is_sound && !(bytes.is_empty() && length.is_some()) {
            State::Supplying {
                bytes: Some(bytes),
                length,
            }
        } else {
            State::AskingForAll
        };
    }

    fn begin_from_start(&mut self, head: &Head<'_>) -> Result<State, Error> {
        self.from_start = Some(FromStart::of(head)?);
        Ok(State::Restarting)
    }

    /// Bytes that may be read from the start.
    fn remaining_bytes(&self) -> u64 {
        self.max_bytes.saturating_sub(self.part_bytes)
    }

    fn read_on(&mut self) {
        let remaining_bytes = self.remaining_bytes();
        let Some(body) = &self.from_start else {
            return;
        };
        let range = &self.wanted;
        // What would be read in vain is not read, unless the file seems to end before.
        let is_in_vain = range.start >= remaining_bytes
            && body.stated().is_none_or(|stated| stated > remaining_bytes);
        self.state = if is_in_vain {
            State::Over(self.read_limit())
        } else if body.end().is_none() && body.len() < range.end.min(remaining_bytes) {
            State::ReadingFromStart
        } else {
            let bytes = body.part(range.clone());
            match (bytes.is_empty(), body.end()) {
                (true, None) => State::Over(self.read_limit()),
                // No bytes would say that the file ends where they were asked for, but it ends before.
                (is_empty, length) => State::Supplying {
                    bytes: (!is_empty).then(|| bytes.to_vec()),
                    length,
                },
            }
        };
    }

    fn read_limit(&self) -> Error {
        let max_bytes = self.max_bytes;
        ProbeError::ReadLimit { max_bytes }.into()
    }
}
