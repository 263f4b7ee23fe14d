//! The conversation as Markdown, to paste elsewhere.

use crate::state::State;
use crate::state::conversation::Turn;
use leptos::prelude::*;
use std::fmt::Write;

impl State {
    pub(crate) fn transcript(&self) -> String {
        let turns = self.conversation.turns.get_untracked();
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
}

fn question(turn: &Turn) -> String {
    let mut text = turn.question.text.trim().to_owned();
    for (item, part) in turn.question.items.iter().zip(&turn.media) {
        let kind = match part.facts.is_image() {
            true => "Picture",
            false => "Video",
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
        (true, _) => "*No answer came.*".to_owned(),
        (false, true) => text,
        (false, false) => format!("{text}\n\n*The answer broke off here.*"),
    }
}
