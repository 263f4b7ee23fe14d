//! The body of an answer, read chunk by chunk.
//!
//! Two functions serve all its chunks. A future for each would make two of its own each time, and take another turn
//! of the event loop: that costs more than to read a chunk.

use super::Abort;
use super::failure::broken_off;
use super::timer::IdleTimer;
use crate::error::Error;
use crate::stream::session::Receiver;
use js_sys::{Date, Function, Promise, Uint8Array};
use std::cell::RefCell;
use std::fmt;
use std::future::poll_fn;
use std::mem::take;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::ReadableStream;

#[wasm_bindgen]
extern "C" {
    type ByteReader;

    #[wasm_bindgen(method)]
    fn read(this: &ByteReader) -> Read;

    #[wasm_bindgen(method)]
    fn cancel(this: &ByteReader) -> Promise;

    /// The promise of a [`ReadResult`].
    type Read;

    /// Without the promise that it gives, which is not needed.
    #[wasm_bindgen(method)]
    fn then(this: &Read, on_chunk: &Function, on_error: &Function);

    type ReadResult;

    /// `None` at the end.
    #[wasm_bindgen(method, getter)]
    fn value(this: &ReadResult) -> Option<Uint8Array>;

    /// As `Uint8Array::copy_to`, which looks at the length once more.
    #[wasm_bindgen(js_namespace = ["Uint8Array", "prototype", "set"], js_name = call)]
    fn copy(into: &mut [u8], from: &Uint8Array);
}

/// A body under way.
#[derive(Debug)]
pub(super) struct Reader {
    reading: Rc<Reading>,
}

impl Reader {
    pub(super) fn new(body: &ReadableStream, abort: Abort, idle: Rc<IdleTimer>) -> Self {
        let reading = Rc::new(Reading {
            reader: body.get_reader().unchecked_into(),
            abort,
            idle,
            handlers: RefCell::default(),
            state: RefCell::default(),
        });
        reading.handlers.replace(Some(Handlers::new(&reading)));
        Self { reading }
    }

    /// The next bytes, or `None` at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<u8>>, Error> {
        self.reading.begin();
        let chunk = poll_fn(|context| self.reading.poll_chunk(context)).await;
        self.reading.idle.pause();
        chunk
    }

    /// Hands on chunk after chunk as it comes, for as long as it is read on, and gives the receiver back.
    pub(super) async fn pump(&mut self, mut receiver: Receiver) -> Receiver {
        let early = self.reading.state.borrow_mut().chunk.take();
        if let Some(chunk) = early {
            let chunk = chunk.as_ref().map(Option::as_deref).map_err(Error::clone);
            if !receiver.take(chunk, Date::now()) {
                return receiver;
            }
        }
        self.reading.state.borrow_mut().pump = Pump::Running(receiver);
        self.reading.begin();
        let receiver = poll_fn(|context| self.reading.poll_pump(context)).await;
        self.reading.idle.pause();
        receiver
    }
}

/// A reader that is dropped frees the connection.
impl Drop for Reader {
    fn drop(&mut self) {
        self.reading.idle.end();
        let state = self.reading.state.replace(State {
            is_dropped: true,
            ..State::default()
        });
        // A function that is called when it is no more would be an unhandled rejection.
        if !state.is_reading {
            self.reading.let_go();
        }
        let cancelled = self.reading.reader.cancel();
        // Rejects for a stream that broke, which must not surface as an unhandled rejection.
        spawn_local(async {
            let _ = JsFuture::from(cancelled).await;
        });
    }
}

struct Reading {
    reader: ByteReader,
    abort: Abort,
    idle: Rc<IdleTimer>,
    /// They hold this in turn, until nothing is read any more.
    handlers: RefCell<Option<Handlers>>,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    /// A read is under way.
    is_reading: bool,
    is_dropped: bool,
    pump: Pump,
    /// What came while there was no pump.
    chunk: Option<Result<Option<Vec<u8>>, Error>>,
    waker: Option<Waker>,
    /// Of the last chunk, for the next.
    buffer: Vec<u8>,
}

#[derive(Default)]
enum Pump {
    #[default]
    None,
    Running(Receiver),
    /// It does not read on.
    Stopped(Receiver),
}

impl Reading {
    fn begin(&self) {
        self.idle.begin();
        let is_due = {
            let state = self.state.borrow();
            !state.is_reading && state.chunk.is_none()
        };
        if is_due && !self.abort.is_aborted() {
            self.read();
        }
    }

    fn read(&self) {
        if let Some(handlers) = &*self.handlers.borrow() {
            self.state.borrow_mut().is_reading = true;
            self.reader
                .read()
                .then(handlers.on_chunk(), handlers.on_error());
        }
    }

    /// Called with each chunk.
    fn chunk_came(&self, result: &ReadResult) {
        let mut buffer = take(&mut self.state.borrow_mut().buffer);
        let value = result.value();
        let chunk = value.map(|value| copied(&value, &mut buffer));
        self.came(Ok(chunk));
        self.state.borrow_mut().buffer = buffer;
    }

    fn came(&self, chunk: Result<Option<&[u8]>, Error>) {
        let now_ms = Date::now();
        let pump = {
            let mut state = self.state.borrow_mut();
            state.is_reading = false;
            take(&mut state.pump)
        };
        if self.state.borrow().is_dropped {
            return self.let_go();
        }
        self.idle.touch(now_ms);
        let pump = match pump {
            // Whoever takes what came may abort, which ends as every abort does: see `poll_pump`.
            Pump::Running(receiver) if self.abort.is_aborted() => Pump::Running(receiver),
            Pump::Running(mut receiver) => {
                if receiver.take(chunk, now_ms) {
                    Pump::Running(receiver)
                } else {
                    Pump::Stopped(receiver)
                }
            }
            other => {
                let chunk = chunk.map(|bytes| bytes.map(<[u8]>::to_vec));
                self.state.borrow_mut().chunk = Some(chunk);
                other
            }
        };
        let reads_on = matches!(pump, Pump::Running(_)) && !self.abort.is_aborted();
        self.state.borrow_mut().pump = pump;
        if reads_on {
            return self.read();
        }
        let waker = self.state.borrow_mut().waker.take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn poll_chunk(&self, context: &Context<'_>) -> Poll<Result<Option<Vec<u8>>, Error>> {
        if let Some(reason) = self.abort.reason() {
            return Poll::Ready(Err(reason));
        }
        if let Some(chunk) = self.state.borrow_mut().chunk.take() {
            return Poll::Ready(chunk);
        }
        self.wait(context)
    }

    fn poll_pump(&self, context: &Context<'_>) -> Poll<Receiver> {
        let pump = take(&mut self.state.borrow_mut().pump);
        match (pump, self.abort.reason()) {
            (Pump::Stopped(receiver), _) => Poll::Ready(receiver),
            (Pump::Running(mut receiver), Some(reason)) => {
                receiver.take(Err(reason), Date::now());
                Poll::Ready(receiver)
            }
            (pump, _) => {
                self.state.borrow_mut().pump = pump;
                self.wait(context)
            }
        }
    }

    fn wait<T>(&self, context: &Context<'_>) -> Poll<T> {
        self.abort.register(context.waker());
        self.state.borrow_mut().waker = Some(context.waker().clone());
        Poll::Pending
    }

    fn let_go(&self) {
        // Taken first: to drop them may drop this.
        let handlers = self.handlers.take();
        drop(handlers);
    }
}

impl fmt::Debug for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reading")
            .field("abort", &self.abort)
            .finish_non_exhaustive()
    }
}

/// What JavaScript calls with the outcome of a read.
struct Handlers {
    on_chunk: Closure<dyn Fn(ReadResult)>,
    on_error: Closure<dyn Fn(JsValue)>,
}

impl Handlers {
    fn new(reading: &Rc<Reading>) -> Self {
        let (of_chunk, of_error) = (Rc::clone(reading), Rc::clone(reading));
        Self {
            on_chunk: Closure::new(move |result: ReadResult| of_chunk.chunk_came(&result)),
            on_error: Closure::new(move |cause: JsValue| {
                of_error.came(Err(broken_off(&of_error.abort, &cause)));
            }),
        }
    }

    fn on_chunk(&self) -> &Function {
        self.on_chunk.as_ref().unchecked_ref()
    }

    fn on_error(&self) -> &Function {
        self.on_error.as_ref().unchecked_ref()
    }
}

/// Bytes of JavaScript, copied once into memory that is used again.
fn copied<'a>(value: &Uint8Array, buffer: &'a mut Vec<u8>) -> &'a [u8] {
    let length = value.length() as usize;
    if buffer.len() < length {
        buffer.resize(length, 0);
    }
    let bytes = buffer.get_mut(..length).unwrap_or_default();
    copy(bytes, value);
    bytes
}
