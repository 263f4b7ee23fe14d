//! What the endpoints count that only count: words, and images by the rule of Kimi K2.5 or, as a lie, by tiles.

use crate::refusal::Refusal;
use axum::http::StatusCode;
use serde_json::{Value, json};
use tilewise::data_url;
use tilewise::media::Size;
use tilewise::rule::{Family, Options};

/// Who is asked, by the path behind `/v1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counter {
    Moonshot,
    OpenAi,
    Anthropic,
    Google,
}

impl Counter {
    pub(crate) fn at(path: &str) -> Option<Self> {
        Some(match path {
            "tokenizers/estimate-token-count" => Self::Moonshot,
            "responses/input_tokens" => Self::OpenAi,
            "messages/count_tokens" => Self::Anthropic,
            path if path.starts_with("models/") && path.ends_with(":countTokens") => Self::Google,
            _ => return None,
        })
    }

    /// Refuses a body that is not of the provider's own form.
    pub(crate) fn count(self, body: &[u8], by_tiles: bool) -> Result<u64, Refusal> {
        let body: Value =
            serde_json::from_slice(body).map_err(|error| refusal(&error.to_string()))?;
        let turns = match self {
            Self::Moonshot | Self::Anthropic => body.get("messages"),
            Self::OpenAi => body.get("input"),
            Self::Google => body.pointer("/generateContentRequest/contents"),
        };
        let is_named = match self {
            Self::Google => body.pointer("/generateContentRequest/model"),
            _ => body.get("model"),
        };
        if is_named.and_then(Value::as_str).is_none() {
            return Err(refusal("The model is missing."));
        }
        if turns.and_then(Value::as_array).is_none_or(Vec::is_empty) {
            return Err(refusal("There is nothing to count."));
        }
        let mut tokens = 0;
        add(&body, "", by_tiles, &mut tokens)?;
        Ok(tokens)
    }

    pub(crate) fn answer(self, tokens: u64) -> Value {
        match self {
            Self::Moonshot => json!({ "data": { "total_tokens": tokens } }),
            Self::OpenAi => json!({ "object": "response.input_tokens", "input_tokens": tokens }),
            Self::Anthropic => json!({ "input_tokens": tokens }),
            Self::Google => json!({ "totalTokens": tokens }),
        }
    }
}

fn add(value: &Value, key: &str, by_tiles: bool, tokens: &mut u64) -> Result<(), Refusal> {
    match value {
        Value::String(text) if text.starts_with("data:") => {
            *tokens += image(text, by_tiles)?;
        }
        Value::String(text) if key == "data" => {
            *tokens += image(&format!("data:image/png;base64,{text}"), by_tiles)?;
        }
        Value::String(text) if ["text", "content", "system", "instructions"].contains(&key) => {
            *tokens += text.split_whitespace().count() as u64;
        }
        Value::Array(items) => {
            for item in items {
                add(item, key, by_tiles, tokens)?;
            }
        }
        Value::Object(fields) => {
            for (key, value) in fields {
                add(value, key, by_tiles, tokens)?;
            }
        }
        _ => {}
    }
    Ok(())
}

fn image(data_url: &str, by_tiles: bool) -> Result<u64, Refusal> {
    let facts = data_url::inspect(data_url, u64::MAX);
    let facts = facts.map_err(|_| refusal("An image cannot be read."))?;
    if by_tiles {
        return Ok((facts.width / 14).max(1) * (facts.height / 14).max(1));
    }
    let size = Size::new(facts.width, facts.height);
    let count = Family::by_name("kimi-k2.5").map(|family| family.image(size, &Options::default()));
    match count {
        Some(Ok(count)) => Ok(count.tokens + count.markers),
        _ => Err(refusal("It is no image that is counted.")),
    }
}

fn refusal(message: &str) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "invalid_request_error", message)
}
