//! Calls that take time. The package polls them by itself, so that a panic in one is caught where it was called, and
//! does not end a program as an unhandled error.

use js_sys::Function;
use std::cell::RefCell;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use wasm_bindgen::prelude::*;

type Outcome = Result<JsValue, JsValue>;

type Work = Pin<Box<dyn Future<Output = Outcome>>>;

thread_local! {
    /// By their numbers, which are used again.
    static CALLS: RefCell<Vec<Slot>> = const { RefCell::new(Vec::new()) };
    static ON_WAKE: RefCell<Option<Function>> = const { RefCell::new(None) };
}

enum Slot {
    Free,
    /// Its call is being polled.
    Taken,
    Waiting(Work),
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
    let Some(mut work) = take(id) else {
        return Ok(JsValue::UNDEFINED);
    };
    let waker = Waker::from(Arc::new(Call(id)));
    match work.as_mut().poll(&mut Context::from_waker(&waker)) {
        Poll::Ready(outcome) => {
            put(id, Slot::Free);
            outcome
        }
        Poll::Pending => {
            put(id, Slot::Waiting(work));
            Ok(JsValue::UNDEFINED)
        }
    }
}

/// The number of a call, which goes on when it is polled.
pub(crate) fn begin(work: impl Future<Output = Outcome> + 'static) -> u32 {
    let slot = Slot::Waiting(Box::pin(work));
    CALLS.with_borrow_mut(|calls| {
        let free = calls.iter().position(|slot| matches!(slot, Slot::Free));
        match free.and_then(|index| calls.get_mut(index)) {
            Some(free) => *free = slot,
            None => calls.push(slot),
        }
        // No program has more calls under way than 32 bits count.
        free.unwrap_or(calls.len() - 1) as u32
    })
}

/// `None` of a call that is over, or is being polled.
fn take(id: u32) -> Option<Work> {
    CALLS.with_borrow_mut(|calls| {
        let slot = calls.get_mut(id as usize)?;
        match std::mem::replace(slot, Slot::Taken) {
            Slot::Waiting(work) => Some(work),
            other => {
                *slot = other;
                None
            }
        }
    })
}

fn put(id: u32, slot: Slot) {
    CALLS.with_borrow_mut(|calls| {
        if let Some(place) = calls.get_mut(id as usize) {
            *place = slot;
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
