//! One picture: what it is, what it costs, what is wrong with it.

use super::tile_grid::TileGrid;
use super::violations::Violations;
use crate::state::{Inspection, Item, State};
use leptos::prelude::*;
use tilewise::estimate::MediaEstimate;
use tilewise::media::{Kind, MediaFacts};
use tilewise::units::{bytes, grouped};

#[component]
pub(crate) fn MediaCard(item: Item) -> impl IntoView {
    let state = expect_context::<State>();
    let Item {
        id,
        name,
        preview,
        file,
        inspection,
        by_url,
        url,
    } = item;
    let has_file = file.is_some();
    let place = Memo::new(move |_| state.place(id));
    let estimate = Memo::new(move |_| {
        let place = place.get()?;
        state
            .estimate
            .with(|estimate| estimate.media.get(place).copied())
    });
    let violations = Signal::derive(move || {
        let place = place.get();
        state.estimate.with(|estimate| {
            let own = estimate
                .violations
                .iter()
                .filter(|violation| violation.media == place);
            own.filter(|_| place.is_some()).cloned().collect::<Vec<_>>()
        })
    });
    let body = {
        let name = name.clone();
        move || match inspection.get() {
            Inspection::Pending => view! { <p class="hint">"Reading its header…"</p> }.into_any(),
            Inspection::Failed(why) => {
                view! { <p class="violation error" role="alert">{why}</p> }.into_any()
            }
            Inspection::Done(facts) => view! {
                <TileGrid
                    preview=preview.clone()
                    name=name.clone()
                    grid=Signal::derive(move || estimate.get().and_then(|estimate| estimate.grid))
                />
                <p class="facts">{describe(&facts)}</p>
                {move || estimate.get().map(|estimate| view! { <Cost estimate /> })}
                <Show when=move || has_file>
                    <Delivery id by_url url />
                </Show>
                <Violations violations />
            }
            .into_any(),
        }
    };
    let label = format!("Remove {name}");
    view! {
        <li class="card">
            <div class="card-head">
                <h3 title=name.clone()>{name.clone()}</h3>
                <button type="button" class="quiet" aria-label=label on:click=move |_| state.remove(id)>
                    "Remove"
                </button>
            </div>
            {body}
        </li>
    }
}

#[component]
fn Cost(estimate: MediaEstimate) -> impl IntoView {
    let tokens = |count: Option<u64>| count.map_or_else(|| "not known".to_owned(), grouped);
    let grid = estimate
        .grid
        .map(|grid| format!("{} × {} tiles", grouped(grid.columns), grouped(grid.rows)));
    view! {
        <dl class="figures">
            <div>
                <dt>"Published rule"</dt>
                <dd data-testid="published">{tokens(estimate.tokens.published)}</dd>
            </div>
            <div>
                <dt>"Processor rule"</dt>
                <dd data-testid="processor">{tokens(estimate.tokens.processor)}</dd>
            </div>
            <div>
                <dt>{grid.unwrap_or_default()}</dt>
                <dd data-testid="usd">{estimate.usd.map(|usd| usd.to_string())}</dd>
            </div>
        </dl>
    }
}

/// How a file reaches the endpoint.
#[component]
fn Delivery(id: usize, by_url: RwSignal<bool>, url: RwSignal<String>) -> impl IntoView {
    let group = format!("delivery-{id}");
    view! {
        <fieldset class="delivery">
            <legend class="visually-hidden">"How it is sent"</legend>
            <label>
                <input
                    type="radio"
                    name=group.clone()
                    prop:checked=move || !by_url.get()
                    on:change=move |_| by_url.set(false)
                />
                "In the request"
            </label>
            <label>
                <input
                    type="radio"
                    name=group
                    prop:checked=move || by_url.get()
                    on:change=move |_| by_url.set(true)
                />
                "By URL"
            </label>
            <Show when=move || by_url.get()>
                <input
                    type="text"
                    inputmode="url"
                    aria-label="Where the endpoint can fetch this picture"
                    placeholder="https://… where the endpoint can fetch it"
                    bind:value=url
                />
            </Show>
        </fieldset>
    }
}

fn describe(facts: &MediaFacts) -> String {
    let size = facts.stored();
    let mut parts = vec![
        facts.format.name().to_uppercase(),
        format!("{}×{}", size.width, size.height),
        facts
            .bytes
            .map_or_else(|| "size not known".to_owned(), bytes),
    ];
    if let Kind::Image(image) = &facts.kind {
        let extra = [
            (
                !image.orientation.is_upright(),
                format!("orientation {}", image.orientation.number()),
            ),
            (image.animated == Some(true), "animated".to_owned()),
            (image.animated.is_none(), "perhaps animated".to_owned()),
            (image.has_alpha == Some(true), "alpha".to_owned()),
            (true, format!("{} read", bytes(facts.bytes_read))),
        ];
        parts.extend(
            extra
                .into_iter()
                .filter(|(applies, _)| *applies)
                .map(|(_, text)| text),
        );
    }
    parts.join(" · ")
}
