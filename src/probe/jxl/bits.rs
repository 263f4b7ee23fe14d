//! Bits of a codestream (ISO/IEC 18181-1:2024, annex B).

use crate::media::Format;
use crate::probe::boxes::Boxes;
use crate::probe::input::{Input, Parse, malformed};
use std::ops::{ControlFlow, Range};

/// The bits of a codestream, lowest first, wherever its parts lie.
pub(super) struct Bits<'a> {
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
    pub(super) fn bare(input: &'a Input<'a>) -> Self {
        Self {
            input,
            part: 0..u64::MAX,
            boxes: None,
            byte: 0,
            left: 0,
        }
    }

    pub(super) fn in_boxes(input: &'a Input<'a>) -> Self {
        Self {
            part: 0..0,
            boxes: Some(Boxes::of_file(input, Format::Jxl)),
            ..Self::bare(input)
        }
    }

    /// Up to 32 bits.
    pub(super) fn read(&mut self, count: u32) -> Parse<u32> {
        let mut value = 0;
        for index in 0..count {
            value |= u32::from(self.flag()?) << index;
        }
        Ok(value)
    }

    pub(super) fn flag(&mut self) -> Parse<bool> {
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
    pub(super) fn number(&mut self, ranges: [(u64, u32); 4]) -> Parse<u64> {
        let [first, second, third, fourth] = ranges;
        let (base, bits) = match self.read(2)? {
            0 => first,
            1 => second,
            2 => third,
            _ => fourth,
        };
        Ok(base + u64::from(self.read(bits)?))
    }

    /// `U64`: a few bits, or twelve and then eight by eight.
    pub(super) fn long_number(&mut self) -> Parse<u64> {
        Ok(match self.read(2)? {
            0 => 0,
            1 => 1 + u64::from(self.read(4)?),
            2 => 17 + u64::from(self.read(8)?),
            _ => {
                const LAST: u32 = 60;
                let mut number = u64::from(self.read(12)?);
                let mut shift = 12;
                while self.flag()? {
                    if shift == LAST {
                        number |= u64::from(self.read(4)?) << shift;
                        break;
                    }
                    number |= u64::from(self.read(8)?) << shift;
                    shift += 8;
                }
                number
            }
        })
    }

    pub(super) fn skip(&mut self, bits: u64) -> Parse<()> {
        for _ in 0..bits {
            self.flag()?;
        }
        Ok(())
    }

    /// To the next whole byte.
    pub(super) fn align(&mut self) {
        self.left = 0;
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
