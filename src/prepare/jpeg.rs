//! JPEG: which decoder is for a file, and its segments.

mod entropy;
mod frame;
mod reduced;
mod samples;
mod scan;
mod tables;
mod thorough;

use self::frame::{Colours, Frame, Survey};
use super::colour::Profile;
use super::pixels::{Pixels, check_memory};
use super::search::quality_of;
use super::{PrepareError, colour};
use crate::media::{Format, Size};
use image::RgbaImage;
use std::ops::{Range, RangeInclusive};
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

/// The markers that are looked for (ITU-T T.81, table B.1).
const SOF0: u8 = 0xc0;
const SOF2: u8 = 0xc2;
const SOF3: u8 = 0xc3;
const DHT: u8 = 0xc4;
const JPG: u8 = 0xc8;
const DAC: u8 = 0xcc;
const SOF15: u8 = 0xcf;
const SOI: u8 = 0xd8;
pub(super) const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;
const DQT: u8 = 0xdb;
const DRI: u8 = 0xdd;
pub(super) const APP0: u8 = 0xe0;
pub(super) const APP1: u8 = 0xe1;
pub(super) const APP2: u8 = 0xe2;
pub(super) const APP13: u8 = 0xed;
pub(super) const APP14: u8 = 0xee;
pub(super) const APP15: u8 = 0xef;
pub(super) const COM: u8 = 0xfe;
const EXP: u8 = 0xdf;
const TEM: u8 = 0x01;
const RST: RangeInclusive<u8> = 0xd0..=0xd7;

/// Three decoders share the work: one for what is scaled down to a fraction, `needed`, one for what cameras and the web
/// write, and one that knows every kind for the rest. What none knows is refused.
pub(super) fn decode(file: &[u8], needed: Size) -> Result<Pixels, PrepareError> {
    let survey = Survey::of(file)?;
    let frame = &survey.frame;
    let colours = frame
        .colours(file)
        .ok_or_else(|| unsupported(format!("{} channels", frame.components.len())))?;
    check_memory(frame.size(), 4)?;
    let reduced = reduced::divisor(frame.size(), needed).and_then(|divisor| {
        let pixels = reduced::decode(file, &survey, colours, divisor)?;
        Some((divisor, pixels))
    });
    let (divisor, stored) = match reduced {
        Some(reduced) => reduced,
        None => (1, whole(file, &survey, colours)?),
    };

    let profile = profile(file);
    let mut notes = Vec::new();
    let is_inks = matches!(colours, Colours::Cmyk | Colours::Ycck);
    let rgba = if is_inks {
        let is_ycck = colours == Colours::Ycck;
        let (rgba, note) =
            colour::from_inks(&stored, is_ycck, profile.as_deref().unwrap_or_default());
        notes.extend(profile.is_some().then(|| note.to_owned()));
        rgba
    } else {
        stored
    };
    let side = |side: usize| u32::try_from(side.div_ceil(divisor)).unwrap_or(u32::MAX);
    let image = RgbaImage::from_raw(side(frame.width), side(frame.height), rgba);
    Ok(Pixels {
        image: image.ok_or_else(|| damaged("it has fewer pixels than it says"))?,
        size: frame.size(),
        divisor,
        profile: profile.filter(|_| !is_inks).map(Profile::Icc),
        notes,
    })
}

/// All pixels, four bytes each: opaque ones, or the inks as they are stored.
fn whole(file: &[u8], survey: &Survey, colours: Colours) -> Result<Vec<u8>, PrepareError> {
    if survey.is_usual()
        && let Ok(stored) = decode_fast(file, &survey.frame, colours)
    {
        return Ok(stored);
    }
    // What is damaged for one may be valid for the other, which says what is wrong otherwise.
    thorough::decode(file, &survey.frame, colours).map_err(damaged)
}

fn decode_fast(file: &[u8], frame: &Frame, colours: Colours) -> Result<Vec<u8>, DecodeErrors> {
    // Headers may be sloppy, as those of many cameras are; what makes pixels may not.
    let sloppy = DecoderOptions::default()
        .set_strict_mode(false)
        .set_max_width(usize::MAX)
        .set_max_height(usize::MAX);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(file), sloppy);
    decoder.decode_headers()?;
    let stored = match colours {
        Colours::Grey => ColorSpace::Luma,
        Colours::Ycc => ColorSpace::YCbCr,
        Colours::Rgb => ColorSpace::RGB,
        Colours::Cmyk => ColorSpace::CMYK,
        Colours::Ycck => ColorSpace::YCCK,
    };
    if decoder.input_colorspace() != Some(stored) {
        return Err(DecodeErrors::FormatStatic("the headers are ambiguous"));
    }
    let is_inks = matches!(colours, Colours::Cmyk | Colours::Ycck);
    // Not RGBA, though that is what is wanted in the end: in wasm with vectors, rustc 1.95 makes that
    // conversion of zune-jpeg 0.5.15 write grey values for alpha.
    let wanted = if is_inks { stored } else { ColorSpace::RGB };
    decoder.set_options(sloppy.set_strict_mode(true).jpeg_set_out_colorspace(wanted));
    if is_inks {
        return decoder.decode();
    }
    let row = frame.width * 4;
    let mut pixels = vec![u8::MAX; row * frame.height];
    let rgb = pixels.get_mut(..frame.width * 3 * frame.height);
    decoder.decode_into(rgb.unwrap_or_default())?;
    spread(&mut pixels, frame.width);
    Ok(pixels)
}

/// From pixels of three bytes, which fill three quarters of the buffer, to opaque ones of four, in place: a second buffer
/// would be as large again. From the last row on: of all before it, each has its bytes before where it goes.
fn spread(pixels: &mut [u8], width: usize) {
    let (three, four) = (width * 3, width * 4);
    let mut row = Vec::with_capacity(three);
    for index in (0..pixels.len().checked_div(four).unwrap_or(0)).rev() {
        let stored = pixels.get(index * three..).unwrap_or_default();
        row.clear();
        row.extend(stored.iter().take(three));
        let opaque = pixels.get_mut(index * four..).unwrap_or_default();
        let pixels = opaque.as_chunks_mut::<4>().0.iter_mut();
        for (pixel, [red, green, blue]) in pixels.zip(row.as_chunks::<3>().0) {
            *pixel = [*red, *green, *blue, u8::MAX];
        }
    }
}

/// Whether text stands between the last block of a scan and the marker behind it, where decoders pass over it. Only
/// decoding tells where the blocks end, so that is tried where the last bytes look like text: in one of two thousand
/// photographs they do. What cannot be decoded may hold some.
pub(super) fn may_hold_text(file: &[u8]) -> bool {
    const TAIL: usize = 8;
    let looks_like_text = |data: &[u8]| {
        let tail = data.last_chunk::<TAIL>().map_or(&[][..], |tail| tail);
        let letters = tail.iter().filter(|byte| (0x20..0x7f).contains(*byte));
        let zeros = tail.iter().filter(|byte| **byte == 0);
        let letters = letters.count();
        letters >= TAIL / 2 && letters + zeros.count() == TAIL
    };
    let mut scans = Segments::new(file).take_while(|segment| segment.marker != EOI);
    scans.any(|segment| looks_like_text(segment.data))
        && Survey::of(file).map_or(true, |Survey { frame, .. }| {
            check_memory(frame.size(), 4).is_err()
                || thorough::read(file, &frame).map_or(true, |read| read.has_more)
        })
}

/// About the quality that it was written with, by libjpeg's scale (jpeg_quality_scaling); `None` without tables.
pub(super) fn quality(file: &[u8]) -> Option<u8> {
    /// Sum of the table of ITU-T T.81, K.1, which that scale multiplies.
    const STANDARD: f64 = 3688.0;
    let mut tables = Segments::new(file).filter(|segment| segment.marker == DQT);
    let table = tables.find_map(|segment| {
        let (kind, steps) = segment.content.split_first()?;
        // The first is that of brightness: steps of a byte, or of two (B.2.4.1).
        let sum: u64 = match kind >> 4 {
            0 => steps.get(..64)?.iter().map(|step| u64::from(*step)).sum(),
            _ => {
                let steps = steps.get(..128)?.as_chunks().0.iter();
                steps.map(|step| u64::from(u16::from_be_bytes(*step))).sum()
            }
        };
        (kind & 0xf == 0).then_some(sum)
    });
    let percent = table? as f64 * 100.0 / STANDARD;
    Some(quality_of(percent).clamp(1, 100))
}

/// The ICC profile, whose parts stand in segments of their own (ICC.1:2022, B.4); `None` where one is missing.
pub(super) fn profile(file: &[u8]) -> Option<Vec<u8>> {
    let parts = Segments::new(file).take_while(|segment| segment.marker != SOS);
    let parts = parts.filter(|segment| segment.marker == APP2);
    let parts = parts.filter_map(|segment| {
        let part = segment.content.strip_prefix(PROFILE_NAME)?;
        part.split_first_chunk::<2>()
    });
    let mut parts: Vec<_> = parts.collect();
    parts.sort_by_key(|([number, _], _)| *number);
    let is_complete = (1..).zip(&parts).all(|(number, ([own, count], _))| {
        number == usize::from(*own) && usize::from(*count) == parts.len()
    });
    (is_complete && !parts.is_empty())
        .then(|| parts.iter().flat_map(|(_, data)| *data).copied().collect())
}

/// How the content of a segment begins that holds part of a profile.
pub(super) const PROFILE_NAME: &[u8] = b"ICC_PROFILE\0";

fn damaged(what: impl Into<String>) -> PrepareError {
    PrepareError::Damaged {
        format: Format::Jpeg,
        what: what.into(),
    }
}

fn unsupported(what: impl Into<String>) -> PrepareError {
    PrepareError::UnsupportedKind {
        format: Format::Jpeg,
        what: what.into(),
    }
}

/// A stretch of a JPEG that begins with a marker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Segment<'a> {
    pub(super) marker: u8,
    /// Where it begins in the file.
    start: usize,
    /// With its marker, its length and, of a scan, the data behind it.
    whole: &'a [u8],
    /// What stands behind its length.
    pub(super) content: &'a [u8],
    /// Of a scan, its coded data.
    data: &'a [u8],
}

impl Segment<'_> {
    pub(super) fn range(&self) -> Range<usize> {
        self.start..self.start.saturating_add(self.whole.len())
    }

    /// A whole header of JFIF (ITU-T T.871, 10.1).
    pub(super) fn is_jfif(&self) -> bool {
        self.marker == APP0 && self.content.starts_with(b"JFIF\0") && self.content.len() >= 14
    }

    /// The marker by which Adobe says what the components stand for; the last byte does.
    pub(super) fn adobe(&self) -> Option<&[u8]> {
        let is_adobe = self.marker == APP14 && self.content.starts_with(b"Adobe");
        self.content.get(..12).filter(|_| is_adobe)
    }

    fn is_frame(&self) -> bool {
        matches!(self.marker, SOF0..=SOF15) && !matches!(self.marker, DHT | JPG | DAC)
    }
}

/// Whether a segment of this marker is needed for pixels: frames, tables, scans, and the end.
pub(super) fn makes_pixels(marker: u8) -> bool {
    matches!(marker, SOF0..=SOF15 | EOI..=EXP) && marker != JPG
}

/// The segments of a JPEG, from the first behind its start to its end.
pub(super) struct Segments<'a> {
    file: &'a [u8],
    at: usize,
}

impl<'a> Segments<'a> {
    pub(super) fn new(file: &'a [u8]) -> Self {
        let at = match file {
            [0xff, SOI, ..] => 2,
            _ => file.len(),
        };
        Self { file, at }
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.file.get(at).copied()
    }

    /// The first byte behind the coded data that starts here: a marker that neither stands for a byte
    /// of data nor restarts the coder (ITU-T T.81, B.1.1.5 and E.1.4).
    fn end_of_data(&self, mut at: usize) -> usize {
        while let Some(byte) = self.byte(at) {
            let is_end = byte == 0xff
                && self
                    .byte(at + 1)
                    .is_none_or(|next| !matches!(next, 0 | 0xff) && !RST.contains(&next));
            if is_end {
                return at;
            }
            at += 1;
        }
        at
    }
}

impl<'a> Iterator for Segments<'a> {
    type Item = Segment<'a>;

    fn next(&mut self) -> Option<Segment<'a>> {
        let mut at = self.at;
        // Any byte may fill the space before a marker in a sloppy file.
        while self.byte(at)? != 0xff || matches!(self.byte(at + 1)?, 0 | 0xff) {
            at += 1;
        }
        let start = at;
        let marker = self.byte(at + 1)?;
        at += 2;
        let mut content: &[u8] = &[];
        let mut data = at..at;
        if !(RST.contains(&marker) || matches!(marker, SOI | EOI | TEM)) {
            let length = [self.byte(at)?, self.byte(at + 1)?];
            let end = at.checked_add(u16::from_be_bytes(length).into())?;
            content = self.file.get(at + 2..end)?;
            at = end;
            if marker == SOS {
                at = self.end_of_data(at);
                data = end..at;
            }
        }
        self.at = at;
        let whole = self.file.get(start..at)?;
        Some(Segment {
            marker,
            start,
            whole,
            content,
            data: self.file.get(data)?,
        })
    }
}
