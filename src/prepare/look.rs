//! What kind of image it is, by its pixels.

use image::{DynamicImage, GrayImage, RgbImage, RgbaImage};
use std::collections::HashSet;

/// As many as a palette holds (W3C PNG, 11.2.2).
pub(super) const FEW_COLOURS: usize = 256;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Look {
    /// Every pixel is.
    pub(super) is_opaque: bool,
    /// Few colours in areas, as of a diagram or a page of text. A photograph that was reduced to few
    /// colours has few areas: dots stand for the others.
    pub(super) is_drawn: bool,
}

impl Look {
    pub(super) fn of(image: &RgbaImage) -> Self {
        let pixels = image.as_chunks::<4>().0;
        Self {
            is_opaque: pixels.iter().all(|[.., alpha]| *alpha == u8::MAX),
            is_drawn: is_drawn(pixels),
        }
    }
}

/// The image with no more channels than it needs.
pub(super) fn packed(image: RgbaImage, is_opaque: bool) -> DynamicImage {
    let is_grey = is_grey(&image);
    let (width, height) = image.dimensions();
    let pixels = image.as_chunks::<4>().0.iter();
    let packed: Option<DynamicImage> = match (is_opaque, is_grey) {
        (false, _) => None,
        (true, true) => {
            let grey = pixels.map(|[grey, ..]| *grey).collect();
            GrayImage::from_raw(width, height, grey).map(Into::into)
        }
        (true, false) => {
            let rgb = pixels.flat_map(|[red, green, blue, _]| [*red, *green, *blue]);
            RgbImage::from_raw(width, height, rgb.collect()).map(Into::into)
        }
    };
    packed.unwrap_or_else(|| image.into())
}

pub(super) fn is_grey(image: &RgbaImage) -> bool {
    let mut pixels = image.as_chunks::<4>().0.iter();
    pixels.all(|[red, green, blue, _]| red == green && green == blue)
}

fn is_drawn(pixels: &[[u8; 4]]) -> bool {
    let mut colours = HashSet::new();
    let mut changes = 0_usize;
    let mut before = None;
    for colour in pixels {
        if before != Some(colour) {
            changes += 1;
            colours.insert(*colour);
            if colours.len() > FEW_COLOURS {
                return false;
            }
        }
        before = Some(colour);
    }
    // Areas are two pixels wide or more on the average.
    changes <= pixels.len() / 2
}
