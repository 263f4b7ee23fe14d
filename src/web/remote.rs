//! A picture behind a URL, read by Range requests (RFC 9110, section 14).

use super::Abort;
use super::fetch::{Chunks, send};
use crate::error::Error;
use crate::media::MediaFacts;
use crate::probe::{Probe, ProbeError, Step};
use crate::stream::session::DEFAULT_TIMEOUT_MS;
use gloo_net::http::{Request, Response};
use std::ops::Range;

pub(super) struct Remote<'a> {
    url: &'a str,
    max_bytes: u64,
    abort: &'a Abort,
    /// The whole file from its beginning, where the server does not do ranges.
    from_start: Option<FromStart>,
}

/// A body that is read once from its start, and only as far as needed.
struct FromStart {
    chunks: Chunks,
    bytes: Vec<u8>,
    ended: bool,
}

impl<'a> Remote<'a> {
    pub(super) fn new(url: &'a str, max_bytes: u64, abort: &'a Abort) -> Self {
        Self {
            url,
            max_bytes,
            abort,
            from_start: None,
        }
    }

    pub(super) async fn inspect(mut self) -> Result<MediaFacts, Error> {
        let mut probe = Probe::new(None).with_max_bytes(self.max_bytes);
        loop {
            match probe.step()? {
                Step::Done(facts) => {
                    let from_start = self.from_start.map(|body| body.bytes.len() as u64);
                    return Ok(MediaFacts {
                        bytes_read: from_start.unwrap_or(facts.bytes_read),
                        ..facts
                    });
                }
                Step::Need(range) => {
                    let abort = self.abort;
                    let reading = self.read(range, &mut probe);
                    let bytes = abort.within(DEFAULT_TIMEOUT_MS, reading).await?;
                    probe.supply(&bytes);
                }
            }
        }
    }

    async fn read(&mut self, range: Range<u64>, probe: &mut Probe) -> Result<Vec<u8>, Error> {
        if let Some(body) = &mut self.from_start {
            return body.read(range, self.max_bytes, probe, self.abort).await;
        }
        let request = Request::get(self.url)
            .header("range", &format!("bytes={}-{}", range.start, range.end - 1))
            .abort_signal(Some(&self.abort.signal()))
            .build()
            .map_err(|_| Error::invalid("source", "this is not a URL that can be fetched"))?;
        let response = send(request, self.abort).await?;
        match response.status() {
            206 => {
                let content_range = ContentRange::of(&response);
                if content_range
                    .start
                    .is_some_and(|start| start != range.start)
                {
                    return Err(Error::Network {
                        message: "the server sent another part of the file than it was asked for"
                            .to_owned(),
                    });
                }
                if let Some(length) = content_range.length {
                    probe.set_length(length);
                }
                read_up_to(&response, range.end - range.start, self.abort).await
            }
            // The range begins behind the end.
            416 => Ok(Vec::new()),
            200 => {
                if let Some(length) = length_of_body(&response) {
                    probe.set_length(length);
                }
                let Some(chunks) = Chunks::of(&response) else {
                    return Ok(Vec::new());
                };
                let body = self.from_start.insert(FromStart {
                    chunks,
                    bytes: Vec::new(),
                    ended: false,
                });
                body.read(range, self.max_bytes, probe, self.abort).await
            }
            status => Err(Error::Http {
                status,
                message: format!("the picture cannot be fetched: {}", response.status_text()),
                body: String::new(),
            }),
        }
    }
}

impl FromStart {
    async fn read(
        &mut self,
        range: Range<u64>,
        max_bytes: u64,
        probe: &mut Probe,
        abort: &Abort,
    ) -> Result<Vec<u8>, Error> {
        while !self.ended && (self.bytes.len() as u64) < range.end {
            if self.bytes.len() as u64 >= max_bytes {
                return Err(ProbeError::ReadLimit { max_bytes }.into());
            }
            match self.chunks.next(abort).await? {
                Some(chunk) => self.bytes.extend(chunk),
                None => self.ended = true,
            }
        }
        if self.ended {
            probe.set_length(self.bytes.len() as u64);
        }
        Ok(crate::probe::part(&self.bytes, range).to_vec())
    }
}

/// At most so many bytes of a body: a server may send more than it was asked for.
async fn read_up_to(response: &Response, most: u64, abort: &Abort) -> Result<Vec<u8>, Error> {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let mut bytes = Vec::new();
    let Some(mut chunks) = Chunks::of(response) else {
        return Ok(bytes);
    };
    while bytes.len() < most
        && let Some(chunk) = chunks.next(abort).await?
    {
        bytes.extend(chunk);
    }
    bytes.truncate(most);
    Ok(bytes)
}

/// `bytes 0-99/1234`, each part as far as it is there: another origin sees none of it unless the server
/// exposes the header.
#[derive(Default)]
struct ContentRange {
    start: Option<u64>,
    length: Option<u64>,
}

impl ContentRange {
    fn of(response: &Response) -> Self {
        let header = response.headers().get("content-range").unwrap_or_default();
        let Some((range, length)) = header.trim_start_matches("bytes").trim().split_once('/')
        else {
            return Self::default();
        };
        Self {
            start: range
                .split_once('-')
                .and_then(|(start, _)| start.parse().ok()),
            length: length.parse().ok(),
        }
    }
}

/// From `Content-Length`, which counts what travels: of a compressed body, not the file.
fn length_of_body(response: &Response) -> Option<u64> {
    let headers = response.headers();
    if headers.get("content-encoding").is_some() {
        return None;
    }
    headers.get("content-length")?.trim().parse().ok()
}
