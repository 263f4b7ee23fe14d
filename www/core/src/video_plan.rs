//! A shorter, smaller or slower video: what it would cost, and the command that makes it.

use crate::video_curve::{CountedVideo, sampled_at, scaled, trimmed};
use tilewise::estimate::{Estimate, EstimateOptions, estimate};
use tilewise::media::{Kind, MediaFacts, Size, VideoFacts};
use tilewise::request::{Draft, Via};
use tilewise::units::decimal;

/// What is changed; `None` leaves it as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct VideoPlan {
    /// Frames a second.
    pub fps: Option<f64>,
    /// Share of each side, 0 to 1.
    pub side: Option<f64>,
    /// Seconds that are kept, from the start.
    pub seconds: Option<f64>,
}

impl VideoPlan {
    pub fn is_idle(&self) -> bool {
        *self == Self::default()
    }

    /// Tokens by the rule that counts the video; `None` where the facts lack what it needs.
    pub fn tokens(&self, counted: &CountedVideo<'_>) -> Option<u64> {
        let (stored, video) = self.of(counted.stored, counted.video);
        let options = sampled_at(self.sampled(counted.sample_fps));
        let count = counted.rules.video(counted.rule, stored, &video, &options);
        Some(count.ok()?.tokens)
    }

    /// The request with the video of this index changed. How long its file would be is not known.
    pub fn estimate(&self, draft: &Draft, index: usize, options: &EstimateOptions) -> Estimate {
        let mut draft = draft.clone();
        if let Some(part) = draft.media.get_mut(index) {
            self.apply(&mut part.facts);
            if let Via::Base64 { bytes } = &mut part.via {
                *bytes = None;
            }
        }
        let options = EstimateOptions {
            sample_fps: self.sampled(options.sample_fps),
            ..options.clone()
        };
        estimate(&draft, &options)
    }

    /// The command of ffmpeg that makes the video.
    pub fn command(&self, name: &str, stored: Size) -> String {
        let mut command = format!("ffmpeg -i {}", quoted(name));
        if let Some(seconds) = self.seconds {
            command += &format!(" -t {}", plain(seconds));
        }
        let mut filters = Vec::new();
        if let Some(fps) = self.fps {
            filters.push(format!("fps={}", plain(fps)));
        }
        if self.side.is_some() {
            let Size { width, height } = self.size(stored);
            filters.push(format!("scale={width}:{height}"));
        }
        if !filters.is_empty() {
            command += &format!(" -vf {}", filters.join(","));
        }
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        command + &format!(" -an {}", quoted(&format!("{stem}-small.mp4")))
    }

    fn sampled(&self, sample_fps: Option<f64>) -> Option<f64> {
        match (self.fps, sample_fps) {
            (Some(fps), Some(asked)) => Some(fps.min(asked)),
            (own, asked) => own.or(asked),
        }
    }

    fn apply(&self, facts: &mut MediaFacts) {
        let stored = facts.stored();
        let Kind::Video(video) = &mut facts.kind else {
            return;
        };
        let (size, changed) = self.of(stored, video);
        *video = changed;
        (facts.width, facts.height) = (size.width, size.height);
        (facts.display_width, facts.display_height) = (size.width, size.height);
        facts.bytes = None;
    }

    fn of(&self, stored: Size, video: &VideoFacts) -> (Size, VideoFacts) {
        let whole = video.duration_ms.map(|ms| ms / 1_000.0);
        let share = self
            .seconds
            .zip(whole)
            .map_or(1.0, |(kept, whole)| kept / whole);
        (self.size(stored), trimmed(video, share.clamp(0.0, 1.0)))
    }

    /// Sides are even, as H.264 with halved colours wants them.
    fn size(&self, stored: Size) -> Size {
        let Some(side) = self.side else { return stored };
        let Size { width, height } = scaled(stored, side);
        let even = |side: u64| (side / 2 * 2).max(2);
        Size::new(even(width), even(height))
    }
}

/// For a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Without marks between thousands.
fn plain(number: f64) -> String {
    decimal(number).replace(',', "")
}
