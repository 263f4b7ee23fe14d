//! A chat as the package's `ChatStream` drives it.

use super::convert::{from_js, to_js};
use super::draft::JsDraft;
use super::options::{ChatOptions, EndpointOptions};
use crate::error::Error;
use crate::estimate::require_allowed;
use crate::stream::session::Session;
use crate::web::{Abort, FetchEndpoint};
use std::cell::RefCell;
use wasm_bindgen::prelude::*;

/// One request and its answer.
#[derive(Debug)]
#[wasm_bindgen]
pub struct ChatSession {
    /// Taken out while the next event is awaited, so that `abort` is free meanwhile.
    session: RefCell<Option<Session<FetchEndpoint>>>,
    abort: Abort,
}

#[wasm_bindgen]
impl ChatSession {
    /// Refuses a draft that the endpoint's published limits forbid, unless forced.
    #[wasm_bindgen(constructor)]
    pub fn new(draft: JsValue, options: JsValue) -> Result<Self, JsValue> {
        let JsDraft { draft, data } = JsDraft::from_js(draft)?;
        let refusal: ChatOptions = from_js("options", options.clone())?;
        if !refusal.is_forced() {
            require_allowed(&draft, &refusal.estimate()?)?;
        }
        let options: EndpointOptions = from_js("options", options)?;
        let max_retries = options.max_retries();
        let (options, abort) = options.build()?;
        let endpoint = FetchEndpoint::new(&draft, data, options, abort.clone())?;
        let session = Session::new(endpoint).with_max_retries(max_retries);
        Ok(Self {
            session: RefCell::new(Some(session)),
            abort,
        })
    }

    /// The next events, an array, which is empty at the end. To be called again only when it has resolved.
    pub async fn next(&self) -> Result<JsValue, JsValue> {
        let taken = self.session.borrow_mut().take();
        let mut session =
            taken.ok_or_else(|| Error::invalid("next", "events are already awaited"))?;
        let events = session.next_events().await;
        self.session.replace(Some(session));
        to_js(&events?)
    }

    /// The answer so far.
    pub fn result(&self) -> Result<JsValue, JsValue> {
        match &*self.session.borrow() {
            Some(session) => to_js(session.result()),
            None => Err(Error::invalid("result", "events are awaited").into()),
        }
    }

    pub fn abort(&self) {
        self.abort.abort();
    }
}
