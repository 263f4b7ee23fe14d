//! The probe as the package drives it, in two binaries: of the pictures that models take in one, of all else in the other.

use super::most;
use super::outcome::{failure, outcome};
use crate::error::Error;
use crate::probe::{DEFAULT_MAX_READS, Probe, ProbeError, Scope, Step, data_url_in};
use crate::remote::MAX_READS;
use wasm_bindgen::prelude::*;

#[cfg(feature = "wasm")]
const SCOPE: Scope = Scope::WEB;
#[cfg(not(feature = "wasm"))]
const SCOPE: Scope = Scope::OTHERS;

/// What is said in place of facts where the other binary must look.
const ELSEWHERE: &str = "?";

/// A conversation about one file.
#[derive(Debug)]
#[wasm_bindgen]
pub struct MediaProbe {
    probe: Probe,
    start: f64,
    end: f64,
}

#[wasm_bindgen]
impl MediaProbe {
    /// `length` is the size of the file in bytes, where it is known; `max_bytes` are 8 MiB unless told
    /// otherwise.
    #[wasm_bindgen(constructor)]
    pub fn new(length: Option<f64>, max_bytes: Option<f64>) -> Self {
        // Casts saturate, and sizes in JavaScript are whole numbers below 2⁵³.
        let length = length.map(|length| length as u64);
        // Only of a file behind a URL is the length not known from the start.
        let max_reads = match length {
            Some(_) => DEFAULT_MAX_READS,
            None => MAX_READS,
        };
        Self {
            probe: Probe::new(length)
                .with_max_bytes(most(max_bytes))
                .with_max_reads(max_reads)
                .with_scope(SCOPE),
            start: 0.0,
            end: 0.0,
        }
    }

    /// Nothing while it needs the bytes from `start` to `end`; then the facts, an error, or a question mark
    /// where the other binary must look.
    pub fn step(&mut self) -> Option<String> {
        match self.probe.step() {
            Ok(Step::Need(range)) => {
                (self.start, self.end) = (range.start as f64, range.end as f64);
                None
            }
            Ok(Step::Done(facts)) => Some(outcome(Ok(facts))),
            Err(error) => Some(without_facts(error.into())),
        }
    }

    #[wasm_bindgen(getter)]
    pub fn start(&self) -> f64 {
        self.start
    }

    #[wasm_bindgen(getter)]
    pub fn end(&self) -> f64 {
        self.end
    }

    /// Hands over bytes from `start` on; none says that the file ends there.
    pub fn supply(&mut self, bytes: &[u8]) {
        self.probe.supply(bytes);
    }

    #[wasm_bindgen(js_name = setLength)]
    pub fn set_length(&mut self, length: f64) {
        self.probe.set_length(length as u64);
    }
}

/// Facts of what lies in a `data:` URL, or as [`MediaProbe::step`].
#[wasm_bindgen(js_name = inspectDataUrl)]
pub fn inspect_data_url(url: &str, max_bytes: Option<f64>) -> String {
    match data_url_in(url, most(max_bytes), SCOPE) {
        Ok(facts) => outcome(Ok(facts)),
        Err(error) => without_facts(error),
    }
}

fn without_facts(error: Error) -> String {
    match error {
        Error::Probe(ProbeError::OtherFormat) => ELSEWHERE.to_owned(),
        error => failure(&error),
    }
}
