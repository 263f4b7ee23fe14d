//! How many frames a stream has, and how long they last, from the times in its first and last packets.

use super::packet::Scan;
use crate::order::ascending;
use crate::probe::sequence::{self, Coding};
use crate::probe::timing::CUSTOMARY_RATES;
use crate::probe::video::{MAX_RATE, Video};

/// Units of time in a second (ISO/IEC 13818-1, 2.4.3.7).
const TICKS: f64 = 90_000.0;

/// Adds to the facts what the start and the end of a stream say of all that lies between. The end is
/// `None` where it shows no video, or where the length of the file is not known.
pub(super) fn measure(
    video: &mut Video,
    (coding, has_fields): (Coding, bool),
    start: &Scan,
    end: Option<&Scan>,
) {
    let Some((seconds, last)) = end.and_then(|end| first_to_last(start, end)) else {
        return;
    };
    match believable(video.frame_rate) {
        Some(rate) => {
            let before = (seconds * rate).round() as u64;
            // The last frame that has a time, and those without one behind it.
            let behind = sequence::count_frames(coding, last);
            let behind = if has_fields { behind / 2 } else { behind }.max(1);
            video.frames = Some(before.saturating_add(behind));
            video.frames_derived = true;
        }
        None => video.seconds = Some(seconds),
    }
}

/// A rate that some video has.
pub(super) fn believable(rate: Option<f64>) -> Option<f64> {
    rate.filter(|rate| rate.is_normal() && *rate > 0.0 && *rate <= MAX_RATE)
}

/// How many times of frames the end must have to show their rate: one gap is no rate, but it may contradict a claim.
pub(super) fn wanted(claimed: Option<f64>, start: &Scan) -> usize {
    match believable(claimed) {
        Some(_) if start.stamps.len() > 1 => 1,
        Some(_) => 2,
        None => 3,
    }
}

/// Frames a second where every frame has a time: by what is claimed, and by the times from frame to frame.
/// `None` where these vary. A frame of two fields may have two times.
pub(super) fn frame_rate(
    claimed: Option<f64>,
    has_fields: bool,
    start: &Scan,
    end: Option<&Scan>,
) -> Option<f64> {
    /// Times that were in milliseconds once, in the file that this one was made from, vary by less.
    const MILLISECOND: f64 = TICKS / 1000.0;
    let claimed = believable(claimed);
    // Both ends of a short stream hold the same.
    let steps = [Some(start), end]
        .into_iter()
        .flatten()
        .flat_map(steps)
        .collect();
    let mut steps = ascending(steps);
    steps.dedup();
    for step in &mut steps {
        *step &= LONGEST_STEP;
    }
    let fits = |rate: &f64, tolerance: f64| {
        let step = TICKS / rate;
        let is = |known: f64, step: f64| (known - step).abs() < tolerance;
        steps.iter().all(|known| {
            let known = *known as f64;
            is(known, step) || (has_fields && is(known, step / 2.0))
        })
    };
    let measured = match steps.as_slice() {
        [] => return claimed,
        // One gap is no rate.
        [_] => [].iter(),
        [..] => CUSTOMARY_RATES.iter(),
    };
    let first = steps.first().filter(|_| steps.len() > 1);
    let constant = believable(first.map(|first| TICKS / *first as f64));
    claimed
        .into_iter()
        .chain(measured.copied())
        .chain(constant)
        .find(|rate| fits(rate, 1.0))
        .or(claimed.filter(|rate| fits(rate, MILLISECOND)))
}

/// Units of time in six hours.
const STEP_BITS: u32 = 31;
const LONGEST_STEP: u64 = (1 << STEP_BITS) - 1;

/// Times from one frame to the next, below the time of the first of the two: so equal ones are the same two frames.
fn steps(scan: &Scan) -> impl Iterator<Item = u64> {
    let next = scan.stamps.iter().skip(1);
    let pairs = scan.stamps.iter().zip(next);
    pairs.map(|(one, next)| {
        let step = ticks_between(one.time, next.time).min(LONGEST_STEP);
        one.time << STEP_BITS | step
    })
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
