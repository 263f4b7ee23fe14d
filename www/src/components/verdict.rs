//! Whether the request can be sent, in a few words.

use crate::state::estimate::EstimateState;
use crate::state::items::ItemList;
use leptos::prelude::*;
use tilewise_www_core::verdict::verdict;

#[component]
pub(crate) fn VerdictText() -> impl IntoView {
    let estimate = expect_context::<EstimateState>().estimate;
    let list = expect_context::<ItemList>();
    let verdict = Memo::new(move |_| estimate.with(|estimate| verdict(estimate, &list.files())));
    view! {
        <span class=move || format!("verdict {}", verdict.with(|it| it.kind.name())) aria-live="polite" data-testid="verdict">
            {move || verdict.with(|it| it.text.clone())}
        </span>
    }
}
