//! Colours by their ICC profile, to sRGB: what everything that reads an image without looking at its
//! profile takes it for.

use super::look::is_grey;
use image::RgbaImage;
use moxcms::{
    ColorProfile, DataColorSpace, Layout, RenderingIntent, Transform8BitExecutor, TransformOptions,
};
use std::sync::Arc;

/// As the steps say it.
const CONVERTED: &str = "colours converted to sRGB";
/// As the steps say it where a profile is damaged, or of another kind than the pixels.
const NOT_CONVERTED: &str = "colours kept as stored: the profile is of no use for them";

/// The image in sRGB, and what was done. Of a profile that is sRGB by itself, nothing.
pub(super) fn to_srgb(image: RgbaImage, profile: &[u8]) -> (RgbaImage, Option<&'static str>) {
    let Some(transform) = Transform::new(&image, profile) else {
        return (image, Some(NOT_CONVERTED));
    };
    if transform.changes_nothing() {
        return (image, None);
    }
    match transform.apply(&image) {
        Some(converted) => (converted, Some(CONVERTED)),
        None => (image, Some(NOT_CONVERTED)),
    }
}

/// From pixels of four inks, as a JPEG stores them, to opaque ones of three colours, and what was done: by
/// the profile where it is one of inks, else as if each ink took away its own colour.
pub(super) fn from_inks(stored: &[u8], is_ycck: bool, profile: &[u8]) -> (Vec<u8>, &'static str) {
    let inks = inks(stored, is_ycck);
    match by_profile(&inks, profile) {
        Some(rgba) => (rgba, CONVERTED),
        None => (without_profile(&inks), NOT_CONVERTED),
    }
}

fn without_profile(inks: &[u8]) -> Vec<u8> {
    let pixels = inks.as_chunks::<4>().0.iter();
    pixels
        .flat_map(|[c, m, y, k]| {
            let light = |ink: &u8| {
                let light = u32::from(255 - ink) * u32::from(255 - k);
                u8::try_from((light + 127) / 255).unwrap_or(u8::MAX)
            };
            [light(c), light(m), light(y), u8::MAX]
        })
        .collect()
}

fn by_profile(inks: &[u8], profile: &[u8]) -> Option<Vec<u8>> {
    let profile = ColorProfile::new_from_slice(profile).ok()?;
    if profile.color_space != DataColorSpace::Cmyk {
        return None;
    }
    // Four channels go by the name of Rgba there.
    let transform = executor(&profile, Layout::Rgba)?;
    let mut rgba = vec![0; inks.len()];
    transform.transform(inks, &mut rgba).ok()?;
    for [.., alpha] in rgba.as_chunks_mut::<4>().0 {
        *alpha = u8::MAX;
    }
    Some(rgba)
}

/// Adobe stores inks inverted, and so does everyone since; but YCC, in place of the first three, is made
/// of them as they are (libjpeg, jdcolor.c, ycck_cmyk_convert).
fn inks(stored: &[u8], is_ycck: bool) -> Vec<u8> {
    let mut inks = Vec::with_capacity(stored.len());
    for [a, b, c, k] in stored.as_chunks::<4>().0 {
        inks.extend(match is_ycck {
            true => rgb(*a, *b, *c),
            false => [*a, *b, *c].map(|ink| 255 - ink),
        });
        inks.push(255 - k);
    }
    inks
}

/// ITU-T T.871, section 7.
fn rgb(y: u8, cb: u8, cr: u8) -> [u8; 3] {
    let (y, cb, cr) = (f32::from(y), f32::from(cb) - 128.0, f32::from(cr) - 128.0);
    // A cast of a double saturates.
    [
        y + 1.402 * cr,
        y - 0.344_136 * cb - 0.714_136 * cr,
        y + 1.772 * cb,
    ]
    .map(|value| value.round() as u8)
}

/// To sRGB, as near to the stored colours as the profile allows: of printers, many have tables for one
/// intent alone.
fn executor(profile: &ColorProfile, from: Layout) -> Option<Arc<Transform8BitExecutor>> {
    let intents = [
        RenderingIntent::RelativeColorimetric,
        RenderingIntent::Perceptual,
        RenderingIntent::Saturation,
    ];
    let srgb = ColorProfile::new_srgb();
    intents.into_iter().find_map(|rendering_intent| {
        let options = TransformOptions {
            rendering_intent,
            ..TransformOptions::default()
        };
        profile
            .create_transform_8bit(from, &srgb, Layout::Rgba, options)
            .ok()
    })
}

struct Transform {
    executor: Arc<Transform8BitExecutor>,
    from: Layout,
}

impl Transform {
    /// `None` for a profile that is damaged or of another kind than the pixels.
    fn new(image: &RgbaImage, profile: &[u8]) -> Option<Self> {
        let profile = ColorProfile::new_from_slice(profile).ok()?;
        let from = match profile.color_space {
            DataColorSpace::Rgb => Layout::Rgba,
            DataColorSpace::Gray if is_grey(image) => Layout::GrayAlpha,
            _ => return None,
        };
        let executor = executor(&profile, from)?;
        Some(Self { executor, from })
    }

    /// Whether colours from all over come out as they went in, but for rounding.
    fn changes_nothing(&self) -> bool {
        const LEVELS: [u8; 5] = [0, 40, 128, 200, 255];
        let mut given = Vec::new();
        for red in LEVELS {
            for green in LEVELS {
                for blue in LEVELS {
                    given.extend(match self.from {
                        Layout::GrayAlpha => [red, red, red, u8::MAX],
                        _ => [red, green, blue, u8::MAX],
                    });
                }
            }
        }
        let is_near = |(a, b): (&u8, &u8)| a.abs_diff(*b) <= 1;
        self.convert(&given)
            .is_some_and(|converted| given.iter().zip(&converted).all(is_near))
    }

    fn apply(&self, image: &RgbaImage) -> Option<RgbaImage> {
        RgbaImage::from_raw(image.width(), image.height(), self.convert(image)?)
    }

    fn convert(&self, rgba: &[u8]) -> Option<Vec<u8>> {
        let mut converted = vec![0; rgba.len()];
        let outcome = match self.from {
            Layout::GrayAlpha => {
                let pixels = rgba.as_chunks::<4>().0.iter();
                let grey: Vec<_> = pixels
                    .flat_map(|[grey, .., alpha]| [*grey, *alpha])
                    .collect();
                self.executor.transform(&grey, &mut converted)
            }
            _ => self.executor.transform(rgba, &mut converted),
        };
        outcome.ok().map(|()| converted)
    }
}
