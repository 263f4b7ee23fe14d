//! The package's tokenizer, loaded when a person asks for it.
//!
//! `cargo xtask site` lays it beside the page.

use crate::package::{ModuleFailure, load_module, set_option};
use js_sys::{JSON, Object, Promise, Reflect};
use std::rc::Rc;
use tilewise::request::Draft;
use tilewise::rule::text::{CountedText, TextTokens};
use tilewise::snippet::body;
use tilewise::units::bytes;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortSignal;

/// Beside the page's own script (`TOKENIZER` in `xtask/src/site.rs`).
const ENTRY: &str = "./text/text.js";

/// Each stands for the models that have its vocabulary and its chat template.
const KIMI_K2: &str = "kimi-k2.5";
const KIMI_K3: &str = "kimi-k3";

#[wasm_bindgen]
extern "C" {
    type Entry;

    #[wasm_bindgen(method, catch)]
    fn load(this: &Entry, options: &Object) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = countedBody)]
    fn counted_body(this: &Entry, body: &str, model: &str) -> Result<JsValue, JsValue>;

    type Progress;

    #[wasm_bindgen(method, getter, js_name = loadedBytes)]
    fn loaded_bytes(this: &Progress) -> f64;

    #[wasm_bindgen(method, getter, js_name = totalBytes)]
    fn total_bytes(this: &Progress) -> f64;
}

/// Counts the text of a draft. As a closure, so that the first part of the program does not hold what makes it.
pub(crate) type TextCounter = Rc<dyn Fn(&Draft) -> CountedText>;

/// How much a server sends that compresses, in words; `None` in a build that `cargo xtask site` did not make.
pub(crate) fn download_size() -> Option<String> {
    let length = option_env!("TILEWISE_TOKENIZER_BYTES")?.parse().ok()?;
    Some(bytes(length))
}

pub(crate) async fn load(
    signal: &AbortSignal,
    on_progress: impl Fn(f64) + 'static,
) -> Result<TextCounter, ModuleFailure> {
    let unloaded = || {
        let why = "The tokenizer could not be loaded: check the connection.";
        ModuleFailure::Failed(why.to_owned())
    };
    let entry: Entry = load_module(ENTRY).await.map_err(|_| unloaded())?;
    // Lives until the tokenizer is there.
    let on_progress = Closure::<dyn FnMut(Progress)>::new(move |progress: Progress| {
        on_progress(progress.loaded_bytes() / progress.total_bytes());
    });
    let options = Object::new();
    set_option(&options, "signal", signal)?;
    set_option(&options, "onProgress", on_progress.as_ref())?;
    // The name of its file is of no help to people.
    let loaded = JsFuture::from(entry.load(&options)?).await;
    loaded.map_err(|error| match ModuleFailure::from(error) {
        ModuleFailure::Aborted => ModuleFailure::Aborted,
        ModuleFailure::Failed(_) => unloaded(),
    })?;
    Ok(Rc::new(move |draft| counted(&entry, draft)))
}

/// Nothing of a draft that no template writes in one way.
fn counted(entry: &Entry, draft: &Draft) -> CountedText {
    // In place of their data media have names here, which no template reads.
    let Ok(body) = body(draft) else {
        return CountedText::default();
    };
    let by = |model: &str, field: &str| -> Option<TextTokens> {
        let counted = entry.counted_body(&body, model).ok()?;
        let counted = Reflect::get(&counted, &field.into()).ok()?;
        serde_json::from_str(&String::from(JSON::stringify(&counted).ok()?)).ok()
    };
    CountedText {
        kimi_k2: by(KIMI_K2, "kimiK2"),
        kimi_k3: by(KIMI_K3, "kimiK3"),
    }
}
