//! A value that someone else wrote as JSON.

use crate::error::Error;
use crate::json::{Reader, Value, quote};

/// Valid JSON text, kept letter by letter: its numbers and the order of its keys are its writer's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Json(pub(super) String);

impl Json {
    /// Refuses what is not one JSON value.
    pub fn parse(text: impl Into<String>) -> Result<Self, Error> {
        let text = text.into();
        let mut reader = Reader::new(&text);
        match reader.skip().and_then(|()| reader.end()) {
            Ok(()) => Ok(Self(text)),
            Err(error) => Err(Error::invalid("JSON", error.to_string())),
        }
    }

    pub fn text(&self) -> &str {
        &self.0
    }

    /// The value, for looking at. JavaScript cuts strings between the halves of a character; a half is
    /// U+FFFD here.
    pub(crate) fn value(&self) -> Value<'_> {
        Value::parse(&self.0).unwrap_or(Value::Null)
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        let mut json = String::new();
        quote(text, &mut json);
        Self(json)
    }
}
