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

    pub fn value(&self) -> Value {
        // Valid since it was made; null only for a number that no double holds.
        serde_json::from_str(&self.0).unwrap_or_default()
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
