//! MPEG program and transport streams (ISO/IEC 13818-1; ISO/IEC 11172-1), and bare MPEG video.
//!
//! None has a header. What a decoder wants first stands at the start and is repeated throughout; how long
//! the video is, only the times of its first and its last frame tell.

mod packet;
mod program;
mod timing;
mod transport;

use super::input::{Input, Parse, lacks, unsupported};
use super::sequence::{self, Coding, Sequence};
use super::video::Video;
use super::{ProbeError, Reader, recognise};
use crate::media::{Format, MediaFacts};
use packet::Scan;

pub(super) const READER: Reader = Reader {
    signatures: &[
        PACK,
        SEQUENCE_HEADER,
        // The first byte of a transport stream's packet, which may stand behind a time. The reader makes
        // sure that every packet begins with it.
        b"G?????",
        b"????G?",
    ],
    read,
};

/// Start codes (ISO/IEC 13818-1, table 2-39; ISO/IEC 13818-2, table 6-1).
const PACK: &[u8] = b"\0\0\x01\xba";
const SEQUENCE_HEADER: &[u8] = b"\0\0\x01\xb3";

/// Of streams that begin inside a packet, or behind other bytes: what no signature shows.
pub(super) const SEARCH: Reader = Reader {
    signatures: &[b""],
    read: search,
};

fn search(input: &Input<'_>) -> Parse<MediaFacts> {
    /// Players look for packets as far as this.
    const PIECES: [u64; 2] = [2 << 10, 64 << 10];
    let head = input.up_to(0, recognise::LONGEST_SIGNATURE)?;
    if recognise::name(head).is_none() {
        for length in PIECES {
            let piece = input.up_to(0, length)?;
            // What begins first counts, wherever the file is cut off.
            let program = program::start_in(piece);
            let is_first =
                |layout: &transport::Layout| program.is_none_or(|start| layout.first() < start);
            if let Some(layout) = transport::Layout::search(piece).filter(is_first) {
                return transport::read_at(input, layout);
            }
            if program.is_some() {
                return program::read(input);
            }
        }
    }
    unsupported(None)
}

fn read(input: &Input<'_>) -> Parse<MediaFacts> {
    match input.up_to(0, 4)? {
        PACK => program::read(input),
        SEQUENCE_HEADER => bare(input),
        _ => transport::read(input),
    }
}

/// Video that no stream holds has no times.
fn bare(input: &Input<'_>) -> Parse<MediaFacts> {
    let sequence = from_start(input, |piece, end| {
        Ok(sequence::find(Coding::Mpeg, piece).or_else(|| sequence::find(Coding::Mpeg, end)))
    })?;
    Ok(video_of(sequence, Some(false)).facts())
}

/// Most bytes that are read at either end, unless neither has a frame that can be decoded.
const AT_EITHER_END: u64 = 512 << 10;

/// What is wanted of the start, looked for in ever more of it. A recording that was cut may go on for
/// seconds before the first frame that can be decoded: then it is looked for in a piece of the end as well,
/// which is empty otherwise, and only then further behind the start.
fn from_start<T>(input: &Input<'_>, look: impl Fn(&[u8], &[u8]) -> Parse<Option<T>>) -> Parse<T> {
    /// The first holds what is wanted of most files.
    const PIECES: [u64; 5] = [2 << 10, 8 << 10, 32 << 10, 128 << 10, AT_EITHER_END];
    for length in PIECES {
        let piece = input.up_to(0, length)?;
        if let Some(found) = look(piece, &[])? {
            return Ok(found);
        }
        let known = piece.len() as u64;
        if known < length {
            return Err(ProbeError::CutOff {
                format: Format::Mpeg,
                length: known,
                missing: "a frame that can be decoded",
            }
            .into());
        }
    }
    /// A recording of 8 Mbit/s has a frame to begin with every two seconds.
    const FARTHEST: u64 = 2 << 20;
    if let Some(length) = input.end() {
        let start = input.up_to(0, AT_EITHER_END)?;
        let behind = length.saturating_sub(AT_EITHER_END).max(AT_EITHER_END);
        let end = input.up_to(behind, AT_EITHER_END)?;
        if let Some(found) = look(start, end)? {
            return Ok(found);
        }
    }
    if let Some(found) = look(input.up_to(0, FARTHEST)?, &[])? {
        return Ok(found);
    }
    lacks(
        Format::Mpeg,
        "header of a video in its first 2 MB or its last 512 KB",
    )
}

/// What is wanted of the end, looked for in ever more of it. `align` moves an offset back to the start of
/// a packet. Nothing is found where the length of the file is unknown, or no frame has a time.
fn from_end(
    input: &Input<'_>,
    wanted: usize,
    align: impl Fn(u64) -> u64,
    look: impl Fn(&[u8]) -> Scan,
) -> Parse<Option<Scan>> {
    /// The last holds the start of a frame that takes half a megabyte.
    const PIECES: [u64; 4] = [8 << 10, 48 << 10, 160 << 10, AT_EITHER_END];
    let Some(length) = input.end() else {
        return Ok(None);
    };
    let mut known = None;
    for piece in PIECES {
        let start = align(length.saturating_sub(piece)).min(length);
        let found = look(input.slice(start, length - start)?);
        let count = found.stamps.len();
        known = Some(found).filter(|_| count > 0);
        if count >= wanted || start <= align(0) {
            break;
        }
    }
    Ok(known)
}

fn video_of(sequence: Sequence, has_audio: Option<bool>) -> Video {
    let mut video = Video::new(Format::Mpeg);
    video.stored = sequence.size;
    video.pixel = sequence.pixel;
    video.codec = Some(sequence.codec.to_owned());
    video.frame_rate = sequence.frame_rate;
    video.has_audio = has_audio;
    video
}

/// What is heard counts more than what is announced.
fn merge_audio(video: &mut Video, start: &Scan, end: Option<&Scan>) {
    if start.has_audio || end.is_some_and(|end| end.has_audio) {
        video.has_audio = Some(true);
    }
}

/// Of the codings whose headers are read (ISO/IEC 13818-1, table 2-34).
const fn coding(stream_type: u8) -> Option<Coding> {
    Some(match stream_type {
        0x01 | 0x02 => Coding::Mpeg,
        0x10 => Coding::Mpeg4,
        0x1b => Coding::H264,
        0x24 => Coding::Hevc,
        _ => return None,
    })
}
