//! Elements (RFC 8794, sections 4 to 7): a number that says what, a number that says how long, and a body.

use super::id;
use crate::media::Format;
use crate::probe::input::{FARTHEST, Input, Parse, malformed};
use std::ops::Range;

/// The elements of a range, one after the other.
pub(super) struct Elements<'a> {
    input: &'a Input<'a>,
    format: Format,
    at: u64,
    end: u64,
    /// Whether none may reach beyond the end. Else several would hold the same bytes.
    is_bounded: bool,
}

pub(super) struct Element {
    pub(super) id: u32,
    /// To the end of what holds it, where its own length is not known.
    pub(super) body: Range<u64>,
}

impl<'a> Elements<'a> {
    pub(super) fn of_file(input: &'a Input<'a>, format: Format, start: u64) -> Self {
        let end = input.length().unwrap_or(FARTHEST);
        Self::of_segment(input, format, start..end)
    }

    /// The children of a segment, whose length is a guess while it is written. A file that was cut off inside one
    /// of them shall say so.
    pub(super) fn of_segment(input: &'a Input<'a>, format: Format, range: Range<u64>) -> Self {
        Self {
            is_bounded: false,
            ..Self::inside(input, format, range)
        }
    }

    pub(super) fn inside(input: &'a Input<'a>, format: Format, range: Range<u64>) -> Self {
        Self {
            input,
            format,
            at: range.start,
            end: range.end,
            is_bounded: true,
        }
    }

    pub(super) fn position(&self) -> u64 {
        self.at
    }

    pub(super) fn end(&self) -> u64 {
        self.end
    }

    /// A body that reaches beyond what holds it ends with that.
    pub(super) fn next(&mut self) -> Parse<Option<Element>> {
        if self.at >= self.end {
            return Ok(None);
        }
        let start = self.at;
        let (id, id_bytes) = self.id(start)?;
        let (length, length_bytes) = number(self.input, start + id_bytes)?;
        let body = start + id_bytes + length_bytes;
        let end = match length {
            Some(length) => body.saturating_add(length),
            // Only a segment or a cluster may do without (RFC 9559, section 4.5); a cluster ends where its
            // reader finds that it does.
            None if matches!(id, id::SEGMENT | id::CLUSTER) => self.end,
            None => return malformed(self.format, start, "an element is of unknown length"),
        };
        let end = match id {
            id::SEGMENT | id::CLUSTER => end.min(self.end),
            _ if self.is_bounded => end.min(self.end),
            _ => end,
        };
        if end > FARTHEST {
            return malformed(self.format, start, "an element is longer than any file");
        }
        self.at = end;
        Ok(Some(Element {
            id,
            body: body.min(end)..end,
        }))
    }

    /// One to four bytes, the first of which has as many leading zeros as others follow.
    fn id(&self, at: u64) -> Parse<(u32, u64)> {
        let bytes = u64::from(self.input.u8(at)?.leading_zeros()) + 1;
        if bytes > 4 {
            return malformed(
                self.format,
                at,
                "an element's number is longer than 4 bytes",
            );
        }
        let id = self
            .input
            .slice(at, bytes)?
            .iter()
            .fold(0, |id, byte| id << 8 | u32::from(*byte));
        Ok((id, bytes))
    }
}

impl Element {
    /// Up to 8 bytes, big-endian; none are 0. Of more, the last ones count.
    pub(super) fn unsigned(&self, input: &Input<'_>) -> Parse<u64> {
        let length = self.length().min(8);
        let bytes = input.slice(self.body.end - length, length)?;
        Ok(bytes
            .iter()
            .fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    /// 4 or 8 bytes; `None` for a length that no number has.
    pub(super) fn float(&self, input: &Input<'_>) -> Parse<Option<f64>> {
        let at = self.body.start;
        match self.length() {
            0 => Ok(Some(0.0)),
            4 => Ok(Some(f32::from_be_bytes(input.array(at)?).into())),
            8 => Ok(Some(f64::from_be_bytes(input.array(at)?))),
            _ => Ok(None),
        }
    }

    /// A name: of a codec, a kind of document or a tag. Zeros behind it are padding.
    pub(super) fn text(&self, input: &Input<'_>) -> Parse<String> {
        /// No name that matters is longer.
        const LONGEST: u64 = 64;
        let bytes = input.slice(self.body.start, self.length().min(LONGEST))?;
        let text = String::from_utf8_lossy(bytes);
        Ok(text.trim_end_matches('\0').to_owned())
    }

    fn length(&self) -> u64 {
        self.body.end - self.body.start
    }
}

/// A number of one to eight bytes whose first one says how many follow, and its length; `None` for all
/// ones, which stand for an unknown length.
pub(super) fn number(input: &Input<'_>, at: u64) -> Parse<(Option<u64>, u64)> {
    let first = input.u8(at)?;
    let bytes = (u64::from(first.leading_zeros()) + 1).min(8);
    let number = input
        .slice(at, bytes)?
        .iter()
        .fold(0, |number, byte| number << 8 | u64::from(*byte));
    let ones = (1 << (7 * bytes)) - 1;
    let number = number & ones;
    Ok(((number != ones).then_some(number), bytes))
}

/// Where the last cluster of a piece of a file begins. Frames may hold the same bytes by chance, so what
/// follows must be the beginning of a cluster, too: its length, and its time, perhaps behind a checksum.
pub(super) fn last_cluster(bytes: &[u8]) -> Option<usize> {
    let name = id::CLUSTER.to_be_bytes();
    let candidates = bytes.windows(name.len()).enumerate().rev();
    candidates
        .filter(|(_, window)| *window == name)
        .map(|(at, _)| at)
        .find(|at| begins_cluster(bytes.get(at + name.len()..).unwrap_or_default()))
}

/// Where the last EBML header of a piece of a file begins: with one of its fields, perhaps behind a checksum (RFC 8794,
/// section 11.2).
pub(super) fn last_header(bytes: &[u8]) -> Option<usize> {
    const CRC_BYTES: usize = 6;
    let is_field =
        |body: &[u8]| matches!(body, [0x42, 0x82 | 0x85..=0x87 | 0xf2 | 0xf3 | 0xf7, ..]);
    let name = id::EBML.to_be_bytes();
    let candidates = bytes.windows(name.len()).enumerate().rev();
    candidates
        .filter(|(_, window)| *window == name)
        .map(|(at, _)| at)
        .find(|at| {
            let rest = bytes.get(at + name.len()..).unwrap_or_default();
            let length = rest
                .first()
                .map_or(0, |first| first.leading_zeros() as usize)
                + 1;
            let body = rest.get(length..).unwrap_or_default();
            let behind = body.get(CRC_BYTES..).unwrap_or_default();
            is_field(body) || is_field(behind)
        })
}

fn begins_cluster(bytes: &[u8]) -> bool {
    const CRC_BYTES: usize = 6;
    let Some(length) = bytes
        .first()
        .map(|first| first.leading_zeros() as usize + 1)
    else {
        return false;
    };
    let body = bytes.get(length..).unwrap_or_default();
    let is = |bytes: &[u8], id: u32| bytes.first().is_some_and(|byte| u32::from(*byte) == id);
    length <= 8
        && (is(body, id::TIMESTAMP)
            || (is(body, id::CRC_32)
                && is(body.get(CRC_BYTES..).unwrap_or_default(), id::TIMESTAMP)))
}
