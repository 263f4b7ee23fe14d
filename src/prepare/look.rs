//! What kind of picture it is, by its pixels.

use image::DynamicImage;
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
    pub(super) fn of(image: &DynamicImage) -> Self {
        let bytes = image.as_bytes();
        match image {
            DynamicImage::ImageLuma8(_) => Self {
                is_opaque: true,
                is_drawn: is_drawn(bytes.iter().map(|grey| u32::from(*grey))),
            },
            DynamicImage::ImageRgba8(_) => {
                let pixels = bytes.as_chunks::<4>().0;
                Self {
                    is_opaque: pixels.iter().all(|[.., alpha]| *alpha == u8::MAX),
                    is_drawn: is_drawn(pixels.iter().map(|pixel| u32::from_le_bytes(*pixel))),
                }
            }
            _ => {
                let pixels = bytes.as_chunks::<3>().0.iter();
                let colours = pixels
                    .map(|[red, green, blue]| u32::from_le_bytes([*red, *green, *blue, u8::MAX]));
                Self {
                    is_opaque: true,
                    is_drawn: is_drawn(colours),
                }
            }
        }
    }
}

fn is_drawn(pixels: impl ExactSizeIterator<Item = u32>) -> bool {
    let count = pixels.len();
    let mut colours = HashSet::new();
    let mut changes = 0_usize;
    let mut before = None;
    for colour in pixels {
        if before != Some(colour) {
            changes += 1;
            colours.insert(colour);
            if colours.len() > FEW_COLOURS {
                return false;
            }
        }
        before = Some(colour);
    }
    // Areas are two pixels wide or more on the average.
    changes <= count / 2
}
