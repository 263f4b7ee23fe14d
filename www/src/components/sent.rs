//! The files of earlier questions: they stay in sight, and are sent and paid again with each next question.

use super::attached::Attached;
use crate::state::turns::TurnList;
use leptos::prelude::*;

#[component]
pub(crate) fn Sent() -> impl IntoView {
    let turns = expect_context::<TurnList>();
    let items = move || {
        let end = turns.editing.get().unwrap_or(usize::MAX);
        turns.turns.with(|turns| {
            let settled = turns.iter().take(end).filter(|turn| turn.answer.is_some());
            settled
                .flat_map(|turn| turn.question.items.clone())
                .collect::<Vec<_>>()
        })
    };
    move || {
        let items = items();
        (!items.is_empty()).then(|| {
            view! {
                <section class="sent" aria-labelledby="sent-title">
                    <h3 id="sent-title">"Sent before"</h3>
                    <p class="hint">"They go with each next question, and are paid again."</p>
                    <Attached items />
                </section>
            }
        })
    }
}
