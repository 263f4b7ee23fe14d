//! The box with the next question.

use leptos::prelude::*;
use leptos::task::spawn_local;
use tilewise::web::sleep;
use web_sys::{HtmlTextAreaElement, ScrollIntoViewOptions, ScrollLogicalPosition};

#[derive(Clone, Copy, Debug)]
pub(crate) struct QuestionState {
    pub(crate) text: RwSignal<String>,
    pub(crate) system: RwSignal<String>,
    pub(crate) max_tokens: RwSignal<Option<u64>>,
    /// The field that the question is written in.
    pub(crate) field: StoredValue<Option<HtmlTextAreaElement>, LocalStorage>,
}

impl QuestionState {
    pub(crate) fn new() -> Self {
        Self {
            text: RwSignal::new("Describe what you see.".to_owned()),
            system: RwSignal::new(String::new()),
            max_tokens: RwSignal::new(Some(1024)),
            field: StoredValue::new_local(None),
        }
    }

    /// Moves the focus into the field.
    pub(crate) fn keep_focus(&self) {
        if let Some(field) = self.field.get_value() {
            let _ = field.focus();
        }
    }

    /// Moves the focus into the field, and the field into view.
    pub(crate) fn focus(&self) {
        self.keep_focus();
        let Some(field) = self.field.get_value() else {
            return;
        };
        spawn_local(async move {
            // A message above the field may have appeared by then, and pushed it down.
            sleep(0).await;
            let nearest = ScrollIntoViewOptions::new();
            nearest.set_block(ScrollLogicalPosition::Nearest);
            field.scroll_into_view_with_scroll_into_view_options(&nearest);
        });
    }
}
