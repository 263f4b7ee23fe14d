//! The prompt and the button.

use crate::state::State;
use leptos::{ev, prelude::*};

#[component]
pub(crate) fn Ask() -> impl IntoView {
    let state = expect_context::<State>();
    let running = move || state.turn.with(|turn| turn.phase.is_running());
    let obstacle = Memo::new(move |_| state.obstacle());
    let blocked = move || running() || obstacle.get().is_some();
    let send = move || {
        if !blocked() {
            state.ask();
        }
    };
    view! {
        <form
            class="ask"
            on:submit=move |event| {
                event.prevent_default();
                untrack(send);
            }
        >
            <label>
                "Question"
                <textarea
                    rows="3"
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
                <button type="button" disabled=move || !running() on:click=move |_| state.stop()>"Stop"</button>
                <span class="hint" aria-live="polite">{obstacle}</span>
            </div>
        </form>
    }
}
