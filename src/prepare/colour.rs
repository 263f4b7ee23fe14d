//! Colours by their profile, to sRGB: what everything that reads an image without looking at its profile takes it for.

use super::bright::Transfer;
use super::traits::is_grey;
use image::RgbaImage;
use moxcms::{
    Chromaticity, ColorPrimaries, ColorProfile, DataColorSpace, Layout, RenderingIntent,
    ToneReprCurve, Transform8BitExecutor, TransformOptions, XyY,
};
use std::borrow::Cow;
use std::sync::Arc;

/// What a file says of its colours.
#[derive(Clone, Debug)]
pub(super) enum Profile {
    /// The bytes of an ICC profile (ICC.1:2022).
    Icc(Vec<u8>),
    /// Made of other figures.
    Made(Box<ColorProfile>),
    /// The same of high dynamic range, once its levels are those of sRGB.
    Bright(Transfer, Box<ColorProfile>),
}

impl Profile {
    fn read(&self) -> Option<Cow<'_, ColorProfile>> {
        match self {
            Self::Icc(bytes) => ColorProfile::new_from_slice(bytes).ok().map(Cow::Owned),
            Self::Made(profile) | Self::Bright(_, profile) => Some(Cow::Borrowed(profile)),
        }
    }
}

/// Colours by measurement: chromaticities in CIE 1931 xy, and the power that decodes a sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Measured {
    pub(super) white: (f64, f64),
    pub(super) red: (f64, f64),
    pub(super) green: (f64, f64),
    pub(super) blue: (f64, f64),
    /// `None` for sRGB's own curve.
    pub(super) gamma: Option<f64>,
}

impl Measured {
    /// IEC 61966-2-1, table 1.
    pub(super) const SRGB: Self = Self {
        white: (0.3127, 0.3290),
        red: (0.64, 0.33),
        green: (0.30, 0.60),
        blue: (0.15, 0.06),
        gamma: None,
    };

    /// Whether they are the other's as writers round them. 2.2 stands for sRGB's curve (W3C PNG, 11.3.2.5).
    pub(super) fn is_near(&self, other: &Self) -> bool {
        const CURVE: f64 = 2.2;
        const CHROMATICITY: f64 = 0.001;
        const GAMMA: f64 = 0.02;
        let points = |it: &Self| [it.white, it.red, it.green, it.blue];
        let mut pairs = points(self).into_iter().zip(points(other));
        let gamma = |it: &Self| it.gamma.unwrap_or(CURVE);
        let is_near = |a: f64, b: f64| (a - b).abs() < CHROMATICITY;
        (gamma(self) - gamma(other)).abs() < GAMMA
            && pairs.all(|((x, y), (other_x, other_y))| is_near(x, other_x) && is_near(y, other_y))
    }

    /// `None` of points that make no colours.
    pub(super) fn profile(&self) -> Option<Profile> {
        let point = |(x, y): (f64, f64)| Chromaticity {
            x: x as f32,
            y: y as f32,
        };
        let [(rx, ry), (gx, gy), (bx, by)] = [self.red, self.green, self.blue];
        let area = ((gx - rx) * (by - ry) - (bx - rx) * (gy - ry)).abs() / 2.0;
        let (x, y) = self.white;
        if area < 0.001 || [y, ry, gy, by].iter().any(|y| *y <= 0.0) {
            return None;
        }
        let mut profile = ColorProfile::new_srgb();
        profile.update_rgb_colorimetry(
            XyY { x, y, yb: 1.0 },
            ColorPrimaries {
                red: point(self.red),
                green: point(self.green),
                blue: point(self.blue),
            },
        );
        if let Some(gamma) = self.gamma {
            let curve = ToneReprCurve::Parametric(vec![gamma as f32]);
            profile.red_trc = Some(curve.clone());
            profile.green_trc = Some(curve.clone());
            profile.blue_trc = Some(curve);
        }
        Some(Profile::Made(Box::new(profile)))
    }
}

/// As the steps say it.
const CONVERTED: &str = "colours converted to sRGB";
/// As the steps say it where light was brighter than sRGB's white.
const REDUCED: &str = "high dynamic range reduced to that of sRGB";
/// As the steps say it where a profile is damaged, or of another kind than the pixels.
const NOT_CONVERTED: &str = "colours kept as stored: the profile is of no use for them";

/// The image in sRGB, and what was done. Of a profile that is sRGB by itself, nothing.
pub(super) fn to_srgb(
    mut image: RgbaImage,
    profile: &Profile,
) -> (RgbaImage, Option<&'static str>) {
    if let Profile::Bright(transfer, _) = profile {
        let levels = transfer.levels();
        for [colours @ .., _] in image.as_chunks_mut::<4>().0 {
            for level in colours {
                *level = levels.get(usize::from(*level)).copied().unwrap_or(*level);
            }
        }
        let converted = Transform::new(&image, profile).and_then(|it| it.apply(&image));
        return (converted.unwrap_or(image), Some(REDUCED));
    }
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
    of_inks(&inks(stored, is_ycck), profile)
}

/// The same of inks as they are meant, none as 0: as TIFF stores them.
pub(super) fn of_inks(inks: &[u8], profile: &[u8]) -> (Vec<u8>, &'static str) {
    match by_profile(inks, profile) {
        Some(rgba) => (rgba, CONVERTED),
        None => (without_profile(inks), NOT_CONVERTED),
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
        inks.extend(if is_ycck {
            rgb(*a, *b, *c)
        } else {
            [*a, *b, *c].map(|ink| 255 - ink)
        });
        inks.push(255 - k);
    }
    inks
}

/// ITU-T T.871, section 7.
pub(super) fn rgb(y: u8, cb: u8, cr: u8) -> [u8; 3] {
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
    fn new(image: &RgbaImage, profile: &Profile) -> Option<Self> {
        let profile = profile.read()?;
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
