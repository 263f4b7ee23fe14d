//! The request as code to copy, and as the JSON that is sent.

use super::copy_button::CopyButton;
use crate::state::endpoint::{EndpointKind, EndpointState};
use crate::state::estimate::EstimateState;
use crate::state::tabs::{Tab, TabState};
use leptos::prelude::*;
use tilewise::snippet::{Language, body, snippet};

/// `None` for the body alone.
const TABS: [(Option<Language>, &str); 4] = [
    (Some(Language::Python), "Python"),
    (Some(Language::Javascript), "JavaScript"),
    (Some(Language::Curl), "cURL"),
    (None, "JSON"),
];

#[component]
pub(crate) fn Code() -> impl IntoView {
    let estimate = expect_context::<EstimateState>();
    let endpoint = expect_context::<EndpointState>();
    let (language, set_language) = signal(Some(Language::Python));
    let tabs = expect_context::<TabState>();
    let code = Memo::new(move |_| {
        // It is made only while it is in front.
        if !tabs.shows(Tab::Code) {
            return String::new();
        }
        estimate
            .request
            .with(|draft| match language.get() {
                // Without an endpoint, that of the model's provider.
                Some(language) => {
                    if endpoint.is(EndpointKind::Demo) {
                        snippet(draft, language, None)
                    } else {
                        snippet(draft, language, Some(&endpoint.base_url()))
                    }
                }
                None => body(draft),
            })
            .unwrap_or_else(|error| error.sentence())
    });
    view! {
        <section class="code" aria-label="The same request as code">
            <div class="card-head">
                <div class="row segments" role="group" aria-label="Language">
                    {TABS.map(|(tab, name)| view! {
                        <button
                            type="button"
                            aria-pressed=move || (language.get() == tab).to_string()
                            on:click=move |_| set_language.set(tab)
                        >
                            {name}
                        </button>
                    })}
                </div>
                <CopyButton label="Copy" text=move |()| code.get_untracked() />
            </div>
            <pre tabindex="0" data-testid="code"><code>{code}</code></pre>
        </section>
    }
}
