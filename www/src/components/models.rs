//! What the chosen model is listed at, when it ends, and how sure its count is.

use super::joined::joined;
use crate::state::model::ModelState;
use leptos::prelude::*;
use tilewise::catalog::{Certainty, Model, Status};
use tilewise::units::{Price, grouped};
use tilewise_www_core::choices::full_name;
use tilewise_www_core::day::in_words;

#[component]
pub(crate) fn ModelFacts() -> impl IntoView {
    let model = expect_context::<ModelState>();
    view! {
        <div class="hint" data-testid="model-facts">
            {move || model.chosen.with(|model| described(model.as_ref())).into_iter().map(|parts| view! { <p>{joined(parts)}</p> }).collect_view()}
        </div>
    }
}

/// Its lines, each of parts.
fn described(model: Option<&Model>) -> Vec<Vec<String>> {
    let line = |text: &str| vec![text.to_owned()];
    let Some(model) = model else {
        return vec![line(
            "This model is not in the catalogue: ask the endpoint for its models, on the tab Ask.",
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
        Some(first) => first.insert_str(0, "Per 1M tokens: "),
        None => prices.push("Its prices are not known.".to_owned()),
    }
    let context = model
        .context_tokens
        .map(|tokens| format!("Context {} tokens", grouped(tokens)));
    let read = model
        .sources
        .iter()
        .find(|source| source.what == "price.input")
        .map(|source| format!("Prices checked {}", in_words(&source.checked)));
    let mut lines = vec![
        vec![full_name(model)],
        prices,
        context.into_iter().chain(read).collect(),
    ];
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
    let day = in_words(model.retired_on.as_deref().unwrap_or_default());
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
            format!(
                "Counted exactly as {family} counts, by the code or the examples named under “Where the figures come from”."
            )
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
