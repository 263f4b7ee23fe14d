//! How a file reaches the endpoint.

use leptos::prelude::*;

#[component]
pub(crate) fn Delivery(
    id: usize,
    is_video: bool,
    by_url: RwSignal<bool>,
    url: RwSignal<String>,
) -> impl IntoView {
    let group = format!("delivery-{id}");
    let kind = if is_video { "video" } else { "photo" };
    view! {
        <fieldset class="delivery">
            <legend class="visually-hidden">"How it is sent"</legend>
            <label>
                <input
                    type="radio"
                    name=group.clone()
                    prop:checked=move || !by_url.get()
                    on:change=move |_| by_url.set(false)
                />
                "In the request"
            </label>
            <label>
                <input
                    type="radio"
                    name=group
                    prop:checked=move || by_url.get()
                    on:change=move |_| by_url.set(true)
                />
                "By URL"
            </label>
            <Show when=move || by_url.get()>
                <input
                    type="text"
                    inputmode="url"
                    aria-label=format!("Where the endpoint can fetch this {kind}")
                    placeholder="https://example.com/file"
                    bind:value=url
                />
            </Show>
        </fieldset>
    }
}
