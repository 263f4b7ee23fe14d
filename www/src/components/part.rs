//! Where a lazily loaded part of the page belongs.

use crate::state::lazy::{LazyModule, LazyPhase, LazyState};
use leptos::prelude::*;

/// The part, made of this, as soon as it is loaded; until then nothing.
pub(crate) fn part<T: Clone + Send + 'static>(
    of: fn(&LazyModule) -> fn(T) -> AnyView,
    made_of: T,
) -> impl IntoView {
    let phase = expect_context::<LazyState>().phase;
    move || match phase.get() {
        LazyPhase::Loaded(module) => Some(of(&module)(made_of.clone())),
        LazyPhase::Idle | LazyPhase::Loading | LazyPhase::Failed => None,
    }
}

/// In the place of the conversation, until it is loaded.
#[component]
pub(crate) fn Waiting() -> impl IntoView {
    let phase = expect_context::<LazyState>().phase;
    let is_waiting = move || matches!(phase.get(), LazyPhase::Idle | LazyPhase::Loading);
    move || is_waiting().then(|| view! { <p class="hint">"Loading…"</p> })
}

/// Says that the rest of the page is missing, and tries again.
#[component]
pub(crate) fn Missing() -> impl IntoView {
    let lazy = expect_context::<LazyState>();
    let has_failed = move || matches!(lazy.phase.get(), LazyPhase::Failed);
    move || {
        has_failed().then(|| {
            view! {
                <p class="violation error" role="alert">
                    "The rest of the page could not be loaded. Check the connection, or reload the page to get its newest version. "
                    <button type="button" on:click=move |_| lazy.retry()>"Try again"</button>
                </p>
            }
        })
    }
}
