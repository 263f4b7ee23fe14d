//! A draft as JavaScript writes it.

use super::convert::from_js;
use crate::error::Error;
use crate::media::MediaFacts;
use crate::request::{Detail, Draft, Json, MediaPart, Message, Via};
use crate::web::Data;
use js_sys::{Array, JSON, Object, Reflect};
use serde::Deserialize;
use wasm_bindgen::{JsCast, JsValue};

pub(super) struct JsDraft {
    pub(super) draft: Draft,
    /// The data of each medium that travels in the body, by its place in [`Draft::all_media`]. It stays in
    /// JavaScript.
    pub(super) data: Vec<Option<Data>>,
}

impl JsDraft {
    pub(super) fn from_js(value: JsValue) -> Result<Self, JsValue> {
        let shape: Shape = from_js("draft", value)?;
        let mut data = Vec::new();
        let media = media("media", &shape.media, &mut data)?;
        let draft = Draft {
            model: shape.model,
            text: shape.text,
            media,
            system: shape.system,
            history: history(&shape.history, &mut data)?,
            max_tokens: shape.max_tokens,
            extra: extra(&shape.extra)?,
        };
        Ok(Self { draft, data })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Shape {
    model: String,
    text: String,
    #[serde(default, with = "serde_wasm_bindgen::preserve")]
    media: JsValue,
    system: Option<String>,
    #[serde(default, with = "serde_wasm_bindgen::preserve")]
    history: JsValue,
    max_tokens: Option<u64>,
    #[serde(default, with = "serde_wasm_bindgen::preserve")]
    extra: JsValue,
}

/// An earlier question, as a draft had it.
#[derive(Deserialize)]
struct QuestionShape {
    text: String,
}

#[derive(Deserialize)]
struct PartShape {
    facts: MediaFacts,
    via: ViaShape,
    url: Option<String>,
    #[serde(default, with = "serde_wasm_bindgen::preserve")]
    data: JsValue,
    detail: Option<Detail>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum ViaShape {
    Url,
    Base64,
}

impl PartShape {
    fn build(self, place: &str) -> Result<(MediaPart, Option<Data>), JsValue> {
        let data = Data::from_js(&self.data);
        if data.is_none() && !is_missing(&self.data) {
            let what = format!("{place}.data");
            return Err(
                Error::invalid(what, "it must be a Blob, an ArrayBuffer or a Uint8Array").into(),
            );
        }
        let part = MediaPart {
            facts: self.facts,
            via: match self.via {
                ViaShape::Url => Via::Url(self.url),
                ViaShape::Base64 => Via::Base64 {
                    bytes: data.as_ref().map(Data::len),
                },
            },
            detail: self.detail,
            file_name: data.as_ref().and_then(Data::file_name),
        };
        Ok((part, data))
    }
}

/// The media of one turn; their data go to `data`, each at its place among all media of the draft.
fn media(
    what: &str,
    value: &JsValue,
    data: &mut Vec<Option<Data>>,
) -> Result<Vec<MediaPart>, JsValue> {
    let parts = value
        .dyn_ref::<Array>()
        .ok_or_else(|| Error::invalid(what, "it must be an array"))?;
    let mut media = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let place = format!("{what}[{index}]");
        let part: PartShape = from_js(&place, part)?;
        let (part, of_part) = part.build(&place)?;
        media.push(part);
        data.push(of_part);
    }
    Ok(media)
}

fn is_missing(value: &JsValue) -> bool {
    value.is_undefined() || value.is_null()
}

/// JavaScript writes its own values as JSON, so that numbers come out as it would send them.
fn json(what: &str, value: &JsValue) -> Result<Json, Error> {
    let text = JSON::stringify(value)
        .ok()
        .and_then(|text| text.as_string());
    Json::parse(text.ok_or_else(|| Error::invalid(what, "it cannot be written as JSON"))?)
}

fn history(value: &JsValue, data: &mut Vec<Option<Data>>) -> Result<Vec<Message>, JsValue> {
    if is_missing(value) {
        return Ok(Vec::new());
    }
    let messages = value
        .dyn_ref::<Array>()
        .ok_or_else(|| Error::invalid("history", "it must be an array of messages"))?;
    let mut history = Vec::new();
    for (index, message) in messages.iter().enumerate() {
        let what = format!("history[{index}]");
        let asked = Reflect::get(&message, &"media".into()).unwrap_or_default();
        history.push(match is_missing(&asked) {
            true => Message::from_json(json(&what, &message)?)?,
            false => {
                let question: QuestionShape = from_js(&what, message)?;
                let media = media(&format!("{what}.media"), &asked, data)?;
                Message::question(question.text, media)
            }
        });
    }
    Ok(history)
}

fn extra(value: &JsValue) -> Result<Vec<(String, Json)>, JsValue> {
    if is_missing(value) {
        return Ok(Vec::new());
    }
    let object = value
        .dyn_ref::<Object>()
        .filter(|object| !Array::is_array(object))
        .ok_or_else(|| Error::invalid("extra", "it must be an object of fields"))?;
    let mut fields = Vec::new();
    for entry in Object::entries(object).iter() {
        let entry = Array::from(&entry);
        let name = entry.get(0).as_string().unwrap_or_default();
        // As in any object that is sent as JSON, an undefined field is none.
        if !entry.get(1).is_undefined() {
            let value = json(&format!("extra.{name}"), &entry.get(1))?;
            fields.push((name, value));
        }
    }
    Ok(fields)
}
