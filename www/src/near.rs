//! What is near the window.

use js_sys::Array;
use wasm_bindgen::prelude::*;
use web_sys::{Element, IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit};

/// Tells of each element that it observes when it comes within a margin of the window, and when it leaves that. Lives as
/// long as the page does; `None` in a browser that has no such thing.
pub(crate) fn observer(
    margin: &str,
    mut call: Box<dyn FnMut(Element, bool)>,
) -> Option<IntersectionObserver> {
    let tell = move |entries: Array| {
        for entry in entries.iter() {
            let entry: IntersectionObserverEntry = entry.unchecked_into();
            call(entry.target(), entry.is_intersecting());
        }
    };
    let tell = Closure::<dyn FnMut(Array)>::new(tell);
    let options = IntersectionObserverInit::new();
    options.set_root_margin(margin);
    let callback = tell.as_ref().unchecked_ref();
    let observer = IntersectionObserver::new_with_options(callback, &options).ok()?;
    tell.forget();
    Some(observer)
}
