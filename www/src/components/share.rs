//! A link to the figures, and a note on figures that came by one.

use super::copy_button::CopyButton;
use crate::state::items::ItemList;
use crate::state::link::LinkState;
use leptos::prelude::*;

#[component]
pub(crate) fn Share() -> impl IntoView {
    let link = expect_context::<LinkState>();
    link.follow_address();
    let is_short = Memo::new(move |_| link.fragment.with(Option::is_some));
    move || {
        if !is_short.get() {
            return view! { <p class="hint">"These figures are too many for a link."</p> }
                .into_any();
        }
        view! {
            <div class="share">
                <CopyButton
                    label="Share these figures as a link"
                    text=move |()| untrack(|| link.address()).unwrap_or_default()
                />
            </div>
        }
        .into_any()
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
    let shared = move || {
        has_shared.get().then(|| view! {
            <p class="violation shared">
                "These figures came by a link, without files, text or key. The page counts your own text in place of the sender's. To ask, add the files themselves: each replaces its figures."
                <button type="button" on:click=move |_| list.remove_shared()>"Remove shared figures"</button>
            </p>
        })
    };
    // There before it has anything to say, so that it is announced.
    view! { <div class="by-link" aria-live="polite">{note}{shared}</div> }.into_any()
}
