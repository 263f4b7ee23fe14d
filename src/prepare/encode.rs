//! From pixels to a file, without metadata.

use super::PrepareError;
use super::traits::FEW_COLOURS;
use image::codecs::webp::WebPEncoder;
use image::{DynamicImage, ExtendedColorType};
use jpeg_encoder::{ChromaSubsamplingMethod, ColorType, SamplingFactor};
use std::collections::BTreeMap;

/// From this quality on, colours are stored as finely as brightness.
const FINE_COLOUR_QUALITY: u8 = 90;

/// `is_drawn` keeps the colours of thin lines, at any quality.
pub(super) fn jpeg(
    image: &DynamicImage,
    quality: u8,
    is_drawn: bool,
) -> Result<Vec<u8>, PrepareError> {
    let mut file = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut file, quality);
    encoder.set_sampling_factor(if is_drawn || quality >= FINE_COLOUR_QUALITY {
        SamplingFactor::F_1_1
    } else {
        SamplingFactor::F_2_2
    });
    encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
    // Tables of its own would make files smaller by 5 %, but this encoder then writes a scan for each
    // colour, in which others that use zune-jpeg 0.5.15 take white for green.
    encoder.set_optimized_huffman_tables(false);
    let side = |side: u32| u16::try_from(side).map_err(internal);
    let (width, height) = (side(image.width())?, side(image.height())?);
    let color = match image {
        DynamicImage::ImageLuma8(_) => ColorType::Luma,
        DynamicImage::ImageRgba8(_) => ColorType::Rgba,
        _ => ColorType::Rgb,
    };
    encoder
        .encode(image.as_bytes(), width, height, color)
        .map_err(internal)?;
    Ok(file)
}

/// With a palette where there are few colours, which gives their number too.
pub(super) fn png(image: &DynamicImage) -> Result<(Vec<u8>, Option<usize>), PrepareError> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, image.width(), image.height());
    let palette = Palette::of(image);
    let packed;
    let data = match &palette {
        Some(palette) => {
            encoder.set_color(png::ColorType::Indexed);
            encoder.set_depth(palette.depth());
            encoder.set_palette(palette.colours());
            let alphas = palette.alphas();
            if !alphas.is_empty() {
                encoder.set_trns(alphas);
            }
            // Neighbours in a palette are no neighbours in colour.
            encoder.set_filter(png::Filter::NoFilter);
            encoder.set_compression(png::Compression::High);
            packed = palette.pack(image);
            &packed
        }
        None => {
            encoder.set_color(match image {
                DynamicImage::ImageLuma8(_) => png::ColorType::Grayscale,
                DynamicImage::ImageRgba8(_) => png::ColorType::Rgba,
                _ => png::ColorType::Rgb,
            });
            encoder.set_depth(png::BitDepth::Eight);
            image.as_bytes()
        }
    };
    let mut writer = encoder.write_header().map_err(internal)?;
    writer.write_image_data(data).map_err(internal)?;
    writer.finish().map_err(internal)?;
    Ok((file, palette.map(|palette| palette.indices.len())))
}

/// Without loss.
pub(super) fn webp(image: &DynamicImage) -> Result<Vec<u8>, PrepareError> {
    let mut file = Vec::new();
    let color = match image {
        DynamicImage::ImageLuma8(_) => ExtendedColorType::L8,
        DynamicImage::ImageRgba8(_) => ExtendedColorType::Rgba8,
        _ => ExtendedColorType::Rgb8,
    };
    WebPEncoder::new_lossless(&mut file)
        .encode(image.as_bytes(), image.width(), image.height(), color)
        .map_err(internal)?;
    Ok(file)
}

fn internal(error: impl ToString) -> PrepareError {
    PrepareError::Internal {
        what: error.to_string(),
    }
}

/// The colours of an image that has few.
struct Palette {
    /// Of each colour, the transparent ones first: of their alphas no more are stored than differ.
    indices: BTreeMap<[u8; 4], u8>,
    /// In the order of their indices.
    sorted: Vec<[u8; 4]>,
}

impl Palette {
    fn of(image: &DynamicImage) -> Option<Self> {
        let mut colours = BTreeMap::new();
        let mut before = None;
        for colour in colours_of(image) {
            if before != Some(colour) && colours.insert(colour, 0).is_none() {
                let most = match image {
                    // Beyond 16, a palette takes no less room than the greys themselves.
                    DynamicImage::ImageLuma8(_) => 16,
                    _ => FEW_COLOURS,
                };
                if colours.len() > most {
                    return None;
                }
            }
            before = Some(colour);
        }
        let mut sorted: Vec<_> = colours.keys().copied().collect();
        sorted.sort_by_key(|[red, green, blue, alpha]| (*alpha, *red, *green, *blue));
        for (index, colour) in sorted.iter().enumerate() {
            colours.insert(*colour, u8::try_from(index).ok()?);
        }
        Some(Self {
            indices: colours,
            sorted,
        })
    }

    fn depth(&self) -> png::BitDepth {
        match self.sorted.len() {
            0..=2 => png::BitDepth::One,
            3..=4 => png::BitDepth::Two,
            5..=16 => png::BitDepth::Four,
            _ => png::BitDepth::Eight,
        }
    }

    fn colours(&self) -> Vec<u8> {
        let colours = self.sorted.iter();
        colours
            .flat_map(|[red, green, blue, _]| [*red, *green, *blue])
            .collect()
    }

    /// Those behind the last transparent one are opaque by default (W3C PNG, 11.3.2.1).
    fn alphas(&self) -> Vec<u8> {
        let alphas = self.sorted.iter().map(|[.., alpha]| *alpha);
        alphas.take_while(|alpha| *alpha < u8::MAX).collect()
    }

    /// Indices, several to a byte where they are small, each row from a byte of its own (W3C PNG, 7.2).
    fn pack(&self, image: &DynamicImage) -> Vec<u8> {
        let bits = self.depth() as usize;
        let per_byte = 8 / bits;
        let width = image.width() as usize;
        let mut colours = colours_of(image);
        let mut packed = Vec::with_capacity(width.div_ceil(per_byte) * image.height() as usize);
        for _ in 0..image.height() {
            let mut left = width;
            while left > 0 {
                let here = left.min(per_byte);
                let mut byte = 0_u8;
                for colour in colours.by_ref().take(here) {
                    let index = self.indices.get(&colour).copied().unwrap_or(0);
                    byte = byte.checked_shl(bits as u32).unwrap_or(0) | index;
                }
                let rest = (per_byte - here) * bits;
                packed.push(byte.checked_shl(rest as u32).unwrap_or(0));
                left -= here;
            }
        }
        packed
    }
}

fn colours_of(image: &DynamicImage) -> impl Iterator<Item = [u8; 4]> {
    let bytes = image.as_bytes();
    let channels = usize::from(image.color().channel_count());
    bytes.chunks_exact(channels).map(|pixel| match *pixel {
        [grey] => [grey, grey, grey, u8::MAX],
        [red, green, blue] => [red, green, blue, u8::MAX],
        [red, green, blue, alpha] => [red, green, blue, alpha],
        _ => [0; 4],
    })
}
