//! A frame of a video under its tiles, drawn by the browser's own player.

use super::tile_grid::TileGrid;
use crate::player::release;
use leptos::{html, prelude::*};
use tilewise::media::VideoFacts;
use tilewise::rule::Grid;

#[component]
pub(crate) fn Poster(
    url: Option<String>,
    name: String,
    video: VideoFacts,
    grid: Signal<Option<Grid>>,
    /// Becomes false when the browser finds that it cannot play the video.
    playable: RwSignal<bool>,
) -> impl IntoView {
    let element = NodeRef::<html::Video>::new();
    let held = StoredValue::new_local(None);
    Effect::new(move |_| held.set_value(element.get()));
    on_cleanup(move || {
        if let Some(element) = held.try_get_value().flatten() {
            release(&element);
        }
    });
    view! {
        <TileGrid grid>
            {url.map(|url| view! {
                <video
                    node_ref=element
                    class=format!("turned-{}", video.rotation.degrees())
                    src=url
                    prop:muted=true
                    playsinline
                    preload="metadata"
                    aria-label=name
                    on:error=move |_| playable.set(false)
                    // The browser plays the sound alone of a video whose frames it cannot decode.
                    on:loadedmetadata:target=move |event| {
                        if event.target().video_width() == 0 {
                            playable.set(false);
                        }
                    }
                />
            })}
        </TileGrid>
    }
}
