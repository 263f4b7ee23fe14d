//! Fewer pixels, in premultiplied alpha, so that what is transparent has no say in colours. On the values as they are
//! stored, as browsers and most programs do it, not in linear light.

use super::PrepareError;
use super::pixels::Pixels;
use crate::media::Size;
use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::RgbaImage;

#[derive(Clone, Copy, Debug)]
pub(super) enum Filter {
    /// Lanczos with three lobes.
    Sharp,
    /// The average of the pixels that one covers: between two colours none is lighter or darker than both.
    Flat,
}

pub(super) fn resize(
    pixels: &Pixels,
    to: Size,
    is_opaque: bool,
    filter: Filter,
) -> Result<RgbaImage, PrepareError> {
    let internal = |what: String| PrepareError::Internal { what };
    let side = |side: u64| u32::try_from(side).map_err(|error| internal(error.to_string()));
    let (width, height) = (side(to.width)?, side(to.height)?);
    let image = &pixels.image;
    let source = ImageRef::new(image.width(), image.height(), image, PixelType::U8x4)
        .map_err(|error| internal(error.to_string()))?;
    let mut resized = Image::new(width, height, PixelType::U8x4);
    let filter = match filter {
        Filter::Sharp => FilterType::Lanczos3,
        Filter::Flat => FilterType::Box,
    };
    let (across, down) = pixels.extent();
    let options = ResizeOptions::new()
        .crop(0.0, 0.0, across, down)
        .use_alpha(!is_opaque)
        .resize_alg(ResizeAlg::Convolution(filter));
    Resizer::new()
        .resize(&source, &mut resized, &options)
        .map_err(|error| internal(error.to_string()))?;
    RgbaImage::from_raw(width, height, resized.into_vec())
        .ok_or_else(|| internal("resizing gave fewer pixels than asked for".to_owned()))
}
