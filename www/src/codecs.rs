//! The package's own entry `tilewise/prepare`, loaded when it is first used.
//!
//! `cargo xtask site` and `demo` lay it beside the page.

use crate::package::{ModuleFailure, load_module, set_option};
use js_sys::{Array, JSON, Object, Promise};
use tilewise::media::MediaFacts;
use tilewise::prepare::Goal;
use tilewise::web::Data;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Blob};

/// Beside the page's own script (`CODECS` in `xtask/src/site.rs`).
const ENTRY: &str = "./prepare/prepare.js";

#[wasm_bindgen]
extern "C" {
    type Entry;

    #[wasm_bindgen(method, catch)]
    fn prepare(
        this: &Entry,
        source: &JsValue,
        goal: &JsValue,
        options: &Object,
    ) -> Result<Promise, JsValue>;

    type Answer;

    #[wasm_bindgen(method, getter)]
    fn blob(this: &Answer) -> Blob;

    #[wasm_bindgen(method, getter)]
    fn facts(this: &Answer) -> JsValue;

    #[wasm_bindgen(method, getter)]
    fn steps(this: &Answer) -> Array;

    #[wasm_bindgen(method, getter)]
    fn changed(this: &Answer) -> bool;

    #[wasm_bindgen(method, getter, js_name = droppedFrames)]
    fn dropped_frames(this: &Answer) -> f64;
}

/// A photo that meets its goal.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) blob: Blob,
    pub(crate) facts: MediaFacts,
    pub(crate) steps: Vec<String>,
    /// False where the source met the goal already.
    pub(crate) changed: bool,
    /// Of an animation, how many frames are not in the result.
    pub(crate) dropped_frames: u64,
}

pub(crate) async fn prepare(
    source: &Data,
    goal: &Goal,
    signal: &AbortSignal,
    on_progress: impl FnMut(f64) + 'static,
) -> Result<Prepared, ModuleFailure> {
    let entry = load().await?;
    // Lives until the answer is there.
    let on_progress = Closure::<dyn FnMut(f64)>::new(on_progress);
    let options = Object::new();
    set_option(&options, "signal", signal)?;
    set_option(&options, "onProgress", on_progress.as_ref())?;
    let goal =
        serde_json::to_string(goal).map_err(|error| ModuleFailure::failed(&error.to_string()))?;
    let goal = JSON::parse(&goal)?;
    let source: &JsValue = match source {
        Data::Blob(blob) => blob,
        Data::Bytes(bytes) => bytes,
    };
    let answer = JsFuture::from(entry.prepare(source, &goal, &options)?).await?;
    let answer: Answer = answer.unchecked_into();
    let facts = JSON::stringify(&answer.facts())?;
    let facts = serde_json::from_str(&String::from(facts));
    Ok(Prepared {
        blob: answer.blob(),
        facts: facts.map_err(|error| ModuleFailure::failed(&error.to_string()))?,
        steps: answer
            .steps()
            .iter()
            .filter_map(|step| step.as_string())
            .collect(),
        changed: answer.changed(),
        dropped_frames: answer.dropped_frames() as u64,
    })
}

async fn load() -> Result<Entry, ModuleFailure> {
    load_module(ENTRY).await.map_err(|_| {
        ModuleFailure::Failed(
            "The codecs could not be loaded: check the connection, and try again.".to_owned(),
        )
    })
}
