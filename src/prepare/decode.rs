//! From a file to pixels, all of them or none.
//!
//! Damage that a viewer would paint grey is an error here: the whole image is paid for.

use super::colour::Profile;
use super::pixels::{MAX_PIXEL_BYTES, Pixels, check_memory};
use super::{PrepareError, decodes, jpeg, png, tiff};
use crate::media::{Format, MediaFacts, Size};
use image::codecs::{bmp::BmpDecoder, gif::GifDecoder, png::PngDecoder, webp::WebPDecoder};
use image::error::LimitErrorKind;
use image::{ColorType, DynamicImage, ImageDecoder, ImageError, Limits};
use std::error::Error as _;
use std::io::{self, Cursor};

/// Who can decode an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Decoder {
    /// This crate.
    Own,
    /// A browser, perhaps: AVIF, HEIC, JPEG XL, icons and SVG.
    Browser,
}

impl Decoder {
    /// Refuses videos, and images that would take too much memory, in any decoder.
    ///
    /// # Errors
    ///
    /// [`PrepareError::UnsupportedFormat`] for a video, [`PrepareError::TooManyPixels`] for more than
    /// [`MAX_PIXEL_BYTES`].
    pub fn of(facts: &MediaFacts) -> Result<Self, PrepareError> {
        let format = facts.format;
        if !facts.is_image() {
            return Err(PrepareError::UnsupportedFormat { format });
        }
        // Four, whatever the file holds: so many there are when it is resized.
        check_memory(facts.stored(), 4)?;
        Ok(if decodes(format) {
            Self::Own
        } else {
            Self::Browser
        })
    }
}

/// Where the image is scaled down anyway, a decoder may leave out what is not `needed`.
pub(super) fn decode(
    file: &[u8],
    facts: &MediaFacts,
    needed: Size,
) -> Result<Pixels, PrepareError> {
    let format = facts.format;
    Decoder::of(facts)?;
    check_kind(file, format)?;
    let source = Cursor::new(file);
    let error = |error| to_error(format, &error);
    match format {
        Format::Jpeg => jpeg::decode(file, needed),
        Format::Png => {
            let decoder = PngDecoder::with_limits(source, limits()).map_err(error)?;
            Ok(Pixels {
                profile: png::profile(file),
                ..read(format, decoder)?
            })
        }
        Format::Gif => read(format, GifDecoder::new(source).map_err(error)?),
        Format::Webp => read(format, WebPDecoder::new(source).map_err(error)?),
        Format::Bmp => read(format, BmpDecoder::new(source).map_err(error)?),
        Format::Tiff => tiff::decode(file),
        _ => Err(PrepareError::UnsupportedFormat { format }),
    }
}

/// What the decoders would call damage.
fn check_kind(file: &[u8], format: Format) -> Result<(), PrepareError> {
    match format {
        // Apple's developer tools write such PNGs, for its own programs only.
        Format::Png if file.get(12..16) == Some(b"CgBI") => Err(PrepareError::UnsupportedKind {
            format,
            what: "Apple's own, which begins with a chunk CgBI".to_owned(),
        }),
        // RFC 9649, section 2.4: the length of what follows it.
        Format::Webp => {
            let length = file.get(4..8).and_then(|bytes| bytes.first_chunk());
            let length = length.map_or(0, |bytes| u64::from(u32::from_le_bytes(*bytes)));
            if length + 8 > file.len() as u64 {
                Err(PrepareError::CutOff { format })
            } else {
                Ok(())
            }
        }
        _ => Ok(()),
    }
}

fn limits() -> Limits {
    let mut limits = Limits::no_limits();
    // Beside the pixels, decoders keep a copy at the most.
    limits.max_alloc = Some(2 * MAX_PIXEL_BYTES);
    limits
}

fn read(format: Format, mut decoder: impl ImageDecoder) -> Result<Pixels, PrepareError> {
    let error = |error| to_error(format, &error);
    let (width, height) = decoder.dimensions();
    let stored = decoder.color_type();
    let size = Size::new(width.into(), height.into());
    check_memory(size, stored.bytes_per_pixel().into())?;
    decoder.set_limits(limits()).map_err(error)?;
    let profile = decoder.icc_profile().map_err(error)?;
    let image = DynamicImage::from_decoder(decoder).map_err(error)?;
    let notes = if is_deep(stored) {
        vec!["reduced to 8 bits a channel".to_owned()]
    } else {
        Vec::new()
    };
    let profile = profile.map(Profile::Icc);
    Ok(Pixels::whole(image.into_rgba8(), profile, notes))
}

const fn is_deep(stored: ColorType) -> bool {
    !matches!(
        stored,
        ColorType::L8 | ColorType::La8 | ColorType::Rgb8 | ColorType::Rgba8
    )
}

fn to_error(format: Format, error: &ImageError) -> PrepareError {
    match error {
        ImageError::Limits(limit) if limit.kind() == LimitErrorKind::InsufficientMemory => {
            PrepareError::TooMuchMemory {
                allowed: MAX_PIXEL_BYTES,
            }
        }
        _ if is_cut_off(error) => PrepareError::CutOff { format },
        // What decoders say is for who writes them.
        ImageError::Unsupported(_) => PrepareError::UnsupportedKind {
            format,
            what: "a rare one".to_owned(),
        },
        _ => PrepareError::Damaged {
            format,
            what: "its header or its pixels contradict the format".to_owned(),
        },
    }
}

/// Somewhere below, a read came to the end of the file.
fn is_cut_off(error: &ImageError) -> bool {
    let is_end = |error: &io::Error| error.kind() == io::ErrorKind::UnexpectedEof;
    if let ImageError::IoError(error) = error {
        return is_end(error);
    }
    let mut cause = error.source();
    while let Some(error) = cause {
        if error.downcast_ref().is_some_and(is_end) {
            return true;
        }
        cause = error.source();
    }
    false
}
