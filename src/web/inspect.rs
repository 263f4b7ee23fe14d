//! The probe, served from whatever a page can read.

use super::readers::{preload_formats, step};
use super::{Data, InspectOptions, Source, data, remote};
use crate::data_url::{self, Unread};
use crate::error::Error;
use crate::media::MediaFacts;
use crate::probe::{Probe, ProbeStep};
use js_sys::Uint8Array;
use web_sys::AbortSignal;

/// Reads as little of the source as its format allows.
///
/// # Errors
///
/// As [`inspect_local`], and of an address [`Error::Network`], [`Error::Http`] for a status of error, and
/// [`Error::Timeout`] after too long a silence.
pub async fn inspect(source: &Source, options: &InspectOptions) -> Result<MediaFacts, Error> {
    match source {
        Source::Url(url) if source.is_remote() => remote::inspect(url, options).await,
        _ => inspect_local(source, options).await,
    }
}

/// As [`inspect`], of what lies in the page: a program that calls nothing else needs no code for servers.
///
/// # Errors
///
/// [`Error::Probe`] for a source without facts; [`Error::InvalidArgument`] for one that cannot be read or is no http(s)
/// or `data:` URL; [`Error::NotLoaded`] where the readers of its format cannot be loaded; [`Error::Aborted`].
pub async fn inspect_local(source: &Source, options: &InspectOptions) -> Result<MediaFacts, Error> {
    match source {
        Source::Data(data) => inspect_data(data, options).await,
        Source::Url(url) if source.is_data_url() => inspect_data_url(url, options.max_bytes).await,
        Source::Url(_) => Err(Error::invalid(
            "source",
            "a string must be an http(s): or data: URL",
        )),
    }
}

/// As [`inspect_local`], of bytes that are in memory, at once.
///
/// # Errors
///
/// [`Error::Probe`] for bytes without facts; [`Error::NotPreloaded`] where the readers of their format are not loaded.
pub fn inspect_sync(bytes: &Uint8Array, max_bytes: u64) -> Result<MediaFacts, Error> {
    let mut probe = Probe::new(Some(data::byte_length(bytes))).with_max_bytes(max_bytes);
    loop {
        match probe.step() {
            Err(_) if probe.lacks_readers() => return Err(Error::NotPreloaded { part: "formats" }),
            step => match step? {
                ProbeStep::Done(facts) => return Ok(facts),
                ProbeStep::Need(range) => probe.supply(&data::copy(bytes, range)),
            },
        }
    }
}

/// A read of a blob takes Chromium a millisecond and Node a tenth of one, however few bytes it is of; so many take about a
/// tenth of that.
const BLOB_READ_COST: u64 = 16 * 1024;

async fn inspect_data(data: &Data, options: &InspectOptions) -> Result<MediaFacts, Error> {
    let mut probe = Probe::new(Some(data.len())).with_max_bytes(options.max_bytes);
    if let Data::Blob(_) = data {
        probe = probe.with_read_cost(BLOB_READ_COST);
    }
    loop {
        // A read cannot be aborted, so the caller's own signal will do: another costs as much as a probe.
        if options.signal.as_ref().is_some_and(AbortSignal::aborted) {
            return Err(Error::Aborted);
        }
        match step(&mut probe).await? {
            ProbeStep::Done(facts) => return Ok(facts),
            ProbeStep::Need(range) => probe.supply(&data.read(range).await?),
        }
    }
}

async fn inspect_data_url(url: &str, max_bytes: u64) -> Result<MediaFacts, Error> {
    match data_url::read(url, max_bytes) {
        Err(Unread::LacksReaders) => {
            preload_formats().await?;
            data_url::inspect(url, max_bytes)
        }
        Err(Unread::Failed(error)) => Err(error),
        Ok(facts) => Ok(facts),
    }
}
