//! Bytes that lie in the page: a blob, which may lie on a disk, or an array.

use crate::error::Error;
use js_sys::{ArrayBuffer, Uint8Array};
use std::ops::Range;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, File};

#[derive(Clone, Debug)]
pub enum Data {
    Blob(Blob),
    Bytes(Uint8Array),
}

impl Data {
    /// `None` for anything but a `Blob`, an `ArrayBuffer` or a `Uint8Array`.
    pub fn from_js(value: &JsValue) -> Option<Self> {
        if let Some(blob) = value.dyn_ref::<Blob>() {
            return Some(Self::Blob(blob.clone()));
        }
        if let Some(bytes) = value.dyn_ref::<Uint8Array>() {
            return Some(Self::Bytes(bytes.clone()));
        }
        let buffer = value.dyn_ref::<ArrayBuffer>()?;
        // A view of a buffer that was transferred away would throw.
        Some(Self::Bytes(match buffer.byte_length() {
            0 => Uint8Array::new_with_length(0),
            _ => Uint8Array::new(buffer),
        }))
    }

    /// Length in bytes.
    pub fn len(&self) -> u64 {
        match self {
            // A size is a whole number below 2⁵³.
            Self::Blob(blob) => blob.size() as u64,
            Self::Bytes(bytes) => u64::from(bytes.length()),
        }
    }

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
    pub async fn read(&self, range: Range<u64>) -> Result<Vec<u8>, Error> {
        match self {
            Self::Blob(blob) => read_blob(blob, range)
                .await
                .map_err(|cause| unreadable(&cause)),
            Self::Bytes(bytes) => {
                let at = |offset: u64| {
                    u32::try_from(offset)
                        .unwrap_or(u32::MAX)
                        .min(bytes.length())
                };
                Ok(bytes.subarray(at(range.start), at(range.end)).to_vec())
            }
        }
    }
}

async fn read_blob(blob: &Blob, range: Range<u64>) -> Result<Vec<u8>, JsValue> {
    let (start, end) = (range.start as f64, range.end as f64);
    // In Chromium a slice of a file takes a quarter of the time of a read.
    let part = match start == 0.0 && end == blob.size() {
        true => blob.clone(),
        false => blob.slice_with_f64_and_f64(start, end)?,
    };
    let buffer = JsFuture::from(part.array_buffer()).await?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

/// A folder that was dropped, a file that was deleted or changed since, a disk that is gone.
fn unreadable(cause: &JsValue) -> Error {
    let cause = cause
        .dyn_ref::<js_sys::Error>()
        .map(|error| String::from(error.message()));
    Error::InvalidArgument {
        what: "source".into(),
        why: format!(
            "it cannot be read; is it a folder, or has the file changed? {}",
            cause.unwrap_or_default()
        ),
    }
}
