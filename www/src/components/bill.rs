//! What a request cost: its parts, estimated beside billed.

use leptos::prelude::*;
use tilewise::units::{Usd, grouped};
use tilewise::usage::{BilledPart, Follows, Reconciliation};

#[component]
pub(crate) fn Bill(held: Reconciliation, is_demo: bool) -> impl IntoView {
    let Reconciliation {
        input_tokens,
        usd: input_usd,
        follows,
        parts,
        cost,
        ..
    } = held;
    let follows = match follows {
        Some(Follows::Published) => "The bill follows the provider’s docs.",
        Some(Follows::Processor) => "The bill follows the model’s code.",
        Some(Follows::Neither) => "The bill follows neither way of counting.",
        None if input_tokens.reported.is_none() => "The endpoint reported no count of the input.",
        None => "The two ways of counting are too close here to tell which the bill follows.",
    };
    let media = parts.media;
    let text = parts.text;
    let rows = [
        (media.estimated > 0).then(|| Row {
            name: "Photos and videos",
            estimated: grouped(media.estimated),
            reported: range(media.low, media.high),
            ..Row::default()
        }),
        Some(Row {
            name: "Text",
            estimated: grouped(text.tokens),
            reported: range(Some(text.low), Some(text.high)),
            ..Row::default()
        }),
        Some(Row {
            name: "Input in all",
            estimated: grouped(input_tokens.estimated),
            reported: tokens(input_tokens.reported),
            usd: usd(input_usd.reported),
            is_whole: true,
        }),
        optional("cached input", parts.cached_input),
        Some(Row {
            name: "Output",
            reported: tokens(parts.output.tokens),
            usd: usd(parts.output.usd),
            is_whole: true,
            ..Row::default()
        }),
        optional("reasoning", parts.reasoning),
    ];
    view! {
        <div class="wide-table">
            <table class="bill" data-testid="bill">
                <caption class="visually-hidden">"Estimate and bill in their parts"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Tokens"</th>
                        <th scope="col">"Estimated"</th>
                        <th scope="col">"Billed"</th>
                        <th scope="col">"Dollars"</th>
                    </tr>
                </thead>
                <tbody>
                    {rows.into_iter().flatten().map(|row| view! {
                        <tr class:whole=row.is_whole>
                            <th scope="row">{row.name}</th>
                            <td>{row.estimated}</td>
                            <td>{row.reported}</td>
                            <td>{row.usd}</td>
                        </tr>
                    }).collect_view()}
                </tbody>
            </table>
        </div>
        <p class="hint">
            {follows}
            " It cost "
            {cost.to_string()}
            "."
            {is_demo.then_some(" Nothing was charged: the demo invents a bill, to show how to read one. Only a real answer tells which rule a real bill follows.")}
        </p>
    }
}

#[derive(Default)]
struct Row {
    name: &'static str,
    estimated: String,
    reported: String,
    usd: String,
    is_whole: bool,
}

fn optional(name: &'static str, part: BilledPart) -> Option<Row> {
    Some(Row {
        name,
        reported: grouped(part.tokens?),
        usd: usd(part.usd),
        ..Row::default()
    })
}

fn tokens(count: Option<u64>) -> String {
    count.map_or_else(|| "not reported".to_owned(), grouped)
}

fn usd(amount: Option<Usd>) -> String {
    amount.map_or_else(|| "not known".to_owned(), |usd| usd.to_string())
}

fn range(low: Option<u64>, high: Option<u64>) -> String {
    match low.zip(high) {
        Some((low, high)) if low == high => grouped(low),
        Some((low, high)) => format!("{} to {}", grouped(low), grouped(high)),
        None => "not reported".to_owned(),
    }
}
