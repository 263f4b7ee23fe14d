//! All pictures and videos, in the order in which they are sent.

use super::media_card::MediaCard;
use crate::state::State;
use leptos::prelude::*;

#[component]
pub(crate) fn MediaList() -> impl IntoView {
    let state = expect_context::<State>();
    view! {
        <Show when=move || state.inputs.items.with(Vec::is_empty)>
            <p class="hint">
                "Only a few kilobytes of each file are read, here in the page. Nothing is sent before you ask."
            </p>
        </Show>
        <ul class="cards" aria-label="Pictures and videos">
            <For each=move || state.inputs.items.get() key=|item| item.id let:item>
                <MediaCard item />
            </For>
        </ul>
    }
}
