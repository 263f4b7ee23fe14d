//! A draft, and what of it stays JavaScript's own: its data, its history and its extra fields.

use crate::convert::{from_js, get, invalid, is_missing};
use js_sys::{Array, JSON, Object};
use tilewise::error::Error;
use tilewise::request::{Draft, Json, Message, Question};
#[cfg(feature = "main")]
use tilewise::web::Data;
use wasm_bindgen::{JsCast, JsValue};

pub(crate) fn draft(value: &JsValue) -> Result<Draft, Error> {
    let mut draft: Draft = from_js("draft", value)?;
    draft.history = history(&get(value, "history"))?;
    draft.extra = extra(&get(value, "extra"))?;
    Ok(draft)
}

/// The data of all media, in the order in which a body asks for them.
#[cfg(feature = "main")]
pub(crate) fn data(value: &JsValue) -> Vec<Option<Data>> {
    let own = items(&get(value, "media"));
    let earlier = items(&get(value, "history"))
        .into_iter()
        .flat_map(|message| items(&get(&message, "media")));
    let parts = own.into_iter().chain(earlier);
    parts
        .map(|part| Data::from_js(&get(&part, "data")))
        .collect()
}

/// An earlier question as a draft had it, or a message as any client sends it.
fn history(value: &JsValue) -> Result<Vec<Message>, Error> {
    let mut messages = Vec::new();
    for (index, message) in array("draft.history", value)?.into_iter().enumerate() {
        let name = format!("draft.history[{index}]");
        messages.push(if is_missing(&get(&message, "media")) {
            Message::from_json(json(&name, &message)?.unwrap_or_else(|| "".into()))?
        } else {
            from_js::<Question>(&name, &message)?.into()
        });
    }
    Ok(messages)
}

/// As in any object that is sent as JSON, an undefined field is none.
fn extra(value: &JsValue) -> Result<Vec<(String, Json)>, Error> {
    if is_missing(value) {
        return Ok(Vec::new());
    }
    if !value.is_object() || Array::is_array(value) {
        return Err(invalid("draft.extra", "it must be an object"));
    }
    let mut fields = Vec::new();
    for entry in Object::entries(value.unchecked_ref()) {
        let entry: Array = entry.unchecked_into();
        let name = entry.get(0).as_string().unwrap_or_default();
        if let Some(json) = json(&format!("draft.extra.{name}"), &entry.get(1))? {
            fields.push((name, json));
        }
    }
    Ok(fields)
}

/// As JavaScript itself would send it; `None` for what it leaves out.
fn json(name: &str, value: &JsValue) -> Result<Option<Json>, Error> {
    let text = JSON::stringify(value).map_err(|_| invalid(name, "it cannot be written as JSON"))?;
    match text.as_string() {
        Some(text) => Json::parse(text).map(Some),
        None => Ok(None),
    }
}

fn array(name: &str, value: &JsValue) -> Result<Vec<JsValue>, Error> {
    if is_missing(value) || Array::is_array(value) {
        Ok(items(value))
    } else {
        Err(invalid(name, "it must be an array"))
    }
}

/// Of an array; none of anything else.
fn items(value: &JsValue) -> Vec<JsValue> {
    value
        .dyn_ref::<Array>()
        .map_or_else(Vec::new, |array| array.to_vec())
}
