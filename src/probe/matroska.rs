//! Matroska and WebM (RFC 9559, 2024-10; RFC 8794, 2020-07, for EBML, of which both are made).

mod ebml;
mod tags;

use super::input::{Input, Parse, lacks, malformed};
use super::video::{Rotation, Video};
use super::{Reader, codec};
use crate::media::{Format, MediaFacts, Size};
use ebml::{Element, Elements};
use std::ops::{ControlFlow, Range};

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
    let Some(track) = segment.video else {
        return lacks(format, "video track");
    };
    if track.stored.width == 0 || track.stored.height == 0 {
        return lacks(format, "size of its frames");
    }
    let mut video = Video::new(format);
    video.stored = track.stored;
    video.shown = Some(track.shown());
    video.rotation = track.rotation();
    video.codec = track.codec.clone();
    video.has_audio = Some(segment.has_audio);
    video.frame_rate = (track.frame_ns > 0).then(|| 1e9 / track.frame_ns as f64);
    let of_segment = match segment.seconds {
        Some(seconds) => Some(seconds),
        None => End::seconds(input, format, segment.body, &track, segment.scale_ns)?,
    };
    video.seconds = of_segment;
    if let Some(tags) = segment.tags {
        let counted = tags::Statistics::read(input, format, tags, track.uid)?;
        // A program that cut the video may have left its tags as they were.
        if let (Some(seconds), Some(whole)) = (counted.seconds, of_segment)
            && seconds <= whole + 1.0
        {
            video.seconds = Some(seconds);
            video.frames = counted.frames;
        }
    }
    Ok(video.facts())
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
            body,
        }
    }

    fn read(input: &Input<'_>, format: Format, element: Element) -> Parse<Self> {
        let first = (element.body.start, Self::new(element.body.clone()));
        let place = (*b"mkvs", element.body.start);
        let (mut segment, walked) = input.walk(place, first, |(at, segment)| {
            let range = *at..element.body.end;
            let mut children = Elements::of_segment(input, format, range);
            let Some(found) = children.next()? else {
                if !segment.has_tracks {
                    // Cut off before the tracks, whatever a seek head finds inside the element that was skipped.
                    input.slice(at.saturating_sub(1), 1)?;
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
                id::CLUSTER => return Ok(ControlFlow::Break((segment.clone(), *at))),
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
            let found = Elements::of_segment(input, format, at..element.body.end).next()?;
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

/// One track (RFC 9559, section 5.1.4).
#[derive(Clone, Debug)]
struct Track {
    number: u64,
    uid: u64,
    kind: u64,
    is_enabled: bool,
    codec: Option<String>,
    /// Nanoseconds of a frame; 0 where it is not said.
    frame_ns: u64,
    stored: Size,
    /// Pixels cut off at left and right together, and at top and bottom.
    cropped: Size,
    display: Size,
    display_unit: u64,
    /// Degrees: yaw, pitch and roll.
    pose: [f64; 3],
}

impl Track {
    fn read(input: &Input<'_>, format: Format, body: Range<u64>) -> Parse<Self> {
        let mut track = Self {
            number: 0,
            uid: 0,
            kind: 0,
            is_enabled: true,
            codec: None,
            frame_ns: 0,
            stored: Size::new(0, 0),
            cropped: Size::new(0, 0),
            display: Size::new(0, 0),
            display_unit: 0,
            pose: [0.0; 3],
        };
        let mut codec_id = String::new();
        let mut private = 0..0;
        let mut fields = Elements::inside(input, format, body);
        while let Some(field) = fields.next()? {
            match field.id {
                id::TRACK_NUMBER => track.number = field.unsigned(input)?,
                id::TRACK_UID => track.uid = field.unsigned(input)?,
                id::TRACK_TYPE => track.kind = field.unsigned(input)?,
                id::FLAG_ENABLED => track.is_enabled = field.unsigned(input)? != 0,
                id::DEFAULT_DURATION => track.frame_ns = field.unsigned(input)?,
                id::CODEC_ID => codec_id = field.text(input)?,
                id::CODEC_PRIVATE => private = field.body,
                id::VIDEO => track.read_video(input, format, field.body)?,
                _ => {}
            }
        }
        track.codec = name_of_codec(input, &codec_id, &private)?;
        Ok(track)
    }

    fn read_video(&mut self, input: &Input<'_>, format: Format, body: Range<u64>) -> Parse<()> {
        let mut fields = Elements::inside(input, format, body);
        while let Some(field) = fields.next()? {
            match field.id {
                id::PIXEL_WIDTH => self.stored.width = field.unsigned(input)?,
                id::PIXEL_HEIGHT => self.stored.height = field.unsigned(input)?,
                id::PIXEL_CROP_LEFT | id::PIXEL_CROP_RIGHT => {
                    let cut = field.unsigned(input)?;
                    self.cropped.width = self.cropped.width.saturating_add(cut);
                }
                id::PIXEL_CROP_TOP | id::PIXEL_CROP_BOTTOM => {
                    let cut = field.unsigned(input)?;
                    self.cropped.height = self.cropped.height.saturating_add(cut);
                }
                id::DISPLAY_WIDTH => self.display.width = field.unsigned(input)?,
                id::DISPLAY_HEIGHT => self.display.height = field.unsigned(input)?,
                id::DISPLAY_UNIT => self.display_unit = field.unsigned(input)?,
                id::PROJECTION => self.read_projection(input, format, field.body)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn read_projection(
        &mut self,
        input: &Input<'_>,
        format: Format,
        body: Range<u64>,
    ) -> Parse<()> {
        let [yaw, pitch, roll] = &mut self.pose;
        let mut fields = Elements::inside(input, format, body);
        while let Some(field) = fields.next()? {
            let angle = match field.id {
                id::PROJECTION_POSE_YAW => &mut *yaw,
                id::PROJECTION_POSE_PITCH => &mut *pitch,
                id::PROJECTION_POSE_ROLL => &mut *roll,
                _ => continue,
            };
            *angle = field.float(input)?.unwrap_or(0.0);
        }
        Ok(())
    }

    /// Sections 5.1.4.1.28.12 to 14: a size in pixels, or an aspect, in any other unit; by default what is
    /// left of the stored size.
    fn shown(&self) -> Size {
        const PIXELS: u64 = 0;
        let left = Size::new(
            self.stored.width.saturating_sub(self.cropped.width).max(1),
            self.stored
                .height
                .saturating_sub(self.cropped.height)
                .max(1),
        );
        let Size { width, height } = self.display;
        match self.display_unit {
            _ if width == 0 && height == 0 => left,
            // One side alone goes with the stored other one.
            PIXELS => Size::new(
                if width == 0 { left.width } else { width },
                if height == 0 { left.height } else { height },
            ),
            _ => left.with_square_pixels(
                width.saturating_mul(left.height),
                height.saturating_mul(left.width),
            ),
        }
    }

    /// Section 5.1.4.1.28.46: a roll is counter-clockwise. Only a flat image that at most is mirrored as
    /// well, by a yaw of half a turn, can be turned by a player.
    fn rotation(&self) -> Rotation {
        let [yaw, pitch, roll] = self.pose;
        match pitch == 0.0 && (yaw == 0.0 || yaw.abs() == 180.0) {
            true => Rotation::nearest(-roll),
            false => Rotation::None,
        }
    }
}

/// RFC 9559 registers the names at IANA, "Matroska Codec IDs".
fn name_of_codec(input: &Input<'_>, codec_id: &str, private: &Range<u64>) -> Parse<Option<String>> {
    /// Where the code stands in a BITMAPINFOHEADER.
    const COMPRESSION: u64 = 16;
    let name = match codec_id {
        "V_VP8" => "vp8",
        "V_VP9" => "vp9",
        "V_AV1" => "av1",
        "V_MPEG4/ISO/AVC" => "h264",
        "V_MPEGH/ISO/HEVC" => "hevc",
        "V_MPEGI/ISO/VVC" => "vvc",
        "V_MPEG4/ISO/SP" | "V_MPEG4/ISO/ASP" | "V_MPEG4/ISO/AP" => "mpeg4",
        "V_MPEG4/MS/V3" => "msmpeg4v3",
        "V_MPEG1" => "mpeg1video",
        "V_MPEG2" => "mpeg2video",
        "V_MJPEG" => "mjpeg",
        "V_THEORA" => "theora",
        "V_PRORES" => "prores",
        "V_FFV1" => "ffv1",
        "V_DIRAC" => "dirac",
        "V_UNCOMPRESSED" => "rawvideo",
        "V_MS/VFW/FOURCC" if private.end - private.start >= COMPRESSION + 4 => {
            let code = input.array(private.start + COMPRESSION)?;
            return Ok(codec::of_four_letters(code));
        }
        "" => return Ok(None),
        other => other,
    };
    Ok(Some(name.to_owned()))
}

/// How long a recording is whose header does not say it, by the last frames of a track: clusters are searched for
/// backwards, in reads that double.
#[derive(Clone, Debug)]
struct End {
    /// Body of the segment, as far as the file goes.
    segment: Range<u64>,
    /// How far back from its end was read.
    back: u64,
    /// Where the cluster begins that was found last.
    before: u64,
}

impl End {
    const FIRST_WINDOW: u64 = 32 * 1024;
    /// A cluster holds 5 seconds as a rule, and a browser's recording much more.
    const FARTHEST_BACK: u64 = 4 * 1024 * 1024;

    /// `None` where nothing tells; `frame_ns` is 0 where the track does not say how long a frame is.
    fn seconds(
        input: &Input<'_>,
        format: Format,
        segment: Range<u64>,
        track: &Track,
        scale_ns: u64,
    ) -> Parse<Option<f64>> {
        let Some(length) = input.length() else {
            return Ok(None);
        };
        let before = segment.end.min(length);
        let first = Self {
            segment: segment.start..before,
            back: Self::FIRST_WINDOW,
            before,
        };
        input.walk((*b"mkve", segment.start), first, |end| {
            let Some((start, body)) = end.last_cluster(input, format)? else {
                return Ok(end.widen());
            };
            // The very last cluster may hold nothing but sound.
            let times = Times::read(input, format, body, track.number)?;
            let frame_ticks = match track.frame_ns {
                0 => times.gap(),
                frame_ns => frame_ns / scale_ns,
            };
            end.before = start;
            Ok(match times.end(frame_ticks) {
                Some(ticks) => ControlFlow::Break(Some(ticks as f64 * scale_ns as f64 / 1e9)),
                None => ControlFlow::Continue(()),
            })
        })
    }

    /// Where the last cluster begins in the window, before the one found last, and its body, which ends with the
    /// file if it is cut off.
    fn last_cluster(&self, input: &Input<'_>, format: Format) -> Parse<Option<(u64, Range<u64>)>> {
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
        Ok(cluster.map(|cluster| (start, cluster.body)))
    }

    fn window_start(&self) -> u64 {
        let start = self.segment.end.saturating_sub(self.back);
        start.max(self.segment.start)
    }

    fn widen(&mut self) -> ControlFlow<Option<f64>> {
        if self.window_start() == self.segment.start || self.back >= Self::FARTHEST_BACK {
            return ControlFlow::Break(None);
        }
        self.back *= 2;
        ControlFlow::Continue(())
    }
}

/// The times of the frames of one track in a cluster, in ticks.
#[derive(Default)]
struct Times {
    last: Option<u64>,
    before: Option<u64>,
    /// The latest end that a block states.
    stated: Option<u64>,
}

impl Times {
    fn read(input: &Input<'_>, format: Format, cluster: Range<u64>, track: u64) -> Parse<Self> {
        let mut times = Self::default();
        let mut timestamp = 0_u64;
        let mut children = Elements::inside(input, format, cluster);
        while let Some(found) = children.next()? {
            match found.id {
                id::TIMESTAMP => timestamp = found.unsigned(input)?,
                id::SIMPLE_BLOCK => times.add(input, &found.body, track, timestamp, None)?,
                id::BLOCK_GROUP => {
                    let mut block = None;
                    let mut ticks = None;
                    let mut fields = Elements::inside(input, format, found.body);
                    while let Some(field) = fields.next()? {
                        match field.id {
                            id::BLOCK => block = Some(field.body),
                            id::BLOCK_DURATION => ticks = Some(field.unsigned(input)?),
                            _ => {}
                        }
                    }
                    if let Some(block) = block {
                        times.add(input, &block, track, timestamp, ticks)?;
                    }
                }
                // Of unknown length, the cluster ends where something else begins.
                id::CUES | id::TAGS | id::CHAPTERS | id::ATTACHMENTS => break,
                _ => {}
            }
        }
        Ok(times)
    }

    /// A block begins with the number of its track and its time from the cluster's (RFC 9559, section 10).
    fn add(
        &mut self,
        input: &Input<'_>,
        block: &Range<u64>,
        track: u64,
        timestamp: u64,
        ticks: Option<u64>,
    ) -> Parse<()> {
        let (number, length) = ebml::number(input, block.start)?;
        if number != Some(track) {
            return Ok(());
        }
        let relative = input.u16_be(block.start + length)?.cast_signed();
        let time = timestamp.saturating_add_signed(relative.into());
        if let Some(ticks) = ticks {
            let end = time.saturating_add(ticks);
            self.stated = Some(self.stated.map_or(end, |stated| stated.max(end)));
        }
        // Frames stand in the order of decoding.
        match self.last {
            Some(last) if time > last => {
                self.before = Some(last);
                self.last = Some(time);
            }
            Some(last) if time < last => {
                self.before = Some(self.before.map_or(time, |before| before.max(time)));
            }
            Some(_) => {}
            None => self.last = Some(time),
        }
        Ok(())
    }

    /// Between the last two frames.
    fn gap(&self) -> u64 {
        match (self.last, self.before) {
            (Some(last), Some(before)) => last.saturating_sub(before),
            _ => 0,
        }
    }

    fn end(&self, frame_ticks: u64) -> Option<u64> {
        let last = self.last?.saturating_add(frame_ticks);
        Some(self.stated.map_or(last, |stated| stated.max(last)))
    }
}
