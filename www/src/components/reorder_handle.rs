//! Moves an item in the list: by dragging, or by buttons.

use crate::state::items::ItemList;
use crate::state::media::MediaState;
use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// How a drag of the list's own is told from one of files.
const KIND: &str = "application/x-tilewise-item";

/// In the row, by dragging or by buttons.
#[component]
pub(crate) fn ReorderHandle(id: usize, name: String) -> impl IntoView {
    let list = expect_context::<ItemList>();
    let media = expect_context::<MediaState>();
    let is_alone = Memo::new(move |_| list.items.with(Vec::len) < 2);
    view! {
        <span class="reorder" hidden=is_alone>
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
                    media.dragged.set(Some(id));
                }
                on:dragend=move |_| media.dragged.set(None)
            ></span>
            <MoveButtons id name />
        </span>
    }
}

/// One place up, or down.
#[component]
pub(crate) fn MoveButtons(id: usize, name: String) -> impl IntoView {
    let list = expect_context::<ItemList>();
    let media = expect_context::<MediaState>();
    let count = Memo::new(move |_| list.items.with(Vec::len));
    let index = Memo::new(move |_| list.index(id));
    let is_alone = move || count.get() < 2;
    let is_first = move || index.get() == Some(0);
    let is_last = move || index.get().is_some_and(|index| index + 1 == count.get());
    let (up, down) = (format!("Move {name} up"), format!("Move {name} down"));
    let go = move |by: isize| {
        media.shift(id, by);
        keep_focus(id, by);
    };
    view! {
        <span class="moves" hidden=is_alone>
            <button type="button" class="quiet" data-by="-1" aria-label=up disabled=is_first on:click=move |_| go(-1)>"↑"</button>
            <button type="button" class="quiet" data-by="1" aria-label=down disabled=is_last on:click=move |_| go(1)>"↓"</button>
        </span>
    }
}

/// Whether an item that is dragged over the card of another can be dropped there.
pub(crate) fn accepts_drop(media: MediaState, id: usize, event: &ev::DragEvent) -> bool {
    let dragged = media.dragged.get_untracked();
    let is_accepted = dragged.is_some_and(|dragged| dragged != id);
    if is_accepted {
        event.prevent_default();
    }
    is_accepted
}

/// Moves the dragged item to the place of this one.
pub(crate) fn drop_at(media: MediaState, list: ItemList, id: usize, event: &ev::DragEvent) {
    let dragged = media.dragged.get_untracked();
    let index = untrack(|| list.index(id));
    if accepts_drop(media, id, event)
        && let Some((dragged, index)) = dragged.zip(index)
    {
        media.move_to(dragged, index);
    }
}

/// Focuses the next card after the one at this index was removed, for people who remove several by keyboard.
pub(crate) fn focus_next(index: Option<usize>) {
    request_animation_frame(move || {
        let buttons = document().query_selector_all(".card > [data-remove]");
        let Some((buttons, index)) = buttons.ok().zip(index) else {
            return;
        };
        let last = buttons.length().saturating_sub(1);
        let next = u32::try_from(index).unwrap_or(last).min(last);
        // Without any card: the file picker.
        let next = buttons.get(next).or_else(|| {
            let picker = document().query_selector("input[type=file]");
            picker.ok().flatten().map(JsCast::unchecked_into)
        });
        if let Some(next) = next.and_then(|next| next.dyn_into::<HtmlElement>().ok()) {
            let _ = next.focus();
        }
    });
}

/// Gives the focus back to what has moved, in its row or in the inspector; at the end of the list to its other button.
fn keep_focus(id: usize, by: isize) {
    request_animation_frame(move || {
        let row = format!(".card[data-item=\"{id}\"]");
        let place = match document().query_selector("dialog[open]") {
            Ok(Some(_)) => "dialog[open]",
            _ => row.as_str(),
        };
        for by in [by, -by] {
            let selector = format!("{place} [data-by=\"{by}\"]:enabled");
            let button = document().query_selector(&selector).ok().flatten();
            if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
                let _ = button.focus();
                return;
            }
        }
    });
}
