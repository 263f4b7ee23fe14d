//! JPEG, by a decoder that can be told to be strict, and its segments.

use super::decode::{Pixels, check_memory};
use super::{PrepareError, colour};
use crate::media::{Format, Size};
use image::RgbaImage;
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
const TEM: u8 = 0x01;
const RST: std::ops::RangeInclusive<u8> = 0xd0..=0xd7;

pub(super) fn decode(file: &[u8]) -> Result<Pixels, PrepareError> {
    check_kind(file)?;
    // The decoder takes the last rows that are missing for grey ones.
    if Segments::new(file).end_of_image().is_none() {
        return Err(PrepareError::CutOff {
            format: Format::Jpeg,
        });
    }
    // Headers may be sloppy, as those of many cameras are; what makes pixels may not.
    let sloppy = DecoderOptions::default()
        .set_strict_mode(false)
        .set_max_width(usize::MAX)
        .set_max_height(usize::MAX);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(file), sloppy);
    decoder.decode_headers().map_err(to_error)?;
    let info = decoder.info().ok_or_else(|| damaged("it has no frame"))?;
    let stored = decoder
        .input_colorspace()
        .ok_or_else(|| damaged("it has no frame"))?;
    let size = Size::new(info.width.into(), info.height.into());
    let profile = decoder.icc_profile();
    let inks = profile.as_deref().filter(|_| is_inks(stored));
    let wanted = match stored {
        _ if inks.is_some() => stored,
        // Not RGBA, though that is what is wanted in the end: in wasm with vectors, rustc 1.95 makes that
        // conversion of zune-jpeg 0.5.15 write grey values for alpha.
        ColorSpace::Luma
        | ColorSpace::YCbCr
        | ColorSpace::RGB
        | ColorSpace::CMYK
        | ColorSpace::YCCK => ColorSpace::RGB,
        _ => {
            return Err(PrepareError::UnsupportedKind {
                format: Format::Jpeg,
                what: format!("{} channels", stored.num_components()),
            });
        }
    };
    check_memory(size, 4)?;
    decoder.set_options(sloppy.set_strict_mode(true).jpeg_set_out_colorspace(wanted));
    let pixels = decoder.decode().map_err(to_error)?;

    let side = |side: usize| u32::try_from(side).unwrap_or(u32::MAX);
    let (width, height) = (side(info.width.into()), side(info.height.into()));
    let mut notes = Vec::new();
    let rgba = match inks {
        Some(profile) => {
            let (rgba, note) = colour::from_inks(&pixels, stored == ColorSpace::YCCK, profile);
            notes.push(note.to_owned());
            rgba
        }
        None => with_alpha(&pixels),
    };
    let image = RgbaImage::from_raw(width, height, rgba);
    Ok(Pixels {
        image: image.ok_or_else(|| damaged("it has fewer pixels than it says"))?,
        profile: profile.filter(|_| !is_inks(stored)),
        notes,
    })
}

/// Huffman-coded pictures of 8 bits are decoded, in sequence or progressive: all that cameras and the
/// web know.
fn check_kind(file: &[u8]) -> Result<(), PrepareError> {
    let frame = Segments::new(file).find(|segment| segment.is_frame());
    let what = match frame.map(|frame| (frame.marker, frame.content)) {
        Some((SOF0..=SOF2, [8, ..])) | None => return Ok(()),
        Some((SOF0..=SOF2, _)) => "more than 8 bits a channel",
        Some((SOF3, _)) => "without loss",
        Some((0xc9..=0xcb | 0xcd..=0xcf, _)) => "arithmetic coding",
        Some(_) => "hierarchical frames",
    };
    Err(PrepareError::UnsupportedKind {
        format: Format::Jpeg,
        what: what.to_owned(),
    })
}

fn with_alpha(rgb: &[u8]) -> Vec<u8> {
    let mut rgba = vec![u8::MAX; rgb.len() / 3 * 4];
    let pixels = rgba.as_chunks_mut::<4>().0.iter_mut();
    for ([to @ .., _], from) in pixels.zip(rgb.as_chunks::<3>().0) {
        *to = *from;
    }
    rgba
}

fn is_inks(stored: ColorSpace) -> bool {
    matches!(stored, ColorSpace::CMYK | ColorSpace::YCCK)
}

fn damaged(what: impl Into<String>) -> PrepareError {
    PrepareError::Damaged {
        format: Format::Jpeg,
        what: what.into(),
    }
}

fn to_error(error: DecodeErrors) -> PrepareError {
    match error {
        DecodeErrors::ExhaustedData
        | DecodeErrors::IoErrors(_)
        | DecodeErrors::FormatStatic("Premature end of buffer") => PrepareError::CutOff {
            format: Format::Jpeg,
        },
        DecodeErrors::Unsupported(scheme) => PrepareError::UnsupportedKind {
            format: Format::Jpeg,
            what: format!("{scheme:?}"),
        },
        other => damaged(format!("{other:?}")),
    }
}

/// A stretch of a JPEG that begins with a marker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Segment<'a> {
    pub(super) marker: u8,
    /// With its marker, its length and, of a scan, the data behind it.
    pub(super) whole: &'a [u8],
    /// What stands behind its length.
    pub(super) content: &'a [u8],
}

impl Segment<'_> {
    fn is_frame(&self) -> bool {
        matches!(self.marker, SOF0..=SOF15) && !matches!(self.marker, DHT | JPG | DAC)
    }
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

    /// Where the picture ends: other data may follow, such as a second picture.
    pub(super) fn end_of_image(mut self) -> Option<usize> {
        while let Some(segment) = self.next() {
            if segment.marker == EOI {
                return Some(self.at);
            }
        }
        None
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
        if !(RST.contains(&marker) || matches!(marker, SOI | EOI | TEM)) {
            let length = [self.byte(at)?, self.byte(at + 1)?];
            let end = at.checked_add(u16::from_be_bytes(length).into())?;
            content = self.file.get(at + 2..end)?;
            at = end;
            if marker == SOS {
                at = self.end_of_data(at);
            }
        }
        self.at = at;
        let whole = self.file.get(start..at)?;
        Some(Segment {
            marker,
            whole,
            content,
        })
    }
}
