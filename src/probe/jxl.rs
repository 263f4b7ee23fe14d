//! JPEG XL: a codestream, bare or in boxes (ISO/IEC 18181-1:2024, annexes B and D; ISO/IEC 18181-2:2024).

mod bits;
mod frame;

use super::Reader;
use super::input::{Input, Parse, malformed};
use crate::media::{Format, ImageFacts, MediaFacts, Orientation, Size};
use bits::Bits;
use frame::Metadata;

pub(super) const READER: Reader = Reader {
    signatures: &[CODESTREAM, b"\0\0\0\x0cJXL \r\n\x87\n"],
    read,
};

const CODESTREAM: &[u8] = b"\xff\x0a";

fn read(input: &Input<'_>) -> Parse<MediaFacts> {
    let mut bits = if input.up_to(0, 2)? == CODESTREAM {
        Bits::bare(input)
    } else {
        Bits::in_boxes(input)
    };
    if bits.read(16)? != u32::from(u16::from_le_bytes([0xff, 0x0a])) {
        return malformed(Format::Jxl, 0, "the codestream has no signature");
    }
    let size = read_size(&mut bits)?;
    if size.width > MAX_SIDE || size.height > MAX_SIDE {
        return malformed(Format::Jxl, 0, "a side is longer than any level allows");
    }
    let image = read_metadata(&mut bits)?;
    Ok(MediaFacts::image(Format::Jxl, size, image))
}

/// `SizeHeader`. The sides are at least 1 by construction.
fn read_size(bits: &mut Bits<'_>) -> Parse<Size> {
    let in_eights = bits.flag()?;
    let side = |bits: &mut Bits<'_>| {
        if in_eights {
            Ok((u64::from(bits.read(5)?) + 1) * 8)
        } else {
            bits.number([(1, 9), (1, 13), (1, 18), (1, 30)])
        }
    };
    let height = side(bits)?;
    let width = match ratio(bits.read(3)?) {
        Some((across, down)) => height * across / down,
        None => side(bits)?,
    };
    Ok(Size::new(width, height))
}

/// Width to height, where a code stands for both.
const fn ratio(code: u32) -> Option<(u64, u64)> {
    match code {
        1 => Some((1, 1)),
        2 => Some((12, 10)),
        3 => Some((4, 3)),
        4 => Some((3, 2)),
        5 => Some((16, 9)),
        6 => Some((5, 4)),
        7 => Some((2, 1)),
        _ => None,
    }
}

/// Longest side (table M.1 of levels).
const MAX_SIDE: u64 = 1 << 30;

/// `ImageMetadata`, as far as the extra channels; of an animation, as far as its first frame.
fn read_metadata(bits: &mut Bits<'_>) -> Parse<ImageFacts> {
    let mut image = ImageFacts {
        animated: Some(false),
        has_alpha: Some(false),
        ..ImageFacts::default()
    };
    let all_default = bits.flag()?;
    if all_default {
        return Ok(image);
    }
    let mut metadata = Metadata::default();
    metadata.has_extra_fields = bits.flag()?;
    if metadata.has_extra_fields {
        let orientation = bits.read(3)? as u8 + 1;
        image.orientation = Orientation::new(orientation).unwrap_or_default();
        let has_intrinsic_size = bits.flag()?;
        if has_intrinsic_size {
            read_size(bits)?;
        }
        metadata.has_preview = bits.flag()?;
        if metadata.has_preview {
            skip_preview(bits)?;
        }
        metadata.is_animation = bits.flag()?;
        if metadata.is_animation {
            metadata.has_time_codes = skip_animation(bits)?;
        }
    }
    skip_bit_depth(bits)?;
    let _needs_16_bits = bits.flag()?;
    metadata.channels = bits.number([(0, 0), (1, 0), (2, 4), (1, 12)])?;
    for index in 0..metadata.channels {
        // Names may fill hundreds of kilobytes.
        if index == MAX_CHANNELS {
            image.has_alpha = image.has_alpha.filter(|has_alpha| *has_alpha);
            image.animated = (!metadata.is_animation).then_some(false);
            return Ok(image);
        }
        if is_alpha(bits)? {
            image.has_alpha = Some(true);
            if !metadata.is_animation {
                break;
            }
        }
    }
    if metadata.is_animation {
        image.animated = match metadata.first_frame_is_last(bits) {
            // Cut off before its first frame.
            Err(halt) if halt.is_truncated() => None,
            is_last => is_last?.map(|is_last| !is_last),
        };
    }
    Ok(image)
}

/// Extra channels that are looked at: more than any image has, and few enough to read.
const MAX_CHANNELS: u64 = 16;

/// `PreviewHeader`.
fn skip_preview(bits: &mut Bits<'_>) -> Parse<()> {
    let in_eights = bits.flag()?;
    let side = |bits: &mut Bits<'_>| {
        if in_eights {
            bits.number([(16, 0), (32, 0), (1, 5), (33, 9)])
        } else {
            bits.number([(1, 6), (65, 8), (321, 10), (1345, 12)])
        }
    };
    side(bits)?;
    if ratio(bits.read(3)?).is_none() {
        side(bits)?;
    }
    Ok(())
}

/// `AnimationHeader`, and whether frames have time codes.
fn skip_animation(bits: &mut Bits<'_>) -> Parse<bool> {
    let _ticks_per_second = bits.number([(100, 0), (1000, 0), (1, 10), (1, 30)])?;
    let _seconds = bits.number([(1, 0), (1001, 0), (1, 8), (1, 10)])?;
    let _loops = bits.number([(0, 0), (0, 3), (0, 16), (0, 32)])?;
    bits.flag()
}

/// `BitDepth`.
fn skip_bit_depth(bits: &mut Bits<'_>) -> Parse<()> {
    let is_float = bits.flag()?;
    if is_float {
        bits.number([(32, 0), (16, 0), (24, 0), (1, 6)])?;
        bits.read(4)?;
    } else {
        bits.number([(8, 0), (10, 0), (12, 0), (1, 6)])?;
    }
    Ok(())
}

/// Reads an `ExtraChannelInfo`, and says whether it is alpha.
fn is_alpha(bits: &mut Bits<'_>) -> Parse<bool> {
    const ALPHA: u64 = 0;
    const SPOT_COLOUR: u64 = 2;
    const COLOUR_FILTER: u64 = 5;
    let all_default = bits.flag()?;
    if all_default {
        return Ok(true);
    }
    let kind = bits.number([(0, 0), (1, 0), (2, 4), (18, 6)])?;
    skip_bit_depth(bits)?;
    let _shift = bits.number([(0, 0), (3, 0), (4, 0), (1, 3)])?;
    let name_bytes = bits.number([(0, 0), (0, 4), (16, 5), (48, 10)])?;
    for _ in 0..name_bytes {
        bits.read(8)?;
    }
    match kind {
        // Whether colours are multiplied by it.
        ALPHA => {
            bits.flag()?;
        }
        // Red, green, blue and solidity, as half floats.
        SPOT_COLOUR => {
            for _ in 0..4 {
                bits.read(16)?;
            }
        }
        COLOUR_FILTER => {
            bits.number([(1, 0), (0, 2), (3, 4), (19, 8)])?;
        }
        _ => {}
    }
    Ok(kind == ALPHA)
}
