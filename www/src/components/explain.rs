//! How a figure comes about: a button that is the figure, and the one dialog that all of them open.

use super::modal::Modal;
use crate::state::explain::{ExplainState, Subject};
use crate::state::history::HistoryState;
use leptos::{html, prelude::*};
use tilewise::explain::Explanation;

/// A figure that explains itself.
#[component]
pub(crate) fn Explain(subject: Subject, children: Children) -> impl IntoView {
    let explained = expect_context::<ExplainState>().subject;
    view! {
        <button
            type="button"
            class="explain"
            title="How this comes about"
            aria-haspopup="dialog"
            on:click=move |_| explained.set(Some(subject))
        >
            {children()}
        </button>
    }
    .into_any()
}

#[component]
pub(crate) fn ExplainDialog() -> impl IntoView {
    let state = expect_context::<ExplainState>();
    let explained = state.subject;
    let history = expect_context::<HistoryState>();
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        if explained.with(Option::is_some)
            && let Some(dialog) = dialog.get()
        {
            history.open(&dialog);
        }
    });
    let content = move || {
        let subject = explained.get()?;
        let (name, explanation) = state.explanation(subject)?;
        let why = (subject == Subject::Request).then(|| state.why()).flatten();
        let certainty = state.certainty();
        Some(view! { <Steps name explanation why certainty /> })
    };
    view! {
        <Modal dialog title_id="explain-title" on_close=move |()| explained.set(None)>
            {content}
        </Modal>
    }
    .into_any()
}

#[component]
fn Steps(
    name: String,
    explanation: Explanation,
    /// Why there is another figure; `None` where there is none.
    why: Option<String>,
    certainty: &'static str,
) -> impl IntoView {
    let steps = explanation.steps.iter().map(|step| {
        view! {
            <li>
                <strong>{step.title()}</strong>
                <span>{step.to_string()}</span>
            </li>
        }
        .into_any()
    });
    let sources = explanation.sources.iter().map(|source| {
        view! {
            <li>
                {source.to_string()}
                ": "
                <a href=source.url.clone() target="_blank" rel="noopener noreferrer">{source.url.clone()}</a>
            </li>
        }
        .into_any()
    });
    view! {
        <h2 id="explain-title">"What "{name}" costs"</h2>
        <p class="hint">{explanation.rule_in_words()}". How sure is this? "{certainty}"."</p>
        {why.map(|why| view! { <p class="hint">{why}</p> })}
        <ol class="arithmetic" data-testid="steps">{steps.collect_view()}</ol>
        <ul class="sources">{sources.collect_view()}</ul>
    }
    .into_any()
}
