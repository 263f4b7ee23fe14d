//! A value that someone else wrote as JSON.

use crate::error::Error;
use crate::json::{Reader, Value};

/// Valid JSON text, kept letter by letter: its numbers and the order of its keys are its writer's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Json(pub(super) String);

impl Json {
    /// Refuses what is not one JSON value.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] for text that is not exactly one JSON value.
    pub fn parse(text: impl Into<String>) -> Result<Self, Error> {
        let text = text.into();
        let mut reader = Reader::new(&text);
        match reader.skip().and_then(|()| reader.end()) {
            Ok(()) => Ok(Self(text)),
            Err(error) => Err(Error::invalid("JSON", error.to_string())),
        }
    }

    /// The JSON text as it was written.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Its value: keys in their order, and numbers as they are written.
    pub(crate) fn value(&self) -> Value<'_> {
        // It was valid when it was parsed.
        Value::parse(&self.0).unwrap_or(Value::Null)
    }

    /// Its text, for looking at. JavaScript cuts strings between the halves of a character; a half is U+FFFD here.
    pub(crate) fn reader(&self) -> Reader<'_> {
        Reader::new(&self.0)
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        // Text can always be written.
        Self(serde_json::to_string(text).unwrap_or_default())
    }
}
