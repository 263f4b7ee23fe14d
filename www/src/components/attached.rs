//! Photos and videos of a question that was asked.

use crate::state::items::{Inspection, Item};
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
        let image = item.preview_url().filter(|_| is_image);
        view! {
            <li title=item.name.clone()>
                {image.map(|url| view! {
                    <img
                        src=url
                        alt=""
                        loading="lazy"
                        decoding="async"
                        referrerpolicy="no-referrer"
                        // The browser does not show every format that a model takes.
                        on:error=move |event| {
                            if let Some(element) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) {
                                element.remove();
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
    Some(view! { <ul class="attached" aria-label="Its photos and videos">{items}</ul> })
}
