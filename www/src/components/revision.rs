//! What asking will drop, or what was dropped, and the way back.

use crate::state::conversation::ConversationState;
use crate::state::question::QuestionState;
use crate::state::turns::{Dropped, TurnList};
use leptos::prelude::*;

#[component]
pub(crate) fn Revision() -> impl IntoView {
    let conversation = expect_context::<ConversationState>();
    let list = expect_context::<TurnList>();
    let question = expect_context::<QuestionState>();
    let editing = move || {
        let index = list.editing.get()?;
        let behind = list
            .turns
            .with(|turns| turns.len().saturating_sub(index + 1));
        let drops = match behind {
            0 => "its answer".to_owned(),
            1 => "its answer and the turn behind it".to_owned(),
            behind => format!("its answer and the {behind} turns behind it"),
        };
        Some((
            format!(
                "This is question {} again. Asking it drops {drops}.",
                index + 1
            ),
            "Cancel",
        ))
    };
    let dropped = move || {
        let dropped = conversation.dropped.get()?;
        let (what, back) = match dropped {
            Dropped::Turns(_, turns) => (count(turns.len()), "Undo"),
            Dropped::All(turns, _) => (count(turns.len()), "Undo"),
        };
        Some((what, back))
    };
    let shown = move || editing().or_else(dropped);
    view! {
        <div aria-live="polite">
            {move || shown().map(|(text, back)| view! {
            <p class="violation revision">
                <span>{text}</span>
                <button
                    type="button"
                    disabled=move || list.is_running()
                    on:click=move |_| {
                        if list.editing.with_untracked(Option::is_some) {
                            conversation.cancel_edit();
                        } else {
                            conversation.undo();
                        }
                        question.focus();
                    }
                >
                    {back}
                </button>
            </p>
            })}
        </div>
    }
}

fn count(turns: usize) -> String {
    match turns {
        1 => "One turn was dropped.".to_owned(),
        turns => format!("{turns} turns were dropped."),
    }
}
