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
        <Reading />
        <div class="visually-hidden" aria-live="polite" data-testid="said">{state.inputs.said}</div>
        <Show when=move || state.inputs.items.with(|items| items.len() > 1)>
            <div class="card-head list-head">
                <span class="hint">{move || format!("{} in the order in which they are sent", state.inputs.items.with(Vec::len))}</span>
                <button type="button" class="quiet" on:click=move |_| state.remove_all()>"Remove all"</button>
            </div>
        </Show>
        <ul class="cards" aria-label="Pictures and videos">
            <For each=move || state.inputs.items.get() key=|item| item.id let:item>
                <MediaCard item />
            </For>
        </ul>
    }
}

/// How far the reading of many is, and the way out.
#[component]
fn Reading() -> impl IntoView {
    let state = expect_context::<State>();
    let read = Memo::new(move |_| {
        state.inputs.items.with(|items| {
            let pending = items.iter().filter(|item| item.is_pending()).count();
            (pending > 0 && items.len() > 1).then(|| (items.len() - pending, items.len()))
        })
    });
    view! {
        <Show when=move || read.get().is_some()>
            <div class="row">
                <span class="status">
                    {move || read.get().map(|(done, all)| format!("{done} of {all} headers read"))}
                </span>
                <progress
                    value=move || read.get().map(|(done, _)| done.to_string())
                    max=move || read.get().map(|(_, all)| all.to_string())
                    aria-label="Headers read"
                />
                <button type="button" class="quiet" on:click=move |_| state.remove_pending()>"Cancel"</button>
            </div>
        </Show>
    }
}
