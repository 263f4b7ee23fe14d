//! All photos and videos, in the order in which they are sent; and those that were sent before.

use super::media_row::MediaRow;
use super::part::part;
use crate::state::estimate::EstimateState;
use crate::state::items::ItemList;
use crate::state::media::MediaState;
use crate::state::rows::RowState;
use leptos::prelude::*;
use leptos::task::spawn_local;
use tilewise::web::sleep;

/// From so many on they are shown as a grid.
const MANY: usize = 12;

/// On a phone no more rows than these come before what is said of the files: of a grid, with two in a row, and of a list.
const UNFOLDED: [usize; 2] = [12, 6];

/// Rows are made so many in a task: of hundreds of files the page would stand still.
const MADE_AT_ONCE: usize = 12;

#[component]
pub(crate) fn MediaList() -> impl IntoView {
    let list = expect_context::<ItemList>();
    let media = expect_context::<MediaState>();
    let estimate = expect_context::<EstimateState>();
    let rows = expect_context::<RowState>();
    let count = Memo::new(move |_| list.items.with(Vec::len));
    let is_grid = Memo::new(move |_| count.get() >= MANY);
    let is_long = Memo::new(move |_| {
        let [in_grid, in_list] = UNFOLDED;
        count.get() > if is_grid.get() { in_grid } else { in_list }
    });
    let dearest = Memo::new(move |_| estimate.dearest().filter(|_| is_grid.get()));
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
                {move || dearest.get().map(|(id, name)| view! {
                    <button type="button" class="quiet dearest" on:click=move |_| rows.reveal(id)>"Dearest: "{name}</button>
                })}
                <button type="button" class="quiet" on:click=move |_| media.remove_all()>"Remove all"</button>
            </div>
        </Show>
        <ul class="cards" class:grid=is_grid class:folded=move || is_long.get() && !rows.is_unfolded.get() aria-label="Photos and videos">
            <For each=listed key=|item| item.id let:item>
                <MediaRow item />
            </For>
        </ul>
        <Show when=move || is_long.get()>
            <button
                type="button"
                class="unfold-list"
                aria-expanded=move || rows.is_unfolded.get().to_string()
                on:click=move |_| rows.is_unfolded.update(|is_unfolded| *is_unfolded = !*is_unfolded)
            >
                {move || if rows.is_unfolded.get() { "Show fewer files".to_owned() } else { format!("Show all {} files", count.get()) }}
            </button>
        </Show>
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
