//! From the data of a scan to the coefficients of blocks of 8×8 samples (ITU-T T.81, annexes F and G).

use super::entropy::{Bits, Table};
use super::frame::{Component, Frame, Scan};

/// The coefficients of a block, row by row.
pub(super) type Block = [i16; 64];

/// Where each coefficient stands in its block, in the order in which they are coded (figure A.6).
#[rustfmt::skip]
pub(super) const ZIGZAG: [u8; 64] = [
     0,  1,  8, 16,  9,  2,  3, 10,
    17, 24, 32, 25, 18, 11,  4,  5,
    12, 19, 26, 33, 40, 48, 41, 34,
    27, 20, 13,  6,  7, 14, 21, 28,
    35, 42, 49, 56, 57, 50, 43, 36,
    29, 22, 15, 23, 30, 37, 44, 51,
    58, 59, 52, 45, 38, 31, 39, 46,
    53, 60, 61, 54, 47, 55, 62, 63,
];

/// The blocks of one component.
pub(super) struct Plane {
    /// Blocks in a step of an interleaved scan, across and down.
    pub(super) across: usize,
    pub(super) down: usize,
    /// Blocks that hold samples of the image. A scan of this component alone has no others (A.2.2).
    pub(super) wide: usize,
    pub(super) high: usize,
    /// Blocks from one row of them to the next: whole steps of an interleaved scan.
    pub(super) stride: usize,
    pub(super) blocks: Vec<Block>,
}

impl Plane {
    /// Of a component, with room for so many rows of steps.
    pub(super) fn new(frame: &Frame, component: &Component, rows: usize) -> Self {
        let (finest_across, finest_down) = frame.finest();
        // A.1.1: what is left of a sample counts as one.
        let samples = |side: usize, factor: usize, finest: usize| (side * factor).div_ceil(finest);
        let stride = frame.steps().0 * component.across;
        Self {
            across: component.across,
            down: component.down,
            wide: samples(frame.width, component.across, finest_across).div_ceil(8),
            high: samples(frame.height, component.down, finest_down).div_ceil(8),
            stride,
            blocks: vec![[0; 64]; stride * rows * component.down],
        }
    }

    fn block(&mut self, row: usize, column: usize) -> Option<&mut Block> {
        self.blocks.get_mut(row * self.stride + column)
    }
}

/// The component that part of a scan is about, with its tables.
pub(super) struct Member<'a> {
    pub(super) plane: &'a mut Plane,
    pub(super) dc: Option<&'a Table>,
    pub(super) ac: Option<&'a Table>,
    /// What the next block's first coefficient is told against.
    pub(super) before: i32,
}

/// How a scan codes blocks.
#[derive(Clone, Copy)]
enum Pass {
    /// All of them whole.
    Sequential,
    DcFirst,
    DcRefine,
    AcFirst,
    AcRefine,
}

/// Reads the data of one scan.
pub(super) struct Coder<'a> {
    bits: Bits<'a>,
    pass: Pass,
    /// The first and the last coefficient of the scan's band.
    from: usize,
    to: usize,
    /// How many low bits are left to later scans.
    low: u32,
    /// So many blocks, this one included, have no more coefficients in the band (G.1.2.2).
    empty_blocks: u32,
    /// How many blocks or steps lie between two restarts, or 0.
    interval: u16,
    /// How many of them are left before the next one, and its number.
    left: u16,
    number: u8,
}

impl<'a> Coder<'a> {
    pub(super) fn new(scan: &Scan, data: &'a [u8], is_progressive: bool, interval: u16) -> Self {
        Self {
            bits: Bits::new(data),
            pass: match (is_progressive, scan.from, scan.high) {
                (false, ..) => Pass::Sequential,
                (true, 0, 0) => Pass::DcFirst,
                (true, 0, _) => Pass::DcRefine,
                (true, _, 0) => Pass::AcFirst,
                (true, ..) => Pass::AcRefine,
            },
            from: scan.from.into(),
            to: scan.to.into(),
            low: scan.low.into(),
            empty_blocks: 0,
            interval,
            left: interval,
            number: 0,
        }
    }

    /// Reads the next row: of blocks where a component is alone in its scan, else of so many steps. `row` is its place in
    /// the planes. `None` for damage.
    pub(super) fn row(
        &mut self,
        row: usize,
        steps: usize,
        members: &mut [Member<'_>],
    ) -> Option<()> {
        let wide = match &*members {
            [alone] => alone.plane.wide,
            _ => steps,
        };
        for column in 0..wide {
            self.restart(members)?;
            match &mut *members {
                [alone] => self.block(alone, row, column)?,
                together => {
                    for member in together {
                        let (across, down) = (member.plane.across, member.plane.down);
                        for y in 0..down {
                            for x in 0..across {
                                self.block(member, row * down + y, column * across + x)?;
                            }
                        }
                    }
                }
            }
        }
        Some(())
    }

    /// Whether there is data behind the last block.
    pub(super) fn has_more(&self) -> bool {
        self.bits.has_more()
    }

    fn restart(&mut self, members: &mut [Member<'_>]) -> Option<()> {
        if self.interval == 0 {
            return Some(());
        }
        if self.left == 0 {
            self.bits.restart(self.number)?;
            self.empty_blocks = 0;
            for member in members {
                member.before = 0;
            }
            self.number = (self.number + 1) % 8;
            self.left = self.interval;
        }
        self.left -= 1;
        Some(())
    }

    fn block(&mut self, member: &mut Member<'_>, row: usize, column: usize) -> Option<()> {
        let (dc, ac) = (member.dc, member.ac);
        let block = member.plane.block(row, column)?;
        match self.pass {
            Pass::Sequential => {
                self.dc_first(block, dc?, &mut member.before)?;
                self.ac_all(block, ac?)
            }
            Pass::DcFirst => self.dc_first(block, dc?, &mut member.before),
            Pass::DcRefine => self.dc_refine(block),
            Pass::AcFirst => self.ac_first(block, ac?),
            Pass::AcRefine => self.ac_refine(block, ac?),
        }
    }

    /// F.2.2.1 and G.1.2.1.
    fn dc_first(&mut self, block: &mut Block, table: &Table, before: &mut i32) -> Option<()> {
        let length = self.bits.symbol(table)?;
        let difference = self.bits.number(length.into())?;
        *before = before.wrapping_add(difference);
        *block.first_mut()? = before.wrapping_shl(self.low) as i16;
        Some(())
    }

    fn dc_refine(&mut self, block: &mut Block) -> Option<()> {
        if self.bits.bit()? {
            *block.first_mut()? |= 1 << self.low;
        }
        Some(())
    }

    /// F.2.2.2: most of the time that a photograph takes.
    fn ac_all(&mut self, block: &mut Block, table: &Table) -> Option<()> {
        // A copy, of which the compiler knows that nothing else changes it.
        let mut bits = self.bits;
        let mut at = 1;
        while at < block.len() {
            let (symbol, value) = bits.coefficient(table)?;
            let (zeros, length) = (usize::from(symbol >> 4), symbol & 0xf);
            match (length, zeros) {
                (0, 15) => at += 16,
                (0, 0) => break,
                // More than the block, which only progressive scans have.
                (0, _) => return None,
                _ => {
                    at += zeros;
                    *coefficient(block, at)? = value as i16;
                    at += 1;
                }
            }
        }
        self.bits = bits;
        Some(())
    }

    /// G.1.2.2.
    fn ac_first(&mut self, block: &mut Block, table: &Table) -> Option<()> {
        if self.empty_blocks > 0 {
            self.empty_blocks -= 1;
            return Some(());
        }
        let mut at = self.from.max(1);
        while at <= self.to {
            let (symbol, value) = self.bits.coefficient(table)?;
            let (zeros, length) = (symbol >> 4, symbol & 0xf);
            if length > 0 {
                at += usize::from(zeros);
                if at > self.to {
                    return None;
                }
                *coefficient(block, at)? = value.wrapping_shl(self.low) as i16;
                at += 1;
            } else if zeros == 15 {
                at += 16;
            } else {
                self.empty_blocks = self.run_of_blocks(zeros)? - 1;
                break;
            }
        }
        Some(())
    }

    /// G.1.2.3.
    fn ac_refine(&mut self, block: &mut Block, table: &Table) -> Option<()> {
        let mut at = self.from;
        while self.empty_blocks == 0 && at <= self.to {
            let symbol = self.bits.symbol(table)?;
            let (mut zeros, length) = (symbol >> 4, symbol & 0xf);
            let new = match length {
                0 if zeros < 15 => {
                    self.empty_blocks = self.run_of_blocks(zeros)?;
                    break;
                }
                0 => 0,
                1 if self.bits.bit()? => 1,
                1 => -1,
                _ => return None,
            };
            // Over what earlier scans have coded, and so many that are zero still.
            loop {
                let coded = if at > self.to {
                    break;
                } else {
                    coefficient(block, at)?
                };
                if *coded != 0 {
                    refine(&mut self.bits, coded, self.low)?;
                } else if zeros == 0 {
                    *coded = new << self.low;
                    break;
                } else {
                    zeros -= 1;
                }
                at += 1;
            }
            if at > self.to && new != 0 {
                return None;
            }
            at += 1;
        }
        if self.empty_blocks > 0 {
            for at in at..=self.to {
                let coded = coefficient(block, at)?;
                if *coded != 0 {
                    refine(&mut self.bits, coded, self.low)?;
                }
            }
            self.empty_blocks -= 1;
        }
        Some(())
    }

    fn run_of_blocks(&mut self, bits: u8) -> Option<u32> {
        let more = self.bits.take(bits.into())?;
        Some((1 << bits) + u32::try_from(more).ok()?)
    }
}

fn coefficient(block: &mut Block, at: usize) -> Option<&mut i16> {
    // The mask changes nothing, and spares a check.
    block.get_mut(usize::from(*ZIGZAG.get(at)? & 63))
}

/// One bit more of a coefficient, away from zero.
fn refine(bits: &mut Bits<'_>, coded: &mut i16, low: u32) -> Option<()> {
    let step = 1_i16 << low;
    if bits.bit()? && *coded & step == 0 {
        *coded = coded.wrapping_add(if *coded > 0 { step } else { -step });
    }
    Some(())
}
