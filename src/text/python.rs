//! JSON as Python's `json` module writes it, which is what templates do with values.

use super::turn::Unclear;
use crate::json::Value;
use std::borrow::Cow;
use std::fmt::Write;

/// What stands between items, and behind keys.
pub(super) struct Style {
    item: &'static str,
    key: &'static str,
    sorted: bool,
}

impl Style {
    /// Of `json.dumps(value, ensure_ascii=False)`.
    pub(super) const SPACED: Self = Self {
        item: ", ",
        key: ": ",
        sorted: false,
    };

    /// Of `separators=(",", ":")`, with the keys of each object in order.
    pub(super) const COMPACT_SORTED: Self = Self {
        item: ",",
        key: ":",
        sorted: true,
    };
}

pub(super) fn dumps(value: &Value<'_>, style: &Style) -> Result<String, Unclear> {
    let mut json = String::new();
    write(&mut json, value, style)?;
    Ok(json)
}

fn write(json: &mut String, value: &Value<'_>, style: &Style) -> Result<(), Unclear> {
    match value {
        Value::Null => json.push_str("null"),
        Value::Boolean(true) => json.push_str("true"),
        Value::Boolean(false) => json.push_str("false"),
        Value::Number(number) => json.push_str(&self::number(number)?),
        Value::Text(text) => string(json, text),
        Value::Array(items) => {
            json.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    json.push_str(style.item);
                }
                write(json, item, style)?;
            }
            json.push(']');
        }
        Value::Object(fields) => {
            json.push('{');
            for (index, (key, value)) in ordered(fields, style.sorted)?.into_iter().enumerate() {
                if index > 0 {
                    json.push_str(style.item);
                }
                string(json, key);
                json.push_str(style.key);
                write(json, value, style)?;
            }
            json.push('}');
        }
    }
    Ok(())
}

/// Strings of Python are ordered by the values of their characters, as the bytes of UTF-8 are.
fn ordered<'v, 'a>(
    fields: &'v [(Cow<'a, str>, Value<'a>)],
    sorted: bool,
) -> Result<Vec<(&'v str, &'v Value<'a>)>, Unclear> {
    let mut ordered: Vec<_> = fields.iter().map(|(key, value)| (&**key, value)).collect();
    let mut keys: Vec<_> = ordered.iter().map(|(key, _)| *key).collect();
    keys.sort_unstable();
    // Which of two values stays depends on who reads them.
    if keys.windows(2).any(|pair| pair.first() == pair.last()) {
        return Err(Unclear);
    }
    if sorted {
        ordered.sort_by_key(|(key, _)| *key);
    }
    Ok(ordered)
}

fn string(json: &mut String, text: &str) {
    json.push('"');
    for letter in text.chars() {
        match letter {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            '\r' => json.push_str("\\r"),
            '\t' => json.push_str("\\t"),
            '\u{8}' => json.push_str("\\b"),
            '\u{c}' => json.push_str("\\f"),
            '\0'..' ' => {
                // A text can always be written to.
                let _ = write!(json, "\\u{:04x}", u32::from(letter));
            }
            _ => json.push(letter),
        }
    }
    json.push('"');
}

/// A number as it was written, as Python reads it and writes it.
pub(super) fn number(number: &str) -> Result<Cow<'_, str>, Unclear> {
    if number == "-0" {
        return Ok("0".into());
    }
    if !number.contains(['.', 'e', 'E']) {
        return Ok(number.into());
    }
    let value: f64 = number.parse().map_err(|_| Unclear)?;
    if !value.is_finite() {
        return Err(Unclear);
    }
    // The fewest digits that say it, in both languages.
    let short = format!("{value:e}");
    let (digits, exponent) = short.split_once('e').ok_or(Unclear)?;
    let exponent: i32 = exponent.parse().map_err(|_| Unclear)?;
    if !(-4..16).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return Ok(format!("{digits}e{sign}{:02}", exponent.unsigned_abs()).into());
    }
    let plain = value.to_string();
    Ok(if plain.contains('.') {
        plain.into()
    } else {
        format!("{plain}.0").into()
    })
}

/// As `str` writes a value that stands in a comment of a declaration.
pub(super) fn scalar(value: &Value<'_>) -> Result<String, Unclear> {
    Ok(match value {
        Value::Null => "None".into(),
        Value::Boolean(true) => "True".into(),
        Value::Boolean(false) => "False".into(),
        Value::Number(number) => self::number(number)?.into_owned(),
        Value::Text(text) => text.to_string(),
        Value::Array(_) | Value::Object(_) => return Err(Unclear),
    })
}
