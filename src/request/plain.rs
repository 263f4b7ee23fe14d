//! Media of a draft as JavaScript writes them.

use super::{Detail, MediaPart, Via};
use crate::media::MediaFacts;
use serde::{Deserialize, Deserializer, de};

#[derive(Deserialize)]
#[serde(expecting = "an object")]
pub(super) struct Part {
    facts: MediaFacts,
    via: PlainVia,
    url: Option<String>,
    #[serde(default, deserialize_with = "data")]
    data: Option<Data>,
    detail: Option<Detail>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum PlainVia {
    Url,
    Base64,
}

/// What is asked of data, which stays in JavaScript. A Blob has a size, what is no Blob a length.
#[derive(Deserialize)]
#[serde(
    rename_all = "camelCase",
    expecting = "a Blob, an ArrayBuffer or a Uint8Array"
)]
struct Data {
    size: Option<u64>,
    byte_length: Option<u64>,
    /// Of a File.
    name: Option<String>,
}

impl Data {
    fn bytes(&self) -> Option<u64> {
        self.size.or(self.byte_length)
    }
}

impl From<Part> for MediaPart {
    fn from(part: Part) -> Self {
        Self {
            facts: part.facts,
            via: match part.via {
                PlainVia::Url => Via::Url(part.url),
                PlainVia::Base64 => Via::Base64 {
                    bytes: part.data.as_ref().and_then(Data::bytes),
                },
            },
            detail: part.detail,
            file_name: part.data.and_then(|data| data.name),
        }
    }
}

fn data<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Data>, D::Error> {
    let data = Option::<Data>::deserialize(deserializer)?;
    if data.as_ref().is_some_and(|data| data.bytes().is_none()) {
        return Err(de::Error::custom(
            "it must be a Blob, an ArrayBuffer or a Uint8Array",
        ));
    }
    Ok(data)
}
