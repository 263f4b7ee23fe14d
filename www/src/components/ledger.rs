//! All requests of the conversation, and their sum.

use crate::clipboard::download;
use crate::demo;
use crate::state::conversation::ConversationState;
use leptos::prelude::*;
use tilewise::error::ErrorCode;
use tilewise::units::{decimal, duration, grouped};
use tilewise::usage::ledger::{Entry, Ledger, Outcome};

const COLUMNS: [&str; 9] = [
    "Request",
    "Model",
    "Estimated input",
    "Billed input",
    "Billed output",
    "Cost",
    "First token",
    "Tokens a second",
    "Outcome",
];

#[component]
pub(crate) fn LedgerTable() -> impl IntoView {
    let ledger = expect_context::<ConversationState>().ledger;
    let save = move |name: &'static str, media_type: &'static str, text: fn(&Ledger) -> String| {
        move |_| download(name, media_type, &ledger.with_untracked(text))
    };
    let rows = move || {
        ledger
            .with(|ledger| ledger.entries().iter().map(row).collect::<Vec<_>>())
            .into_iter()
            .map(|cells| view! { <tr><Cells cells /></tr> })
            .collect_view()
    };
    let sum = move || {
        let sum = ledger.with(Ledger::sum);
        let cells = [
            "Total".to_owned(),
            String::new(),
            grouped(sum.estimated_input_tokens),
            grouped(sum.input_tokens),
            grouped(sum.output_tokens),
            sum.cost.to_string(),
            String::new(),
            String::new(),
            String::new(),
        ];
        view! { <tr class="whole"><Cells cells /></tr> }
    };
    let has_demo = move || {
        ledger.with(|ledger| {
            ledger
                .entries()
                .iter()
                .any(|entry| entry.model == demo::MODEL)
        })
    };
    view! {
        <Show when=move || ledger.with(|ledger| !ledger.entries().is_empty())>
            <section class="ledger" aria-labelledby="ledger-title">
                <div class="card-head">
                    <h2 id="ledger-title">"Ledger of this conversation"</h2>
                    <div class="row">
                        <button
                            type="button"
                            class="quiet"
                            on:click=save("tilewise-ledger.json", "application/json", Ledger::json)
                        >
                            "Save as JSON"
                        </button>
                        <button
                            type="button"
                            class="quiet"
                            on:click=save("tilewise-ledger.csv", "text/csv", Ledger::csv)
                        >
                            "Save as CSV"
                        </button>
                    </div>
                </div>
                <div class="wide-table">
                    <table data-testid="ledger">
                        <thead>
                            <tr>{COLUMNS.map(|name| view! { <th scope="col">{name}</th> })}</tr>
                        </thead>
                        <tbody>{rows}</tbody>
                        <tfoot>{sum}</tfoot>
                    </table>
                </div>
                <p class="hint">
                    "It keeps failed, stopped and repeated requests. It holds figures only: no question, no answer, no photo, no key."
                    {move || has_demo().then_some(" The demo invented the figures of offline-demo: nothing was charged for them.")}
                </p>
            </section>
        </Show>
    }
}

#[component]
fn Cells(cells: [String; 9]) -> impl IntoView {
    let [head, ..] = cells.clone();
    let [_, names @ ..] = COLUMNS;
    let rest = cells.into_iter().skip(1).zip(names);
    view! {
        <th scope="row">{head}</th>
        {rest.map(|(cell, name)| view! { <td data-name=name>{cell}</td> }).collect_view()}
    }
}

/// What ended a request, in a word or two; the codes are for programs.
const fn failed(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::Http => "refused",
        ErrorCode::Network => "no connection",
        ErrorCode::Timeout => "too slow",
        ErrorCode::Limit => "over a limit",
        _ => code.name(),
    }
}

fn row(entry: &Entry) -> [String; 9] {
    let tokens = |count: Option<u64>| count.map_or_else(|| "–".to_owned(), grouped);
    let estimated = grouped(entry.estimated_input_tokens);
    [
        entry.number.to_string(),
        entry.model.clone(),
        match entry.estimated_input_usd {
            Some(usd) => format!("{estimated} · {usd}"),
            None => estimated,
        },
        tokens(entry.usage.input_tokens),
        tokens(entry.usage.output_tokens),
        entry.cost.to_string(),
        entry
            .first_token_ms
            .map_or_else(|| "–".to_owned(), |ms| duration(ms / 1_000.0)),
        entry
            .output_tokens_per_second
            .map_or_else(|| "–".to_owned(), decimal),
        match entry.outcome {
            Outcome::Failed(code) => format!("failed: {}", failed(code)),
            outcome => outcome.name().to_owned(),
        },
    ]
}
