//! Moves an item in the list: by dragging, or by buttons.

use crate::state::items::ItemList;
use crate::state::media::MediaState;
use crate::state::reorder::ReorderState;
use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// In the row, by dragging or by buttons.
#[component]
pub(crate) fn ReorderHandle(id: usize, name: String) -> impl IntoView {
    let list = expect_context::<ItemList>();
    let reorder = expect_context::<ReorderState>();
    let is_alone = Memo::new(move |_| list.items.with(Vec::len) < 2);
    // By pointer events, which fingers send as well: phones have no other way to drag. What moves stays the target of
    // all of them wherever the pointer is.
    let grab = move |event: ev::PointerEvent| {
        let grip = event.current_target();
        let grip = grip.and_then(|grip| grip.dyn_into::<Element>().ok());
        if event.button() == 0
            && let Some(grip) = grip
            && grip.set_pointer_capture(event.pointer_id()).is_ok()
        {
            // Otherwise text is selected on the way.
            event.prevent_default();
            reorder.grab(id, at(&event));
        }
    };
    view! {
        <span class="reorder" hidden=is_alone>
            <span
                class="grip"
                title="Drag to another place"
                aria-hidden="true"
                on:pointerdown=grab
                on:pointermove=move |event| reorder.drag(at(&event))
                on:pointerup=move |_| reorder.drop()
                on:pointercancel=move |_| reorder.cancel()
            ></span>
            <MoveButtons id name />
        </span>
    }
}

fn at(event: &ev::PointerEvent) -> (f64, f64) {
    (f64::from(event.client_x()), f64::from(event.client_y()))
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
