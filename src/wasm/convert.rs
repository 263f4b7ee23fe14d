//! Values across the boundary.

use crate::error::Error;
use crate::limits::Violation;
use crate::web::{Data, Source};
use js_sys::{JSON, Reflect};
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::{JsCast, JsValue};

/// An argument as Rust has it; what does not fit is an error that names the argument.
pub(super) fn from_js<T: DeserializeOwned>(what: &str, value: JsValue) -> Result<T, JsValue> {
    serde_wasm_bindgen::from_value(value).map_err(|cause| {
        let cause: js_sys::Error = JsValue::from(cause).unchecked_into();
        Error::invalid(what, String::from(cause.message())).into()
    })
}

/// A result as JavaScript has it: plain objects, and null for what is not known. By way of JSON, which
/// runtimes read faster than they make the same object a property at a time.
pub(super) fn to_js<T: Serialize + ?Sized>(value: &T) -> Result<JsValue, JsValue> {
    let json = serde_json::to_string(value).map_err(|error| JsValue::from(error.to_string()))?;
    JSON::parse(&json)
}

pub(super) fn source(value: &JsValue) -> Result<Source, JsValue> {
    if let Some(data) = Data::from_js(value) {
        return Ok(Source::Data(data));
    }
    // A URL object shows its address as a property.
    let url = value
        .as_string()
        .or_else(|| Reflect::get(value, &"href".into()).ok()?.as_string());
    url.map(Source::Url).ok_or_else(|| {
        Error::invalid(
            "source",
            "it must be a Blob, an ArrayBuffer, a Uint8Array, a URL or a string",
        )
        .into()
    })
}

/// A plain object, from which the package makes its error class.
impl From<Error> for JsValue {
    fn from(error: Error) -> Self {
        #[derive(Serialize)]
        struct Plain<'a> {
            code: &'static str,
            message: String,
            status: Option<u16>,
            violations: Option<&'a [Violation]>,
        }

        let plain = Plain {
            code: error.code().name(),
            message: error.to_string(),
            status: match &error {
                Error::Http { status, .. } => Some(*status),
                _ => None,
            },
            violations: match &error {
                Error::Limit(violations) => Some(violations),
                _ => None,
            },
        };
        let body = match &error {
            Error::Http { body, .. } => Some(body),
            Error::Stream { body, .. } => body.as_ref(),
            _ => None,
        };
        let object = to_js(&plain).unwrap_or_else(|error| error);
        if let Some(body) = body {
            let body = JSON::parse(body).unwrap_or_else(|_| JsValue::from(body));
            // The object was made here, and takes properties.
            let _ = Reflect::set(&object, &"body".into(), &body);
        }
        object
    }
}
