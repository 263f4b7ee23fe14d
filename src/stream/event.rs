//! What an answer says, piece by piece and as a whole.

use super::usage::Usage;
use serde::Serialize;

/// What an answer says, bit by bit.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(
    tag = "type",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
#[non_exhaustive]
pub enum ChatEvent {
    /// The model thinks.
    Reasoning {
        /// The next piece of its reasoning.
        text: String,
    },
    /// The model answers.
    Text {
        /// The next piece of its answer.
        text: String,
    },
    /// A part of a tool call; `arguments` is a piece of JSON text.
    ToolCall {
        /// Which call this is a part of.
        index: u64,
        /// The endpoint's name for the call; `None` where this part has none.
        id: Option<String>,
        /// The tool; `None` where this part does not name it.
        name: Option<String>,
        /// The next piece of JSON text.
        arguments: String,
    },
    /// The endpoint reports its usage.
    Usage {
        /// The counts so far.
        usage: Usage,
    },
    /// The model ended.
    Finish {
        /// Why, in the words of the endpoint: `stop`, `length`, `tool_calls`.
        reason: String,
    },
    /// The request will be sent again, after a wait.
    Retry {
        /// 1 for the first retry.
        attempt: u32,
        /// Milliseconds until then.
        wait_ms: u32,
        /// What went wrong, in words.
        cause: String,
    },
}

/// The answer as far as it came.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ChatResult {
    /// The endpoint's name for the answer; `None` where it gave none.
    pub id: Option<String>,
    /// The model that answered, as the endpoint says; `None` where it does not.
    pub model: Option<String>,
    /// What the model said; empty where nothing came.
    pub text: String,
    /// What it thought; empty where nothing came.
    pub reasoning: String,
    /// Why it ended, in the words of the endpoint: `stop`, `length`; `None` where it did not say.
    pub finish_reason: Option<String>,
    /// The tokens of the bill; `None` where none came.
    pub usage: Option<Usage>,
    /// Milliseconds from the start to the first token of text or reasoning.
    pub first_token_ms: Option<f64>,
    /// Milliseconds from the start to the end, or so far.
    pub total_ms: f64,
}
