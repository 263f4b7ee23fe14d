//! What was removed from the list, and the way back, step by step.

use crate::state::media::{MediaState, Removal};
use crate::state::turns::TurnList;
use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::Element;

#[component]
pub(crate) fn Undo() -> impl IntoView {
    let media = expect_context::<MediaState>();
    let turns = expect_context::<TurnList>();
    let removed = media.removed;
    let keys = window_event_listener(ev::keydown, move |event| {
        let is_undo = (event.ctrl_key() || event.meta_key()) && !event.shift_key();
        // In a field the key undoes what was typed.
        let is_typing = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok())
            .is_some_and(|target| target.matches("input, textarea, select").unwrap_or(false));
        if is_undo
            && event.key().eq_ignore_ascii_case("z")
            && !is_typing
            && !removed.with_untracked(Vec::is_empty)
        {
            event.prevent_default();
            media.undo_removal();
        }
    });
    on_cleanup(move || keys.remove());
    // By then it is in the way of the answer.
    Effect::new(move |_| {
        if turns.is_running() {
            media.forget_removals();
        }
    });
    let text = move || {
        removed.with(|removed| {
            let last = removed.last()?;
            let more = match removed.len() {
                1 => String::new(),
                steps => format!(" {} more to undo.", steps - 1),
            };
            Some(format!("{}{more}", described(last)))
        })
    };
    view! {
        // There before it fills, or it is not announced.
        <div class="toast" aria-live="polite" data-testid="removed">
            {move || text().map(|text| view! {
                <p>{text}</p>
                <button type="button" aria-keyshortcuts="Control+Z Meta+Z" on:click=move |_| media.undo_removal()>"Undo"</button>
                <button type="button" class="quiet" aria-label="Dismiss" on:click=move |_| media.forget_removals()>"✕"</button>
            })}
        </div>
    }
}

fn described(removal: &Removal) -> String {
    match removal.items.as_slice() {
        [(_, only)] => format!("{} was removed.", only.name),
        items => format!("{} items were removed.", items.len()),
    }
}
