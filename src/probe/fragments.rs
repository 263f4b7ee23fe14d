//! Fragments: a film that was written, or is sent, piece by piece (ISO/IEC 14496-12:2022, section 8.8).

use super::boxes::Boxes;
use super::input::{Input, Parse};
use super::movie::be;
use crate::media::Format;
use std::ops::Range;

/// Fragments that are read one by one: a look at each is a read of its own.
const FEW: u32 = 8;
/// As many at the most, where frames are not all of one length, and only counting tells how many there are.
const SOME: u32 = 256;
/// And as many, where nothing tells how long the film is either.
const MANY: u32 = 4096;

/// What all fragments hold of one track, together. The default is that of a film without any.
#[derive(Debug)]
pub(super) struct Fragments {
    pub(super) frames: Option<u64>,
    /// Of the track.
    pub(super) ticks: Option<u64>,
    /// Where all frames are of one length, as far as they were read.
    pub(super) ticks_per_frame: Option<u32>,
    /// How long the whole film is, in ticks of the movie, as its header says (`mehd`).
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
    /// `extends` is the body of `mvex`, `boxes` what stands behind the movie; the track is given by its number
    /// and its ticks a second.
    pub(super) fn read(
        input: &Input<'_>,
        format: Format,
        extends: Range<u64>,
        (track, timescale): (u32, u32),
        boxes: Boxes<'_>,
    ) -> Parse<Self> {
        let defaults = Defaults::read(input, format, extends, track)?;
        let mut walk = Walk {
            input,
            format,
            track,
            timescale,
            ticks_per_frame: defaults.ticks_per_frame,
            index: None,
            sum: Sum::default(),
        };
        let Some(rest) = walk.fragments(boxes, FEW)? else {
            return Ok(walk.whole(defaults.movie_ticks));
        };
        let ticks = match walk.index {
            Some(ticks) => Some(ticks),
            None => walk.ticks_by_last_fragment()?,
        };
        let most = match (ticks.or(defaults.movie_ticks), walk.sum.varies) {
            (Some(_), false) => return Ok(walk.beginning(ticks, defaults.movie_ticks)),
            (Some(_), true) => SOME,
            (None, _) => MANY,
        };
        match walk.fragments(rest, most)? {
            None => Ok(walk.whole(defaults.movie_ticks)),
            Some(_) => Ok(walk.beginning(ticks, defaults.movie_ticks)),
        }
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

#[derive(Clone, Copy, Default)]
struct Sum {
    frames: u64,
    ticks: u64,
    /// Of the first frame, and whether others are of another length.
    ticks_per_frame: Option<u32>,
    varies: bool,
    /// When the first frame is decoded (`tfdt`, section 8.8.12).
    start: Option<u64>,
}

impl Sum {
    fn add(&mut self, frames: u64, ticks_per_frame: u32) {
        if frames == 0 {
            return;
        }
        self.frames = self.frames.saturating_add(frames);
        let ticks = frames.saturating_mul(ticks_per_frame.into());
        self.ticks = self.ticks.saturating_add(ticks);
        let first = *self.ticks_per_frame.get_or_insert(ticks_per_frame);
        self.varies |= first != ticks_per_frame;
    }
}

struct Walk<'a> {
    input: &'a Input<'a>,
    format: Format,
    track: u32,
    timescale: u32,
    /// Of a frame whose fragment says nothing else.
    ticks_per_frame: u32,
    /// The length of the whole track in ticks, from an index of all fragments (`sidx`).
    index: Option<u64>,
    sum: Sum,
}

impl<'a> Walk<'a> {
    /// Reads so many fragments; what is left of the file then, or `None` at its end.
    fn fragments<'b>(&mut self, mut boxes: Boxes<'b>, most: u32) -> Parse<Option<Boxes<'b>>> {
        for _ in 0..most {
            loop {
                let Some(found) = boxes.next()? else {
                    return Ok(None);
                };
                match &found.kind {
                    b"moof" => {
                        self.fragment(found.body)?;
                        break;
                    }
                    b"sidx" if self.index.is_none() => self.index = self.index(found.body)?,
                    _ => {}
                }
            }
        }
        Ok(Some(boxes))
    }

    /// All fragments were read.
    fn whole(&self, movie_ticks: Option<u64>) -> Fragments {
        Fragments {
            frames: Some(self.sum.frames),
            ticks: Some(self.sum.ticks),
            ticks_per_frame: None,
            movie_ticks,
        }
    }

    /// Only the first fragments were read. Frames follow from the length of the film where all of those are
    /// of one length.
    fn beginning(&self, ticks: Option<u64>, movie_ticks: Option<u64>) -> Fragments {
        let regular = !self.sum.varies;
        Fragments {
            frames: None,
            ticks,
            ticks_per_frame: self
                .sum
                .ticks_per_frame
                .filter(|ticks| regular && *ticks > 0),
            movie_ticks,
        }
    }

    /// One `moof` (section 8.8.4).
    fn fragment(&mut self, body: Range<u64>) -> Parse<()> {
        let mut tracks = Boxes::inside(self.input, self.format, body);
        while let Some(found) = tracks.next()? {
            if found.kind == *b"traf" {
                self.track_fragment(found.body)?;
            }
        }
        Ok(())
    }

    fn track_fragment(&mut self, body: Range<u64>) -> Parse<()> {
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
                    self.sum.start.get_or_insert(start);
                }
                b"trun" => self.run(&found.body, ticks_per_frame)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// A run of frames, whose lengths stand with them or are all the same (section 8.8.8).
    fn run(&mut self, body: &Range<u64>, ticks_per_frame: u32) -> Parse<()> {
        const OFFSET: u32 = 0x1;
        const FIRST_FLAGS: u32 = 0x4;
        const LENGTH: u32 = 0x100;
        /// Size, flags and composition offset.
        const OTHERS: [u32; 3] = [0x200, 0x400, 0x800];
        let input = self.input;
        let flags = input.u32_be(body.start)?;
        let frames = u64::from(input.u32_be(body.start + 4)?);
        if flags & LENGTH == 0 {
            self.sum.add(frames, ticks_per_frame);
            return Ok(());
        }
        let words = |bits: &[u32]| bits.iter().filter(|bit| flags & **bit != 0).count() as u64;
        let start = body.start + 8 + 4 * words(&[OFFSET, FIRST_FLAGS]);
        let bytes = 4 + 4 * words(&OTHERS);
        let room = body.end.saturating_sub(start) / bytes;
        let entries = input.slice(start, frames.min(room) * bytes)?;
        for entry in entries.chunks_exact(bytes as usize) {
            self.sum.add(1, be(entry, 0, 4) as u32);
        }
        Ok(())
    }

    /// The length of the track by an index (`sidx`, section 8.16.3); `None` for one that does not reach to
    /// the end: of one fragment, or of one of several files.
    fn index(&self, body: Range<u64>) -> Parse<Option<u64>> {
        const ENTRY: usize = 12;
        let input = self.input;
        let at = body.start;
        let Some(length) = input.length() else {
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

    /// The length of the track by its last fragment, which an index at the end of the file names.
    fn ticks_by_last_fragment(&self) -> Parse<Option<u64>> {
        let (Some(first), Some(last)) = (self.sum.start, self.last_fragment()?) else {
            return Ok(None);
        };
        let mut walk = Walk {
            sum: Sum::default(),
            ..*self
        };
        let end = self.input.length().unwrap_or(u64::MAX);
        walk.fragments(Boxes::inside(self.input, self.format, last..end), FEW)?;
        let Some(start) = walk.sum.start else {
            return Ok(None);
        };
        let end = start.saturating_add(walk.sum.ticks);
        Ok(end.checked_sub(first).filter(|ticks| *ticks > 0))
    }

    /// Where it begins (`mfro` and `tfra`, sections 8.8.10 and 8.8.11).
    fn last_fragment(&self) -> Parse<Option<u64>> {
        const POINTER: u64 = 16;
        let input = self.input;
        let Some(length) = input.length() else {
            return Ok(None);
        };
        let pointer = length.saturating_sub(POINTER);
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
