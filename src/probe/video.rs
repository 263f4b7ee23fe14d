//! What a reader of videos has found, and what follows from it.

use crate::media::{Format, MediaFacts, Rotation, Size, VideoFacts};

/// Frames a second that any video has at most. What claims more counts ticks of a clock.
pub(super) const MAX_RATE: f64 = 480.0;

/// Whatever a container says of its first video track and of itself. What it does not say stays at its
/// default, and is null in the facts unless it follows from the rest.
#[derive(Debug)]
pub(super) struct Video {
    pub(super) format: Format,
    /// Size in pixels of a frame as a decoder yields it.
    pub(super) stored: Size,
    /// Width and height of a pixel, in proportion.
    pub(super) pixel: (u64, u64),
    /// Size at which a player shows a frame before it turns it, where the container says that outright.
    pub(super) shown: Option<Size>,
    pub(super) rotation: Rotation,
    pub(super) codec: Option<String>,
    pub(super) has_audio: Option<bool>,
    pub(super) seconds: Option<f64>,
    pub(super) frames: Option<u64>,
    /// Whether the frames were not counted, but follow from a duration and a rate.
    pub(super) frames_derived: bool,
    /// Average frames a second.
    pub(super) frame_rate: Option<f64>,
}

impl Video {
    pub(super) fn new(format: Format) -> Self {
        Self {
            format,
            stored: Size::new(0, 0),
            pixel: (1, 1),
            shown: None,
            rotation: Rotation::None,
            codec: None,
            has_audio: None,
            seconds: None,
            frames: None,
            frames_derived: false,
            frame_rate: None,
        }
    }

    pub(super) fn facts(self) -> MediaFacts {
        let is_counted = self.frames.is_some_and(|frames| frames > 0) && !self.frames_derived;
        let (seconds, frames, frame_rate) = timing(self.seconds, self.frames, self.frame_rate);
        let (across, down) = self.pixel;
        let shown = self
            .shown
            .unwrap_or_else(|| self.stored.with_square_pixels(across, down));
        let video = VideoFacts {
            rotation: self.rotation,
            duration_ms: seconds.map(|seconds| seconds * 1000.0),
            frame_rate,
            frame_count: frames,
            frames_derived: frames.is_some() && !is_counted,
            codec: self.codec,
            has_audio: self.has_audio,
        };
        MediaFacts::video_shown_as(self.format, self.stored, shown, video)
    }
}

/// Any two of duration, frames and average rate give the third. Numbers that no video has count as
/// unknown.
fn timing(
    seconds: Option<f64>,
    frames: Option<u64>,
    frame_rate: Option<f64>,
) -> (Option<f64>, Option<u64>, Option<f64>) {
    /// Less is no time at all.
    const LEAST_SECONDS: f64 = 1e-6;
    let seconds = seconds.filter(|seconds| seconds.is_finite() && *seconds >= LEAST_SECONDS);
    let frames = frames.filter(|frames| *frames > 0);
    let frame_rate = frame_rate.filter(|rate| *rate > 0.0 && *rate <= MAX_RATE);
    match (seconds, frames, frame_rate) {
        // What is counted wins over what is claimed.
        (Some(seconds), Some(frames), _) => {
            (Some(seconds), Some(frames), Some(frames as f64 / seconds))
        }
        (Some(seconds), None, Some(rate)) => {
            // A cast saturates.
            let frames = ((seconds * rate).round() as u64).max(1);
            (Some(seconds), Some(frames), Some(rate))
        }
        (None, Some(frames), Some(rate)) => (Some(frames as f64 / rate), Some(frames), Some(rate)),
        rest => rest,
    }
}
