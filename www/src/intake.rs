//! What the intake of photos and videos needs from the browser.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, DataTransfer, Response};

/// Where the site keeps photos and videos to try (`www/public/samples`).
const SAMPLES: &str = "./samples/";

/// How a drag carries URLs (RFC 2483, section 5).
pub(crate) const URL_LIST: &str = "text/uri-list";

/// Whether the list takes what is dragged: not, say, text for the question.
pub(crate) fn is_for_the_list(dragged: &DataTransfer) -> bool {
    let types = dragged.types();
    ["Files", URL_LIST]
        .iter()
        .any(|kind| types.includes(&(*kind).into(), 0))
}

/// `None` where there is no connection.
pub(crate) async fn fetch_sample(name: &str) -> Option<Blob> {
    let url = format!("{SAMPLES}{name}");
    let response = JsFuture::from(window().fetch_with_str(&url)).await.ok()?;
    let response: Response = response.dyn_into().ok()?;
    if !response.ok() {
        return None;
    }
    let blob = JsFuture::from(response.blob().ok()?).await.ok()?;
    blob.dyn_into().ok()
}
