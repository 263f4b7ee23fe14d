//! What kind of image it is, by its pixels.

use image::{DynamicImage, GrayImage, RgbImage, RgbaImage};
use std::collections::{HashMap, HashSet};

/// As many as a palette holds (W3C PNG, 11.2.2).
pub(super) const FEW_COLOURS: usize = 256;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ImageTraits {
    /// Every pixel is.
    pub(super) is_opaque: bool,
    /// How many colours it has, where they are few and lie in areas, as of a diagram or a page of text. A photograph that
    /// was reduced to few colours has few areas: dots stand for the others.
    pub(super) few_colours: Option<usize>,
}

impl ImageTraits {
    pub(super) fn of(image: &RgbaImage) -> Self {
        let pixels = image.as_chunks::<4>().0;
        Self {
            is_opaque: pixels.iter().all(|[.., alpha]| *alpha == u8::MAX),
            few_colours: few_colours(pixels),
        }
    }

    pub(super) fn is_drawn(&self) -> bool {
        self.few_colours.is_some()
    }
}

/// The image in no more colours than these, its most frequent ones: those that scaling put between them become the nearest.
pub(super) fn with_few_colours(image: &DynamicImage, count: usize) -> DynamicImage {
    let mut image = image.to_rgba8();
    let mut counts: HashMap<[u8; 4], u64> = HashMap::new();
    for colour in image.as_chunks::<4>().0 {
        *counts.entry(*colour).or_default() += 1;
    }
    let mut frequent: Vec<_> = counts.keys().copied().collect();
    frequent.sort_by_key(|colour| (std::cmp::Reverse(counts.get(colour)), *colour));
    frequent.truncate(count.max(1));
    let distance = |one: [u8; 4], other: [u8; 4]| {
        let pairs = one.into_iter().zip(other);
        pairs.fold(0, |sum, (a, b)| sum + u32::from(a.abs_diff(b)).pow(2))
    };
    let mut nearest: HashMap<[u8; 4], [u8; 4]> = HashMap::new();
    for colour in image.as_chunks_mut::<4>().0 {
        let found = nearest.entry(*colour).or_insert_with(|| {
            let frequent = frequent.iter().copied();
            frequent
                .min_by_key(|known| distance(*known, *colour))
                .unwrap_or(*colour)
        });
        *colour = *found;
    }
    image.into()
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

fn few_colours(pixels: &[[u8; 4]]) -> Option<usize> {
    let mut colours = HashSet::new();
    let mut changes = 0_usize;
    let mut before = None;
    for colour in pixels {
        if before != Some(colour) {
            changes += 1;
            colours.insert(*colour);
            if colours.len() > FEW_COLOURS {
                return None;
            }
        }
        before = Some(colour);
    }
    // Areas are two pixels wide or more on the average.
    (changes <= pixels.len() / 2).then_some(colours.len())
}
