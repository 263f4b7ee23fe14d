//! Where one item stands in the list: by dragging, or by buttons.

use crate::state::State;
use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// How a drag of the list's own is told from one of files.
const KIND: &str = "application/x-tilewise-item";

#[component]
pub(crate) fn Place(id: usize, name: String) -> impl IntoView {
    let state = expect_context::<State>();
    let count = Memo::new(move |_| state.inputs.items.with(Vec::len));
    let rank = Memo::new(move |_| state.rank(id));
    let is_alone = move || count.get() < 2;
    let is_first = move || rank.get() == Some(0);
    let is_last = move || rank.get().is_some_and(|rank| rank + 1 == count.get());
    let (up, down) = (format!("Move {name} up"), format!("Move {name} down"));
    let go = move |by: isize| {
        state.shift(id, by);
        hold_focus(id, by);
    };
    view! {
        <span class="place" hidden=is_alone>
            <span
                class="grip"
                draggable="true"
                title="Drag to another place"
                aria-hidden="true"
                on:dragstart=move |event: ev::DragEvent| {
                    if let Some(data) = event.data_transfer() {
                        let _ = data.set_data(KIND, &id.to_string());
                        data.set_effect_allowed("move");
                    }
                    state.inputs.dragged.set(Some(id));
                }
                on:dragend=move |_| state.inputs.dragged.set(None)
            ></span>
            <button type="button" class="quiet" data-by="-1" aria-label=up disabled=is_first on:click=move |_| go(-1)>"↑"</button>
            <button type="button" class="quiet" data-by="1" aria-label=down disabled=is_last on:click=move |_| go(1)>"↓"</button>
        </span>
    }
}

/// Says whether what is dragged over the card of an item can be let go there: another one of the list.
pub(crate) fn welcomes(state: State, id: usize, event: &ev::DragEvent) -> bool {
    let dragged = state.inputs.dragged.get_untracked();
    let is_welcome = dragged.is_some_and(|dragged| dragged != id);
    if is_welcome {
        event.prevent_default();
    }
    is_welcome
}

/// Lets what was dragged here take this place.
pub(crate) fn give_place(state: State, id: usize, event: &ev::DragEvent) {
    let dragged = state.inputs.dragged.get_untracked();
    let place = untrack(|| state.rank(id));
    if welcomes(state, id, event)
        && let Some((dragged, place)) = dragged.zip(place)
    {
        state.move_to(dragged, place);
    }
}

/// A card has gone from this place: whoever removes several by keyboard goes on with the next.
pub(crate) fn pass_focus(rank: Option<usize>) {
    request_animation_frame(move || {
        let buttons = document().query_selector_all(".card-head > [data-remove]");
        let Some((buttons, rank)) = buttons.ok().zip(rank) else {
            return;
        };
        let last = buttons.length().saturating_sub(1);
        let next = u32::try_from(rank).unwrap_or(last).min(last);
        // At the end of the list there is the way in.
        let next = buttons.get(next).or_else(|| {
            let picker = document().query_selector("input[type=file]");
            picker.ok().flatten().map(JsCast::unchecked_into)
        });
        if let Some(next) = next.and_then(|next| next.dyn_into::<HtmlElement>().ok()) {
            let _ = next.focus();
        }
    });
}

/// The card has moved, and has lost the focus by that; at the end of the list the other button takes it.
fn hold_focus(id: usize, by: isize) {
    request_animation_frame(move || {
        for by in [by, -by] {
            let selector = format!(".card[data-item=\"{id}\"] [data-by=\"{by}\"]:enabled");
            let button = document().query_selector(&selector).ok().flatten();
            if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
                let _ = button.focus();
                return;
            }
        }
    });
}
