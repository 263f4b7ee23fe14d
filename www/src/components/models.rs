//! The model, what it is listed at, and the endpoint's own list.

use super::failure::Failure;
use crate::state::State;
use crate::state::listing::{Group, ListPhase};
use crate::state::server::Endpoint;
use leptos::prelude::*;
use tilewise::catalog::Model;
use tilewise::units::{Price, grouped};

#[component]
pub(crate) fn ModelChoice() -> impl IntoView {
    let state = expect_context::<State>();
    let chosen = state.inputs.model;
    let groups = move || {
        let choices = state.choices.get();
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
    let phase = Memo::new(move |_| state.server.listing.with(|listing| listing.phase.clone()));
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
            {move || state.model.with(|model| described(model.as_ref())).into_iter().map(|line| view! { <p>{line}</p> }).collect_view()}
        </div>
        <Show when=move || !state.server.is(Endpoint::Demo)>
            <div class="wide listing">
                <button
                    type="button"
                    disabled=move || asking() || state.server.lacks_url()
                    on:click=move |_| state.ask_endpoint()
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

fn described(model: Option<&Model>) -> Vec<String> {
    let Some(model) = model else {
        let nothing = "Nothing is known of this model here: ask the endpoint for its models.";
        return vec![nothing.to_owned()];
    };
    let price = |price: Option<Price>, what: &str| Some(format!("{} {what}", price?));
    let prices: Vec<_> = [
        price(model.price.input, "in"),
        price(model.price.cached_input, "cached"),
        price(model.price.output, "out"),
    ]
    .into_iter()
    .flatten()
    .collect();
    let mut lines = vec![match prices.is_empty() {
        true => "Its prices are not known.".to_owned(),
        false => format!("A million tokens: {}", prices.join(" · ")),
    }];
    let read = model
        .sources
        .iter()
        .find(|source| source.what == "price.input");
    let context = model
        .context_tokens
        .map(|tokens| format!("Context {} tokens", grouped(tokens)));
    let read = read.map(|source| format!("prices read on {}", source.checked));
    lines.push(
        context
            .into_iter()
            .chain(read)
            .collect::<Vec<_>>()
            .join(" · "),
    );
    if model.listed == Some(false) {
        lines.push("The endpoint does not list this model.".to_owned());
    }
    if model.rules.is_none() {
        lines.push(match model.vision {
            true => "No rule is known by which it counts pictures and videos: the figures hold its text alone.".to_owned(),
            false => "It is not said to take pictures.".to_owned(),
        });
    }
    lines.retain(|line| !line.is_empty());
    lines
}
