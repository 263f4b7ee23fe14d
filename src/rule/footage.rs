//! How many frames a video offers to those that sample it.

use super::Refusal;
use crate::media::VideoFacts;

/// Frames a second of a video whose own rate is not known, as `transformers` takes it.
const ASSUMED_RATE: f64 = 24.0;

/// A video's frames and their rate, as doubles: the models' code computes in them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Footage {
    pub(super) frames: f64,
    pub(super) rate: f64,
}

impl Footage {
    pub(super) fn of(video: &VideoFacts) -> Result<Self, Refusal> {
        let usable =
            |number: f64| Some(number).filter(|number| number.is_finite() && *number > 0.0);
        let seconds = video.duration_ms.and_then(usable).map(|ms| ms / 1000.0);
        let counted = video
            .frame_count
            .filter(|frames| *frames > 0)
            .map(|frames| frames as f64);
        let average = || usable(counted? / seconds?);
        let rate = video
            .frame_rate
            .and_then(usable)
            .or_else(average)
            .unwrap_or(ASSUMED_RATE);
        let frames = counted.or_else(|| Some((seconds? * rate).round().max(1.0)));
        Ok(Self {
            frames: frames.ok_or(Refusal::UnknownLength)?,
            rate,
        })
    }

    pub(super) fn seconds(&self) -> f64 {
        self.frames / self.rate
    }

    /// Digits of the whole seconds of the last time stamp, at most.
    pub(super) fn digits(&self) -> u64 {
        digits(self.seconds() as u64)
    }
}

/// Decimal digits of a number.
pub(super) fn digits(number: u64) -> u64 {
    number.checked_ilog10().map_or(1, |log| u64::from(log) + 1)
}
