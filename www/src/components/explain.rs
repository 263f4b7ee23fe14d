//! How a figure comes about: a button that is the figure, and the one dialog that all of them open.

use super::modal::Modal;
use crate::state::explain::{ExplainState, Subject};
use crate::state::history::HistoryState;
use leptos::{html, prelude::*};
use tilewise::explain::{Cited, Explanation};
use tilewise_www_core::day::in_words;

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
        let (name, explanations) = state.explanations(subject)?;
        let why = (subject == Subject::Request).then(|| state.why()).flatten();
        let certainty = state.certainty();
        Some(view! { <Steps name explanations why certainty /> })
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
    /// One for each way of counting that the figure shows.
    explanations: Vec<Explanation>,
    /// Why there is another figure; `None` where there is none.
    why: Option<String>,
    certainty: &'static str,
) -> impl IntoView {
    let arithmetic = explanations.iter().map(|explanation| {
        let steps = explanation.steps.iter().map(|step| {
            view! {
                <li>
                    <strong>{step.title()}</strong>
                    <span>{step.to_string()}</span>
                </li>
            }
            .into_any()
        });
        let rule = explanation.rule_in_words();
        view! {
            <p class="hint">{rule}"."</p>
            <ol class="arithmetic" aria-label=rule data-testid="steps">{steps.collect_view()}</ol>
        }
        .into_any()
    });
    let mut cited: Vec<&Cited> = Vec::new();
    for source in explanations.iter().flat_map(|it| &it.sources) {
        if !cited.contains(&source) {
            cited.push(source);
        }
    }
    let sources = cited.into_iter().map(|source| {
        view! {
            <li>
                {source.figure.to_string()}
                ", read on "
                {in_words(&source.checked)}
                ": "
                <a href=source.url.clone() target="_blank" rel="noopener noreferrer">{source.url.clone()}</a>
            </li>
        }
        .into_any()
    });
    view! {
        <h2 id="explain-title">"What "{name}" costs"</h2>
        <p class="hint">"The count is "{certainty}"."</p>
        {why.map(|why| view! { <p class="hint">{why}</p> })}
        {arithmetic.collect_view()}
        <ul class="sources">{sources.collect_view()}</ul>
    }
    .into_any()
}
