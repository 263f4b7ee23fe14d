//! The same request under every model and every rule, once and for a month.

use crate::state::forecast::ForecastState;
use leptos::prelude::*;
use std::iter;
use tilewise::catalog::{Certainty, providers};
use tilewise::estimate::Volume;
use tilewise::rule::Rule;
use tilewise::units::grouped;
use tilewise_www_core::comparison::{Candidate, Document};

#[component]
pub(crate) fn Comparison() -> impl IntoView {
    let forecast = expect_context::<ForecastState>();
    let rows = move || {
        let volume = forecast.volume.get();
        let candidates = forecast.candidates();
        candidates
            .into_iter()
            .map(|candidate| row(candidate, volume))
            .collect_view()
    };
    view! {
        <details
            class="comparison"
            prop:open=move || forecast.is_compared.get()
            on:toggle:target=move |event| forecast.is_compared.set(event.target().open())
        >
            <summary>"Compare models and rules, also by the month"</summary>
            <label class="volume">
                "Requests a day"
                <input
                    type="number"
                    min="1"
                    step="1"
                    data-testid="requests-a-day"
                    prop:value=move || forecast.volume.get().requests_a_day.to_string()
                    on:change:target=move |event| {
                        let typed = event.target().value().trim().parse().ok();
                        let requests_a_day = typed.filter(|requests| *requests > 0);
                        // Other text leaves the number as it was, also in the field.
                        forecast.volume.update(|volume| {
                            volume.requests_a_day = requests_a_day.unwrap_or(volume.requests_a_day);
                        });
                    }
                />
            </label>
            <label class="volume">
                "Models of"
                <select
                    data-testid="compared-with"
                    on:change:target=move |event| forecast.compared_with.set(event.target().value())
                >
                    {providers().iter().map(|provider| view! {
                        <option
                            value=provider.id
                            selected=move || forecast.compared_with.with(|id| id == provider.id)
                        >
                            {provider.name}
                        </option>
                    }).collect_view()}
                    <option value="">"All providers"</option>
                </select>
            </label>
            // A region that scrolls must take the keyboard's focus.
            <div class="wide-table" tabindex="0" role="region" aria-label="Comparison">
                <table data-testid="comparison">
                    <thead>
                        <tr>
                            <th scope="col">"Model and rule"</th>
                            <th scope="col">"A request"</th>
                            <th scope="col">"A day"</th>
                            <th scope="col">"A month"</th>
                        </tr>
                    </thead>
                    // Computed only while it is open.
                    <tbody>{move || forecast.is_compared.get().then(rows)}</tbody>
                </table>
            </div>
            <p class="hint">
                {format!("Input only, without the answers. A month is {} days.", Volume::DAYS_A_MONTH)}
            </p>
        </details>
    }
    .into_any()
}

fn row(candidate: Candidate, volume: Volume) -> AnyView {
    let usd = candidate.usd;
    let [request, day, month] = [
        usd.map(|usd| usd.to_string()),
        usd.map(|usd| volume.a_day(usd).in_cents()),
        usd.map(|usd| volume.a_month(usd).in_cents()),
    ]
    .map(|text| text.unwrap_or_else(|| "–".to_owned()));
    let rule = match candidate.rule {
        Rule::Published => "published rule",
        Rule::Processor => "own processor",
    };
    let certainty = match candidate.certainty {
        Certainty::Exact => "exact",
        Certainty::Documented => "documented",
        Certainty::Assumed => "assumed",
        Certainty::Unknown => "not known",
    };
    let rule = format!("{}, {rule}, {certainty}", candidate.provider);
    let tokens = format!("{} tokens", grouped(candidate.input_tokens));
    let remarks = [
        (candidate.is_chosen, "chosen"),
        (candidate.is_refused, "would be refused"),
        (!candidate.is_whole, "some media are not counted"),
    ];
    let remarks = remarks.into_iter().filter(|(applies, _)| *applies);
    let remarks = remarks.map(|(_, remark)| remark);
    let remarks: Vec<_> = iter::once(tokens.as_str()).chain(remarks).collect();
    view! {
        <tr class:chosen=candidate.is_chosen>
            <th scope="row">
                {candidate.name}
                <small>{rule}</small>
                <small>{remarks.join(", ")}</small>
                {sources(candidate.documents)}
                <span class="bar" style=("--share", candidate.share.to_string()) aria-hidden="true"></span>
            </th>
            <td>{request}</td>
            <td>{day}</td>
            <td>{month}</td>
        </tr>
    }
    .into_any()
}

/// Where its figures were read, each document by its host and day.
fn sources(documents: Vec<Document>) -> AnyView {
    let document = |document: Document| {
        view! {
            <li>
                <a href=document.url target="_blank" rel="noopener noreferrer">
                    {document.host}
                </a>
                {format!(", {}", document.checked)}
            </li>
        }
    };
    let list = documents.into_iter().map(document).collect_view();
    view! {
        <details>
            <summary>"Sources"</summary>
            <ul>{list}</ul>
        </details>
    }
    .into_any()
}
