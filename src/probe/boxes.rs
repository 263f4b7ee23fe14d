//! Boxes, of which MP4, QuickTime, HEIF, AVIF and JPEG XL files are made (ISO/IEC 14496-12:2022, section
//! 4.2).

use super::input::{FARTHEST, Input, Parse, malformed};
use crate::media::Format;
use std::ops::{ControlFlow, Range};

/// The type of a box, four letters as a rule.
pub(super) type BoxType = [u8; 4];

/// The boxes of a range, one after the other.
#[derive(Clone, Copy)]
pub(super) struct Boxes<'a> {
    input: &'a Input<'a>,
    /// Named by errors.
    format: Format,
    at: u64,
    end: u64,
    /// A box that the file ends inside is cut off, not nonsense.
    is_whole_file: bool,
}

pub(super) struct BoxHeader {
    pub(super) kind: BoxType,
    pub(super) body: Range<u64>,
    /// Whether it goes on to the end of the file, or of what holds it, wherever that is.
    pub(super) is_open: bool,
}

impl<'a> Boxes<'a> {
    /// The boxes of a whole file.
    pub(super) fn of_file(input: &'a Input<'a>, format: Format) -> Self {
        let end = input.length().unwrap_or(u64::MAX);
        Self {
            is_whole_file: true,
            ..Self::inside(input, format, 0..end)
        }
    }

    pub(super) fn inside(input: &'a Input<'a>, format: Format, range: Range<u64>) -> Self {
        Self {
            input,
            format,
            at: range.start,
            end: range.end,
            is_whole_file: false,
        }
    }

    /// The boxes inside one of these.
    pub(super) fn inside_of(&self, body: Range<u64>) -> Self {
        Self::inside(self.input, self.format, body)
    }

    /// The next box, whatever it is. Where the length of the file is not known, only reading on tells
    /// that there is none.
    pub(super) fn next(&mut self) -> Parse<Option<BoxHeader>> {
        const SHORT: u64 = 8;
        const LONG: u64 = 16;
        // Inside another box, less than a header is padding: QuickTime ends lists by four zero bytes.
        let least = if self.is_whole_file { 1 } else { SHORT };
        if self.end.saturating_sub(self.at) < least {
            return Ok(None);
        }
        let start = self.at;
        let size = self.input.u32_be(start)?;
        let kind = self.input.array(start + 4)?;
        let is_open = size == 0;
        let (header, size) = match size {
            // To the end of the file, or of what holds the box.
            0 => (SHORT, self.end.min(FARTHEST) - start),
            1 => (LONG, self.input.u64_be(start + SHORT)?),
            size => (SHORT, size.into()),
        };
        let end = start.saturating_add(size);
        if end > FARTHEST {
            return malformed(self.format, start, "a box is longer than any file");
        }
        if size < header {
            return malformed(self.format, start, "a box is shorter than its own header");
        }
        if end > self.end && !self.is_whole_file {
            return malformed(self.format, start, "a box is longer than the one around it");
        }
        self.at = end;
        Ok(Some(BoxHeader {
            kind,
            body: start + header..end,
            is_open,
        }))
    }

    /// Where the next box begins: behind the file, if the file ends inside the last one.
    pub(super) fn position(&self) -> u64 {
        self.at
    }

    /// The same boxes from a place on at which one of them begins.
    pub(super) fn from(self, at: u64) -> Self {
        Self { at, ..self }
    }

    /// The next box of a type. However many stand before it, a later attempt begins at the last of them.
    pub(super) fn seek(&mut self, kind: &BoxType) -> Parse<Option<BoxHeader>> {
        let boxes = *self;
        let (found, at) = self.input.walk((*kind, self.at), self.at, |at| {
            let mut boxes = boxes.from(*at);
            Ok(match boxes.next()? {
                Some(found) if found.kind != *kind => {
                    *at = boxes.at;
                    ControlFlow::Continue(())
                }
                found => ControlFlow::Break((found, boxes.at)),
            })
        })?;
        self.at = at;
        Ok(found)
    }

    /// The body of the first box of a type.
    pub(super) fn find(mut self, kind: &BoxType) -> Parse<Option<Range<u64>>> {
        Ok(self.seek(kind)?.map(|found| found.body))
    }
}
