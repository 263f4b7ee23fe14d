//! A link to the figures, and a note on figures that came by one.

use super::copy_button::CopyButton;
use super::modal::Modal;
use super::part::part;
use crate::state::card::CardState;
use crate::state::history::HistoryState;
use crate::state::items::{ItemList, StandIn};
use crate::state::link::LinkState;
use leptos::task::spawn_local;
use leptos::{html, prelude::*};

/// Opens what can be sent to others, once that is loaded.
#[component]
pub(crate) fn ShareButton() -> impl IntoView {
    view! { <div class="share">{part(|lazy| lazy.share, ())}</div> }
}

/// The figures as a link and as an image card.
#[component]
pub(crate) fn Share() -> impl IntoView {
    let link = expect_context::<LinkState>();
    let history = expect_context::<HistoryState>();
    let dialog = NodeRef::<html::Dialog>::new();
    let card = expect_context::<CardState>();
    let canvas = NodeRef::<html::Canvas>::new();
    let is_short = Memo::new(move |_| link.fragment.with(Option::is_some));
    let open = move |_| {
        if let Some(dialog) = dialog.get_untracked() {
            history.open(&dialog);
        }
        if let Some(canvas) = canvas.get_untracked() {
            spawn_local(async move {
                card.draw(&canvas).await;
            });
        }
    };
    let copy_link = move || {
        if !is_short.get() {
            return view! { <p class="hint">"These figures are too many for a link."</p> }
                .into_any();
        }
        view! {
            <CopyButton
                label="Copy link"
                is_primary=true
                text=move |()| untrack(|| link.address()).unwrap_or_default()
            />
        }
        .into_any()
    };
    view! {
        <button type="button" aria-haspopup="dialog" on:click=open>"Share"</button>
        <Modal dialog title_id="share-title">
            <h2 id="share-title">"Share these figures"</h2>
            <p class="hint">"A link holds sizes and settings: no photo, no name, no text, no key."</p>
            <canvas node_ref=canvas class="share-card" role="img" aria-label="Image card of these figures"></canvas>
            <p class="hint">"The image card shows the first photo, made small, with its tiles."</p>
            <div class="row">{copy_link} <CardButton canvas /></div>
        </Modal>
    }
    .into_any()
}

#[component]
fn CardButton(canvas: NodeRef<html::Canvas>) -> impl IntoView {
    const LABEL: &str = "Save image card";
    let card = expect_context::<CardState>();
    let shown = RwSignal::new(LABEL);
    let click = move |_| {
        spawn_local(async move {
            let is_saved = match canvas.get_untracked() {
                Some(canvas) => card.save(&canvas).await,
                None => false,
            };
            let outcome = if is_saved {
                "Saved"
            } else {
                "This browser cannot draw it"
            };
            // The button may be gone by now.
            shown.try_set(outcome);
        });
    };
    view! {
        <button type="button" class="quiet" aria-live="polite" on:click=click on:blur=move |_| shown.set(LABEL)>
            {shown}
        </button>
    }
}

#[component]
pub(crate) fn Shared() -> impl IntoView {
    let list = expect_context::<ItemList>();
    let link = expect_context::<LinkState>();
    let has_shared = Memo::new(move |_| list.has_shared());
    let note = move || {
        let note = link.note.get();
        note.map(|note| view! { <p class="violation">{note}</p> })
    };
    let gone = move || {
        let (files, its) = match link.lost.get() {
            0 => return None,
            1 => ("The file is".to_owned(), "its"),
            count => (format!("The {count} files are"), "their"),
        };
        let figures = if has_shared.get() {
            format!("{its} figures and the settings are as they were")
        } else {
            "the settings are as they were".to_owned()
        };
        Some(format!(
            "{files} gone: a browser lets no page keep files when it is loaded again. Add them once more to send them; {figures}. "
        ))
    };
    let explanation = move || match list.stand_in()? {
        StandIn::Typed => Some("These are sizes without files. To ask, add the files themselves."),
        StandIn::Kept => Some(
            "These figures were kept from before the page was loaded again. To ask, add the files themselves: each replaces its figures.",
        ),
        StandIn::Linked => Some(
            "These figures came by a link, without files, text or key. The page counts your own text in place of the sender’s. To ask, add the files themselves: each replaces its figures.",
        ),
    };
    let remove = move || match list.stand_in() {
        Some(StandIn::Typed) => "Remove these sizes",
        Some(StandIn::Kept) => "Remove these figures",
        Some(StandIn::Linked) | None => "Remove shared figures",
    };
    let shared = move || {
        let text = gone().or_else(|| Some(explanation()?.to_owned()));
        text.map(|text| view! {
            <p class="violation shared" data-testid="missing-files">
                {text}
                <Show when=move || has_shared.get()>
                    <button type="button" on:click=move |_| list.remove_shared()>{remove}</button>
                </Show>
            </p>
        })
    };
    // There before it has anything to say, so that it is announced.
    view! { <div class="by-link" aria-live="polite">{note}{shared}</div> }.into_any()
}
