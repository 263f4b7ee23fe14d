//! When the rest of the page is loaded: as soon as a person does anything, the list holds anything, or the section of
//! the conversation is near. On a phone that lies far below.

use crate::near::observer;
use crate::state::items::ItemList;
use crate::state::lazy::LazyState;
use leptos::html::Section;
use leptos::prelude::*;

/// What people do first, whatever it is.
const SIGNS: [&str; 6] = [
    "dragenter",
    "focusin",
    "keydown",
    "pointerdown",
    "pointermove",
    "wheel",
];

/// How far into the window the section must come: a section that only begins at the foot of a phone is not read yet.
const NEAR: &str = "0px 0px -25% 0px";

pub(crate) fn load_when_wanted(section: NodeRef<Section>) {
    let lazy = expect_context::<LazyState>();
    let list = expect_context::<ItemList>();
    for sign in SIGNS {
        let listener = window_event_listener_untyped(sign, move |_| lazy.start());
        on_cleanup(move || listener.remove());
    }
    Effect::new(move |_| {
        if list.items.with(|items| !items.is_empty()) {
            lazy.start();
        }
    });
    let start = move |_, is_near| {
        if is_near {
            lazy.start();
        }
    };
    if let Some(observer) = observer(NEAR, Box::new(start)) {
        section.on_load(move |section| observer.observe(&section));
    }
}
