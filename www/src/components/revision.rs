//! What asking will drop, or what was dropped, and the way back.

use crate::state::State;
use crate::state::conversation::Dropped;
use leptos::prelude::*;

#[component]
pub(crate) fn Revision() -> impl IntoView {
    let state = expect_context::<State>();
    let conversation = state.conversation;
    let editing = move || {
        let place = conversation.editing.get()?.place;
        let behind = conversation
            .turns
            .with(|turns| turns.len().saturating_sub(place + 1));
        let drops = match behind {
            0 => "its answer".to_owned(),
            1 => "its answer and the turn behind it".to_owned(),
            behind => format!("its answer and the {behind} turns behind it"),
        };
        Some((
            format!(
                "This is question {} again. Asking it drops {drops}.",
                place + 1
            ),
            "Leave it as it was",
        ))
    };
    let dropped = move || {
        let dropped = conversation.dropped.get()?;
        let (what, back) = match dropped {
            Dropped::Turns(_, turns) => (count(turns.len()), "Bring back what was dropped"),
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
                    disabled=move || conversation.is_running()
                    on:click=move |_| {
                        match conversation.editing.with_untracked(Option::is_some) {
                            true => state.cancel_edit(),
                            false => state.undo(),
                        }
                        state.focus_box();
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
