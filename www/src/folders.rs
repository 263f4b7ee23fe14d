//! The photos and videos of a folder that was dropped.

use js_sys::{Array, Function, Promise};
use std::pin::Pin;
use tilewise::media::Format;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, FileSystemDirectoryEntry, FileSystemEntry, FileSystemFileEntry};

/// Far more than a request may hold, and few enough to be shown.
pub(crate) const MAX_FILES: usize = 500;

#[derive(Debug, Default)]
pub(crate) struct Found {
    /// In the order of their paths.
    pub(crate) files: Vec<File>,
    /// Whether there may be more.
    pub(crate) is_cut: bool,
}

pub(crate) type Search = Pin<Box<dyn Future<Output = Result<Found, JsValue>>>>;

/// Finds the files of a folder and of the folders in it, the topmost first.
pub(crate) async fn search(folder: FileSystemDirectoryEntry) -> Result<Found, JsValue> {
    let mut found = Found::default();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        let mut below = Vec::new();
        for entry in entries(&folder).await? {
            if entry.is_directory() {
                below.push(entry.unchecked_into());
            } else if let Some(file) = media_file(entry.unchecked_into()).await {
                if found.files.len() == MAX_FILES {
                    found.is_cut = true;
                    return Ok(found);
                }
                found.files.push(file);
            }
        }
        // The last one is the next.
        folders.extend(below.into_iter().rev());
    }
    Ok(found)
}

/// By name. Chromium hands them over by the hundred, until it hands over none.
async fn entries(folder: &FileSystemDirectoryEntry) -> Result<Vec<FileSystemEntry>, JsValue> {
    let reader = folder.create_reader();
    let mut entries: Vec<FileSystemEntry> = Vec::new();
    loop {
        let some = answer(|done, failed| {
            let _ = reader.read_entries_with_callback_and_callback(done, failed);
        });
        let some: Array = some.await?.unchecked_into();
        if some.length() == 0 {
            break;
        }
        entries.extend(some.iter().map(JsCast::unchecked_into));
    }
    entries.sort_by_cached_key(FileSystemEntry::name);
    Ok(entries)
}

/// `None` for a file of another kind, or one that cannot be opened.
async fn media_file(entry: FileSystemFileEntry) -> Option<File> {
    let file = answer(|done, failed| entry.file_with_callback_and_callback(done, failed));
    let file: File = file.await.ok()?.unchecked_into();
    let kind = file.type_();
    let is_media = ["image/", "video/"]
        .iter()
        .any(|start| kind.starts_with(start));
    // Browsers know no type of a format that they cannot show.
    (is_media || Format::promised_by(&file.name()).is_some()).then_some(file)
}

/// The answer of a function that calls one of two callbacks.
async fn answer(mut call: impl FnMut(&Function, &Function)) -> Result<JsValue, JsValue> {
    JsFuture::from(Promise::new(&mut |done, failed| call(&done, &failed))).await
}
