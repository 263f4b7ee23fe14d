//! A body that is read once from its start, and only as far as needed.

use super::Head;
use super::part::is_compressed;
use crate::error::Error;
use std::ops::Range;

#[derive(Debug)]
pub(super) struct FromStart {
    /// From `Content-Length`. It counts what travels: the file, unless that is compressed on its way,
    /// which another origin may not see. So it is believed until more comes, and the end is read from
    /// the body alone.
    stated: Option<u64>,
    bytes: Vec<u8>,
    has_ended: bool,
}

impl FromStart {
    pub(super) fn of(head: &Head<'_>) -> Result<Self, Error> {
        match head.status {
            200 | 203 => Ok(Self {
                stated: length(head),
                bytes: Vec::new(),
                has_ended: false,
            }),
            206 => Err(Error::Network {
                message: "the server sent a part of the file when it was asked for all of it"
                    .to_owned(),
            }),
            status => {
                let message = format!("the image cannot be fetched: {}", head.status_text);
                Err(Error::Http {
                    status,
                    // HTTP/2 has no such text.
                    message: message.trim_end_matches(": ").to_owned(),
                    body: String::new(),
                })
            }
        }
    }

    /// Keeps no more than `max_bytes` in all.
    pub(super) fn received(&mut self, bytes: &[u8], max_bytes: u64) {
        let room = usize::try_from(max_bytes.saturating_sub(self.len())).unwrap_or(usize::MAX);
        self.bytes
            .extend_from_slice(bytes.get(..room).unwrap_or(bytes));
    }

    pub(super) fn ended(&mut self) {
        self.has_ended = true;
    }

    /// The bytes of a range as far as they are there.
    pub(super) fn part(&self, range: Range<u64>) -> &[u8] {
        crate::probe::part(&self.bytes, range)
    }

    pub(super) fn stated(&self) -> Option<u64> {
        self.stated
    }

    /// The size of the file, as soon as its end was seen.
    pub(super) fn end(&self) -> Option<u64> {
        self.has_ended.then_some(self.len())
    }

    /// The size of the file, as far as it can be known.
    pub(super) fn length(&self) -> Option<u64> {
        self.end()
            .or(self.stated.filter(|stated| *stated >= self.len()))
    }

    /// Bytes that came.
    pub(super) fn len(&self) -> u64 {
        self.bytes.len() as u64
    }
}

fn length(head: &Head<'_>) -> Option<u64> {
    if is_compressed(head) {
        None
    } else {
        (head.header)("content-length")?.trim().parse().ok()
    }
}
