//! Ends what is under way: by the caller's own signal, by a call, or after too long a silence.

use super::timer::sleep;
use crate::error::Error;
use crate::stream::session::before;
use js_sys::Reflect;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::{Future, poll_fn};
use std::rc::{Rc, Weak};
use std::task::{Poll, Waker};
use wasm_bindgen::prelude::*;
use web_sys::{AbortController, AbortSignal};

/// A handle to abort one request; its clones abort the same one.
#[derive(Clone, Debug)]
pub struct Abort {
    shared: Rc<Shared>,
}

impl Abort {
    /// Follows the caller's signal, where there is one.
    pub fn new(outer: Option<&AbortSignal>) -> Result<Self, Error> {
        let controller = AbortController::new()
            .map_err(|_| Error::invalid("runtime", "it has no AbortController"))?;
        let shared = Rc::new(Shared {
            controller,
            reason: Cell::new(None),
            waiting: RefCell::default(),
            listeners: RefCell::default(),
        });
        let abort = Self { shared };
        if let Some(outer) = outer {
            abort.follow(outer);
        }
        Ok(abort)
    }

    /// Follows a signal besides those that it follows.
    pub fn follow(&self, outer: &AbortSignal) {
        if outer.aborted() {
            return self.abort();
        }
        let listener = Listener::new(outer, Rc::downgrade(&self.shared));
        self.shared.listeners.borrow_mut().push(listener);
    }

    pub fn abort(&self) {
        self.shared.abort(Reason::Asked);
    }

    pub fn is_aborted(&self) -> bool {
        self.shared.reason.get().is_some()
    }

    /// Ends it because nothing came for so long.
    pub(super) fn after_silence(&self, silence_ms: u32) {
        self.shared.abort(Reason::Silence(silence_ms));
    }

    /// The request is over. An answer without a body may keep its connection open, and a Node process with it;
    /// and the caller's signal may outlive all that follows it.
    pub(super) fn end(&self) {
        self.shared.listeners.take();
        self.shared.controller.abort();
    }

    pub(super) fn signal(&self) -> AbortSignal {
        self.shared.controller.signal()
    }

    /// Wakes this when it is aborted.
    pub(super) fn register(&self, waker: &Waker) {
        self.shared.register(waker);
    }

    /// Resolves when it is aborted.
    pub(super) fn aborted(&self) -> impl Future<Output = Error> {
        poll_fn(|context| match self.reason() {
            Some(reason) => Poll::Ready(reason),
            None => {
                self.register(context.waker());
                Poll::Pending
            }
        })
    }

    /// Waits, but no longer than until it is aborted.
    pub(super) async fn pause(&self, ms: u32) -> Result<(), Error> {
        match before(self.aborted(), sleep(ms)).await {
            Ok(reason) => Err(reason),
            Err(()) => Ok(()),
        }
    }

    /// Why it was aborted, if it was.
    pub(super) fn reason(&self) -> Option<Error> {
        Some(match self.shared.reason.get()? {
            Reason::Asked => Error::Aborted,
            Reason::Silence(silence_ms) => Error::Timeout { silence_ms },
        })
    }
}

/// A value of JavaScript as a signal; undefined and null are none. What counts is its shape: frameworks hand over
/// signals of another realm.
pub fn signal_from_js(value: &JsValue) -> Result<Option<AbortSignal>, Error> {
    if value.is_undefined() || value.is_null() {
        return Ok(None);
    }
    let has = |name: &str| Reflect::has(value, &name.into()).unwrap_or(false);
    if has("aborted") && has("addEventListener") {
        return Ok(Some(value.clone().unchecked_into()));
    }
    Err(Error::invalid("signal", "it must be an AbortSignal"))
}

struct Shared {
    /// Whose signal `fetch` follows.
    controller: AbortController,
    reason: Cell<Option<Reason>>,
    /// Those that wait until it is aborted.
    waiting: RefCell<Vec<Waker>>,
    listeners: RefCell<Vec<Listener>>,
}

#[derive(Clone, Copy, Debug)]
enum Reason {
    Asked,
    Silence(u32),
}

impl Shared {
    fn abort(&self, reason: Reason) {
        if self.reason.get().is_some() {
            return;
        }
        self.reason.set(Some(reason));
        self.controller.abort();
        for waker in self.waiting.take() {
            waker.wake();
        }
    }

    fn register(&self, waker: &Waker) {
        let mut waiting = self.waiting.borrow_mut();
        if !waiting.iter().any(|other| other.will_wake(waker)) {
            waiting.push(waker.clone());
        }
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared")
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}

/// What follows the caller's signal, until it is dropped.
struct Listener {
    signal: AbortSignal,
    callback: Closure<dyn FnMut()>,
}

impl Listener {
    fn new(signal: &AbortSignal, shared: Weak<Shared>) -> Self {
        let callback = Closure::new(move || {
            if let Some(shared) = shared.upgrade() {
                shared.abort(Reason::Asked);
            }
        });
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
