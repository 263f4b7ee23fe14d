//! What the request costs and whether it is allowed: a column, or on a phone a bar that opens.

use super::gauges::Gauges;
use super::in_turn::in_turn;
use super::part::part;
use super::settings::Settings;
use super::share::Share;
use super::totals::Totals;
use super::verdict::Verdict;
use crate::state::estimate::EstimateState;
use leptos::html::Button;
use leptos::{ev, prelude::*};
use tilewise::units::grouped;

#[component]
pub(crate) fn CostColumn() -> impl IntoView {
    let is_open = RwSignal::new(false);
    let bar = NodeRef::<Button>::new();
    let close = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" && is_open.get_untracked() {
            // Otherwise the answer would be stopped as well.
            event.prevent_default();
            is_open.set(false);
            if let Some(bar) = bar.get_untracked() {
                let _ = bar.focus();
            }
        }
    };
    view! {
        <section aria-labelledby="cost-title" class="cost" class:open=is_open on:keydown=close>
            <Bar is_open bar />
            <div class="cost-body" id="cost-body">
                <h2 id="cost-title">"Cost and limits"</h2>
                <Totals />
                {in_turn(1, || view! { <Settings /> })}
                {in_turn(2, || view! { <Gauges /> })}
                {part(|lazy| lazy.questions, ())}
                <Share />
            </div>
        </section>
    }
}

/// The sum in one line, where there is no room for a column.
#[component]
fn Bar(is_open: RwSignal<bool>, bar: NodeRef<Button>) -> impl IntoView {
    let estimate = expect_context::<EstimateState>().estimate;
    let usd = move || estimate.with(|estimate| estimate.cost.input_usd.map(|usd| usd.to_string()));
    let tokens = move || grouped(estimate.with(|estimate| estimate.input_tokens));
    view! {
        <button
            type="button"
            class="cost-bar"
            node_ref=bar
            aria-expanded=move || is_open.get().to_string()
            aria-controls="cost-body"
            on:click=move |_| is_open.update(|open| *open = !*open)
        >
            <strong>{move || usd().unwrap_or_else(|| "price not known".into())}</strong>
            <span>{tokens}" tokens"</span>
            <Verdict is_short=true />
        </button>
    }
}
