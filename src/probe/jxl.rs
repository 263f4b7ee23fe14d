//! JPEG XL: a codestream, bare or in boxes (ISO/IEC 18181-1:2024, annexes B and D; ISO/IEC 18181-2:2024).

use super::Reader;
use super::boxes::Boxes;
use super::input::{Input, Parse, malformed};
use crate::media::{Format, ImageFacts, MediaFacts, Orientation, Size};
use std::ops::{ControlFlow, Range};

pub(super) const READER: Reader = Reader {
    signatures: &[CODESTREAM, b"\0\0\0\x0cJXL \r\n\x87\n"],
    read,
};

const CODESTREAM: &[u8] = b"\xff\x0a";

fn read(input: &Input<'_>) -> Parse<MediaFacts> {
    let mut bits = match input.up_to(0, 2)? == CODESTREAM {
        true => Bits::bare(input),
        false => Bits::in_boxes(input),
    };
    if bits.read(16)? != u32::from(u16::from_le_bytes([0xff, 0x0a])) {
        return malformed(Format::Jxl, 0, "the codestream has no signature");
    }
    let size = read_size(&mut bits)?;
    let image = read_metadata(&mut bits)?;
    Ok(MediaFacts::image(Format::Jxl, size, image))
}

/// `SizeHeader`. The sides are at least 1 by construction.
fn read_size(bits: &mut Bits<'_>) -> Parse<Size> {
    let in_eights = bits.flag()?;
    let side = |bits: &mut Bits<'_>| match in_eights {
        true => Ok((u64::from(bits.read(5)?) + 1) * 8),
        false => bits.number([(1, 9), (1, 13), (1, 18), (1, 30)]),
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

/// `ImageMetadata`, as far as the extra channels.
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
    let has_extra_fields = bits.flag()?;
    if has_extra_fields {
        let orientation = bits.read(3)? as u8 + 1;
        image.orientation = Orientation::new(orientation).unwrap_or_default();
        let has_intrinsic_size = bits.flag()?;
        if has_intrinsic_size {
            read_size(bits)?;
        }
        let has_preview = bits.flag()?;
        if has_preview {
            skip_preview(bits)?;
        }
        let is_animated = bits.flag()?;
        image.animated = Some(is_animated);
        if is_animated {
            skip_animation(bits)?;
        }
    }
    skip_bit_depth(bits)?;
    let _needs_16_bits = bits.flag()?;
    let channels = bits.number([(0, 0), (1, 0), (2, 4), (1, 12)])?;
    for _ in 0..channels {
        if is_alpha(bits)? {
            image.has_alpha = Some(true);
            break;
        }
    }
    Ok(image)
}

/// `PreviewHeader`.
fn skip_preview(bits: &mut Bits<'_>) -> Parse<()> {
    let in_eights = bits.flag()?;
    let side = |bits: &mut Bits<'_>| match in_eights {
        true => bits.number([(16, 0), (32, 0), (1, 5), (33, 9)]),
        false => bits.number([(1, 6), (65, 8), (321, 10), (1345, 12)]),
    };
    side(bits)?;
    if ratio(bits.read(3)?).is_none() {
        side(bits)?;
    }
    Ok(())
}

/// `AnimationHeader`.
fn skip_animation(bits: &mut Bits<'_>) -> Parse<()> {
    let _ticks_per_second = bits.number([(100, 0), (1000, 0), (1, 10), (1, 30)])?;
    let _seconds = bits.number([(1, 0), (1001, 0), (1, 8), (1, 10)])?;
    let _loops = bits.number([(0, 0), (0, 3), (0, 16), (0, 32)])?;
    let _has_time_codes = bits.flag()?;
    Ok(())
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
    if kind == ALPHA {
        return Ok(true);
    }
    skip_bit_depth(bits)?;
    let _shift = bits.number([(0, 0), (3, 0), (4, 0), (1, 3)])?;
    let name_bytes = bits.number([(0, 0), (0, 4), (16, 5), (48, 10)])?;
    for _ in 0..name_bytes {
        bits.read(8)?;
    }
    match kind {
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
    Ok(false)
}

/// The bits of a codestream, lowest first, wherever its parts lie.
struct Bits<'a> {
    input: &'a Input<'a>,
    /// The part that is being read.
    part: Range<u64>,
    /// Where more parts may follow.
    boxes: Option<Boxes<'a>>,
    byte: u8,
    /// Bits of `byte` that were not read yet.
    left: u32,
}

impl<'a> Bits<'a> {
    fn bare(input: &'a Input<'a>) -> Self {
        Self {
            input,
            part: 0..u64::MAX,
            boxes: None,
            byte: 0,
            left: 0,
        }
    }

    fn in_boxes(input: &'a Input<'a>) -> Self {
        Self {
            part: 0..0,
            boxes: Some(Boxes::of_file(input, Format::Jxl)),
            ..Self::bare(input)
        }
    }

    /// Up to 32 bits.
    fn read(&mut self, count: u32) -> Parse<u32> {
        let mut value = 0;
        for index in 0..count {
            value |= u32::from(self.flag()?) << index;
        }
        Ok(value)
    }

    fn flag(&mut self) -> Parse<bool> {
        if self.left == 0 {
            self.byte = self.next_byte()?;
            self.left = u8::BITS;
        }
        let bit = self.byte & 1 == 1;
        self.byte >>= 1;
        self.left -= 1;
        Ok(bit)
    }

    /// `U32`: two bits choose one of four ranges, each a base and the bits that are added to it.
    fn number(&mut self, ranges: [(u64, u32); 4]) -> Parse<u64> {
        let [first, second, third, fourth] = ranges;
        let (base, bits) = match self.read(2)? {
            0 => first,
            1 => second,
            2 => third,
            _ => fourth,
        };
        Ok(base + u64::from(self.read(bits)?))
    }

    fn next_byte(&mut self) -> Parse<u8> {
        while self.part.start >= self.part.end {
            self.next_part()?;
        }
        let byte = self.input.u8(self.part.start)?;
        self.part.start += 1;
        Ok(byte)
    }

    /// The next box that holds the codestream or a part of it.
    fn next_part(&mut self) -> Parse<()> {
        let at = self.part.end;
        let missing = || malformed(Format::Jxl, at, "the codestream ends inside its header");
        let Some(boxes) = &mut self.boxes else {
            return missing();
        };
        let (part, at) = self
            .input
            .walk((*b"jxl ", boxes.position()), boxes.position(), |at| {
                let mut boxes = boxes.from(*at);
                let part = boxes.next()?.map(|found| match &found.kind {
                    b"jxlc" => Some(found.body),
                    // Behind the number of the part.
                    b"jxlp" => Some(found.body.start + 4..found.body.end),
                    _ => None,
                });
                *at = boxes.position();
                Ok(match part {
                    Some(None) => ControlFlow::Continue(()),
                    found => ControlFlow::Break((found.flatten(), *at)),
                })
            })?;
        *boxes = boxes.from(at);
        self.part = match part {
            Some(part) => part,
            None => return missing(),
        };
        Ok(())
    }
}
