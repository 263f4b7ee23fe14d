//! Bits and Huffman codes (ITU-T T.81, annexes C and F.2.2).

/// The bits of one scan, up to the next marker.
#[derive(Clone, Copy)]
pub(super) struct Bits<'a> {
    data: &'a [u8],
    /// The next bits, from the highest down.
    held: u64,
    count: u32,
}

impl<'a> Bits<'a> {
    pub(super) fn new(data: &'a [u8]) -> Self {
        Self {
            data,
            held: 0,
            count: 0,
        }
    }

    /// A byte FF of data has a zero behind it; any other FF begins a marker (B.1.1.5).
    #[inline(always)]
    fn fill(&mut self) {
        /// 1 in each byte.
        const ONES: u64 = u64::MAX / 255;
        if let Some(next) = self.data.first_chunk() {
            let next = u64::from_be_bytes(*next);
            // No byte is FF where no byte of the complement is 0: less 1, that alone would get its highest bit.
            if (!next).wrapping_sub(ONES) & next & (ONES << 7) == 0 {
                // Of a byte that is held in part, the next fill holds the same bits again.
                self.held |= next.checked_shr(self.count).unwrap_or(0);
                let bytes = 63_u32.saturating_sub(self.count) / 8;
                self.data = self.data.get(bytes as usize..).unwrap_or_default();
                self.count += bytes * 8;
                return;
            }
        }
        self.fill_bytewise();
    }

    #[cold]
    fn fill_bytewise(&mut self) {
        while self.count <= 56 {
            let (byte, behind) = match self.data {
                [0xff, 0, behind @ ..] => (0xff, behind),
                [0xff, ..] | [] => return,
                [byte, behind @ ..] => (*byte, behind),
            };
            self.held |= u64::from(byte) << (56 - self.count);
            self.count += 8;
            self.data = behind;
        }
    }

    /// Up to 16 bits; `None` where the data ends before.
    pub(super) fn take(&mut self, bits: u32) -> Option<i32> {
        if self.count < bits {
            self.fill();
        }
        let value = self.peek(bits);
        self.skip(bits)?;
        i32::try_from(value).ok()
    }

    pub(super) fn bit(&mut self) -> Option<bool> {
        Some(self.take(1)? == 1)
    }

    /// A number with a sign in so many bits (F.2.2.1).
    pub(super) fn number(&mut self, bits: u32) -> Option<i32> {
        if bits > 15 {
            return None;
        }
        Some(signed(self.take(bits)?, bits))
    }

    pub(super) fn symbol(&mut self, table: &Table) -> Option<u8> {
        if self.count < 16 {
            self.fill();
        }
        let (length, symbol) = table.find(self.peek(16))?;
        self.skip(length)?;
        Some(symbol)
    }

    /// A symbol, and the number in as many bits as its low half says (F.2.2.2).
    #[inline(always)]
    pub(super) fn coefficient(&mut self, table: &Table) -> Option<(u8, i32)> {
        // The longest code, and the longest number behind it.
        if self.count < 16 + 15 {
            self.fill();
        }
        let code = table.short(self.peek(Table::SHORT));
        if code.whole() > 0 {
            self.skip(code.whole())?;
            return Some((code.symbol, code.number.into()));
        }
        let symbol = self.symbol(table)?;
        Some((symbol, self.number((symbol & 0xf).into())?))
    }

    /// Goes on behind the marker that restarts the coder, which must be the next and have this number.
    pub(super) fn restart(&mut self, number: u8) -> Option<()> {
        // What is held beyond the last code fills up its byte; a whole byte more was never decoded.
        if self.count >= 8 {
            return None;
        }
        self.held = 0;
        self.count = 0;
        while let [0xff, 0xff, ..] = self.data {
            self.data = self.data.get(1..)?;
        }
        match self.data {
            [0xff, marker, behind @ ..] if *marker == 0xd0 + number => self.data = behind,
            _ => return None,
        }
        Some(())
    }

    /// Whether more bytes of data are left than fill up the last one.
    pub(super) fn has_more(&self) -> bool {
        let is_marker = |byte: &u8| matches!(byte, 0xd0..=0xd7 | 0xff);
        self.count >= 8 || !self.data.iter().all(is_marker)
    }

    /// Zeros where the data ends.
    fn peek(&self, bits: u32) -> u64 {
        self.held.checked_shr(64 - bits).unwrap_or(0)
    }

    fn skip(&mut self, bits: u32) -> Option<()> {
        self.count = self.count.checked_sub(bits)?;
        self.held = self.held.checked_shl(bits).unwrap_or(0);
        Some(())
    }
}

/// A table of codes, each with the symbol that it stands for.
#[derive(Clone)]
pub(super) struct Table {
    /// By the first bits of a code.
    short: Box<[ShortCode; 1 << Table::SHORT]>,
    /// The longer codes, by length: the first 16 bits that are above them all, and their symbols.
    long: Vec<LongCodes>,
}

/// As small as can be: a photograph's tables lie in the nearest cache together.
#[derive(Clone, Copy, Default)]
struct ShortCode {
    /// The number behind the code, of as many bits as the low half of its symbol says; 0 where they do not fit.
    number: i16,
    symbol: u8,
    /// Four bits each: the length with the number, or 0 where that does not fit, and without it, or 0 for longer codes.
    lengths: u8,
}

#[derive(Clone)]
struct LongCodes {
    length: u32,
    first: u32,
    symbols: Vec<u8>,
}

impl Table {
    const SHORT: u32 = 10;

    /// From the numbers of codes of each length, 1 to 16, and the symbols in their order; `None` where there are
    /// more codes than bits can tell apart.
    pub(super) fn new(numbers: &[u8; 16], mut symbols: &[u8]) -> Option<Self> {
        let mut short = Box::new([ShortCode::default(); 1 << Self::SHORT]);
        let mut long = Vec::new();
        let mut code = 0_u32;
        for (number, length) in numbers.iter().zip(1_u32..) {
            let (own, rest) = symbols.split_at_checked(usize::from(*number))?;
            symbols = rest;
            let behind = code + u32::from(*number);
            if behind > 1 << length {
                return None;
            }
            match Self::SHORT.checked_sub(length) {
                Some(free) => {
                    let start = usize::try_from(code << free).ok()?;
                    let entries = short.get_mut(start..)?.chunks_mut(1 << free);
                    for (symbol, entries) in own.iter().zip(entries) {
                        for (rest, entry) in (0..).zip(entries) {
                            *entry = ShortCode::new(length, *symbol, rest, free)?;
                        }
                    }
                }
                None if own.is_empty() => {}
                None => long.push(LongCodes {
                    length,
                    first: code,
                    symbols: own.to_vec(),
                }),
            }
            code = behind << 1;
        }
        Some(Self { short, long })
    }

    fn short(&self, bits: u64) -> ShortCode {
        let code = self.short.get((bits & ((1 << Self::SHORT) - 1)) as usize);
        code.copied().unwrap_or_default()
    }

    /// The length and the symbol of the code that 16 bits begin with.
    fn find(&self, bits: u64) -> Option<(u32, u8)> {
        let code = self.short(bits >> (16 - Self::SHORT));
        if code.length() > 0 {
            return Some((code.length(), code.symbol));
        }
        let bits = u32::try_from(bits).ok()?;
        self.long.iter().find_map(|codes| {
            let index = (bits >> (16 - codes.length)).checked_sub(codes.first)?;
            let symbol = codes.symbols.get(usize::try_from(index).ok()?)?;
            Some((codes.length, *symbol))
        })
    }
}

impl ShortCode {
    /// Behind a code of so many bits stand these, as many as are free.
    fn new(length: u32, symbol: u8, rest: u32, free: u32) -> Option<Self> {
        let bits = u32::from(symbol & 0xf);
        let (number, whole) = match free.checked_sub(bits) {
            Some(left) => (
                signed(i32::try_from(rest >> left).ok()?, bits),
                length + bits,
            ),
            None => (0, 0),
        };
        Some(Self {
            number: i16::try_from(number).ok()?,
            symbol,
            lengths: u8::try_from(whole << 4 | length).ok()?,
        })
    }

    fn length(self) -> u32 {
        u32::from(self.lengths) & 0xf
    }

    fn whole(self) -> u32 {
        u32::from(self.lengths) >> 4
    }
}

/// F.2.2.1: of so many bits, the lower half of all values stands for negative numbers.
fn signed(value: i32, bits: u32) -> i32 {
    if bits > 0 && value < 1 << (bits - 1) {
        value - (1 << bits) + 1
    } else {
        value
    }
}
