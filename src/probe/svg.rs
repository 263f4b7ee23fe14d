//! SVG (W3C, Scalable Vector Graphics 2, 2018-10-04, section 8) as XML 1.0 (fifth edition, 2008).
//!
//! An SVG image has no pixels. Its size is the one that a page gives it: the width and height of the root
//! element in CSS pixels, else those of its view box, else 300×150.

use super::input::{Halt, Input, Parse, malformed};
use super::{ProbeError, Reader, recognise};
use crate::media::{Format, ImageFacts, MediaFacts, Size};
use std::borrow::Cow;

pub(super) const READER: Reader = Reader {
    // White space and a byte order mark may stand before the first tag.
    signatures: &[b"<", b" ", b"\t", b"\r", b"\n", b"\xef\xbb\xbf"],
    read,
};

/// Where the root element must begin, and how long it may be: an editor's licence text has a few KB.
const LONGEST: u64 = 64 * 1024;

fn read(input: &Input<'_>) -> Parse<MediaFacts> {
    let mut text = Text { input, at: 0 };
    if !text.enter_root()? {
        let head = input.up_to(0, recognise::LONGEST_SIGNATURE)?;
        return Err(Halt::Fail(ProbeError::UnsupportedFormat {
            looks_like: recognise::name(head),
        }));
    }
    let start = text.at;
    let mut root = Root::default();
    while let Some((name, value)) = text.attribute(start + LONGEST)? {
        let value = &*without_references(value);
        match name {
            b"width" => root.width = pixels(value),
            b"height" => root.height = pixels(value),
            b"viewBox" => root.view_box = view_box(value),
            _ => {}
        }
    }
    let Some(size) = root.size() else {
        return malformed(Format::Svg, start, "the SVG has no size");
    };
    Ok(MediaFacts::image(Format::Svg, size, ImageFacts::default()))
}

/// What the root element says of its size, in CSS pixels.
#[derive(Default)]
struct Root {
    width: Option<f64>,
    height: Option<f64>,
    view_box: Option<(f64, f64)>,
}

impl Root {
    /// The size of a replaced element (CSS 2.2, 10.3.2 and 10.6.2; CSS Images 3, section 5.1).
    fn size(&self) -> Option<Size> {
        let (width, height) = match (self.width, self.height, self.view_box) {
            (Some(width), Some(height), _) => (width, height),
            (Some(width), None, Some((across, down))) => (width, width * down / across),
            (None, Some(height), Some((across, down))) => (height * across / down, height),
            (None, None, Some(size)) => size,
            (width, height, None) => (width.unwrap_or(300.0), height.unwrap_or(150.0)),
        };
        (width > 0.0 && height > 0.0).then(|| Size::new(whole(width), whole(height)))
    }
}

/// With numbers in place of the characters that they stand for (XML 1.0, section 4.1). Names of entities
/// stand for no digit.
fn without_references(value: &[u8]) -> Cow<'_, [u8]> {
    if !value.contains(&b'&') {
        return Cow::Borrowed(value);
    }
    let mut decoded = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some((byte, behind)) = rest.split_first() {
        let (byte, behind) = reference(rest).unwrap_or((*byte, behind));
        decoded.push(byte);
        rest = behind;
    }
    Cow::Owned(decoded)
}

/// The ASCII character that a text begins with a reference to, and what stands behind it.
fn reference(text: &[u8]) -> Option<(u8, &[u8])> {
    const LONGEST: usize = 10;
    let digits = text.strip_prefix(b"&#")?;
    let end = digits.iter().take(LONGEST).position(|byte| *byte == b';')?;
    let (digits, behind) = digits.split_at_checked(end)?;
    let digits = std::str::from_utf8(digits).ok()?;
    let character = match digits.strip_prefix('x') {
        Some(digits) => u8::from_str_radix(digits, 16),
        None => digits.parse(),
    };
    let character = character.ok().filter(u8::is_ascii)?;
    Some((character, behind.get(1..)?))
}

/// To the nearest pixel, and at least one.
fn whole(side: f64) -> u64 {
    (side.round() as u64).max(1)
}

/// The last two of four numbers. A box without an area counts as none.
fn view_box(value: &[u8]) -> Option<(f64, f64)> {
    let is_separator = |byte: &u8| byte.is_ascii_whitespace() || *byte == b',';
    let mut numbers = value
        .split(is_separator)
        .filter(|part| !part.is_empty())
        .map(|part| number(part).and_then(|(number, rest)| rest.is_empty().then_some(number)));
    let (_, _) = (numbers.next()??, numbers.next()??);
    let size = (numbers.next()??, numbers.next()??);
    (numbers.next().is_none() && size.0 > 0.0 && size.1 > 0.0).then_some(size)
}

/// A length in CSS pixels (CSS Values and Units 3, section 6). A percentage depends on the page, and
/// counts as none; so does what is no length.
fn pixels(value: &[u8]) -> Option<f64> {
    let (number, unit) = number(value.trim_ascii())?;
    let factor = match &*unit.to_ascii_lowercase() {
        b"" | b"px" => 1.0,
        b"in" => 96.0,
        b"cm" => 96.0 / 2.54,
        b"mm" => 96.0 / 25.4,
        b"q" => 96.0 / 101.6,
        b"pt" => 96.0 / 72.0,
        b"pc" => 16.0,
        // Of the font that browsers start with; half of it where it has no x-height to tell.
        b"em" | b"rem" => 16.0,
        b"ex" | b"ch" => 8.0,
        _ => return None,
    };
    Some(number * factor).filter(|pixels| *pixels >= 0.0)
}

/// A number (CSS Values and Units 3, section 4.3), and what stands behind it.
fn number(text: &[u8]) -> Option<(f64, &[u8])> {
    let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let sign = usize::from(matches!(text.first(), Some(b'+' | b'-')));
    let mut end = sign + digits(text.get(sign..)?);
    let mut found = end - sign;
    if text.get(end) == Some(&b'.') {
        let fraction = digits(text.get(end + 1..)?);
        found += fraction;
        end += 1 + fraction;
    }
    if found == 0 {
        return None;
    }
    // An `e` begins an exponent only before digits; else it is the unit's.
    if let Some(b'e' | b'E') = text.get(end) {
        let sign = usize::from(matches!(text.get(end + 1), Some(b'+' | b'-')));
        let exponent = digits(text.get(end + 1 + sign..)?);
        if exponent > 0 {
            end += 1 + sign + exponent;
        }
    }
    let (number, rest) = text.split_at_checked(end)?;
    let number = crate::decimal::parse(std::str::from_utf8(number).ok()?)?;
    Some((number, rest))
}

/// A place in the text.
struct Text<'a> {
    input: &'a Input<'a>,
    at: u64,
}

impl<'a> Text<'a> {
    /// Goes behind the name of the root element; `false` where that is no `svg`.
    fn enter_root(&mut self) -> Parse<bool> {
        if self.begins(b"\xef\xbb\xbf")? {
            self.at += 3;
        }
        while self.at < LONGEST {
            self.skip_white_space()?;
            // XML 1.0, section 2.8: what may stand before the root element.
            let found = if self.begins(b"<?")? {
                self.skip_behind(b"?>")?
            } else if self.begins(b"<!--")? {
                self.skip_behind(b"-->")?
            } else if self.begins(b"<!")? {
                self.skip_document_type()?
            } else {
                return self.enter_svg();
            };
            if !found {
                return Ok(false);
            }
        }
        Ok(false)
    }

    /// The name may have a prefix for its namespace.
    fn enter_svg(&mut self) -> Parse<bool> {
        const LONGEST_NAME: u64 = 64;
        if self.input.u8(self.at)? != b'<' {
            return Ok(false);
        }
        let start = self.at + 1;
        let text = self.input.up_to(start, LONGEST_NAME)?;
        let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/');
        let Some(length) = text.iter().position(ends) else {
            // Too long for a name, or cut off inside it.
            return self.input.slice(start, LONGEST_NAME).map(|_| false);
        };
        self.at = start + length as u64;
        let name = self.input.slice(start, length as u64)?;
        Ok(name.rsplit(|byte| *byte == b':').next() == Some(b"svg"))
    }

    /// The next attribute of a start tag, behind which the place moves; `None` where the tag ends.
    fn attribute(&mut self, limit: u64) -> Parse<Option<(&'a [u8], &'a [u8])>> {
        const LONGEST_NAME: u64 = 256;
        self.skip_white_space()?;
        let text = self.input.up_to(self.at, LONGEST_NAME)?;
        let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'=' | b'>' | b'/');
        let length = text.iter().position(ends).unwrap_or(text.len());
        let (name, _) = text.split_at_checked(length).unwrap_or_default();
        self.at += length as u64;
        self.skip_white_space()?;
        if name.is_empty() || !self.begins(b"=")? {
            let ended = name.is_empty() && (self.begins(b">")? || self.begins(b"/>")?);
            return match ended {
                true => Ok(None),
                false => malformed(Format::Svg, self.at, "an attribute has no value"),
            };
        }
        self.at += 1;
        self.skip_white_space()?;
        let quote: &[u8] = match self.input.u8(self.at)? {
            b'"' => b"\"",
            b'\'' => b"'",
            _ => return malformed(Format::Svg, self.at, "a value stands in no quotes"),
        };
        let start = self.at + 1;
        let Some(end) = self.input.find(quote, start..limit)? else {
            return malformed(Format::Svg, self.at, "a value does not end");
        };
        self.at = end + 1;
        Ok(Some((name, self.input.slice(start, end - start)?)))
    }

    /// `<!DOCTYPE …>`, in which quotes, comments and a part in brackets may hold any `>`.
    fn skip_document_type(&mut self) -> Parse<bool> {
        let mut in_brackets = false;
        self.at += 2;
        while self.at < LONGEST {
            let found = match self.input.u8(self.at)? {
                b'>' if !in_brackets => {
                    self.at += 1;
                    return Ok(true);
                }
                b'[' => {
                    in_brackets = true;
                    self.skip(1)
                }
                b']' => {
                    in_brackets = false;
                    self.skip(1)
                }
                quote @ (b'"' | b'\'') => {
                    self.at += 1;
                    self.skip_behind(&[quote])?
                }
                b'<' if self.begins(b"<!--")? => self.skip_behind(b"-->")?,
                _ => self.skip(1),
            };
            if !found {
                return Ok(false);
            }
        }
        Ok(false)
    }

    fn skip(&mut self, bytes: u64) -> bool {
        self.at += bytes;
        true
    }

    fn skip_behind(&mut self, end: &[u8]) -> Parse<bool> {
        match self.input.find(end, self.at..LONGEST)? {
            Some(found) => Ok(self.skip(found - self.at + end.len() as u64)),
            None => Ok(false),
        }
    }

    fn skip_white_space(&mut self) -> Parse<()> {
        while self.at < LONGEST && self.begins_with_space()? {
            self.at += 1;
        }
        Ok(())
    }

    fn begins_with_space(&self) -> Parse<bool> {
        let next = self.input.up_to(self.at, 1)?;
        Ok(matches!(next, [b' ' | b'\t' | b'\r' | b'\n']))
    }

    fn begins(&self, with: &[u8]) -> Parse<bool> {
        Ok(self.input.up_to(self.at, with.len() as u64)? == with)
    }
}
