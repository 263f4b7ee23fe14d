//! Pictures and a film to try, of the site's own.

use crate::state::State;
use leptos::prelude::*;

const SAMPLES: [(&str, &str); 4] = [
    ("landscape.jpg", "Photograph"),
    ("phone.jpg", "Phone photo"),
    ("screenshot.png", "Screenshot"),
    ("clip.mp4", "Film"),
];

#[component]
pub(crate) fn Samples() -> impl IntoView {
    let state = expect_context::<State>();
    view! {
        <div class="samples" role="group" aria-label="Samples">
            <span class="hint">"Or try:"</span>
            {SAMPLES.map(|(file, label)| view! {
                <button type="button" on:click=move |_| state.add_sample(file)>{label}</button>
            })}
        </div>
    }
}
