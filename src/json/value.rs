//! Any JSON value, as a tree.

use super::{Kind, NotJson, Reader};
use std::borrow::Cow;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    Null,
    Boolean(bool),
    /// As it is written.
    Number(&'a str),
    Text(Cow<'a, str>),
    Array(Vec<Value<'a>>),
    /// In order; a key may stand there twice.
    Object(Vec<(Cow<'a, str>, Value<'a>)>),
}

impl<'a> Value<'a> {
    pub(crate) fn parse(json: &'a str) -> Result<Self, NotJson> {
        let mut reader = Reader::new(json);
        let value = Self::read(&mut reader)?;
        reader.end()?;
        Ok(value)
    }

    fn read(reader: &mut Reader<'a>) -> Result<Self, NotJson> {
        Ok(match reader.kind()? {
            Kind::Null => {
                reader.skip()?;
                Self::Null
            }
            Kind::Boolean => Self::Boolean(reader.raw()? == "true"),
            Kind::Number => Self::Number(reader.raw()?),
            Kind::String => Self::Text(reader.string()?),
            Kind::Array => {
                let mut items = Vec::new();
                reader.array(|reader| {
                    items.push(Self::read(reader)?);
                    Ok(())
                })?;
                Self::Array(items)
            }
            Kind::Object => {
                let mut fields = Vec::new();
                reader.object(|reader, key| {
                    let value = Self::read(reader)?;
                    fields.push((key, value));
                    Ok(())
                })?;
                Self::Object(fields)
            }
        })
    }

    /// The value of a key: the last one, as in JavaScript.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(fields) => fields
                .iter()
                .rfind(|(name, _)| name == key)
                .map(|(_, value)| value),
            _ => None,
        }
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => crate::decimal::parse(number),
            _ => None,
        }
    }

    /// A whole number of 0 or more.
    pub(crate) fn count(&self) -> Option<u64> {
        match self {
            Self::Number(number) => match number.parse() {
                Ok(count) => Some(count),
                // As JavaScript writes it, which keeps the nearest double; a cast saturates.
                Err(_) => crate::decimal::parse(number)
                    .filter(|number| *number >= 0.0 && number.fract() == 0.0)
                    .map(|number| number as u64),
            },
            _ => None,
        }
    }

    pub(crate) fn items(&self) -> Option<&[Self]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }
}
