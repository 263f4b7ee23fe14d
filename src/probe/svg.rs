//! SVG (W3C, Scalable Vector Graphics 2, 2018-10-04, section 8) as XML 1.0 (fifth edition, 2008).
//!
//! An SVG image has no pixels. Its size is the one that a page gives it: the width and height of the root
//! element in CSS pixels, else those of its view box, else 300×150.

mod document;
mod length;

use super::input::{Input, Parse, malformed, unsupported};
use super::{Reader, recognise};
use crate::media::{Format, ImageFacts, MediaFacts, Size};
use document::{Document, Stop};
use length::{FontSize, number, pixels};
use std::borrow::Cow;

pub(super) const READER: Reader = Reader {
    // White space and a byte order mark may stand before the first tag; in UTF-16, a zero.
    signatures: &[
        b"<",
        b" ",
        b"\t",
        b"\r",
        b"\n",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\xfe\xff",
        b"\0<",
    ],
    read,
};

/// However long comments and attributes are, all of the file up to the end of the root's tag is gone over. It is at
/// hand in one piece, and begun again when more of it has come, in reads that grow.
fn read(input: &Input<'_>) -> Parse<MediaFacts> {
    let known = input.beginning()?;
    let (text, unit) = as_bytes(known);
    let mut document = Document::new(&text);
    match Root::read(&mut document) {
        Ok(root) => match root.size() {
            Some(size) => Ok(MediaFacts::image(Format::Svg, size, ImageFacts::default())),
            None => malformed(Format::Svg, 0, "the SVG has no size"),
        },
        Err(Stop::Malformed(at, what)) => malformed(Format::Svg, unit * at as u64, what),
        Err(Stop::Foreign(name)) => foreign(input, name),
        // Comments without anything: the file ends as its author left it.
        Err(Stop::Blank) if input.length() == Some(known.len() as u64) => {
            foreign(input, Some("an HTML page"))
        }
        Err(Stop::Blank | Stop::More) => {
            input.slice(0, more(input, known.len() as u64))?;
            malformed(Format::Svg, 0, "the root element does not end")
        }
    }
}

/// How much is wanted where so much was not enough: twice as much keeps the sum of all attempts linear.
fn more(input: &Input<'_>, known: u64) -> u64 {
    let double = 2 * known;
    match input.length() {
        Some(length) if known < length && input.can_read(known..double) => double.min(length),
        None if input.can_read(known..double) => double,
        // The file ends, or what may be read does.
        _ => known + 1,
    }
}

fn foreign<T>(input: &Input<'_>, name: Option<&'static str>) -> Parse<T> {
    let head = input.up_to(0, recognise::LONGEST_SIGNATURE)?;
    unsupported(name.or_else(|| recognise::name(head)))
}

/// The text with one byte a character, and how many bytes each took (XML 1.0, section 4.3.3 and appendix F). All
/// that counts is ASCII, so any other character of UTF-16 becomes a question mark; UTF-8 is left as it is.
fn as_bytes(file: &[u8]) -> (Cow<'_, [u8]>, u64) {
    let read: fn([u8; 2]) -> u16 = match file {
        [0xff, 0xfe, ..] | [b'<', 0, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] | [0, b'<', ..] => u16::from_be_bytes,
        _ => return (Cow::Borrowed(file), 1),
    };
    const MARK: u16 = 0xfeff;
    let pairs = file.chunks_exact(2).filter_map(|pair| match pair {
        [one, other] => Some(read([*one, *other])),
        _ => None,
    });
    let pairs = pairs.skip_while(|pair| *pair == MARK);
    let ascii = |pair| u8::try_from(pair).ok().filter(u8::is_ascii);
    let text = pairs.map(|pair| ascii(pair).unwrap_or(b'?')).collect();
    (Cow::Owned(text), 2)
}

/// What the root element says of its size.
#[derive(Default)]
struct Root {
    width: Option<Vec<u8>>,
    height: Option<Vec<u8>>,
    view_box: Option<(f64, f64)>,
    font: FontSize,
}

impl Root {
    fn read(document: &mut Document<'_>) -> Result<Self, Stop> {
        document.enter_root()?;
        let mut root = Self::default();
        while let Some((name, value)) = document.attribute()? {
            match name {
                b"width" => root.width = Some(document.expand(value)),
                b"height" => root.height = Some(document.expand(value)),
                b"viewBox" => root.view_box = view_box(&document.expand(value)),
                b"font-size" => root.font.set_attribute(&document.expand(value)),
                b"style" => root.font.set_style(&document.expand(value)),
                _ => {}
            }
        }
        Ok(root)
    }

    /// The size of a replaced element (CSS 2.2, 10.3.2 and 10.6.2; CSS Images 3, section 5.1).
    fn size(&self) -> Option<Size> {
        let font = self.font.pixels();
        let side = |text: &Option<Vec<u8>>| pixels(text.as_deref()?, font);
        let (width, height) = match (side(&self.width), side(&self.height), self.view_box) {
            (Some(width), Some(height), _) => (width, height),
            // The proportion first: a product may be more than a number holds.
            (Some(width), None, Some((across, down))) => (width, width * (down / across)),
            (None, Some(height), Some((across, down))) => (height * (across / down), height),
            (None, None, Some(size)) => size,
            (width, height, None) => (width.unwrap_or(300.0), height.unwrap_or(150.0)),
        };
        (width > 0.0 && height > 0.0).then(|| Size::new(whole(width), whole(height)))
    }
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
