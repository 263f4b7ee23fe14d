//! The request as code to copy.

use crate::state::State;
use leptos::prelude::*;
use leptos::task::spawn_local;
use tilewise::snippet::{Language, snippet};
use wasm_bindgen_futures::JsFuture;

const TABS: [(Language, &str); 3] = [
    (Language::Python, "Python"),
    (Language::Javascript, "JavaScript"),
    (Language::Curl, "cURL"),
];

#[component]
pub(crate) fn Code() -> impl IntoView {
    let state = expect_context::<State>();
    let (language, set_language) = signal(Language::Python);
    let (copied, set_copied) = signal("Copy");
    let code = Memo::new(move |_| {
        let (draft, _) = state.inputs.draft();
        snippet(&draft, language.get(), &state.base_url()).unwrap_or_else(|error| error.sentence())
    });
    Effect::new(move |_| {
        code.track();
        set_copied.set("Copy");
    });
    let copy = move |_| {
        spawn_local(async move {
            let outcome = write_to_clipboard(&code.get_untracked()).await;
            set_copied.set(if outcome {
                "Copied"
            } else {
                "Blocked: select it by hand"
            });
        });
    };
    view! {
        <details class="code">
            <summary>"The same request as code"</summary>
            <div class="row" role="group" aria-label="Language">
                {TABS.map(|(tab, name)| view! {
                    <button
                        type="button"
                        aria-pressed=move || (language.get() == tab).to_string()
                        on:click=move |_| set_language.set(tab)
                    >
                        {name}
                    </button>
                })}
                <button type="button" class="quiet" on:click=copy>{copied}</button>
            </div>
            <pre tabindex="0" data-testid="code"><code>{code}</code></pre>
        </details>
    }
}

async fn write_to_clipboard(text: &str) -> bool {
    // Pages that came over plain http have no clipboard.
    let clipboard = window().navigator().clipboard();
    if clipboard.is_undefined() {
        return false;
    }
    JsFuture::from(clipboard.write_text(text)).await.is_ok()
}
