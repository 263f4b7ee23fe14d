//! The request as code to copy.

use super::copy_button::CopyButton;
use crate::state::State;
use leptos::prelude::*;
use tilewise::snippet::{Language, snippet};

const TABS: [(Language, &str); 3] = [
    (Language::Python, "Python"),
    (Language::Javascript, "JavaScript"),
    (Language::Curl, "cURL"),
];

#[component]
pub(crate) fn Code() -> impl IntoView {
    let state = expect_context::<State>();
    let (language, set_language) = signal(Language::Python);
    let code = Memo::new(move |_| {
        let (draft, _) = state.draft();
        snippet(&draft, language.get(), &state.server.base_url())
            .unwrap_or_else(|error| error.sentence())
    });
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
                <CopyButton label="Copy" text=move |()| code.get_untracked() />
            </div>
            <pre tabindex="0" data-testid="code"><code>{code}</code></pre>
        </details>
    }
}
