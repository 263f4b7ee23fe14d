//! What the browser keeps for this page: for good, or until the tab is closed.

use leptos::prelude::window;
use web_sys::Storage;

/// `None` where the browser's settings forbid it.
pub(crate) fn lasting() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// As above; a reload of the page finds it again, another tab does not.
pub(crate) fn of_tab() -> Option<Storage> {
    window().session_storage().ok().flatten()
}

pub(crate) fn read(storage: Option<Storage>, name: &str) -> Option<String> {
    storage?.get_item(name).ok().flatten()
}

/// An empty text is not kept. A browser that refuses keeps nothing, and the page works as well.
pub(crate) fn write(storage: Option<Storage>, name: &str, text: &str) {
    if let Some(storage) = storage {
        let _ = if text.is_empty() {
            storage.remove_item(name)
        } else {
            storage.set_item(name, text)
        };
    }
}
