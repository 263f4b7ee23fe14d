//! Between JavaScript's values and the core's.

use js_sys::Reflect;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_wasm_bindgen::{Serializer, from_value};
use tilewise::error::{Error, PlainError};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(raw_module = "./tracked.js")]
extern "C" {
    /// A value that notes which of its properties is read.
    type Tracked;

    #[wasm_bindgen(constructor)]
    fn new(name: &str, value: &JsValue) -> Tracked;

    #[wasm_bindgen(method, getter)]
    fn value(this: &Tracked) -> JsValue;

    /// The property that was read last.
    #[wasm_bindgen(method, getter)]
    fn last(this: &Tracked) -> String;

    /// The last property of this name that was not there.
    #[wasm_bindgen(method)]
    fn missing(this: &Tracked, name: &str) -> Option<String>;

    /// A message of serde's in JavaScript's terms.
    #[wasm_bindgen(method, js_name = inWords)]
    fn in_words(this: &Tracked, message: &str) -> String;
}

/// An argument of this name. What is wrong with it is told with its place: `draft.media[0].facts.width`.
///
/// The place is looked for when something is wrong, in a second reading that is tracked. To track every reading, by
/// serde_path_to_error, takes 8 KB more of what a page downloads.
pub(crate) fn from_js<T: DeserializeOwned>(name: &str, value: &JsValue) -> Result<T, Error> {
    let mut reading = value.clone();
    let mut tracked: Option<Tracked> = None;
    // One place reads for both, so that its code is there once.
    loop {
        let error = match from_value(reading) {
            Ok(read) => return Ok(read),
            Err(error) => error,
        };
        match &tracked {
            Some(tracked) => return Err(refusal(&error, tracked)),
            None => reading = tracked.insert(Tracked::new(name, value)).value(),
        }
    }
}

fn refusal(error: &serde_wasm_bindgen::Error, tracked: &Tracked) -> Error {
    let text = &tracked.in_words(&error.to_string());
    let missing = text
        .split('`')
        .nth(1)
        .and_then(|name| tracked.missing(name));
    match missing {
        Some(what) => invalid(&what, "missing"),
        None => invalid(&tracked.last(), text),
    }
}

/// As [`from_js`]; what is missing is the default.
#[cfg(any(feature = "main", feature = "text"))]
pub(crate) fn from_js_or_default<T: DeserializeOwned + Default>(
    name: &str,
    value: &JsValue,
) -> Result<T, Error> {
    if is_missing(value) {
        Ok(T::default())
    } else {
        from_js(name, value)
    }
}

/// A property; undefined of what has none.
pub(crate) fn get(value: &JsValue, key: &str) -> JsValue {
    // To ask what is no object throws, which takes longer than all else.
    if !value.is_object() {
        return JsValue::UNDEFINED;
    }
    Reflect::get(value, &key.into()).unwrap_or_default()
}

/// A result; what is not known is null.
pub(crate) fn to_js(value: &(impl Serialize + ?Sized)) -> Result<JsValue, JsValue> {
    let serializer = Serializer::new()
        .serialize_missing_as_null(true)
        .serialize_maps_as_objects(true);
    value.serialize(&serializer).map_err(JsValue::from)
}

/// A plain object, from which the package makes its class of error.
pub(crate) fn to_error(error: &Error) -> JsValue {
    thrown(&error.plain())
}

pub(crate) fn thrown(error: &PlainError<'_>) -> JsValue {
    to_js(error).unwrap_or_else(|failure| failure)
}

pub(crate) fn invalid(what: &str, why: &str) -> Error {
    Error::InvalidArgument {
        what: what.to_owned(),
        why: why.to_owned(),
    }
}

#[cfg(any(feature = "main", feature = "text"))]
pub(crate) fn is_missing(value: &JsValue) -> bool {
    value.is_undefined() || value.is_null()
}
