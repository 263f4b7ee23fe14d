//! Whether the request can be sent, in a few words, which lead to what they speak of.

use crate::reveal::reveal;
use crate::state::estimate::EstimateState;
use crate::state::items::ItemList;
use crate::state::rows::RowState;
use crate::state::tabs::{Tab, TabState};
use leptos::prelude::*;
use tilewise_www_core::verdict::verdict;

#[component]
pub(crate) fn VerdictText() -> impl IntoView {
    let state = expect_context::<EstimateState>();
    let list = expect_context::<ItemList>();
    let rows = expect_context::<RowState>();
    let tabs = expect_context::<TabState>();
    let verdict = Memo::new(move |_| {
        state
            .estimate
            .with(|estimate| verdict(estimate, &list.files(), state.obstacle()))
    });
    let show = move |_| match untrack(|| state.worst()) {
        Some(id) => rows.reveal(id),
        None => {
            tabs.panel.set(Tab::Cost);
            reveal(".faults :is(li, p), .gauges".to_owned());
        }
    };
    view! {
        <button type="button" class="verdict-button" title="Show why" on:click=show>
            <span class=move || format!("verdict {}", verdict.with(|it| it.kind.name())) aria-live="polite" data-testid="verdict">
                {move || verdict.with(|it| it.text.clone())}
            </span>
        </button>
    }
}
