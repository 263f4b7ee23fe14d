//! Arguments as JavaScript wrote them, read field by field; an error names the place.
//!
//! What is refused is noted aside, and the reading goes on with nothing in its place: that takes half the
//! code of an error handed up from every field. [`read`] gives nothing away of which something was refused.

use crate::error::Error;
use crate::json::Value;
use std::cell::OnceCell;

/// A value at its place.
#[derive(Clone, Copy)]
pub(super) struct Argument<'a> {
    /// `None` for what is missing, undefined or null: callers pass on what they were given.
    value: Option<&'a Value<'a>>,
    parent: Option<&'a Argument<'a>>,
    key: Key<'a>,
    /// The first thing that was refused.
    refused: &'a OnceCell<Error>,
}

#[derive(Clone, Copy)]
enum Key<'a> {
    Name(&'a str),
    Index(usize),
}

/// Reads an argument that came as JSON.
pub(super) fn read<T>(
    name: &str,
    json: &str,
    build: impl FnOnce(&Argument<'_>) -> T,
) -> Result<T, Error> {
    let value = Value::parse(json).map_err(|error| Error::invalid(name, error.to_string()))?;
    let refused = OnceCell::new();
    let argument = Argument {
        value: known(&value),
        parent: None,
        key: Key::Name(name),
        refused: &refused,
    };
    let built = build(argument.object());
    match refused.into_inner() {
        Some(error) => Err(error),
        None => Ok(built),
    }
}

impl<'a> Argument<'a> {
    /// A field; missing of what is no object.
    pub(super) fn get(&'a self, key: &'a str) -> Self {
        Self {
            value: self.value.and_then(|value| known(value.get(key)?)),
            parent: Some(self),
            key: Key::Name(key),
            refused: self.refused,
        }
    }

    /// Refuses what is neither missing nor an object.
    pub(super) fn object(&self) -> &Self {
        self.object_or("it must be an object")
    }

    /// Refuses what is neither missing nor an object, in these words.
    pub(super) fn object_or(&self, why: &str) -> &Self {
        if !matches!(self.value, None | Some(Value::Object(_))) {
            self.refuse(why);
        }
        self
    }

    pub(super) fn text(&self) -> Option<&'a str> {
        self.as_one(Value::text, "it must be a string")
    }

    /// A whole number of 32 bits.
    #[cfg(feature = "network-wasm")]
    pub(super) fn small_count(&self) -> Option<u32> {
        let small = |value: &Value<'_>| value.count()?.try_into().ok();
        self.as_one(small, "it must be a whole number from 0 to 4,294,967,295")
    }

    /// Its items; none where it is missing.
    pub(super) fn items(&'a self) -> impl Iterator<Item = Self> {
        let items = self.as_one(Value::items, "it must be an array");
        let items = items.unwrap_or_default().iter().enumerate();
        items.map(|(index, item)| Self {
            value: known(item),
            parent: Some(self),
            key: Key::Index(index),
            refused: self.refused,
        })
    }

    pub(super) fn refuse(&self, why: &str) {
        self.checked::<()>(Err(Error::invalid(self.place(), why)));
    }

    /// What came of a check; nothing of what failed, which is refused.
    pub(super) fn checked<T>(&self, result: Result<T, Error>) -> Option<T> {
        // Where something was refused already, that is what is told.
        result.map_err(|error| self.refused.set(error)).ok()
    }

    fn as_one<T>(&self, read: impl Fn(&'a Value<'a>) -> Option<T>, what: &str) -> Option<T> {
        let one = read(self.value?);
        if one.is_none() {
            self.refuse(what);
        }
        one
    }

    /// As JavaScript would write it: `draft.media[0].facts`.
    fn place(&self) -> String {
        let before = self.parent.map(Self::place).unwrap_or_default();
        match self.key {
            Key::Name(name) if before.is_empty() => name.to_owned(),
            Key::Name(name) => format!("{before}.{name}"),
            Key::Index(index) => format!("{before}[{index}]"),
        }
    }
}

/// What requests to servers do not ask for.
#[cfg(feature = "wasm")]
impl<'a> Argument<'a> {
    pub(super) fn is_missing(&self) -> bool {
        self.value.is_none()
    }

    /// The text of what is one, and nothing of what is anything else.
    pub(super) fn as_text(&self) -> Option<&'a str> {
        self.value.and_then(Value::text)
    }

    pub(super) fn boolean(&self) -> Option<bool> {
        let boolean = |value: &Value<'_>| match value {
            Value::Boolean(value) => Some(*value),
            _ => None,
        };
        self.as_one(boolean, "it must be true or false")
    }

    pub(super) fn number(&self) -> Option<f64> {
        self.as_one(Value::number, "it must be a number")
    }

    pub(super) fn count(&self) -> Option<u64> {
        self.as_one(Value::count, "it must be a whole number, 0 or more")
    }

    /// One of a few names.
    pub(super) fn one_of<T: Copy>(
        &self,
        all: impl IntoIterator<Item = T>,
        name: fn(T) -> &'static str,
    ) -> Option<T> {
        let text = self.text()?;
        let mut names = String::new();
        for one in all {
            if name(one) == text {
                return Some(one);
            }
            if !names.is_empty() {
                names.push_str(", ");
            }
            names.push_str(name(one));
        }
        self.refuse(&format!("it must be one of {names}"));
        None
    }

    /// Refuses what is missing.
    pub(super) fn needed(&self) -> &Self {
        if self.is_missing() {
            self.refuse("missing");
        }
        self
    }
}

fn known<'a>(value: &'a Value<'a>) -> Option<&'a Value<'a>> {
    (!matches!(value, Value::Null)).then_some(value)
}
