//! A body that is read once from its start, and only as far as needed.

use super::part::is_compressed;
use crate::error::Error;
use crate::stream::session::Answer;
use crate::web::fetch::FetchAnswer;
use std::ops::Range;

pub(super) struct FromStart {
    answer: FetchAnswer,
    /// From `Content-Length`. It counts what travels: the file, unless that is compressed on its way,
    /// which another origin may not see. So it is believed until more comes, and the end is read from
    /// the body alone.
    stated: Option<u64>,
    bytes: Vec<u8>,
    ended: bool,
}

impl FromStart {
    pub(super) fn of(answer: FetchAnswer) -> Result<Self, Error> {
        match answer.status() {
            200 | 203 => Ok(Self {
                stated: length(&answer),
                answer,
                bytes: Vec::new(),
                ended: false,
            }),
            206 => Err(Error::Network {
                message: "the server sent a part of the file when it was asked for all of it"
                    .to_owned(),
            }),
            status => {
                let text = answer.status_text();
                let message = format!("the picture cannot be fetched: {text}");
                Err(Error::Http {
                    status,
                    // HTTP/2 has no such text.
                    message: message.trim_end_matches(": ").to_owned(),
                    body: String::new(),
                })
            }
        }
    }

    /// The bytes of a range as far as the file has them; `None` where they lie behind the most that may
    /// be read.
    pub(super) async fn read(
        &mut self,
        range: Range<u64>,
        most: u64,
    ) -> Result<Option<&[u8]>, Error> {
        // What would be read in vain is not read, unless the file seems to end before.
        if range.start >= most && self.stated.is_none_or(|length| length > most) {
            return Ok(None);
        }
        let end = range.end.min(most);
        while !self.ended && self.bytes_read() < end {
            match self.answer.chunk().await? {
                Some(chunk) => {
                    let room = usize::try_from(most - self.bytes_read()).unwrap_or(usize::MAX);
                    self.bytes.extend(chunk.get(..room).unwrap_or(&chunk));
                }
                None => self.ended = true,
            }
        }
        let bytes = crate::probe::part(&self.bytes, range);
        Ok((self.ended || !bytes.is_empty()).then_some(bytes))
    }

    /// The size of the file, as soon as its end was seen.
    pub(super) fn end(&self) -> Option<u64> {
        self.ended.then_some(self.bytes_read())
    }

    /// The size of the file, as far as it can be known.
    pub(super) fn length(&self) -> Option<u64> {
        self.end()
            .or(self.stated.filter(|stated| *stated >= self.bytes_read()))
    }

    pub(super) fn bytes_read(&self) -> u64 {
        self.bytes.len() as u64
    }
}

fn length(answer: &FetchAnswer) -> Option<u64> {
    match is_compressed(answer) {
        true => None,
        false => answer.header("content-length")?.trim().parse().ok(),
    }
}
