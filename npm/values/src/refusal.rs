//! Why a value cannot be read.

use js_sys::Array;
use serde::de::{self, Expected, Unexpected};
use std::fmt::{self, Display};
use wasm_bindgen::JsValue;

/// Why a value cannot be read, and where in it.
#[derive(Debug)]
pub enum Refusal {
    /// There is none.
    Missing,
    /// In a box, since each reading of a field hands it on.
    Wrong(Box<Reason>),
}

#[derive(Debug)]
pub struct Reason {
    /// From the value on: `.media[0].facts.width`.
    place: String,
    why: String,
}

impl Refusal {
    fn new(why: String) -> Self {
        let place = String::new();
        Self::Wrong(Box::new(Reason { place, why }))
    }

    #[cold]
    pub(crate) fn expected(what: &dyn Expected, found: Option<&JsValue>) -> Self {
        match found {
            Some(found) => Self::new(format!("expected {what}, not {}", kind(found))),
            None => Self::Missing,
        }
    }

    /// As of what holds the value at this place.
    #[cold]
    fn inside(self, outer: &dyn Display) -> Box<Reason> {
        match self {
            Self::Wrong(mut reason) => {
                reason.place = format!("{outer}{}", reason.place);
                reason
            }
            Self::Missing => Box::new(Reason {
                place: outer.to_string(),
                why: "missing".to_owned(),
            }),
        }
    }

    pub(crate) fn in_field(self, name: &str) -> Self {
        Self::Wrong(self.inside(&format_args!(".{name}")))
    }

    pub(crate) fn in_item(self, index: u64) -> Self {
        Self::Wrong(self.inside(&format_args!("[{index}]")))
    }

    /// The place in an argument of this name, and what is wrong there.
    pub fn of_argument(self, name: &str) -> (String, String) {
        let Reason { place, why } = *self.inside(&name);
        (place, why)
    }
}

impl Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wrong(reason) => write!(f, "{}: {}", reason.place, reason.why),
            Self::Missing => f.write_str("missing"),
        }
    }
}

impl std::error::Error for Refusal {}

impl de::Error for Refusal {
    fn custom<T: Display>(why: T) -> Self {
        Self::new(why.to_string())
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(format!("expected {expected}"))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(found, expected)
    }

    fn invalid_length(_: usize, expected: &dyn Expected) -> Self {
        Self::invalid_type(Unexpected::Seq, expected)
    }
}

/// In JavaScript's terms.
fn kind(value: &JsValue) -> &'static str {
    if value.is_undefined() || value.is_null() {
        "nothing"
    } else if value.is_string() {
        "a string"
    } else if value.as_bool().is_some() {
        "a boolean"
    } else if value.as_f64().is_some() {
        "this number"
    } else if Array::is_array(value) {
        "an array"
    } else if value.is_object() {
        "an object"
    } else {
        "this value"
    }
}
