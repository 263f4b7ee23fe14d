//! Short facts in a row, none of which is broken where there is room for it in the next line.

use leptos::prelude::*;

pub(crate) fn joined(parts: Vec<String>) -> impl IntoView {
    let last = parts.len().saturating_sub(1);
    let shown = parts.into_iter().enumerate().map(|(at, part)| {
        let (mark, space) = if at == last { ("", "") } else { (" ·", " ") };
        (view! { <span class="piece">{part}{mark}</span> }, space)
    });
    shown.collect_view()
}
