//! The model, what it is listed at, and the endpoint's own list.

use super::failure::Failure;
use super::joined::joined;
use crate::state::endpoint::{EndpointKind, EndpointState};
use crate::state::listing::ListPhase;
use crate::state::model::ModelState;
use leptos::prelude::*;
use tilewise::catalog::{Certainty, Model, Status};
use tilewise::units::{Price, grouped};

#[component]
pub(crate) fn ModelChoice() -> impl IntoView {
    let endpoint = expect_context::<EndpointState>();
    let model = expect_context::<ModelState>();
    let chosen = model.id;
    let groups = move || {
        let query = model.query.get();
        let mut choices = model.choices.get();
        choices.retain(|choice| choice.matches(&query) || chosen.with(|key| *key == choice.key));
        let mut headings: Vec<String> = Vec::new();
        for choice in &choices {
            if !headings.contains(&choice.group) {
                headings.push(choice.group.clone());
            }
        }
        let group = |heading: String| {
            let own = choices.iter().filter(|choice| choice.group == heading);
            let own: Vec<_> = own.cloned().collect();
            view! {
                <optgroup label=heading>
                    {own.into_iter().map(|choice| {
                        let key = choice.key.clone();
                        view! {
                            <option value=choice.key selected=move || chosen.with(|chosen| *chosen == key)>
                                {choice.label}
                            </option>
                        }
                    }).collect_view()}
                </optgroup>
            }
        };
        headings.into_iter().map(group).collect_view()
    };
    let phase = Memo::new(move |_| endpoint.listing.with(|listing| listing.phase.clone()));
    let asking = move || phase.get() == ListPhase::Asking;
    view! {
        <label class="wide">
            "Find a model"
            <input
                type="search"
                placeholder="a name or a provider"
                prop:value=move || model.query.get()
                on:input:target=move |event| model.query.set(event.target().value())
            />
        </label>
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
    lines.extend(about_rule(model).map(|text| line(&text)));
    lines.extend(model.notes.iter().map(|note| line(note)));
    lines.push(line(match model.limits_certainty {
        Certainty::Assumed => {
            "Its limits are assumed: its provider publishes them for another model."
        }
        Certainty::Unknown => "No limits are known for it.",
        Certainty::Exact | Certainty::Documented => "",
    }));
    lines.retain(|line| line.iter().any(|part| !part.is_empty()));
    lines
}

/// When it ends, and how sure the count of its media is.
fn about_rule(model: &Model) -> impl Iterator<Item = String> {
    let day = model.retired_on.as_deref().unwrap_or_default();
    let instead = model.replacement.as_deref();
    let instead = instead.map_or_else(String::new, |id| format!(" {id} replaces it."));
    let life = match model.status {
        Status::Current => None,
        Status::Retiring => Some(format!("Its provider switches it off on {day}.{instead}")),
        Status::Retired => Some(format!("Its provider switched it off on {day}.{instead}")),
    };
    let family = model.family.as_deref().unwrap_or_default();
    let certainty = match model.certainty {
        Certainty::Exact => {
            format!("Counted exactly as {family} counts, by its vendor's own code or examples.")
        }
        Certainty::Documented => {
            format!("Counted as {family} is documented, which was not checked against a count.")
        }
        Certainty::Assumed => format!("Counted as {family}, which is assumed."),
        Certainty::Unknown if model.takes_images == Some(false) => {
            "The endpoint does not say that it takes photos.".to_owned()
        }
        Certainty::Unknown => {
            "It is not known how it counts photos and videos: the figures count the text only."
                .to_owned()
        }
    };
    life.into_iter().chain([certainty])
}
