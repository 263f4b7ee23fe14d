//! How long a recording is, by the last frames of a track: clusters are searched for backwards, in reads that double.

use super::ebml::{self, Elements};
use super::times::Times;
use super::track::Track;
use crate::media::Format;
use crate::probe::input::{Input, Parse};
use std::ops::{ControlFlow, Range};

/// What the end of a file tells.
#[derive(Clone, Debug, Default)]
pub(super) struct Last {
    /// Of all recordings in the file, in ticks from their beginnings.
    pub(super) end: Option<u64>,
    /// When the frames of the last cluster are shown.
    pub(super) frames: Vec<u64>,
    /// Recordings of which each begins again at zero.
    pub(super) recordings: u64,
}

#[derive(Clone, Debug)]
struct End {
    /// Body of the segment, as far as the file goes, or the recordings that are left of it.
    segment: Range<u64>,
    /// How far back from its end was read.
    back: u64,
    /// Where the cluster begins that was found last.
    before: u64,
    last: Last,
}

const FIRST_WINDOW: u64 = 32 * 1024;
/// A cluster holds 5 seconds as a rule, and a browser's recording much more.
const FARTHEST_BACK: u64 = 4 * 1024 * 1024;

/// Empty where no cluster is found, or the length of the file is unknown.
pub(super) fn read(
    input: &Input<'_>,
    format: Format,
    segment: Range<u64>,
    track: &Track,
    scale_ns: u64,
) -> Parse<Last> {
    let Some(length) = input.end() else {
        return Ok(Last::default());
    };
    let before = segment.end.min(length);
    let first = End {
        segment: segment.start..before,
        back: FIRST_WINDOW,
        before,
        last: Last::default(),
    };
    input.walk((*b"mkve", segment.start), first, |end| {
        let Some(found) = end.last_cluster(input, format)? else {
            return Ok(end.widen());
        };
        // The very last cluster may hold nothing but sound.
        let times = Times::read(input, format, found.body, track.number)?;
        let frame_ticks = match track.frame_ns {
            0 => times.gap(),
            frame_ns => frame_ns / scale_ns,
        };
        let ticks = times.end(frame_ticks);
        end.before = found.start;
        if let Some(ticks) = ticks {
            let header = end.header(input)?;
            end.take(ticks, times.frames);
            return Ok(match header {
                Some(header) => end.go_before(header),
                None => ControlFlow::Break(end.last.clone()),
            });
        }
        Ok(ControlFlow::Continue(()))
    })
}

struct Found {
    start: u64,
    body: Range<u64>,
}

impl End {
    fn take(&mut self, ticks: u64, frames: Vec<u64>) {
        if self.last.recordings == 0 {
            self.last.frames = frames;
        }
        self.last.recordings += 1;
        self.last.end = Some(self.last.end.unwrap_or(0).saturating_add(ticks));
    }

    /// Goes on with the recording that ends where another one begins.
    fn go_before(&mut self, header: u64) -> ControlFlow<Last> {
        self.segment.end = header;
        self.before = header;
        self.back = FIRST_WINDOW;
        ControlFlow::Continue(())
    }

    /// The last cluster in the window, before the one found last; its body ends with the file if it is cut off.
    fn last_cluster(&self, input: &Input<'_>, format: Format) -> Parse<Option<Found>> {
        let window = self.window_start()..self.before;
        if window.is_empty() || !input.can_read(window.clone()) {
            return Ok(None);
        }
        let bytes = input.peek(window.clone())?;
        let found = ebml::last_cluster(bytes);
        // What lies before the cluster is searched later.
        input.charge(bytes.len().saturating_sub(found.unwrap_or(0)) as u64)?;
        let Some(found) = found else {
            return Ok(None);
        };
        let start = window.start + found as u64;
        let cluster = Elements::inside(input, format, start..window.end).next()?;
        Ok(cluster.map(|cluster| Found {
            start,
            body: cluster.body,
        }))
    }

    /// Where the recording begins that the cluster found last is of, if that is not the first one.
    fn header(&self, input: &Input<'_>) -> Parse<Option<u64>> {
        let window = self.window_start()..self.before;
        let bytes = input.peek(window.clone())?;
        let found = ebml::last_header(bytes);
        input.charge(bytes.len().saturating_sub(found.unwrap_or(0)) as u64)?;
        Ok(found.map(|at| window.start + at as u64))
    }

    fn window_start(&self) -> u64 {
        let start = self.segment.end.saturating_sub(self.back);
        start.max(self.segment.start)
    }

    fn widen(&mut self) -> ControlFlow<Last> {
        if self.window_start() == self.segment.start || self.back >= FARTHEST_BACK {
            return ControlFlow::Break(self.last.clone());
        }
        self.back *= 2;
        ControlFlow::Continue(())
    }
}
