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
    let mut counts: Vec<(Rule, u64)> = [Rule::Processor, Rule::Published]
        .into_iter()
        .filter_map(|rule| Some((rule, estimate.tokens.by(rule)?)))
        .collect();
    counts.sort_by_key(|(_, tokens)| *tokens);
    let last = counts.len().saturating_sub(1);
    let is_counted = !counts.is_empty();
    let tokens = counts.into_iter().enumerate().map(|(at, (rule, tokens))| {
        let subject = Subject::Item {
            id,
            rule: Some(rule),
        };
        view! {
            <span data-testid=rule.name()><Explain subject>{grouped(tokens)}</Explain></span>
            {(at < last).then_some(" to ")}
        }
    });
    let subject = Subject::Item { id, rule: None };
    let usd = move || {
        state.usd_of(&estimate).map(|(low, high)| {
            let text = range(Some(low), Some(high), |usd: Usd| usd.to_string());
            view! { <Explain subject>{text}</Explain> }
        })
    };
    let frames = (is_video && estimate.frames > 0).then(|| {
        view! { <span class="frames-count"><span data-testid="frames">{grouped(estimate.frames)}</span>" frames"</span> }
    });
    view! {
        <p class="figures">
            <strong data-testid="usd">{usd}</strong>
            <span class="tokens">
                {if is_counted { None } else { Some("count not known") }}
                {tokens.collect_view()}
                {is_counted.then_some(" tokens")}
            </span>
            {frames}
        </p>
    }
}
