//! Movies in boxes: tracks and their tables of samples (ISO/IEC 14496-12:2022, section 8), of videos and
//! of image sequences.

use super::boxes::{BoxType, Boxes};
use super::input::{Input, Parse};
use super::sequence::{self, Sequence};
use crate::media::{Format, Size};
use std::cell::OnceCell;
use std::ops::{ControlFlow, Range};

/// The body of a `moov` box.
pub(super) struct Movie<'a> {
    input: &'a Input<'a>,
    format: Format,
    body: Range<u64>,
}

/// What a movie says of itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct MovieHeader {
    /// Ticks a second of the times that it states.
    pub(super) timescale: u32,
    /// How long it is, where it says that.
    pub(super) ticks: Option<u64>,
    pub(super) matrix: Matrix,
}

impl Default for MovieHeader {
    fn default() -> Self {
        Self {
            timescale: 0,
            ticks: None,
            matrix: Matrix::IDENTITY,
        }
    }
}

/// A length of 32 or 64 bits; all ones say that it is not known (sections 8.2.2.3 and 8.4.2.3), and so does zero.
fn duration(input: &Input<'_>, at: u64, is_short: bool) -> Parse<Option<u64>> {
    let (ticks, unknown) = if is_short {
        (input.u32_be(at)?.into(), u32::MAX.into())
    } else {
        (input.u64_be(at)?, u64::MAX)
    };
    Ok(Some(ticks).filter(|ticks| *ticks > 0 && *ticks != unknown))
}

/// The upper left of a transformation matrix, `a b c d`, in 65,536ths: how x and y of a frame become x and y
/// on the screen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Matrix([i32; 4]);

impl<'a> Movie<'a> {
    pub(super) fn new(input: &'a Input<'a>, format: Format, body: Range<u64>) -> Self {
        Self {
            input,
            format,
            body,
        }
    }

    /// Shows a step its tracks, one after the other, and `None` behind the last, until the step breaks off. The
    /// state obeys the rules of [`Input::walk`].
    pub(super) fn walk_tracks<S: Send + Sync + 'static, T>(
        &self,
        first: S,
        mut step: impl FnMut(&mut S, Option<Track<'a>>) -> Parse<ControlFlow<T>>,
    ) -> Parse<T> {
        let start = self.body.start;
        self.input
            .walk((*b"trks", start), (start, first), |(at, state)| {
                let mut boxes = self.boxes().from(*at);
                let track = match boxes.seek(b"trak")? {
                    Some(found) => Some(self.read_track(found.body)?),
                    None => None,
                };
                let flow = step(state, track)?;
                *at = boxes.position();
                Ok(flow)
            })
    }

    fn read_track(&self, body: Range<u64>) -> Parse<Track<'a>> {
        let boxes = Boxes::inside(self.input, self.format, body);
        Ok(self.track(TrackBoxes::read(boxes, self.input)?))
    }

    pub(super) fn track(&self, boxes: TrackBoxes) -> Track<'a> {
        Track {
            input: self.input,
            format: self.format,
            boxes,
            tables: OnceCell::new(),
        }
    }

    /// `mvhd` (section 8.2.2).
    pub(super) fn header(&self) -> Parse<MovieHeader> {
        let Some(body) = self.boxes().find(b"mvhd")? else {
            return Ok(MovieHeader::default());
        };
        let (input, at) = (self.input, body.start);
        let is_short = input.u8(at)? == 0;
        let (timescale, matrix) = if is_short { (12, 36) } else { (20, 48) };
        Ok(MovieHeader {
            timescale: input.u32_be(at + timescale)?,
            ticks: duration(input, at + timescale + 4, is_short)?,
            matrix: Matrix::read(input, at + matrix)?,
        })
    }

    /// The body of `cmov`, where the rest of the movie is compressed.
    pub(super) fn compressed(&self) -> Parse<Option<Range<u64>>> {
        self.boxes().find(b"cmov")
    }

    /// The body of `mvex`, where fragments go on with the movie (section 8.8.1).
    pub(super) fn extends(&self) -> Parse<Option<Range<u64>>> {
        self.boxes().find(b"mvex")
    }

    fn boxes(&self) -> Boxes<'a> {
        Boxes::inside(self.input, self.format, self.body.clone())
    }
}

impl Matrix {
    pub(super) const IDENTITY: Self = Self([1 << 16, 0, 0, 1 << 16]);
    const BYTES: u64 = 4;

    fn read(input: &Input<'_>, at: u64) -> Parse<Self> {
        // a b u, c d v, x y w: three numbers a row (section 8.2.2.3).
        let number = |index| input.u32_be(at + index * Self::BYTES).map(u32::cast_signed);
        Ok(Self([number(0)?, number(1)?, number(3)?, number(4)?]))
    }

    /// This one, and then another.
    pub(super) fn then(self, next: Self) -> [f64; 4] {
        let [a, b, c, d] = self.0.map(f64::from);
        let [e, f, g, h] = next.0.map(f64::from);
        [a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h]
    }
}

/// Where the boxes of a track lie. Its tables are looked for when they are asked for: they are long.
#[derive(Clone, Debug)]
pub(super) struct TrackBoxes {
    handler: BoxType,
    /// Ticks a second, and the sum of the lengths of all samples in ticks, where it is known (`mdhd`).
    timescale: u32,
    ticks: Option<u64>,
    header: Option<Range<u64>>,
    references: Option<Range<u64>>,
    edits: Option<Range<u64>>,
    /// Of `minf`.
    information: Option<Range<u64>>,
}

/// One track of a movie.
pub(super) struct Track<'a> {
    input: &'a Input<'a>,
    format: Format,
    boxes: TrackBoxes,
    tables: OnceCell<Option<Range<u64>>>,
}

/// A part of a track that is presented (`elst`, section 8.6.6).
pub(super) struct Edit {
    /// In ticks of the movie; 0 in fragmented files, whose end is not known when they begin.
    pub(super) length: u64,
    /// In ticks of the track; negative for a pause.
    pub(super) start: i64,
}

impl TrackBoxes {
    fn read(boxes: Boxes<'_>, input: &Input<'_>) -> Parse<Self> {
        let mut track = Self {
            handler: *b"    ",
            timescale: 0,
            ticks: None,
            header: None,
            references: None,
            edits: None,
            information: None,
        };
        let mut boxes = boxes;
        while let Some(found) = boxes.next()? {
            match &found.kind {
                b"tkhd" => track.header = Some(found.body),
                b"tref" => track.references = Some(found.body),
                b"edts" => track.edits = boxes.inside_of(found.body).find(b"elst")?,
                b"mdia" => track.read_media(boxes.inside_of(found.body), input)?,
                _ => {}
            }
        }
        Ok(track)
    }

    fn read_media(&mut self, mut boxes: Boxes<'_>, input: &Input<'_>) -> Parse<()> {
        while let Some(found) = boxes.next()? {
            match &found.kind {
                b"mdhd" => self.read_media_header(input, found.body.start)?,
                b"hdlr" => self.handler = input.array(found.body.start + 8)?,
                b"minf" => self.information = Some(found.body),
                _ => {}
            }
        }
        Ok(())
    }

    /// Section 8.4.2.
    fn read_media_header(&mut self, input: &Input<'_>, at: u64) -> Parse<()> {
        let is_short = input.u8(at)? == 0;
        let timescale = if is_short { 12 } else { 20 };
        self.timescale = input.u32_be(at + timescale)?;
        self.ticks = duration(input, at + timescale + 4, is_short)?;
        Ok(())
    }
}

impl<'a> Track<'a> {
    pub(super) fn into_boxes(self) -> TrackBoxes {
        self.boxes
    }

    pub(super) fn handler(&self) -> BoxType {
        self.boxes.handler
    }

    pub(super) fn timescale(&self) -> u32 {
        self.boxes.timescale
    }

    pub(super) fn input(&self) -> &'a Input<'a> {
        self.input
    }

    pub(super) fn ticks(&self) -> Option<u64> {
        self.boxes.ticks
    }

    fn boxes(&self, range: Range<u64>) -> Boxes<'a> {
        Boxes::inside(self.input, self.format, range)
    }

    /// Number, whether it is enabled, matrix and size in pixels (`tkhd`, section 8.3.2).
    pub(super) fn header(&self) -> Parse<Option<TrackHeader>> {
        const ENABLED: u8 = 1;
        let Some(body) = &self.boxes.header else {
            return Ok(None);
        };
        let input = self.input;
        let at = body.start;
        let (id, matrix) = match input.u8(at)? {
            0 => (12, 40),
            _ => (20, 52),
        };
        // Behind the matrix, as fixed-point numbers with 16 bits of fraction.
        let size = at + matrix + 9 * Matrix::BYTES;
        Ok(Some(TrackHeader {
            id: input.u32_be(at + id)?,
            enabled: input.u8(at + 3)? & ENABLED != 0,
            matrix: Matrix::read(input, at + matrix)?,
            width: (input.u32_be(size)? >> 16).into(),
            height: (input.u32_be(size + 4)? >> 16).into(),
        }))
    }

    /// Numbers of the tracks that hold its chapters (`tref`, section 8.3.3; QuickTime File Format, "Track
    /// References").
    pub(super) fn chapters(&self) -> Parse<impl Iterator<Item = u64> + use<'a>> {
        let chapters = match &self.boxes.references {
            Some(body) => self.boxes(body.clone()).find(b"chap")?,
            None => None,
        };
        let numbers = match chapters {
            Some(body) => self.input.slice(body.start, body.end - body.start)?,
            None => &[],
        };
        Ok(numbers.chunks_exact(4).map(|number| be(number, 0, 4)))
    }

    pub(super) fn edits(&self) -> Parse<Vec<Edit>> {
        let Some(body) = &self.boxes.edits else {
            return Ok(Vec::new());
        };
        let input = self.input;
        let wide = input.u8(body.start)? != 0;
        let bytes = if wide { 20 } else { 12 };
        let entries = self.entries(body, 4, bytes)?;
        let edits = entries.chunks_exact(bytes).map(|entry| {
            if wide {
                Edit {
                    length: be(entry, 0, 8),
                    start: be(entry, 8, 8).cast_signed(),
                }
            } else {
                Edit {
                    length: be(entry, 0, 4),
                    start: (be(entry, 4, 4) as u32).cast_signed().into(),
                }
            }
        });
        Ok(edits.collect())
    }

    /// What the samples are, by their first description (`stsd`, sections 8.5.2 and 12.1.3).
    pub(super) fn visual_sample(&self) -> Parse<Option<VisualSample>> {
        /// Fields of a visual sample entry, before the boxes in it.
        const FIELDS: u64 = 78;
        let Some(descriptions) = self.table(b"stsd")? else {
            return Ok(None);
        };
        let entries = descriptions.start.saturating_add(8)..descriptions.end;
        let Some(entry) = self.boxes(entries).next()? else {
            return Ok(None);
        };
        let input = self.input;
        let at = entry.body.start;
        let mut sample = VisualSample {
            coding: entry.kind,
            stored: Size::new(input.u16_be(at + 24)?.into(), input.u16_be(at + 26)?.into()),
            pixel: None,
            object_type: None,
            auxiliary: None,
            sequence: None,
        };
        let mut boxes = self.boxes(at + FIELDS..entry.body.end);
        while let Some(found) = boxes.next()? {
            match &found.kind {
                b"pasp" => {
                    let at = found.body.start;
                    sample.pixel = Some((input.u32_be(at)?.into(), input.u32_be(at + 4)?.into()));
                }
                b"avcC" => {
                    let record = self.parameters(&found.body)?;
                    sample.sequence = sequence::of_avc_record(record).or(sample.sequence);
                }
                b"hvcC" => {
                    let record = self.parameters(&found.body)?;
                    sample.sequence = sequence::of_hevc_record(record).or(sample.sequence);
                }
                b"auxi" => sample.auxiliary = Some(found.body),
                b"esds" => sample.object_type = object_type(input, &found.body)?,
                // An encrypted track says here what it was (section 8.12.2).
                b"sinf" => {
                    if let Some(original) = self.boxes(found.body).find(b"frma")? {
                        sample.coding = input.array(original.start)?;
                    }
                }
                _ => {}
            }
        }
        Ok(Some(sample))
    }

    /// What a decoder needs first, as far as any writer goes.
    fn parameters(&self, body: &Range<u64>) -> Parse<&'a [u8]> {
        const LONGEST: u64 = 1024;
        let length = body.end.saturating_sub(body.start).min(LONGEST);
        self.input.slice(body.start, length)
    }

    /// How many samples there are (`stsz` or `stz2`, section 8.7.3).
    pub(super) fn sample_count(&self) -> Parse<Option<u64>> {
        let table = match self.table(b"stsz")? {
            Some(sizes) => Some(sizes),
            None => self.table(b"stz2")?,
        };
        match table {
            Some(sizes) => self
                .input
                .u32_be(sizes.start + 8)
                .map(|count| Some(count.into())),
            None => Ok(None),
        }
    }

    /// How many runs of samples of one length the track is made of (`stts`, section 8.6.1.2).
    pub(super) fn run_count(&self) -> Parse<u32> {
        match self.table(b"stts")? {
            Some(body) => self.input.u32_be(body.start + 4),
            None => Ok(0),
        }
    }

    /// Whether the table of those runs is at hand, or not too long to be read.
    pub(super) fn can_read_runs(&self) -> Parse<bool> {
        Ok(match self.table(b"stts")? {
            Some(body) => self.input.can_read(body),
            None => true,
        })
    }

    /// Those runs: how many samples, and the ticks of each. These are without a sign by the standard, but some
    /// writers correct a drift by a step back; no frame of any other takes as long.
    pub(super) fn runs(&self) -> Parse<impl Iterator<Item = (u64, i64)> + use<'a>> {
        const BYTES: usize = 8;
        /// As FFmpeg takes them: up to ten seconds of sound.
        const LARGEST_STEP_BACK: i64 = 480_000;
        let signed = |ticks: u64| {
            let back = (ticks as u32).cast_signed().into();
            if (-LARGEST_STEP_BACK..0).contains(&back) {
                back
            } else {
                ticks.cast_signed()
            }
        };
        let entries = match self.table(b"stts")? {
            Some(body) => self.entries(&body, 4, BYTES)?,
            None => &[],
        };
        let runs = entries.chunks_exact(BYTES);
        Ok(runs.map(move |entry| (be(entry, 0, 4), signed(be(entry, 4, 4)))))
    }

    /// Ticks between the decoding and the showing of the first sample (`ctts`, section 8.6.1.3). Version 0 is
    /// unsigned, but writers put negative numbers there as well.
    pub(super) fn first_offset(&self) -> Parse<i64> {
        match self.table(b"ctts")? {
            Some(body) if self.input.u32_be(body.start + 4)? > 0 => {
                let offset = self.input.u32_be(body.start + 12)?;
                Ok(offset.cast_signed().into())
            }
            _ => Ok(0),
        }
    }

    /// Of each sample, the ticks between its decoding and its showing, in runs; `None` where all are alike, or more bytes than
    /// may be read.
    pub(super) fn offsets(&self) -> Parse<Option<impl Iterator<Item = (u64, i64)> + use<'a>>> {
        const BYTES: usize = 8;
        let Some(body) = self.table(b"ctts")? else {
            return Ok(None);
        };
        if !self.input.can_read(body.clone()) {
            return Ok(None);
        }
        let entries = self.entries(&body, 4, BYTES)?.chunks_exact(BYTES);
        let signed = |offset: u64| i64::from((offset as u32).cast_signed());
        let runs = entries.map(move |entry| (be(entry, 0, 4), signed(be(entry, 4, 4))));
        Ok(Some(runs))
    }

    /// All entries of a table, behind its count. A count that its box has no room for is cut short.
    fn entries(&self, body: &Range<u64>, count: u64, bytes: usize) -> Parse<&'a [u8]> {
        let start = body.start.saturating_add(count + 4);
        let room = body.end.saturating_sub(start) / bytes as u64;
        let entries = u64::from(self.input.u32_be(body.start.saturating_add(count))?);
        self.input.slice(start, entries.min(room) * bytes as u64)
    }

    fn table(&self, kind: &BoxType) -> Parse<Option<Range<u64>>> {
        match self.tables()? {
            Some(tables) => self.boxes(tables).find(kind),
            None => Ok(None),
        }
    }

    /// The body of `stbl`, looked for once, and only where a table is asked for: a track that is not shown has one
    /// as well.
    fn tables(&self) -> Parse<Option<Range<u64>>> {
        if let Some(tables) = self.tables.get() {
            return Ok(tables.clone());
        }
        let tables = match &self.boxes.information {
            Some(information) => self.boxes(information.clone()).find(b"stbl")?,
            None => None,
        };
        Ok(self.tables.get_or_init(|| tables).clone())
    }
}

/// What the samples of a track of images are.
pub(super) struct VisualSample {
    pub(super) coding: BoxType,
    pub(super) stored: Size,
    /// Width and height of a pixel, in proportion (`pasp`).
    pub(super) pixel: Option<(u64, u64)>,
    /// What `mp4v` alone does not say: the coding, by a number of MP4's own (`esds`).
    pub(super) object_type: Option<u8>,
    /// The body of the box that says what an auxiliary track is for (HEIF, 7.5.3.3).
    pub(super) auxiliary: Option<Range<u64>>,
    /// What the parameters of H.264 and HEVC say (ISO/IEC 14496-15:2022, sections 5.4.2.1 and 8.4.1).
    pub(super) sequence: Option<Sequence>,
}

/// Descriptors in descriptors, with lengths of up to four bytes (ISO/IEC 14496-1:2010, sections 7.2.6.5,
/// 7.2.6.6 and 8.3.3).
fn object_type(input: &Input<'_>, body: &Range<u64>) -> Parse<Option<u8>> {
    const STREAM: u8 = 0x03;
    const DECODER: u8 = 0x04;
    const LONGEST: u64 = 64;
    // Behind version and flags.
    let start = body.start.saturating_add(4);
    let bytes = input.slice(start, body.end.saturating_sub(start).min(LONGEST))?;
    let find = || {
        let stream = descriptor_body(bytes, STREAM)?;
        let [_, _, flags, rest @ ..] = stream else {
            return None;
        };
        // A number of another stream, an address and a clock may stand before.
        let rest = if flags & 0x80 != 0 {
            rest.get(2..)?
        } else {
            rest
        };
        let rest = match (flags & 0x40 != 0, rest) {
            (true, [length, rest @ ..]) => rest.get(usize::from(*length)..)?,
            (true, []) => return None,
            (false, rest) => rest,
        };
        let rest = if flags & 0x20 != 0 {
            rest.get(2..)?
        } else {
            rest
        };
        descriptor_body(rest, DECODER)?.first().copied()
    };
    Ok(find())
}

/// What stands behind the tag and the length of a descriptor.
fn descriptor_body(bytes: &[u8], tag: u8) -> Option<&[u8]> {
    let (first, rest) = bytes.split_first()?;
    let length = rest.iter().take(4).position(|byte| byte & 0x80 == 0)? + 1;
    (*first == tag).then_some(rest.get(length..)?)
}

#[derive(Clone, Debug)]
pub(super) struct TrackHeader {
    pub(super) id: u32,
    pub(super) enabled: bool,
    pub(super) matrix: Matrix,
    pub(super) width: u64,
    pub(super) height: u64,
}

/// A number of up to 8 bytes inside an entry.
pub(super) fn be(entry: &[u8], at: usize, bytes: usize) -> u64 {
    let number = entry.get(at..at + bytes).unwrap_or_default();
    number
        .iter()
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}
