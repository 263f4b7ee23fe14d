//! Several photos as one file, by `client-zip`, which is loaded when it is first used.
//!
//! `cargo xtask site` lays it beside the page.

use crate::clipboard;
use crate::package::load_module;
use crate::state::items::Item;
use js_sys::{Array, Object, Reflect};
use std::collections::BTreeSet;
use tilewise::web::Data;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, Response};

/// Beside the page's own script (`ZIP` in `xtask/src/site.rs`).
const ENTRY: &str = "./zip/client-zip.js";
const NAME: &str = "fitted.zip";

#[wasm_bindgen]
extern "C" {
    type Entry;

    /// Reads the files as the answer is read: they are never all in memory.
    #[wasm_bindgen(method, catch, js_name = downloadZip)]
    fn download_zip(this: &Entry, files: &Array) -> Result<Response, JsValue>;
}

/// Has the browser save them; an error is a sentence.
pub(crate) async fn save(items: &[Item]) -> Result<(), String> {
    let packed = pack(items).await;
    if packed.is_ok_and(|packed| clipboard::save(NAME, &packed)) {
        Ok(())
    } else {
        Err("The zip file could not be made: check the connection, and try again.".to_owned())
    }
}

async fn pack(items: &[Item]) -> Result<Blob, JsValue> {
    let entry: Entry = load_module(ENTRY).await?;
    let files = Array::new();
    for (item, name) in items.iter().zip(distinct(items)) {
        let Some(Data::Blob(file)) = &item.file else {
            continue;
        };
        let listed = Object::new();
        Reflect::set(&listed, &"name".into(), &name.into())?;
        Reflect::set(&listed, &"input".into(), file)?;
        files.push(&listed);
    }
    let packed = entry.download_zip(&files)?.blob()?;
    JsFuture::from(packed).await?.dyn_into()
}

/// Two photos of one name would overwrite each other when they are unpacked.
fn distinct(items: &[Item]) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let mut names = Vec::new();
    for item in items {
        let name = item.file_name();
        let numbered = |number: usize| match (number, name.rsplit_once('.')) {
            (1, _) => name.clone(),
            (number, Some((stem, extension))) => format!("{stem} ({number}).{extension}"),
            (number, None) => format!("{name} ({number})"),
        };
        let mut number = 1;
        while !taken.insert(numbered(number)) {
            number += 1;
        }
        names.push(numbered(number));
    }
    names
}
