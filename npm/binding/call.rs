//! Calls that take time. The package polls them by itself, so that a panic in one is caught where it was called, and
//! does not end a program as an unhandled error.

use js_sys::Function;
use std::cell::RefCell;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use wasm_bindgen::prelude::*;

pub(crate) type Outcome = Result<JsValue, JsValue>;

pub(crate) type Work = Pin<Box<dyn Future<Output = Outcome>>>;

thread_local! {
    /// By their numbers. A call that is over, or is being polled, is not there.
    static CALLS: RefCell<Vec<Option<(Work, Waker)>>> = const { RefCell::new(Vec::new()) };
    /// Numbers of calls that are over, to be used again.
    static FREE: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
    static ON_WAKE: RefCell<Option<Function>> = const { RefCell::new(None) };
}

/// Calls back with the number of each call that can go on.
#[wasm_bindgen(js_name = onWake)]
pub fn on_wake(callback: Function) {
    ON_WAKE.set(Some(callback));
}

/// Goes on with a call: undefined while it waits, then its result.
#[wasm_bindgen]
pub fn poll(id: u32) -> Outcome {
    // Taken out while it runs: what it calls may call back.
    let taken = CALLS.with_borrow_mut(|calls| calls.get_mut(id as usize)?.take());
    let Some((mut work, waker)) = taken else {
        return Ok(JsValue::UNDEFINED);
    };
    match work.as_mut().poll(&mut Context::from_waker(&waker)) {
        Poll::Ready(outcome) => {
            FREE.with_borrow_mut(|free| free.push(id));
            outcome
        }
        Poll::Pending => {
            put(id, work, waker);
            Ok(JsValue::UNDEFINED)
        }
    }
}

/// The result of work that need not wait; else the number of a call, which goes on when it is polled.
pub(crate) fn begin(work: impl Future<Output = Outcome> + 'static) -> Outcome {
    let id = FREE.with_borrow_mut(Vec::pop).unwrap_or_else(|| {
        CALLS.with_borrow_mut(|calls| {
            calls.push(None);
            // No program has more calls under way than 32 bits count.
            calls.len() as u32 - 1
        })
    });
    put(id, Box::pin(work), Waker::from(Arc::new(Call(id))));
    let result = poll(id)?;
    Ok(if result.is_undefined() {
        id.into()
    } else {
        result
    })
}

fn put(id: u32, work: Work, waker: Waker) {
    CALLS.with_borrow_mut(|calls| {
        if let Some(call) = calls.get_mut(id as usize) {
            *call = Some((work, waker));
        }
    });
}

struct Call(u32);

impl Wake for Call {
    fn wake(self: Arc<Self>) {
        ON_WAKE.with_borrow(|callback| {
            if let Some(callback) = callback {
                // It only notes the number.
                let _ = callback.call1(&JsValue::UNDEFINED, &self.0.into());
            }
        });
    }
}
