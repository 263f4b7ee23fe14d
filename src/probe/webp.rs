//! WebP (RFC 9649, 2024-11).

use super::input::{Input, Parse, malformed};
use super::{Reader, directory};
use crate::media::{Format, ImageFacts, MediaFacts, Orientation, Size};

pub(super) const READER: Reader = Reader {
    signatures: &[b"RIFF????WEBP"],
    read,
};

fn read(input: &Input<'_>) -> Parse<MediaFacts> {
    const FIRST: u64 = 12;
    let chunk = Chunk::read(input, FIRST)?;
    match &chunk.name {
        b"VP8 " => lossy(input, chunk.data),
        b"VP8L" => lossless(input, chunk.data),
        b"VP8X" => extended(input, &chunk),
        _ => malformed(Format::Webp, FIRST, "the first chunk is not an image"),
    }
}

/// A VP8 key frame (RFC 6386, section 9.1).
fn lossy(input: &Input<'_>, at: u64) -> Parse<MediaFacts> {
    let [tag, _, _, 0x9d, 0x01, 0x2a, w0, w1, h0, h1] = input.array(at)? else {
        return malformed(Format::Webp, at, "the VP8 frame has no start code");
    };
    if tag & 1 == 1 {
        return malformed(Format::Webp, at, "the VP8 frame is not a key frame");
    }
    // The two upper bits are a scale for display, which WebP ignores (RFC 9649, section 2.5).
    let side = |low, high| u64::from(u16::from_le_bytes([low, high]) & 0x3fff);
    let size = Size::new(side(w0, w1), side(h0, h1));
    if size.width == 0 || size.height == 0 {
        return malformed(Format::Webp, at, "the frame has no size");
    }
    Ok(MediaFacts::image(Format::Webp, size, still(false)))
}

/// A VP8L header (RFC 9649, section 3.4): two sides of 14 bits less one, and the alpha hint.
fn lossless(input: &Input<'_>, at: u64) -> Parse<MediaFacts> {
    let [0x2f, b0, b1, b2, b3] = input.array(at)? else {
        return malformed(Format::Webp, at, "the VP8L stream has no signature");
    };
    let bits = u32::from_le_bytes([b0, b1, b2, b3]);
    let side = |shift: u32| u64::from(bits >> shift & 0x3fff) + 1;
    let size = Size::new(side(0), side(14));
    let has_alpha = bits >> 28 & 1 == 1;
    Ok(MediaFacts::image(Format::Webp, size, still(has_alpha)))
}

/// A VP8X header (RFC 9649, section 2.7): flags, and two sides of 24 bits less one.
fn extended(input: &Input<'_>, header: &Chunk) -> Parse<MediaFacts> {
    const ANIMATION: u8 = 0x02;
    const XMP: u8 = 0x04;
    const EXIF: u8 = 0x08;
    const ALPHA: u8 = 0x10;
    let [flags, _, _, _, w0, w1, w2, h0, h1, h2] = input.array(header.data)?;
    let side = |b0, b1, b2| u64::from(u32::from_le_bytes([b0, b1, b2, 0])) + 1;
    let size = Size::new(side(w0, w1, w2), side(h0, h1, h2));
    let orientation = match flags & EXIF {
        0 => Orientation::UPRIGHT,
        _ => exif_orientation(input, header.end)?,
    };
    let image = ImageFacts {
        orientation,
        animated: match flags & ANIMATION {
            0 => Some(false),
            _ => has_frames(input, header.end, flags & (EXIF | XMP) != 0)?,
        },
        has_alpha: Some(flags & ALPHA != 0),
    };
    Ok(MediaFacts::image(Format::Webp, size, image))
}

/// Whether an animation has a second frame: what stands behind its first one, of metadata or without (RFC
/// 9649, section 2.7.1.1). `None` where the file ends before.
fn has_frames(input: &Input<'_>, mut at: u64, has_metadata: bool) -> Parse<Option<bool>> {
    /// A profile, and the animation's own parameters.
    const MAX_CHUNKS_BEFORE: u32 = 4;
    let end = 8 + u64::from(input.u32_le(4)?);
    let mut chunks_before = 0;
    while at + 8 <= end && chunks_before < MAX_CHUNKS_BEFORE {
        let chunk = Chunk::read(input, at)?;
        at = chunk.end;
        if chunk.name != *b"ANMF" {
            chunks_before += 1;
            continue;
        }
        // Without metadata, only another frame can follow: that spares a read.
        if !has_metadata || at + 8 > end {
            return Ok(Some(at + 8 <= end));
        }
        let next = input.up_to(at, 4)?;
        return Ok((next.len() == 4).then_some(next == b"ANMF"));
    }
    Ok(None)
}

/// EXIF stands behind the pixels, so the chunks are followed to it.
fn exif_orientation(input: &Input<'_>, mut at: u64) -> Parse<Orientation> {
    /// Before it stand a profile, alpha and pixels. In an animation each frame is a chunk, and a look at
    /// each a read of its own; viewers do not turn animations.
    const MAX_CHUNKS: u32 = 8;
    let end = 8 + u64::from(input.u32_le(4)?);
    for _ in 0..MAX_CHUNKS {
        if at + 8 > end {
            break;
        }
        let chunk = Chunk::read(input, at)?;
        if chunk.name == *b"EXIF" {
            // Some writers keep the prefix that JPEG wants.
            let prefix = if chunk.length >= 6 && input.array(chunk.data)? == *b"Exif\0\0" {
                6
            } else {
                0
            };
            let block = chunk.data + prefix..chunk.data + chunk.length;
            return directory::exif_orientation(input, block);
        }
        at = chunk.end;
    }
    Ok(Orientation::UPRIGHT)
}

fn still(has_alpha: bool) -> ImageFacts {
    ImageFacts {
        animated: Some(false),
        has_alpha: Some(has_alpha),
        ..ImageFacts::default()
    }
}

struct Chunk {
    name: [u8; 4],
    data: u64,
    length: u64,
    /// Offset of the next chunk: chunks are padded to an even length (RFC 9649, section 2.3).
    end: u64,
}

impl Chunk {
    fn read(input: &Input<'_>, at: u64) -> Parse<Self> {
        let name = input.array(at)?;
        let length = u64::from(input.u32_le(at + 4)?);
        let data = at + 8;
        let end = data + length + length % 2;
        Ok(Self {
            name,
            data,
            length,
            end,
        })
    }
}
