//! Between JavaScript's values and the core's.

use js_sys::Reflect;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_wasm_bindgen::Serializer;
use tilewise::error::{Error, PlainError};
use wasm_bindgen::prelude::*;

/// An argument of this name. What is wrong with it is told with its place: `draft.media[0].facts.width`.
pub(crate) fn from_js<T: DeserializeOwned>(name: &str, value: &JsValue) -> Result<T, Error> {
    tilewise_values::from_value(value.clone()).map_err(|refusal| {
        let (what, why) = refusal.of_argument(name);
        Error::InvalidArgument { what, why }
    })
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

#[cfg(any(feature = "main", feature = "text"))]
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
