//! The tokenizer, which counts text exactly: loaded when a person asks for it.

use crate::package::ModuleFailure;
use crate::tokenizer::{TextCounter, load};
use leptos::prelude::*;
use leptos::task::spawn_local;
use tilewise::request::Draft;
use tilewise::rule::text::{CountedText, Vocabulary};
use web_sys::AbortController;

#[derive(Clone, Copy, Debug)]
pub(crate) struct TokenizerState {
    pub(crate) phase: RwSignal<TokenizerPhase>,
    /// `None` until the tokenizer is loaded.
    counter: RwSignal<Option<TextCounter>, LocalStorage>,
    abort: StoredValue<Option<AbortController>, LocalStorage>,
}

/// How far the loading of the tokenizer is.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum TokenizerPhase {
    #[default]
    Idle,
    /// The share that is here, 0 to 1.
    Loading(f64),
    Loaded,
    /// As a sentence.
    Failed(String),
}

impl TokenizerState {
    pub(crate) fn new() -> Self {
        Self {
            phase: RwSignal::new(TokenizerPhase::Idle),
            counter: RwSignal::new_local(None),
            abort: StoredValue::new_local(None),
        }
    }

    /// The text of a draft by the vocabularies that the tokenizer has; nothing until it is loaded.
    pub(crate) fn count(&self, draft: impl FnOnce() -> Draft) -> CountedText {
        let counter = self.counter.get();
        counter.map_or_else(CountedText::default, |count| count(&draft()))
    }

    /// Whether the tokenizer counts the text that a model is sent.
    pub(crate) fn knows(model: &str) -> bool {
        Vocabulary::of_template(model).is_some()
    }

    /// Loads the tokenizer, or tries again.
    pub(crate) fn load(&self) {
        let Ok(abort) = AbortController::new() else {
            let why = "This browser cannot abort a download.";
            return self.phase.set(TokenizerPhase::Failed(why.to_owned()));
        };
        let state = *self;
        let signal = abort.signal();
        self.abort.set_value(Some(abort));
        self.phase.set(TokenizerPhase::Loading(0.0));
        let progress = move |share| state.phase.set(TokenizerPhase::Loading(share));
        spawn_local(async move {
            let phase = match load(&signal, progress).await {
                Ok(counter) => {
                    state.counter.set(Some(counter));
                    TokenizerPhase::Loaded
                }
                Err(ModuleFailure::Aborted) => TokenizerPhase::Idle,
                Err(ModuleFailure::Failed(why)) => TokenizerPhase::Failed(why),
            };
            state.phase.set(phase);
        });
    }

    pub(crate) fn cancel(&self) {
        self.abort.with_value(|abort| {
            if let Some(abort) = abort {
                abort.abort();
            }
        });
    }
}
