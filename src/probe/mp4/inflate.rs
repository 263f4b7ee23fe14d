//! Data in the ZLIB format (RFC 1950), compressed as DEFLATE (RFC 1951).
//!
//! Of what is probed, only old QuickTime files have some: an index of a few kilobytes. A library that is made for speed has
//! tables and loops of 6 KB (brotli) for it, a tenth of what the readers of other formats than the first four take.

/// What compresses ends a block after some thousand symbols, or where their frequencies change.
const BYTES_PER_BLOCK: usize = 64;
const FEW_BLOCKS: usize = 16;

/// `None` for what is damaged, or longer than this.
pub(super) fn inflate(data: &[u8], max_bytes: usize) -> Option<Vec<u8>> {
    const DEFLATE: u8 = 8;
    const HAS_DICTIONARY: u8 = 1 << 5;
    // RFC 1950, section 2.2.
    let (&[method, flags], packed) = data.split_first_chunk()?;
    let is_header = u16::from_be_bytes([method, flags]).is_multiple_of(31);
    if !is_header || method & 0xf != DEFLATE || flags & HAS_DICTIONARY != 0 {
        return None;
    }
    let mut inflater = Inflater {
        bits: Bits {
            bytes: packed,
            at: 0,
        },
        max_bytes,
        out: Vec::new(),
    };
    // To build the codes of a block takes longer than to read it, so that blocks of nothing would take minutes.
    let mut left = FEW_BLOCKS + packed.len() / BYTES_PER_BLOCK;
    while !inflater.block()? {
        left = left.checked_sub(1)?;
    }
    inflater.bits.align();
    let sum = inflater.bits.bytes()?;
    (u32::from_be_bytes(sum) == adler32(&inflater.out)).then_some(inflater.out)
}

/// RFC 1950, section 8.2.
fn adler32(bytes: &[u8]) -> u32 {
    const BASE: u32 = 65_521;
    let (low, high) = bytes.iter().fold((1, 0), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % BASE;
        (low, (high + low) % BASE)
    });
    high << 16 | low
}

struct Inflater<'a> {
    bits: Bits<'a>,
    max_bytes: usize,
    out: Vec<u8>,
}

impl Inflater<'_> {
    /// Whether it was the last (RFC 1951, section 3.2.3).
    fn block(&mut self) -> Option<bool> {
        let is_last = self.bits.flag()?;
        match self.bits.read(2)? {
            0 => self.stored()?,
            1 => self.compressed(&Codes::fixed()?)?,
            2 => {
                let codes = Codes::read(&mut self.bits)?;
                self.compressed(&codes)?;
            }
            _ => return None,
        }
        Some(is_last)
    }

    /// Section 3.2.4.
    fn stored(&mut self) -> Option<()> {
        self.bits.align();
        let length = u16::from_le_bytes(self.bits.bytes()?);
        let complement = u16::from_le_bytes(self.bits.bytes()?);
        if length != !complement {
            return None;
        }
        for _ in 0..length {
            let [byte] = self.bits.bytes()?;
            self.push(byte)?;
        }
        Some(())
    }

    /// Section 3.2.5.
    fn compressed(&mut self, codes: &Codes) -> Option<()> {
        const END: usize = 256;
        const SHORTEST: usize = 3;
        const LONGEST: usize = 258;
        loop {
            let symbol = codes.lengths.symbol(&mut self.bits)?;
            if let Ok(byte) = u8::try_from(symbol) {
                self.push(byte)?;
                continue;
            }
            let length = match symbol - END {
                0 => return Some(()),
                // The last one breaks the row.
                29 => LONGEST,
                number @ 1..=28 => SHORTEST + self.bits.number(number - 1, 4)?,
                _ => return None,
            };
            let distance = match codes.distances.symbol(&mut self.bits)? {
                number @ 0..=29 => 1 + self.bits.number(number, 2)?,
                _ => return None,
            };
            for _ in 0..length {
                let from = self.out.len().checked_sub(distance)?;
                self.push(*self.out.get(from)?)?;
            }
        }
    }

    fn push(&mut self, byte: u8) -> Option<()> {
        if self.out.len() >= self.max_bytes {
            return None;
        }
        self.out.push(byte);
        Some(())
    }
}

/// Of one block: of bytes and lengths, and of distances.
struct Codes {
    lengths: Code,
    distances: Code,
}

impl Codes {
    /// Section 3.2.6.
    fn fixed() -> Option<Self> {
        let lengths = [&[8; 144][..], &[9; 112], &[7; 24], &[8; 8]].concat();
        Some(Self {
            lengths: Code::new(&lengths)?,
            distances: Code::new(&[5; 30])?,
        })
    }

    /// Section 3.2.7: lengths of codes, which are coded themselves.
    fn read(bits: &mut Bits<'_>) -> Option<Self> {
        const ORDER: [usize; 19] = [
            16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
        ];
        let lengths = 257 + bits.read(5)?;
        let distances = 1 + bits.read(5)?;
        let count = 4 + bits.read(4)?;
        let mut own = [0; ORDER.len()];
        for place in ORDER.iter().take(count) {
            *own.get_mut(*place)? = bits.read(3)? as u8;
        }
        let code = Code::new(&own)?;
        let mut all: Vec<u8> = Vec::new();
        while all.len() < lengths + distances {
            let (length, times) = match code.symbol(bits)? {
                16 => (*all.last()?, 3 + bits.read(2)?),
                17 => (0, 3 + bits.read(3)?),
                18 => (0, 11 + bits.read(7)?),
                // Of 19 symbols, the others are lengths.
                length => (length as u8, 1),
            };
            all.resize(all.len() + times, length);
        }
        let (first, rest) = all.split_at_checked(lengths)?;
        Some(Self {
            lengths: Code::new(first)?,
            distances: Code::new(rest.get(..distances)?)?,
        })
    }
}

/// A Huffman code, told by the lengths of its symbols (section 3.2.2).
struct Code {
    /// How many symbols have each length, from one bit on.
    counts: [u16; Self::LONGEST as usize],
    /// In the order of their codes.
    symbols: Vec<u16>,
}

impl Code {
    const LONGEST: u8 = 15;

    /// `None` where two symbols would begin alike.
    fn new(lengths: &[u8]) -> Option<Self> {
        let mut counts = [0; Self::LONGEST as usize];
        let mut symbols = Vec::new();
        let mut left = 1_u32;
        for (length, count) in (1..=Self::LONGEST).zip(&mut counts) {
            let before = symbols.len();
            let having_it = lengths.iter().zip(0..).filter(|(own, _)| **own == length);
            symbols.extend(having_it.map(|(_, symbol)| symbol));
            let added = symbols.len() - before;
            // No more than 320.
            *count = added as u16;
            left = (2 * left).checked_sub(added as u32)?;
        }
        Some(Self { counts, symbols })
    }

    fn symbol(&self, bits: &mut Bits<'_>) -> Option<usize> {
        // Of this length: the code that was read, the first of all codes, and how many symbols are shorter.
        let (mut code, mut first, mut shorter) = (0_usize, 0, 0);
        for count in self.counts {
            let count = usize::from(count);
            code = code << 1 | usize::from(bits.flag()?);
            let offset = code.checked_sub(first)?;
            if offset < count {
                return self.symbols.get(shorter + offset).copied().map(Into::into);
            }
            shorter += count;
            first = (first + count) << 1;
        }
        None
    }
}

/// Lowest first (section 3.1.1).
struct Bits<'a> {
    bytes: &'a [u8],
    /// Bits that were read.
    at: usize,
}

impl Bits<'_> {
    fn flag(&mut self) -> Option<bool> {
        let byte = self.bytes.get(self.at / 8)?;
        let is_set = byte >> (self.at % 8) & 1 != 0;
        self.at += 1;
        Some(is_set)
    }

    /// Up to 13.
    fn read(&mut self, count: usize) -> Option<usize> {
        let mut value = 0;
        for place in 0..count {
            value |= usize::from(self.flag()?) << place;
        }
        Some(value)
    }

    /// The rows of section 3.2.5: the first `2 * group` stand for themselves, and each group behind them has one extra bit
    /// more than the one before.
    fn number(&mut self, index: usize, group: usize) -> Option<usize> {
        let extra = (index / group).saturating_sub(1);
        let base = if extra == 0 {
            index
        } else {
            (group + index % group) << extra
        };
        Some(base + self.read(extra)?)
    }

    fn align(&mut self) {
        self.at = self.at.next_multiple_of(8);
    }

    /// Behind [`align`](Self::align).
    fn bytes<const N: usize>(&mut self) -> Option<[u8; N]> {
        let bytes = *self.bytes.get(self.at / 8..)?.first_chunk()?;
        self.at += 8 * N;
        Some(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::inflate;
    use miniz_oxide::deflate::compress_to_vec_zlib;
    use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;
    use proptest::prelude::*;

    /// Bytes that repeat themselves, near and far.
    fn data() -> impl Strategy<Value = Vec<u8>> {
        let piece = (prop::collection::vec(any::<u8>(), 0..200), 1..400_usize);
        prop::collection::vec(piece, 0..12).prop_map(|pieces| {
            let pieces = pieces.into_iter().map(|(piece, times)| piece.repeat(times));
            pieces.collect::<Vec<_>>().concat()
        })
    }

    proptest! {
        #[test]
        fn what_was_compressed_is_read_up_to_the_limit(data in data(), level in 0..=10_u8) {
            let packed = compress_to_vec_zlib(&data, level);
            let read = inflate(&packed, data.len());
            prop_assert_eq!(read.as_ref(), Some(&data));
            if let Some(too_few) = data.len().checked_sub(1) {
                prop_assert_eq!(inflate(&packed, too_few), None);
            }
        }

        #[test]
        fn what_is_damaged_gives_what_another_reader_gives(
            data in data(),
            level in 0..=10_u8,
            place in any::<prop::sample::Index>(),
            byte in any::<u8>(),
            length in any::<prop::sample::Index>(),
        ) {
            let mut packed = compress_to_vec_zlib(&data, level);
            let place = place.index(packed.len());
            packed[place] ^= byte;
            let other = decompress_to_vec_zlib_with_limit(&packed, 1 << 20).ok();
            prop_assert_eq!(inflate(&packed, 1 << 20), other);
            packed.truncate(length.index(packed.len()));
            prop_assert_eq!(inflate(&packed, 1 << 20), None);
        }
    }

    #[test]
    fn many_blocks_of_nothing_are_refused() {
        // Four blocks of fixed codes, ten bits each: not the last, and their end.
        const FOUR: [u8; 5] = [0b0000_0010, 0b0000_1000, 0b0010_0000, 0b1000_0000, 0];
        const LAST: [u8; 2] = [0b0000_0011, 0];
        let read = |times: usize| {
            let checksum = [0, 0, 0, 1];
            let packed = [&[0x78, 1][..], &FOUR.repeat(times), &LAST, &checksum].concat();
            inflate(&packed, 1 << 20)
        };
        assert_eq!(read(1), Some(Vec::new()));
        assert_eq!(read(1 << 12), None);
    }
}
