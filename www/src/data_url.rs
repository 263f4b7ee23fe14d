//! What comes in by rarer ways.

use crate::intake::fetch_blob;
use crate::state::media::MediaState;
use js_sys::Array;
use tilewise::media::Format;
use wasm_bindgen::JsCast;
use web_sys::File;

/// Data that are no file are named by their beginning.
const MAX_NAME: usize = 60;

/// The data are a file like any other, which only has no name.
pub(crate) async fn add_data_url(media: MediaState, url: String) {
    let Some(file) = fetch_blob(&url).await else {
        let name = url.chars().take(MAX_NAME).collect();
        return media.add_failed(name, "This data: URL cannot be decoded.".to_owned());
    };
    let mut formats = Format::ALL.iter();
    let named = formats.find(|format| file.type_() == format.mime());
    let name = named.map_or_else(|| "pasted".to_owned(), |format| format.rename("pasted"));
    media.add_file(name, file);
}

/// Files, folders, and lists of URLs as text (`www/public/early.js`).
pub(crate) fn add_early(media: MediaState, dropped: &Array) {
    for dropped in dropped.iter() {
        match (dropped.as_string(), dropped.dyn_into::<File>()) {
            (Some(urls), _) => media.add_urls(&urls),
            (None, Ok(file)) => media.add_file(file.name(), file.unchecked_into()),
            (None, Err(folder)) => media.add_folder(folder.unchecked_into()),
        }
    }
}
