//! Fragments: a video that was written, or is sent, piece by piece (ISO/IEC 14496-12:2022, section 8.8).

use super::boxes::Boxes;
use super::input::{Input, Parse};
use super::movie::be;
use crate::media::Format;
use std::ops::{ControlFlow, Range};

/// What all fragments hold of one track, together. The default is that of a video without any.
#[derive(Debug)]
pub(super) struct Fragments {
    /// `None` where there are more than were read.
    pub(super) frames: Option<u64>,
    /// Of the track.
    pub(super) ticks: Option<u64>,
    /// Average over the fragments that were read, where there are more.
    pub(super) ticks_per_frame: Option<f64>,
    /// How long the whole video is, in ticks of the movie, as its header says (`mehd`).
    pub(super) movie_ticks: Option<u64>,
}

impl Default for Fragments {
    fn default() -> Self {
        Self {
            frames: Some(0),
            ticks: Some(0),
            ticks_per_frame: None,
            movie_ticks: None,
        }
    }
}

impl Fragments {
    /// `extends` is the body of `mvex`, `behind` where the box behind the movie begins; the track is given by its
    /// number and its ticks a second.
    pub(super) fn read(
        input: &Input<'_>,
        format: Format,
        extends: Range<u64>,
        (track, timescale): (u32, u32),
        behind: u64,
    ) -> Parse<Self> {
        let defaults = Defaults::read(input, format, extends, track)?;
        let reader = Reader {
            input,
            format,
            track,
            timescale,
            ticks_per_frame: defaults.ticks_per_frame,
        };
        let (read, is_whole) = reader.walk(behind)?;
        let Sum { frames, ticks, .. } = read.sum;
        if is_whole {
            return Ok(Self {
                frames: Some(frames),
                ticks: Some(ticks),
                ticks_per_frame: None,
                movie_ticks: defaults.movie_ticks,
            });
        }
        let whole = match read.index {
            Some(ticks) => Some(ticks),
            None => reader.ticks_by_last_fragment(&read)?,
        };
        Ok(Self {
            frames: None,
            ticks: whole.map(|whole| whole.max(ticks)),
            ticks_per_frame: (frames > 0 && ticks > 0).then(|| ticks as f64 / frames as f64),
            movie_ticks: defaults.movie_ticks,
        })
    }
}

/// What holds for all fragments unless they say otherwise (`mehd` and `trex`, sections 8.8.2 and 8.8.3).
struct Defaults {
    movie_ticks: Option<u64>,
    ticks_per_frame: u32,
}

impl Defaults {
    fn read(input: &Input<'_>, format: Format, extends: Range<u64>, track: u32) -> Parse<Self> {
        let mut defaults = Self {
            movie_ticks: None,
            ticks_per_frame: 0,
        };
        let mut boxes = Boxes::inside(input, format, extends);
        while let Some(found) = boxes.next()? {
            let at = found.body.start;
            match &found.kind {
                b"mehd" => {
                    let ticks = match input.u8(at)? {
                        0 => input.u32_be(at + 4)?.into(),
                        _ => input.u64_be(at + 4)?,
                    };
                    defaults.movie_ticks = (ticks > 0).then_some(ticks);
                }
                b"trex" if input.u32_be(at + 4)? == track => {
                    defaults.ticks_per_frame = input.u32_be(at + 12)?;
                }
                _ => {}
            }
        }
        Ok(defaults)
    }
}

/// What the fragments up to a place hold of the track.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    frames: u64,
    ticks: u64,
    /// When the first frame is decoded (`tfdt`, section 8.8.12).
    start: Option<u64>,
}

impl Sum {
    fn add(&mut self, frames: u64, ticks_per_frame: u32) {
        let ticks = frames.saturating_mul(ticks_per_frame.into());
        self.frames = self.frames.saturating_add(frames);
        self.ticks = self.ticks.saturating_add(ticks);
    }
}

/// How far the fragments were read.
#[derive(Clone, Copy, Debug)]
struct Progress {
    /// Where the next box begins.
    at: u64,
    /// The length of the whole track in ticks, from an index of all fragments (`sidx`).
    index: Option<u64>,
    sum: Sum,
}

struct Reader<'a> {
    input: &'a Input<'a>,
    format: Format,
    track: u32,
    timescale: u32,
    /// Of a frame whose fragment says nothing else.
    ticks_per_frame: u32,
}

impl Reader<'_> {
    /// Reads fragment after fragment, and says whether that was all of them.
    fn walk(&self, behind: u64) -> Parse<(Progress, bool)> {
        let first = Progress {
            at: behind,
            index: None,
            sum: Sum::default(),
        };
        self.input.walk((*b"frag", behind), first, |progress| {
            Ok(match self.next(progress) {
                Ok(true) => ControlFlow::Continue(()),
                Ok(false) => ControlFlow::Break((*progress, true)),
                Err(halt) if halt.lacks_bytes() && self.input.is_exhausted() => {
                    ControlFlow::Break((*progress, false))
                }
                Err(halt) => return Err(halt),
            })
        })
    }

    /// Goes on by a box; false where there is none.
    fn next(&self, progress: &mut Progress) -> Parse<bool> {
        let mut boxes = Boxes::of_file(self.input, self.format).from(progress.at);
        let Some(found) = boxes.next()? else {
            return Ok(false);
        };
        match &found.kind {
            b"moof" => progress.sum = self.fragment(progress.sum, found.body)?,
            b"sidx" if progress.index.is_none() => progress.index = self.index(found.body)?,
            _ => {}
        }
        progress.at = boxes.position();
        Ok(true)
    }

    /// One `moof` (section 8.8.4).
    fn fragment(&self, mut sum: Sum, body: Range<u64>) -> Parse<Sum> {
        let mut tracks = Boxes::inside(self.input, self.format, body);
        while let Some(found) = tracks.next()? {
            if found.kind == *b"traf" {
                self.track_fragment(&mut sum, found.body)?;
            }
        }
        Ok(sum)
    }

    fn track_fragment(&self, sum: &mut Sum, body: Range<u64>) -> Parse<()> {
        let input = self.input;
        let mut ticks_per_frame = self.ticks_per_frame;
        let mut boxes = Boxes::inside(input, self.format, body);
        while let Some(found) = boxes.next()? {
            let at = found.body.start;
            match &found.kind {
                // Section 8.8.7: an offset of 64 bits and a description may stand before the length.
                b"tfhd" => {
                    const OFFSET: u32 = 0x1;
                    const DESCRIPTION: u32 = 0x2;
                    const LENGTH: u32 = 0x8;
                    if input.u32_be(at + 4)? != self.track {
                        return Ok(());
                    }
                    let flags = input.u32_be(at)?;
                    let before = if flags & OFFSET != 0 { 8 } else { 0 }
                        + if flags & DESCRIPTION != 0 { 4 } else { 0 };
                    if flags & LENGTH != 0 {
                        ticks_per_frame = input.u32_be(at + 8 + before)?;
                    }
                }
                b"tfdt" => {
                    let start = match input.u8(at)? {
                        0 => input.u32_be(at + 4)?.into(),
                        _ => input.u64_be(at + 4)?,
                    };
                    sum.start.get_or_insert(start);
                }
                b"trun" => self.run(sum, &found.body, ticks_per_frame)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// A run of frames, whose lengths stand with them or are all the same (section 8.8.8).
    fn run(&self, sum: &mut Sum, body: &Range<u64>, ticks_per_frame: u32) -> Parse<()> {
        const OFFSET: u32 = 0x1;
        const FIRST_FLAGS: u32 = 0x4;
        const LENGTH: u32 = 0x100;
        /// Size, flags and composition offset.
        const OTHERS: [u32; 3] = [0x200, 0x400, 0x800];
        let input = self.input;
        let flags = input.u32_be(body.start)?;
        let frames = u64::from(input.u32_be(body.start + 4)?);
        if flags & LENGTH == 0 {
            sum.add(frames, ticks_per_frame);
            return Ok(());
        }
        let words = |bits: &[u32]| bits.iter().filter(|bit| flags & **bit != 0).count() as u64;
        let start = body.start + 8 + 4 * words(&[OFFSET, FIRST_FLAGS]);
        let bytes = 4 + 4 * words(&OTHERS);
        let room = body.end.saturating_sub(start) / bytes;
        let entries = input.slice(start, frames.min(room) * bytes)?;
        for entry in entries.chunks_exact(bytes as usize) {
            sum.add(1, be(entry, 0, 4) as u32);
        }
        Ok(())
    }

    /// The length of the track by an index (`sidx`, section 8.16.3); `None` for one that does not reach to
    /// the end: of one fragment, or of one of several files.
    fn index(&self, body: Range<u64>) -> Parse<Option<u64>> {
        const ENTRY: usize = 12;
        let input = self.input;
        let at = body.start;
        let Some(length) = input.end() else {
            return Ok(None);
        };
        if input.u32_be(at + 4)? != self.track {
            return Ok(None);
        }
        let (offset, wide) = match input.u8(at)? {
            0 => (input.u32_be(at + 16)?.into(), 0),
            _ => (input.u64_be(at + 20)?, 8),
        };
        let count = u64::from(input.u16_be(at + 22 + wide)?);
        let start = at + 24 + wide;
        let room = body.end.saturating_sub(start) / ENTRY as u64;
        let entries = input.slice(start, count.min(room) * ENTRY as u64)?;
        let mut reach = body.end.saturating_add(offset);
        let mut ticks = 0_u64;
        for entry in entries.chunks_exact(ENTRY) {
            // The highest bit says that another index stands there.
            reach = reach.saturating_add(be(entry, 0, 4) & 0x7fff_ffff);
            ticks = ticks.saturating_add(be(entry, 4, 4));
        }
        let complete = reach == length || (reach < length && self.is_random_access(reach)?);
        let of_track = u128::from(ticks) * u128::from(self.timescale);
        let of_track = of_track.checked_div(input.u32_be(at + 8)?.into());
        let of_track = of_track.and_then(|ticks| u64::try_from(ticks).ok());
        Ok(of_track.filter(|ticks| complete && *ticks > 0))
    }

    /// Whether the box at an offset is `mfra`, which stands at the end (section 8.8.9).
    fn is_random_access(&self, at: u64) -> Parse<bool> {
        Ok(self.input.up_to(at.saturating_add(4), 4)? == b"mfra")
    }

    /// The length of the track by its last fragment, which an index at the end of the file names, or a search
    /// from there finds.
    fn ticks_by_last_fragment(&self, read: &Progress) -> Parse<Option<u64>> {
        let Some(first) = read.sum.start else {
            return Ok(None);
        };
        let last = match self.last_fragment()? {
            Some(at) => self.fragment_at(at, u64::MAX)?,
            None => self.find_last_fragment(read.at)?,
        };
        let end = last.and_then(|last| Some(last.start?.saturating_add(last.ticks)));
        Ok(end
            .and_then(|end| end.checked_sub(first))
            .filter(|ticks| *ticks > 0))
    }

    /// The fragment that begins at an offset, if one does, ends by another, and holds frames of the track.
    fn fragment_at(&self, at: u64, end: u64) -> Parse<Option<Sum>> {
        let found = match Boxes::of_file(self.input, self.format).from(at).next()? {
            Some(found) if found.kind == *b"moof" && found.body.end <= end => found,
            _ => return Ok(None),
        };
        let sum = self.fragment(Sum::default(), found.body)?;
        Ok(sum.start.is_some().then_some(sum))
    }

    /// The last fragment of the track, searched for backwards in reads that grow, as far as some may be read. What
    /// was read from the front is not searched.
    fn find_last_fragment(&self, front: u64) -> Parse<Option<Sum>> {
        const FIRST_WINDOW: u64 = 64 << 10;
        /// Holds the frames of some seconds.
        const FARTHEST_BACK: u64 = 4 << 20;
        /// Type of the box, and the first inside it, which has one length (sections 8.8.4 and 8.8.5).
        const HEAD: &[u8] = b"moof\0\0\0\x10mfhd";
        /// The size of the box stands before its type.
        const SIZE: u64 = 4;
        let Some(length) = self.input.end() else {
            return Ok(None);
        };
        let mut end = length;
        // Where the last one that was looked at begins. Fragments do not overlap, and so each byte is looked at once.
        let mut behind = length;
        // A list that did not help was read there, too.
        let mut window = FIRST_WINDOW.min(self.input.reserve() / 2);
        while end > front && window <= FARTHEST_BACK {
            let start = length.saturating_sub(window).max(front);
            if !self.input.can_read(start..length) {
                break;
            }
            let bytes = self.input.slice(start, length - start)?;
            let bytes = super::part(bytes, 0..end - start + HEAD.len() as u64);
            let candidates = bytes.windows(HEAD.len()).enumerate().rev();
            for (index, _) in candidates.filter(|(_, window)| *window == HEAD) {
                let at = (start + index as u64).saturating_sub(SIZE);
                if let Some(last) = self.fragment_at(at, behind)? {
                    return Ok(Some(last));
                }
                behind = at;
            }
            end = start;
            window *= 4;
        }
        Ok(None)
    }

    /// Where it begins (`mfro` and `tfra`, sections 8.8.10 and 8.8.11).
    fn last_fragment(&self) -> Parse<Option<u64>> {
        const POINTER: u64 = 16;
        let input = self.input;
        let Some(length) = input.end() else {
            return Ok(None);
        };
        let pointer = length.saturating_sub(POINTER);
        if !input.can_read(pointer..length) {
            return Ok(None);
        }
        if input.up_to(pointer + 4, 4)? != b"mfro" {
            return Ok(None);
        }
        let start = length.saturating_sub(input.u32_be(pointer + 12)?.into());
        if !self.is_random_access(start)? {
            return Ok(None);
        }
        let mut boxes = Boxes::inside(input, self.format, start + 8..length);
        while let Some(found) = boxes.next()? {
            let at = found.body.start;
            if found.kind == *b"tfra" && input.u32_be(at + 4)? == self.track {
                return self.last_entry(&found.body);
            }
        }
        Ok(None)
    }

    fn last_entry(&self, body: &Range<u64>) -> Parse<Option<u64>> {
        let input = self.input;
        let at = body.start;
        let wide: u64 = if input.u8(at)? == 0 { 4 } else { 8 };
        // Three numbers of 1 to 4 bytes stand behind time and offset.
        let lengths = input.u32_be(at + 8)?;
        let bytes = |shift: u32| u64::from(lengths >> shift & 3) + 1;
        let entry = 2 * wide + bytes(4) + bytes(2) + bytes(0);
        let room = body.end.saturating_sub(at + 16) / entry;
        let count = u64::from(input.u32_be(at + 12)?).min(room);
        let Some(before) = count.checked_sub(1) else {
            return Ok(None);
        };
        let offset = at + 16 + before * entry + wide;
        match wide {
            4 => input.u32_be(offset).map(|offset| Some(offset.into())),
            _ => input.u64_be(offset).map(Some),
        }
    }
}
