//! `onMetaData`, what a writer says of the whole file (section E.5), in Action Message Format (Adobe,
//! "Action Message Format, AMF 0", 2007).

use super::{Input, Parse, Size, Tag};

#[derive(Clone, Debug, Default)]
pub(super) struct Metadata {
    pub(super) size: Option<Size>,
    pub(super) seconds: Option<f64>,
    pub(super) frame_rate: Option<f64>,
    pub(super) has_audio: Option<bool>,
    pub(super) has_video: bool,
}

impl Metadata {
    pub(super) fn read(&mut self, input: &Input<'_>, tag: &Tag) -> Parse<()> {
        /// Tables for seeking, which may fill megabytes, end here.
        const LONGEST: u64 = 32 * 1024;
        let body = tag.slice(input, LONGEST)?;
        // What cannot be read ends it; what stands before counts.
        let _ = self.take(body);
        Ok(())
    }

    fn take(&mut self, mut rest: &[u8]) -> Option<()> {
        let Value::Text(b"onMetaData") = Value::read(&mut rest, 0)? else {
            return None;
        };
        let (mut width, mut height) = (0, 0);
        let outcome = members(&mut rest, 0, &mut |name, value| match (name, value) {
            // A cast saturates.
            (b"width", Value::Number(number)) => width = number as u64,
            (b"height", Value::Number(number)) => height = number as u64,
            (b"duration", Value::Number(number)) => self.seconds = positive(number),
            (b"framerate", Value::Number(number)) => self.frame_rate = positive(number),
            (b"hasAudio", Value::Flag(is_audible)) => self.has_audio = Some(is_audible),
            (b"audiocodecid", _) => self.has_audio = self.has_audio.or(Some(true)),
            (b"videocodecid", _) => self.has_video = true,
            _ => {}
        });
        if width > 0 && height > 0 {
            self.size = Some(Size::new(width, height));
            self.has_video = true;
        }
        outcome
    }
}

/// Zero stands for what the writer did not know.
fn positive(number: f64) -> Option<f64> {
    Some(number).filter(|number| *number > 0.0 && number.is_finite())
}

enum Value<'a> {
    Number(f64),
    Flag(bool),
    Text(&'a [u8]),
    Other,
    /// Behind the last member of an object.
    End,
}

/// Types of values (AMF 0, section 2.1).
mod marker {
    pub(super) const NUMBER: u8 = 0;
    pub(super) const BOOLEAN: u8 = 1;
    pub(super) const STRING: u8 = 2;
    pub(super) const OBJECT: u8 = 3;
    pub(super) const NULL: u8 = 5;
    pub(super) const UNDEFINED: u8 = 6;
    pub(super) const REFERENCE: u8 = 7;
    pub(super) const ECMA_ARRAY: u8 = 8;
    pub(super) const OBJECT_END: u8 = 9;
    pub(super) const STRICT_ARRAY: u8 = 10;
    pub(super) const DATE: u8 = 11;
    pub(super) const LONG_STRING: u8 = 12;
}

type Visit<'v> = &'v mut dyn FnMut(&[u8], Value<'_>);

impl<'a> Value<'a> {
    /// `depth` counts the values around it.
    fn read(rest: &mut &'a [u8], depth: u32) -> Option<Self> {
        /// No writer goes deeper, and each level takes room on the stack.
        const DEEPEST: u32 = 8;
        if depth > DEEPEST {
            return None;
        }
        if let [marker::OBJECT | marker::ECMA_ARRAY, ..] = rest {
            members(rest, depth, &mut |_, _| {})?;
            return Some(Self::Other);
        }
        let [kind] = array(rest)?;
        Some(match kind {
            marker::NUMBER => Self::Number(f64::from_be_bytes(array(rest)?)),
            marker::BOOLEAN => Self::Flag(array(rest)? != [0]),
            marker::STRING => Self::Text(short_text(rest)?),
            marker::LONG_STRING => {
                let length = u32::from_be_bytes(array(rest)?);
                Self::Text(take(rest, usize::try_from(length).ok()?)?)
            }
            marker::STRICT_ARRAY => {
                for _ in 0..u32::from_be_bytes(array(rest)?) {
                    Self::read(rest, depth + 1)?;
                }
                Self::Other
            }
            marker::DATE => {
                take(rest, 10)?;
                Self::Other
            }
            marker::REFERENCE => {
                take(rest, 2)?;
                Self::Other
            }
            marker::NULL | marker::UNDEFINED => Self::Other,
            marker::OBJECT_END => Self::End,
            _ => return None,
        })
    }
}

/// Shows each member of an object, or of an array that has names.
fn members(rest: &mut &[u8], depth: u32, visit: Visit<'_>) -> Option<()> {
    match array(rest)? {
        [marker::OBJECT] => {}
        // How many there are, which some writers do not know; the end is marked anyway.
        [marker::ECMA_ARRAY] => {
            take(rest, 4)?;
        }
        _ => return None,
    }
    loop {
        let name = short_text(rest)?;
        match Value::read(rest, depth + 1)? {
            Value::End => return Some(()),
            value => visit(name, value),
        }
    }
}

fn short_text<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = u16::from_be_bytes(array(rest)?);
    take(rest, length.into())
}

fn array<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    take(rest, N)?.try_into().ok()
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(length)?;
    *rest = left;
    Some(taken)
}
