//! The provider's own count of a draft, and by which rule an endpoint counts.

use super::{Abort, Data, FetchEndpoint, chat};
use crate::counting::calibration::{Calibrated, Calibration};
use crate::counting::{CountRequest, MAX_BYTES};
use crate::error::Error;
use crate::request::Draft;
use crate::stream::EndpointOptions;
use crate::stream::session::Session;
use js_sys::Uint8Array;

/// The tokens of a draft's input, as the endpoint of its provider counts them. `data` holds the data of each media item that
/// travels in the body, by its index in [`Draft::all_media`].
///
/// # Errors
///
/// [`Error::InvalidArgument`] as by [`CountRequest::new`], and for data that is missing; [`Error::Http`] and
/// [`Error::Network`] after all retries; [`Error::Stream`] where no count came; [`Error::Timeout`] and [`Error::Aborted`].
pub async fn count_on_server(
    draft: &Draft,
    data: Vec<Option<Data>>,
    options: EndpointOptions,
    abort: Abort,
) -> Result<u64, Error> {
    let request = CountRequest::new(draft)?;
    let form = request.form;
    let options = form.endpoint(draft, options)?;
    let max_retries = options.max_retries();
    let endpoint = FetchEndpoint::for_count(draft, request, data, options.into(), abort)?;
    let session = Session::new(endpoint).with_max_retries(max_retries);
    form.read(&session.text(MAX_BYTES).await?)
}

/// Counts two images of known sizes: by the provider's endpoint that counts, or else by answers of one token. `abort` gives
/// what aborts each of the requests.
///
/// # Errors
///
/// [`Error::InvalidArgument`] as by [`Calibration::new`]; otherwise as [`count_on_server`], and [`Error::Stream`] for an answer
/// that reports no input.
pub async fn calibrate(
    calibration: &Calibration,
    options: EndpointOptions,
    abort: impl Fn() -> Result<Abort, Error>,
) -> Result<Calibrated, Error> {
    let mut counts = [0; 2];
    for ((draft, file), count) in calibration.drafts.iter().zip(&mut counts) {
        let data = vec![Some(Data::Bytes(Uint8Array::from(*file)))];
        let options = options.clone();
        *count = match calibration.form {
            Some(_) => count_on_server(draft, data, options, abort()?).await?,
            None => {
                let options = options.for_draft(draft)?;
                let max_retries = options.max_retries();
                let answer = chat(draft, data, options.into(), max_retries, abort()?, |_| {});
                let answer = answer.await.map_err(|failure| failure.error)?;
                let reported = answer.usage.and_then(|usage| usage.input_tokens);
                reported.ok_or_else(|| {
                    Error::stream(
                        "the answer reports no input, so that nothing tells how it is counted",
                    )
                })?
            }
        };
    }
    Ok(calibration.conclude(counts))
}
