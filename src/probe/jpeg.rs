//! JPEG (ITU-T T.81, 1992) with EXIF (CIPA DC-008-2023).

use super::input::{Input, Parse, malformed, unsupported};
use super::{Reader, directory};
use crate::media::{Format, ImageFacts, MediaFacts, Orientation, Size};
use std::ops::ControlFlow;

pub(super) const READER: Reader = Reader {
    signatures: &[b"\xff\xd8\xff"],
    read,
};

fn read(input: &Input<'_>) -> Parse<MediaFacts> {
    const FIRST: u64 = 2;
    input.walk((*b"jpeg", FIRST), Header::at(FIRST), |header| {
        header.step(input)
    })
}

/// What the segments before a place say.
#[derive(Clone, Copy, Debug)]
struct Header {
    at: u64,
    orientation: Option<Orientation>,
    size: Option<Size>,
}

/// Bytes between segments that are skipped in one step.
const STRAY_BYTES: u64 = 4096;

impl Header {
    const fn at(at: u64) -> Self {
        Self {
            at,
            orientation: None,
            size: None,
        }
    }

    fn skip(&mut self, bytes: u64) -> Parse<ControlFlow<MediaFacts>> {
        self.at += bytes;
        Ok(ControlFlow::Continue(()))
    }

    fn step(&mut self, input: &Input<'_>) -> Parse<ControlFlow<MediaFacts>> {
        // EXIF may stand behind the frame header, too; not behind the start of the pixels.
        if let (Some(size), Some(orientation)) = (self.size, self.orientation) {
            return Ok(ControlFlow::Break(facts(size, orientation)));
        }
        // Any number of FF may stand before a marker (B.1.1.2); FF 00 is no marker.
        let marker = match input.array(self.at)? {
            [0xff, 0xff] => return self.skip(1),
            [0xff, 0x00] => return self.skip(2),
            [0xff, marker] => marker,
            // Decoders skip whatever stands between segments.
            _ => {
                let stray = self.at..self.at + STRAY_BYTES;
                let found = input.find(b"\xff", stray.clone())?;
                return self.skip(found.unwrap_or(stray.end) - self.at);
            }
        };
        let after = self.at + 2;
        match marker {
            // SOF0 to SOF15 without DHT, JPG and DAC, which share the range (table B.1).
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                let frame = input.array::<7>(after)?;
                let [l1, l0, _, h1, h0, w1, w0] = frame;
                let height = u16::from_be_bytes([h1, h0]);
                let width = u16::from_be_bytes([w1, w0]);
                if width == 0 || height == 0 {
                    // A height of zero defers to a DNL segment behind the first scan (B.2.5), which
                    // only decoding finds, and which browsers refuse.
                    return malformed(Format::Jpeg, after, "the frame has no size");
                }
                self.size = self.size.or(Some(Size::new(width.into(), height.into())));
                self.at = after + u64::from(u16::from_be_bytes([l1, l0]));
            }
            0xd9 | 0xda => {
                return match self.size {
                    Some(size) => Ok(ControlFlow::Break(facts(size, Orientation::UPRIGHT))),
                    None => malformed(
                        Format::Jpeg,
                        after,
                        "the pixels come before the frame header",
                    ),
                };
            }
            // SOF55 (ITU-T T.87, 1998, C.1.1.2).
            0xf7 if self.size.is_none() => {
                return unsupported(Some("a JPEG-LS image"));
            }
            // TEM and RST0 to RST7 stand alone.
            0x01 | 0xd0..=0xd8 => self.at = after,
            _ => {
                // Decoders take a segment that is shorter than its own length for an empty one.
                let end = after + u64::from(input.u16_be(after)?).max(2);
                if marker == 0xe1 && self.orientation.is_none() {
                    self.orientation = exif_orientation(input, after + 2, end)?;
                }
                self.at = end;
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}

fn facts(size: Size, orientation: Orientation) -> MediaFacts {
    let image = ImageFacts {
        orientation,
        animated: Some(false),
        has_alpha: Some(false),
    };
    MediaFacts::image(Format::Jpeg, size, image)
}

/// The orientation of an APP1 segment, unless the segment is empty or something else, XMP for one.
fn exif_orientation(input: &Input<'_>, start: u64, end: u64) -> Parse<Option<Orientation>> {
    // The sixth byte fills up, and is not always zero.
    const NAME: &[u8; 5] = b"Exif\0";
    let tiff = start + NAME.len() as u64 + 1;
    if tiff >= end || input.array(start)? != *NAME {
        return Ok(None);
    }
    directory::exif_orientation(input, tiff..end).map(Some)
}
