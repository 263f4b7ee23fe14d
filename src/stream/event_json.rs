//! Events as JSON, which says the same as serde's.
//!
//! A text of a word is most events, and its JSON is most of what crosses into JavaScript: written key by
//! key, it would take longer than reading the stream does.

use super::event::ChatEvent;
use serde::Serialize;

/// More than a word takes beside its text.
const BESIDE_TEXT: usize = 40;

/// A JSON array of these events.
pub fn to_json(events: &[ChatEvent]) -> String {
    // Grown as it is written, it would be copied several times a chunk.
    let lengths = events.iter().map(|event| match event {
        ChatEvent::Text { text } | ChatEvent::Reasoning { text } => BESIDE_TEXT + text.len(),
        _ => BESIDE_TEXT,
    });
    let mut out = Vec::with_capacity(BESIDE_TEXT + lengths.sum::<usize>());
    out.push(b'[');
    for (index, event) in events.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        match event {
            ChatEvent::Text { text } => said(&mut out, b"{\"type\":\"text\",\"text\":", text),
            ChatEvent::Reasoning { text } => {
                said(&mut out, b"{\"type\":\"reasoning\",\"text\":", text);
            }
            rare => write(&mut out, rare),
        }
    }
    out.push(b']');
    String::from_utf8(out).unwrap_or_default()
}

fn said(out: &mut Vec<u8>, head: &[u8], text: &str) {
    out.extend_from_slice(head);
    write(out, text);
    out.push(b'}');
}

fn write(out: &mut Vec<u8>, value: &(impl Serialize + ?Sized)) {
    // Neither a list of bytes nor an event fails.
    let _ = serde_json::to_writer(out, value);
}
