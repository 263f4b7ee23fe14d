//! Photos and a video of the site's own, to try.

use crate::state::media::MediaState;
use leptos::prelude::*;

const SAMPLES: [(&str, &str); 4] = [
    ("landscape.jpg", "Photo"),
    ("phone.jpg", "Phone photo"),
    ("screenshot.png", "Screenshot"),
    ("clip.mp4", "Video"),
];

#[component]
pub(crate) fn Samples() -> impl IntoView {
    let media = expect_context::<MediaState>();
    view! {
        <div class="samples" role="group" aria-label="Samples">
            <span class="hint">"Or try:"</span>
            {SAMPLES.map(|(file, label)| view! {
                <button type="button" on:click=move |_| media.add_sample(file)>{label}</button>
            })}
        </div>
    }
}
