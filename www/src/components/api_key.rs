//! The key, and whether the browser keeps it.

use crate::state::State;
use leptos::prelude::*;

#[component]
pub(crate) fn ApiKey() -> impl IntoView {
    let key = expect_context::<State>().key;
    view! {
        <label class="wide">
            "API key"
            <input
                type="password"
                autocomplete="off"
                placeholder=move || if key.is_kept() { "kept in this browser" } else { "kept in memory only" }
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
            "Keep the key in this browser"
        </label>
        <Show when=move || key.is_kept()>
            <p class="violation wide">
                "Any script that this page's origin serves can read it, and so can whoever uses this browser after you: not for a shared computer. Untick to delete it at once."
            </p>
        </Show>
        <Show when=move || key.is_refused()>
            <p class="violation error wide" role="alert">
                "This browser does not let the page keep anything: the key stays in memory."
            </p>
        </Show>
    }
}
