//! The box with the next question, and the state of the last one.

use super::revision::Revision;
use super::status::Status;
use crate::state::State;
use leptos::{ev, html, prelude::*};

#[component]
pub(crate) fn Ask() -> impl IntoView {
    let state = expect_context::<State>();
    let conversation = state.conversation;
    let field = NodeRef::<html::Textarea>::new();
    Effect::new(move |_| state.field.set_value(field.get()));
    let running = Memo::new(move |_| conversation.is_running());
    let obstacle = Memo::new(move |_| state.obstacle());
    let blocked = move || running.get() || obstacle.get().is_some();
    let send = move || {
        if !blocked() {
            state.ask();
            state.focus_box();
        }
    };
    let stop = move || {
        state.stop();
        state.focus_box();
    };
    let keys = window_event_listener(ev::keydown, move |event| {
        // Escape also ends the input of a character.
        if event.key() == "Escape" && !event.default_prevented() && !event.is_composing() {
            match running.get_untracked() {
                true => stop(),
                false => state.cancel_edit(),
            }
        }
    });
    on_cleanup(move || keys.remove());
    view! {
        <form
            class="ask"
            on:submit=move |event| {
                event.prevent_default();
                untrack(send);
            }
        >
            <Revision />
            <label>
                "Question"
                <textarea
                    node_ref=field
                    rows="3"
                    aria-keyshortcuts="Control+Enter Meta+Enter"
                    bind:value=state.inputs.prompt
                    on:keydown=move |event: ev::KeyboardEvent| {
                        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
                            event.prevent_default();
                            untrack(send);
                        }
                    }
                />
            </label>
            <details>
                <summary>"System prompt and length"</summary>
                <label>"System prompt" <textarea rows="2" bind:value=state.inputs.system /></label>
                <label>
                    "Most tokens of output"
                    <input
                        type="number"
                        min="1"
                        step="1"
                        prop:value=move || state.inputs.max_tokens.get().map(|tokens| tokens.to_string())
                        on:input:target=move |event| {
                            let tokens = event.target().value().trim().parse().ok();
                            state.inputs.max_tokens.set(tokens.filter(|tokens| *tokens > 0));
                        }
                    />
                </label>
            </details>
            <div class="row">
                <button type="submit" class="primary" disabled=blocked>"Ask"</button>
                <button type="button" aria-keyshortcuts="Escape" disabled=move || !running.get() on:click=move |_| stop()>"Stop"</button>
                <span class="hint" aria-live="polite">{move || obstacle.get().filter(|_| !running.get())}</span>
            </div>
            <Status />
        </form>
    }
}
