//! Brings a part of the page into sight.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, ScrollIntoViewOptions, ScrollLogicalPosition};

/// The first element of a selector, once what was just changed is there; with the focus, where it takes it.
pub(crate) fn reveal(selector: String) {
    scroll_to(selector, ScrollLogicalPosition::Center);
}

/// The same, from its top on: for what is longer than the window, or will be.
pub(crate) fn reveal_from_top(selector: String) {
    scroll_to(selector, ScrollLogicalPosition::Start);
}

fn scroll_to(selector: String, block: ScrollLogicalPosition) {
    request_animation_frame(move || {
        let Some(element) = document().query_selector(&selector).ok().flatten() else {
            return;
        };
        if let Some(element) = element.dyn_ref::<HtmlElement>() {
            let _ = element.focus();
        }
        let options = ScrollIntoViewOptions::new();
        options.set_block(block);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    });
}
