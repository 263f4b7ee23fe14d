//! Whom to ask, and as whom.

use crate::state::{Endpoint, State};
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
    let state = expect_context::<State>();
    let is = move |choice| state.endpoint.get() == choice;
    view! {
        <div class="settings">
            <label class="wide">
                "Endpoint"
                <select
                    data-testid="endpoint"
                    on:change:target=move |event| {
                        let value = event.target().value();
                        if let Some((choice, ..)) = CHOICES.into_iter().find(|(_, name, _)| *name == value) {
                            state.endpoint.set(choice);
                        }
                    }
                >
                    {CHOICES.map(|(_, name, label)| view! { <option value=name>{label}</option> })}
                </select>
            </label>
            <Show when=move || is(Endpoint::Custom)>
                <label class="wide">
                    "Base URL"
                    <input type="text" inputmode="url" placeholder="https://example.com/v1" bind:value=state.custom_url />
                </label>
            </Show>
            <Show when=move || !is(Endpoint::Demo)>
                <label class="wide">
                    "API key"
                    <input
                        type="password"
                        autocomplete="off"
                        placeholder="kept in memory only"
                        bind:value=state.api_key
                    />
                </label>
            </Show>
        </div>
        <Show when=move || is(Endpoint::Demo)>
            <p class="hint">"The demo answers inside this page. It is no model and sees nothing."</p>
        </Show>
        <Show when=move || is(Endpoint::Baseten)>
            <p class="hint">
                "Whether Baseten lets pages read its answers (CORS) is not known. If it does not, use a proxy on this page's origin."
            </p>
        </Show>
    }
}
