//! Where a part of the page belongs that is loaded later.

use crate::later::{Later, Loading};
use crate::state::State;
use leptos::prelude::*;

/// The part, made of this, as soon as it is here; until then nothing.
pub(crate) fn part<T: Clone + Send + 'static>(
    of: fn(&Later) -> fn(T) -> AnyView,
    made_of: T,
) -> impl IntoView {
    let later = expect_context::<State>().later;
    move || match later.get() {
        Loading::Here(later) => Some(of(&later)(made_of.clone())),
        Loading::NotBegun | Loading::Waiting | Loading::Failed => None,
    }
}

/// In the place of the conversation, until that is here.
#[component]
pub(crate) fn Waiting() -> impl IntoView {
    let later = expect_context::<State>().later;
    let is_waiting = move || matches!(later.get(), Loading::NotBegun | Loading::Waiting);
    move || is_waiting().then(|| view! { <p class="hint">"Loading…"</p> })
}

/// Says that something is missing, and tries again.
#[component]
pub(crate) fn Missing() -> impl IntoView {
    let state = expect_context::<State>();
    let has_failed = move || matches!(state.later.get(), Loading::Failed);
    move || {
        has_failed().then(|| {
            view! {
                <p class="violation error" role="alert">
                    "The conversation, and what reads other files, could not be loaded: there is no connection, or the site has a newer version, which comes with a reload. "
                    <button type="button" on:click=move |_| state.load_again()>"Try again"</button>
                </p>
            }
        })
    }
}
