//! JSON, read once from front to back: the caller takes the values that it knows, and passes
//! over the rest.
//!
//! A stream is mostly fields that are not read, repeated with every word. To step over them takes a
//! fraction of the time, and of the code, that making values of them does. What is stepped over is
//! checked all the same.

use super::{Gap, LongText};
use std::borrow::Cow;
use std::ops::Range;

/// Arrays and objects within each other: no endpoint sends more, and each takes a frame of the stack.
const MAX_DEPTH: u32 = 128;

/// The text is not JSON from this byte on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no JSON at byte {at}")]
pub(crate) struct NotJson {
    pub(crate) at: usize,
}

/// A place in the text.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: u32,
    /// In order.
    gaps: &'a [Gap<'a>],
}

/// A string, and where its quotes stand.
#[derive(Debug)]
pub(crate) struct Literal<'a> {
    /// Quotes included.
    pub(crate) at: Range<usize>,
    pub(crate) text: LiteralText<'a>,
}

#[derive(Debug)]
pub(crate) enum LiteralText<'a> {
    Inside(Cow<'a, str>),
    /// In this one of the gaps, which is not read.
    Outside(usize),
}

/// A value as its first byte shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Object,
    Array,
    String,
    Number,
    Null,
    Boolean,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            depth: 0,
            gaps: &[],
        }
    }

    /// The same of a text in which an empty string stands in the place of each of these.
    pub(crate) fn with_gaps(self, gaps: &'a [Gap<'a>]) -> Self {
        Self { gaps, ..self }
    }

    /// What was not read yet.
    pub(crate) fn rest(&self) -> &'a str {
        self.slice(self.at, self.text.len())
    }

    /// Nothing but blanks is left.
    pub(crate) fn end(&mut self) -> Result<(), NotJson> {
        let is_end = self.peek().is_none();
        self.check(is_end)
    }

    /// What comes next.
    pub(crate) fn kind(&mut self) -> Result<Kind, NotJson> {
        Ok(match self.peek() {
            Some(b'{') => Kind::Object,
            Some(b'[') => Kind::Array,
            Some(b'"') => Kind::String,
            Some(b'-' | b'0'..=b'9') => Kind::Number,
            Some(b'n') => Kind::Null,
            Some(b't' | b'f') => Kind::Boolean,
            _ => return self.stop(),
        })
    }

    /// Reads an object, which must come next: `on_field` takes the value of each key.
    pub(crate) fn object(
        &mut self,
        mut on_field: impl FnMut(&mut Self, Cow<'a, str>) -> Result<(), NotJson>,
    ) -> Result<(), NotJson> {
        self.items(b'{', b'}', |reader| {
            let key = reader.string()?;
            reader.expect(b':')?;
            on_field(reader, key)
        })
    }

    /// Reads an object, or passes over what is none.
    pub(crate) fn object_or_skip(
        &mut self,
        on_field: impl FnMut(&mut Self, Cow<'a, str>) -> Result<(), NotJson>,
    ) -> Result<(), NotJson> {
        if self.kind()? == Kind::Object {
            self.object(on_field)
        } else {
            self.skip()
        }
    }

    /// Reads an array, which must come next: `on_item` takes each value.
    pub(crate) fn array(
        &mut self,
        on_item: impl FnMut(&mut Self) -> Result<(), NotJson>,
    ) -> Result<(), NotJson> {
        self.items(b'[', b']', on_item)
    }

    /// Reads a string, which must come next. A half of a surrogate pair becomes U+FFFD.
    pub(crate) fn string(&mut self) -> Result<Cow<'a, str>, NotJson> {
        self.expect(b'"')?;
        let from = self.at;
        self.pass_plain()?;
        if self.take(b'"') {
            return Ok(match self.gap(from) {
                Some((_, gap)) => unescaped(gap.open()).into(),
                None => Cow::Borrowed(self.slice(from, self.at - 1)),
            });
        }
        let mut text = self.slice(from, self.at).to_owned();
        loop {
            match self.next() {
                Some(b'"') => return Ok(Cow::Owned(text)),
                Some(b'\\') => text.push(self.escape()?),
                _ => return self.stop(),
            }
            let from = self.at;
            self.pass_plain()?;
            text.push_str(self.slice(from, self.at));
        }
    }

    /// The same, and beside it what stands between its quotes where that is written in another way.
    pub(crate) fn written_string(&mut self) -> Result<(Cow<'a, str>, &'a str), NotJson> {
        self.peek();
        let quote = self.at;
        let text = self.string()?;
        let written = match text {
            Cow::Borrowed(_) => "",
            Cow::Owned(_) => self.slice(quote + 1, self.at - 1),
        };
        Ok((text, written))
    }

    /// Reads a string, which must come next, unless it lies in a gap.
    pub(crate) fn string_literal(&mut self) -> Result<Literal<'a>, NotJson> {
        self.peek();
        let quote = self.at;
        let is_gap = self.gap(quote + 1).map(|(index, _)| index);
        let text = match is_gap {
            Some(index) => {
                self.skip_string()?;
                LiteralText::Outside(index)
            }
            None => LiteralText::Inside(self.string()?),
        };
        Ok(Literal {
            at: quote..self.at,
            text,
        })
    }

    /// Reads a string, or passes over what is none.
    pub(crate) fn text(&mut self) -> Result<Option<Cow<'a, str>>, NotJson> {
        if self.kind()? == Kind::String {
            self.string().map(Some)
        } else {
            self.skip().map(|()| None)
        }
    }

    /// Reads a whole number of 0 or more, or passes over what is none.
    pub(crate) fn count(&mut self) -> Result<Option<u64>, NotJson> {
        let value = self.raw()?;
        // Some write whole numbers as 5.0. What is no number cannot be parsed as one.
        Ok(value.strip_suffix(".0").unwrap_or(value).parse().ok())
    }

    /// The value that comes next, as it is written.
    pub(crate) fn raw(&mut self) -> Result<&'a str, NotJson> {
        self.peek();
        let from = self.at;
        self.skip()?;
        Ok(self.slice(from, self.at))
    }

    /// Passes over the value that comes next.
    pub(crate) fn skip(&mut self) -> Result<(), NotJson> {
        match self.kind()? {
            Kind::Object => self.items(b'{', b'}', |reader| {
                reader.skip_string()?;
                reader.expect(b':')?;
                reader.skip()
            }),
            Kind::Array => self.items(b'[', b']', Self::skip),
            Kind::String => self.skip_string(),
            Kind::Number => self.skip_number(),
            Kind::Null => self.literal("null"),
            Kind::Boolean if self.take(b't') => self.literal("rue"),
            Kind::Boolean => self.literal("false"),
        }
    }

    fn items(
        &mut self,
        open: u8,
        close: u8,
        mut on_item: impl FnMut(&mut Self) -> Result<(), NotJson>,
    ) -> Result<(), NotJson> {
        self.expect(open)?;
        if self.depth >= MAX_DEPTH {
            return self.stop();
        }
        self.depth += 1;
        let mut is_first = true;
        loop {
            match self.peek() {
                Some(byte) if byte == close && is_first => break,
                _ => on_item(self)?,
            }
            is_first = false;
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(byte) if byte == close => break,
                _ => return self.stop(),
            }
        }
        self.at += 1;
        self.depth -= 1;
        Ok(())
    }

    fn skip_string(&mut self) -> Result<(), NotJson> {
        self.expect(b'"')?;
        loop {
            self.pass_plain()?;
            if self.take(b'"') {
                return Ok(());
            }
            self.take(b'\\');
            self.escape()?;
        }
    }

    fn skip_number(&mut self) -> Result<(), NotJson> {
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _ = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), NotJson> {
        let from = self.at;
        while self.byte().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        self.check(self.at > from)
    }

    fn literal(&mut self, word: &str) -> Result<(), NotJson> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        self.check(rest.starts_with(word))?;
        self.at += word.len();
        Ok(())
    }

    /// Passes over what stands for itself in a string; stops before a quote or a backslash.
    fn pass_plain(&mut self) -> Result<(), NotJson> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let (words, _) = rest.as_chunks::<8>();
        let plain = words.iter().take_while(|word| is_plain(**word)).count() * 8;
        let special = |byte: &u8| matches!(*byte, b'"' | b'\\' | 0..b' ');
        let rest = rest.get(plain..).unwrap_or_default();
        self.at += plain + rest.iter().position(special).unwrap_or(rest.len());
        self.check(self.byte().is_some_and(|byte| byte >= b' '))
    }

    /// What stands behind a backslash.
    fn escape(&mut self) -> Result<char, NotJson> {
        Ok(match self.next() {
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(),
            _ => return self.stop(),
        })
    }

    /// RFC 8259, section 7: what lies beyond the first plane is written as two halves.
    fn unicode(&mut self) -> Result<char, NotJson> {
        let first = self.four_digits()?;
        if let Some(character) = char::from_u32(first) {
            return Ok(character);
        }
        let behind = self.at;
        if first < 0xdc00 && self.take(b'\\') && self.take(b'u') {
            let second = self.four_digits()?;
            if (0xdc00..0xe000).contains(&second) {
                let plane = (first - 0xd800) << 10 | (second - 0xdc00);
                return Ok(char::from_u32(0x10000 + plane).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
        }
        self.at = behind;
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn four_digits(&mut self) -> Result<u32, NotJson> {
        let mut unit = 0;
        for _ in 0..4 {
            let digit = self.byte().and_then(|byte| char::from(byte).to_digit(16));
            let Some(digit) = digit else {
                return self.stop();
            };
            unit = unit << 4 | digit;
            self.at += 1;
        }
        Ok(unit)
    }

    /// The gap in a string that begins behind its quote here.
    fn gap(&self, from: usize) -> Option<(usize, &'a Gap<'a>)> {
        let is_here = |gap: &Gap<'_>| (gap.at + 1).cmp(&from);
        let index = self.gaps.binary_search_by(is_here).ok()?;
        Some((index, self.gaps.get(index)?))
    }

    fn slice(&self, from: usize, to: usize) -> &'a str {
        self.text.get(from..to).unwrap_or_default()
    }

    #[inline(always)]
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte that is no blank.
    #[inline(always)]
    fn peek(&mut self) -> Option<u8> {
        loop {
            match self.byte() {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.at += 1,
                other => return other,
            }
        }
    }

    #[inline(always)]
    fn next(&mut self) -> Option<u8> {
        let byte = self.byte()?;
        self.at += 1;
        Some(byte)
    }

    #[inline(always)]
    fn take(&mut self, wanted: u8) -> bool {
        let is_there = self.byte() == Some(wanted);
        self.at += usize::from(is_there);
        is_there
    }

    #[inline(always)]
    fn expect(&mut self, wanted: u8) -> Result<(), NotJson> {
        self.peek();
        let is_there = self.take(wanted);
        self.check(is_there)
    }

    #[inline(always)]
    fn check(&self, is_right: bool) -> Result<(), NotJson> {
        if is_right { Ok(()) } else { self.stop() }
    }

    fn stop<T>(&self) -> Result<T, NotJson> {
        Err(NotJson { at: self.at })
    }
}

/// Whether eight bytes of a string stand for themselves: none is a quote, a backslash or a control character. All at once,
/// since most of a stream is strings that are passed over.
#[inline(always)]
fn is_plain(word: [u8; 8]) -> bool {
    const ONES: u64 = u64::MAX / 0xff;
    const HIGHS: u64 = ONES << 7;
    let word = u64::from_ne_bytes(word);
    // The high bit of each byte that is less; of some bytes behind it, perhaps, as well.
    let less = |word: u64, than: u8| word.wrapping_sub(ONES * u64::from(than)) & !word;
    let equal = |byte: u8| less(word ^ (ONES * u64::from(byte)), 1);
    (less(word, b' ') | equal(b'"') | equal(b'\\')) & HIGHS == 0
}

/// All of a text, without its escapes; as it is written where they mean nothing.
pub(crate) fn unescaped(text: &dyn LongText) -> String {
    let written = text.read(0..text.length());
    if !written.as_bytes().contains(&b'\\') {
        return written.into_owned();
    }
    let quoted = format!("\"{written}\"");
    let read = Reader::new(&quoted).string().map(Cow::into_owned);
    read.unwrap_or_else(|_| written.into_owned())
}
