//! What the request costs and why: both ways of counting, the steps, the limits, what changes them.

use super::cost_breakdown::CostBreakdownSteps;
use super::exact_text::ExactText;
use super::explain::Explain;
use super::gauges::Gauges;
use super::models::ModelFacts;
use super::settings::Settings;
use super::violations::Violations;
use super::what_if::WhatIfPanel;
use crate::state::estimate::EstimateState;
use crate::state::explain::Subject;
use crate::state::fit::{FitState, Plan};
use crate::state::model::ModelState;
use leptos::prelude::*;
use tilewise::units::{counted, grouped};
use tilewise::violation::Violation;
use tilewise_www_core::answer::Answer;
use tilewise_www_core::day::in_words;
use tilewise_www_core::source_text::distinct;

#[component]
pub(crate) fn Cost() -> impl IntoView {
    view! {
        <section aria-labelledby="cost-title" class="cost-body">
            <h2 id="cost-title" class="visually-hidden">"Cost and limits"</h2>
            <Totals />
            <Settings />
            <Faults />
            <CostBreakdownSteps />
            <Gauges />
            <ModelFacts />
            <WhatIfPanel />
            <Unknown />
            <Origins />
        </section>
    }
}

#[component]
fn Totals() -> impl IntoView {
    let state = expect_context::<EstimateState>();
    let model = expect_context::<ModelState>();
    let estimate = state.shown_estimate;
    let answer = Memo::new(move |_| Answer {
        is_nothing: state.is_nothing.get(),
        ..estimate.with(Answer::of)
    });
    let of_media = move || {
        estimate.with(|estimate| {
            let unit = if estimate.input_tokens == 1 {
                "token"
            } else {
                "tokens"
            };
            if answer.with(Answer::is_unknown) {
                ": photos and videos are not counted, ".to_owned()
            } else {
                format!(
                    " input {unit}: {} for photos and videos, ",
                    grouped(estimate.media_tokens)
                )
            }
        })
    };
    let why = move || {
        let uncounted = answer.get().uncounted;
        let why = model
            .chosen
            .with(|model| answer.with(|answer| answer.why(model.as_ref())));
        why.filter(|_| uncounted > 0)
    };
    let output =
        move || estimate.with(|estimate| estimate.cost.max_output_usd.map(|usd| usd.to_string()));
    let earlier = move || {
        estimate.with(|estimate| {
            let tokens = estimate.earlier_media_tokens;
            let usd = estimate.price.input.map(|price| price.of(tokens));
            (tokens > 0).then(|| {
                format!(
                    "{} of earlier photos and videos are sent and paid again{}",
                    counted(tokens, "token"),
                    usd.map_or_else(String::new, |usd| format!(": {usd}"))
                )
            })
        })
    };
    let text = move || {
        estimate.with(|estimate| {
            let tokens = grouped(estimate.text.tokens);
            if estimate.text.is_exact() {
                format!("{tokens} for text, counted exactly")
            } else {
                format!("about {tokens} for text")
            }
        })
    };
    view! {
        <Show when=move || state.is_empty.get()>
            <p class="hint">"For example, a 12-megapixel photo"</p>
        </Show>
        <div class="total" aria-live="polite">
            <p class="amount" data-testid="total-usd"><Explain subject=Subject::Request>{move || answer.with(Answer::usd_text)}</Explain></p>
            {move || state.answer.with(|both| both.chosen_of_two(model.counted_by())).map(|text| view! { <p class="hint">{text}</p> })}
            <p hidden=state.is_nothing>
                <strong data-testid="total-tokens"><Explain subject=Subject::Request>{move || answer.with(Answer::tokens_text)}</Explain></strong>
                {of_media}
                <span data-testid="text-tokens">{text}</span>
            </p>
            {move || why().map(|why| view! { <p>{why}</p> })}
            <ExactText />
            {move || earlier().map(|text| view! { <p data-testid="earlier">{text}</p> })}
            {move || output().map(|usd| view! { <p>"An answer of full length adds "{usd}</p> })}
            {move || match state.left_out() {
                0 => None,
                1 => Some("One item of the list is not sent: it could not be read.".to_owned()),
                count => Some(format!("{count} items of the list are not sent: they could not be read.")),
            }.map(|text| view! { <p>{text}</p> })}
        </div>
    }
}

/// What would be refused of the whole request and of its files, and what would fix it.
#[component]
fn Faults() -> impl IntoView {
    let state = expect_context::<EstimateState>();
    let fit = expect_context::<FitState>();
    let estimate = state.estimate;
    let refused = Memo::new(move |_| state.refused());
    let whole = Signal::derive(move || {
        let whole = |violation: &&Violation| violation.media.is_none();
        let mut shown: Vec<_> =
            estimate.with(|estimate| estimate.violations.iter().filter(whole).cloned().collect());
        shown.extend(refused.with(|(named, _)| named.clone()));
        shown
    });
    let more = move || {
        let more = refused.with(|(_, more)| *more);
        (more > 0).then(|| {
            view! { <p class="hint">{format!("{more} more would be refused: see their rows in the list.")}</p> }
        })
    };
    let plan = Memo::new(move |_| fit.plan_for_all());
    let proposal = move || {
        plan.get().map(|plan| match plan {
            Ok(plan) => view! { <Proposal plan /> }.into_any(),
            Err(why) => view! { <p class="violation error">{why}</p> }.into_any(),
        })
    };
    view! {
        <div class="faults">
            <Violations violations=whole />
            {more}
            {proposal}
        </div>
    }
}

/// What "Fix all" does, to be read before.
#[component]
fn Proposal(plan: Plan) -> impl IntoView {
    view! {
        <div class="proposal" role="group" aria-label="What Fix all does">
            <h3>"Fix all would do this"</h3>
            <ul class="steps">
                {plan.steps.into_iter().map(|(name, step)| view! {
                    <li><strong>{name}</strong>": "{step}</li>
                }).collect_view()}
            </ul>
        </div>
    }
}

#[component]
fn Unknown() -> impl IntoView {
    let estimate = expect_context::<EstimateState>().shown_estimate;
    let notes = move || estimate.with(|estimate| estimate.notes.clone());
    view! {
        <details>
            <summary>"How sure is this?"</summary>
            <ul class="notes">
                {move || notes().into_iter().map(|note| view! { <li>{note}</li> }).collect_view()}
            </ul>
        </details>
    }
}

#[component]
fn Origins() -> impl IntoView {
    let model = expect_context::<ModelState>();
    let sources = move || {
        let sources = model.chosen.with(|model| {
            let sources = model.as_ref().map(|model| distinct(&model.sources));
            let owned = sources.into_iter().flatten();
            owned
                .map(|(about, source)| (about, source.clone()))
                .collect::<Vec<_>>()
        });
        sources.into_iter()
    };
    view! {
        <details>
            <summary>"Where the figures come from"</summary>
            <ul class="sources">
                {move || sources().map(|(about, source)| view! {
                    <li>
                        {about}
                        ": "
                        <a href=source.url.clone() target="_blank" rel="noopener noreferrer">{source.url.clone()}</a>
                        ", read on "
                        {in_words(&source.checked)}
                    </li>
                }).collect_view()}
            </ul>
        </details>
    }
}
