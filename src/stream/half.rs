//! Text that is cut inside a surrogate pair. Servers that count in UTF-16 units cut there, and write each half
//! as an escape in a chunk of its own.

use crate::json::{NotJson, Reader};
use std::borrow::Cow;
use std::char::REPLACEMENT_CHARACTER;

/// A piece of text. A half of a pair at either end stands as U+FFFD in it.
#[derive(Clone, Debug, Default)]
pub(super) struct Piece<'a> {
    text: Cow<'a, str>,
    /// The second half of a pair, with which it begins.
    low: Option<u16>,
    /// The first half of a pair, with which it ends.
    high: Option<u16>,
}

impl<'a> Piece<'a> {
    /// Reads a string, which must come next.
    pub(super) fn read(reader: &mut Reader<'a>) -> Result<Self, NotJson> {
        let (text, written) = reader.written_string()?;
        // What is written as it is holds no half.
        if matches!(text, Cow::Borrowed(_)) {
            return Ok(text.into());
        }
        let starts = text.starts_with(REPLACEMENT_CHARACTER);
        let ends = text.ends_with(REPLACEMENT_CHARACTER);
        let escape = |at: usize| {
            let digits = written.get(at..)?.get(..6)?.strip_prefix("\\u")?;
            u16::from_str_radix(digits, 16).ok()
        };
        let last = written.len().checked_sub(6);
        Ok(Self {
            low: escape(0).filter(|unit| starts && (0xdc00..=0xdfff).contains(unit)),
            high: (last.and_then(escape)).filter(|unit| ends && (0xd800..=0xdbff).contains(unit)),
            text,
        })
    }

    /// The text where it is the part of the JSON between its quotes.
    pub(super) fn as_written(&self) -> Option<&'a str> {
        match self.text {
            Cow::Borrowed(text) => Some(text),
            Cow::Owned(_) => None,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// It holds nothing but white space, if anything.
    pub(super) fn is_blank(&self) -> bool {
        self.text.trim_ascii().is_empty()
    }

    pub(super) fn append(&mut self, next: Self) {
        if self.is_empty() {
            *self = next;
        } else if !next.is_empty() {
            let mut half = Half(self.high.take());
            let text = self.text.to_mut();
            if half.0.is_some() {
                text.pop();
            }
            self.high = next.high;
            // The half at its end stays in it as U+FFFD.
            text.push_str(&half.join(Self { high: None, ..next }));
        }
    }
}

impl<'a> From<Cow<'a, str>> for Piece<'a> {
    fn from(text: Cow<'a, str>) -> Self {
        Self {
            text,
            low: None,
            high: None,
        }
    }
}

/// The first half of a pair, which waits for the second.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Half(Option<u16>);

impl Half {
    /// The text of the next piece, together with the half before it and without the one at its end.
    pub(super) fn join<'a>(&mut self, piece: Piece<'a>) -> Cow<'a, str> {
        if piece.is_empty() || (self.0.is_none() && piece.high.is_none()) {
            return piece.text;
        }
        let mut text = String::new();
        let mut rest = &*piece.text;
        if let Some(high) = self.0.take() {
            let pair = piece.low.and_then(|low| pair(high, low));
            if pair.is_some() {
                rest = rest.strip_prefix(REPLACEMENT_CHARACTER).unwrap_or(rest);
            }
            text.push(pair.unwrap_or(REPLACEMENT_CHARACTER));
        }
        if piece.high.is_some() {
            rest = rest.strip_suffix(REPLACEMENT_CHARACTER).unwrap_or(rest);
            self.0 = piece.high;
        }
        text.push_str(rest);
        Cow::Owned(text)
    }

    pub(super) fn is_waiting(self) -> bool {
        self.0.is_some()
    }

    /// Ends the wait; what never became a pair is U+FFFD.
    pub(super) fn give_up(&mut self) -> Option<char> {
        self.0.take().map(|_| REPLACEMENT_CHARACTER)
    }
}

fn pair(high: u16, low: u16) -> Option<char> {
    char::decode_utf16([high, low]).next()?.ok()
}
