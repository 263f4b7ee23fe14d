//! ASF, which Windows Media files are (Microsoft, "Advanced Systems Format (ASF) Specification", revision
//! 01.20.05, 2010).

mod packets;

use super::input::{FARTHEST, Input, Parse, lacks, malformed};
use super::video::Video;
use super::{Reader, codec, timing};
use crate::media::{Format, MediaFacts, Size};
use std::ops::ControlFlow;

pub(super) const READER: Reader = Reader {
    signatures: &[&HEADER],
    read,
};

/// Types of objects and streams (section 10).
type Guid = [u8; 16];
const HEADER: Guid = guid(0x75b2_2630, 0x668e, 0x11cf, 0xa6d9_00aa_0062_ce6c);
const DATA: Guid = guid(0x75b2_2636, 0x668e, 0x11cf, 0xa6d9_00aa_0062_ce6c);
const FILE_PROPERTIES: Guid = guid(0x8cab_dca1, 0xa947, 0x11cf, 0x8ee4_00c0_0c20_5365);
const STREAM_PROPERTIES: Guid = guid(0xb7dc_0791, 0xa9b7, 0x11cf, 0x8ee6_00c0_0c20_5365);
const HEADER_EXTENSION: Guid = guid(0x5fbf_03b5, 0xa92e, 0x11cf, 0x8ee3_00c0_0c20_5365);
const EXTENDED_PROPERTIES: Guid = guid(0x14e6_a5cb, 0xc672, 0x4332, 0x8399_a969_5206_5b5a);
const METADATA: Guid = guid(0xc5f8_cbea, 0x5baf, 0x4877, 0x8467_aa8c_44fa_4cca);
const AUDIO_MEDIA: Guid = guid(0xf869_9e40, 0x5b4d, 0x11cf, 0xa8fd_0080_5f5c_442b);
const VIDEO_MEDIA: Guid = guid(0xbc19_efc0, 0x5b4d, 0x11cf, 0xa8fd_0080_5f5c_442b);

/// As it lies in a file: three little-endian numbers, and eight bytes.
const fn guid(first: u32, second: u16, third: u16, rest: u64) -> Guid {
    let [a0, a1, a2, a3] = first.to_le_bytes();
    let [b0, b1] = second.to_le_bytes();
    let [c0, c1] = third.to_le_bytes();
    let [d0, d1, d2, d3, d4, d5, d6, d7] = rest.to_be_bytes();
    [
        a0, a1, a2, a3, b0, b1, c0, c1, d0, d1, d2, d3, d4, d5, d6, d7,
    ]
}

fn read(input: &Input<'_>) -> Parse<MediaFacts> {
    input.expect_video();
    /// Behind the number of objects and two reserved bytes (section 3.1).
    const FIRST: u64 = 30;
    /// Behind two reserved fields and a length (section 3.4).
    const EXTENSION: u64 = 22;
    let end = Object::read(input, 0)?.end;
    let first = (FIRST, Header::default());
    input.walk((*b"asf ", FIRST), first, |(at, header)| {
        // The data follow, as a rule.
        if *at >= end {
            return header.facts(input, *at).map(ControlFlow::Break);
        }
        let object = Object::read(input, *at)?;
        // Objects that hold others are entered: the order alone says what belongs to what.
        *at = match object.kind {
            DATA => return header.facts(input, *at).map(ControlFlow::Break),
            HEADER_EXTENSION => object.data + EXTENSION,
            EXTENDED_PROPERTIES => header.read_extended_properties(input, &object)?,
            _ => {
                header.take(input, &object)?;
                object.end
            }
        };
        Ok(ControlFlow::Continue(()))
    })
}

#[derive(Default)]
struct Header {
    seconds: Option<f64>,
    /// Bytes of each packet of data, where all are as long.
    packet_bytes: Option<u64>,
    video: Option<Stream>,
    has_audio: bool,
    /// Frames a second, by the number of the stream.
    rates: Vec<(u16, f64)>,
    /// Sides of a pixel, by the number of the stream.
    across: Vec<(u16, u64)>,
    down: Vec<(u16, u64)>,
}

struct Stream {
    number: u16,
    size: Size,
    codec: Option<String>,
}

/// Units of time in a second: 100 nanoseconds each.
const TICKS: f64 = 10_000_000.0;

impl Header {
    fn take(&mut self, input: &Input<'_>, object: &Object) -> Parse<()> {
        let at = object.data;
        match object.kind {
            FILE_PROPERTIES => self.read_file_properties(input, at),
            STREAM_PROPERTIES => self.read_stream_properties(input, at),
            METADATA => self.read_metadata(input, object),
            _ => Ok(()),
        }
    }

    /// Section 3.2. What is buffered before the first frame counts as played.
    fn read_file_properties(&mut self, input: &Input<'_>, at: u64) -> Parse<()> {
        const IS_BROADCAST: u32 = 1;
        let played = input.array(at + 40).map(u64::from_le_bytes)?;
        let milliseconds = input.array(at + 56).map(u64::from_le_bytes)?;
        let flags = input.u32_le(at + 64)?;
        let (least, most) = (input.u32_le(at + 68)?, input.u32_le(at + 72)?);
        self.packet_bytes = (least == most).then(|| u64::from(least));
        // A broadcast has no end when this is written.
        if flags & IS_BROADCAST == 0 {
            self.seconds = Some(played as f64 / TICKS - milliseconds as f64 / 1000.0);
        }
        Ok(())
    }

    /// Section 3.3, with the media type of section 9.2 in it. Of several streams of video a player shows
    /// one, and which, its bandwidth decides.
    fn read_stream_properties(&mut self, input: &Input<'_>, at: u64) -> Parse<()> {
        /// Bits of the flags; another says that the stream is encrypted.
        const NUMBER: u16 = 0x7f;
        const MEDIA: u64 = 54;
        /// BITMAPINFOHEADER.
        const BITMAP: u64 = MEDIA + 11;
        match input.array(at)? {
            AUDIO_MEDIA => self.has_audio = true,
            VIDEO_MEDIA if self.video.is_none() => {
                let width = input.u32_le(at + MEDIA)?;
                let height = input.array(at + MEDIA + 4).map(i32::from_le_bytes)?;
                self.video = Some(Stream {
                    number: input.u16_le(at + 48)? & NUMBER,
                    size: Size::new(width.into(), height.unsigned_abs().into()),
                    codec: codec::of_four_letters(input.array(at + BITMAP + 16)?),
                });
            }
            _ => {}
        }
        Ok(())
    }

    /// Section 4.1. Behind names and extensions of any number may stand the stream's properties, and
    /// nowhere else.
    fn read_extended_properties(&mut self, input: &Input<'_>, object: &Object) -> Parse<u64> {
        let at = object.data;
        let number = input.u16_le(at + 48)?;
        let ticks = input.array(at + 52).map(u64::from_le_bytes)?;
        let names = input.u16_le(at + 60)?;
        let extensions = input.u16_le(at + 62)?;
        let mut at = at + 64;
        // Bytes behind the object are another one's, however many names are announced.
        for _ in 0..names {
            if at >= object.end {
                break;
            }
            at += 4 + u64::from(input.u16_le(at + 2)?);
        }
        for _ in 0..extensions {
            if at >= object.end {
                break;
            }
            at += 22 + u64::from(input.u32_le(at + 18)?);
        }
        self.rates.push((number, TICKS / ticks as f64));
        Ok(at.min(object.end))
    }

    /// Section 4.7: records of a name in UTF-16 and a number.
    fn read_metadata(&mut self, input: &Input<'_>, object: &Object) -> Parse<()> {
        const RECORD: u64 = 12;
        let (mut across, mut down) = (Vec::new(), Vec::new());
        let mut at = object.data + 2;
        for _ in 0..input.u16_le(object.data)? {
            if at >= object.end {
                break;
            }
            let [_, _, s0, s1, n0, n1, _, _, v0, v1, v2, v3] = input.array(at)?;
            let stream = u16::from_le_bytes([s0, s1]);
            let name = u64::from(u16::from_le_bytes([n0, n1]));
            let value = at + RECORD + name;
            if name >= ASPECT_X.len() as u64 {
                let name = input.slice(at + RECORD, ASPECT_X.len() as u64)?;
                if name == ASPECT_X {
                    across.push((stream, input.u16_le(value)?.into()));
                } else if name == ASPECT_Y {
                    down.push((stream, input.u16_le(value)?.into()));
                }
            }
            at = value + u64::from(u32::from_le_bytes([v0, v1, v2, v3]));
        }
        self.across.append(&mut across);
        self.down.append(&mut down);
        Ok(())
    }

    /// `data` is where the object of the data begins, if it is there.
    fn facts(&self, input: &Input<'_>, data: u64) -> Parse<MediaFacts> {
        let Some(stream) = &self.video else {
            return lacks(Format::Wmv, "video track");
        };
        if stream.size.width == 0 || stream.size.height == 0 {
            return lacks(Format::Wmv, "frame size");
        }
        let mut video = Video::new(Format::Wmv);
        video.stored = stream.size;
        if let (Some(across), Some(down)) = (
            of_stream(&self.across, stream.number),
            of_stream(&self.down, stream.number),
        ) {
            video.pixel = (across, down);
        }
        video.codec = stream.codec.clone();
        video.has_audio = Some(self.has_audio);
        video.seconds = self.seconds;
        video.frame_rate = of_stream(&self.rates, stream.number);
        if let Some(bytes) = self.packet_bytes {
            let packets = packets::Packets::new(data, bytes, stream.number);
            count(&mut video, &packets.first(input)?, &packets.last(input)?);
        }
        Ok(video.facts())
    }
}

/// By the times of the first frames and the last, in milliseconds and in order. The header may state a rate that they do
/// not keep to, and leave out what is played while it is buffered.
fn count(video: &mut Video, first: &[u64], last: &[u64]) {
    let (Some(start), Some(end)) = (first.first(), last.last()) else {
        return;
    };
    let claimed = video
        .frame_rate
        .filter(|rate| timing::keeps_to(first, *rate) && timing::keeps_to(last, *rate));
    video.frame_rate = claimed.or_else(|| timing::measured(last));
    if let Some(rate) = video.frame_rate {
        let before = (end.saturating_sub(*start) as f64 / 1000.0 * rate).round() as u64;
        video.frames = Some(before.saturating_add(1));
        video.frames_derived = true;
        video.seconds = None;
    }
}

/// The value for a stream.
fn of_stream<T: Copy>(values: &[(u16, T)], number: u16) -> Option<T> {
    values
        .iter()
        .find(|(stream, _)| *stream == number)
        .map(|(_, value)| *value)
}

/// Names of the two sides of a pixel (section 4.7), of one length.
const ASPECT_X: &[u8] = b"A\0s\0p\0e\0c\0t\0R\0a\0t\0i\0o\0X\0";
const ASPECT_Y: &[u8] = b"A\0s\0p\0e\0c\0t\0R\0a\0t\0i\0o\0Y\0";

struct Object {
    kind: Guid,
    data: u64,
    end: u64,
}

impl Object {
    /// Section 2.1.
    fn read(input: &Input<'_>, at: u64) -> Parse<Self> {
        const HEADER: u64 = 24;
        let kind = input.array(at)?;
        let length = input.array(at + 16).map(u64::from_le_bytes)?;
        let end = at.saturating_add(length);
        if length < HEADER {
            return malformed(Format::Wmv, at, "an object is shorter than its own header");
        }
        if end > FARTHEST {
            return malformed(Format::Wmv, at, "an object is longer than any file");
        }
        Ok(Self {
            kind,
            data: at + HEADER,
            end,
        })
    }
}
