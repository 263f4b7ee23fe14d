//! How far the last question is, also for screen readers, and the way to stop it.

use crate::state::conversation::ConversationState;
use crate::state::question::QuestionState;
use crate::state::turns::{Exchange, Phase, TurnList};
use leptos::prelude::*;
use tilewise::units::duration;

#[component]
pub(crate) fn Status() -> impl IntoView {
    let list = expect_context::<TurnList>();
    let conversation = expect_context::<ConversationState>();
    let question = expect_context::<QuestionState>();
    let is_running = Memo::new(move |_| list.is_running());
    let last = move || {
        let last = list
            .turns
            .with(|turns| turns.last().map(|turn| turn.exchange.clone()));
        last.map_or_else(String::new, |exchange| exchange.with(status))
    };
    // As a memo, so that a screen reader hears each state once.
    let text = Memo::new(move |_| last());
    let stop = move |_| {
        conversation.stop();
        question.focus();
    };
    view! {
        <div class="row progress" class:running=is_running>
            <Show when=move || is_running.get()>
                <button type="button" aria-keyshortcuts="Escape" on:click=stop>"Stop"</button>
            </Show>
            <p class="status" role="status">{text}</p>
        </div>
    }
}

fn status(exchange: &Exchange) -> String {
    let result = &exchange.result;
    let seconds = |ms: f64| duration(ms / 1_000.0);
    let first = result
        .first_token_ms
        .map(|ms| format!("first token after {}", seconds(ms)));
    let with_first = |text: String| match &first {
        Some(first) => format!("{text}, {first}"),
        None => text,
    };
    match &exchange.phase {
        Phase::Sending => "Sending…".to_owned(),
        Phase::Retrying(cause, wait_ms) => {
            format!("Trying again in {}: {cause}", seconds(f64::from(*wait_ms)))
        }
        Phase::Streaming => with_first("Streaming".to_owned()),
        Phase::Done => {
            let done = with_first(format!("Done in {}", seconds(result.total_ms)));
            match result.finish_reason.as_deref() {
                Some("length") => format!("{done}; cut off at the maximum tokens of output"),
                _ => done,
            }
        }
        Phase::Stopped => with_first("Stopped".to_owned()),
        Phase::Failed(_) => "Failed".to_owned(),
    }
}
