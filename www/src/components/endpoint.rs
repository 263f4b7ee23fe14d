//! The endpoint, and the key for it.

use super::api_key::ApiKey;
use super::failure::Failure;
use crate::state::endpoint::{EndpointKind, EndpointState};
use crate::state::listing::ListPhase;
use crate::state::model::ModelState;
use leptos::prelude::*;
use tilewise::units::grouped;

const CHOICES: [(EndpointKind, &str); 4] = [
    (EndpointKind::Demo, "Demo, no model is called"),
    (EndpointKind::Baseten, "Baseten"),
    (EndpointKind::SameOrigin, "This page’s own origin, /v1"),
    (EndpointKind::Custom, "Another address"),
];

#[component]
pub(crate) fn EndpointChoice() -> impl IntoView {
    let endpoint = expect_context::<EndpointState>();
    endpoint.keep();
    let is = move |kind| endpoint.is(kind);
    view! {
        <div class="settings">
            <label class="wide">
                "Endpoint"
                <select
                    data-testid="endpoint"
                    on:change:target=move |event| {
                        endpoint.kind.set(EndpointKind::named(&event.target().value()));
                    }
                >
                    {CHOICES.map(|(kind, label)| view! { <option value=kind.name() selected=move || is(kind)>{label}</option> })}
                </select>
            </label>
            <Show when=move || is(EndpointKind::Custom)>
                <label class="wide">
                    "Base URL"
                    <input type="text" inputmode="url" placeholder="https://example.com/v1" bind:value=endpoint.custom_url />
                </label>
            </Show>
            <Show when=move || !is(EndpointKind::Demo)>
                <ApiKey />
            </Show>
        </div>
        <Show when=move || is(EndpointKind::Demo)>
            <p class="hint">"Demo: canned reply, no model is called."</p>
        </Show>
        <Show when=move || !is(EndpointKind::Demo)>
            <Listing />
        </Show>
        {move || for_pages(endpoint).map(|text| view! { <p class="hint" data-testid="cors">{text}</p> })}
    }
}

/// The endpoint's own list of models.
#[component]
fn Listing() -> impl IntoView {
    let endpoint = expect_context::<EndpointState>();
    let phase = Memo::new(move |_| endpoint.listing.with(|listing| listing.phase.clone()));
    let asking = move || phase.get() == ListPhase::Asking;
    view! {
        <div class="listing">
            <button
                type="button"
                disabled=move || asking() || endpoint.lacks_url()
                on:click=move |_| endpoint.request_models()
            >
                {move || if asking() { "Asking…" } else { "Ask the endpoint for its models" }}
            </button>
            {move || match phase.get() {
                ListPhase::Failed(error) => Some(view! { <Failure error /> }.into_any()),
                ListPhase::Listed(count) if endpoint.is_listed() => Some(view! { <Listed count /> }.into_any()),
                _ => None,
            }}
        </div>
    }
}

/// What it has listed, and the way to it.
#[component]
fn Listed(count: usize) -> impl IntoView {
    let model = expect_context::<ModelState>();
    let text = match count {
        0 => "It lists no models.".to_owned(),
        1 => "It lists 1 model.".to_owned(),
        count => format!("It lists {} models.", grouped(count as u64)),
    };
    view! {
        <div class="row">
            <p class="hint" data-testid="listed">{text}</p>
            {(count > 0).then(|| view! {
                <button type="button" class="quiet" on:click=move |_| model.is_picker_open.set(true)>"Choose one of them"</button>
            })}
        </div>
    }
}

/// Whether a page can talk to it: as was found out, or as its provider says.
fn for_pages(endpoint: EndpointState) -> Option<String> {
    let provider = endpoint.provider();
    let name = provider.map_or("This endpoint", |provider| provider.name);
    match (endpoint.found_cors(), provider.and_then(|provider| provider.browser)) {
        (Some(true), _) => Some(format!("{name} answered, and let this page read it (CORS).")),
        (Some(false), _) => Some(format!(
            "{name} is there, and does not let this page read its answers (CORS): {PROXY}"
        )),
        (None, Some(true)) => Some(format!("{name} lets pages read its answers (CORS).")),
        (None, Some(false)) => Some(format!(
            "{name} does not let pages read its answers (CORS): {PROXY}"
        )),
        (None, None) => provider.map(|_| format!(
            "{name} does not publish whether pages may read its answers (CORS): it shows when you ask. If they may not, {PROXY}"
        )),
    }
}

const PROXY: &str = "use a proxy on this page’s origin: docs/proxy.md in the repository shows how.";
