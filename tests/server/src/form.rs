//! The three forms in which a request comes. All are checked as chat completions.

use serde_json::{Map, Value, json};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Chat,
    /// OpenAI's responses.
    Responses,
    /// Anthropic's messages.
    Messages,
}

impl Form {
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Chat => "/v1/chat/completions",
            Self::Responses => "/v1/responses",
            Self::Messages => "/v1/messages",
        }
    }

    /// The same request as a chat completion; as it is where it is none of this form.
    pub(crate) fn to_chat(self, body: Value) -> Value {
        let Value::Object(mut body) = body else {
            return body;
        };
        let turns = match self {
            Self::Chat => return body.into(),
            Self::Responses => body.remove("input"),
            Self::Messages => body.remove("messages"),
        };
        let mut messages = Vec::new();
        for first in ["instructions", "system"] {
            if let Some(text) = body.remove(first).filter(|text| !text.is_null()) {
                messages.push(json!({ "role": "system", "content": content(text) }));
            }
        }
        match turns {
            Some(Value::Array(turns)) => messages.extend(turns.into_iter().flat_map(to_messages)),
            Some(text) => messages.push(json!({ "role": "user", "content": text })),
            None => {}
        }
        body.insert("messages".to_owned(), messages.into());
        if let Some(most) = body.remove("max_output_tokens") {
            body.insert("max_tokens".to_owned(), most);
        }
        // Both report what they used without being asked to.
        body.insert(
            "stream_options".to_owned(),
            json!({ "include_usage": true }),
        );
        body.into()
    }
}

/// A turn, or an item of the input; of calls, one that says nothing.
fn to_messages(turn: Value) -> Vec<Value> {
    let Value::Object(mut turn) = turn else {
        return vec![turn];
    };
    if let Some(output) = turn.remove("output") {
        return vec![json!({ "role": "tool", "content": content(output) })];
    }
    if !turn.contains_key("role") {
        return vec![json!({ "role": "assistant" })];
    }
    let own = turn.remove("content").unwrap_or_default();
    let Value::Array(parts) = own else {
        turn.insert("content".to_owned(), own);
        return vec![turn.into()];
    };
    // Results of tools stand in a turn of the user's.
    let is_result = |part: &Value| part.get("type").and_then(Value::as_str) == Some("tool_result");
    let (results, parts): (Vec<_>, Vec<_>) = parts.into_iter().partition(is_result);
    let mut messages: Vec<_> = results
        .into_iter()
        .map(|result| {
            let of_tool = result.get("content").cloned().unwrap_or_default();
            json!({ "role": "tool", "content": content(of_tool) })
        })
        .collect();
    if !parts.is_empty() {
        turn.insert("content".to_owned(), content(parts.into()));
        messages.push(turn.into());
    }
    messages
}

fn content(content: Value) -> Value {
    match content {
        Value::Array(parts) => parts.into_iter().map(to_part).collect(),
        other => other,
    }
}

fn to_part(part: Value) -> Value {
    let text = |part: &Map<String, Value>, name: &str| {
        let text = part.get(name).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    let Value::Object(part) = part else {
        return part;
    };
    match &*text(&part, "type") {
        "input_text" | "output_text" => json!({ "type": "text", "text": part.get("text") }),
        "input_image" => {
            let url = part.get("image_url");
            let image = match part.get("detail") {
                Some(detail) => json!({ "url": url, "detail": detail }),
                None => json!({ "url": url }),
            };
            json!({ "type": "image_url", "image_url": image })
        }
        "image" => {
            let source = part.get("source").and_then(Value::as_object);
            let source = source.cloned().unwrap_or_default();
            let url = match &*text(&source, "type") {
                "url" => text(&source, "url"),
                _ => format!(
                    "data:{};base64,{}",
                    text(&source, "media_type"),
                    text(&source, "data")
                ),
            };
            json!({ "type": "image_url", "image_url": { "url": url } })
        }
        "tool_use" => json!({ "type": "text", "text": Value::from(part).to_string() }),
        _ => part.into(),
    }
}
