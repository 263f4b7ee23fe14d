//! The conversation so far.

use super::copy_button::CopyButton;
use super::turn::TurnView;
use crate::state::State;
use leptos::prelude::*;

#[component]
pub(crate) fn Turns() -> impl IntoView {
    let state = expect_context::<State>();
    let conversation = state.conversation;
    view! {
        <Show when=move || !conversation.is_empty()>
            // From the bottom up, so that it stays at the end while an answer grows.
            <div class="scroll">
                <ol class="turns" aria-label="Turns">
                    <For each=move || conversation.turns.get() key=|turn| turn.id let:turn>
                        <TurnView turn />
                    </For>
                </ol>
            </div>
        </Show>
        // An answer is spoken when it is there as a whole, not word by word.
        <div class="visually-hidden" aria-live="polite">{conversation.spoken}</div>
    }
}

/// What can be done with the conversation as a whole.
#[component]
pub(crate) fn BeginAnew() -> impl IntoView {
    let state = expect_context::<State>();
    let conversation = state.conversation;
    view! {
        <Show when=move || !conversation.is_empty()>
            <div class="row">
                <CopyButton label="Copy as Markdown" text=move |()| state.transcript() />
                <button
                    type="button"
                    class="quiet"
                    disabled=move || conversation.is_running()
                    on:click=move |_| {
                        state.begin_anew();
                        state.focus_box();
                    }
                >
                    "New conversation"
                </button>
            </div>
        </Show>
    }
}
