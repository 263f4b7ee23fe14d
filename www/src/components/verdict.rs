//! Whether the request can be sent, in a few words.

use crate::state::estimate::EstimateState;
use leptos::prelude::*;
use tilewise_www_core::verdict::{unreadable, verdict};

#[component]
pub(crate) fn VerdictText() -> impl IntoView {
    let state = expect_context::<EstimateState>();
    let verdict = Memo::new(move |_| {
        if state.has_only_unreadable() {
            unreadable()
        } else {
            state.estimate.with(verdict)
        }
    });
    view! {
        <span class=move || format!("verdict {}", verdict.with(|it| it.kind.name())) aria-live="polite" data-testid="verdict">
            {move || verdict.with(|it| it.text.clone())}
        </span>
    }
}
