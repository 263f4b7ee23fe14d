//! Counts the text by the model's own vocabulary, which is loaded when that is asked for.

use crate::state::model::ModelState;
use crate::state::tokenizer::{TokenizerPhase, TokenizerState};
use crate::tokenizer::download_size;
use leptos::prelude::*;

/// Nothing for a model of which no vocabulary is here, and nothing once the text is counted.
#[component]
pub(crate) fn ExactText() -> impl IntoView {
    let tokenizer = expect_context::<TokenizerState>();
    let model = expect_context::<ModelState>();
    let phase = tokenizer.phase;
    let is_known = Memo::new(move |_| model.id.with(|id| TokenizerState::knows(id)));
    let is_loading = Memo::new(move |_| matches!(phase.get(), TokenizerPhase::Loading(_)));
    let share = move || match phase.get() {
        TokenizerPhase::Loading(share) => share.to_string(),
        _ => "0".to_owned(),
    };
    let label = move || match (phase.get(), download_size()) {
        (TokenizerPhase::Failed(_), _) => "Try again".to_owned(),
        (_, Some(size)) => format!("Count text exactly (loads {size})"),
        (_, None) => "Count text exactly".to_owned(),
    };
    let why = move || match phase.get() {
        TokenizerPhase::Failed(why) => {
            Some(view! { <p class="violation error" role="alert">{why}</p> })
        }
        _ => None,
    };
    let is_wanted = move || is_known.get() && phase.with(|it| *it != TokenizerPhase::Loaded);
    view! {
        <Show when=is_wanted>
            {why}
            <div class="row">
                <Show
                    when=move || is_loading.get()
                    fallback=move || view! {
                        <button type="button" on:click=move |_| tokenizer.load()>{label}</button>
                    }
                >
                    <span class="status">"Loading the tokenizer"</span>
                    <progress value=share max="1" aria-label="Tokenizer" />
                    <button type="button" class="quiet" on:click=move |_| tokenizer.cancel()>"Cancel"</button>
                </Show>
            </div>
        </Show>
    }
}
