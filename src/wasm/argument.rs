//! Arguments as JavaScript wrote them, read field by field; an error names the place.

use crate::error::Error;
use crate::json::Value;

/// A value at its place.
#[derive(Clone, Copy)]
pub(super) struct Argument<'a> {
    /// `None` for what is missing, undefined or null: callers pass on what they were given.
    value: Option<&'a Value<'a>>,
    parent: Option<&'a Argument<'a>>,
    key: Key<'a>,
}

#[derive(Clone, Copy)]
enum Key<'a> {
    Name(&'a str),
    Index(usize),
}

impl<'a> Argument<'a> {
    pub(super) fn new(name: &'a str, value: &'a Value<'a>) -> Self {
        Self {
            value: known(value),
            parent: None,
            key: Key::Name(name),
        }
    }

    /// A field; missing of what is no object.
    pub(super) fn get(&'a self, key: &'a str) -> Self {
        Self {
            value: self.value.and_then(|value| known(value.get(key)?)),
            parent: Some(self),
            key: Key::Name(key),
        }
    }

    pub(super) fn is_missing(&self) -> bool {
        self.value.is_none()
    }

    /// Refuses what is neither missing nor an object.
    pub(super) fn object(&self) -> Result<&Self, Error> {
        match self.value {
            None | Some(Value::Object(_)) => Ok(self),
            Some(_) => self.refuse("it must be an object"),
        }
    }

    pub(super) fn text(&self) -> Result<Option<&'a str>, Error> {
        self.as_one(Value::text, "it must be a string")
    }

    pub(super) fn boolean(&self) -> Result<Option<bool>, Error> {
        let boolean = |value: &Value<'_>| match value {
            Value::Boolean(value) => Some(*value),
            _ => None,
        };
        self.as_one(boolean, "it must be true or false")
    }

    pub(super) fn number(&self) -> Result<Option<f64>, Error> {
        self.as_one(Value::number, "it must be a number")
    }

    pub(super) fn count(&self) -> Result<Option<u64>, Error> {
        self.as_one(Value::count, "it must be a whole number, 0 or more")
    }

    /// A whole number of 32 bits.
    pub(super) fn small_count(&self) -> Result<Option<u32>, Error> {
        let small = |value: &Value<'_>| value.count()?.try_into().ok();
        self.as_one(small, "it must be a whole number from 0 to 4,294,967,295")
    }

    /// One of a few names.
    pub(super) fn one_of<T: Copy>(
        &self,
        all: impl IntoIterator<Item = T>,
        name: fn(T) -> &'static str,
    ) -> Result<Option<T>, Error> {
        let Some(text) = self.text()? else {
            return Ok(None);
        };
        let mut names = String::new();
        for one in all {
            if name(one) == text {
                return Ok(Some(one));
            }
            if !names.is_empty() {
                names.push_str(", ");
            }
            names.push_str(name(one));
        }
        self.refuse(&format!("it must be one of {names}"))
    }

    /// Its items; none where it is missing.
    pub(super) fn items(&'a self) -> Result<impl Iterator<Item = Self>, Error> {
        let items = self.as_one(Value::items, "it must be an array")?;
        let items = items.unwrap_or_default().iter().enumerate();
        Ok(items.map(|(index, item)| Self {
            value: known(item),
            parent: Some(self),
            key: Key::Index(index),
        }))
    }

    /// Refuses what is missing.
    pub(super) fn needed<T>(&self, value: Option<T>) -> Result<T, Error> {
        match value {
            Some(value) => Ok(value),
            None => self.refuse("missing"),
        }
    }

    pub(super) fn refuse<T>(&self, why: &str) -> Result<T, Error> {
        Err(Error::invalid(self.place(), why))
    }

    fn as_one<T>(
        &self,
        read: impl Fn(&'a Value<'a>) -> Option<T>,
        what: &str,
    ) -> Result<Option<T>, Error> {
        let Some(value) = self.value else {
            return Ok(None);
        };
        match read(value) {
            Some(value) => Ok(Some(value)),
            None => self.refuse(what),
        }
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

fn known<'a>(value: &'a Value<'a>) -> Option<&'a Value<'a>> {
    (!matches!(value, Value::Null)).then_some(value)
}

/// Reads an argument that came as JSON.
pub(super) fn read<T>(
    name: &str,
    json: &str,
    build: impl FnOnce(&Argument<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    let value = Value::parse(json).map_err(|error| Error::invalid(name, error.to_string()))?;
    build(Argument::new(name, &value).object()?)
}
