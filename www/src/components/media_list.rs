//! All photos and videos, in the order in which they are sent; and those that were sent before.

use super::media_row::MediaRow;
use super::part::part;
use crate::state::items::ItemList;
use crate::state::media::MediaState;
use leptos::prelude::*;
use leptos::task::spawn_local;
use tilewise::web::sleep;

/// From so many on they are shown as a grid.
const MANY: usize = 12;

/// Rows are made so many in a task: of hundreds of files the page would stand still.
const MADE_AT_ONCE: usize = 12;

#[component]
pub(crate) fn MediaList() -> impl IntoView {
    let list = expect_context::<ItemList>();
    let media = expect_context::<MediaState>();
    let count = Memo::new(move |_| list.items.with(Vec::len));
    let made = RwSignal::new(MADE_AT_ONCE);
    Effect::new(move |_| {
        let (count, now) = (count.get(), made.get());
        let enough = count.max(MADE_AT_ONCE);
        if now > enough {
            made.set(enough);
        } else if now < enough {
            spawn_local(async move {
                sleep(0).await;
                made.try_update(|made| *made += MADE_AT_ONCE);
            });
        }
    });
    let listed = move || {
        list.items
            .with(|items| items.iter().take(made.get()).cloned().collect::<Vec<_>>())
    };
    view! {
        <Reading />
        <div class="visually-hidden" aria-live="polite" data-testid="announcement">{media.announcement}</div>
        {part(|lazy| lazy.fit_progress, ())}
        <Show when=move || { count.get() > 1 }>
            <div class="list-head">
                <span class="hint">{move || format!("{} files, sent in this order", count.get())}</span>
                <button type="button" class="quiet" on:click=move |_| media.remove_all()>"Remove all"</button>
            </div>
        </Show>
        <ul class="cards" class:grid=move || { count.get() >= MANY } aria-label="Photos and videos">
            <For each=listed key=|item| item.id let:item>
                <MediaRow item />
            </For>
        </ul>
        {part(|lazy| lazy.sent, ())}
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
