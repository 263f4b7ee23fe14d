//! A question, the answer as it streams in, and what it cost.

use super::attached::Attached;
use super::bill::Bill;
use super::copy_button::CopyButton;
use super::failure::Failure;
use crate::state::conversation::ConversationState;
use crate::state::question::QuestionState;
use crate::state::turns::{Exchange, Phase, Turn, TurnList};
use leptos::prelude::*;
use tilewise::error::ErrorCode;
use tilewise::units::duration;
use tilewise::usage::ledger::Outcome;
use tilewise_www_core::markdown::to_html;

/// A question of more letters or lines than these is folded.
const MAX_LETTERS: usize = 600;
const MAX_LINES: usize = 8;

#[component]
pub(crate) fn TurnView(turn: Turn) -> impl IntoView {
    let list = expect_context::<TurnList>();
    let Turn {
        id,
        question,
        exchange,
        attempts,
        ..
    } = turn;
    let exchange = RwSignal::from(exchange);
    let has_media = !question.items.is_empty();
    let number = move || list.index(id).map_or(0, |index| index + 1);
    let is_last = Memo::new(move |_| {
        list.turns
            .with(|turns| turns.last().is_some_and(|last| last.id == id))
    });
    // Will be dropped when the question in the box is asked.
    let is_leaving = move || {
        let editing = list.editing.get();
        editing
            .zip(list.index(id))
            .is_some_and(|(editing, index)| index >= editing)
    };
    let text = Memo::new(move |_| exchange.with(|exchange| exchange.result.text.clone()));
    let reasoning = Memo::new(move |_| exchange.with(|exchange| exchange.result.reasoning.clone()));
    let phase = Memo::new(move |_| exchange.with(|exchange| exchange.phase.clone()));
    let bill = Memo::new(move |_| {
        exchange.with(|exchange| {
            let held = exchange
                .bill
                .filter(|held| held.input_tokens.reported.is_some());
            Some((held?, exchange.is_demo))
        })
    });
    let failure = move || match phase.get() {
        Phase::Failed(error) => Some(view! { <Failure error /> }),
        _ => None,
    };
    view! {
        <li class="turn" class:leaving=is_leaving data-testid="turn">
            <h3 class="visually-hidden">"Turn "{number}</h3>
            <div class="question">
                <Attached items=question.items />
                <QuestionText text=question.text />
            </div>
            {(!attempts.is_empty()).then(|| view! { <Attempts attempts /> })}
            <Show when=move || reasoning.with(|reasoning| !reasoning.is_empty())>
                <details class="reasoning">
                    <summary>"Reasoning"</summary>
                    <p>{reasoning}</p>
                </details>
            </Show>
            // The HTML is harmless: see www/core/src/markdown.rs.
            <div class="markdown" data-testid="answer" inner_html=move || text.with(|text| to_html(text)) />
            {failure}
            <p class="status" data-testid="spent">{move || exchange.with(spent)}</p>
            {move || bill.get().map(|(held, is_demo)| view! {
                <details open=move || is_last.get()>
                    <summary>"The bill"</summary>
                    <Bill held is_demo />
                </details>
            })}
            <Actions id is_last phase text has_media />
        </li>
    }
}

/// A long one is folded: it must not push its answer out of sight.
#[component]
fn QuestionText(text: String) -> impl IntoView {
    let is_long = text.chars().count() > MAX_LETTERS || text.lines().count() > MAX_LINES;
    let is_folded = RwSignal::new(is_long);
    view! {
        <p class:folded=is_folded>{text}</p>
        {is_long.then(|| view! {
            <button
                type="button"
                class="quiet unfold"
                aria-expanded=move || (!is_folded.get()).to_string()
                on:click=move |_| is_folded.update(|is_folded| *is_folded = !*is_folded)
            >
                {move || if is_folded.get() { "Show all of the question" } else { "Show less of the question" }}
            </button>
        })}
    }
}

#[component]
fn Actions(
    id: usize,
    is_last: Memo<bool>,
    phase: Memo<Phase>,
    text: Memo<String>,
    has_media: bool,
) -> impl IntoView {
    let kept = if has_media {
        "The question is still in the box, with its photos and videos."
    } else {
        "The question is still in the box."
    };
    let conversation = expect_context::<ConversationState>();
    let list = expect_context::<TurnList>();
    let question = expect_context::<QuestionState>();
    let is_settled = Memo::new(move |_| list.is_settled(id));
    let is_editing = move || list.editing.with(Option::is_some);
    let has_text = move || text.with(|text| !text.is_empty());
    let is_open =
        move || is_last.get() && !is_settled.get() && !phase.get().is_running() && !is_editing();
    let can_retry = move || is_open() && conversation.request.with(Option::is_some);
    let can_keep = move || is_open() && has_text();
    let button = move |label: &'static str, act: fn(&ConversationState, usize)| {
        view! {
            <button
                type="button"
                class="quiet"
                disabled=move || list.is_running()
                on:click=move |_| {
                    act(&conversation, id);
                    question.focus();
                }
            >
                {label}
            </button>
        }
    };
    view! {
        <div class="row actions">
            <Show when=can_retry>{button("Retry", |conversation, _| conversation.retry())}</Show>
            <Show when=can_keep>{button("Keep this part", |conversation, _| conversation.keep())}</Show>
            <Show when=move || is_settled.get()>{button("Edit question", |conversation, id| conversation.edit(id))}</Show>
            <Show when=move || has_text() && !phase.get().is_running()>
                <CopyButton label="Copy answer" text=move |()| text.get_untracked() />
            </Show>
        </div>
        <Show when=is_open>
            <p class="hint">{kept}</p>
        </Show>
    }
}

#[component]
fn Attempts(attempts: Vec<Exchange>) -> impl IntoView {
    attempts
        .into_iter()
        .map(|attempt| {
            view! {
                <details class="attempt">
                    <summary>"An earlier, incomplete answer"</summary>
                    <div class="markdown" inner_html=to_html(&attempt.result.text) />
                </details>
            }
        })
        .collect_view()
}

/// How long it took, and what it cost.
fn spent(exchange: &Exchange) -> String {
    let result = &exchange.result;
    let seconds = |ms: f64| duration(ms / 1_000.0);
    let cost = exchange.bill.map(|bill| bill.cost.to_string());
    let cost = |why: &str| match &cost {
        Some(cost) if result.usage.is_some() => format!("it cost {cost}"),
        Some(cost) => format!("it may have cost {cost}: {why}"),
        None => "it was not sent".to_owned(),
    };
    match &exchange.phase {
        Phase::Sending | Phase::Retrying(..) => String::new(),
        Phase::Streaming => exchange.so_far.map_or_else(String::new, |usd| {
            format!("About {usd} so far, by estimate")
        }),
        Phase::Done => format!(
            "{} · {}",
            seconds(result.total_ms),
            cost("the endpoint sent no bill")
        ),
        Phase::Stopped => format!(
            "Stopped after {} · {}",
            seconds(result.total_ms),
            cost("it was stopped before the bill came")
        ),
        Phase::Failed(error) => format!(
            "Failed after {} · {}",
            seconds(result.total_ms),
            if Outcome::Failed(error.code()).is_unsent() {
                "it was not sent".to_owned()
            } else {
                cost(match error.code() {
                    ErrorCode::Http => "it was refused without a bill",
                    _ => "it broke off before a bill came",
                })
            }
        ),
    }
}
