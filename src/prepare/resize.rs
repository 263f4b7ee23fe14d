//! Fewer pixels: Lanczos with three lobes, in premultiplied alpha, so that what is transparent has no
//! say in colours. On the values as they are stored, as browsers and most programs do it, not in linear
//! light.

use super::PrepareError;
use crate::media::Size;
use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{PixelType, ResizeOptions, Resizer};
use image::{DynamicImage, GrayImage, RgbImage, RgbaImage};

pub(super) fn resize(image: &DynamicImage, to: Size) -> Result<DynamicImage, PrepareError> {
    let internal = |what: String| PrepareError::Internal { what };
    let side = |side: u64| u32::try_from(side).map_err(|error| internal(error.to_string()));
    let (width, height) = (side(to.width)?, side(to.height)?);
    let pixel = match image {
        DynamicImage::ImageLuma8(_) => PixelType::U8,
        DynamicImage::ImageRgba8(_) => PixelType::U8x4,
        _ => PixelType::U8x3,
    };
    let source = ImageRef::new(image.width(), image.height(), image.as_bytes(), pixel)
        .map_err(|error| internal(error.to_string()))?;
    let mut resized = Image::new(width, height, pixel);
    // By itself it takes Lanczos3, and premultiplies where there is alpha.
    Resizer::new()
        .resize(&source, &mut resized, &ResizeOptions::new())
        .map_err(|error| internal(error.to_string()))?;
    let pixels = resized.into_vec();
    let resized: Option<DynamicImage> = match pixel {
        PixelType::U8 => GrayImage::from_raw(width, height, pixels).map(Into::into),
        PixelType::U8x4 => RgbaImage::from_raw(width, height, pixels).map(Into::into),
        _ => RgbImage::from_raw(width, height, pixels).map(Into::into),
    };
    resized.ok_or_else(|| internal("resizing gave fewer pixels than asked for".to_owned()))
}
