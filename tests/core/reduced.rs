//! JPEGs that become much smaller, of which only low frequencies are decoded: they look as if all were.

use crate::prepared::{photograph, png, prepared, rules};
use image::{DynamicImage, Rgb, RgbImage};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use std::fmt::Debug;
use tilewise::error::ErrorCode;
use tilewise::prepare::{Goal, OutputFormat, prepare};

/// Levels, of 255, between the two ways: on average, and anywhere.
#[derive(Clone, Copy)]
struct Difference {
    on_average: f64,
    anywhere: u8,
}

/// Longest sides for which a half and a quarter are decoded, of an image of this one.
fn sides(longest: u32) -> [u64; 3] {
    [3.9, 7.0, 11.0].map(|times| (f64::from(longest) / times) as u64)
}

fn as_png(max_side: Option<u64>) -> Goal {
    Goal {
        max_side,
        format: Some(OutputFormat::Png),
        ..Goal::default()
    }
}

fn decoded(file: &[u8], goal: Goal) -> DynamicImage {
    image::load_from_memory(&prepared(file, goal).file.unwrap()).unwrap()
}

/// Compares a JPEG that becomes smaller with all of its pixels that do.
fn assert_alike(jpeg: &[u8], longest: u32, bound: Difference, what: &dyn Debug) {
    let whole = png(decoded(jpeg, as_png(None)));
    for side in sides(longest) {
        let goal = as_png(Some(side));
        let [one, other] = [jpeg, &whole].map(|file| decoded(file, goal).into_rgb8());
        assert_eq!(one.dimensions(), other.dimensions());
        let pairs = one.iter().zip(other.iter());
        let differences = pairs.map(|(one, other)| one.abs_diff(*other));
        let sum: u64 = differences.clone().map(u64::from).sum();
        let on_average = sum as f64 / one.len() as f64;
        let anywhere = differences.max().unwrap();
        assert!(
            on_average <= bound.on_average && anywhere <= bound.anywhere,
            "{what:?} to {side}: {on_average} on average, {anywhere} anywhere"
        );
    }
}

#[derive(Clone, Copy, Debug)]
struct Kind {
    factors: SamplingFactor,
    is_progressive: bool,
    restart: u16,
}

const KINDS: [Kind; 7] = [
    kind(SamplingFactor::F_2_2, false, 0),
    kind(SamplingFactor::F_2_1, false, 0),
    kind(SamplingFactor::F_1_2, false, 5),
    kind(SamplingFactor::F_1_1, false, 0),
    kind(SamplingFactor::F_2_2, false, 7),
    kind(SamplingFactor::F_2_2, true, 0),
    kind(SamplingFactor::F_1_1, true, 3),
];

const fn kind(factors: SamplingFactor, is_progressive: bool, restart: u16) -> Kind {
    Kind {
        factors,
        is_progressive,
        restart,
    }
}

fn jpeg(image: &[u8], (width, height): (u32, u32), colours: ColorType, kind: Kind) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, 92);
    encoder.set_sampling_factor(kind.factors);
    encoder.set_progressive(kind.is_progressive);
    encoder.set_restart_interval(kind.restart);
    encoder
        .encode(image, width as u16, height as u16, colours)
        .unwrap();
    file
}

fn assert_alike_in_all_kinds(image: &RgbImage, bound: Difference) {
    for kind in KINDS {
        let file = jpeg(image, image.dimensions(), ColorType::Rgb, kind);
        let (width, height) = image.dimensions();
        assert_alike(&file, width.max(height), bound, &kind);
    }
}

const OF_PHOTOGRAPHS: Difference = Difference {
    on_average: 0.5,
    anywhere: 5,
};

#[test]
fn a_photograph_looks_the_same_whether_all_of_it_is_decoded_or_a_fraction() {
    // Sides that end inside a block, and inside a pixel of the reduced image.
    for (width, height) in [(401, 302), (203, 325)] {
        assert_alike_in_all_kinds(&photograph(width, height), OF_PHOTOGRAPHS);
    }
}

/// Bars of two to nine pixels, at angles that no block has.
fn bars(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let wide = 2 + (x / 50 + y / 70) % 8;
        let is_dark = ((x * 3 + y * 2) / (3 * wide)) % 2 == 0;
        match (is_dark, y * 3 / height) {
            (true, 0) => Rgb([0, 0, 0]),
            (true, 1) => Rgb([200, 0, 0]),
            (true, _) => Rgb([0, 0, 160]),
            (false, _) => Rgb([255, 255, 255]),
        }
    })
}

#[test]
fn hard_edges_look_the_same_whether_all_of_them_is_decoded_or_a_fraction() {
    let bound = Difference {
        on_average: 5.0,
        anywhere: 48,
    };
    assert_alike_in_all_kinds(&bars(403, 302), bound);
}

#[test]
fn greys_and_inks_look_the_same_whether_all_of_them_is_decoded_or_a_fraction() {
    let image = photograph(403, 305);
    let grey: Vec<u8> = image.pixels().map(|Rgb([red, ..])| *red).collect();
    let inks = |Rgb([red, green, blue]): &Rgb<u8>| [255 - red, 255 - green, 255 - blue, 20];
    let inks: Vec<u8> = image.pixels().flat_map(inks).collect();
    let kind = kind(SamplingFactor::F_1_1, false, 0);
    for (pixels, colours) in [
        (&grey, ColorType::Luma),
        (&inks, ColorType::Cmyk),
        (&inks, ColorType::CmykAsYcck),
    ] {
        let file = jpeg(pixels, image.dimensions(), colours, kind);
        assert_alike(&file, 403, OF_PHOTOGRAPHS, &colours);
    }
}

#[test]
fn what_is_damaged_is_an_error_however_small_it_becomes() {
    let image = photograph(400, 300);
    for kind in KINDS {
        let mut file = jpeg(&image, image.dimensions(), ColorType::Rgb, kind);
        // The last scan goes on with ones, of which no code consists (ITU-T T.81, C.2).
        let end = file.len() - 2;
        file.splice(end * 3 / 4..end, [0xff, 0].repeat(1000));
        for side in [400].into_iter().chain(sides(400)) {
            let outcome = prepare(file.clone(), &as_png(Some(side)), &rules());
            let outcome = outcome.map(|prepared| prepared.steps);
            let code = outcome.map_err(|error| error.code());
            assert_eq!(code, Err(ErrorCode::Malformed), "{kind:?} to {side}");
        }
    }
}
