//! Matroska and WebM (RFC 9559, 2024-10; RFC 8794, 2020-07, for EBML, of which both are made).

mod ebml;
mod end;
mod tags;
mod times;
mod track;

use super::Reader;
use super::input::{Input, Parse, ends_before, lacks, malformed};
use super::video::Video;
use crate::media::{Format, MediaFacts};
use ebml::{Element, Elements};
use std::ops::{ControlFlow, Range};
use track::Track;

pub(super) const READER: Reader = Reader {
    signatures: &[b"\x1a\x45\xdf\xa3"],
    read,
};

/// IDs of elements, with their length markers (RFC 9559, section 5.1).
mod id {
    pub(super) const EBML: u32 = 0x1a45_dfa3;
    pub(super) const DOC_TYPE: u32 = 0x4282;
    pub(super) const SEGMENT: u32 = 0x1853_8067;
    pub(super) const SEEK_HEAD: u32 = 0x114d_9b74;
    pub(super) const SEEK: u32 = 0x4dbb;
    pub(super) const SEEK_ID: u32 = 0x53ab;
    pub(super) const SEEK_POSITION: u32 = 0x53ac;
    pub(super) const INFO: u32 = 0x1549_a966;
    pub(super) const TIMESTAMP_SCALE: u32 = 0x2a_d7b1;
    pub(super) const DURATION: u32 = 0x4489;
    pub(super) const WRITING_APP: u32 = 0x5741;
    pub(super) const TRACKS: u32 = 0x1654_ae6b;
    pub(super) const TRACK_ENTRY: u32 = 0xae;
    pub(super) const TRACK_NUMBER: u32 = 0xd7;
    pub(super) const TRACK_UID: u32 = 0x73c5;
    pub(super) const TRACK_TYPE: u32 = 0x83;
    pub(super) const FLAG_ENABLED: u32 = 0xb9;
    pub(super) const DEFAULT_DURATION: u32 = 0x23_e383;
    pub(super) const CODEC_ID: u32 = 0x86;
    pub(super) const CODEC_PRIVATE: u32 = 0x63a2;
    pub(super) const VIDEO: u32 = 0xe0;
    pub(super) const PIXEL_WIDTH: u32 = 0xb0;
    pub(super) const PIXEL_HEIGHT: u32 = 0xba;
    pub(super) const PIXEL_CROP_BOTTOM: u32 = 0x54aa;
    pub(super) const PIXEL_CROP_TOP: u32 = 0x54bb;
    pub(super) const PIXEL_CROP_LEFT: u32 = 0x54cc;
    pub(super) const PIXEL_CROP_RIGHT: u32 = 0x54dd;
    pub(super) const DISPLAY_WIDTH: u32 = 0x54b0;
    pub(super) const DISPLAY_HEIGHT: u32 = 0x54ba;
    pub(super) const DISPLAY_UNIT: u32 = 0x54b2;
    pub(super) const PROJECTION: u32 = 0x7670;
    pub(super) const PROJECTION_POSE_YAW: u32 = 0x7673;
    pub(super) const PROJECTION_POSE_PITCH: u32 = 0x7674;
    pub(super) const PROJECTION_POSE_ROLL: u32 = 0x7675;
    pub(super) const CUES: u32 = 0x1c53_bb6b;
    pub(super) const TAGS: u32 = 0x1254_c367;
    pub(super) const CHAPTERS: u32 = 0x1043_a770;
    pub(super) const ATTACHMENTS: u32 = 0x1941_a469;
    pub(super) const CLUSTER: u32 = 0x1f43_b675;
    pub(super) const CRC_32: u32 = 0xbf;
    pub(super) const TIMESTAMP: u32 = 0xe7;
    pub(super) const SIMPLE_BLOCK: u32 = 0xa3;
    pub(super) const BLOCK_GROUP: u32 = 0xa0;
    pub(super) const BLOCK: u32 = 0xa1;
    pub(super) const BLOCK_DURATION: u32 = 0x9b;
}

fn read(input: &Input<'_>) -> Parse<MediaFacts> {
    input.expect_video();
    let (format, behind) = header(input)?;
    let mut file = Elements::of_file(input, format, behind);
    let segment = loop {
        match file.next()? {
            Some(found) if found.id == id::SEGMENT => break found,
            Some(_) => {}
            None => return malformed(format, file.position(), "there is no segment"),
        }
    };
    let segment = Segment::read(input, format, segment)?;
    let Some(track) = &segment.video else {
        return lacks(format, "video track");
    };
    if track.stored.width == 0 || track.stored.height == 0 {
        return lacks(format, "size of its frames");
    }
    if track.is_larger_than_coded() {
        return malformed(format, 0, "a side is longer than its codec allows");
    }
    let mut video = Video::new(format);
    video.stored = track.stored;
    video.shown = Some(track.shown());
    video.rotation = track.rotation();
    video.codec = track.codec.clone();
    video.has_audio = Some(segment.has_audio);
    let counted = match segment.tags.clone() {
        Some(tags) => tags::Statistics::read(input, format, tags, track.uid)?,
        None => tags::Statistics::default(),
    };
    let timing = Timing::read(input, format, &segment, track, &counted)?;
    video.seconds = timing.seconds;
    video.frame_rate = timing.rate;
    video.frames = timing.frames;
    Ok(video.facts())
}

/// What the frames of the video say of themselves, and its headers.
struct Timing {
    seconds: Option<f64>,
    /// Frames a second.
    rate: Option<f64>,
    /// By statistics that are those of this file.
    frames: Option<u64>,
}

impl Timing {
    fn read(
        input: &Input<'_>,
        format: Format,
        segment: &Segment,
        track: &Track,
        counted: &tags::Statistics,
    ) -> Parse<Self> {
        /// As many frames as show whether they keep to a rate, of files that have no statistics.
        const SAMPLED_FRAMES: usize = 8;
        /// Of any other, only what the first read has brought is looked at.
        const FIRST_READ: u64 = 2048;
        const ANYWHERE: u64 = 256 * 1024;
        let scale_ns = segment.scale_ns as f64;
        let to_seconds = |ticks: u64| ticks as f64 * scale_ns / 1e9;
        // A program that cut the video may have left its tags as they were.
        let counted_seconds = counted.seconds.filter(|seconds| match segment.seconds {
            Some(whole) => *seconds <= whole + 1.0,
            None => true,
        });
        let sample = match (counted_seconds, track.frame_ns) {
            (Some(_), _) => (SAMPLED_FRAMES, FIRST_READ),
            (None, 0) => (1, ANYWHERE),
            (None, _) => (SAMPLED_FRAMES, ANYWHERE),
        };
        let frames = segment.frames_at..segment.body.end;
        let first = times::first_frames(input, format, frames, track.number, sample)?;
        // The segment may hold sound that goes on, and a recording does not know how long it will be.
        let mut last = end::Last::default();
        if segment.seconds.is_none() || (counted_seconds.is_none() && segment.has_audio) {
            last = end::read(input, format, segment.body.clone(), track, segment.scale_ns)?;
        }
        let start = match last.recordings {
            0 | 1 => first.iter().min().copied().unwrap_or(0),
            _ => 0,
        };
        let of_end = last.end.map(to_seconds);
        let of_segment = segment.seconds.or(of_end).map(|whole| match of_end {
            Some(end) if last.recordings == 1 => whole.min(end),
            _ => whole,
        });
        let seconds = counted_seconds.or(of_segment).map(|end| {
            if counted.is_of_whole_track {
                end
            } else {
                end - to_seconds(start)
            }
        });
        let keeps_to = |times: &[u64]| {
            let ticks_per_frame = track.frame_ns as f64 / scale_ns;
            times::keep_to(times, ticks_per_frame, track.is_reordered())
        };
        let is_kept = track.frame_ns > 0 && keeps_to(&first) && keeps_to(&last.frames);
        let rate = is_kept.then(|| 1e9 / track.frame_ns as f64);
        let frames = counted
            .frames
            .filter(|_| counted.are_of(counted_seconds, segment, track));
        Ok(Self {
            seconds,
            rate,
            frames,
        })
    }
}

/// The EBML header (RFC 8794, section 11.2), and where it ends.
fn header(input: &Input<'_>) -> Parse<(Format, u64)> {
    let mut file = Elements::of_file(input, Format::Mkv, 0);
    let Some(header) = file.next()?.filter(|found| found.id == id::EBML) else {
        return malformed(Format::Mkv, 0, "there is no EBML header");
    };
    let mut format = Format::Mkv;
    let mut fields = Elements::inside(input, Format::Mkv, header.body.clone());
    while let Some(field) = fields.next()? {
        if field.id == id::DOC_TYPE && field.text(input)? == "webm" {
            format = Format::Webm;
        }
    }
    Ok((format, header.body.end))
}

/// What stands before the first cluster, or where the seek head says.
#[derive(Clone, Debug)]
struct Segment {
    /// Nanoseconds of a tick.
    scale_ns: u64,
    seconds: Option<f64>,
    video: Option<Track>,
    has_audio: bool,
    /// Body of the tags.
    tags: Option<Range<u64>>,
    seek: Seek,
    has_info: bool,
    has_tracks: bool,
    /// The program that wrote it.
    writer: String,
    /// Where the first cluster begins.
    frames_at: u64,
    body: Range<u64>,
}

impl Segment {
    fn new(body: Range<u64>) -> Self {
        Self {
            scale_ns: 1_000_000,
            seconds: None,
            video: None,
            has_audio: false,
            tags: None,
            seek: Seek::default(),
            has_info: false,
            has_tracks: false,
            writer: String::new(),
            frames_at: body.end,
            body,
        }
    }

    fn read(input: &Input<'_>, format: Format, element: Element) -> Parse<Self> {
        let first = (element.body.start, Self::new(element.body.clone()));
        let place = (*b"mkvs", element.body.start);
        let (mut segment, walked) = input.walk(place, first, |(at, segment)| {
            let range = *at..element.body.end;
            let mut children = Elements::of_segment(input, format, range);
            let found = match children.next() {
                // Behind the tracks, a recording may end inside any element.
                Err(halt) if segment.has_tracks && halt.is_truncated() => None,
                found => found?,
            };
            let Some(found) = found else {
                if !segment.has_tracks {
                    // Cut off before the tracks, whatever a seek head finds inside the element that was skipped.
                    let end = input.slice(at.saturating_sub(1), 1);
                    ends_before(end, format, "its tracks")?;
                }
                return Ok(ControlFlow::Break((segment.clone(), *at)));
            };
            match found.id {
                id::SEEK_HEAD => segment.seek.read(input, format, found.body)?,
                // The first of each counts, wherever the file is cut off.
                id::INFO if !segment.has_info => {
                    segment.read_info(input, format, found.body)?;
                    segment.has_info = true;
                }
                id::TRACKS if !segment.has_tracks => {
                    segment.read_tracks(input, format, found.body)?;
                    segment.has_tracks = true;
                }
                id::TAGS => segment.tags = Some(found.body),
                id::CLUSTER => {
                    segment.frames_at = *at;
                    return Ok(ControlFlow::Break((segment.clone(), *at)));
                }
                _ => {}
            }
            *at = children.position();
            Ok(ControlFlow::Continue(()))
        })?;
        let (seek, has_info, has_tracks) = (segment.seek, segment.has_info, segment.has_tracks);
        // Whatever stands behind the frames. What a seek head finds before them lies inside something else: else it
        // would have been met.
        let start = element.body.start;
        let at = |position: Option<u64>, wanted: u32| -> Parse<Option<Range<u64>>> {
            let at = position.and_then(|position| start.checked_add(position));
            let Some(at) = at.filter(|at| *at >= walked) else {
                return Ok(None);
            };
            let found = match Elements::of_segment(input, format, at..element.body.end).next() {
                // Cut off before what stands behind the frames.
                Err(halt) if halt.is_truncated() => return Ok(None),
                found => found?,
            };
            Ok(found
                .filter(|found| found.id == wanted)
                .map(|found| found.body))
        };
        if !has_info && let Some(body) = at(seek.info, id::INFO)? {
            segment.read_info(input, format, body)?;
        }
        if !has_tracks {
            match at(seek.tracks, id::TRACKS)? {
                Some(body) => segment.read_tracks(input, format, body)?,
                None => return malformed(format, start, "there are no tracks"),
            }
        }
        if segment.tags.is_none() && segment.video.is_some() {
            segment.tags = at(seek.tags, id::TAGS)?;
        }
        Ok(segment)
    }

    fn read_info(&mut self, input: &Input<'_>, format: Format, body: Range<u64>) -> Parse<()> {
        let mut ticks = None;
        let mut fields = Elements::inside(input, format, body);
        while let Some(field) = fields.next()? {
            match field.id {
                id::TIMESTAMP_SCALE => self.scale_ns = field.unsigned(input)?.max(1),
                id::DURATION => ticks = field.float(input)?,
                id::WRITING_APP => self.writer = field.text(input)?,
                _ => {}
            }
        }
        self.seconds = ticks
            .filter(|ticks| *ticks > 0.0)
            .map(|ticks| ticks * self.scale_ns as f64 / 1e9);
        Ok(())
    }

    fn read_tracks(&mut self, input: &Input<'_>, format: Format, body: Range<u64>) -> Parse<()> {
        const VIDEO: u64 = 1;
        const AUDIO: u64 = 2;
        let mut entries = Elements::inside(input, format, body);
        while let Some(entry) = entries.next()? {
            if entry.id != id::TRACK_ENTRY {
                continue;
            }
            let track = Track::read(input, format, entry.body)?;
            match track.kind {
                VIDEO => {
                    let is_better = match &self.video {
                        Some(before) => track.is_enabled && !before.is_enabled,
                        None => true,
                    };
                    if is_better {
                        self.video = Some(track);
                    }
                }
                AUDIO => self.has_audio = true,
                _ => {}
            }
        }
        Ok(())
    }
}

/// Where elements lie, from the start of the segment (RFC 9559, section 5.1.1). The first of each counts, too.
#[derive(Clone, Copy, Debug, Default)]
struct Seek {
    info: Option<u64>,
    tracks: Option<u64>,
    tags: Option<u64>,
}

impl Seek {
    fn read(&mut self, input: &Input<'_>, format: Format, body: Range<u64>) -> Parse<()> {
        let mut entries = Elements::inside(input, format, body);
        while let Some(entry) = entries.next()? {
            if entry.id != id::SEEK {
                continue;
            }
            let mut wanted = 0;
            let mut position = 0;
            let mut fields = Elements::inside(input, format, entry.body);
            while let Some(field) = fields.next()? {
                match field.id {
                    id::SEEK_ID => wanted = field.unsigned(input)?,
                    id::SEEK_POSITION => position = field.unsigned(input)?,
                    _ => {}
                }
            }
            match u32::try_from(wanted) {
                Ok(id::INFO) => self.info = self.info.or(Some(position)),
                Ok(id::TRACKS) => self.tracks = self.tracks.or(Some(position)),
                Ok(id::TAGS) => self.tags = self.tags.or(Some(position)),
                _ => {}
            }
        }
        Ok(())
    }
}
