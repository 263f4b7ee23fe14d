//! What went wrong, what to do about it, and what the server said.

use leptos::prelude::*;
use tilewise::error::Error;

#[component]
pub(crate) fn Failure(error: Error) -> impl IntoView {
    let body = error.body().map(str::to_owned);
    view! {
        <div class="violation error">
            <p role="alert">
                {error.sentence()}
                {error.advice().map(|advice| view! { <em>" "{advice}</em> })}
            </p>
            {body.map(|body| view! {
                <details>
                    <summary>"What the endpoint said"</summary>
                    <pre tabindex="0">{body}</pre>
                </details>
            })}
        </div>
    }
}
