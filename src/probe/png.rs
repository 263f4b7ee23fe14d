//! PNG (W3C, Portable Network Graphics (PNG) Specification, Third Edition, 2025-06-24).

use super::input::{Input, Parse, malformed};
use super::{Reader, directory};
use crate::media::{Format, ImageFacts, MediaFacts, Size};
use std::ops::ControlFlow;

pub(super) const READER: Reader = Reader {
    signatures: &[SIGNATURE],
    read: |input| read_at(input, 0),
};

pub(super) const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Largest length of a chunk and largest side of an image (section 5.3 and 11.2.1).
const MAX: u32 = i32::MAX as u32;

/// Reads an image whose signature stands at an offset: icons hold such ones.
pub(super) fn read_at(input: &Input<'_>, start: u64) -> Parse<MediaFacts> {
    let mut at = start + SIGNATURE.len() as u64;
    let mut chunk = Chunk::read(input, at)?;
    // Xcode's optimiser puts a chunk of its own before the header.
    if chunk.name == *b"CgBI" {
        at = chunk.end;
        chunk = Chunk::read(input, at)?;
    }
    if chunk.name != *b"IHDR" || chunk.end - chunk.data != 13 + Chunk::CRC {
        return malformed(Format::Png, at, "the first chunk is not a header");
    }
    let width = input.u32_be(chunk.data)?;
    let height = input.u32_be(chunk.data + 4)?;
    if !(1..=MAX).contains(&width) || !(1..=MAX).contains(&height) {
        return malformed(
            Format::Png,
            chunk.data,
            "a side is zero or over 2³¹ − 1 pixels",
        );
    }
    let colour_type = input.u8(chunk.data + 9)?;
    let size = Size::new(width.into(), height.into());
    let image = ImageFacts {
        animated: Some(false),
        // Colour types 4 and 6 store alpha (section 11.2.1, table 8).
        has_alpha: Some(matches!(colour_type, 4 | 6)),
        ..ImageFacts::default()
    };
    let image = input.walk((*b"png ", start), (chunk.end, image), |(at, image)| {
        let chunk = Chunk::read(input, *at)?;
        match &chunk.name {
            // Animation control, transparency and EXIF stand before the pixels (section 5.6). EXIF may
            // stand behind them too; finding it there would mean reading all of the file.
            b"IDAT" | b"IEND" => return Ok(ControlFlow::Break(image.clone())),
            // The number of frames comes first (section 11.3.6.1).
            b"acTL" => image.animated = Some(input.u32_be(chunk.data)? > 1),
            b"tRNS" => image.has_alpha = Some(true),
            b"eXIf" => {
                let end = chunk.end - Chunk::CRC;
                image.orientation = directory::exif_orientation(input, chunk.data..end)?;
            }
            _ => {}
        }
        *at = chunk.end;
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(MediaFacts::image(Format::Png, size, image))
}

struct Chunk {
    name: [u8; 4],
    /// Offset of the data.
    data: u64,
    /// Offset behind the checksum.
    end: u64,
}

impl Chunk {
    const CRC: u64 = 4;

    fn read(input: &Input<'_>, at: u64) -> Parse<Self> {
        let length = input.u32_be(at)?;
        let name = input.array::<4>(at + 4)?;
        if length > MAX || !name.iter().all(u8::is_ascii_alphabetic) {
            return malformed(Format::Png, at, "no chunk begins here");
        }
        let data = at + 8;
        let end = data + u64::from(length) + Self::CRC;
        Ok(Self { name, data, end })
    }
}
