//! The orientation tag of an EXIF block, which is a TIFF file of its own (CIPA DC-008-2023, 4.5.2).

use super::input::{Halt, Input, Parse};
use crate::media::Orientation;
use std::ops::Range;

const ORIENTATION: u16 = 0x0112;
const SHORT: u16 = 3;
const ENTRY_BYTES: u64 = 12;
/// The first directory of a camera's file holds a few dozen entries.
const MAX_ENTRIES: u64 = 512;

/// The orientation in a block that lies at `block`; upright where it says nothing usable, as viewers
/// take it. Only the file's own end is an error: whatever is wrong inside the block, the picture shows.
pub(super) fn orientation(input: &Input<'_>, block: Range<u64>) -> Parse<Orientation> {
    match find(&Block { input, block }) {
        Ok(found) => Ok(found),
        Err(Outcome::Useless) => Ok(Orientation::UPRIGHT),
        Err(Outcome::Halted(halt)) => Err(halt),
    }
}

fn find(block: &Block<'_>) -> Result<Orientation, Outcome> {
    let big_endian = match &block.array(0)? {
        b"II" => false,
        b"MM" => true,
        _ => return Err(Outcome::Useless),
    };
    let u16_of = |bytes| {
        if big_endian {
            u16::from_be_bytes(bytes)
        } else {
            u16::from_le_bytes(bytes)
        }
    };
    let u32_of = |bytes| {
        if big_endian {
            u32::from_be_bytes(bytes)
        } else {
            u32::from_le_bytes(bytes)
        }
    };

    if u16_of(block.array(2)?) != 42 {
        return Err(Outcome::Useless);
    }
    let directory = u64::from(u32_of(block.array(4)?));
    let entries = u64::from(u16_of(block.array(directory)?)).min(MAX_ENTRIES);
    for index in 0..entries {
        let [t0, t1, k0, k1, _, _, _, _, v0, v1, _, _] =
            block.array(directory + 2 + index * ENTRY_BYTES)?;
        if u16_of([t0, t1]) == ORIENTATION && u16_of([k0, k1]) == SHORT {
            return u8::try_from(u16_of([v0, v1]))
                .ok()
                .and_then(Orientation::new)
                .ok_or(Outcome::Useless);
        }
    }
    Err(Outcome::Useless)
}

enum Outcome {
    /// Nothing there that says how the picture stands.
    Useless,
    Halted(Halt),
}

/// A part of the input that offsets cannot leave.
struct Block<'a> {
    input: &'a Input<'a>,
    block: Range<u64>,
}

impl Block<'_> {
    fn array<const N: usize>(&self, offset: u64) -> Result<[u8; N], Outcome> {
        let at = self.block.start.saturating_add(offset);
        if at.saturating_add(N as u64) > self.block.end {
            return Err(Outcome::Useless);
        }
        self.input.array(at).map_err(Outcome::Halted)
    }
}
