//! The same request under every current model, the cheapest first.

use super::joined::joined;
use crate::state::estimate::EstimateState;
use crate::state::forecast::ForecastState;
use crate::state::items::ItemList;
use crate::state::tabs::{Tab, TabState};
use leptos::prelude::*;
use tilewise::catalog::providers;
use tilewise::estimate::Volume;
use tilewise::units::grouped;
use tilewise_www_core::answer::certainty;
use tilewise_www_core::axis::{Axis, Mark};
use tilewise_www_core::comparison::{Candidate, Document, Measure};
use tilewise_www_core::day::in_words;

/// So many are seen at first: the others are dearer.
const FIRST: usize = 12;

#[component]
pub(crate) fn Comparison() -> impl IntoView {
    let forecast = expect_context::<ForecastState>();
    let estimate = expect_context::<EstimateState>();
    let list = expect_context::<ItemList>();
    let tabs = expect_context::<TabState>();
    let is_whole = RwSignal::new(false);
    // Computed only while it is in front, and not again with each header that is read.
    let candidates = Memo::new(move |before: Option<&Vec<Candidate>>| {
        let is_reading = list
            .items
            .with(|items| items.iter().any(|item| item.is_pending()));
        if !tabs.shows(Tab::Compare) || is_reading {
            return before.cloned().unwrap_or_default();
        }
        forecast.candidates()
    });
    let count = Memo::new(move |_| candidates.with(Vec::len));
    let shown = Memo::new(move |_| {
        let is_shown =
            |(at, it): &(usize, Candidate)| is_whole.get() || *at < FIRST || it.is_chosen;
        let all = candidates.get().into_iter().enumerate();
        all.filter(is_shown).collect::<Vec<_>>()
    });
    // Its marks are dollars of a request.
    let has_requests = move || {
        forecast
            .measures
            .with(|shown| shown.contains(&Measure::Request))
    };
    let axis = Memo::new(move |_| {
        shown.with(|shown| Axis::of(shown.iter().map(|(_, candidate)| candidate.ends())))
    });
    let has_pale_part = Memo::new(move |_| {
        shown.with(|shown| shown.iter().any(|(_, candidate)| candidate.has_pale_part()))
    });
    let rows = move || {
        let volume = forecast.volume.get();
        let measures = measures(forecast);
        let axis = axis.get();
        let shown = shown.get().into_iter();
        shown
            .map(|(at, candidate)| row(at, candidate, &measures, volume, axis, forecast))
            .collect_view()
    };
    let heads = move || {
        measures(forecast)
            .into_iter()
            .map(|measure| view! { <th scope="col">{measure.title()}</th> })
            .collect_view()
    };
    let scope = Memo::new(move |_| forecast.scope());
    let under = move |what: String| match count.get() {
        1 => format!("{what} under 1 model"),
        count => format!("{what} under {count} models"),
    };
    let about = move || match list.files().sent() {
        _ if estimate.is_nothing.get() => "Nothing to compare yet".to_owned(),
        _ if estimate.is_empty.get() => under("A 12-megapixel photo".to_owned()),
        0 => under("The next question".to_owned()),
        1 => under("The same file".to_owned()),
        count => under(format!("The same {count} files")),
    };
    let others = move || count.get().saturating_sub(FIRST);
    view! {
        <div class="card-head">
            <h2>{about}</h2>
            <Choices forecast />
        </div>
        <div class="comparison" hidden=estimate.is_nothing style=("--decades", move || axis.get().map(|axis| axis.decades().to_string()))>
            {move || axis.get().filter(|_| has_requests()).map(marks)}
            <table data-testid="comparison">
                <caption class="visually-hidden">"Compare models"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Model"</th>
                        {heads}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <Show when=move || { others() > 0 }>
            <button
                type="button"
                aria-expanded=move || is_whole.get().to_string()
                on:click=move |_| is_whole.update(|whole| *whole = !*whole)
            >
                {move || if is_whole.get() { "Show the cheapest only".to_owned() } else { format!("Show {} more", others()) }}
            </button>
        </Show>
        <p class="hint" hidden=estimate.is_nothing>
            {scope}
            ". Input only, ordered by the most that each may cost. Bars show dollars of a request, each mark ten times the one before"
            {move || has_pale_part.get().then_some("; the pale part lies between two ways of counting")}
            {format!(". A month is {} days.", Volume::DAYS_A_MONTH)}
        </p>
    }
    .into_any()
}

/// Those that are chosen, in their order.
fn measures(forecast: ForecastState) -> Vec<Measure> {
    let chosen = forecast.measures.read();
    Measure::ALL
        .into_iter()
        .filter(|measure| chosen.contains(measure))
        .collect()
}

/// Which columns, how many requests, and whose models.
#[component]
fn Choices(forecast: ForecastState) -> impl IntoView {
    let is_on = move |measure| forecast.measures.with(|shown| shown.contains(&measure));
    view! {
        <div class="row choices">
            <div class="row toggles" role="group" aria-label="Columns">
                {Measure::ALL.map(|measure| view! {
                    <button
                        type="button"
                        aria-pressed=move || is_on(measure).to_string()
                        on:click=move |_| forecast.toggle(measure)
                    >
                        {measure.title()}
                    </button>
                })}
            </div>
            <Show when=move || is_on(Measure::Month)>
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
            </Show>
            <select
                aria-label="Models of"
                data-testid="compared-with"
                on:change:target=move |event| forecast.compared_with.set(event.target().value())
            >
                <option value="">"All providers"</option>
                {providers().iter().map(|provider| view! {
                    <option
                        value=provider.id
                        selected=move || forecast.compared_with.with(|id| id == provider.id)
                    >
                        {provider.name}
                    </option>
                }).collect_view()}
            </select>
        </div>
    }
}

/// What the bars are measured by.
fn marks(axis: Axis) -> AnyView {
    let mark = |Mark { share, text }| {
        view! { <span style=("--share", share.to_string())>{text}</span> }
    };
    let marks = axis.marks().into_iter().map(mark).collect_view();
    view! { <div class="axis" aria-hidden="true">{marks}</div> }.into_any()
}

fn row(
    at: usize,
    candidate: Candidate,
    measures: &[Measure],
    volume: Volume,
    axis: Option<Axis>,
    forecast: ForecastState,
) -> AnyView {
    let certainty = certainty(candidate.certainty);
    let seen = candidate
        .seen
        .map(|seen| format!("sees {} × {}", grouped(seen.width), grouped(seen.height)));
    let mut remarks = vec![candidate.provider_name.clone(), certainty.to_owned()];
    remarks.extend(seen);
    if candidate.is_chosen {
        // Where it follows the cheapest, rows between them are left out.
        remarks.push(match at {
            ..FIRST => "chosen".to_owned(),
            at => format!("chosen, number {}", at + 1),
        });
    }
    if !candidate.is_whole {
        remarks.push("not all files are counted".to_owned());
    }
    remarks.retain(|remark| !remark.is_empty());
    let cells = measures.iter().map(|measure| {
        let text = candidate.text(*measure, volume);
        view! { <td class:dollars={*measure == Measure::Request} data-name=measure.title()>{text}</td> }.into_any()
    });
    let cells = cells.collect_view();
    let [low, high] = candidate.bar(axis).map(|share| share.to_string());
    let refusal = candidate.refusal.clone();
    let documents = candidate.documents.clone();
    let name = candidate.name.clone();
    let (is_chosen, is_refused) = (candidate.is_chosen, candidate.is_refused());
    view! {
        <tr class:chosen=is_chosen class:refused=is_refused>
            <th scope="row">
                <button
                    type="button"
                    class="choose"
                    title="Use this model"
                    aria-pressed=is_chosen.to_string()
                    on:click=move |_| forecast.choose(&candidate)
                >
                    {name}
                </button>
                <div class="about-model"><small>{joined(remarks)}</small> {sources(documents)}</div>
                {refusal.map(|why| view! { <small class="refusal">"Would be refused: "{why}</small> })}
                <span class="bar-share" style=("--low", low) style=("--high", high) aria-hidden="true"></span>
            </th>
            {cells}
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
                {format!(", {}", in_words(&document.checked))}
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
