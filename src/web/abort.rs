//! Ends what is under way: by the caller's own signal, by a call, or after too long a silence.

use crate::error::Error;
use js_sys::{Function, Reflect};
use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::rc::Rc;
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
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] in a runtime without `AbortController`.
    pub fn new(outer: Option<&AbortSignal>) -> Result<Self, Error> {
        let controller = AbortController::new()
            .map_err(|_| Error::invalid("runtime", "it has no AbortController"))?;
        let abort = Self {
            shared: Rc::new(Shared {
                controller,
                reason: RefCell::default(),
                waiting: RefCell::default(),
                listeners: RefCell::default(),
            }),
        };
        if let Some(outer) = outer {
            abort.follow(outer);
        }
        Ok(abort)
    }

    /// Follows a signal, beside those that it follows.
    pub fn follow(&self, outer: &AbortSignal) {
        if outer.aborted() {
            return self.abort();
        }
        let shared = Rc::downgrade(&self.shared);
        let on_abort = Closure::new(move || {
            if let Some(shared) = shared.upgrade() {
                Self { shared }.abort();
            }
        });
        let listener = Listener {
            signal: outer.clone(),
            on_abort,
        };
        // Fails for no kind of signal.
        let _ = outer.add_event_listener_with_callback("abort", listener.function());
        self.shared.listeners.borrow_mut().push(listener);
    }

    /// Ends the request with [`Error::Aborted`], unless it has ended for another reason.
    pub fn abort(&self) {
        self.abort_for(Error::Aborted);
    }

    /// Whether the request was aborted, for whichever reason.
    pub fn is_aborted(&self) -> bool {
        self.shared.reason.borrow().is_some()
    }

    /// The first reason stays.
    pub(super) fn abort_for(&self, reason: Error) {
        if self.is_aborted() {
            return;
        }
        self.shared.reason.replace(Some(reason));
        self.shared.controller.abort();
        for waker in self.shared.waiting.take() {
            waker.wake();
        }
    }

    /// The request is over. An answer without a body may keep its connection open, and a Node process with it;
    /// and the caller's signal may outlive all that follows it.
    pub(super) fn end(&self) {
        self.shared.listeners.take();
        self.shared.controller.abort();
    }

    /// For `fetch` to follow.
    pub(super) fn signal(&self) -> AbortSignal {
        self.shared.controller.signal()
    }

    /// Why it was aborted, if it was.
    pub(super) fn reason(&self) -> Option<Error> {
        self.shared.reason.borrow().clone()
    }

    /// Resolves when it is aborted.
    pub(super) fn aborted(&self) -> impl Future<Output = Error> {
        poll_fn(|context| match self.reason() {
            Some(reason) => Poll::Ready(reason),
            None => {
                let mut waiting = self.shared.waiting.borrow_mut();
                let waker = context.waker();
                if !waiting.iter().any(|other| other.will_wake(waker)) {
                    waiting.push(waker.clone());
                }
                Poll::Pending
            }
        })
    }
}

/// A value of JavaScript as a signal; undefined and null are none. What counts is its shape: frameworks hand over
/// signals of another realm.
///
/// # Errors
///
/// [`Error::InvalidArgument`] for anything but a signal, undefined and null.
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

#[derive(Debug)]
struct Shared {
    controller: AbortController,
    reason: RefCell<Option<Error>>,
    /// Those that wait until it is aborted.
    waiting: RefCell<Vec<Waker>>,
    listeners: RefCell<Vec<Listener>>,
}

/// What follows the caller's signal, until it is dropped.
#[derive(Debug)]
struct Listener {
    signal: AbortSignal,
    on_abort: Closure<dyn FnMut()>,
}

impl Listener {
    fn function(&self) -> &Function {
        self.on_abort.as_ref().unchecked_ref()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self
            .signal
            .remove_event_listener_with_callback("abort", self.function());
    }
}
