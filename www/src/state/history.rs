//! The page's entries in the browser's history: Back closes the dialog that is open, and leaves the page where none is.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsValue;
use web_sys::HtmlDialogElement;

/// The state of an entry that a dialog lies over: to come to any other is not Back.
const BEHIND: &str = "behind a dialog";

#[derive(Clone, Copy, Debug)]
pub(crate) struct HistoryState {
    /// The dialogs that are open, the uppermost at the end: each has an entry.
    open: StoredValue<Vec<HtmlDialogElement>, LocalStorage>,
    /// Entries that are being left, as their dialogs were closed otherwise.
    leaving: StoredValue<usize>,
    /// What the page's address says now: the entry behind a dialog has the one from before.
    address: StoredValue<String>,
}

impl HistoryState {
    pub(crate) fn new() -> Self {
        Self {
            open: StoredValue::new_local(Vec::new()),
            leaving: StoredValue::new(0),
            address: StoredValue::new(String::new()),
        }
    }

    /// Listens to Back from now on.
    pub(crate) fn follow(&self) {
        let state = *self;
        state.address.set_value(address());
        let moves = window_event_listener(ev::popstate, move |event| {
            state.arrive(event.state().as_string().as_deref() == Some(BEHIND));
        });
        on_cleanup(move || moves.remove());
    }

    /// Shows a dialog over the page; nothing of one that is open.
    pub(crate) fn open(&self, dialog: &HtmlDialogElement) {
        // Refused only to one that is open.
        if dialog.open() || dialog.show_modal().is_err() {
            return;
        }
        let address = address();
        replace(&BEHIND.into(), &address);
        self.address.set_value(address);
        let pushed = window()
            .history()
            .and_then(|history| history.push_state(&JsValue::NULL, ""));
        if pushed.is_ok() {
            self.open.update_value(|open| open.push(dialog.clone()));
        }
    }

    /// A dialog was closed: by Back, which has left its entry, or otherwise.
    pub(crate) fn closed(&self, dialog: &HtmlDialogElement) {
        let was_open = self.open.try_update_value(|open| {
            let at = open.iter().position(|open| open == dialog)?;
            Some(open.remove(at))
        });
        if was_open.flatten().is_some() {
            self.leaving.update_value(|leaving| *leaving += 1);
            let _ = window().history().and_then(|history| history.back());
        }
    }

    /// Whether the address was changed by another than the page; true once.
    pub(crate) fn has_moved(&self) -> bool {
        let now = address();
        let before = self
            .address
            .try_update_value(|address| std::mem::replace(address, now.clone()));
        before != Some(now)
    }

    /// Has the address say this behind its `#`. A browser that refuses leaves it as it was.
    pub(crate) fn write(&self, fragment: &str) {
        replace(&JsValue::NULL, &format!("#{fragment}"));
        self.address.set_value(address());
    }

    /// Another entry is there: the one that was behind a dialog, or a link that was followed meanwhile.
    fn arrive(&self, is_behind: bool) {
        let is_closed = self.leaving.get_value() > 0;
        self.leaving
            .update_value(|leaving| *leaving = leaving.saturating_sub(1));
        if is_behind {
            // The figures are still those of the entry that was left.
            replace(&JsValue::NULL, &self.address.get_value());
        }
        if !is_closed && let Some(dialog) = self.open.try_update_value(Vec::pop).flatten() {
            dialog.close();
        }
    }
}

fn address() -> String {
    window().location().href().unwrap_or_default()
}

fn replace(state: &JsValue, address: &str) {
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(state, "", Some(address));
    }
}
