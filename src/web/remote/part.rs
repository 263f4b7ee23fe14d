//! What a 206 answer says of the part that it holds, and whether its body is that part.

use crate::error::Error;
use crate::stream::session::Answer;
use crate::web::fetch::FetchAnswer;
use std::ops::Range;

/// A part as its headers announce it. A page sees few headers of another origin: `Content-Length` and
/// `Last-Modified`, but `Content-Range`, `Content-Encoding` and `ETag` only where the server exposes them
/// (WHATWG Fetch, section 2.2.2, "CORS-safelisted response-header name").
pub(super) struct Part {
    pub(super) version: Version,
    pub(super) body: Body,
}

/// The body of a part.
pub(super) struct Body {
    wanted: u64,
    /// How many bytes it will be, where that is said.
    stated: Option<u64>,
}

impl Part {
    /// `None` for a part that cannot be used; an error for one that was not asked for.
    pub(super) fn announced_by(
        answer: &FetchAnswer,
        asked: &Range<u64>,
    ) -> Result<Option<Self>, Error> {
        // A part of the compressed stream (RFC 9110, section 14.2), which cannot be decoded alone. With a
        // range, fetch accepts no encoding but identity (WHATWG Fetch, "HTTP-network-or-cache fetch"), but
        // a file that is stored compressed comes so all the same.
        if is_compressed(answer) || is_multipart(answer) {
            return Ok(None);
        }
        let wanted = asked.end - asked.start;
        let Some(header) = answer.header("content-range") else {
            // Then this is the length of the part, not of the file.
            let stated = answer.header("content-length");
            let stated = stated.and_then(|length| length.trim().parse().ok());
            return Ok(match stated {
                // More than was asked for, and no telling what of.
                Some(stated) if stated > wanted => None,
                _ => Some(Self {
                    version: Version::of(answer, None),
                    body: Body { wanted, stated },
                }),
            });
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
        Ok(Some(Self {
            version: Version::of(answer, length),
            body: Body {
                wanted,
                stated: Some(range.end - range.start),
            },
        }))
    }
}

impl Body {
    /// The bytes that came, and whether they are the part: a body that was compressed on its way, unseen,
    /// breaks off when it is decoded, or has another length than was said.
    pub(super) async fn read(self, answer: &mut FetchAnswer) -> Result<(Vec<u8>, bool), Error> {
        let Self { wanted, stated } = self;
        let mut bytes = Vec::new();
        let is_sound = loop {
            let count = bytes.len() as u64;
            if count > stated.unwrap_or(wanted) {
                break false;
            }
            if count >= wanted && stated > Some(wanted) {
                break true;
            }
            // Up to the end, which frees the connection for the next part.
            match answer.chunk().await {
                Ok(Some(chunk)) => bytes.extend(chunk),
                Ok(None) => break stated.is_none_or(|stated| stated == count),
                Err(Error::Network { .. }) => break false,
                Err(error) => return Err(error),
            }
        };
        bytes.truncate(usize::try_from(wanted).unwrap_or(usize::MAX));
        Ok((bytes, is_sound))
    }
}

/// What tells one version of a file from another, as far as it can be seen.
#[derive(Default)]
pub(super) struct Version {
    etag: Option<String>,
    last_modified: Option<String>,
    /// Size of the whole file.
    pub(super) length: Option<u64>,
}

impl Version {
    fn of(answer: &FetchAnswer, length: Option<u64>) -> Self {
        Self {
            etag: answer.header("etag"),
            last_modified: answer.header("last-modified"),
            length,
        }
    }

    /// That answer tells the length alone: `bytes */1234`. The rest may be of its own text.
    pub(super) fn of_416(answer: &FetchAnswer) -> Self {
        let header = answer.header("content-range").unwrap_or_default();
        Self {
            length: content_range(&header).and_then(|(_, length)| length),
            ..Self::default()
        }
    }

    /// Parts of two versions make no file.
    pub(super) fn hold_against(&mut self, seen: Self) -> Result<(), Error> {
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

pub(super) fn is_compressed(answer: &FetchAnswer) -> bool {
    let encoding = answer.header("content-encoding");
    encoding.is_some_and(|encoding| !encoding.trim().eq_ignore_ascii_case("identity"))
}

/// No server may answer so where one range was asked for (RFC 9110, section 15.3.7.2).
fn is_multipart(answer: &FetchAnswer) -> bool {
    let mime = answer.header("content-type").unwrap_or_default();
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
