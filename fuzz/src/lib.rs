//! What every target checks.

#[path = "../../tests/core/source.rs"]
mod source;

use libfuzzer_sys::Corpus;
use tilewise::media::Format;
use tilewise::probe::ProbeError;

/// Probes a file of a family in every way. Files of other families are left to their own target.
pub fn check(file: &[u8], family: &[Format]) -> Corpus {
    match source::probe_every_way(file) {
        Ok(facts) if family.contains(&facts.format) => Corpus::Keep,
        Err(ProbeError::Malformed { format, .. }) if family.contains(&format) => Corpus::Keep,
        Err(ProbeError::Truncated { .. }) => Corpus::Keep,
        _ => Corpus::Reject,
    }
}
