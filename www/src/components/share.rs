//! A link to the figures, and what is to be known of those that came by one.

use super::copy_button::CopyButton;
use crate::state::State;
use leptos::prelude::*;

#[component]
pub(crate) fn Share() -> impl IntoView {
    let state = expect_context::<State>();
    state.follow_address();
    let is_short = Memo::new(move |_| state.figures.link.with(Option::is_some));
    move || match is_short.get() {
        true => view! {
            <div class="share">
                <CopyButton
                    label="Share these figures as a link"
                    text=move |()| untrack(|| state.address()).unwrap_or_default()
                />
            </div>
        }
        .into_any(),
        false => view! { <p class="hint">"These figures are too many for a link."</p> }.into_any(),
    }
}

#[component]
pub(crate) fn Shared() -> impl IntoView {
    let state = expect_context::<State>();
    let has_shared = Memo::new(move |_| state.has_shared());
    let note = move || {
        let note = state.figures.link_note.get();
        note.map(|note| view! { <p class="violation">{note}</p> })
    };
    let shared = move || {
        has_shared.get().then(|| view! {
            <p class="violation shared">
                "These figures came with the page's address, without pictures, text or key. Your own text is counted in place of the sender's. To ask, put the files themselves in: each takes the place of its figures."
                <button type="button" on:click=move |_| state.remove_shared()>"Remove what was shared"</button>
            </p>
        })
    };
    // There before it has anything to say, so that it is announced.
    view! { <div class="by-link" aria-live="polite">{note}{shared}</div> }.into_any()
}
