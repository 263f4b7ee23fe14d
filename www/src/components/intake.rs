//! Drop, paste, pick, or give a URL.

use super::samples::Samples;
use crate::intake::is_for_the_list;
use crate::state::media::MediaState;
use leptos::{ev, prelude::*};

#[component]
pub(crate) fn Intake() -> impl IntoView {
    let media = expect_context::<MediaState>();
    let (over, set_over) = signal(false);
    let url = RwSignal::new(String::new());
    let picker = NodeRef::<leptos::html::Input>::new();

    let on_pick = move |_| {
        if let Some(input) = picker.get() {
            if let Some(files) = input.files() {
                media.add_files(&files);
            }
            // So that the same file can be picked again.
            input.set_value("");
        }
    };
    // Anywhere on the page: a file that misses the field must not replace the page.
    let for_the_list = |event: &ev::DragEvent| event.data_transfer().filter(is_for_the_list);
    let drop_anywhere = window_event_listener(ev::drop, move |event| {
        set_over.set(false);
        if let Some(dropped) = for_the_list(&event) {
            event.prevent_default();
            media.add_dropped(&dropped);
        }
    });
    let drag_anywhere = window_event_listener(ev::dragover, move |event| {
        if for_the_list(&event).is_some() {
            event.prevent_default();
            set_over.set(true);
        }
    });
    let leave = window_event_listener(ev::dragleave, move |_| set_over.set(false));
    let paste = window_event_listener(ev::paste, move |event| {
        if let Some(files) = event.clipboard_data().and_then(|data| data.files()) {
            media.add_files(&files);
        }
    });
    on_cleanup(move || {
        drop_anywhere.remove();
        drag_anywhere.remove();
        leave.remove();
        paste.remove();
    });

    view! {
        <label class="drop" class:over=over>
            <input
                node_ref=picker
                type="file"
                accept="image/*,video/*"
                multiple
                class="visually-hidden"
                on:change=on_pick
            />
            <strong>"Drop photos or videos here"</strong>
            <span>"or choose files, or paste one"</span>
        </label>
        <form
            class="row"
            on:submit=move |event| {
                event.prevent_default();
                if !url.get_untracked().trim().is_empty() {
                    media.add_url(&url.get_untracked());
                    url.set(String::new());
                }
            }
        >
            <input
                type="text"
                inputmode="url"
                aria-label="URL of a photo or video"
                placeholder="https://example.com/photo.jpg"
                bind:value=url
            />
            <button type="submit">"Add"</button>
        </form>
        <Samples />
    }
}
