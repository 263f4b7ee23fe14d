//! What goes wrong in what a stream says.

use super::asked::Asked;
use super::internal_error;
use crate::answer::Script;
use serde_json::{Value, json};

/// Longest event that is made, lest a slip of the keyboard take all memory.
const LONGEST_EVENT: usize = 256 * 1024 * 1024;

#[derive(Clone, Debug)]
pub(super) enum Content {
    /// An error object, and nothing behind it.
    Error(Place),
    /// Halfway an error within the choice, and nothing behind it.
    ChoiceError,
    /// `[DONE]`, and nothing else.
    DoneOnly,
    /// A word behind `[DONE]`.
    TextAfterDone,
    NoDone,
    /// One more delta, of which the event's data has so many bytes.
    Huge(usize),
    NoUsage,
    /// Only in the choice.
    ChoiceUsage,
    /// At the top level of the last two chunks, with other numbers in the choice.
    DoubledUsage,
    SeveralChoices,
    /// The model declines: its words are a refusal.
    Refusal,
    /// Two calls, in pieces.
    ToolCalls {
        with_index: bool,
    },
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    First,
    Halfway,
    AfterFinish,
    AfterDone,
}

impl Content {
    pub(super) fn parse(asked: &Asked<'_>) -> Option<Self> {
        Some(match asked.name {
            "error-first" => Self::Error(Place::First),
            "error-in-stream" => Self::Error(Place::Halfway),
            "error-after-finish" => Self::Error(Place::AfterFinish),
            "error-after-done" => Self::Error(Place::AfterDone),
            "choice-error" => Self::ChoiceError,
            "done-only" => Self::DoneOnly,
            "text-after-done" => Self::TextAfterDone,
            "no-done" => Self::NoDone,
            "no-usage" => Self::NoUsage,
            "choice-usage" => Self::ChoiceUsage,
            "doubled-usage" => Self::DoubledUsage,
            "several-choices" => Self::SeveralChoices,
            "refusal" => Self::Refusal,
            "tool-calls" => Self::ToolCalls { with_index: true },
            "tool-calls-no-index" => Self::ToolCalls { with_index: false },
            _ => Self::Huge(
                asked
                    .number("huge")
                    .filter(|bytes| *bytes <= LONGEST_EVENT)?,
            ),
        })
    }

    pub(super) fn bend(&self, script: &mut Script) {
        let finish = script.finish();
        match self {
            Self::Error(Place::AfterDone) => script.after.push(internal_error().json()),
            Self::Error(place) => {
                script.chunks.truncate(match place {
                    Place::First => 0,
                    Place::Halfway => script.chunks.len() / 2,
                    Place::AfterFinish | Place::AfterDone => finish + 1,
                });
                script.chunks.push(internal_error().json());
                script.done = false;
            }
            Self::ChoiceError => {
                script.chunks.truncate(script.chunks.len() / 2);
                let mut chunk = script.delta(json!({}));
                if let Some(choice) = chunk
                    .pointer_mut("/choices/0")
                    .and_then(Value::as_object_mut)
                {
                    choice.insert("finish_reason".to_owned(), "error".into());
                    let error = internal_error().json();
                    choice.extend(error.as_object().cloned().unwrap_or_default());
                }
                script.chunks.push(chunk);
            }
            Self::DoneOnly => script.chunks.clear(),
            Self::TextAfterDone => {
                let word = script.delta(json!({ "content": " Nobody should read this." }));
                script.after.push(word);
            }
            Self::NoDone => script.done = false,
            Self::Huge(bytes) => {
                let empty = script.delta(json!({ "content": "" }));
                let filler = "x".repeat(bytes.saturating_sub(empty.to_string().len()));
                let chunk = script.delta(json!({ "content": filler }));
                script.chunks.insert(finish, chunk);
            }
            Self::NoUsage => {
                remove_usage_chunk(script);
                each_choice(script, |choice| {
                    choice.as_object_mut()?.remove("usage");
                    Some(())
                });
            }
            Self::ChoiceUsage => remove_usage_chunk(script),
            Self::DoubledUsage => {
                let usage = script.chunks.iter().find_map(|chunk| chunk.get("usage"));
                if let Some(usage) = usage.cloned()
                    && let Some(Value::Object(chunk)) = script.chunks.get_mut(finish)
                {
                    chunk.insert("usage".to_owned(), usage);
                }
            }
            Self::SeveralChoices => {
                for chunk in &mut script.chunks {
                    if let Some(Value::Array(choices)) = chunk.get_mut("choices")
                        && let Some(Value::Object(mut second)) = choices.first().cloned()
                    {
                        second.insert("index".to_owned(), 1.into());
                        choices.push(second.into());
                    }
                }
            }
            Self::Refusal => each_choice(script, |choice| {
                let delta = choice.get_mut("delta")?.as_object_mut()?;
                let words = delta.remove("content")?;
                delta.insert("refusal".to_owned(), words);
                Some(())
            }),
            Self::ToolCalls { with_index } => {
                let calls = tool_calls(*with_index)
                    .map(|call| script.delta(json!({ "tool_calls": [call] })));
                script.chunks.splice(finish..finish, calls);
                each_choice(script, |choice| {
                    let reason = choice.get_mut("finish_reason")?;
                    if reason.is_string() {
                        *reason = "tool_calls".into();
                    }
                    Some(())
                });
            }
        }
    }
}

fn each_choice(script: &mut Script, change: impl Fn(&mut Value) -> Option<()>) {
    for chunk in &mut script.chunks {
        if let Some(choice) = chunk.pointer_mut("/choices/0") {
            // What a choice lacks needs no change.
            let _ = change(choice);
        }
    }
}

fn remove_usage_chunk(script: &mut Script) {
    script.chunks.retain(|chunk| chunk.get("usage").is_none());
}

/// Two calls, the arguments of each in two pieces.
fn tool_calls(with_index: bool) -> [Value; 4] {
    let call = |index: u64, id: &str, name: &str, arguments: &str| {
        json!({
            "index": index,
            "id": id,
            "type": "function",
            "function": { "name": name, "arguments": arguments },
        })
    };
    let more = |index: u64, arguments: &str| json!({ "index": index, "function": { "arguments": arguments } });
    let mut calls = [
        call(0, "measure:0", "measure", "{\"side\":"),
        more(0, "\"left\"}"),
        call(1, "measure:1", "measure", "{\"side\":"),
        more(1, "\"right\"}"),
    ];
    if !with_index {
        for call in calls.iter_mut().filter_map(Value::as_object_mut) {
            call.remove("index");
        }
    }
    calls
}
