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

/// Waits at least this long.
pub async fn sleep(ms: u32) {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        set_timeout(&resolve, ms);
    });
    // A promise that is only ever resolved.
    let _ = JsFuture::from(promise).await;
}

/// Calls back once after a while, unless it is dropped before: a timer left running would keep a Node
/// process alive.
#[derive(Debug)]
pub(super) struct Alarm {
    timer: JsValue,
    _callback: Closure<dyn FnMut()>,
}

impl Alarm {
    pub(super) fn set(ms: u32, callback: impl FnMut() + 'static) -> Self {
        let callback = Closure::<dyn FnMut()>::new(callback);
        let timer = set_timeout(callback.as_ref().unchecked_ref(), ms);
        Self {
            timer,
            _callback: callback,
        }
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        clear_timeout(&self.timer);
    }
}
