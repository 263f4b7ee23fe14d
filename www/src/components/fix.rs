//! The one click that fixes what can be fixed, and how far that is.

use super::fitted::Fitted;
use crate::reveal::reveal;
use crate::state::fit::{FitState, Plan};
use leptos::prelude::*;

#[component]
pub(crate) fn FixAll() -> impl IntoView {
    let state = expect_context::<FitState>();
    let plan = Memo::new(move |_| state.plan_for_all().and_then(Result::ok));
    let what = move || plan.with(|plan| plan.as_ref().map(Plan::in_words));
    let fix = move |_| {
        if let Some(plan) = plan.get_untracked() {
            state.fit_all(&plan);
            // The button goes, and would take the focus with it.
            reveal(".run [role=status]".to_owned());
        }
    };
    view! {
        <Show when=move || plan.with(Option::is_some)>
            <button type="button" class="primary" data-testid="fit-all" title=what on:click=fix>"Fix all"</button>
        </Show>
    }
}

#[component]
pub(crate) fn FitProgress() -> impl IntoView {
    let state = expect_context::<FitState>();
    let plan = Memo::new(move |_| state.plan_for_all().and_then(Result::ok));
    let is_running = state.is_running;
    let is_fitted = Memo::new(move |_| !state.fitted().is_empty());
    let is_unused = move || !is_fitted.get() && state.run.with(|run| run.total == 0);
    let count = move || {
        state
            .run
            .with(|run| format!("{} of {}", run.over(), run.total))
    };
    let status = Memo::new(move |_| {
        if is_running.get() {
            "Working on the photos…".to_owned()
        } else if state.run.with(|run| run.total == 0) {
            String::new()
        } else {
            state.run.with(|run| run.outcome())
        }
    });
    view! {
        <div class="row run" hidden=is_unused data-testid="run">
            <span class="status" role="status" tabindex="-1" data-testid="run-status">{status}</span>
            // Beside the status, which would be read out at each photo.
            <span class="status" hidden=move || !is_running.get()>{count}</span>
            <progress
                hidden=move || !is_running.get()
                value=move || state.progress.get().to_string()
                max=move || state.run.with(|run| run.total.to_string())
                aria-label="Photos done"
            />
            <button
                type="button"
                class="quiet"
                hidden=move || !is_running.get()
                on:click=move |_| state.cancel_all()
            >
                "Cancel all"
            </button>
            <Fitted />
        </div>
        // A button's title is not shown where there is no pointer.
        {move || plan.with(|plan| plan.as_ref().map(Plan::in_short)).map(|text| view! { <p class="hint" data-testid="plan">{text}</p> })}
    }
}
