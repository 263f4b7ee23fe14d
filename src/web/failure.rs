//! Why there is no answer, as far as the runtime tells.

use super::Abort;
use crate::error::Error;
use crate::list::joined;
use crate::stream::failure::{self, RuntimeContext};
use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};

/// Why a request has no answer: it was aborted, or whatever the runtime tells. `cors_hint` is what else the caller can
/// do where a browser lets no page read the answer.
pub(super) fn no_answer(abort: &Abort, url: &str, cause: &JsValue, cors_hint: &str) -> Error {
    abort.reason().unwrap_or_else(|| {
        let page = global(&["origin"]).and_then(|page| page.as_string());
        let context = RuntimeContext {
            is_offline: global(&["navigator", "onLine"])
                .is_some_and(|is_online| is_online.as_bool() == Some(false)),
            page: page.as_deref(),
        };
        failure::no_answer(url, &message(cause), context, cors_hint)
    })
}

/// Why an answer ended before its end.
pub(super) fn broken_off(abort: &Abort, cause: &JsValue) -> Error {
    abort
        .reason()
        .unwrap_or_else(|| failure::broken_off(&message(cause)))
}

/// What an error says, and what it says of its own cause: `fetch failed: connect ECONNREFUSED …`.
pub(super) fn message(error: &JsValue) -> String {
    if !error.is_instance_of::<js_sys::Error>() {
        return String::new();
    }
    let text = |object: &JsValue, name: &str| {
        let text = property(object, name)?.as_string()?;
        (!text.is_empty()).then_some(text)
    };
    let cause = property(error, "cause").unwrap_or_default();
    let causes = [
        text(error, "message"),
        // An attempt at several addresses has no message, but a code.
        text(&cause, "message").or_else(|| text(&cause, "code")),
    ];
    joined(causes.into_iter().flatten(), ": ")
}

/// What the runtime's global object holds under these names; not every runtime has all of them.
fn global(names: &[&str]) -> Option<JsValue> {
    names
        .iter()
        .try_fold(js_sys::global().into(), |object, name| {
            property(&object, name)
        })
}

/// `None` also for what has no properties.
pub(super) fn property(object: &JsValue, name: &str) -> Option<JsValue> {
    let value = Reflect::get(object, &name.into()).ok()?;
    (!value.is_undefined()).then_some(value)
}
