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
    Reasoning {
        text: String,
    },
    Text {
        text: String,
    },
    /// A part of a tool call; `arguments` is a piece of JSON text.
    ToolCall {
        index: u64,
        id: Option<String>,
        name: Option<String>,
        arguments: String,
    },
    Usage {
        usage: Usage,
    },
    Finish {
        reason: String,
    },
    /// The request will be sent again, after a wait.
    Retry {
        attempt: u32,
        wait_ms: u32,
        cause: String,
    },
}

/// The answer as far as it came.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChatResult {
    pub id: Option<String>,
    pub model: Option<String>,
    pub text: String,
    pub reasoning: String,
    pub finish_reason: Option<String>,
    pub usage: Option<Usage>,
    /// Milliseconds from the start to the first token of text or reasoning.
    pub first_token_ms: Option<f64>,
    /// Milliseconds from the start to the end, or so far.
    pub total_ms: f64,
}
