//! Renders the page bit by bit.

use leptos::prelude::*;
use leptos::task::spawn_local;
use tilewise::web::sleep;

/// Renders this after as many tasks, in one of its own: a slow phone can paint and answer in between.
pub(crate) fn in_turn(
    tasks: u32,
    draw: impl Fn() -> AnyView + Send + Sync + 'static,
) -> impl IntoView {
    let is_due = RwSignal::new(false);
    spawn_local(async move {
        for _ in 0..tasks {
            sleep(0).await;
        }
        is_due.set(true);
    });
    move || is_due.get().then(&draw)
}
