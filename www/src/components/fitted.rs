//! Photos that were made to fit, together: the way back, and one file with all of them.

use crate::state::fit::FitState;
use crate::zip::save;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// One alone has its own buttons.
const LEAST: usize = 2;

#[component]
pub(crate) fn Fitted() -> impl IntoView {
    let state = expect_context::<FitState>();
    let count = Memo::new(move |_| state.fitted().len());
    let is_saving = RwSignal::new(false);
    let failure = RwSignal::new(None);
    let download = move |_| {
        let items = untrack(|| state.fitted());
        is_saving.set(true);
        failure.set(None);
        spawn_local(async move {
            let saved = save(&items).await;
            is_saving.set(false);
            failure.set(saved.err());
        });
    };
    view! {
        <Show when=move || { count.get() >= LEAST }>
                <button type="button" on:click=move |_| state.undo_all()>
                    {move || format!("Undo all {}", count.get())}
                </button>
                <button type="button" disabled=is_saving on:click=download>
                    {move || if is_saving.get() { "Packing…".to_owned() } else { format!("Download all {} (zip)", count.get()) }}
                </button>
        </Show>
        {move || failure.get().map(|why: String| view! { <p class="violation error" role="alert">{why}</p> })}
    }
}
