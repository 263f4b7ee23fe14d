//! A button that copies a text, and says whether it could.

use crate::clipboard::copy;
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub(crate) fn CopyButton(
    label: &'static str,
    /// Whether it is what the place around it is for.
    #[prop(optional)]
    is_primary: bool,
    #[prop(into)] text: Callback<(), String>,
) -> impl IntoView {
    let shown = RwSignal::new(label);
    let click = move |_| {
        spawn_local(async move {
            let outcome = if copy(&text.run(())).await {
                "Copied"
            } else {
                "Blocked: select it by hand"
            };
            // The button may be gone by now.
            shown.try_set(outcome);
        });
    };
    view! {
        <button
            type="button"
            class=if is_primary { "primary" } else { "quiet" }
            aria-live="polite"
            on:click=click
            on:blur=move |_| shown.set(label)
        >
            {shown}
        </button>
    }
}
