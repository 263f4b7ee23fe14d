//! Events as JSON, which says the same as serde's.
//!
//! A text of a word is most events, and its JSON is most of what crosses into JavaScript: written key by
//! key, it would take longer than reading the stream does.

use super::chat::ChatEvent;

/// A JSON array of these events.
pub fn to_json(events: &[ChatEvent]) -> String {
    let mut json = String::from("[");
    for (index, event) in events.iter().enumerate() {
        if index > 0 {
            json.push(',');
        }
        match event {
            ChatEvent::Text { text } => write(&mut json, "{\"type\":\"text\",\"text\":\"", text),
            ChatEvent::Reasoning { text } => {
                write(&mut json, "{\"type\":\"reasoning\",\"text\":\"", text);
            }
            // Fails for no value without maps.
            rare => json += &serde_json::to_string(rare).unwrap_or_default(),
        }
    }
    json.push(']');
    json
}

fn write(json: &mut String, head: &str, text: &str) {
    json.push_str(head);
    let mut rest = text;
    while let Some(at) = rest
        .bytes()
        .position(|byte| matches!(byte, b'"' | b'\\' | 0..b' '))
    {
        let (plain, special) = rest.split_at(at);
        json.push_str(plain);
        let mut letters = special.chars();
        match letters.next() {
            Some('"') => json.push_str("\\\""),
            Some('\\') => json.push_str("\\\\"),
            Some('\n') => json.push_str("\\n"),
            // The standard asks for no more than this (RFC 8259, section 7), and serde's short forms of four
            // others are rarer than they are long.
            Some(control) => json.push_str(&format!("\\u{:04x}", u32::from(control))),
            None => {}
        }
        rest = letters.as_str();
    }
    json.push_str(rest);
    json.push_str("\"}");
}
