//! TIFF: the library unpacks samples; what they mean is read here, since it leaves out palettes, small depths, colours
//! that were multiplied by alpha, and the profiles of inks.

use super::colour::Profile;
use super::pixels::{MAX_PIXEL_BYTES, Pixels, check_memory};
use super::{PrepareError, colour};
use crate::media::{Format, Size};
use ::tiff::decoder::{ChunkType, Decoder, DecodingResult, Limits};
use ::tiff::tags::Tag;
use ::tiff::{ColorType, TiffError};
use image::RgbaImage;
use std::borrow::Cow;
use std::io::{self, Cursor};

/// TIFF 6.0, section 8, PhotometricInterpretation.
const BLACK_IS_ZERO: u16 = 1;
const PALETTE: u16 = 3;
/// Section 8, PlanarConfiguration.
const PLANES: u16 = 2;
/// Section 8, FillOrder: the first sample of a byte in its lowest bits.
const LOWEST_FIRST: u16 = 2;
/// Section 8, Compression.
const UNCOMPRESSED: u16 = 1;
/// Section 18, ExtraSamples.
const ASSOCIATED_ALPHA: u16 = 1;

type File<'a> = Decoder<Cursor<&'a [u8]>>;

pub(super) fn decode(file: &[u8]) -> Result<Pixels, PrepareError> {
    let photometric = opened(file)?
        .find_tag_unsigned::<u16>(Tag::PhotometricInterpretation)
        .map_err(|error| to_error(&error))?;
    let is_palette = photometric == Some(PALETTE);
    // The library refuses places in a palette, and unpacks greys, which lie in the file in the same way.
    let file = if is_palette {
        Cow::Owned(as_grey(file).ok_or_else(|| unsupported("a palette"))?)
    } else {
        Cow::Borrowed(file)
    };
    let mut decoder = opened(&file)?;
    let colour = decoder.colortype().map_err(|error| to_error(&error))?;
    let (width, height) = decoder.dimensions().map_err(|error| to_error(&error))?;
    let size = Size::new(width.into(), height.into());
    check_memory(
        size,
        u64::from(colour.num_samples()) * u64::from(colour.bit_depth()).div_ceil(8),
    )?;
    if is_tiled_in_planes(&mut decoder) {
        return Err(unsupported("tiles of one channel each"));
    }
    let is_reversed = is(&mut decoder, Tag::FillOrder, LOWEST_FIRST);
    let is_plain = is(&mut decoder, Tag::Compression, UNCOMPRESSED) && colour.bit_depth() <= 8;
    if is_reversed && !is_plain {
        return Err(unsupported("bytes whose bits are reversed"));
    }
    let samples = Samples::read(&mut decoder, colour, width, is_palette, is_reversed)?;
    let profile = profile(&mut decoder);
    let mut notes = Vec::new();
    if samples.is_deep {
        notes.push("reduced to 8 bits a channel".to_owned());
    }
    let rgba = if is_palette {
        by_palette(&mut decoder, &samples.values, colour.bit_depth())?
    } else if let ColorType::CMYK(_) = colour {
        let inks = profile.as_deref().unwrap_or_default();
        let (rgba, note) = colour::of_inks(&samples.values, inks);
        notes.extend(profile.is_some().then(|| note.to_owned()));
        rgba
    } else {
        to_rgba(colour, &samples.values)?
    };
    let mut image = RgbaImage::from_raw(width, height, rgba)
        .ok_or_else(|| damaged("it has fewer pixels than it says"))?;
    let extra = decoder.find_tag_unsigned_vec::<u16>(Tag::ExtraSamples);
    if extra.is_ok_and(|extra| extra.is_some_and(|extra| extra == [ASSOCIATED_ALPHA])) {
        divide_by_alpha(&mut image);
    }
    let profile = profile.filter(|_| !matches!(colour, ColorType::CMYK(_)));
    Ok(Pixels::whole(image, profile.map(Profile::Icc), notes))
}

fn opened(file: &[u8]) -> Result<File<'_>, PrepareError> {
    let most = usize::try_from(MAX_PIXEL_BYTES).unwrap_or(usize::MAX);
    let mut limits = Limits::default();
    limits.decoding_buffer_size = most;
    limits.intermediate_buffer_size = most;
    limits.ifd_value_size = file.len().max(1);
    let decoder = Decoder::new(Cursor::new(file)).map_err(|error| to_error(&error))?;
    Ok(decoder.with_limits(limits))
}

/// tiff 0.11.3 takes the last row of such tiles for a whole one, and panics where it is not.
fn is_tiled_in_planes(decoder: &mut File<'_>) -> bool {
    decoder.get_chunk_type() == ChunkType::Tile && is(decoder, Tag::PlanarConfiguration, PLANES)
}

/// Whether a tag has this value.
fn is(decoder: &mut File<'_>, tag: Tag, value: u16) -> bool {
    decoder
        .find_tag_unsigned(tag)
        .is_ok_and(|found| found == Some(value))
}

fn profile(decoder: &mut File<'_>) -> Option<Vec<u8>> {
    decoder.get_tag_u8_vec(Tag::IccProfile).ok()
}

/// The file with another meaning of its samples, in its first directory.
fn as_grey(file: &[u8]) -> Option<Vec<u8>> {
    let is_little = file.starts_with(b"II");
    let number = |at: usize, length: usize| {
        let bytes = file.get(at..at.checked_add(length)?)?;
        let add = |number: usize, byte: &u8| number << 8 | usize::from(*byte);
        Some(if is_little {
            bytes.iter().rev().fold(0, add)
        } else {
            bytes.iter().fold(0, add)
        })
    };
    // BigTIFF has longer offsets (The BigTIFF File Format, 2008).
    let is_big = number(2, 2)? == 43;
    let (directory, count, entry, value) = if is_big {
        (number(8, 8)?, 8, 20, 12)
    } else {
        (number(4, 4)?, 2, 12, 8)
    };
    let entries = (0..number(directory, count)?).map(|index| directory + count + index * entry);
    let photometric = usize::from(Tag::PhotometricInterpretation.to_u16());
    let found = entries
        .take_while(|at| *at < file.len())
        .find(|at| number(*at, 2) == Some(photometric))?;
    let meaning = if is_little {
        BLACK_IS_ZERO.to_le_bytes()
    } else {
        BLACK_IS_ZERO.to_be_bytes()
    };
    let mut grey = file.to_vec();
    grey.get_mut(found + value..)?
        .get_mut(..2)?
        .copy_from_slice(&meaning);
    Some(grey)
}

/// One byte each, pixel by pixel.
struct Samples {
    values: Vec<u8>,
    /// They had more bits.
    is_deep: bool,
}

impl Samples {
    /// Places in a palette keep their value, all else is scaled to 255.
    fn read(
        decoder: &mut File<'_>,
        colour: ColorType,
        width: u32,
        are_places: bool,
        is_reversed: bool,
    ) -> Result<Self, PrepareError> {
        let mut stored = DecodingResult::U8(Vec::new());
        let layout = decoder
            .read_image_to_buffer(&mut stored)
            .map_err(|error| to_error(&error))?;
        let depth = colour.bit_depth();
        if let DecodingResult::U8(bytes) = &mut stored
            && is_reversed
        {
            bytes
                .iter_mut()
                .for_each(|byte| *byte = byte.reverse_bits());
        }
        let values: Vec<u8> = match stored {
            DecodingResult::U8(bytes) if depth < 8 => {
                let row = layout.row_stride.map_or(1, |stride| stride.get());
                let samples = usize::from(colour.num_samples()).max(1) * width as usize;
                let rows = bytes.chunks(row);
                let values = rows.flat_map(|row| unpacked(row, depth).take(samples));
                values
                    .map(|value| scaled(value, depth, are_places))
                    .collect()
            }
            DecodingResult::U8(bytes) => bytes,
            DecodingResult::U16(values) => {
                let byte = |value: u16| {
                    if are_places {
                        value.min(255) as u8
                    } else {
                        ((u32::from(value) + 128) / 257) as u8
                    }
                };
                values.into_iter().map(byte).collect()
            }
            DecodingResult::F32(values) => {
                // A cast of a double saturates.
                let byte = |value: f32| (value * 255.0).round() as u8;
                values.into_iter().map(byte).collect()
            }
            _ => return Err(unsupported(&format!("samples of {depth} bits"))),
        };
        Ok(Self {
            values: match layout.planes {
                0 | 1 => values,
                planes => interleaved(&values, planes),
            },
            is_deep: depth > 8 && !are_places,
        })
    }
}

/// Samples of less than a byte, the first in the highest bits.
fn unpacked(row: &[u8], depth: u8) -> impl Iterator<Item = u8> {
    let bits = u32::from(depth).max(1);
    let per_byte = 8 / bits;
    row.iter().flat_map(move |byte| {
        (0..per_byte).map(move |index| {
            let shifted = u32::from(*byte) >> (8 - bits * (index + 1));
            (shifted & ((1 << bits) - 1)) as u8
        })
    })
}

fn scaled(value: u8, depth: u8, is_place: bool) -> u8 {
    let most = (1_u32 << depth.min(8)) - 1;
    if is_place {
        value
    } else {
        u8::try_from(u32::from(value) * 255 / most.max(1)).unwrap_or(u8::MAX)
    }
}

fn interleaved(values: &[u8], planes: usize) -> Vec<u8> {
    let length = values.len() / planes;
    let pixels = 0..length;
    let of_pixel = |pixel: usize| (0..planes).map(move |plane| plane * length + pixel);
    let places = pixels.flat_map(of_pixel);
    places
        .filter_map(|place| values.get(place).copied())
        .collect()
}

fn to_rgba(colour: ColorType, values: &[u8]) -> Result<Vec<u8>, PrepareError> {
    const OPAQUE: u8 = u8::MAX;
    Ok(match colour {
        ColorType::Gray(_) => values.iter().flat_map(|v| [*v, *v, *v, OPAQUE]).collect(),
        ColorType::GrayA(_) => {
            let pixels = values.as_chunks().0.iter();
            pixels.flat_map(|[v, alpha]| [*v, *v, *v, *alpha]).collect()
        }
        ColorType::RGB(_) => {
            let pixels = values.as_chunks().0.iter();
            pixels
                .flat_map(|[red, green, blue]| [*red, *green, *blue, OPAQUE])
                .collect()
        }
        ColorType::RGBA(_) => values.to_vec(),
        ColorType::YCbCr(_) => {
            let pixels = values.as_chunks().0.iter();
            let rgb = pixels.map(|[y, cb, cr]| colour::rgb(*y, *cb, *cr));
            rgb.flat_map(|[red, green, blue]| [red, green, blue, OPAQUE])
                .collect()
        }
        ColorType::Multiband { num_samples, .. } => {
            return Err(unsupported(&format!("{num_samples} channels")));
        }
        _ => {
            return Err(unsupported(
                "colours of another kind than grey, RGB and CMYK",
            ));
        }
    })
}

/// TIFF 6.0, section 5: all reds, all greens, all blues, of 16 bits each.
fn by_palette(decoder: &mut File<'_>, places: &[u8], depth: u8) -> Result<Vec<u8>, PrepareError> {
    let map = decoder
        .get_tag_u16_vec(Tag::ColorMap)
        .map_err(|error| to_error(&error))?;
    let count = 1_usize << depth.min(16);
    // Some writers fill the low half alone.
    let shift = if map.iter().any(|level| *level > 255) {
        8
    } else {
        0
    };
    let level = |channel: usize, place: u8| {
        let level = map.get(channel * count + usize::from(place))?;
        u8::try_from(level >> shift).ok()
    };
    let colour = |place: &u8| {
        let [red, green, blue] = [0, 1, 2].map(|channel| level(channel, *place));
        Some([red?, green?, blue?, u8::MAX])
    };
    let colours: Option<Vec<_>> = places.iter().map(colour).collect();
    let colours = colours.ok_or_else(|| damaged("its palette lacks colours"))?;
    Ok(colours.into_flattened())
}

/// Section 18: such colours were multiplied by their alpha.
fn divide_by_alpha(image: &mut RgbaImage) {
    for [red, green, blue, alpha] in image.as_chunks_mut::<4>().0 {
        let alpha = u32::from(*alpha);
        for level in [red, green, blue] {
            let whole = (u32::from(*level) * 255 + alpha / 2).checked_div(alpha);
            *level = whole.map_or(0, |whole| whole.min(255) as u8);
        }
    }
}

fn to_error(error: &TiffError) -> PrepareError {
    let format = Format::Tiff;
    match error {
        TiffError::IoError(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            PrepareError::CutOff { format }
        }
        TiffError::LimitsExceeded => PrepareError::TooMuchMemory {
            allowed: MAX_PIXEL_BYTES,
        },
        TiffError::UnsupportedError(_) => {
            unsupported("a compression or an arrangement of samples that is rare")
        }
        _ => damaged("its directory or its pixels contradict the format"),
    }
}

fn unsupported(what: &str) -> PrepareError {
    PrepareError::UnsupportedKind {
        format: Format::Tiff,
        what: what.to_owned(),
    }
}

fn damaged(what: &str) -> PrepareError {
    PrepareError::Damaged {
        format: Format::Tiff,
        what: what.to_owned(),
    }
}
