//! Rates by the times of frames, which are told in milliseconds.

use super::video::MAX_RATE;

/// Times are rounded, and by some writers twice.
const TOLERANCE: f64 = 2.0;

fn gaps(times: &[u64]) -> impl Iterator<Item = f64> {
    times.windows(2).filter_map(|pair| match pair {
        [one, next] => Some(next.saturating_sub(*one) as f64),
        _ => None,
    })
}

/// Whether frames that are shown at these times, in order, are so many a second. No times contradict no rate.
pub(super) fn keeps_to(times: &[u64], rate: f64) -> bool {
    let step = 1000.0 / rate;
    let is_usable = rate.is_normal() && rate > 0.0 && rate <= MAX_RATE;
    is_usable && gaps(times).all(|gap| (gap - step).abs() <= TOLERANCE)
}

/// Frames a second that videos have (ISO/IEC 13818-2, table 6-4).
pub(super) const CUSTOMARY_RATES: [f64; 8] = [
    24_000.0 / 1001.0,
    24.0,
    25.0,
    30_000.0 / 1001.0,
    30.0,
    50.0,
    60_000.0 / 1001.0,
    60.0,
];

/// Frames a second of those that are shown at these times, in order; `None` where they do not keep to a rate. One gap
/// is none.
pub(super) fn measured(times: &[u64]) -> Option<f64> {
    let count = times.len().checked_sub(1).filter(|count| *count > 1)?;
    /// By how much the rounding of two times changes what lies between them.
    const ROUNDING: f64 = 1.0;
    let span = times.last()?.saturating_sub(*times.first()?) as f64;
    let error = |rate: &f64| (1000.0 * count as f64 / rate - span).abs();
    let customary = CUSTOMARY_RATES.into_iter();
    let nearest = customary.min_by(|one, other| error(one).total_cmp(&error(other)));
    let rate = nearest
        .filter(|rate| error(rate) <= ROUNDING)
        .unwrap_or(1000.0 * count as f64 / span);
    keeps_to(times, rate).then_some(rate)
}
