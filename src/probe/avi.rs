//! AVI (Microsoft, "AVI RIFF File Reference"; OpenDML AVI M-JPEG File Format Subcommittee, "OpenDML AVI
//! File Format Extensions", version 1.02, 1996).

use super::input::{Input, Parse, ends_before, lacks};
use super::sequence::{self, Coding};
use super::video::Video;
use super::{Reader, codec};
use crate::media::{Format, MediaFacts, Size};
use std::ops::ControlFlow;

pub(super) const READER: Reader = Reader {
    signatures: &[b"RIFF????AVI "],
    read,
};

fn read(input: &Input<'_>) -> Parse<MediaFacts> {
    input.expect_video();
    const FIRST: u64 = 12;
    let first = (FIRST, Header::default());
    let facts = input.walk((*b"avi ", FIRST), first, |(at, header)| {
        let chunk = Chunk::read(input, *at)?;
        *at = match chunk.list.as_ref() {
            Some(b"movi") => return header.facts(input, chunk.data).map(ControlFlow::Break),
            // Entered, not skipped over: streamed and cut files have no lengths here, and the order of
            // the chunks says all that nesting would.
            Some(b"hdrl" | b"strl" | b"odml") => chunk.data,
            Some(_) => chunk.end,
            None => {
                header.take(input, &chunk)?;
                chunk.end
            }
        };
        Ok(ControlFlow::Continue(()))
    });
    ends_before(facts, Format::Avi, "its frames (movi)")
}

#[derive(Default)]
struct Header {
    main: Main,
    streams: Vec<Stream>,
    /// Frames in all parts of a file that has several (`dmlh`).
    total_frames: u32,
}

impl Header {
    fn take(&mut self, input: &Input<'_>, chunk: &Chunk) -> Parse<()> {
        let at = chunk.data;
        match (&chunk.name, self.streams.last_mut()) {
            (b"avih", _) => self.main = Main::read(input, at)?,
            (b"dmlh", _) => self.total_frames = input.u32_le(at)?,
            (b"strh", _) => self.streams.push(Stream::read(input, at)?),
            (b"strf", Some(stream)) if stream.kind == *b"vids" => stream.read_format(input, at)?,
            (b"vprp", Some(stream)) => stream.read_aspect(input, at)?,
            _ => {}
        }
        Ok(())
    }

    fn facts(&self, input: &Input<'_>, frames: u64) -> Parse<MediaFacts> {
        let mut streams = self.streams.iter().zip(0_u64..);
        let Some((stream, index)) = streams.find(|(stream, _)| stream.is_video()) else {
            return lacks(Format::Avi, "video track");
        };
        let (width, height) = stream.sides.unwrap_or(self.main.sides);
        if width == 0 || height == 0 {
            return lacks(Format::Avi, "frame size");
        }
        let mut video = Video::new(Format::Avi);
        video.stored = Size::new(width.into(), height.into());
        video.codec = codec::of_four_letters(stream.codec);
        video.pixel = match stream.pixel(video.stored) {
            Some(pixel) => pixel,
            None => coded_pixel(input, frames, index, video.codec.as_deref())?,
        };
        video.has_audio = Some(self.streams.iter().any(Stream::is_audible));
        video.frames = self.frames(stream);
        video.frame_rate = Some(match stream.rate {
            rate if rate.is_normal() => rate,
            _ => self.main.rate,
        });
        Ok(video.facts())
    }

    /// The main header counts the frames of the first part, and so do some writers in the stream's. Who
    /// streams or is cut off does not know how many there will be, and says so by nought or by billions.
    fn frames(&self, stream: &Stream) -> Option<u64> {
        const ENDLESS: u32 = 1 << 30;
        let known = |frames: u32| (1..ENDLESS).contains(&frames).then(|| u64::from(frames));
        known(stream.length)
            .max(known(self.total_frames))
            .or(known(self.main.frames))
    }
}

/// `avih`.
#[derive(Default)]
struct Main {
    /// Frames a second.
    rate: f64,
    frames: u32,
    sides: (u32, u32),
}

impl Main {
    fn read(input: &Input<'_>, at: u64) -> Parse<Self> {
        let microseconds = f64::from(input.u32_le(at)?);
        Ok(Self {
            rate: 1_000_000.0 / microseconds,
            frames: input.u32_le(at + 16)?,
            sides: (input.u32_le(at + 32)?, input.u32_le(at + 36)?),
        })
    }
}

/// `strh`, and what the chunks behind it add.
struct Stream {
    kind: [u8; 4],
    codec: [u8; 4],
    /// Frames a second.
    rate: f64,
    length: u32,
    sides: Option<(u32, u32)>,
    /// Width to height of the image.
    aspect: Option<(u64, u64)>,
}

impl Stream {
    fn read(input: &Input<'_>, at: u64) -> Parse<Self> {
        let scale = f64::from(input.u32_le(at + 20)?);
        let rate = f64::from(input.u32_le(at + 24)?);
        Ok(Self {
            kind: input.array(at)?,
            codec: input.array(at + 4)?,
            rate: rate / scale,
            length: input.u32_le(at + 32)?,
            sides: None,
            aspect: None,
        })
    }

    /// BITMAPINFOHEADER, which knows the codec better than the name of its handler.
    fn read_format(&mut self, input: &Input<'_>, at: u64) -> Parse<()> {
        let width = input.u32_le(at + 4)?;
        // A negative height counts the rows from the top.
        let height = input.array(at + 8).map(i32::from_le_bytes)?;
        self.sides = Some((width, height.unsigned_abs())).filter(|sides| *sides != (0, 0));
        self.codec = input.array(at + 16)?;
        Ok(())
    }

    /// `VideoPropHeader` (OpenDML, 5.0): the aspect of a frame as two short numbers, the height first.
    fn read_aspect(&mut self, input: &Input<'_>, at: u64) -> Parse<()> {
        let height = u64::from(input.u16_le(at + 20)?);
        let width = u64::from(input.u16_le(at + 22)?);
        self.aspect = Some((width, height)).filter(|_| width > 0 && height > 0);
        Ok(())
    }

    /// Also sound and frames in one stream, as camcorders record DV.
    fn is_video(&self) -> bool {
        matches!(&self.kind, b"vids" | b"iavs")
    }

    fn is_audible(&self) -> bool {
        matches!(&self.kind, b"auds" | b"iavs")
    }

    fn pixel(&self, stored: Size) -> Option<(u64, u64)> {
        let (width, height) = self.aspect?;
        Some((width * stored.height, height * stored.width))
    }
}

/// The aspect of a pixel as the first frame's own header has it.
fn coded_pixel(
    input: &Input<'_>,
    mut at: u64,
    stream: u64,
    codec: Option<&str>,
) -> Parse<(u64, u64)> {
    const SQUARE: (u64, u64) = (1, 1);
    /// What stands before it: a list around it, an index, the sound of a second.
    const MOST_CHUNKS: u32 = 8;
    /// A header is shorter, and so is many a frame.
    const MOST_BYTES: u64 = 512;
    let coding = match codec {
        Some("mpeg4") => Coding::Mpeg4,
        Some("h264") => Coding::H264,
        Some("mpeg1video" | "mpeg2video") => Coding::Mpeg,
        _ => return Ok(SQUARE),
    };
    for _ in 0..MOST_CHUNKS {
        let chunk = Chunk::read(input, at)?;
        at = match chunk.list.as_ref() {
            Some(_) => chunk.data,
            None => chunk.end,
        };
        if chunk.stream() == Some(stream) && chunk.length > 0 {
            let frame = input.slice(chunk.data, chunk.length.min(MOST_BYTES))?;
            return Ok(sequence::find(coding, frame).map_or(SQUARE, |found| found.pixel));
        }
    }
    Ok(SQUARE)
}

struct Chunk {
    name: [u8; 4],
    /// The type of a list.
    list: Option<[u8; 4]>,
    data: u64,
    length: u64,
    /// Offset of the next chunk: chunks are padded to an even length.
    end: u64,
}

impl Chunk {
    fn read(input: &Input<'_>, at: u64) -> Parse<Self> {
        const HEADER: u64 = 8;
        let name = input.array(at)?;
        let length = u64::from(input.u32_le(at + 4)?);
        let end = at + HEADER + length + length % 2;
        let (list, data) = match &name {
            b"LIST" | b"RIFF" => (Some(input.array(at + HEADER)?), at + HEADER + 4),
            _ => (None, at + HEADER),
        };
        Ok(Self {
            name,
            list,
            data,
            length,
            end,
        })
    }

    /// Chunks of frames begin with the number of their stream.
    fn stream(&self) -> Option<u64> {
        let [tens @ b'0'..=b'9', ones @ b'0'..=b'9', ..] = self.name else {
            return None;
        };
        Some(u64::from(tens - b'0') * 10 + u64::from(ones - b'0'))
    }
}
