//! What is computed at once.

use super::argument::{Argument, read};
use super::outcome::outcome;
use super::{draft::draft, options};
use crate::error::Error;
use crate::estimate::require_allowed;
use crate::json::to_json;
use crate::request::{Body, Draft, Piece, Via};
use crate::snippet::Language;
use crate::{catalog, estimate, snippet, usage};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Serialize, Serializer};
use wasm_bindgen::prelude::*;

/// As `models` of the package.
#[wasm_bindgen]
pub fn models() -> String {
    to_json(catalog::models())
}

/// As `estimate` of the package.
#[wasm_bindgen]
pub fn estimate(draft: &str, options: &str) -> String {
    outcome(read("draft", draft, self::draft).and_then(|draft| {
        let options = read("options", options, options::estimate)?;
        Ok(estimate::estimate(&draft, &options))
    }))
}

/// The body of a draft in pieces: text as it is sent, and the places of media whose base64 stands between.
#[wasm_bindgen]
pub fn body(draft: &str, options: &str) -> String {
    outcome(read("draft", draft, self::draft).and_then(|draft| {
        let is_streamed = |options: &Argument<'_>| options.get("stream").boolean();
        match read("options", options, is_streamed)?.unwrap_or(true) {
            true => pieces(&Body::streamed(&draft), &draft),
            false => pieces(&Body::whole(&draft), &draft),
        }
    }))
}

/// The body that `chat` of the package streams the answer to. Refuses a draft that the endpoint's published
/// limits forbid, unless forced.
#[wasm_bindgen(js_name = allowedBody)]
pub fn allowed_body(draft: &str, options: &str) -> String {
    let limits = read("options", options, |options| {
        let is_forced = options.get("force").boolean() == Some(true);
        (!is_forced).then(|| options::estimate(options.get("estimate").object()))
    });
    outcome(limits.and_then(|limits| {
        let draft = read("draft", draft, self::draft)?;
        if let Some(limits) = limits {
            require_allowed(&draft, &limits)?;
        }
        pieces(&Body::streamed(&draft), &draft)
    }))
}

/// RFC 4648, section 4. Slices of whole groups of three bytes join without padding.
#[wasm_bindgen]
pub fn base64(bytes: &[u8]) -> String {
    let mut text = vec![0; bytes.len().div_ceil(3) * 4];
    // Into a slice: the simpler way carries along how a failure would be written, which costs 2 KB.
    let length = BASE64_STANDARD.encode_slice(bytes, &mut text);
    text.truncate(length.unwrap_or_default());
    String::from_utf8(text).unwrap_or_default()
}

/// As `snippet` of the package.
#[wasm_bindgen]
pub fn snippet(draft: &str, language: &str, options: &str) -> String {
    outcome(read("draft", draft, self::draft).and_then(|draft| {
        let language = Language::named(language)?;
        read("options", options, |options| {
            snippet::snippet(&draft, language, options::base_url(options))
        })?
    }))
}

/// As `reconcile` of the package.
#[wasm_bindgen]
pub fn reconcile(estimate: &str, usage: &str, answer: &str) -> String {
    outcome(
        read("estimate", estimate, options::basis).and_then(|basis| {
            let usage = read("usage", usage, options::usage)?;
            let received = read("answer", answer, options::received)?;
            Ok(usage::reconcile(&basis, &usage, &received))
        }),
    )
}

/// The pieces of a body, all of whose data are there.
fn pieces(body: &Body<'_>, draft: &Draft) -> Result<Vec<PlainPiece>, Error> {
    let pieces = body.pieces()?;
    let mut media = draft.all_media();
    if let Some(missing) = media.position(|part| part.via == Via::Base64 { bytes: None }) {
        return Err(body.missing_data(missing));
    }
    Ok(pieces.into_iter().map(PlainPiece).collect())
}

struct PlainPiece(Piece);

impl Serialize for PlainPiece {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Piece::Json(text) => serializer.serialize_str(text),
            Piece::Base64 { media } => serializer.serialize_u64(*media as u64),
        }
    }
}
