//! The whole request in tokens and dollars, where the figures come from, and what they leave open.

use super::explain::Explain;
use super::part::part;
use super::verdict::Verdict;
use super::violations::Violations;
use crate::state::estimate::EstimateState;
use crate::state::explain::Subject;
use crate::state::model::ModelState;
use leptos::prelude::*;
use tilewise::units::grouped;
use tilewise::violation::Violation;

#[component]
pub(crate) fn Totals() -> impl IntoView {
    let state = expect_context::<EstimateState>();
    let model = expect_context::<ModelState>();
    let estimate = state.estimate;
    let refused = Memo::new(move |_| state.refused());
    let whole = Signal::derive(move || {
        let whole = |violation: &&Violation| violation.media.is_none();
        let mut shown: Vec<_> =
            estimate.with(|estimate| estimate.violations.iter().filter(whole).cloned().collect());
        shown.extend(refused.with(|(named, _)| named.clone()));
        shown
    });
    let more = move || {
        let more = refused.with(|(_, more)| *more);
        (more > 0).then(|| {
            view! { <p class="hint">{format!("{more} more would be refused: see their cards in the list.")}</p> }
        })
    };
    let usd = move || estimate.with(|estimate| estimate.cost.input_usd.map(|usd| usd.to_string()));
    let output =
        move || estimate.with(|estimate| estimate.cost.max_output_usd.map(|usd| usd.to_string()));
    let earlier = move || {
        estimate.with(|estimate| {
            let tokens = estimate.earlier_media_tokens;
            let usd = estimate.price.input.map(|price| price.of(tokens));
            (tokens > 0).then(|| {
                format!(
                    "{} tokens of earlier photos and videos are sent and paid again{}",
                    grouped(tokens),
                    usd.map_or_else(String::new, |usd| format!(": {usd}"))
                )
            })
        })
    };
    view! {
        <div class="total" aria-live="polite">
            <p class="amount" data-testid="total-usd"><Explain subject=Subject::Request>{move || usd().unwrap_or_else(|| "price not known".into())}</Explain></p>
            <p>
                <strong data-testid="total-tokens"><Explain subject=Subject::Request>{move || grouped(estimate.with(|estimate| estimate.input_tokens))}</Explain></strong>
                " input tokens: "
                {move || grouped(estimate.with(|estimate| estimate.media_tokens))}
                " for photos and videos, about "
                {move || grouped(estimate.with(|estimate| estimate.text.tokens))}
                " for text"
            </p>
            {move || earlier().map(|text| view! { <p data-testid="earlier">{text}</p> })}
            {move || output().map(|usd| view! { <p>"An answer of full length adds "{usd}</p> })}
            <p><Verdict /></p>
            {move || match state.left_out() {
                0 => None,
                1 => Some("One item of the list is not sent: it could not be read.".to_owned()),
                count => Some(format!("{count} items of the list are not sent: they could not be read.")),
            }.map(|text| view! { <p>{text}</p> })}
        </div>
        <Violations violations=whole />
        {more}
        {part(|lazy| lazy.fit_all, ())}
        <details>
            <summary>"What is not known"</summary>
            <ul>
                {move || estimate.with(|estimate| estimate.notes.clone()).into_iter().map(|note| view! { <li>{note}</li> }).collect_view()}
            </ul>
        </details>
        <details>
            <summary>"Where the figures come from"</summary>
            <ul class="sources">
                {move || model.chosen.get().into_iter().flat_map(|model| model.sources.into_owned()).map(|source| view! {
                    <li>
                        <code>{source.what}</code>
                        " "
                        <a href=source.url.clone() target="_blank" rel="noopener noreferrer">{source.url.clone()}</a>
                        ", read on "
                        {source.checked}
                    </li>
                }).collect_view()}
            </ul>
        </details>
    }
}
