//! The box with the next question, and the state of the last one.

use crate::state::State;
use crate::state::conversation::{Dropped, Exchange, Phase};
use leptos::{ev, html, prelude::*};
use tilewise::units::duration;

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

/// What asking will drop, or what was dropped, and the way back.
#[component]
fn Revision() -> impl IntoView {
    let state = expect_context::<State>();
    let conversation = state.conversation;
    let editing = move || {
        let place = conversation.editing.get()?.place;
        let behind = conversation
            .turns
            .with(|turns| turns.len().saturating_sub(place + 1));
        let drops = match behind {
            0 => "its answer".to_owned(),
            1 => "its answer and the turn behind it".to_owned(),
            behind => format!("its answer and the {behind} turns behind it"),
        };
        Some((
            format!(
                "This is question {} again. Asking it drops {drops}.",
                place + 1
            ),
            "Leave it as it was",
        ))
    };
    let dropped = move || {
        let dropped = conversation.dropped.get()?;
        let (what, back) = match dropped {
            Dropped::Turns(_, turns) => (count(turns.len()), "Bring back what was dropped"),
            Dropped::All(turns, _) => (count(turns.len()), "Undo"),
        };
        Some((what, back))
    };
    let shown = move || editing().or_else(dropped);
    view! {
        <div aria-live="polite">
            {move || shown().map(|(text, back)| view! {
            <p class="violation revision">
                <span>{text}</span>
                <button
                    type="button"
                    disabled=move || conversation.is_running()
                    on:click=move |_| {
                        match conversation.editing.with_untracked(Option::is_some) {
                            true => state.cancel_edit(),
                            false => state.undo(),
                        }
                        state.focus_box();
                    }
                >
                    {back}
                </button>
            </p>
            })}
        </div>
    }
}

fn count(turns: usize) -> String {
    match turns {
        1 => "One turn was dropped.".to_owned(),
        turns => format!("{turns} turns were dropped."),
    }
}

#[component]
fn Status() -> impl IntoView {
    let conversation = expect_context::<State>().conversation;
    let last = move || {
        let last = conversation
            .turns
            .with(|turns| turns.last().map(|turn| turn.exchange.clone()));
        last.map_or_else(String::new, |exchange| exchange.with(status))
    };
    // As a memo, so that a screen reader hears each state once.
    let text = Memo::new(move |_| last());
    view! { <p class="status" role="status">{text}</p> }
}

fn status(exchange: &Exchange) -> String {
    let result = &exchange.result;
    let seconds = |ms: f64| duration(ms / 1_000.0);
    let first = result
        .first_token_ms
        .map(|ms| format!("first token after {}", seconds(ms)));
    let with_first = |text: String| match &first {
        Some(first) => format!("{text}, {first}"),
        None => text,
    };
    match &exchange.phase {
        Phase::Sending => "Sending…".to_owned(),
        Phase::Retrying(cause, wait_ms) => {
            format!("Trying again in {}: {cause}", seconds(f64::from(*wait_ms)))
        }
        Phase::Streaming => with_first("Streaming".to_owned()),
        Phase::Done => {
            let done = with_first(format!("Done in {}", seconds(result.total_ms)));
            match result.finish_reason.as_deref() {
                Some("length") => format!("{done}; cut off at the most tokens of output"),
                _ => done,
            }
        }
        Phase::Stopped => with_first("Stopped".to_owned()),
        Phase::Failed(_) => "Failed".to_owned(),
    }
}
