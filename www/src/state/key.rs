//! The API key: in memory, and in the browser's storage only while that is asked for.
//!
//! Not by leptos-use: its storage writes every value that the signal has, and follows other windows, where this must
//! store nothing unless it is asked to, and say when the browser refuses.

use crate::storage::{lasting, read};
use leptos::prelude::*;

const NAME: &str = "tilewise.apiKey";

#[derive(Clone, Copy, Debug)]
pub(crate) struct ApiKeyState {
    value: RwSignal<String>,
    is_kept: RwSignal<bool>,
    /// The browser refused to store it.
    is_refused: RwSignal<bool>,
}

impl ApiKeyState {
    /// The key that the browser has stored, if any.
    pub(crate) fn new() -> Self {
        let kept = read(lasting(), NAME);
        Self {
            is_kept: RwSignal::new(kept.is_some()),
            value: RwSignal::new(kept.unwrap_or_default()),
            is_refused: RwSignal::new(false),
        }
    }

    pub(crate) fn get(&self) -> String {
        self.value.get()
    }

    pub(crate) fn is_kept(&self) -> bool {
        self.is_kept.get()
    }

    pub(crate) fn is_refused(&self) -> bool {
        self.is_refused.get()
    }

    pub(crate) fn set(&self, value: String) {
        self.value.set(value);
        if self.is_kept.get_untracked() {
            self.keep(true);
        }
    }

    pub(crate) fn keep(&self, keep: bool) {
        let kept = self.value.with_untracked(|value| {
            let storage = lasting()?;
            let outcome = if keep {
                storage.set_item(NAME, value)
            } else {
                storage.remove_item(NAME)
            };
            outcome.ok()
        });
        self.is_refused.set(keep && kept.is_none());
        self.is_kept.set(keep && kept.is_some());
    }

    /// Without spaces around it; `None` where there is none.
    pub(crate) fn to_send(self) -> Option<String> {
        let key = self.value.get_untracked();
        Some(key.trim().to_owned()).filter(|key| !key.is_empty())
    }
}
