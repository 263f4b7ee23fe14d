//! What the intake of photos and videos needs from the browser.

use js_sys::{Array, Function, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, DataTransfer, Response};

/// Where the site keeps photos and videos to try (`www/public/samples`).
const SAMPLES: &str = "./samples/";

/// How a drag carries URLs (RFC 2483, section 5).
pub(crate) const URL_LIST: &str = "text/uri-list";
pub(crate) const TEXT: &str = "text/plain";

/// Gives what was dropped before this program was there, and leaves what comes to it (`www/public/early.js`).
const TAKE_EARLY_DROPS: &str = "takeEarlyDrops";

/// In an order of their own; nothing where there was none.
pub(crate) fn early_drops() -> Array {
    let take = Reflect::get(&window(), &TAKE_EARLY_DROPS.into()).ok();
    let take = take.and_then(|take| take.dyn_into::<Function>().ok());
    let taken = take.and_then(|take| take.call0(&JsValue::UNDEFINED).ok());
    taken.map(|taken| Array::from(&taken)).unwrap_or_default()
}

/// How many files are left out, as a sentence.
pub(crate) fn unread(count: usize) -> String {
    match count {
        1 => "One could not be read.".to_owned(),
        count => format!("{count} could not be read."),
    }
}

/// Whether the list takes what is dragged: not, say, text for the question.
pub(crate) fn is_for_the_list(dragged: &DataTransfer) -> bool {
    let types = dragged.types();
    ["Files", URL_LIST]
        .iter()
        .any(|kind| types.includes(&(*kind).into(), 0))
}

/// `None` where there is no connection.
pub(crate) async fn fetch_sample(name: &str) -> Option<Blob> {
    fetch_blob(&format!("{SAMPLES}{name}")).await
}

pub(crate) async fn fetch_blob(url: &str) -> Option<Blob> {
    let response = JsFuture::from(window().fetch_with_str(url)).await.ok()?;
    let response: Response = response.dyn_into().ok()?;
    if !response.ok() {
        return None;
    }
    let blob = JsFuture::from(response.blob().ok()?).await.ok()?;
    blob.dyn_into().ok()
}
