//! What one image or video costs: by each rule that its model has.

use super::explain::Explain;
use crate::state::estimate::EstimateState;
use crate::state::explain::Subject;
use leptos::prelude::*;
use tilewise::estimate::MediaEstimate;
use tilewise::rule::Rule;
use tilewise::units::{Usd, grouped};
use tilewise_www_core::answer::range;

#[component]
pub(crate) fn Figures(id: usize, estimate: MediaEstimate, is_video: bool) -> impl IntoView {
    let state = expect_context::<EstimateState>();
    let tokens = move || {
        let counts = state.counts_of(&estimate);
        if counts.is_empty() {
            return "count not known".into_any();
        }
        let last = counts.len() - 1;
        let unit = match counts.last() {
            Some((_, 1)) => " token",
            _ => " tokens",
        };
        let count = |(at, (rule, tokens)): (usize, (Rule, u64))| {
            let subject = Subject::Item {
                id,
                rule: Some(rule),
            };
            view! {
                <span data-testid=rule.name()><Explain subject>{grouped(tokens)}</Explain></span>
                {(at < last).then_some(" to ")}
            }
        };
        let counts = counts.into_iter().enumerate().map(count).collect_view();
        (counts, unit).into_any()
    };
    let subject = Subject::Item { id, rule: None };
    let usd = move || {
        state.usd_of(&estimate).map(|(low, high)| {
            let text = range(Some(low), Some(high), |usd: Usd| usd.to_string());
            view! { <Explain subject>{text}</Explain> }
        })
    };
    let frames = (is_video && estimate.frames > 0).then(|| {
        view! { <span class="frames-count"><span data-testid="frames">{grouped(estimate.frames)}</span>{if estimate.frames == 1 { " frame" } else { " frames" }}</span> }
    });
    view! {
        <p class="figures">
            <strong data-testid="usd">{usd}</strong>
            <span class="tokens">{tokens}</span>
            {frames}
        </p>
    }
}
