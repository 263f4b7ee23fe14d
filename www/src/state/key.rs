//! The API keys: one an endpoint, in memory, and in the browser's storage only while that is asked for.
//!
//! Not by leptos-use: its storage writes every value that the signal has, and follows other windows, where this must
//! store nothing unless it is asked to, and say when the browser refuses.

use crate::storage::{lasting, read};
use leptos::prelude::*;
use std::collections::BTreeMap;
use web_sys::Url;

/// Before the origin of the endpoint, in the browser's storage.
const PREFIX: &str = "tilewise.apiKey ";

/// A key belongs to the origin that it was typed for, and is never sent to another one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ApiKeyState {
    /// Of the chosen endpoint; empty while its base URL is none.
    origin: Memo<String>,
    keys: RwSignal<BTreeMap<String, ApiKey>>,
    /// The browser refused to store it.
    is_refused: RwSignal<bool>,
}

#[derive(Clone, Debug, Default)]
struct ApiKey {
    value: String,
    is_kept: bool,
}

impl ApiKeyState {
    /// With the keys that the browser has stored, if any.
    pub(crate) fn new(base_url: impl Fn() -> String + Send + Sync + 'static) -> Self {
        Self {
            origin: Memo::new(move |_| origin(&base_url())),
            keys: RwSignal::new(stored()),
            is_refused: RwSignal::new(false),
        }
    }

    pub(crate) fn get(&self) -> String {
        self.current().value
    }

    pub(crate) fn is_kept(&self) -> bool {
        self.current().is_kept
    }

    pub(crate) fn is_refused(&self) -> bool {
        self.is_refused.get()
    }

    pub(crate) fn set(&self, value: String) {
        let is_kept = untrack(|| self.is_kept());
        self.put(ApiKey { value, is_kept });
        if is_kept {
            self.keep(true);
        }
    }

    pub(crate) fn keep(&self, keep: bool) {
        let mut key = untrack(|| self.current());
        let name = format!("{PREFIX}{}", self.origin.get_untracked());
        let kept = lasting().and_then(|storage| {
            let outcome = if keep {
                storage.set_item(&name, &key.value)
            } else {
                storage.remove_item(&name)
            };
            outcome.ok()
        });
        self.is_refused.set(keep && kept.is_none());
        key.is_kept = keep && kept.is_some();
        self.put(key);
    }

    /// For this base URL, without spaces around it; `None` where there is none.
    pub(crate) fn to_send(self, base_url: &str) -> Option<String> {
        let key = self.keys.with_untracked(|keys| {
            let key = keys.get(&origin(base_url))?;
            Some(key.value.trim().to_owned())
        });
        key.filter(|key| !key.is_empty())
    }

    fn current(&self) -> ApiKey {
        let key = self
            .origin
            .with(|origin| self.keys.with(|keys| keys.get(origin).cloned()));
        key.unwrap_or_default()
    }

    fn put(&self, key: ApiKey) {
        let origin = self.origin.get_untracked();
        self.keys.update(|keys| {
            keys.insert(origin, key);
        });
    }
}

/// Scheme, host and port of a base URL; empty where it is none.
fn origin(base_url: &str) -> String {
    let url = Url::new(base_url).ok();
    let url = url.filter(|url| matches!(url.protocol().as_str(), "https:" | "http:"));
    url.map(|url| url.origin()).unwrap_or_default()
}

fn stored() -> BTreeMap<String, ApiKey> {
    let count = lasting().and_then(|storage| storage.length().ok());
    let names =
        (0..count.unwrap_or_default()).filter_map(|index| lasting()?.key(index).ok().flatten());
    let keys = names.filter_map(|name| {
        let value = read(lasting(), &name)?;
        let key = ApiKey {
            value,
            is_kept: true,
        };
        Some((name.strip_prefix(PREFIX)?.to_owned(), key))
    });
    keys.collect()
}
