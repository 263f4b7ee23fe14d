//! The answer as Anthropic's messages have it (https://docs.anthropic.com/en/api/messages-streaming).

use super::{Answer, named_event};
use serde_json::{Value, json};

impl Answer {
    /// In one piece.
    pub(crate) fn message(&self) -> Value {
        self.message_with(
            json!([{ "type": "text", "text": self.content.concat() }]),
            Some(self.stop_reason()),
            self.usage.completion,
        )
    }

    /// As a stream tells it.
    pub(crate) fn message_events(&self) -> Vec<String> {
        let mut events = vec![
            json!({ "type": "message_start", "message": self.message_with(json!([]), None, 1) }),
            json!({ "type": "content_block_start", "index": 0, "content_block": { "type": "text", "text": "" } }),
            json!({ "type": "ping" }),
        ];
        events.extend(self.content.iter().map(|word| {
            json!({ "type": "content_block_delta", "index": 0, "delta": { "type": "text_delta", "text": word } })
        }));
        events.extend([
            json!({ "type": "content_block_stop", "index": 0 }),
            json!({
                "type": "message_delta",
                "delta": { "stop_reason": self.stop_reason(), "stop_sequence": null },
                "usage": { "output_tokens": self.usage.completion },
            }),
            json!({ "type": "message_stop" }),
        ]);
        events.iter().map(named_event).collect()
    }

    fn message_with(&self, content: Value, stop_reason: Option<&str>, output_tokens: u64) -> Value {
        json!({
            "id": self.id.replace("chatcmpl", "msg"),
            "type": "message",
            "role": "assistant",
            "model": self.model,
            "content": content,
            "stop_reason": stop_reason,
            "stop_sequence": null,
            "usage": {
                "input_tokens": self.usage.prompt,
                "cache_creation_input_tokens": 0,
                "cache_read_input_tokens": 0,
                "output_tokens": output_tokens,
            },
        })
    }

    fn stop_reason(&self) -> &'static str {
        match self.finish_reason {
            "length" => "max_tokens",
            _ => "end_turn",
        }
    }
}
