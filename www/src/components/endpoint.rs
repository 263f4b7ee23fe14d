//! The endpoint, and the key for it.

use super::api_key::ApiKey;
use super::failure::Failure;
use crate::state::endpoint::{EndpointKind, EndpointState};
use crate::state::listing::ListPhase;
use leptos::prelude::*;
use tilewise::catalog::Provider;

const CHOICES: [(EndpointKind, &str, &str); 4] = [
    (EndpointKind::Demo, "demo", "Demo, no model is called"),
    (EndpointKind::Baseten, "baseten", "Baseten"),
    (
        EndpointKind::SameOrigin,
        "same-origin",
        "This page's own origin, /v1",
    ),
    (EndpointKind::Custom, "custom", "Another address"),
];

#[component]
pub(crate) fn EndpointChoice() -> impl IntoView {
    let endpoint = expect_context::<EndpointState>();
    let is = move |kind| endpoint.is(kind);
    view! {
        <div class="settings">
            <label class="wide">
                "Endpoint"
                <select
                    data-testid="endpoint"
                    on:change:target=move |event| {
                        let value = event.target().value();
                        if let Some((kind, ..)) = CHOICES.into_iter().find(|(_, name, _)| *name == value) {
                            endpoint.kind.set(kind);
                        }
                    }
                >
                    {CHOICES.map(|(_, name, label)| view! { <option value=name>{label}</option> })}
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
        {move || endpoint.provider().map(|provider| view! { <p class="hint">{for_pages(provider)}</p> })}
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
                ListPhase::Failed(error) => Some(view! { <Failure error /> }),
                _ => None,
            }}
        </div>
    }
}

/// Whether a page can talk to it.
fn for_pages(provider: &Provider) -> String {
    let name = provider.name;
    match provider.browser {
        Some(true) => format!("{name} lets pages read its answers (CORS)."),
        Some(false) => format!("{name} does not let pages read its answers (CORS): {PROXY}"),
        None => format!(
            "{name} does not publish whether pages may read its answers (CORS). If they may not, {PROXY}"
        ),
    }
}

const PROXY: &str = "use a proxy on this page's origin: docs/proxy.md in the repository shows how.";
