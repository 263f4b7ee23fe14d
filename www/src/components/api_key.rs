//! The key, and whether the browser keeps it.

use crate::state::endpoint::EndpointState;
use leptos::prelude::*;

#[component]
pub(crate) fn ApiKey() -> impl IntoView {
    let key = expect_context::<EndpointState>().key;
    view! {
        <label class="wide">
            "API key"
            // Another endpoint has another key: none is sent to an origin that it was not typed for.
            <input
                type="password"
                autocomplete="off"
                placeholder=move || if key.is_kept() { "stored in this browser" } else { "in memory only" }
                prop:value=move || key.get()
                on:input:target=move |event| key.set(event.target().value())
            />
        </label>
        <label class="wide choice">
            <input
                type="checkbox"
                prop:checked=move || key.is_kept()
                on:change:target=move |event| {
                    key.keep(event.target().checked());
                    // The browser may have refused.
                    event.target().set_checked(untrack(|| key.is_kept()));
                }
            />
            "Store the key in this browser"
        </label>
        <Show when=move || key.is_kept()>
            <p class="violation wide">
                "Every script of this page’s origin can read it, and so can the next person at this browser. Do not use this on a shared computer. Untick to delete the key at once."
            </p>
        </Show>
        <Show when=move || key.is_refused()>
            <p class="violation error wide" role="alert">
                "This browser does not let the page store anything: the key stays in memory."
            </p>
        </Show>
    }
}
