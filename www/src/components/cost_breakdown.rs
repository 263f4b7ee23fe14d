//! Why an image costs what it costs, in four steps that anybody can follow.

use crate::state::estimate::EstimateState;
use leptos::prelude::*;
use tilewise_www_core::cost_breakdown::{CostBreakdown, Step};

#[component]
pub(crate) fn CostBreakdownSteps() -> impl IntoView {
    let estimate = expect_context::<EstimateState>();
    let breakdown = Memo::new(move |_| estimate.cost_breakdown());
    let step = move |index: usize| {
        let step = Memo::new(move |_| {
            breakdown.with(|breakdown| {
                let steps = breakdown.as_ref().map(CostBreakdown::steps);
                steps.and_then(|steps| steps.into_iter().nth(index))
            })
        });
        view! {
            <li>
                // New elements at each change, so that it is seen to change.
                {move || step.get().map(|Step { figure, meaning }| view! {
                    <strong class="fresh">{figure}</strong>
                    <span>{meaning}</span>
                })}
            </li>
        }
    };
    let title = move || breakdown.with(|breakdown| breakdown.as_ref().map(CostBreakdown::title));
    view! {
        <div class="breakdown" hidden=move || breakdown.with(Option::is_none)>
            <p id="breakdown-title" class="hint">{title}</p>
            <ol aria-labelledby="breakdown-title" data-testid="breakdown">{[0, 1, 2, 3].map(step)}</ol>
        </div>
    }
}
