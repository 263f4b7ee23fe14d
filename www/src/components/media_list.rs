//! All photos and videos, in the order in which they are sent.

use super::media_card::MediaCard;
use crate::state::items::ItemList;
use crate::state::media::MediaState;
use leptos::prelude::*;

#[component]
pub(crate) fn MediaList() -> impl IntoView {
    let list = expect_context::<ItemList>();
    let media = expect_context::<MediaState>();
    view! {
        <Show when=move || list.items.with(Vec::is_empty)>
            <p class="hint">
                "The page reads a few kilobytes of each file. It sends nothing before you ask."
            </p>
        </Show>
        <Reading />
        <div class="visually-hidden" aria-live="polite" data-testid="announcement">{media.announcement}</div>
        <Show when=move || list.items.with(|items| items.len() > 1)>
            <div class="card-head list-head">
                <span class="hint">{move || format!("{} in the order in which they are sent", list.items.with(Vec::len))}</span>
                <button type="button" class="quiet" on:click=move |_| media.remove_all()>"Remove all"</button>
            </div>
        </Show>
        <ul class="cards" aria-label="Photos and videos">
            <For each=move || list.items.get() key=|item| item.id let:item>
                <MediaCard item />
            </For>
        </ul>
    }
}

/// How far the reading of many is, and the way out.
#[component]
fn Reading() -> impl IntoView {
    let list = expect_context::<ItemList>();
    let media = expect_context::<MediaState>();
    let read = Memo::new(move |_| {
        list.items.with(|items| {
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
                <button type="button" class="quiet" on:click=move |_| media.remove_pending()>"Cancel"</button>
            </div>
        </Show>
    }
}
