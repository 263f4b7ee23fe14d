//! How full each limit is.

use crate::state::estimate::EstimateState;
use crate::state::model::ModelState;
use leptos::prelude::*;
use tilewise_www_core::gauge::{gauges, used};

#[component]
pub(crate) fn Gauges() -> impl IntoView {
    let estimate = expect_context::<EstimateState>();
    let model = expect_context::<ModelState>();
    let shown = move || {
        let context = model.chosen.with(|model| model.as_ref()?.context_tokens);
        estimate
            .estimate
            .with(|estimate| used(gauges(&estimate.usage, &estimate.limits, context)))
    };
    view! {
        <ul class="gauges" aria-label="Limits">
            {move || shown().into_iter().map(|gauge| {
                let text = gauge.text();
                view! {
                    <li class:exceeded=gauge.is_exceeded()>
                        <span>{gauge.name}</span>
                        <span class="gauge-text">{text.clone()}</span>
                        <progress value=gauge.share().to_string() max="1" aria-label=gauge.name aria-valuetext=text></progress>
                    </li>
                }
            }).collect_view()}
        </ul>
    }
}
