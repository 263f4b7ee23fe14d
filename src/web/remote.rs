//! A picture behind a URL: read by Range requests (RFC 9110, section 14), or from its start where the
//! server does not do them.

mod from_start;
mod part;

use super::Abort;
use super::fetch::FetchAnswer;
use crate::error::Error;
use crate::media::MediaFacts;
use crate::probe::{Probe, ProbeError, Step};
use crate::stream::session::{Answer, DEFAULT_TIMEOUT_MS};
use from_start::FromStart;
use gloo_net::http::Headers;
use part::{Part, Version};
use std::ops::Range;
use web_sys::{Request, RequestInit};

/// What a page can do besides, where a server does not let it read a picture.
const BESIDES: &str = ", or inspect the file itself (a Blob) before it is uploaded";

pub(super) struct Remote<'a> {
    /// As the caller gave it.
    url: &'a str,
    max_bytes: u64,
    abort: &'a Abort,
    probe: Probe,
    /// Where the last part came from, behind all redirects. The next one is asked for there: a redirect
    /// may lead to another mirror, or another picture, every time.
    parts_url: String,
    version: Version,
    /// Bytes of parts, used or not.
    part_bytes: u64,
    /// Set once the server turns out not to do ranges.
    from_start: Option<FromStart>,
}

/// What came of asking for a part.
enum Outcome {
    /// The probe has it.
    Supplied,
    /// The server sends the whole file, or an error that has nothing to do with the range.
    Whole(FetchAnswer),
    /// The same without a range may do.
    Unusable,
}

impl<'a> Remote<'a> {
    pub(super) fn new(url: &'a str, max_bytes: u64, abort: &'a Abort) -> Self {
        Self {
            url,
            max_bytes,
            abort,
            probe: Probe::new(None).with_max_bytes(max_bytes),
            parts_url: url.to_owned(),
            version: Version::default(),
            part_bytes: 0,
            from_start: None,
        }
    }

    pub(super) async fn inspect(mut self) -> Result<MediaFacts, Error> {
        loop {
            match self.probe.step()? {
                Step::Done(facts) => {
                    let (bytes, more_bytes) = match &self.from_start {
                        Some(body) => (body.length(), body.bytes_read()),
                        None => (self.version.length, 0),
                    };
                    return Ok(MediaFacts {
                        bytes,
                        bytes_read: self.part_bytes + more_bytes,
                        ..facts
                    });
                }
                Step::Need(range) => self.read(range).await?,
            }
        }
    }

    async fn read(&mut self, range: Range<u64>) -> Result<(), Error> {
        if let Some(body) = &mut self.from_start {
            let most = self.max_bytes.saturating_sub(self.part_bytes);
            let bytes = body.read(range, most).await?;
            let bytes = bytes.ok_or(ProbeError::ReadLimit {
                max_bytes: self.max_bytes,
            })?;
            // No bytes would say that the file ends where they were asked for, but it ends before.
            if !bytes.is_empty() {
                self.probe.supply(bytes);
            }
            if let Some(end) = body.end() {
                self.probe.set_length(end);
            }
            return Ok(());
        }
        let answer = match self.read_part(&range).await? {
            Outcome::Supplied => return Ok(()),
            Outcome::Whole(answer) => answer,
            Outcome::Unusable => self.get(self.url, None).await?,
        };
        // Afresh: what came by parts may be of another version than what comes now.
        self.probe = Probe::new(None).with_max_bytes(self.max_bytes);
        self.from_start = Some(FromStart::of(answer)?);
        Ok(())
    }

    async fn read_part(&mut self, range: &Range<u64>) -> Result<Outcome, Error> {
        let mut answer = match self.get(&self.parts_url, Some(range)).await {
            // Chromium fails a fetch with a range if the answer is compressed all the same
            // (net::ERR_CONTENT_DECODING_FAILED). Browsers too old to take a range for harmless ask the
            // server for leave by a preflight, which it may not give.
            Err(Error::Network { .. }) => return Ok(Outcome::Unusable),
            answer => answer?,
        };
        Ok(match answer.status() {
            206 if self.take_part(&mut answer, range).await? => Outcome::Supplied,
            416 if self.take_end(&answer, range)? => Outcome::Supplied,
            // The last four are known from servers that take offence at the range itself.
            206 | 416 | 400 | 403 | 405 | 501 => Outcome::Unusable,
            // A redirect may lead to an address that serves once.
            401 | 404 | 410 if self.parts_url != self.url => Outcome::Unusable,
            _ => Outcome::Whole(answer),
        })
    }

    async fn get(&self, url: &str, range: Option<&Range<u64>>) -> Result<FetchAnswer, Error> {
        let init = RequestInit::new();
        init.set_signal(Some(&self.abort.signal()));
        if let Some(range) = range {
            // One range with a first byte, and no other header: nothing else goes to another origin
            // without asking it first by a preflight, which few servers of pictures answer (WHATWG Fetch,
            // section 2.2.2, "CORS-safelisted request-header"). That rules out If-Range as well.
            let headers = Headers::new();
            headers.set("range", &format!("bytes={}-{}", range.start, range.end - 1));
            init.set_headers(&headers.into_raw());
        }
        // Gloo's own builder appends an `&` to a query, which breaks the signature of a signed URL.
        let request = Request::new_with_str_and_init(url, &init)
            .map_err(|_| Error::invalid("source", "this is not a URL that can be fetched"))?;
        FetchAnswer::to(request.into(), self.abort, DEFAULT_TIMEOUT_MS, BESIDES).await
    }

    /// Supplies a part; `false` if its bytes cannot be used.
    async fn take_part(
        &mut self,
        answer: &mut FetchAnswer,
        range: &Range<u64>,
    ) -> Result<bool, Error> {
        let Some(part) = Part::announced_by(answer, range)? else {
            return Ok(false);
        };
        self.version.hold_against(part.version)?;
        if let Some(length) = self.version.length {
            self.probe.set_length(length);
        }
        let (bytes, is_sound) = part.body.read(answer).await?;
        self.part_bytes += bytes.len() as u64;
        // Nothing is asked for behind a known end, so nothing cannot be the answer there.
        if !is_sound || bytes.is_empty() && self.version.length.is_some() {
            return Ok(false);
        }
        let url = answer.url();
        // A fetch that was put in the place of the runtime's own may tell no URL.
        if !url.is_empty() {
            self.parts_url = url;
        }
        self.probe.supply(&bytes);
        Ok(true)
    }

    /// The range begins behind the end of the file; `false` if that cannot be.
    fn take_end(&mut self, answer: &FetchAnswer, range: &Range<u64>) -> Result<bool, Error> {
        let version = Version::of_416(answer);
        match version.length {
            Some(length) if length <= range.start => {
                self.version.hold_against(version)?;
                self.probe.set_length(length);
                Ok(true)
            }
            // Where another origin may not see the length. It remains unknown: it may be less than that.
            None if range.start > 0 && self.version.length.is_none() => {
                self.probe.supply(&[]);
                Ok(true)
            }
            _ => Ok(false),
        }
    }
}
