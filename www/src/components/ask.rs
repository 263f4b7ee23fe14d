//! The box with the next question.

use super::revision::Revision;
use crate::reveal::reveal_from_top;
use crate::state::conversation::ConversationState;
use crate::state::endpoint::{EndpointKind, EndpointState};
use crate::state::estimate::EstimateState;
use crate::state::question::QuestionState;
use crate::state::turns::TurnList;
use leptos::{ev, html, prelude::*};
use tilewise_www_core::obstacle::Obstacle;

#[component]
pub(crate) fn Ask() -> impl IntoView {
    let conversation = expect_context::<ConversationState>();
    let list = expect_context::<TurnList>();
    let question = expect_context::<QuestionState>();
    let estimate = expect_context::<EstimateState>();
    let endpoint = expect_context::<EndpointState>();
    let field = NodeRef::<html::Textarea>::new();
    Effect::new(move |_| question.field.set_value(field.get()));
    let running = Memo::new(move |_| list.is_running());
    let obstacle = Memo::new(move |_| {
        let no_url = "The base URL must begin with https:// or http://.";
        let no_endpoint = endpoint.lacks_url().then_some(no_url);
        let no_key = "Enter an API key: this endpoint answers nothing without one.";
        let no_key = endpoint.lacks_key().then_some(no_key);
        let of_request = || estimate.obstacle().map(Obstacle::sentence);
        no_endpoint.or(no_key).or_else(of_request)
    });
    let blocked = move || running.get() || obstacle.get().is_some();
    let send = move || {
        if !blocked() {
            conversation.ask();
            question.keep_focus();
            // The answer comes there, above the box.
            reveal_from_top(".turn:last-child".to_owned());
        }
    };
    let keys = window_event_listener(ev::keydown, move |event| {
        // Escape also ends the input of a character.
        if event.key() == "Escape" && !event.default_prevented() && !event.is_composing() {
            if running.get_untracked() {
                conversation.stop();
                question.focus();
            } else {
                conversation.cancel_edit();
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
                    bind:value=question.text
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
                <label>"System prompt" <textarea rows="2" bind:value=question.system /></label>
                <label>
                    "Maximum tokens of output"
                    <input
                        type="number"
                        min="1"
                        step="1"
                        prop:value=move || question.max_tokens.get().map(|tokens| tokens.to_string())
                        on:input:target=move |event| {
                            let tokens = event.target().value().trim().parse().ok();
                            question.max_tokens.set(tokens.filter(|tokens| *tokens > 0));
                        }
                    />
                </label>
            </details>
            <Show when=move || list.holds_demo() && !endpoint.is(EndpointKind::Demo)>
                <p class="hint">"The demo’s canned answers are in this conversation, and are sent with it and paid. “New conversation” leaves them out."</p>
            </Show>
            <div class="row">
                <button type="submit" class="primary" disabled=blocked>"Ask"</button>
                <span class="hint" aria-live="polite">{move || obstacle.get().filter(|_| !running.get())}</span>
            </div>
        </form>
    }
}
