//! Short facts in a row, none of which is broken where there is room for it in the next line. The mark between two lies at the
//! beginning of the second, outside of the line where that begins one.

use leptos::prelude::*;

pub(crate) fn joined(parts: Vec<String>) -> impl IntoView {
    let shown = parts.into_iter().enumerate().map(|(at, part)| {
        let mark = (at > 0).then(mark);
        view! { <span class="piece">{mark}{part}</span> }
    });
    shown.collect_view()
}

/// Between two of them.
pub(crate) fn mark() -> impl IntoView {
    view! { " "<span class="mark">"· "</span> }
}
