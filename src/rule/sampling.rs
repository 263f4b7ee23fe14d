//! Which frames of a video the model looks at (moonshotai/Kimi-K2.5, `kimi_k25_vision_processing.py`,
//! `split_video_chunks`).

use crate::media::VideoFacts;

/// The frames that are looked at, in chunks. Each is computed when it is asked for: a header may claim
/// any number of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sampling {
    frames: u64,
    frames_per_chunk: u64,
    spacing: Spacing,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Spacing {
    /// From the first frame of the video to the last, as evenly as whole frames allow.
    ByFrame {
        last: f64,
        rate: f64,
        sample_fps: f64,
    },
    /// Nothing tells how long a frame lasts.
    ByClock { seconds: f64, sample_fps: f64 },
}

impl Sampling {
    /// `None` where the facts tell neither the frames nor the duration.
    pub(super) fn new(video: &VideoFacts, sample_fps: f64, frames_per_chunk: u64) -> Option<Self> {
        let sample_fps = usable(sample_fps)?;
        let seconds = video.duration_ms.map(|ms| ms / 1000.0).and_then(usable);
        let rate = video
            .frame_rate
            .and_then(usable)
            .or_else(|| usable(video.frame_count? as f64 / seconds?));
        let (looked_at, spacing) = match rate {
            Some(rate) => {
                let frames = video.frame_count.map(|frames| frames as f64);
                let frames = frames.or_else(|| Some((seconds? * rate).round()))?.max(1.0);
                let last = frames - 1.0;
                // The order of the operations is the processor's; with another, a half can fall
                // elsewhere.
                let sample_fps = sample_fps.min(rate);
                let looked_at = frames * sample_fps / rate;
                let spacing = Spacing::ByFrame {
                    last,
                    rate,
                    sample_fps,
                };
                (looked_at, spacing)
            }
            None => {
                let seconds = seconds?;
                let spacing = Spacing::ByClock {
                    seconds,
                    sample_fps,
                };
                (seconds * sample_fps, spacing)
            }
        };
        Some(Self {
            frames: (looked_at.round_ties_even() as u64).max(1),
            frames_per_chunk: frames_per_chunk.max(1),
            spacing,
        })
    }

    /// With no more frames than a server looks at: then they lie further apart.
    pub(super) fn within(mut self, max_frames: u64) -> Self {
        if self.frames > max_frames {
            self.frames = max_frames.max(1);
            if let Spacing::ByClock {
                seconds,
                sample_fps,
            } = &mut self.spacing
            {
                *sample_fps = self.frames as f64 / *seconds;
            }
        }
        self
    }

    /// How many frames are looked at.
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// Whether the facts do not tell the video's own rate, so that it is taken to be no lower than that
    /// of the sampling.
    pub fn assumes_rate(&self) -> bool {
        self.rate().is_none()
    }

    /// Average frames a second of the video itself.
    pub fn rate(&self) -> Option<f64> {
        match self.spacing {
            Spacing::ByFrame { rate, .. } => Some(rate),
            Spacing::ByClock { .. } => None,
        }
    }

    /// Frames that the video has; `None` where nothing tells how long one lasts.
    pub fn video_frames(&self) -> Option<u64> {
        match self.spacing {
            Spacing::ByFrame { last, .. } => Some(last as u64).map(|last| last.saturating_add(1)),
            Spacing::ByClock { .. } => None,
        }
    }

    /// Frames a second that are looked at: as many as were asked for, or as the video has.
    pub fn sample_fps(&self) -> f64 {
        match self.spacing {
            Spacing::ByFrame { sample_fps, .. } | Spacing::ByClock { sample_fps, .. } => sample_fps,
        }
    }

    /// How long the video lasts, in seconds.
    pub fn seconds(&self) -> f64 {
        match self.spacing {
            Spacing::ByFrame { last, rate, .. } => (last + 1.0) / rate,
            Spacing::ByClock { seconds, .. } => seconds,
        }
    }

    /// When each frame that is looked at begins, in seconds from the start.
    pub fn times(self) -> impl Iterator<Item = f64> {
        (0..self.frames).map(move |number| self.sample(number).seconds)
    }

    /// How many chunks there are; the last one may hold fewer frames than the others.
    pub fn chunk_count(&self) -> u64 {
        self.frames.div_ceil(self.frames_per_chunk)
    }

    /// All chunks, in order.
    pub fn chunks(self) -> impl Iterator<Item = Chunk> {
        self.spread(u64::MAX)
    }

    /// At most this many chunks, evenly from the first to the last.
    pub fn spread(self, most: u64) -> impl Iterator<Item = Chunk> {
        let count = self.chunk_count();
        let shown = most.min(count);
        let gaps = u128::from(shown.saturating_sub(1).max(1));
        (0..shown).map(move |place| {
            // No larger than the last chunk's number, so it fits.
            let number = u128::from(place) * u128::from(count - 1) / gaps;
            Chunk {
                sampling: self,
                number: number as u64,
            }
        })
    }

    fn sample(&self, number: u64) -> Sample {
        match self.spacing {
            Spacing::ByFrame { last, rate, .. } => {
                let index = match self.frames - 1 {
                    0 => 0.0,
                    // numpy's linspace sets the end itself, and does not trust the sum of its steps.
                    end if number == end => last,
                    end => (number as f64 * (last / end as f64)).round_ties_even(),
                };
                Sample {
                    seconds: index / rate,
                    middle: (index + 0.5) / rate,
                }
            }
            Spacing::ByClock { sample_fps, .. } => {
                let seconds = number as f64 / sample_fps;
                Sample {
                    seconds,
                    middle: seconds,
                }
            }
        }
    }
}

/// Frames that share the tokens of one, behind the time stamp of the first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Chunk {
    sampling: Sampling,
    number: u64,
}

impl Chunk {
    /// Its place among all chunks, from 0.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// What the model reads before it: `00:00:02.000`.
    pub fn time_stamp(&self) -> String {
        self.sampling.sample(self.first()).time_stamp()
    }

    /// Its frames, in order.
    pub fn samples(self) -> impl Iterator<Item = Sample> {
        let Sampling {
            frames,
            frames_per_chunk,
            ..
        } = self.sampling;
        let first = self.first();
        let end = first.saturating_add(frames_per_chunk).min(frames);
        (first..end).map(move |number| self.sampling.sample(number))
    }

    fn first(&self) -> u64 {
        self.number.saturating_mul(self.sampling.frames_per_chunk)
    }
}

/// One frame that is looked at. Its times go by the average rate, as the model's time stamps do: where
/// the rate of a video varies, the frame itself stands elsewhere.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// When it begins, from the start of the video.
    pub seconds: f64,
    /// When a player surely shows it and not a neighbour, however its clock rounds.
    pub middle: f64,
}

impl Sample {
    /// `00:00:02.000`, as the processor writes it: cut to thousandths, and from zero again after a day.
    pub fn time_stamp(&self) -> String {
        let part = self.seconds.fract();
        // It rounds to millionths before it takes the whole seconds, but not before the thousandths.
        let carried = (part * 1e6).round_ties_even() >= 1e6;
        let whole = (self.seconds as u64).saturating_add(u64::from(carried)) % 86_400;
        format!(
            "{:02}:{:02}:{:02}.{:03}",
            whole / 3600,
            whole / 60 % 60,
            whole % 60,
            (part * 1000.0) as u64
        )
    }
}

fn usable(number: f64) -> Option<f64> {
    (number.is_finite() && number > 0.0).then_some(number)
}
