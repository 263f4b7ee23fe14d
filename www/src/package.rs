//! Modules that `cargo xtask site` lays beside the page's own script, each loaded when it is first used.

use js_sys::{Object, Promise, Reflect};
use tilewise::error::{ErrorCode, sentence};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch)]
    fn import(specifier: &str) -> Result<Promise, JsValue>;
}

/// Why a module of the package gave nothing.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ModuleFailure {
    Aborted,
    /// As a sentence.
    Failed(String),
}

/// A module by its path from the page's script. The browser keeps what it has loaded.
pub(crate) async fn load_module<T: JsCast>(path: &str) -> Result<T, JsValue> {
    let module = JsFuture::from(import(path)?).await?;
    Ok(module.unchecked_into())
}

/// Sets one of the options that a module takes.
pub(crate) fn set_option(
    options: &Object,
    name: &str,
    value: &JsValue,
) -> Result<(), ModuleFailure> {
    Reflect::set(options, &name.into(), value)?;
    Ok(())
}

impl ModuleFailure {
    pub(crate) fn failed(message: &str) -> Self {
        Self::Failed(sentence(message))
    }
}

/// What a module has thrown.
impl From<JsValue> for ModuleFailure {
    fn from(error: JsValue) -> Self {
        let read = |name: &str| Reflect::get(&error, &name.into()).ok()?.as_string();
        if read("code").as_deref() == Some(ErrorCode::Aborted.name()) {
            Self::Aborted
        } else {
            Self::failed(&read("message").unwrap_or_else(|| "it failed".to_owned()))
        }
    }
}
