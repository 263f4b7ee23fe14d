//! Bits of a header, highest first.

pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    /// Bits that were read.
    at: usize,
}

impl<'a> Bits<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(super) fn flag(&mut self) -> Option<bool> {
        let byte = self.bytes.get(self.at / 8)?;
        let is_set = byte << (self.at % 8) & 0x80 != 0;
        self.at += 1;
        Some(is_set)
    }

    /// Up to 32 bits.
    pub(super) fn read(&mut self, count: u32) -> Option<u32> {
        let mut value = 0;
        for _ in 0..count {
            value = value << 1 | u32::from(self.flag()?);
        }
        Some(value)
    }

    pub(super) fn skip(&mut self, count: u32) -> Option<()> {
        for _ in 0..count {
            self.flag()?;
        }
        Some(())
    }

    /// `ue(v)`: as many zeros as there are bits behind the first one (H.264, 9.1; HEVC, 9.2).
    pub(super) fn golomb(&mut self) -> Option<u32> {
        let mut zeros = 0;
        while !self.flag()? {
            zeros += 1;
            if zeros == u32::BITS {
                return None;
            }
        }
        Some((1 << zeros) - 1 + self.read(zeros)?)
    }

    /// `ue(v)` that counts what follows: more than this is nonsense.
    pub(super) fn count(&mut self, most: u32) -> Option<u32> {
        self.golomb().filter(|count| *count <= most)
    }

    /// `se(v)`: positive and negative by turns (H.264, 9.1.1).
    pub(super) fn signed_golomb(&mut self) -> Option<i64> {
        let number = i64::from(self.golomb()?);
        Some(match number % 2 {
            0 => -number / 2,
            _ => number / 2 + 1,
        })
    }
}
