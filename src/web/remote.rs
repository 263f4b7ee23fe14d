//! A file behind a URL, fetched as [`Remote`] says.

use super::fetch::FetchAnswer;
use super::readers::step;
use super::{Abort, InspectOptions};
use crate::error::Error;
use crate::media::MediaFacts;
use crate::probe::{self, Probe};
use crate::remote::{CORS_HINT, Head, MAX_READS, Remote, RemoteStep};
use crate::stream::session::{Answer, DEFAULT_TIMEOUT_MS};
use gloo_net::http::Headers;
use web_sys::{Request, RequestInit};

pub(super) async fn inspect(url: &str, options: &InspectOptions) -> Result<MediaFacts, Error> {
    let abort = Abort::new(options.signal.as_ref())?;
    let outcome = inspect_until(url, options.max_bytes, &abort).await;
    abort.end();
    outcome
}

async fn inspect_until(url: &str, max_bytes: u64, abort: &Abort) -> Result<MediaFacts, Error> {
    let fresh = || {
        Probe::new(None)
            .with_max_bytes(max_bytes)
            .with_max_reads(MAX_READS)
    };
    let mut probe = fresh();
    let mut remote = Remote::new(url, max_bytes);
    let mut answer: Option<FetchAnswer> = None;
    loop {
        match step(&mut probe).await? {
            probe::ProbeStep::Done(facts) if remote.is_final(&probe) => {
                return Ok(remote.finish(facts));
            }
            probe::ProbeStep::Done(_) => {}
            probe::ProbeStep::Need(range) => remote.want(range),
        }
        loop {
            match remote.step() {
                RemoteStep::Send { .. } => {
                    answer = None;
                    match get(remote.url(), remote.range_header(), abort).await {
                        Ok(sent) => {
                            remote.answered(&Head {
                                status: sent.status(),
                                status_text: &sent.response.status_text(),
                                // Behind all redirects.
                                url: &sent.response.url(),
                                header: &|name| sent.header(name),
                            });
                            answer = Some(sent);
                        }
                        Err(error) => remote.failed(error),
                    }
                }
                RemoteStep::Read => {
                    let chunk = match &mut answer {
                        Some(answer) => answer.chunk().await,
                        None => Ok(None),
                    };
                    match chunk {
                        Ok(Some(bytes)) => remote.received(&bytes),
                        Ok(None) => remote.ended(),
                        Err(error) => remote.failed(error),
                    }
                }
                RemoteStep::Supply => {
                    remote.supply(&mut probe);
                    break;
                }
                RemoteStep::Restart => {
                    probe = fresh();
                    break;
                }
                RemoteStep::Over => return Err(remote.end()),
            }
        }
    }
}

async fn get(url: &str, range: Option<String>, abort: &Abort) -> Result<FetchAnswer, Error> {
    let invalid = |_| Error::invalid("source", "this is not a URL that can be fetched");
    let init = RequestInit::new();
    if let Some(range) = range {
        // One range with a first byte, and no other header: nothing else goes to another origin
        // without asking it first by a preflight, which few servers of images answer (WHATWG Fetch,
        // section 2.2.2, "CORS-safelisted request-header"). That rules out If-Range as well.
        let headers = Headers::new();
        headers.set("range", &range);
        init.set_headers(&headers.into_raw());
    }
    let request = Request::new_with_str_and_init(url, &init).map_err(invalid)?;
    FetchAnswer::to(&request, abort, DEFAULT_TIMEOUT_MS, CORS_HINT).await
}
