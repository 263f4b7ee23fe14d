//! How many frames a stream has, and how long they last, from the times in its first and last packets.

use super::packet::Scan;
use crate::probe::sequence::{self, CUSTOMARY_RATES, Coding};
use crate::probe::video::Video;

/// Units of time in a second (ISO/IEC 13818-1, 2.4.3.7).
const TICKS: f64 = 90_000.0;

/// Adds to the facts what the start and the end of a stream say of all that lies between. The end is
/// `None` where it shows no video, or where nobody says how long the file is.
pub(super) fn measure(video: &mut Video, coding: Coding, start: &Scan, end: Option<&Scan>) {
    let Some((seconds, last)) = end.and_then(|end| first_to_last(start, end)) else {
        return;
    };
    match video.frame_rate {
        Some(rate) if rate.is_normal() => {
            let before = (seconds * rate).round() as u64;
            // The last frame that has a time, and those without one behind it.
            let behind = sequence::count_frames(coding, last).max(1);
            video.frames = Some(before.saturating_add(behind));
            video.frames_derived = true;
        }
        _ => video.seconds = Some(seconds),
    }
}

/// Frames a second where every frame has a time: by what is claimed, and by the times from frame to frame.
/// `None` where these vary.
pub(super) fn frame_rate(claimed: Option<f64>, start: &Scan, end: Option<&Scan>) -> Option<f64> {
    /// Times that were in milliseconds once, in the file that this one was made from, vary by less.
    const MILLISECOND: f64 = TICKS / 1000.0;
    let claimed = claimed.filter(|rate| rate.is_normal());
    let steps: Vec<u64> = [Some(start), end]
        .into_iter()
        .flatten()
        .flat_map(steps)
        .collect();
    let fits = |rate: &f64, tolerance: f64| {
        let step = TICKS / rate;
        steps
            .iter()
            .all(|known| (*known as f64 - step).abs() < tolerance)
    };
    let Some(first) = steps.first() else {
        return claimed;
    };
    let constant = Some(TICKS / *first as f64).filter(|rate| rate.is_normal());
    claimed
        .into_iter()
        .chain(CUSTOMARY_RATES)
        .chain(constant)
        .find(|rate| fits(rate, 1.0))
        .or(claimed.filter(|rate| fits(rate, MILLISECOND)))
}

/// Times from one frame to the next.
fn steps(scan: &Scan) -> impl Iterator<Item = u64> {
    let next = scan.stamps.iter().skip(1);
    let pairs = scan.stamps.iter().zip(next);
    pairs.map(|(one, next)| ticks_between(one.time, next.time))
}

/// Seconds from the first time to the last, and the video from there on.
fn first_to_last<'a>(start: &Scan, end: &'a Scan) -> Option<(f64, &'a [u8])> {
    /// What seems to be over 13 hours goes backwards: videos were joined, each with times of its own.
    const LONGEST: u64 = 1 << 32;
    let last = end.stamps.last()?;
    let ticks = ticks_between(start.stamps.first()?.time, last.time);
    let behind = end.video.get(last.at..)?;
    (ticks < LONGEST).then_some((ticks as f64 / TICKS, behind))
}

/// Times begin again at 2³³, after 26.5 hours.
const fn ticks_between(one: u64, next: u64) -> u64 {
    const MODULUS: u64 = 1 << 33;
    (next + MODULUS - one) % MODULUS
}
