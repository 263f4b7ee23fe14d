//! The answer as OpenAI's responses have it (https://platform.openai.com/docs/api-reference/responses).

use super::{Answer, named_event};
use serde_json::{Value, json};

impl Answer {
    /// In one piece.
    pub(crate) fn response(&self) -> Value {
        self.response_with(
            self.response_status(),
            json!([self.reasoning_item(), self.message_item("completed")]),
            Some(self.responses_usage()),
        )
    }

    /// As a stream tells it.
    pub(crate) fn response_events(&self) -> Vec<String> {
        let begun = self.response_with("in_progress", json!([]), None);
        let at = json!({ "item_id": self.message_id(), "output_index": 0, "content_index": 0 });
        let text = self.content.concat();
        let part = |text: &str| json!({ "type": "output_text", "text": text, "annotations": [] });
        let mut events = vec![
            json!({ "type": "response.created", "response": begun }),
            json!({ "type": "response.in_progress", "response": begun }),
            json!({ "type": "response.output_item.added", "output_index": 0, "item": {
                "id": self.message_id(), "type": "message", "role": "assistant", "status": "in_progress", "content": [],
            } }),
            with(
                &at,
                json!({ "type": "response.content_part.added", "part": part("") }),
            ),
        ];
        events.extend(self.content.iter().map(|word| {
            let delta =
                json!({ "type": "response.output_text.delta", "delta": word, "logprobs": [] });
            with(&at, delta)
        }));
        let done = json!({ "type": "response.output_text.done", "text": text, "logprobs": [] });
        let end = match self.response_status() {
            "completed" => "response.completed",
            _ => "response.incomplete",
        };
        let whole = self.response_with(
            self.response_status(),
            json!([self.message_item("completed")]),
            Some(self.responses_usage()),
        );
        events.extend([
            with(&at, done),
            with(&at, json!({ "type": "response.content_part.done", "part": part(&text) })),
            json!({ "type": "response.output_item.done", "output_index": 0, "item": self.message_item("completed") }),
            json!({ "type": end, "response": whole }),
        ]);
        let numbered = events.into_iter().enumerate();
        numbered
            .map(|(number, event)| named_event(&with(&event, json!({ "sequence_number": number }))))
            .collect()
    }

    fn response_with(&self, status: &str, output: Value, usage: Option<Value>) -> Value {
        let is_cut = status == "incomplete";
        json!({
            "id": self.id.replace("chatcmpl", "resp"),
            "object": "response",
            "created_at": self.created,
            "status": status,
            "error": null,
            "incomplete_details": is_cut.then(|| json!({ "reason": "max_output_tokens" })),
            "instructions": null,
            "metadata": {},
            "model": self.model,
            "output": output,
            "parallel_tool_calls": true,
            "temperature": 1.0,
            "tool_choice": "auto",
            "tools": [],
            "top_p": 1.0,
            "usage": usage,
        })
    }

    fn response_status(&self) -> &'static str {
        match self.finish_reason {
            "length" => "incomplete",
            _ => "completed",
        }
    }

    fn message_id(&self) -> String {
        self.id.replace("chatcmpl", "msg")
    }

    fn reasoning_item(&self) -> Value {
        json!({
            "id": self.id.replace("chatcmpl", "rs"),
            "type": "reasoning",
            "summary": [{ "type": "summary_text", "text": self.reasoning.concat() }],
        })
    }

    fn message_item(&self, status: &str) -> Value {
        json!({
            "id": self.message_id(),
            "type": "message",
            "role": "assistant",
            "status": status,
            "content": [{ "type": "output_text", "text": self.content.concat(), "annotations": [] }],
        })
    }

    fn responses_usage(&self) -> Value {
        json!({
            "input_tokens": self.usage.prompt,
            "input_tokens_details": { "cached_tokens": 0 },
            "output_tokens": self.usage.completion,
            "output_tokens_details": { "reasoning_tokens": self.usage.reasoning },
            "total_tokens": self.usage.prompt + self.usage.completion,
        })
    }
}

/// An object with further fields.
fn with(object: &Value, more: Value) -> Value {
    let objects = [object.clone(), more];
    let fields = objects
        .iter()
        .filter_map(Value::as_object)
        .flat_map(|fields| fields.clone());
    Value::Object(fields.collect())
}
