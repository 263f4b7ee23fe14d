//! The conversation as Markdown, to paste elsewhere.

use crate::state::turns::Turn;
use leptos::prelude::*;
use std::fmt::Write;

pub(crate) fn transcript(turns: &[Turn]) -> String {
    let parts = turns.iter().enumerate().map(|(index, turn)| {
        let number = index + 1;
        format!(
            "## Question {number}\n\n{}\n\n## Answer {number}\n\n{}\n",
            question(turn),
            answer(turn)
        )
    });
    parts.collect::<Vec<_>>().join("\n")
}

fn question(turn: &Turn) -> String {
    let mut text = turn.question.text.trim().to_owned();
    for (item, part) in turn.question.items.iter().zip(&turn.media) {
        let kind = if part.facts.is_image() {
            "Photo"
        } else {
            "Video"
        };
        // Writing into a string never fails.
        let _ = write!(text, "\n\n*{kind}: {}*", item.name);
    }
    text.trim_start().to_owned()
}

fn answer(turn: &Turn) -> String {
    let text = turn
        .exchange
        .with_untracked(|exchange| exchange.result.text.trim().to_owned());
    match (text.is_empty(), turn.answer.is_some()) {
        (true, _) => "*No answer.*".to_owned(),
        (false, true) => text,
        (false, false) => format!("{text}\n\n*The answer is incomplete.*"),
    }
}
