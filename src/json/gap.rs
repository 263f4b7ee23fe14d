//! Strings that stay where they are: the data of an image takes megabytes, of which a few kilobytes are looked at.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::ops::Range;

/// A string of a JSON text as it is written there, without its quotes.
pub trait LongText {
    /// Length, in the units in which [`read`](Self::read) counts: bytes, or the characters of JavaScript, which are the same
    /// for base64.
    fn length(&self) -> u64;

    /// A part of it, which lies within its length.
    fn read(&self, range: Range<u64>) -> Cow<'_, str>;
}

/// A string that is left out of a JSON text, where an empty one stands in its place.
pub struct Gap<'a> {
    /// Where the opening quote stands, in bytes.
    pub(crate) at: usize,
    pub(crate) text: &'a dyn LongText,
    is_read: Cell<bool>,
}

impl<'a> Gap<'a> {
    /// A string whose opening quote stands at this byte of the text.
    pub fn new(at: usize, text: &'a dyn LongText) -> Self {
        Self {
            at,
            text,
            is_read: Cell::new(false),
        }
    }

    /// Its text, which is noted as read.
    pub(crate) fn open(&self) -> &'a dyn LongText {
        self.is_read.set(true);
        self.text
    }

    /// Whether it was read as a text.
    pub(crate) fn is_read(&self) -> bool {
        self.is_read.get()
    }
}

impl fmt::Debug for Gap<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} behind byte {}", self.text.length(), self.at)
    }
}

impl LongText for &str {
    fn length(&self) -> u64 {
        self.len() as u64
    }

    fn read(&self, range: Range<u64>) -> Cow<'_, str> {
        let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
        let part = self.get(place(range.start)..place(range.end));
        part.unwrap_or_default().into()
    }
}
