//! The answer as it streams in, and what it cost.

use crate::markdown::to_html;
use crate::state::{Phase, State, Turn};
use leptos::prelude::*;
use tilewise::units::grouped;
use tilewise::usage::{Follows, Reconciliation};

#[component]
pub(crate) fn Answer() -> impl IntoView {
    let state = expect_context::<State>();
    let asked = move || state.turn.with(|turn| turn.phase != Phase::Idle);
    let text = Memo::new(move |_| state.turn.with(|turn| turn.result.text.clone()));
    let reasoning = Memo::new(move |_| state.turn.with(|turn| turn.result.reasoning.clone()));
    view! {
        <Show when=asked>
            <div class="answer">
                <p class="status" role="status">{move || state.turn.with(status)}</p>
                <Show when=move || reasoning.with(|reasoning| !reasoning.is_empty())>
                    <details class="reasoning">
                        <summary>"Reasoning"</summary>
                        <p>{reasoning}</p>
                    </details>
                </Show>
                // The HTML is harmless: see markdown.rs.
                <div class="markdown" data-testid="answer" inner_html=move || text.with(|text| to_html(text)) />
                {move || state.turn.with(|turn| match &turn.phase {
                    Phase::Failed(why) => Some(view! { <p class="violation error" role="alert">{why.clone()}</p> }),
                    _ => None,
                })}
                {move || state.turn.with(|turn| turn.reconciliation.map(|held| view! { <Bill held /> }))}
            </div>
        </Show>
    }
}

#[component]
fn Bill(held: Reconciliation) -> impl IntoView {
    let tokens = |count: Option<u64>| count.map_or_else(|| "none".to_owned(), grouped);
    let usd = |amount: Option<_>| {
        amount.map_or_else(
            || "not known".to_owned(),
            |usd: tilewise::units::Usd| usd.to_string(),
        )
    };
    let follows = match held.follows {
        Some(Follows::Published) => "The bill follows the published rule.",
        Some(Follows::Processor) => "The bill follows the model's own processor.",
        Some(Follows::Neither) => "The bill follows neither rule.",
        None if held.input_tokens.reported.is_none() => {
            "The endpoint reported no count of the input."
        }
        None => "The two rules are too close here to tell which one the bill follows.",
    };
    view! {
        <table class="bill" data-testid="bill">
            <caption class="visually-hidden">"Estimate and bill of the input"</caption>
            <thead>
                <tr><th scope="col">"Input"</th><th scope="col">"Estimated"</th><th scope="col">"Reported"</th></tr>
            </thead>
            <tbody>
                <tr>
                    <th scope="row">"Tokens"</th>
                    <td>{grouped(held.input_tokens.estimated)}</td>
                    <td>{tokens(held.input_tokens.reported)}</td>
                </tr>
                <tr>
                    <th scope="row">"Dollars"</th>
                    <td>{usd(held.usd.estimated)}</td>
                    <td>{usd(held.usd.reported)}</td>
                </tr>
            </tbody>
        </table>
        <p class="hint">{follows}</p>
    }
}

fn status(turn: &Turn) -> String {
    let result = &turn.result;
    let first = result
        .first_token_ms
        .map(|ms| format!("first token after {ms:.0} ms"));
    let with_first = |text: &str| match &first {
        Some(first) => format!("{text}, {first}"),
        None => text.to_owned(),
    };
    match &turn.phase {
        Phase::Idle => String::new(),
        Phase::Sending => "Sending…".to_owned(),
        Phase::Retrying(cause, wait_ms) => format!("Trying again in {wait_ms} ms: {cause}"),
        Phase::Streaming => with_first("Streaming"),
        Phase::Done => {
            let done = with_first(&format!("Done in {:.0} ms", result.total_ms));
            match result.finish_reason.as_deref() {
                Some("length") => format!("{done}; cut off at the most tokens of output"),
                _ => done,
            }
        }
        Phase::Stopped => with_first("Stopped"),
        Phase::Failed(_) => "Failed".to_owned(),
    }
}
