//! The chosen model, and the way to another.

use crate::state::lazy::{LazyPhase, LazyState};
use crate::state::model::ModelState;
use leptos::prelude::*;

/// Opens the list of models, which comes with the rest of the page.
#[component]
pub(crate) fn ModelButton() -> impl IntoView {
    let model = expect_context::<ModelState>();
    let phase = expect_context::<LazyState>().phase;
    let shown = Memo::new(move |_| model.shown());
    let is_coming = move || {
        let is_loaded = matches!(phase.get(), LazyPhase::Loaded(_));
        model.is_picker_open.get() && !is_loaded
    };
    view! {
        <button
            type="button"
            class="bar-model"
            data-testid="model"
            aria-haspopup="dialog"
            aria-busy=move || is_coming().then_some("true")
            on:click=move |_| model.is_picker_open.set(true)
        >
            <span class="visually-hidden">"Model: "</span>
            <strong>{move || shown.with(|(name, _)| name.clone())}</strong>
            " "
            <small>{move || shown.with(|(_, remark)| remark.clone())}</small>
        </button>
    }
}
