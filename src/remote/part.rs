//! What a 206 answer says of the part that it holds, and whether its body is that part.

use super::Head;
use crate::error::Error;
use std::ops::Range;

/// A part as its headers announce it, and what came of it. A page sees few headers of another origin:
/// `Content-Length` and `Last-Modified`, but `Content-Range`, `Content-Encoding` and `ETag` only where the
/// server exposes them (WHATWG Fetch, section 2.2.2, "CORS-safelisted response-header name").
#[derive(Debug)]
pub(super) struct Part {
    /// Size of the whole file, where that is said.
    pub(super) length: Option<u64>,
    wanted: u64,
    /// How many bytes it will be, where that is said.
    stated: Option<u64>,
    bytes: Vec<u8>,
    has_ended: bool,
}

impl Part {
    /// `None` for a part that cannot be used; an error for one that was not asked for.
    pub(super) fn announced_by(head: &Head<'_>, asked: &Range<u64>) -> Result<Option<Self>, Error> {
        // A part of the compressed stream (RFC 9110, section 14.2), which cannot be decoded alone. With a
        // range, fetch accepts no encoding but identity (WHATWG Fetch, "HTTP-network-or-cache fetch"), but
        // a file that is stored compressed comes so all the same.
        if is_compressed(head) || is_multipart(head) {
            return Ok(None);
        }
        let wanted = asked.end.saturating_sub(asked.start);
        let part = |length, stated| Self {
            length,
            wanted,
            stated,
            bytes: Vec::new(),
            has_ended: false,
        };
        let Some(header) = (head.header)("content-range") else {
            // Then this is the length of the part, not of the file.
            let stated = (head.header)("content-length");
            let stated = stated.and_then(|length| length.trim().parse().ok());
            // More than was asked for, and no telling what of.
            let is_more = stated.is_some_and(|stated: u64| stated > wanted);
            return Ok((!is_more).then(|| part(None, stated)));
        };
        let Some((Some(range), length)) = content_range(&header) else {
            return Ok(None);
        };
        if range.start != asked.start {
            return Err(Error::Network {
                message: "the server sent another part of the file than it was asked for"
                    .to_owned(),
            });
        }
        Ok(Some(part(length, Some(range.end - range.start))))
    }

    pub(super) fn received(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    pub(super) fn ended(&mut self) {
        self.has_ended = true;
    }

    /// Whether what came is the part, as soon as that is certain: a body that was compressed on its way,
    /// unseen, breaks off when it is decoded, or has another length than was said.
    pub(super) fn outcome(&self) -> Option<bool> {
        let count = self.bytes.len() as u64;
        if count > self.stated.unwrap_or(self.wanted) {
            return Some(false);
        }
        if count >= self.wanted && self.stated > Some(self.wanted) {
            return Some(true);
        }
        // Read up to the end, which frees the connection for the next part.
        self.has_ended
            .then(|| self.stated.is_none_or(|stated| stated == count))
    }

    /// The bytes that were wanted.
    pub(super) fn take(&mut self) -> Vec<u8> {
        let mut bytes = std::mem::take(&mut self.bytes);
        bytes.truncate(usize::try_from(self.wanted).unwrap_or(usize::MAX));
        bytes
    }
}

/// What tells one version of a file from another, as far as it can be seen.
#[derive(Debug, Default)]
pub(super) struct Version {
    etag: Option<String>,
    last_modified: Option<String>,
    /// Size of the whole file.
    pub(super) length: Option<u64>,
}

impl Version {
    pub(super) fn of(head: &Head<'_>, length: Option<u64>) -> Self {
        Self {
            etag: (head.header)("etag"),
            last_modified: (head.header)("last-modified"),
            length,
        }
    }

    /// That answer tells the length alone: `bytes */1234`. The rest may be of its own text.
    pub(super) fn from_unsatisfied_range(head: &Head<'_>) -> Self {
        let header = (head.header)("content-range").unwrap_or_default();
        Self {
            length: content_range(&header).and_then(|(_, length)| length),
            ..Self::default()
        }
    }

    /// Parts of two versions make no file.
    pub(super) fn check_same_version(&mut self, seen: Self) -> Result<(), Error> {
        // Mirrors of one file may date it differently.
        let has_same_tag = self.etag.is_some() && self.etag == seen.etag;
        if differ(&self.length, &seen.length)
            || differ(&self.etag, &seen.etag)
            || !has_same_tag && differ(&self.last_modified, &seen.last_modified)
        {
            return Err(Error::Network {
                message: "the file changed on the server while it was read: try again".to_owned(),
            });
        }
        self.etag = self.etag.take().or(seen.etag);
        self.last_modified = self.last_modified.take().or(seen.last_modified);
        self.length = self.length.or(seen.length);
        Ok(())
    }
}

fn differ<T: PartialEq>(one: &Option<T>, other: &Option<T>) -> bool {
    one.is_some() && other.is_some() && one != other
}

pub(super) fn is_compressed(head: &Head<'_>) -> bool {
    let encoding = (head.header)("content-encoding");
    encoding.is_some_and(|encoding| !encoding.trim().eq_ignore_ascii_case("identity"))
}

/// No server may answer so where one range was asked for (RFC 9110, section 15.3.7.2).
fn is_multipart(head: &Head<'_>) -> bool {
    let mime = (head.header)("content-type").unwrap_or_default();
    mime.trim_start()
        .to_ascii_lowercase()
        .starts_with("multipart/byteranges")
}

/// `bytes 0-99/1234`, `bytes 0-99/*` or `bytes */1234` (RFC 9110, section 14.4).
fn content_range(header: &str) -> Option<(Option<Range<u64>>, Option<u64>)> {
    let (unit, rest) = header.trim().split_once(' ')?;
    let (range, length) = rest.trim().split_once('/')?;
    let length = match length {
        "*" => None,
        length => Some(length.parse().ok()?),
    };
    let range = match range {
        "*" => None,
        range => {
            let (first, last) = range.split_once('-')?;
            let range = first.parse().ok()?..last.parse::<u64>().ok()?.checked_add(1)?;
            if range.is_empty() || length.is_some_and(|length| range.end > length) {
                return None;
            }
            Some(range)
        }
    };
    unit.eq_ignore_ascii_case("bytes")
        .then_some((range, length))
}
