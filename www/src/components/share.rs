//! A link to the figures, and what is to be known of those that came by one.

use super::copy_button::CopyButton;
use crate::state::State;
use leptos::prelude::*;

#[component]
pub(crate) fn Share() -> impl IntoView {
    let state = expect_context::<State>();
    state.follow_address();
    let is_short = Memo::new(move |_| state.figures.link.with(Option::is_some));
    let has_shared = Memo::new(move |_| {
        state
            .inputs
            .items
            .with(|items| items.iter().any(|item| item.is_shared))
    });
    view! {
        <div class="share">
            {move || match is_short.get() {
                true => view! {
                    <CopyButton
                        label="Copy a link to these figures"
                        text=move |()| untrack(|| state.address()).unwrap_or_default()
                    />
                }.into_any(),
                false => view! { <p class="hint">"These figures are too many for a link."</p> }.into_any(),
            }}
            <div role="status">
                {move || state.figures.link_note.get().map(|note| view! { <p class="violation">{note}</p> })}
                {move || has_shared.get().then(|| view! {
                    <p class="violation">
                        "These figures came by a link: without pictures, text or key. What you write here is counted in place of the sender's text. To ask, put the files themselves in, and remove what was shared. "
                        <button type="button" on:click=move |_| state.remove_shared()>"Remove what was shared"</button>
                    </p>
                })}
            </div>
        </div>
    }
    .into_any()
}
