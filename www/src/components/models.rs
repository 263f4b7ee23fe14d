//! The model, what it is listed at, and the endpoint's own list.

use super::failure::Failure;
use super::joined::joined;
use crate::state::endpoint::{EndpointKind, EndpointState};
use crate::state::listing::{Group, ListPhase};
use crate::state::model::ModelState;
use leptos::prelude::*;
use tilewise::catalog::Model;
use tilewise::units::{Price, grouped};

#[component]
pub(crate) fn ModelChoice() -> impl IntoView {
    let endpoint = expect_context::<EndpointState>();
    let model = expect_context::<ModelState>();
    let chosen = model.id;
    let groups = move || {
        let choices = model.choices.get();
        let group = |group: Group| {
            let own: Vec<_> = choices
                .iter()
                .filter(|choice| choice.group == group)
                .cloned()
                .collect();
            (!own.is_empty()).then(|| view! {
                <optgroup label=group.title()>
                    {own.into_iter().map(|choice| {
                        let id = choice.id.clone();
                        view! {
                            <option value=choice.id selected=move || chosen.with(|chosen| *chosen == id)>
                                {choice.name}
                            </option>
                        }
                    }).collect_view()}
                </optgroup>
            })
        };
        Group::ALL.map(group).into_iter().flatten().collect_view()
    };
    let phase = Memo::new(move |_| endpoint.listing.with(|listing| listing.phase.clone()));
    let asking = move || phase.get() == ListPhase::Asking;
    view! {
        <label class="wide">
            "Model"
            <select
                data-testid="model"
                on:change:target=move |event| chosen.set(event.target().value())
            >
                {groups}
            </select>
        </label>
        <div class="wide facts" data-testid="model-facts">
            {move || model.chosen.with(|model| described(model.as_ref())).into_iter().map(|parts| view! { <p>{joined(parts)}</p> }).collect_view()}
        </div>
        <Show when=move || !endpoint.is(EndpointKind::Demo)>
            <div class="wide listing">
                <button
                    type="button"
                    disabled=move || asking() || endpoint.lacks_url()
                    on:click=move |_| endpoint.request_models()
                >
                    {move || if asking() { "Asking…" } else { "Ask the endpoint for its models" }}
                </button>
                {move || match phase.get() {
                    ListPhase::Failed(error) => Some(view! { <Failure error /> }),
                    _ => None,
                }}
            </div>
        </Show>
    }
}

/// Its lines, each of parts.
fn described(model: Option<&Model>) -> Vec<Vec<String>> {
    let line = |text: &str| vec![text.to_owned()];
    let Some(model) = model else {
        return vec![line(
            "This model is not known here: ask the endpoint for its models.",
        )];
    };
    let price = |price: Option<Price>, what: &str| Some(format!("{} {what}", price?));
    let mut prices: Vec<_> = [
        price(model.price.input, "in"),
        price(model.price.cached_input, "cached"),
        price(model.price.output, "out"),
    ]
    .into_iter()
    .flatten()
    .collect();
    match prices.first_mut() {
        Some(first) => first.insert_str(0, "A million tokens: "),
        None => prices.push("Its prices are not known.".to_owned()),
    }
    let context = model
        .context_tokens
        .map(|tokens| format!("Context {} tokens", grouped(tokens)));
    let read = model
        .sources
        .iter()
        .find(|source| source.what == "price.input")
        .map(|source| format!("prices read on {}", source.checked));
    let mut lines = vec![prices, context.into_iter().chain(read).collect()];
    if model.listed == Some(false) {
        lines.push(line("The endpoint does not list this model."));
    }
    if model.rules.is_none() {
        lines.push(line(if model.vision {
            "It is not known how it counts photos and videos: the figures count the text only."
        } else {
            "The endpoint does not say that it takes photos."
        }));
    }
    lines.retain(|line| !line.is_empty());
    lines
}
