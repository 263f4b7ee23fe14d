//! Ends what is under way: by the caller's own signal, by a call, or after too long a silence.

use super::timer::Alarm;
use crate::error::Error;
use js_sys::Promise;
use std::{cell::Cell, future::Future, rc::Rc};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal};

/// A handle to abort one request; its clones abort the same one.
#[derive(Clone, Debug)]
pub struct Abort {
    controller: AbortController,
    silence_ms: Rc<Cell<Option<u32>>>,
    _listener: Option<Rc<Listener>>,
}

impl Abort {
    /// Follows the caller's signal, where there is one.
    pub fn new(outer: Option<&AbortSignal>) -> Result<Self, Error> {
        let controller = AbortController::new()
            .map_err(|_| Error::invalid("runtime", "it has no AbortController"))?;
        let listener = outer.map(|outer| {
            if outer.aborted() {
                controller.abort();
            }
            Rc::new(Listener::new(outer, controller.clone()))
        });
        Ok(Self {
            controller,
            silence_ms: Rc::default(),
            _listener: listener,
        })
    }

    pub fn abort(&self) {
        self.controller.abort();
    }

    pub fn is_aborted(&self) -> bool {
        self.controller.signal().aborted()
    }

    /// Ends it because nothing came for so long.
    pub(crate) fn after_silence(&self, silence_ms: u32) {
        self.silence_ms.set(Some(silence_ms));
        self.controller.abort();
    }

    pub(crate) fn signal(&self) -> AbortSignal {
        self.controller.signal()
    }

    /// Waits for what should come, and aborts if it takes longer than this.
    pub(super) async fn within<T>(&self, ms: u32, what: impl Future<Output = T>) -> T {
        let this = self.clone();
        let alarm = Alarm::set(ms, move || this.after_silence(ms));
        let outcome = what.await;
        drop(alarm);
        outcome
    }

    /// Waits, but no longer than until it is aborted.
    pub(super) async fn pause(&self, ms: u32) {
        let signal = self.controller.signal();
        let mut timer = None;
        let over = Promise::new(&mut |resolve, _| {
            if signal.aborted() {
                let _ = resolve.call0(&JsValue::UNDEFINED);
                return;
            }
            // Fails for no kind of signal.
            let _ = signal.add_event_listener_with_callback("abort", &resolve);
            timer = Some((Alarm::calling(&resolve, ms), resolve));
        });
        // A promise that is only ever resolved.
        let _ = JsFuture::from(over).await;
        if let Some((alarm, resolve)) = timer {
            drop(alarm);
            let _ = signal.remove_event_listener_with_callback("abort", &resolve);
        }
    }

    /// Why it was aborted, if it was.
    pub(super) fn reason(&self) -> Option<Error> {
        if !self.is_aborted() {
            return None;
        }
        Some(match self.silence_ms.get() {
            Some(silence_ms) => Error::Timeout { silence_ms },
            None => Error::Aborted,
        })
    }
}

#[derive(Debug)]
struct Listener {
    signal: AbortSignal,
    callback: Closure<dyn FnMut()>,
}

impl Listener {
    fn new(signal: &AbortSignal, controller: AbortController) -> Self {
        let callback = Closure::<dyn FnMut()>::new(move || controller.abort());
        let listener = Self {
            signal: signal.clone(),
            callback,
        };
        // Fails for no kind of signal.
        let _ = signal.add_event_listener_with_callback("abort", listener.function());
        listener
    }

    fn function(&self) -> &js_sys::Function {
        self.callback.as_ref().unchecked_ref()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self
            .signal
            .remove_event_listener_with_callback("abort", self.function());
    }
}
