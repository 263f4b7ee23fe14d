//! Makes the whole request fit, after saying how; and how far that is.

use crate::state::fit::{FitState, Plan};
use leptos::prelude::*;

#[component]
pub(crate) fn FitAll() -> impl IntoView {
    let state = expect_context::<FitState>();
    let plan = Memo::new(move |_| state.plan_for_all());
    let body = move || {
        plan.get().map(|plan| match plan {
            Ok(plan) => view! { <Proposal plan /> }.into_any(),
            Err(why) => view! { <p class="violation error">{why}</p> }.into_any(),
        })
    };
    view! {
        {body}
        <Progress />
    }
}

#[component]
fn Proposal(plan: Plan) -> impl IntoView {
    let state = expect_context::<FitState>();
    let steps = plan.steps.clone();
    view! {
        <div class="proposal" role="group" aria-label="Make it all fit">
            <h4>"This would make it fit"</h4>
            // A region that scrolls must take the keyboard's focus.
            <ul class="steps" tabindex="0" aria-label="What would be done">
                {steps.into_iter().map(|(name, step)| view! {
                    <li><strong>{name}</strong>": "{step}</li>
                }).collect_view()}
            </ul>
            <button type="button" class="primary" on:click=move |_| state.fit_all(&plan)>"Make it all fit"</button>
        </div>
    }
}

#[component]
fn Progress() -> impl IntoView {
    let state = expect_context::<FitState>();
    let is_running = state.is_running;
    let is_unused = move || state.run.with(|run| run.total == 0);
    let count = move || {
        state
            .run
            .with(|run| format!("{} of {}", run.over(), run.total))
    };
    let status = Memo::new(move |_| {
        if is_running.get() {
            "Making photos fit…".to_owned()
        } else if is_unused() {
            String::new()
        } else {
            state.run.with(|run| run.outcome())
        }
    });
    view! {
        <div class="row" hidden=is_unused data-testid="run">
            <span class="status" role="status" data-testid="run-status">{status}</span>
            // Beside the status, which would be read out at each photo.
            <span class="status" hidden=move || !is_running.get()>{count}</span>
            <progress
                hidden=move || !is_running.get()
                value=move || state.progress.get().to_string()
                max=move || state.run.with(|run| run.total.to_string())
                aria-label="Photos made to fit"
            />
            <button
                type="button"
                class="quiet"
                hidden=move || !is_running.get()
                on:click=move |_| state.cancel_all()
            >
                "Cancel all"
            </button>
        </div>
    }
}
