//! A dialog over the page.

use crate::state::history::HistoryState;
use leptos::{ev, html, prelude::*};

/// Modal, so that the browser keeps the focus inside, closes it on Escape, and gives the focus back. It also closes by its
/// button, which stays in sight, by a click beside it, and by Back.
#[component]
pub(crate) fn Modal(
    dialog: NodeRef<html::Dialog>,
    /// Of the heading inside.
    title_id: &'static str,
    /// Of its look, beside that of all.
    #[prop(optional)]
    look: &'static str,
    #[prop(optional, into)] on_close: Option<Callback<()>>,
    children: Children,
) -> impl IntoView {
    let history = expect_context::<HistoryState>();
    view! {
        <dialog
            node_ref=dialog
            class=format!("explanation {look}")
            aria-labelledby=title_id
            on:close:target=move |event| {
                history.closed(&event.target());
                if let Some(on_close) = on_close {
                    on_close.run(());
                }
            }
            on:keydown=keep_escape
            // The content has a box of its own: only the backdrop is the dialog itself.
            on:click=move |event: ev::MouseEvent| {
                if event.target() == event.current_target() {
                    close(dialog);
                }
            }
        >
            // Otherwise the first link has the focus, and the text above it is scrolled away.
            <div tabindex="-1" autofocus>
                <button type="button" class="close" aria-label="Close" on:click=move |_| close(dialog)>"✕"</button>
                {children()}
            </div>
        </dialog>
    }
    .into_any()
}

pub(crate) fn close(dialog: NodeRef<html::Dialog>) {
    if let Some(dialog) = dialog.get_untracked() {
        dialog.close();
    }
}

/// Escape closes a dialog by itself, and does not stop the answer that streams behind it.
pub(crate) fn keep_escape(event: ev::KeyboardEvent) {
    if event.key() == "Escape" {
        event.stop_propagation();
    }
}
