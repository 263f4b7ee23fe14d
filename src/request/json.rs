//! A value that someone else wrote as JSON.

use crate::error::Error;
use serde_json::Value;

/// Valid JSON text, kept letter by letter: its numbers and the order of its keys are its writer's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Json(String);

impl Json {
    /// Refuses what is not one JSON value.
    pub fn parse(text: impl Into<String>) -> Result<Self, Error> {
        let text = text.into();
        match serde_json::from_str::<serde::de::IgnoredAny>(&text) {
            Ok(_) => Ok(Self(text)),
            Err(error) => Err(Error::invalid("JSON", error.to_string())),
        }
    }

    pub fn text(&self) -> &str {
        &self.0
    }

    /// The value, for looking at; null where it holds a number that no double holds.
    pub fn value(&self) -> Value {
        serde_json::from_str(&self.0)
            .or_else(|_| serde_json::from_str(&without_lone_surrogates(&self.0)))
            .unwrap_or_default()
    }
}

impl From<Value> for Json {
    fn from(value: Value) -> Self {
        Self(value.to_string())
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Value::from(text).into()
    }
}

/// JavaScript cuts strings between the halves of a character, and writes a half as an escape that no
/// Rust string can hold.
fn without_lone_surrogates(json: &str) -> String {
    let unit = |escape: &str| {
        let digits = escape.strip_prefix("\\u")?.get(..4)?;
        u16::from_str_radix(digits, 16).ok()
    };
    let mut out = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        let low = escape.get(6..).and_then(unit);
        let length = match (unit(escape), low) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
            (Some(0xd800..=0xdfff), _) => {
                out.push('\u{fffd}');
                rest = escape.get(6..).unwrap_or_default();
                continue;
            }
            (Some(_), _) => 6,
            (None, _) => 2,
        };
        let (whole, tail) = escape.split_at_checked(length).unwrap_or((escape, ""));
        out.push_str(whole);
        rest = tail;
    }
    out + rest
}
