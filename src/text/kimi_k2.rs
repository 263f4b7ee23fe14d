//! The chat template of Kimi K2.5 and K2.6, which writes one text: special tokens by their names.
//!
//! Of earlier answers it keeps the reasoning only behind the last one that called no tool.

use super::python::{Style, dumps};
use super::tools;
use super::turn::{Call, Conversation, Part, Turn, Unclear};
use super::vocabulary::Kimi;
use crate::json::Value;
use crate::rule::text::TextTokens;
use std::fmt::Write;

/// The tokens of [`IMAGE`], which count with the image.
const PER_IMAGE: u64 = 5;
/// The line break is the template's; with what follows it may be one token.
const IMAGE: &str = "<|media_begin|>image<|media_content|><|media_end|>\n";
/// The time stamp of the first chunk; its tokens count with the video.
const VIDEO: &str = "00:00:00.000<|media_begin|>";
const PER_VIDEO: u64 = 8;

pub(super) fn tokens(conversation: &Conversation<'_>, kimi: &Kimi) -> Result<TextTokens, Unclear> {
    // A server may leave the tools out where none may be called.
    if conversation.effort.is_some() || conversation.tool_choice.is_some() {
        return Err(Unclear);
    }
    let parts = conversation.turns.iter().flat_map(|turn| &turn.content);
    let apart: u64 = parts.map(apart).sum();
    let count = |arguments| -> Result<u64, Unclear> {
        let text = written(conversation, arguments)?;
        Ok(kimi.with_markers(&text).saturating_sub(apart))
    };
    // vLLM and SGLang read the arguments of earlier calls and write them again; others leave them as they are.
    let read = count(Arguments::Read)?;
    let left = if conversation.turns.iter().all(|turn| turn.calls.is_empty()) {
        read
    } else {
        count(Arguments::Left)?
    };
    Ok(TextTokens {
        tokens: read,
        low: read.min(left),
        // A line may end behind a video.
        high: read.max(left).saturating_add(conversation.videos()),
    })
}

fn apart(part: &Part<'_>) -> u64 {
    match part {
        Part::Text(_) => 0,
        Part::Image => PER_IMAGE,
        Part::Video => PER_VIDEO,
    }
}

#[derive(Clone, Copy)]
enum Arguments {
    Read,
    Left,
}

fn written(conversation: &Conversation<'_>, arguments: Arguments) -> Result<String, Unclear> {
    let mut text = String::new();
    if !conversation.tools.is_empty() {
        text += "<|im_system|>tool_declare<|im_middle|>";
        text += &tools::declared(&conversation.tools)?;
        text += "<|im_end|>";
    }
    let turns = &conversation.turns;
    let is_answer = |turn: &Turn<'_>| turn.role == "assistant" && turn.calls.is_empty();
    let last_answer = turns.iter().rposition(is_answer);
    for (index, turn) in turns.iter().enumerate() {
        let keeps_reasoning = conversation.thinks && last_answer.is_none_or(|last| index > last);
        write_turn(&mut text, turn, keeps_reasoning, arguments)?;
    }
    text += "<|im_assistant|>assistant<|im_middle|><think>";
    if !conversation.thinks {
        text += "</think>";
    }
    Ok(text)
}

fn write_turn(
    text: &mut String,
    turn: &Turn<'_>,
    keeps_reasoning: bool,
    arguments: Arguments,
) -> Result<(), Unclear> {
    let marker = match &*turn.role {
        "user" => "<|im_user|>",
        "assistant" => "<|im_assistant|>",
        _ => "<|im_system|>",
    };
    let role = turn.name.as_deref().unwrap_or(&turn.role);
    for piece in [marker, role, "<|im_middle|>"] {
        *text += piece;
    }
    match &*turn.role {
        "assistant" => {
            let reasoning = turn.reasoning.as_deref().filter(|_| keeps_reasoning);
            for piece in ["<think>", reasoning.unwrap_or_default(), "</think>"] {
                *text += piece;
            }
        }
        "tool" => {
            let id = turn.call_id.as_deref().ok_or(Unclear)?;
            // A text can always be written to.
            let _ = writeln!(text, "## Return of {id}");
        }
        _ => {}
    }
    for part in &turn.content {
        *text += match part {
            Part::Text(text) => text,
            Part::Image => IMAGE,
            Part::Video => VIDEO,
        };
    }
    if !turn.calls.is_empty() && turn.role == "assistant" {
        *text += "<|tool_calls_section_begin|>";
        for call in &turn.calls {
            write_call(text, call, arguments)?;
        }
        *text += "<|tool_calls_section_end|>";
    }
    *text += "<|im_end|>";
    Ok(())
}

fn write_call(text: &mut String, call: &Call<'_>, arguments: Arguments) -> Result<(), Unclear> {
    let id = call.id.as_deref().ok_or(Unclear)?;
    for piece in ["<|tool_call_begin|>", id, "<|tool_call_argument_begin|>"] {
        *text += piece;
    }
    match (&call.arguments, arguments) {
        (Value::Text(json), Arguments::Left) => *text += json,
        (Value::Text(json), Arguments::Read) => {
            let value = Value::parse(json).map_err(|_| Unclear)?;
            *text += &dumps(&value, &Style::SPACED)?;
        }
        (value @ Value::Object(_), _) => *text += &dumps(value, &Style::SPACED)?,
        _ => return Err(Unclear),
    }
    *text += "<|tool_call_end|>";
    Ok(())
}
