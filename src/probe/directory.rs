//! The first directory of tags of a TIFF file, or of an EXIF block, which is one inside another file
//! (TIFF 6.0, 1992, section 2; BigTIFF as LibTIFF documents it; CIPA DC-008-2023, 4.5.2).

use super::ProbeError;
use super::input::{Halt, Input, Parse};
use crate::media::{Format, Orientation};
use std::ops::Range;

pub(super) mod tag {
    pub(in super::super) const NEW_SUBFILE_TYPE: u16 = 254;
    pub(in super::super) const IMAGE_WIDTH: u16 = 256;
    pub(in super::super) const IMAGE_LENGTH: u16 = 257;
    pub(in super::super) const PHOTOMETRIC: u16 = 262;
    pub(in super::super) const ORIENTATION: u16 = 274;
    pub(in super::super) const SUB_IFDS: u16 = 330;
    pub(in super::super) const EXTRA_SAMPLES: u16 = 338;
    /// DNG 1.7, 2023, "DNGVersion".
    pub(in super::super) const DNG_VERSION: u16 = 50_706;
}

/// The orientation in an EXIF block; upright where it says nothing usable, as viewers take it. Only the
/// file's own end is an error: whatever is wrong inside the block, the image shows.
pub(super) fn exif_orientation(input: &Input<'_>, block: Range<u64>) -> Parse<Orientation> {
    /// The first directory of a camera's file holds a few dozen entries.
    const MAX_ENTRIES: u64 = 512;
    let found = Directory::open(input, block).and_then(|directory| {
        for index in 0..directory.entries.min(MAX_ENTRIES) {
            let entry = directory.entry(index)?;
            if entry.tag == tag::ORIENTATION {
                return Ok(directory.orientation(&entry));
            }
        }
        Ok(Orientation::UPRIGHT)
    });
    match found {
        Err(halt) if matches!(halt.error(), Some(ProbeError::Malformed { .. })) => {
            Ok(Orientation::UPRIGHT)
        }
        found => found,
    }
}

/// A directory at a known place, with a known number of entries.
pub(super) struct Directory<'a> {
    input: &'a Input<'a>,
    block: Range<u64>,
    layout: Layout,
    /// Offset of the first entry in the block.
    start: u64,
    pub(super) entries: u64,
}

pub(super) struct Entry {
    pub(super) tag: u16,
    kind: u16,
    count: u64,
    /// The field of the entry that holds the value, or its offset.
    field: [u8; 8],
}

#[derive(Clone, Copy)]
struct Layout {
    big_endian: bool,
    /// Offsets and counts of 8 bytes.
    big_tiff: bool,
}

impl<'a> Directory<'a> {
    /// The first directory of a block; offsets count from the start of the block, and none may leave it.
    pub(super) fn open(input: &'a Input<'a>, block: Range<u64>) -> Parse<Self> {
        let mut directory = Self {
            input,
            block,
            layout: Layout {
                big_endian: false,
                big_tiff: false,
            },
            start: 0,
            entries: 0,
        };
        directory.layout.big_endian = match &directory.array(0)? {
            b"II" => false,
            b"MM" => true,
            _ => return Err(directory.nonsense(0, "the order of bytes is neither II nor MM")),
        };
        match directory.layout.u16(directory.array(2)?) {
            42 => directory.open_classic()?,
            43 => directory.open_big()?,
            _ => return Err(directory.nonsense(2, "the version is neither 42 nor 43")),
        }
        Ok(directory)
    }

    fn open_classic(&mut self) -> Parse<()> {
        let at = u64::from(self.layout.u32(self.array(4)?));
        self.entries = self.layout.u16(self.array(at)?).into();
        self.start = at + 2;
        Ok(())
    }

    fn open_big(&mut self) -> Parse<()> {
        self.layout.big_tiff = true;
        if self.layout.u16(self.array(4)?) != 8 {
            return Err(self.nonsense(4, "the offsets have another size than 8 bytes"));
        }
        let at = self.layout.u64(self.array(8)?);
        self.entries = self.layout.u64(self.array(at)?);
        self.start = at.saturating_add(8);
        Ok(())
    }

    pub(super) fn entry(&self, index: u64) -> Parse<Entry> {
        let length = if self.layout.big_tiff { 20 } else { 12 };
        let at = self.start.saturating_add(index.saturating_mul(length));
        let layout = self.layout;
        if layout.big_tiff {
            let [t0, t1, k0, k1, c0, c1, c2, c3, c4, c5, c6, c7, field @ ..] =
                self.array::<20>(at)?;
            return Ok(Entry {
                tag: layout.u16([t0, t1]),
                kind: layout.u16([k0, k1]),
                count: layout.u64([c0, c1, c2, c3, c4, c5, c6, c7]),
                field,
            });
        }
        let [t0, t1, k0, k1, c0, c1, c2, c3, v0, v1, v2, v3] = self.array(at)?;
        Ok(Entry {
            tag: layout.u16([t0, t1]),
            kind: layout.u16([k0, k1]),
            count: layout.u32([c0, c1, c2, c3]).into(),
            field: [v0, v1, v2, v3, 0, 0, 0, 0],
        })
    }

    /// The first value of an entry, if it is a whole number without a sign.
    pub(super) fn first_value(&self, entry: &Entry) -> Parse<Option<u64>> {
        self.value(entry, 0)
    }

    /// One value of an entry, by its place; `None` behind the last one, and for other kinds of values.
    pub(super) fn value(&self, entry: &Entry, index: u64) -> Parse<Option<u64>> {
        let layout = self.layout;
        // Field types (TIFF 6.0, section 2): BYTE, SHORT, LONG; IFD is an offset; LONG8 is BigTIFF's.
        let length = match entry.kind {
            1 => 1,
            3 => 2,
            4 | 13 => 4,
            16 | 18 => 8,
            _ => return Ok(None),
        };
        if index >= entry.count {
            return Ok(None);
        }
        let fits = if layout.big_tiff { 8 } else { 4 };
        let is_inside = entry.count.saturating_mul(length) <= fits;
        let skipped = index.saturating_mul(length);
        let mut field = [0; 8];
        for (place, byte) in field.iter_mut().take(length as usize).enumerate() {
            let offset = skipped.saturating_add(place as u64);
            *byte = if is_inside {
                usize::try_from(offset)
                    .ok()
                    .and_then(|offset| entry.field.get(offset).copied())
                    .unwrap_or_default()
            } else {
                let [read] = self.array(layout.offset(entry.field).saturating_add(offset))?;
                read
            };
        }
        let [b0, b1, b2, b3, ..] = field;
        Ok(Some(match length {
            1 => b0.into(),
            2 => layout.u16([b0, b1]).into(),
            4 => layout.u32([b0, b1, b2, b3]).into(),
            _ => layout.u64(field),
        }))
    }

    /// The orientation that an entry of that tag holds. It must be a SHORT, and 1 to 8; browsers take a
    /// image with anything else as upright.
    pub(super) fn orientation(&self, entry: &Entry) -> Orientation {
        const SHORT: u16 = 3;
        let [low, high, ..] = entry.field;
        let number = self.layout.u16([low, high]);
        u8::try_from(number)
            .ok()
            .filter(|_| entry.kind == SHORT)
            .and_then(Orientation::new)
            .unwrap_or_default()
    }

    /// What is there contradicts the format. Of a TIFF file, a directory is all there is.
    fn nonsense(&self, offset: u64, what: &'static str) -> Halt {
        let at = self.block.start.saturating_add(offset);
        ProbeError::Malformed {
            format: Format::Tiff,
            at,
            what,
        }
        .into()
    }

    fn array<const N: usize>(&self, offset: u64) -> Parse<[u8; N]> {
        let at = self.block.start.saturating_add(offset);
        if at.saturating_add(N as u64) > self.block.end {
            return Err(self.nonsense(offset, "an offset leads out of the block"));
        }
        self.input.array(at)
    }
}

impl Layout {
    fn u16(self, bytes: [u8; 2]) -> u16 {
        if self.big_endian {
            u16::from_be_bytes(bytes)
        } else {
            u16::from_le_bytes(bytes)
        }
    }

    fn u32(self, bytes: [u8; 4]) -> u32 {
        if self.big_endian {
            u32::from_be_bytes(bytes)
        } else {
            u32::from_le_bytes(bytes)
        }
    }

    fn u64(self, bytes: [u8; 8]) -> u64 {
        if self.big_endian {
            u64::from_be_bytes(bytes)
        } else {
            u64::from_le_bytes(bytes)
        }
    }

    fn offset(self, field: [u8; 8]) -> u64 {
        let [b0, b1, b2, b3, ..] = field;
        if self.big_tiff {
            self.u64(field)
        } else {
            self.u32([b0, b1, b2, b3]).into()
        }
    }
}
