//! What is read of a file besides its header, and of one that no page may read.

use crate::measure::measure;
use crate::state::items::Item;
use crate::state::lazy::Inspected;
use crate::state::thumbnails::ThumbnailState;
use leptos::prelude::*;
use tilewise::error::Error;
use tilewise::media::Format;
use tilewise::prepare::decodes;
use tilewise::web::{Data, InspectOptions, Source, inspect};
use tilewise_www_core::jpeg_end::{is_cut_off, tail_bytes};
use wasm_bindgen_futures::JsFuture;

/// Facts of a file or of what is behind a URL. What its server lets no page read is measured as the browser shows it.
pub(crate) async fn inspect_any(source: Source) -> Result<Inspected, Error> {
    let found = inspect(&source, &InspectOptions::default()).await;
    if let (Err(Error::Network { .. }), Source::Url(url)) = (&found, &source)
        && let Some(facts) = measure(url).await
    {
        return Ok(Inspected {
            facts,
            is_measured: true,
        });
    }
    found.map(|facts| Inspected {
        facts,
        is_measured: false,
    })
}

/// One after the other, as nothing waits for it.
pub(crate) async fn examine(thumbnails: ThumbnailState, items: Vec<Item>) {
    for item in items {
        let Some(facts) = item.facts() else {
            continue;
        };
        // Whether the browser decodes it decides what can be done to it.
        if facts.is_image() && !decodes(facts.format) {
            thumbnails.request(&item);
        }
        if facts.format == Format::Jpeg && ends_early(&item).await == Some(true) {
            item.is_cut_off.set(true);
        }
    }
}

/// `None` where the file is not here or cannot be read.
async fn ends_early(item: &Item) -> Option<bool> {
    let Some(Data::Blob(file)) = &item.file else {
        return None;
    };
    let length = file.size();
    let tail = tail_bytes(length as u64) as f64;
    let tail = file.slice_with_f64_and_f64(length - tail, length).ok()?;
    let bytes = JsFuture::from(tail.array_buffer()).await.ok()?;
    Some(is_cut_off(&js_sys::Uint8Array::new(&bytes).to_vec()))
}
