//! Whom to ask, and as whom.

use super::api_key::ApiKey;
use crate::state::State;
use crate::state::server::Endpoint;
use leptos::prelude::*;

const CHOICES: [(Endpoint, &str, &str); 4] = [
    (Endpoint::Demo, "demo", "Offline demo, no model"),
    (Endpoint::Baseten, "baseten", "Baseten"),
    (
        Endpoint::SameOrigin,
        "same-origin",
        "This page's own origin, /v1",
    ),
    (Endpoint::Custom, "custom", "Another address"),
];

#[component]
pub(crate) fn EndpointChoice() -> impl IntoView {
    let server = expect_context::<State>().server;
    let is = move |choice| server.is(choice);
    view! {
        <div class="settings">
            <label class="wide">
                "Endpoint"
                <select
                    data-testid="endpoint"
                    on:change:target=move |event| {
                        let value = event.target().value();
                        if let Some((choice, ..)) = CHOICES.into_iter().find(|(_, name, _)| *name == value) {
                            server.endpoint.set(choice);
                        }
                    }
                >
                    {CHOICES.map(|(_, name, label)| view! { <option value=name>{label}</option> })}
                </select>
            </label>
            <Show when=move || is(Endpoint::Custom)>
                <label class="wide">
                    "Base URL"
                    <input type="text" inputmode="url" placeholder="https://example.com/v1" bind:value=server.custom_url />
                </label>
            </Show>
            <Show when=move || !is(Endpoint::Demo)>
                <ApiKey />
            </Show>
        </div>
        <Show when=move || is(Endpoint::Demo)>
            <p class="hint">"The demo answers inside this page. It is no model and sees nothing."</p>
        </Show>
        <Show when=move || is(Endpoint::Baseten)>
            <p class="hint">
                "Whether Baseten lets pages read its answers (CORS) is not known. If it does not, use a proxy on this page's origin: docs/proxy.md in the repository shows how."
            </p>
        </Show>
    }
}
