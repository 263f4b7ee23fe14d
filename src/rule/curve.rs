//! What fewer frames, fewer pixels or less of its length would save of a video's tokens.

use super::{Rule, Rules, Sampling};
use crate::media::{Size, VideoFacts};
use crate::units;

/// What of a video changes while the rest stays.
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
}

/// Tokens along one axis, in rising order; few enough to draw.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    pub axis: Axis,
    pub points: Vec<Point>,
    /// Which of the points is the video as it stands.
    pub current: usize,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    pub at: f64,
    pub tokens: u64,
}

/// Up to 8 frames a second: beyond that, tokens only go on in a straight line.
const QUARTERS_OF_A_FRAME: u32 = 32;
const STEP_PERCENT: u32 = 5;
/// A tenth of each side is a hundredth of the frame, where little is left to see.
const LEAST_SIDE_PERCENT: u32 = 10;

impl Rules {
    /// Tokens by one rule along one axis; `None` where the facts lack what the rule needs.
    pub fn curve(
        &self,
        axis: Axis,
        rule: Rule,
        stored: Size,
        video: &VideoFacts,
        sample_fps: Option<f64>,
    ) -> Option<Curve> {
        let sampling = self.sampling(video, sample_fps)?;
        let steps = |from: u32| {
            let percents = (from..=100).step_by(STEP_PERCENT as usize);
            percents.map(|percent| f64::from(percent) / 100.0)
        };
        let (values, current): (Vec<f64>, f64) = match axis {
            Axis::Sampling => {
                let asked = sample_fps.unwrap_or(self.processor.sample_fps as f64);
                sample_rates(&sampling, asked)
            }
            Axis::Resolution => (steps(LEAST_SIDE_PERCENT).collect(), 1.0),
            Axis::Length => {
                let seconds = sampling.seconds();
                let kept = steps(STEP_PERCENT).map(|share| share * seconds);
                (kept.collect(), seconds)
            }
        };
        let tokens = |at: f64| {
            let count = match axis {
                Axis::Sampling => self.video(rule, stored, video, Some(at)),
                Axis::Resolution => self.video(rule, scaled(stored, at), video, sample_fps),
                Axis::Length => {
                    let kept = trimmed(video, at / sampling.seconds());
                    self.video(rule, stored, &kept, sample_fps)
                }
            };
            Some(Point {
                at,
                tokens: count?.tokens,
            })
        };
        Some(Curve {
            axis,
            current: values.iter().position(|at| *at == current)?,
            points: values.into_iter().filter_map(tokens).collect(),
        })
    }
}

impl Curve {
    /// Where a point stands on the axis, in words: `2 frames a second`.
    pub fn label(&self, point: Point) -> String {
        match self.axis {
            Axis::Sampling => format!("{} frames a second", units::decimal(point.at)),
            Axis::Resolution => format!("{} % of each side", units::decimal(point.at * 100.0)),
            Axis::Length => format!("the first {}", units::duration(point.at)),
        }
    }

    /// The tokens of a point in whole percent of those that the video takes as it stands.
    pub fn percent(&self, point: Point) -> Option<u64> {
        let current = self.points.get(self.current)?.tokens;
        units::percent(point.tokens, current)
    }

    /// Where a point lies in a drawing with both axes from 0, as shares of its width and height.
    pub fn place(&self, point: Point) -> (f64, f64) {
        let most = |of: fn(&Point) -> f64| self.points.iter().map(of).fold(0.0, f64::max);
        let share = |value: f64, most: f64| if most > 0.0 { value / most } else { 0.0 };
        (
            share(point.at, most(|point| point.at)),
            share(point.tokens as f64, most(|point| point.tokens as f64)),
        )
    }
}

/// Quarters of a frame a second, up to the video's own rate: sampled faster, it gives no more frames.
fn sample_rates(sampling: &Sampling, asked: f64) -> (Vec<f64>, f64) {
    let own = sampling.rate().unwrap_or(f64::INFINITY);
    let current = asked.min(own);
    let quarters = (1..=QUARTERS_OF_A_FRAME).map(|quarters| f64::from(quarters) / 4.0);
    let most = quarters.clone().fold(current, f64::max).min(own);
    let mut rates: Vec<_> = quarters.clone().filter(|rate| *rate < current).collect();
    rates.push(current);
    rates.extend(quarters.filter(|rate| current < *rate && *rate < most));
    rates.extend((current < most).then_some(most));
    (rates, current)
}

fn scaled(size: Size, share: f64) -> Size {
    let side = |side: u64| ((side as f64 * share).round() as u64).max(1);
    Size::new(side(size.width), side(size.height))
}

fn trimmed(video: &VideoFacts, share: f64) -> VideoFacts {
    let frames = |frames: u64| ((frames as f64 * share).round() as u64).max(1);
    VideoFacts {
        duration_ms: video.duration_ms.map(|ms| ms * share),
        frame_count: video.frame_count.map(frames),
        ..video.clone()
    }
}
