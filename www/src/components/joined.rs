//! Short facts in a row, none of which is broken where there is room for it in the next line.

use leptos::prelude::*;

pub(crate) fn joined(parts: Vec<String>) -> impl IntoView {
    let last = parts.len().saturating_sub(1);
    let shown = parts.into_iter().enumerate().map(|(at, part)| match at {
        at if at == last => (view! { <span class="piece">{part}</span> }, ""),
        _ => (view! { <span class="piece">{part}" ·"</span> }, " "),
    });
    shown.collect_view()
}
