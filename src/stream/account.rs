//! An endpoint's account of an error, whatever its shape.

use crate::decimal;
use crate::error::Error;
use crate::json::Value;

/// Where accounts keep their sentence, the likeliest place first. MiniMax, Cloudflare and FastAPI have words of
/// their own.
const PLACES: [&str; 10] = [
    "message",
    "error",
    "detail",
    "msg",
    "status_msg",
    "error_message",
    "error_msg",
    "errors",
    "base_resp",
    "Message",
];
/// Where objects keep a code or a status: of HTTP, or larger than those.
const CODES: [&str; 4] = ["code", "status", "status_code", "statusCode"];
/// Where they keep the code of an error, of which only 0 is none.
const ERROR_CODES: [&str; 2] = ["error_code", "errcode"];
/// Most of a line of plain text that goes into a message.
const MAX_LINE_CHARS: usize = 200;

/// The error of an account, as JSON or in plain words.
pub(super) fn fault(account: &str) -> Error {
    let is_text = !account.starts_with(['{', '[', '"']) && !is_blank(account);
    let sentence = || is_text.then(|| account.to_owned());
    Error::Stream {
        message: fault_message(account)
            .or_else(sentence)
            .unwrap_or_else(|| "the endpoint reported an error".to_owned()),
        body: Some(account.to_owned()).filter(|body| !body.is_empty()),
    }
}

/// The sentence in an account, if it is JSON with one.
pub(super) fn fault_message(account: &str) -> Option<String> {
    fn sentence<'v>(account: &'v Value<'_>) -> Option<&'v str> {
        let text = account.text().filter(|text| !text.trim_ascii().is_empty());
        let within = || PLACES.iter().find_map(|key| sentence(account.get(key)?));
        let listed = || account.items()?.iter().find_map(sentence);
        text.or_else(within).or_else(listed)
    }
    sentence(&Value::parse(account).ok()?).map(str::to_owned)
}

/// Whether an object that is no chunk says by itself that something failed.
pub(super) fn is_failure(object: &str) -> bool {
    let Ok(object) = Value::parse(object) else {
        return false;
    };
    let is_error = |key: &&str| {
        let text = object.get(key).and_then(Value::text);
        text.is_some_and(|text| text.eq_ignore_ascii_case("error"))
    };
    ["type", "object", "status", "event"].iter().any(is_error)
}

/// Whether an object holds a code or a status of failure.
pub(super) fn failed(object: &str) -> bool {
    let Ok(object) = Value::parse(object) else {
        return false;
    };
    let code = |key: &&str| -> Option<f64> {
        let code = object.get(key)?;
        code.number()
            .or_else(|| decimal::parse(code.text()?.trim_ascii()))
    };
    let mut codes = CODES.iter().filter_map(code);
    let mut error_codes = ERROR_CODES.iter().filter_map(code);
    codes.any(|code| !(0.0..400.0).contains(&code)) || error_codes.any(|code| code != 0.0)
}

/// Whether a value says nothing: null, false, 0, what is empty, and what holds nothing else.
pub(super) fn is_blank(account: &str) -> bool {
    fn says_nothing(value: &Value<'_>) -> bool {
        match value {
            Value::Null | Value::Boolean(false) => true,
            Value::Boolean(true) => false,
            Value::Number(_) => value.number() == Some(0.0),
            Value::Text(text) => text.trim_ascii().is_empty(),
            Value::Array(items) => items.iter().all(says_nothing),
            Value::Object(fields) => fields.iter().all(|(_, value)| says_nothing(value)),
        }
    }
    account.trim_ascii().is_empty() || Value::parse(account).is_ok_and(|value| says_nothing(&value))
}

/// The first words in what came in place of an answer: of JSON its sentence, of text a line. A page is no
/// sentence.
pub(super) fn first_words(body: &str) -> Option<String> {
    body.lines().find_map(|line| {
        let data = line.strip_prefix("data:").unwrap_or(line).trim_ascii();
        let is_silent = |start| data.starts_with(start);
        if data.is_empty()
            || data == "[DONE]"
            || [":", "<", "event:", "id:", "retry:"]
                .into_iter()
                .any(is_silent)
        {
            return None;
        }
        if data.starts_with(['{', '[', '"']) {
            return fault_message(data);
        }
        (!is_blank(data)).then(|| data.chars().take(MAX_LINE_CHARS).collect())
    })
}
