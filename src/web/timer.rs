//! The timers that every runtime has.

use super::Abort;
use crate::error::Error;
use gloo_timers::callback::Timeout;
use gloo_timers::future::TimeoutFuture;
use js_sys::Date;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// A longer timer would go off at once (WHATWG HTML, section 8.7: the delay is a signed 32-bit integer).
const MAX_MS: u32 = i32::MAX as u32;

/// Waits at least this many milliseconds, at most 24 days.
pub async fn sleep(ms: u32) {
    TimeoutFuture::new(ms.min(MAX_MS)).await;
}

/// Aborts once nothing came for so long. One timer serves all chunks: to set one costs more than to read a chunk.
#[derive(Debug)]
pub(super) struct IdleTimer {
    ms: u32,
    /// When it will have been too long, in milliseconds since 1970; infinite while nothing is waited for.
    deadline_ms: Cell<f64>,
    timer: RefCell<Option<Timeout>>,
    abort: Abort,
}

impl IdleTimer {
    pub(super) fn new(ms: u32, abort: Abort) -> Rc<Self> {
        Rc::new(Self {
            ms,
            deadline_ms: Cell::new(f64::INFINITY),
            timer: RefCell::default(),
            abort,
        })
    }

    /// Something is waited for from now on.
    pub(super) fn begin(self: &Rc<Self>) {
        self.touch(Date::now());
        if self.timer.borrow().is_none() {
            self.set(self.ms);
        }
    }

    /// Something came.
    pub(super) fn touch(&self, now_ms: f64) {
        self.deadline_ms.set(now_ms + f64::from(self.ms));
    }

    /// Nothing is waited for. The timer stays, since something may be soon again.
    pub(super) fn pause(&self) {
        self.deadline_ms.set(f64::INFINITY);
    }

    /// A timer left running would keep a Node process alive.
    pub(super) fn end(&self) {
        self.pause();
        self.timer.take();
    }

    fn set(self: &Rc<Self>, ms: u32) {
        let idle = Rc::downgrade(self);
        let went_off = move || {
            if let Some(idle) = idle.upgrade() {
                idle.went_off();
            }
        };
        let timer = Timeout::new(ms.min(MAX_MS), went_off);
        self.timer.replace(Some(timer));
    }

    fn went_off(self: &Rc<Self>) {
        self.timer.take();
        let left_ms = self.deadline_ms.get() - Date::now();
        if left_ms <= 0.0 {
            let silence_ms = self.ms;
            self.abort.abort_for(Error::Timeout { silence_ms });
        } else if left_ms.is_finite() {
            // Something came since it was set, or it went off too soon.
            self.set(left_ms.ceil() as u32);
        }
    }
}
