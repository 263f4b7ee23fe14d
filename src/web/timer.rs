//! The timers that every runtime has.

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &js_sys::Function, ms: u32) -> JsValue;

    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(timer: &JsValue);
}

/// A longer timer would go off at once (WHATWG HTML, section 8.7: the delay is a signed 32-bit integer).
const LONGEST_MS: u32 = i32::MAX as u32;

/// Waits at least this long, at most 24 days.
pub async fn sleep(ms: u32) {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        set_timeout(&resolve, ms.min(LONGEST_MS));
    });
    // A promise that is only ever resolved.
    let _ = JsFuture::from(promise).await;
}

/// Calls back once after a while, unless it is dropped before: a timer left running would keep a Node
/// process alive.
#[derive(Debug)]
pub(super) struct Alarm {
    timer: JsValue,
    _callback: Option<Closure<dyn FnMut()>>,
}

impl Alarm {
    pub(super) fn set(ms: u32, callback: impl FnMut() + 'static) -> Self {
        let callback = Closure::<dyn FnMut()>::new(callback);
        Self {
            timer: set_timeout(callback.as_ref().unchecked_ref(), ms.min(LONGEST_MS)),
            _callback: Some(callback),
        }
    }

    /// Calls a function of JavaScript.
    pub(super) fn calling(function: &js_sys::Function, ms: u32) -> Self {
        Self {
            timer: set_timeout(function, ms.min(LONGEST_MS)),
            _callback: None,
        }
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        clear_timeout(&self.timer);
    }
}
