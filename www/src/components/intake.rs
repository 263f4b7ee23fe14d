//! Drop, paste, pick, give a URL, or only a size.

use super::in_turn::in_turn;
use super::samples::Samples;
use crate::intake::is_for_the_list;
use crate::state::estimate::EstimateState;
use crate::state::media::MediaState;
use leptos::{ev, prelude::*};
use tilewise::media::Size;
use tilewise_www_core::samples::SIZES;
use wasm_bindgen::JsCast;
use web_sys::Element;

#[component]
pub(crate) fn Intake() -> impl IntoView {
    let media = expect_context::<MediaState>();
    let is_empty = expect_context::<EstimateState>().is_empty;
    let (over, set_over) = signal(false);
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
        if let Some(pasted) = event.clipboard_data() {
            let is_writing = event
                .target()
                .and_then(|target| target.dyn_into::<Element>().ok())
                .is_some_and(|target| target.matches("input, textarea").unwrap_or(false));
            media.add_pasted(&pasted, is_writing);
        }
    });
    media.add_early();
    on_cleanup(move || {
        drop_anywhere.remove();
        drag_anywhere.remove();
        leave.remove();
        paste.remove();
    });

    view! {
        <div class="intake">
            <label class="drop" class:over=over>
                <input
                    node_ref=picker
                    type="file"
                    accept="image/*,video/*"
                    multiple
                    class="visually-hidden"
                    on:change=on_pick
                />
                <strong>{move || if is_empty.get() { "Drop photos or videos here" } else { "Add files" }}</strong>
                <span hidden=move || !is_empty.get()>"or choose files, or paste one. Nothing is uploaded."</span>
            </label>
            <Address />
        </div>
        {in_turn(1, move || view! {
            <Show when=move || is_empty.get()>
                <Samples />
            </Show>
        }.into_any())}
        {in_turn(2, move || view! {
            <Show when=move || is_empty.get()>
                <Sizes />
            </Show>
        }.into_any())}
    }
}

#[component]
fn Address() -> impl IntoView {
    let media = expect_context::<MediaState>();
    let url = RwSignal::new(String::new());
    let why = RwSignal::new(None::<&'static str>);
    view! {
        <form
            class="row address"
            on:submit=move |event| {
                event.prevent_default();
                if !url.get_untracked().trim().is_empty() {
                    let refused = media.add_url(&url.get_untracked()).err();
                    why.set(refused);
                    // One that is wrong stays, to be corrected.
                    if refused.is_none() {
                        url.set(String::new());
                    }
                }
            }
        >
            <input
                type="text"
                inputmode="url"
                aria-label="URL of a photo or video"
                placeholder="https://example.com/photo.jpg"
                aria-invalid=move || why.with(Option::is_some).then_some("true")
                aria-describedby="address-why"
                bind:value=url
                on:input=move |_| why.set(None)
            />
            <button type="submit">"Add"</button>
            <p id="address-why" class="violation error" role="alert" hidden=move || why.with(Option::is_none)>{why}</p>
        </form>
    }
}

/// A figure that needs no file.
#[component]
fn Sizes() -> impl IntoView {
    let media = expect_context::<MediaState>();
    let [width, height, count] = [1920, 1080, 1].map(RwSignal::new);
    let number = move |name: &'static str, value: RwSignal<u64>| {
        view! {
            <input
                type="number"
                min="1"
                step="1"
                required
                aria-label=name
                prop:value=move || value.get().to_string()
                on:input:target=move |event| {
                    let typed = event.target().value().trim().parse().ok();
                    value.set(typed.unwrap_or_default());
                }
            />
        }
    };
    view! {
        <form
            class="sizes"
            aria-label="By size, without a file"
            on:submit=move |event| {
                event.prevent_default();
                let size = untrack(|| Size::new(width.get(), height.get()));
                let count = usize::try_from(count.get_untracked()).unwrap_or(usize::MAX);
                if size.width > 0 && size.height > 0 && count > 0 {
                    media.add_sizes(size, count);
                }
            }
        >
            <p class="hint">"Or count by size, without a file"</p>
            <div class="row">
                {number("Width in pixels", width)}
                <span aria-hidden="true">"×"</span>
                {number("Height in pixels", height)}
                <span class="hint">"pixels,"</span>
                {number("Number of images", count)}
                <span class="hint">{move || if count.get() == 1 { "image" } else { "images" }}</span>
                <button type="submit" class="primary">"Count"</button>
            </div>
            <div class="row presets" role="group" aria-label="Common sizes">
                {SIZES.map(|(name, size)| view! {
                    <button
                        type="button"
                        aria-pressed=move || (Size::new(width.get(), height.get()) == size).to_string()
                        on:click=move |_| {
                            width.set(size.width);
                            height.set(size.height);
                        }
                    >
                        {name}
                    </button>
                })}
            </div>
        </form>
    }
}
