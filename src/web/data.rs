//! Bytes that lie in the page: a blob, which may lie on a disk, or an array.

use super::failure::message;
use crate::error::Error;
use js_sys::{ArrayBuffer, Uint8Array};
use std::ops::Range;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, File};

#[wasm_bindgen]
extern "C" {
    /// An `ArrayBuffer` or a `Uint8Array`: longer than 32 bits can tell.
    type Bytes;

    #[wasm_bindgen(method, getter, js_name = byteLength)]
    fn byte_length(this: &Bytes) -> f64;

    #[wasm_bindgen(method)]
    fn subarray(this: &Bytes, start: f64, end: f64) -> Uint8Array;

    /// As `Uint8Array::copy_to`, which looks at the length once more.
    #[wasm_bindgen(js_namespace = ["Uint8Array", "prototype", "set"], js_name = call)]
    fn set(into: &mut [u8], from: &Uint8Array);
}

/// The data of a media item, as JavaScript holds it.
#[derive(Clone, Debug)]
pub enum Data {
    /// A blob or a file, which is read part by part.
    Blob(Blob),
    /// An array of bytes in memory, or the view of a whole `ArrayBuffer`.
    Bytes(Uint8Array),
}

impl Data {
    /// `None` for anything but a `Blob`, an `ArrayBuffer` or a `Uint8Array`.
    pub fn from_js(value: &JsValue) -> Option<Self> {
        if let Some(bytes) = value.dyn_ref::<Uint8Array>() {
            return Some(Self::Bytes(bytes.clone()));
        }
        if let Some(blob) = value.dyn_ref::<Blob>() {
            return Some(Self::Blob(blob.clone()));
        }
        let buffer = value.dyn_ref::<ArrayBuffer>()?;
        // A view of a buffer that was transferred away would throw.
        let is_empty = buffer.unchecked_ref::<Bytes>().byte_length() == 0.0;
        Some(Self::Bytes(if is_empty {
            Uint8Array::new_with_length(0)
        } else {
            Uint8Array::new(buffer)
        }))
    }

    /// Length in bytes.
    pub fn len(&self) -> u64 {
        match self {
            // Sizes are whole numbers below 2⁵³.
            Self::Blob(blob) => blob.size() as u64,
            Self::Bytes(bytes) => byte_length(bytes),
        }
    }

    /// Whether it has no bytes.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The name, of a file that has one.
    pub fn file_name(&self) -> Option<String> {
        match self {
            Self::Blob(blob) => Some(blob.dyn_ref::<File>()?.name()),
            Self::Bytes(_) => None,
        }
    }

    /// A part of it; nothing else is read.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] for a blob that cannot be read, such as a file that has changed.
    pub async fn read(&self, range: Range<u64>) -> Result<Vec<u8>, Error> {
        match self {
            Self::Blob(blob) => read_blob(blob, range)
                .await
                .map_err(|cause| unreadable(&cause)),
            Self::Bytes(bytes) => Ok(copy(bytes, range)),
        }
    }
}

pub(super) fn byte_length(bytes: &Uint8Array) -> u64 {
    bytes.unchecked_ref::<Bytes>().byte_length() as u64
}

/// A part of an array, as far as the array goes; nothing else is copied.
pub(super) fn copy(bytes: &Uint8Array, range: Range<u64>) -> Vec<u8> {
    let (start, end) = (range.start, range.end.min(byte_length(bytes)));
    // Of a buffer that was transferred away no part can be made, not even an empty one.
    if start >= end {
        return Vec::new();
    }
    let bytes: &Bytes = bytes.unchecked_ref();
    to_vec(&bytes.subarray(start as f64, end as f64))
}

/// Of an array that is no longer than the memory of wasm.
pub(super) fn to_vec(bytes: &Uint8Array) -> Vec<u8> {
    let mut copied = Vec::new();
    copy_to(&mut copied, bytes, bytes.length());
    copied
}

/// In the place of what was there.
pub(super) fn copy_to(into: &mut Vec<u8>, bytes: &Uint8Array, length: u32) {
    into.resize(length as usize, 0);
    set(into, bytes);
}

async fn read_blob(blob: &Blob, range: Range<u64>) -> Result<Vec<u8>, JsValue> {
    let (start, end) = (range.start as f64, range.end as f64);
    // In Chromium a slice of a file takes a quarter of the time of a read.
    let part = if start == 0.0 && end == blob.size() {
        blob.clone()
    } else {
        blob.slice_with_f64_and_f64(start, end)?
    };
    let buffer = JsFuture::from(part.array_buffer()).await?;
    Ok(to_vec(&Uint8Array::new(&buffer)))
}

/// A folder that was dropped, a file that was deleted or changed since, a disk that is gone.
fn unreadable(cause: &JsValue) -> Error {
    let cause = message(cause);
    let why = format!("it cannot be read; is it a folder, or has the file changed? {cause}");
    Error::invalid("source", why)
}
