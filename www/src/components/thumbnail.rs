//! A small image of a photo or a video, made when it is first near the window.

use crate::state::items::{Item, Thumbnail as Made};
use crate::state::thumbnails::ThumbnailState;
use leptos::prelude::*;

#[component]
pub(crate) fn Thumbnail(item: Item) -> impl IntoView {
    let thumbnails = expect_context::<ThumbnailState>();
    let (id, made) = (item.id, RwSignal::from(item.thumbnail.clone()));
    let name = item.name.clone();
    thumbnails.request(&item);
    on_cleanup(move || thumbnails.withdraw(id));
    let url = Memo::new(move |_| {
        made.with(|made| match made {
            Made::Shown(shown) => shown.url(),
            Made::Idle | Made::Waiting | Made::Failed => None,
        })
    });
    move || {
        url.get().map(|url| {
            view! {
                <img
                    src=url
                    alt=name.clone()
                    decoding="async"
                    referrerpolicy="no-referrer"
                    // Otherwise a drag would add it a second time.
                    draggable="false"
                    on:error=move |_| { made.try_set(Made::Failed); }
                />
            }
        })
    }
}
