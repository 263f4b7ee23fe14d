//! A body that another client wrote, as the package holds it. The work is done in the part that counts such bodies.

use crate::call::Outcome;
use js_sys::{Array, Function};
use std::fmt;
use wasm_bindgen::prelude::*;

/// A body with strings that stay outside.
pub(crate) struct Outside {
    /// What stands between those strings.
    pub(crate) texts: Array,
    /// How long they are.
    pub(crate) lengths: Vec<f64>,
    /// Gives a part of one: its number, from, to.
    pub(crate) read: Function,
}

/// What can be done with a body that was read.
pub(crate) trait Ask {
    fn ask(&mut self, task: &str, argument: &JsValue) -> Outcome;

    fn push(&mut self, chunk: &[u8]) -> bool;
}

/// A body that was read, and later its answer.
#[wasm_bindgen]
pub struct BodyCall(pub(crate) Box<dyn Ask>);

impl fmt::Debug for BodyCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BodyCall")
    }
}

#[wasm_bindgen]
impl BodyCall {
    /// Does one of the tasks that `npm/src/body.ts` names.
    pub fn ask(&mut self, task: &str, argument: &JsValue) -> Outcome {
        self.0.ask(task, argument)
    }

    /// The next bytes of the answer. Gives whether it is complete, whatever follows.
    pub fn push(&mut self, chunk: &[u8]) -> bool {
        self.0.push(chunk)
    }
}
