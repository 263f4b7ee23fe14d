//! Flash video (Adobe, "Adobe Flash Video File Format Specification", version 10.1, 2010, annex E).

mod metadata;
mod picture;

use super::input::{Input, Parse, ends_before, lacks, malformed};
use super::video::Video;
use super::{Reader, timing};
use crate::media::{Format, MediaFacts, Size};
use crate::order::ascending;
use metadata::Metadata;
use picture::{AVC, HEVC, PARAMETERS, Picture};
use std::ops::{ControlFlow, Range};

pub(super) const READER: Reader = Reader {
    signatures: &[b"FLV\x01"],
    read,
};

/// Behind every tag stands its length.
const BACK_POINTER: u64 = 4;

fn read(input: &Input<'_>) -> Parse<MediaFacts> {
    input.expect_video();
    let head = ends_before(Head::read(input), Format::Flv, "its first frame")?;
    let Some(first) = &head.first else {
        return lacks(Format::Flv, "video track");
    };
    let metadata = &head.metadata;
    let picture = Picture::read(input, first)?;
    let mut video = Video::new(Format::Flv);
    // The metadata of a file that was cut or coded again may be another's.
    match (picture.sequence, metadata.size) {
        (Some(sequence), _) => {
            video.stored = sequence.size;
            video.pixel = sequence.pixel;
            video.frame_rate = sequence.frame_rate;
        }
        (None, Some(size)) => video.stored = size,
        (None, None) => return lacks(Format::Flv, "frame size"),
    }
    video.codec = picture.codec;
    video.has_audio = Some(metadata.has_audio.unwrap_or(head.has_audio));
    let times = last_frames(input)?;
    let claimed = [metadata.frame_rate, video.frame_rate];
    video.frame_rate = frame_rate(claimed, &times);
    let start = head.first_frame.unwrap_or(first.time);
    let last = times.first();
    let seconds = last.map(|last| f64::from(last.saturating_sub(start)) / 1000.0);
    match (seconds, video.frame_rate) {
        // The last frame is shown as long as any.
        (Some(seconds), Some(rate)) if rate.is_normal() => {
            video.frames = Some(((seconds * rate).round() as u64).saturating_add(1));
            video.frames_derived = true;
        }
        // Of the whole file, in which sound may go on.
        _ => video.seconds = metadata.seconds.or(seconds),
    }
    Ok(video.facts())
}

/// What stands before the frames, and the first of them.
#[derive(Clone, Debug)]
struct Head {
    metadata: Metadata,
    has_audio: bool,
    /// What tells the codec: parameters, or a frame.
    first: Option<Tag>,
    /// When the first frame is decoded, in milliseconds.
    first_frame: Option<u32>,
}

impl Head {
    fn read(input: &Input<'_>) -> Parse<Self> {
        const FLAGS: u64 = 4;
        const HAS_AUDIO: u8 = 0x04;
        const HAS_VIDEO: u8 = 0x01;
        /// Sound of a minute and more before the first frame.
        const MAX_TAGS: u32 = 4096;
        let flags = input.u8(FLAGS)?;
        let start = u64::from(input.u32_be(FLAGS + 1)?) + BACK_POINTER;
        let head = Self {
            metadata: Metadata::default(),
            has_audio: flags & HAS_AUDIO != 0,
            first: None,
            first_frame: None,
        };
        let first = (start, MAX_TAGS, head);
        input.walk((*b"flv ", start), first, |(at, left, head)| {
            if *left == 0 {
                return Ok(ControlFlow::Break(head.clone()));
            }
            let may_have_video = flags & HAS_VIDEO != 0;
            match head.take(input, *at, may_have_video) {
                // Behind the parameters, a recording may end anywhere.
                Err(halt) if halt.error().is_some() && head.first.is_some() => {}
                Ok(Some(behind)) => {
                    (*at, *left) = (behind, *left - 1);
                    return Ok(ControlFlow::Continue(()));
                }
                outcome => {
                    outcome?;
                }
            }
            Ok(ControlFlow::Break(head.clone()))
        })
    }
}

impl Head {
    /// Goes behind a tag; `None` where no more has to be known.
    fn take(&mut self, input: &Input<'_>, at: u64, may_have_video: bool) -> Parse<Option<u64>> {
        let Some(tag) = Tag::new(input.array(at)?, at) else {
            return malformed(Format::Flv, at, "a tag has a type that none has");
        };
        let behind = tag.body.end + BACK_POINTER;
        match tag.kind {
            Kind::Script => self.metadata.read(input, &tag)?,
            Kind::Video => match Content::of(tag.slice(input, 2)?) {
                Content::Frame => {
                    self.first_frame = Some(tag.time);
                    self.first.get_or_insert(tag);
                    return Ok(None);
                }
                Content::Parameters => {
                    self.first.get_or_insert(tag);
                }
                Content::Other => {}
            },
            Kind::Audio => {
                self.has_audio = true;
                // The writer of a stream may not know yet what it will hold, and announces both.
                if !may_have_video && !self.metadata.has_video {
                    return Ok(None);
                }
            }
        }
        Ok(Some(behind))
    }
}

/// When the last frames are shown, the last one first, by the lengths that lead back from the end. None
/// where they do not: a recording that was never finished.
fn last_frames(input: &Input<'_>) -> Parse<Vec<u32>> {
    /// How much of the end is looked through; the sound of a second may lie behind the last frame.
    const PIECES: [u64; 2] = [2 << 10, 32 << 10];
    /// One gap between frames is no rate.
    const ENOUGH: usize = 3;
    let length = input.end().unwrap_or(0);
    let mut known = Vec::new();
    for piece in PIECES {
        let mut times = Vec::new();
        let start = length.saturating_sub(piece);
        let mut end = input.slice(start, length - start)?;
        while let Some((tag, body, before)) = Tag::read_back(end) {
            times.extend(tag.frame_time(body));
            end = before;
        }
        // One that begins before the piece.
        if times.is_empty() {
            times.extend(long_frame(input, start + end.len() as u64)?);
        }
        known = times;
        if known.len() >= ENOUGH || start == 0 {
            break;
        }
    }
    Ok(known)
}

/// When the frame is shown whose tag ends here.
fn long_frame(input: &Input<'_>, end: u64) -> Parse<Option<u32>> {
    let Some(pointer) = end.checked_sub(BACK_POINTER) else {
        return Ok(None);
    };
    let size = u64::from(input.u32_be(pointer)?);
    let Some(start) = pointer.checked_sub(size).filter(|_| size >= Tag::HEADER) else {
        return Ok(None);
    };
    let tag = Tag::new(input.array(start)?, start).filter(|tag| tag.body.end == pointer);
    match tag {
        Some(tag) => Ok(tag.frame_time(tag.slice(input, 2)?)),
        None => Ok(None),
    }
}

/// What is claimed, if the last frames keep to it; else what they keep to.
fn frame_rate(claimed: [Option<f64>; 2], times: &[u32]) -> Option<f64> {
    let times = ascending(times.iter().map(|time| u64::from(*time)).collect());
    let mut claimed = claimed.into_iter().flatten();
    claimed
        .find(|rate| timing::keeps_to(&times, *rate))
        .or_else(|| timing::measured(&times))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Audio,
    Video,
    Script,
}

#[derive(Clone, Debug)]
struct Tag {
    kind: Kind,
    /// Milliseconds.
    time: u32,
    body: Range<u64>,
}

impl Tag {
    const HEADER: u64 = 11;

    /// Section E.4.1.
    fn new(header: [u8; 11], at: u64) -> Option<Self> {
        let [kind, l0, l1, l2, t0, t1, t2, upper, _, _, _] = header;
        let body = at + Self::HEADER;
        Some(Self {
            kind: match kind {
                8 => Kind::Audio,
                9 => Kind::Video,
                18 => Kind::Script,
                _ => return None,
            },
            time: u32::from_be_bytes([upper, t0, t1, t2]),
            body: body..body + u64::from(u32::from_be_bytes([0, l0, l1, l2])),
        })
    }

    /// The body, or the beginning of a long one.
    fn slice<'a>(&self, input: &Input<'a>, longest: u64) -> Parse<&'a [u8]> {
        let length = self.body.end - self.body.start;
        input.slice(self.body.start, length.min(longest))
    }

    /// When it is shown, if it is a frame.
    fn frame_time(&self, body: &[u8]) -> Option<u32> {
        let is_frame = self.kind == Kind::Video && matches!(Content::of(body), Content::Frame);
        is_frame.then_some(self.time)
    }

    /// The last tag of a piece, its body, and what stands before it.
    fn read_back(piece: &[u8]) -> Option<(Self, &[u8], &[u8])> {
        let (rest, size) = piece.split_last_chunk()?;
        let size = u32::from_be_bytes(*size);
        let start = rest.len().checked_sub(usize::try_from(size).ok()?)?;
        let (before, tag) = rest.split_at_checked(start)?;
        let (header, body) = tag.split_first_chunk()?;
        let end = tag.len() as u64;
        let tag = Self::new(*header, 0).filter(|tag| tag.body.end == end)?;
        Some((tag, body, before))
    }
}

/// What a tag of video holds (section E.4.3.1; Veovera, "Enhanced RTMP", version 1).
enum Content {
    Frame,
    /// What a decoder needs first.
    Parameters,
    /// Where to seek, or that no more follows.
    Other,
}

impl Content {
    fn of(body: &[u8]) -> Self {
        const COMMAND: u8 = 5;
        let [first, second, ..] = body else {
            return Self::Other;
        };
        if first >> 4 & 0x07 == COMMAND {
            return Self::Other;
        }
        let packet = match (first & 0x80, first & 0x0f) {
            (0, AVC | HEVC) => *second,
            (0, _) => return Self::Frame,
            (_, packet) => packet,
        };
        match packet {
            PARAMETERS => Self::Parameters,
            // With and without the time at which it is shown.
            1 | 3 => Self::Frame,
            _ => Self::Other,
        }
    }
}
