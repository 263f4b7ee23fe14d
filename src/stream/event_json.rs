//! Events as JSON, which says the same as serde's.
//!
//! A text of a word is most events, and its JSON is most of what crosses into JavaScript: written key by
//! key, it would take longer than reading the stream does.

use super::chat::ChatEvent;
use crate::json;

/// A JSON array of these events.
pub fn to_json(events: &[ChatEvent]) -> String {
    let mut out = String::from("[");
    for (index, event) in events.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        match event {
            ChatEvent::Text { text } => write(&mut out, "{\"type\":\"text\",\"text\":", text),
            ChatEvent::Reasoning { text } => {
                write(&mut out, "{\"type\":\"reasoning\",\"text\":", text);
            }
            rare => out += &json::to_json(rare),
        }
    }
    out.push(']');
    out
}

fn write(out: &mut String, head: &str, text: &str) {
    out.push_str(head);
    json::quote(text, out);
    out.push('}');
}
