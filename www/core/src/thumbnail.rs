//! Which frame stands for a video.

use tilewise::media::VideoFacts;

/// Behind the black that many begin with.
const SHARE: f64 = 0.1;
/// Of a long video no more than this is skipped.
const MAX_SECONDS: f64 = 3.0;

/// At which second it is; the first where the length is not known.
pub fn frame_at(video: &VideoFacts) -> f64 {
    let seconds = video.duration_ms.map_or(0.0, |ms| ms / 1_000.0);
    (seconds * SHARE).clamp(0.0, MAX_SECONDS)
}
