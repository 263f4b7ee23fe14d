//! The timers that every runtime has.

use js_sys::Date;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::poll_fn;
use std::rc::{Rc, Weak};
use std::task::{Poll, Waker};
use wasm_bindgen::prelude::*;

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
    #[derive(Default)]
    struct Wait {
        is_over: Cell<bool>,
        waker: RefCell<Option<Waker>>,
    }

    let wait = Rc::new(Wait::default());
    let rung = Rc::clone(&wait);
    let callback = Closure::<dyn FnMut()>::new(move || {
        rung.is_over.set(true);
        if let Some(waker) = rung.waker.take() {
            waker.wake();
        }
    });
    let _timer = Timer::set(&callback, ms);
    poll_fn(|context| {
        if wait.is_over.get() {
            return Poll::Ready(());
        }
        wait.waker.replace(Some(context.waker().clone()));
        Poll::Pending
    })
    .await;
}

/// Calls back once nothing came for so long. One timer serves all chunks: to set one costs more than to read a chunk.
#[derive(Debug)]
pub(super) struct IdleTimer {
    idle: Rc<Idle>,
}

struct Idle {
    ms: u32,
    /// When it will have been too long, in milliseconds since 1970; infinite while nothing is waited for.
    deadline_ms: Cell<f64>,
    timer: RefCell<Option<Timer>>,
    on_timer: Closure<dyn FnMut()>,
}

impl IdleTimer {
    pub(super) fn new(ms: u32, on_idle: impl Fn() + 'static) -> Self {
        let ms = ms.min(LONGEST_MS);
        let idle = Rc::new_cyclic(|idle: &Weak<Idle>| {
            let idle = Weak::clone(idle);
            let on_timer = move || {
                if idle.upgrade().is_some_and(|idle| idle.is_too_long()) {
                    on_idle();
                }
            };
            Idle {
                ms,
                deadline_ms: Cell::new(f64::INFINITY),
                timer: RefCell::default(),
                on_timer: Closure::new(on_timer),
            }
        });
        Self { idle }
    }

    /// Something is waited for from now on.
    pub(super) fn begin(&self) {
        self.touch(Date::now());
        if self.idle.timer.borrow().is_none() {
            self.idle.set(self.idle.ms);
        }
    }

    /// Something came.
    pub(super) fn touch(&self, now_ms: f64) {
        self.idle.deadline_ms.set(now_ms + f64::from(self.idle.ms));
    }

    /// Nothing is waited for. The timer stays, since something may be soon again.
    pub(super) fn pause(&self) {
        self.idle.deadline_ms.set(f64::INFINITY);
    }

    /// A timer left running would keep a Node process alive.
    pub(super) fn end(&self) {
        self.pause();
        self.idle.timer.take();
    }
}

impl Idle {
    fn set(&self, ms: u32) {
        self.timer.replace(Some(Timer::set(&self.on_timer, ms)));
    }

    /// Asked when the timer went off, which it may have done too soon.
    fn is_too_long(&self) -> bool {
        self.timer.take();
        let left_ms = self.deadline_ms.get() - Date::now();
        if left_ms <= 0.0 {
            return true;
        }
        if left_ms.is_finite() {
            self.set((left_ms.ceil() as u32).min(LONGEST_MS));
        }
        false
    }
}

impl fmt::Debug for Idle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Idle")
            .field("ms", &self.ms)
            .field("deadline_ms", &self.deadline_ms)
            .finish_non_exhaustive()
    }
}

/// A timer that is cleared when it is dropped.
#[derive(Debug)]
struct Timer {
    timer: JsValue,
}

impl Timer {
    fn set(callback: &Closure<dyn FnMut()>, ms: u32) -> Self {
        Self {
            timer: set_timeout(callback.as_ref().unchecked_ref(), ms.min(LONGEST_MS)),
        }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        clear_timeout(&self.timer);
    }
}
