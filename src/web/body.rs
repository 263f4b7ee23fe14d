//! A request body as a blob, with base64 encoded a slice at a time.

use super::Data;
use crate::error::Error;
use crate::request::{Body, Piece};
use base64::{Engine, prelude::BASE64_STANDARD};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsValue;
use web_sys::{Blob, BlobPropertyBag};

/// Bytes encoded at once: whole groups of three, so that the parts join without padding.
const SLICE_BYTES: u64 = 3 * 128 * 1024;

/// The body of a request as JSON. `data` holds the data of each media item that travels in it, by its index in
/// [`Draft::all_media`](crate::request::Draft::all_media).
///
/// # Errors
///
/// [`Error::InvalidArgument`] as by [`Body::pieces`], for data that is missing or cannot be read, and for a body that
/// is too large for the runtime.
pub async fn request_body(body: &Body<'_>, data: &[Option<Data>]) -> Result<Blob, Error> {
    blob(&pieces(body, data)?, data).await
}

/// The pieces of a body, all of whose data are there.
pub(crate) fn pieces(body: &Body<'_>, data: &[Option<Data>]) -> Result<Vec<Piece>, Error> {
    complete(body.pieces()?, data, body)
}

/// The same of pieces whose data are those of this body.
pub(crate) fn complete(
    pieces: Vec<Piece>,
    data: &[Option<Data>],
    body: &Body<'_>,
) -> Result<Vec<Piece>, Error> {
    for piece in &pieces {
        if let Piece::Base64 { media } = piece
            && data.get(*media).is_none_or(Option::is_none)
        {
            return Err(body.missing_data(*media));
        }
    }
    Ok(pieces)
}

/// Joins [`pieces`]; `data` holds the data of each media item, by its index. At no time are more than a slice of an
/// image and its base64 in wasm memory.
pub(crate) async fn blob(pieces: &[Piece], data: &[Option<Data>]) -> Result<Blob, Error> {
    let parts = Array::new();
    for piece in pieces {
        match piece {
            Piece::Json(text) => {
                parts.push(&JsValue::from(text));
            }
            Piece::Base64 { media } => {
                if let Some(data) = data.get(*media).and_then(Option::as_ref) {
                    encode(data, &parts).await?;
                }
            }
        }
    }
    let options = BlobPropertyBag::new();
    options.set_type("application/json");
    Blob::new_with_str_sequence_and_options(&parts, &options)
        .map_err(|_| Error::invalid("draft", "the body is too large for this runtime"))
}

async fn encode(data: &Data, parts: &Array) -> Result<(), Error> {
    let mut at = 0;
    while at < data.len() {
        let end = data.len().min(at + SLICE_BYTES);
        let bytes = data.read(at..end).await?;
        // As bytes: a string would be checked, and decoded once more.
        let mut encoded = vec![0; 4 * bytes.len().div_ceil(3)];
        let length = BASE64_STANDARD.encode_slice(bytes, &mut encoded);
        encoded.truncate(length.unwrap_or_default());
        parts.push(&Uint8Array::from(&*encoded));
        at = end;
    }
    Ok(())
}
