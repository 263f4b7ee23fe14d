//! The bytes supplied so far, and a view of them that cannot be read out of bounds.

use super::ProbeError;
use crate::media::Format;
use std::{cell::Cell, ops::Range};

/// No file is longer, and offsets below it can be added to without a thought.
pub(super) const FARTHEST: u64 = 1 << 62;

/// Why a reader stopped before it had the facts.
#[derive(Debug)]
pub(super) enum Halt {
    /// These bytes are not at hand yet.
    Need(Range<u64>),
    Fail(ProbeError),
}

pub(super) type Parse<T> = Result<T, Halt>;

/// The header contradicts its format.
pub(super) fn malformed<T>(format: Format, at: u64, what: &'static str) -> Parse<T> {
    Err(Halt::Fail(ProbeError::Malformed { format, at, what }))
}

/// The container is valid, and does not hold what the facts need.
pub(super) fn lacks<T>(format: Format, what: &'static str) -> Parse<T> {
    Err(Halt::Fail(ProbeError::Lacks { format, what }))
}

/// Parts of a file, in order, without overlap; neighbours are joined.
#[derive(Debug)]
pub(super) struct Bytes {
    parts: Vec<Part>,
    length: Option<u64>,
}

#[derive(Debug)]
struct Part {
    start: u64,
    bytes: Vec<u8>,
}

impl Part {
    fn end(&self) -> u64 {
        self.start + self.bytes.len() as u64
    }
}

impl Bytes {
    pub(super) fn new(length: Option<u64>) -> Self {
        Self {
            parts: Vec::new(),
            length,
        }
    }

    pub(super) fn length(&self) -> Option<u64> {
        self.length
    }

    pub(super) fn set_length(&mut self, length: u64) {
        self.length = Some(length);
    }

    pub(super) fn count(&self) -> u64 {
        self.parts.iter().map(|part| part.bytes.len() as u64).sum()
    }

    pub(super) fn ends_at(&self, offset: u64) -> bool {
        self.parts.iter().any(|part| part.end() == offset)
    }

    /// The end of the part before an offset, if the gap between them is no wider than this; else the
    /// offset itself. Reading on is cheaper than leaving a gap that small.
    pub(super) fn reach(&self, offset: u64, widest_gap: u64) -> u64 {
        let ends = self
            .parts
            .iter()
            .map(Part::end)
            .filter(|end| *end <= offset);
        ends.max()
            .filter(|end| offset - end <= widest_gap)
            .unwrap_or(offset)
    }

    /// Where the first part behind an offset begins.
    pub(super) fn next_start(&self, offset: u64) -> u64 {
        self.parts
            .iter()
            .map(|part| part.start)
            .find(|start| *start > offset)
            .unwrap_or(u64::MAX)
    }

    pub(super) fn insert(&mut self, start: u64, bytes: &[u8]) {
        if let Some(before) = self.parts.iter_mut().find(|part| part.end() == start) {
            before.bytes.extend_from_slice(bytes);
        } else {
            let index = self.parts.partition_point(|part| part.start < start);
            let bytes = bytes.to_vec();
            self.parts.insert(index, Part { start, bytes });
        }
        self.join_neighbours();
    }

    fn join_neighbours(&mut self) {
        self.parts.dedup_by(|after, before| {
            let adjacent = before.end() == after.start;
            if adjacent {
                before.bytes.append(&mut after.bytes);
            }
            adjacent
        });
    }

    /// The part that an offset lies in, from that offset on.
    fn from(&self, offset: u64) -> &[u8] {
        self.parts
            .iter()
            .find(|part| (part.start..part.end()).contains(&offset))
            .and_then(|part| part.bytes.get(usize::try_from(offset - part.start).ok()?..))
            .unwrap_or_default()
    }
}

/// What a format's reader sees. Every look is checked, counted, and may end the attempt with the
/// range that is lacking.
#[derive(Debug)]
pub(super) struct Input<'a> {
    bytes: &'a Bytes,
    fuel: Cell<u32>,
    is_film: Cell<bool>,
}

impl<'a> Input<'a> {
    pub(super) fn new(bytes: &'a Bytes, fuel: u32) -> Self {
        Self {
            bytes,
            fuel: Cell::new(fuel),
            is_film: Cell::new(false),
        }
    }

    /// A reader of films says so: its reads are longer, and fewer.
    pub(super) fn expect_film(&self) {
        self.is_film.set(true);
    }

    pub(super) fn is_film(&self) -> bool {
        self.is_film.get()
    }

    pub(super) fn fuel_left(&self) -> u32 {
        self.fuel.get()
    }

    /// Size of the whole file in bytes, where it is known.
    pub(super) fn length(&self) -> Option<u64> {
        self.bytes.length
    }

    /// Up to `length` bytes; fewer, or none, where the file ends before.
    pub(super) fn up_to(&self, at: u64, length: u64) -> Parse<&'a [u8]> {
        match self.bytes.length {
            Some(all) => {
                let at = at.min(all);
                self.slice(at, length.min(all - at))
            }
            None => self.slice(at, length),
        }
    }

    /// Where `needle` first begins inside a range; `None` where the range ends without it. A file that
    /// ends before is cut off.
    pub(super) fn find(&self, needle: &[u8], range: Range<u64>) -> Parse<Option<u64>> {
        self.look()?;
        let known = self.bytes.from(range.start);
        let wanted = range.end.saturating_sub(range.start);
        let known =
            usize::try_from(wanted).map_or(known, |most| known.get(..most).unwrap_or(known));
        let mut windows = known.windows(needle.len());
        if let Some(index) = windows.position(|window| window == needle) {
            return Ok(Some(range.start + index as u64));
        }
        let behind = range.start + known.len() as u64;
        match behind >= range.end {
            true => Ok(None),
            false => self.slice(behind, 1).map(|_| None),
        }
    }

    pub(super) fn slice(&self, at: u64, length: u64) -> Parse<&'a [u8]> {
        self.look()?;
        let end = at.saturating_add(length);
        if let Some(all) = self.bytes.length
            && end > all
        {
            return Err(Halt::Fail(ProbeError::Truncated {
                needed: end,
                length: all,
            }));
        }
        let known = self.bytes.from(at);
        usize::try_from(length)
            .ok()
            .and_then(|length| known.get(..length))
            .ok_or(Halt::Need(at.saturating_add(known.len() as u64)..end))
    }

    /// Counts a look, so that no header can have the parser run forever.
    fn look(&self) -> Parse<()> {
        let Some(fuel) = self.fuel.get().checked_sub(1) else {
            return Err(Halt::Fail(ProbeError::TooConvoluted));
        };
        self.fuel.set(fuel);
        Ok(())
    }

    pub(super) fn array<const N: usize>(&self, at: u64) -> Parse<[u8; N]> {
        let mut array = [0; N];
        array.copy_from_slice(self.slice(at, N as u64)?);
        Ok(array)
    }

    pub(super) fn u8(&self, at: u64) -> Parse<u8> {
        self.array(at).map(|[byte]| byte)
    }

    pub(super) fn u16_be(&self, at: u64) -> Parse<u16> {
        self.array(at).map(u16::from_be_bytes)
    }

    pub(super) fn u16_le(&self, at: u64) -> Parse<u16> {
        self.array(at).map(u16::from_le_bytes)
    }

    pub(super) fn u32_be(&self, at: u64) -> Parse<u32> {
        self.array(at).map(u32::from_be_bytes)
    }

    pub(super) fn u32_le(&self, at: u64) -> Parse<u32> {
        self.array(at).map(u32::from_le_bytes)
    }

    pub(super) fn u64_be(&self, at: u64) -> Parse<u64> {
        self.array(at).map(u64::from_be_bytes)
    }
}
