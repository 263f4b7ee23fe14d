//! Text for other programs: by the clipboard, and as a file.
//!
//! Not by leptos-use: its clipboard does not tell when the browser refuses.

use leptos::prelude::*;
use leptos::task::spawn_local;
use tilewise::web::sleep;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

/// Some browsers begin a download only after the click is over.
const DOWNLOAD_BEGINS_MS: u32 = 1_000;

/// False where the browser refuses.
pub(crate) async fn copy(text: &str) -> bool {
    // Pages that came over plain http have no clipboard.
    let clipboard = window().navigator().clipboard();
    if clipboard.is_undefined() {
        return false;
    }
    JsFuture::from(clipboard.write_text(text)).await.is_ok()
}

/// Offers a text as a file to save.
pub(crate) fn download(name: &str, media_type: &str, text: &str) {
    let parts = js_sys::Array::of1(&text.into());
    let options = BlobPropertyBag::new();
    options.set_type(media_type);
    if let Ok(blob) = Blob::new_with_str_sequence_and_options(&parts, &options) {
        save(name, &blob);
    }
}

/// Offers data as a file to save; false where the browser refuses.
pub(crate) fn save(name: &str, blob: &Blob) -> bool {
    let url = Url::create_object_url_with_blob(blob);
    let link = document().create_element("a");
    let (Ok(url), Ok(link)) = (url, link) else {
        return false;
    };
    let link: HtmlAnchorElement = link.unchecked_into();
    link.set_href(&url);
    link.set_download(name);
    link.click();
    spawn_local(async move {
        sleep(DOWNLOAD_BEGINS_MS).await;
        let _ = Url::revoke_object_url(&url);
    });
    true
}
