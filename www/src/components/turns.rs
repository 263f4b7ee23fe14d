//! The conversation so far.

use super::copy_button::CopyButton;
use super::turn::TurnView;
use crate::state::conversation::ConversationState;
use crate::state::question::QuestionState;
use crate::state::turns::TurnList;
use crate::transcript::transcript;
use leptos::prelude::*;

#[component]
pub(crate) fn Turns() -> impl IntoView {
    let conversation = expect_context::<ConversationState>();
    let list = expect_context::<TurnList>();
    view! {
        <Show when=move || !list.is_empty()>
            // From the bottom up, so that it stays at the end while an answer grows.
            <div class="scroll">
                <ol class="turns" aria-label="Turns">
                    <For each=move || list.turns.get() key=|turn| turn.id let:turn>
                        <TurnView turn />
                    </For>
                </ol>
            </div>
        </Show>
        // An answer is spoken when it is complete, not word by word.
        <div class="visually-hidden" aria-live="polite">{conversation.spoken}</div>
    }
}

/// What can be done with the conversation as a whole.
#[component]
pub(crate) fn NewConversation() -> impl IntoView {
    let conversation = expect_context::<ConversationState>();
    let list = expect_context::<TurnList>();
    let question = expect_context::<QuestionState>();
    view! {
        <Show when=move || !list.is_empty()>
            <div class="row">
                <CopyButton label="Copy as Markdown" text=move |()| list.turns.with_untracked(|turns| transcript(turns)) />
                <button
                    type="button"
                    class="quiet"
                    disabled=move || list.is_running()
                    on:click=move |_| {
                        conversation.new_conversation();
                        question.focus();
                    }
                >
                    "New conversation"
                </button>
            </div>
        </Show>
    }
}
