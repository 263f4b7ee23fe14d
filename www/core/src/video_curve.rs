//! What fewer frames, fewer pixels or a shorter video would save, as curves of tokens.

use crate::curve::{Curve, Point};
use tilewise::media::{Size, VideoFacts};
use tilewise::rule::{Options, Rule, Rules};
use tilewise::units;

/// Up to 8 frames a second: beyond that, tokens only go on in a straight line.
const QUARTERS_OF_A_FRAME: u32 = 32;
const STEP_PERCENT: u32 = 5;
/// A tenth of each side is a hundredth of the frame, where little is left to see.
const MIN_SIDE_PERCENT: u32 = 10;

/// Which property of a video changes while the rest stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    /// Frames sampled each second.
    Sampling,
    /// Share of each side of the frame, 0 to 1.
    Resolution,
    /// Seconds kept, from the start.
    Length,
}

impl Axis {
    pub const ALL: [Self; 3] = [Self::Sampling, Self::Resolution, Self::Length];

    pub const fn title(self) -> &'static str {
        match self {
            Self::Sampling => "Sampling",
            Self::Resolution => "Resolution",
            Self::Length => "Length",
        }
    }

    fn label(self, at: f64) -> String {
        match self {
            Self::Sampling => format!("{} frames a second", units::decimal(at)),
            Self::Resolution => format!("{} % of each side", units::decimal(at * 100.0)),
            Self::Length => format!("the first {}", units::duration(at)),
        }
    }
}

/// A video, and how the model counts it.
#[derive(Clone, Copy, Debug)]
pub struct CountedVideo<'a> {
    pub rules: &'a Rules,
    pub rule: Rule,
    /// Size of its frames as they are stored.
    pub stored: Size,
    pub video: &'a VideoFacts,
    /// Frames sampled each second; `None` for as many as the model's own processor takes.
    pub sample_fps: Option<f64>,
}

impl CountedVideo<'_> {
    /// Tokens along one axis; `None` where the rule or the facts do not tell them, and where the rule does not sample by
    /// time.
    pub fn curve(&self, axis: Axis) -> Option<Curve> {
        let footage = Footage::of(self.video)?;
        let shares = |from: u32| {
            let percents = (from..=100).step_by(STEP_PERCENT as usize);
            percents.map(|percent| f64::from(percent) / 100.0)
        };
        let (values, current): (Vec<f64>, f64) = match axis {
            Axis::Sampling => {
                let asked = self.sample_fps;
                let own = self.rules.family().sample_fps()?;
                let asked = asked.unwrap_or(own as f64);
                sample_rates(footage.rate, asked)
            }
            Axis::Resolution => (shares(MIN_SIDE_PERCENT).collect(), 1.0),
            Axis::Length => {
                let seconds = footage.seconds;
                let kept = shares(STEP_PERCENT).map(|share| share * seconds);
                (kept.collect(), seconds)
            }
        };
        let current = values.iter().position(|at| *at == current)?;
        let points = values.into_iter().filter_map(|at| {
            Some(Point {
                at,
                label: axis.label(at),
                tokens: self.tokens(axis, at, &footage)?,
            })
        });
        let points: Vec<_> = points.collect();
        (!points.is_empty()).then(|| Curve::new(points, current))
    }

    fn tokens(&self, axis: Axis, at: f64, footage: &Footage) -> Option<u64> {
        let count = |stored, video: &VideoFacts, sample_fps| {
            let count = self
                .rules
                .video(self.rule, stored, video, &sampled_at(sample_fps));
            count.ok()
        };
        let count = match axis {
            Axis::Sampling => count(self.stored, self.video, Some(at)),
            Axis::Resolution => count(scaled(self.stored, at), self.video, self.sample_fps),
            Axis::Length => {
                let kept = trimmed(self.video, at / footage.seconds);
                count(self.stored, &kept, self.sample_fps)
            }
        };
        Some(count?.tokens)
    }
}

pub(crate) fn sampled_at(sample_fps: Option<f64>) -> Options {
    Options {
        sample_fps,
        ..Options::default()
    }
}

/// What a video offers to any rule that samples it.
#[derive(Clone, Copy, Debug)]
struct Footage {
    seconds: f64,
    /// Its own frames a second; `None` where nothing tells how long one lasts.
    rate: Option<f64>,
}

impl Footage {
    /// `None` where the facts do not tell how long it lasts.
    fn of(video: &VideoFacts) -> Option<Self> {
        let usable = |number: f64| Some(number).filter(|it| it.is_finite() && *it > 0.0);
        let seconds = video.duration_ms.and_then(usable).map(|ms| ms / 1_000.0);
        let frames = video.frame_count.and_then(|frames| usable(frames as f64));
        let own = video.frame_rate.and_then(usable);
        let rate = own.or_else(|| usable(frames? / seconds?));
        // By whole frames, as they are counted.
        let counted = rate.and_then(|rate| {
            let frames = frames.or_else(|| usable((seconds? * rate).round().max(1.0)))?;
            usable(frames / rate)
        });
        Some(Self {
            seconds: counted.or(seconds)?,
            rate,
        })
    }
}

/// Quarters of a frame a second, up to the video's own rate: sampled faster, it gives no more frames.
fn sample_rates(own: Option<f64>, asked: f64) -> (Vec<f64>, f64) {
    let own = own.unwrap_or(f64::INFINITY);
    let current = asked.min(own);
    let quarters = (1..=QUARTERS_OF_A_FRAME).map(|quarters| f64::from(quarters) / 4.0);
    let max = quarters.clone().fold(current, f64::max).min(own);
    let mut rates: Vec<_> = quarters.clone().filter(|rate| *rate < current).collect();
    rates.push(current);
    rates.extend(quarters.filter(|rate| current < *rate && *rate < max));
    rates.extend((current < max).then_some(max));
    (rates, current)
}

pub(crate) fn scaled(size: Size, share: f64) -> Size {
    let side = |side: u64| ((side as f64 * share).round() as u64).max(1);
    Size::new(side(size.width), side(size.height))
}

pub(crate) fn trimmed(video: &VideoFacts, share: f64) -> VideoFacts {
    let frames = |frames: u64| ((frames as f64 * share).round() as u64).max(1);
    let mut kept = video.clone();
    kept.duration_ms = video.duration_ms.map(|ms| ms * share);
    kept.frame_count = video.frame_count.map(frames);
    kept
}
