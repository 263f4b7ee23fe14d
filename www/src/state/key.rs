//! The API key: in memory, and in the browser's storage only while that is asked for.

use leptos::prelude::*;
use web_sys::Storage;

const NAME: &str = "tilewise.apiKey";

#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    value: RwSignal<String>,
    is_kept: RwSignal<bool>,
    /// The browser would not keep it.
    is_refused: RwSignal<bool>,
}

impl Key {
    /// As it was kept, if it was.
    pub(crate) fn new() -> Self {
        let kept = storage().and_then(|storage| storage.get_item(NAME).ok().flatten());
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
            let storage = storage()?;
            match keep {
                true => storage.set_item(NAME, value).ok(),
                false => storage.remove_item(NAME).ok(),
            }
        });
        self.is_refused.set(keep && kept.is_none());
        self.is_kept.set(keep && kept.is_some());
    }

    /// As an endpoint wants it.
    pub(crate) fn to_send(self) -> Option<String> {
        let key = self.value.get_untracked();
        Some(key.trim().to_owned()).filter(|key| !key.is_empty())
    }
}

/// `None` where the browser's settings forbid it.
fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}
