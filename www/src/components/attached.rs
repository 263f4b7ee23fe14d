//! Pictures and videos of a question that was asked.

use crate::state::inputs::{Inspection, Item};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Element;

#[component]
pub(crate) fn Attached(items: Vec<Item>) -> impl IntoView {
    if items.is_empty() {
        return None;
    }
    let items = items.into_iter().map(|item| {
        let is_image = item.inspection.with_untracked(
            |found| matches!(found, Inspection::Done(facts) if facts.is_image()),
        );
        let picture = item.preview_url().filter(|_| is_image);
        view! {
            <li title=item.name.clone()>
                {picture.map(|url| view! {
                    <img
                        src=url
                        alt=""
                        loading="lazy"
                        decoding="async"
                        referrerpolicy="no-referrer"
                        // Not every format that a model takes is one that the browser shows.
                        on:error=move |event| {
                            if let Some(image) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) {
                                image.remove();
                            }
                        }
                    />
                })}
                {(!is_image).then_some("▶ ")}
                <span>{item.name.clone()}</span>
            </li>
        }
    });
    let items = items.collect_view();
    Some(view! { <ul class="attached" aria-label="Its pictures and videos">{items}</ul> })
}
