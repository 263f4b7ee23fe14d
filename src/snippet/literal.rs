//! A value to be written out as source code.

use crate::json::Value;
use crate::request::Json;
use std::fmt::Write;

pub(super) enum Literal {
    /// A number, written the same everywhere.
    Plain(String),
    Null,
    Bool(bool),
    Text(String),
    List(Vec<Literal>),
    Map(Vec<(String, Literal)>),
    /// The content of a file as a `data:` URL.
    DataUrl {
        mime: String,
        file_name: String,
    },
}

/// How one language writes what differs.
pub(super) struct Dialect {
    pub(super) null: &'static str,
    pub(super) true_: &'static str,
    pub(super) false_: &'static str,
    pub(super) indent: &'static str,
    /// Whether a comma stands behind the last item too.
    pub(super) trailing_comma: bool,
    /// Whether simple keys go without quotes.
    pub(super) bare_keys: bool,
    pub(super) data_url: fn(mime: &str, file_name: &str) -> String,
}

impl Literal {
    pub(super) fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    pub(super) fn map(entries: impl IntoIterator<Item = (&'static str, Self)>) -> Self {
        let owned = |(key, value): (&str, Self)| (key.to_owned(), value);
        Self::Map(entries.into_iter().map(owned).collect())
    }

    pub(super) fn holds_data_url(&self) -> bool {
        match self {
            Self::DataUrl { .. } => true,
            Self::List(items) => items.iter().any(Self::holds_data_url),
            Self::Map(entries) => entries.iter().any(|(_, value)| value.holds_data_url()),
            _ => false,
        }
    }

    pub(super) fn write(&self, dialect: &Dialect, depth: usize) -> String {
        match self {
            Self::Plain(text) => text.clone(),
            Self::Null => dialect.null.to_owned(),
            Self::Bool(true) => dialect.true_.to_owned(),
            Self::Bool(false) => dialect.false_.to_owned(),
            Self::Text(text) => quoted(text),
            Self::DataUrl { mime, file_name } => (dialect.data_url)(mime, file_name),
            Self::List(items) => {
                let items = items.iter().map(|item| item.write(dialect, depth + 1));
                bracketed("[", "]", items.collect(), dialect, depth)
            }
            Self::Map(entries) => {
                let entries = entries.iter().map(|(key, value)| {
                    let key = if dialect.bare_keys && is_identifier(key) {
                        key.clone()
                    } else {
                        quoted(key)
                    };
                    format!("{key}: {}", value.write(dialect, depth + 1))
                });
                bracketed("{", "}", entries.collect(), dialect, depth)
            }
        }
    }
}

impl From<&Json> for Literal {
    fn from(json: &Json) -> Self {
        Self::from(&json.value())
    }
}

impl From<&Value<'_>> for Literal {
    fn from(value: &Value<'_>) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Boolean(value) => Self::Bool(*value),
            Value::Number(number) => Self::Plain((*number).to_owned()),
            Value::Text(text) => Self::text(text),
            Value::Array(items) => Self::List(items.iter().map(Self::from).collect()),
            Value::Object(fields) => {
                let fields = fields.iter();
                let fields = fields.map(|(key, value)| (key.to_string(), Self::from(value)));
                Self::Map(fields.collect())
            }
        }
    }
}

/// A JSON string is a string of Python and of JavaScript too.
pub(super) fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

pub(super) fn is_identifier(key: &str) -> bool {
    key.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && key
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || character == '_')
}

fn bracketed(
    open: &str,
    close: &str,
    items: Vec<String>,
    dialect: &Dialect,
    depth: usize,
) -> String {
    if items.is_empty() {
        return format!("{open}{close}");
    }
    let mut out = format!("{open}\n");
    let last = items.len() - 1;
    for (index, item) in items.iter().enumerate() {
        let comma = if index < last || dialect.trailing_comma {
            ","
        } else {
            ""
        };
        let _ = writeln!(out, "{}{item}{comma}", dialect.indent.repeat(depth + 1));
    }
    out + &dialect.indent.repeat(depth) + close
}
