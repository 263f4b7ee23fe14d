//! Icons and cursors (Microsoft, "Icons in Win32", 1995). The largest entry is the image, as in every
//! viewer.

use super::bmp::Info;
use super::input::{Input, Parse, malformed, unsupported};
use super::{Reader, png};
use crate::media::{Format, ImageFacts, Kind, MediaFacts, Size};
use std::ops::ControlFlow;

pub(super) const READER: Reader = Reader {
    signatures: &[b"\0\0\x01\0", b"\0\0\x02\0"],
    read,
};

/// Versions of spreadsheets: of Lotus 1-2-3 and Symphony (Lotus, "Worksheet File Format", 1986), and of Quattro
/// Pro. No cursor has as many images.
const SPREADSHEETS: [u64; 7] = [0x0404, 0x0405, 0x0406, 0x0407, 0x5120, 0x5121, 0x8006];

fn read(input: &Input<'_>) -> Parse<MediaFacts> {
    const FIRST: u64 = 6;
    const ENTRY_BYTES: u64 = 16;
    let count = u64::from(input.u16_le(4)?);
    // Spreadsheets begin with a record of no number and two bytes, their version.
    if input.u8(2)? == 2 && SPREADSHEETS.contains(&count) {
        return unsupported(Some("a spreadsheet"));
    }
    if count == 0 {
        // Truecolour images of Targa begin like a cursor, and have zeros here.
        return unsupported((input.u8(2)? == 2).then_some("a Targa image"));
    }
    let first = (0, Entry::default());
    let largest = input.walk((*b"ico ", 0), first, |(index, largest)| {
        if *index >= count {
            return Ok(ControlFlow::Break(*largest));
        }
        let entry = Entry::read(input, FIRST + *index * ENTRY_BYTES)?;
        if entry.rank() > largest.rank() {
            *largest = entry;
        }
        *index += 1;
        Ok(ControlFlow::Continue(()))
    })?;
    image(input, &largest)
}

#[derive(Clone, Copy, Default)]
struct Entry {
    width: u64,
    height: u64,
    bytes: u32,
    offset: u32,
}

impl Entry {
    fn read(input: &Input<'_>, at: u64) -> Parse<Self> {
        let [width, height, ..] = input.array::<4>(at)?;
        // A byte cannot say 256, so 0 does.
        let side = |side: u8| match side {
            0 => 256,
            side => side.into(),
        };
        Ok(Self {
            width: side(width),
            height: side(height),
            bytes: input.u32_le(at + 8)?,
            offset: input.u32_le(at + 12)?,
        })
    }

    /// By area, then by bytes: of two entries of one size, the one with more colours is shown.
    fn rank(&self) -> (u64, u32) {
        (self.width * self.height, self.bytes)
    }
}

/// What the entry's image itself says; the directory cannot name sides over 256.
fn image(input: &Input<'_>, entry: &Entry) -> Parse<MediaFacts> {
    let at = u64::from(entry.offset);
    let (size, has_alpha) = if input.up_to(at, 8)? == png::SIGNATURE {
        let facts = png::read_at(input, at)?;
        let has_alpha = match &facts.kind {
            Kind::Image(image) => image.has_alpha,
            Kind::Video(_) => None,
        };
        (facts.stored(), has_alpha)
    } else {
        let info = Info::read(input, Format::Ico, at)?;
        // Colours and a mask of one bit a pixel lie one above the other, in one bitmap. Only the pixels
        // tell whether the mask hides any.
        let size = Size::new(info.size.width, info.size.height / 2);
        (size, (info.bits_per_pixel == 32).then_some(true))
    };
    if size.height == 0 {
        return malformed(Format::Ico, at, "the largest entry has no size");
    }
    let image = ImageFacts {
        animated: Some(false),
        has_alpha,
        ..ImageFacts::default()
    };
    Ok(MediaFacts::image(Format::Ico, size, image))
}
