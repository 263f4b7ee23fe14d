//! Photos that were made to fit: the way back, and the file; of several one file with all of them.

use crate::state::fit::FitState;
use crate::zip::save;
use leptos::prelude::*;
use leptos::task::spawn_local;

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
    // Not as a list of one: a zip around a photo is of no use.
    let only = move || match state.fitted().as_slice() {
        [only] => {
            let name = only.file_name();
            let label = format!("Download {name}");
            only.preview_url()
                .map(|url| view! { <a href=url download=name.clone()>{label}</a> })
        }
        _ => None,
    };
    view! {
        <Show when=move || count.get() == 1>
            <button type="button" on:click=move |_| state.undo_all()>"Undo"</button>
            {only}
        </Show>
        <Show when=move || { count.get() > 1 }>
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
