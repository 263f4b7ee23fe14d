//! The pixels of an image, and how many of them are too many.

use super::PrepareError;
use super::colour::Profile;
use crate::media::Size;
use image::RgbaImage;

/// The most that the pixels of one image may take once they are decoded, 512 MiB: 134 megapixels of
/// four bytes. Checked before anything is allocated. Decoder and resizer take as much again at most
/// twice, which leaves a third of the 4 GiB that a wasm memory can have.
pub const MAX_PIXEL_BYTES: u64 = 512 * 1024 * 1024;

/// The pixels of an image, as they are stored.
#[derive(Clone, Debug)]
pub struct Pixels {
    pub(super) image: RgbaImage,
    /// Of the whole image: where it is scaled down anyway, a pixel of `image` may stand for so many of it, across and down.
    pub(super) size: Size,
    pub(super) divisor: usize,
    pub(super) profile: Option<Profile>,
    /// What had to be done to get here.
    pub(super) notes: Vec<String>,
}

impl Pixels {
    /// Pixels that another decoder read, four bytes each; `None` where they are not as many as that.
    pub fn from_rgba(size: Size, rgba: Vec<u8>) -> Option<Self> {
        let side = |side: u64| u32::try_from(side).ok();
        let image = RgbaImage::from_raw(side(size.width)?, side(size.height)?, rgba)?;
        Some(Self::whole(image, None, Vec::new()))
    }

    pub(super) fn whole(image: RgbaImage, profile: Option<Profile>, notes: Vec<String>) -> Self {
        Self {
            size: Size::new(image.width().into(), image.height().into()),
            divisor: 1,
            image,
            profile,
            notes,
        }
    }

    /// How far the image goes, across and down: the last pixels may stand for fewer.
    pub(super) fn extent(&self) -> (f64, f64) {
        let of = |side: u64| side as f64 / self.divisor as f64;
        (of(self.size.width), of(self.size.height))
    }
}

/// Refuses what would take too much memory, before any decoder sees it.
pub(super) fn check_memory(size: Size, bytes_per_pixel: u64) -> Result<(), PrepareError> {
    let needed = (size.width)
        .saturating_mul(size.height)
        .saturating_mul(bytes_per_pixel);
    if needed > MAX_PIXEL_BYTES {
        Err(PrepareError::TooManyPixels {
            width: size.width,
            height: size.height,
            needed,
            allowed: MAX_PIXEL_BYTES,
        })
    } else {
        Ok(())
    }
}
