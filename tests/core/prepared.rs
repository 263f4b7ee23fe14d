//! Images that are prepared, looked at again by other decoders.

use crate::fixtures;
use image::codecs::gif::GifEncoder;
use image::{DynamicImage, GenericImageView, ImageEncoder, Rgb, RgbImage, Rgba, RgbaImage};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::io::Cursor;
use tilewise::catalog;
use tilewise::error::ErrorCode;
use tilewise::media::{Format, MediaFacts, Size};
use tilewise::prepare::{Goal, Job, OutputFormat, Pixels, PrepareError, Prepared, prepare};
use tilewise::probe;
use tilewise::rule::{Options, Rule, Rules};

pub(crate) fn rules() -> Rules {
    catalog::find("moonshotai/Kimi-K2.5")
        .unwrap()
        .rules()
        .unwrap()
}

pub(crate) fn prepared(file: &[u8], goal: Goal) -> Prepared {
    prepare(file.to_vec(), &goal, &rules()).unwrap()
}

fn refusal(file: &[u8], goal: Goal) -> PrepareError {
    prepare(file.to_vec(), &goal, &rules()).unwrap_err()
}

fn pixels(prepared: &Prepared) -> DynamicImage {
    image::load_from_memory(prepared.file.as_ref().unwrap()).unwrap()
}

const AS_PNG: Goal = as_format(OutputFormat::Png);

const fn as_format(format: OutputFormat) -> Goal {
    Goal {
        max_bytes: None,
        max_tokens: None,
        rule: None,
        fit: None,
        max_side: None,
        format: Some(format),
        quality: None,
    }
}

/// Noise over a gradient: as hard to compress as photographs get.
pub(crate) fn photograph(width: u32, height: u32) -> RgbImage {
    let mut noise = 1_u32;
    RgbImage::from_fn(width, height, |x, y| {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let grain = (noise >> 28) as u8;
        Rgb([
            (x * 200 / width) as u8 + grain,
            (y * 200 / height) as u8 + grain,
            ((x + y) * 100 / (width + height)) as u8 + grain,
        ])
    })
}

pub(crate) fn file(image: impl Into<DynamicImage>, format: image::ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    image.into().write_to(&mut file, format).unwrap();
    file.into_inner()
}

pub(crate) fn png(image: impl Into<DynamicImage>) -> Vec<u8> {
    file(image, image::ImageFormat::Png)
}

pub(crate) fn jpeg(image: impl Into<DynamicImage>) -> Vec<u8> {
    file(image, image::ImageFormat::Jpeg)
}

/// An Exif directory with an orientation and, if asked for, where the image was taken.
pub(crate) fn exif(orientation: u8, with_position: bool) -> Vec<u8> {
    let entries: &[[u8; 12]] = &[
        [1, 18, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0],
        [0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 38],
    ];
    let entries = &entries[..1 + usize::from(with_position)];
    let mut tiff = b"MM\0*\0\0\0\x08".to_vec();
    tiff.extend((entries.len() as u16).to_be_bytes());
    tiff.extend(entries.concat());
    tiff.extend([0; 4]);
    // GPSLatitudeRef alone.
    tiff.extend([0, 1, 0, 1, 0, 2, 0, 0, 0, 2, b'N', 0, 0, 0, 0, 0, 0, 0]);
    tiff
}

pub(crate) fn jpeg_with_exif(jpeg: &[u8], exif: &[u8]) -> Vec<u8> {
    let mut segment = b"Exif\0\0".to_vec();
    segment.extend(exif);
    let mut file = jpeg[..2].to_vec();
    file.extend([0xff, 0xe1]);
    file.extend((segment.len() as u16 + 2).to_be_bytes());
    file.extend(segment);
    file.extend(&jpeg[2..]);
    file
}

fn png_with_exif(image: &RgbImage, exif: Vec<u8>) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = image::codecs::png::PngEncoder::new(&mut file);
    encoder.set_exif_metadata(exif).unwrap();
    encoder
        .write_image(
            image,
            image.width(),
            image.height(),
            image::ExtendedColorType::Rgb8,
        )
        .unwrap();
    file
}

fn is_decoded(format: Format) -> bool {
    matches!(
        format,
        Format::Png | Format::Jpeg | Format::Gif | Format::Webp | Format::Bmp | Format::Tiff
    )
}

/// Every image of the fixtures that is decoded at all.
fn sources() -> Vec<(String, Vec<u8>, MediaFacts)> {
    let sources = fixtures::truths().into_iter().filter_map(|(name, truth)| {
        let file = fixtures::read(&name);
        let goal = Goal {
            quality: Some(50),
            ..as_format(OutputFormat::Jpeg)
        };
        let is_decoded = is_decoded(truth.format) && prepare(file.clone(), &goal, &rules()).is_ok();
        let facts = probe::bytes(&file).ok()?;
        is_decoded.then_some((name, file, facts))
    });
    sources.collect()
}

#[test]
fn most_images_of_the_fixtures_are_decoded_and_of_the_others_it_is_said_why() {
    let mut decoded = 0;
    for (name, truth) in fixtures::truths() {
        match prepare(fixtures::read(&name), &AS_PNG, &rules()) {
            Ok(prepared) => {
                decoded += 1;
                let size = (prepared.facts.width, prepared.facts.height);
                assert_eq!(size, (truth.display_width, truth.display_height), "{name}");
            }
            Err(error) => {
                let is_known = match truth.format {
                    // Headers of 1987 and of Windows CE, and sides beyond the decoder's bound.
                    Format::Bmp => !matches!(error, PrepareError::CutOff { .. }),
                    Format::Jpeg | Format::Tiff => error.code() == ErrorCode::UnsupportedFormat,
                    Format::Png => error.code() == ErrorCode::Limit,
                    Format::Gif => matches!(error.code(), ErrorCode::Limit | ErrorCode::Malformed),
                    format => !is_decoded(format) && error.code() == ErrorCode::UnsupportedFormat,
                };
                assert!(is_known, "{name}: {} {error}", error.code().name());
            }
        }
    }
    assert!(decoded >= 350, "{decoded}");
}

#[test]
fn whatever_is_asked_of_an_image_is_met_upright_and_never_by_enlarging_it() {
    let rules = rules();
    let sources = sources();
    let goals = (
        0..sources.len(),
        prop::option::of(600_u64..40_000),
        prop::option::of(1_u64..200),
        prop_oneof![Just(Rule::Published), Just(Rule::Processor)],
        prop::option::of(1_u64..400),
        prop_oneof![
            Just(OutputFormat::Auto),
            Just(OutputFormat::Jpeg),
            Just(OutputFormat::Png),
            Just(OutputFormat::Webp)
        ],
        prop::option::weighted(0.2, 1_u8..=100),
    );
    // The same goals in every run.
    let seed = TestRng::from_seed(RngAlgorithm::ChaCha, &[6; 32]);
    let config = Config {
        cases: 500,
        failure_persistence: None,
        ..Config::default()
    };
    let run = |(index, max_bytes, max_tokens, rule, max_side, format, quality)| {
        let (name, file, source): &(String, Vec<u8>, MediaFacts) = &sources[index];
        let goal = Goal {
            max_bytes,
            max_tokens,
            rule: Some(rule),
            fit: None,
            max_side,
            format: Some(format),
            quality,
        };
        let prepared = prepare(file.clone(), &goal, &rules);
        let prepared = prepared.map_err(|error| TestCaseError::fail(format!("{name}: {error}")))?;
        let facts = &prepared.facts;
        prop_assert_eq!(
            facts.stored(),
            Size::new(facts.display_width, facts.display_height)
        );
        prop_assert!(facts.width <= source.display_width, "{}", name);
        prop_assert!(facts.height <= source.display_height, "{}", name);
        prop_assert!(format.allows(facts.format));
        prop_assert!(max_side.is_none_or(|most| facts.width.max(facts.height) <= most));
        let tokens = rules
            .image(rule, facts.stored(), &Options::default())
            .unwrap()
            .tokens;
        prop_assert_eq!(prepared.tokens.by(rule), Some(tokens));
        prop_assert!(max_tokens.is_none_or(|most| tokens <= most), "{}", name);
        let length = prepared.file.as_ref().map_or(file.len(), Vec::len) as u64;
        prop_assert_eq!(facts.bytes, Some(length));
        prop_assert!(max_bytes.is_none_or(|most| length <= most), "{}", name);
        if let Some(file) = &prepared.file {
            let decoded = image::load_from_memory(file).unwrap();
            let size = Size::new(decoded.width().into(), decoded.height().into());
            prop_assert_eq!(size, facts.stored());
            prop_assert_eq!(&probe::bytes(file).unwrap(), facts);
        }
        Ok(())
    };
    TestRunner::new_with_rng(config, seed)
        .run(&goals, run)
        .unwrap();
}

#[test]
fn every_orientation_lands_upright() {
    let upright = RgbImage::from_fn(3, 2, |x, y| Rgb([x as u8 * 80, y as u8 * 200, 100]));
    for orientation in 1..=8_u8 {
        // The stored image is what, turned by the orientation, stands upright.
        let mut stored = DynamicImage::from(upright.clone());
        let back = match orientation {
            6 => 8,
            8 => 6,
            same => same,
        };
        stored.apply_orientation(image::metadata::Orientation::from_exif(back).unwrap());
        let file = png_with_exif(&stored.into_rgb8(), exif(orientation, false));
        assert_eq!(probe::bytes(&file).unwrap().display_width, 3);
        let prepared = prepared(&file, AS_PNG);
        assert_eq!(
            pixels_or(&prepared, &file).into_rgb8(),
            upright,
            "{orientation}"
        );
    }
}

fn pixels_or(prepared: &Prepared, source: &[u8]) -> DynamicImage {
    let file = prepared.file.as_deref().unwrap_or(source);
    image::load_from_memory(file).unwrap()
}

#[test]
fn the_quality_is_the_highest_that_fits_up_to_92() {
    let source = png(photograph(300, 200));
    for max_bytes in [9_000, 15_000, 30_000, 60_000] {
        let goal = Goal {
            max_bytes: Some(max_bytes),
            ..as_format(OutputFormat::Jpeg)
        };
        let best = prepared(&source, goal);
        assert_eq!(best.facts.width, 300, "{max_bytes}: {:?}", best.steps);
        let quality: u8 = best.steps[0]
            .strip_prefix("jpeg quality ")
            .unwrap()
            .parse()
            .unwrap();
        assert!((40..=92).contains(&quality));
        if quality < 92 {
            let one_more = Goal {
                quality: Some(quality + 1),
                ..as_format(OutputFormat::Jpeg)
            };
            assert!(prepared(&source, one_more).facts.bytes > Some(max_bytes));
        }
    }
}

#[test]
fn an_image_gets_smaller_only_where_the_least_quality_does_not_fit() {
    let source = png(photograph(300, 200));
    let at_least_quality = Goal {
        quality: Some(40),
        ..as_format(OutputFormat::Jpeg)
    };
    let least = prepared(&source, at_least_quality).facts.bytes.unwrap();
    let width = |max_bytes| {
        let goal = Goal {
            max_bytes: Some(max_bytes),
            ..as_format(OutputFormat::Jpeg)
        };
        prepared(&source, goal).facts.width
    };
    assert_eq!(width(least), 300);
    assert!((280..300).contains(&width(least - 1)));
}

#[test]
fn progress_never_goes_back_even_where_the_image_must_shrink() {
    let goal = Goal {
        max_bytes: Some(2_000),
        ..as_format(OutputFormat::Jpeg)
    };
    let mut job = Job::new(png(photograph(300, 200)), &goal, &rules()).unwrap();
    let mut shares = vec![job.share()];
    let prepared = loop {
        let prepared = job.advance().unwrap();
        shares.push(job.share());
        if let Some(prepared) = prepared {
            break prepared;
        }
    };
    assert!(prepared.facts.width < 300);
    assert!(shares.is_sorted(), "{shares:?}");
    assert_eq!(shares.last(), Some(&1.0));
}

#[test]
fn a_goal_that_not_even_one_pixel_meets_is_an_error() {
    let source = png(photograph(30, 20));
    for format in [OutputFormat::Jpeg, OutputFormat::Png] {
        let goal = Goal {
            max_bytes: Some(140)
                .filter(|_| format == OutputFormat::Jpeg)
                .or(Some(66)),
            ..as_format(format)
        };
        let error = refusal(&source, goal);
        assert!(matches!(error, PrepareError::Unmeetable { .. }), "{error}");
        assert_eq!(error.code(), ErrorCode::Limit);
    }
}

#[test]
fn a_source_that_meets_its_goal_stays_as_it_is() {
    let source = jpeg(photograph(60, 40));
    let prepared = prepared(&source, Goal::default());
    assert_eq!(prepared.file, None);
    assert!(prepared.steps.is_empty());
    assert_eq!(prepared.facts, probe::bytes(&source).unwrap());
}

#[test]
fn a_position_is_taken_out_without_touching_a_pixel() {
    let bare = jpeg(photograph(60, 40));
    let source = jpeg_with_exif(&bare, &exif(1, true));
    let prepared = prepared(&source, Goal::default());
    assert_eq!(prepared.file, Some(bare));
    assert_eq!(prepared.steps, ["removed metadata: EXIF"]);

    let upright = photograph(60, 40);
    let source = png_with_exif(&upright, exif(1, true));
    let without = prepare(source, &Goal::default(), &rules()).unwrap();
    assert_eq!(pixels(&without).into_rgb8(), upright);
    let file = without.file.unwrap();
    assert!(!file.windows(4).any(|name| name == b"eXIf"));
}

#[test]
fn a_position_does_not_survive_a_change() {
    let source = jpeg_with_exif(&jpeg(photograph(60, 40)), &exif(6, true));
    for format in [OutputFormat::Jpeg, OutputFormat::Png, OutputFormat::Webp] {
        let file = prepared(&source, as_format(format)).file.unwrap();
        assert!(
            !file
                .windows(4)
                .any(|name| name == b"Exif" || name == b"EXIF")
        );
    }
}

#[test]
fn an_image_that_is_cut_off_is_an_error_and_never_half_grey() {
    let mut cut_off = 0;
    for (name, file, _) in sources() {
        // Pixels begin where cutting a byte more would fail the header.
        let header = (1..file.len())
            .find(|length| probe::bytes(&file[..*length]).is_ok())
            .unwrap_or(file.len());
        for share in [0.1, 0.5, 0.9] {
            let pixels = file.len() - header;
            let length = header + (pixels as f64 * share) as usize;
            let Ok(prepared) = prepare(file[..length].to_vec(), &AS_PNG, &rules()) else {
                cut_off += 1;
                continue;
            };
            let whole = self::prepared(&file, AS_PNG);
            // A PNG is handed on as it is, or without what follows it: nothing was decoded.
            if prepared.file.is_none() && !whole.steps.concat().contains("png") {
                continue;
            }
            // What was cut off held no pixels of the first frame.
            assert_eq!(
                prepared.file,
                whole.file,
                "{name}, {length} of {}",
                file.len()
            );
        }
    }
    assert!(cut_off > 600, "{cut_off}");
}

#[test]
fn a_photograph_that_is_cut_off_says_so() {
    for format in [
        image::ImageFormat::Jpeg,
        image::ImageFormat::Png,
        image::ImageFormat::WebP,
    ] {
        let file = file(photograph(300, 200), format);
        for length in [file.len() / 2, file.len() * 9 / 10, file.len() - 20] {
            let goal = Goal {
                max_side: Some(100),
                ..Goal::default()
            };
            let error = refusal(&file[..length], goal);
            assert_eq!(
                error.code(),
                ErrorCode::Truncated,
                "{format:?} {length}: {error}"
            );
        }
    }
}

#[test]
fn a_bomb_is_refused_before_its_pixels_are_allocated() {
    let header = |width: u32, height: u32| {
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        png.extend(width.to_be_bytes());
        png.extend(height.to_be_bytes());
        png.extend([8, 2, 0, 0, 0, 0, 0, 0, 0]);
        png.extend(b"\0\x03\x0d\x40IDAT");
        png.extend([0; 200_000]);
        png
    };
    let goal = Goal {
        max_side: Some(1024),
        ..Goal::default()
    };
    let error = refusal(&header(30_000, 30_000), goal);
    assert!(matches!(error, PrepareError::TooManyPixels { .. }));
    assert_eq!(error.code(), ErrorCode::Limit);
    assert!(error.to_string().contains("30000×30000"), "{error}");
    let error = refusal(&fixtures::read("png/claims-4-billion-pixels.png"), goal);
    assert_eq!(error.code(), ErrorCode::Limit);
}

#[test]
fn of_an_animation_the_first_frame_stays() {
    let frame = |value: u8| {
        let pixels = RgbaImage::from_pixel(20, 10, Rgba([value, value, value, 255]));
        image::Frame::new(pixels)
    };
    let mut gif = Vec::new();
    GifEncoder::new(&mut gif)
        .encode_frames([frame(10), frame(200)])
        .unwrap();
    let prepared = prepared(&gif, Goal::default());
    assert_eq!(prepared.steps[0], "first frame of an animation");
    assert_eq!(prepared.facts.format, Format::Png);
    assert_eq!(pixels(&prepared).get_pixel(5, 5).0[..3], [10, 10, 10]);
}

#[test]
fn the_format_follows_the_look_of_the_image() {
    let small = Goal {
        max_side: Some(60),
        ..Goal::default()
    };
    let format = |file: Vec<u8>| prepared(&file, small).facts.format;
    let seen_through = RgbaImage::from_fn(90, 90, |x, y| Rgba([x as u8, y as u8, 0, x as u8]));
    let stripes = RgbImage::from_fn(90, 90, |x, _| Rgb([(x / 30) as u8 * 100, 0, 0]));
    let all_opaque = RgbaImage::from_fn(90, 90, |x, y| {
        Rgba([(x * 2) as u8, (y * 2) as u8, (x ^ y) as u8, 255])
    });
    assert_eq!(format(png(photograph(90, 90))), Format::Jpeg);
    assert_eq!(format(png(stripes)), Format::Png);
    assert_eq!(format(png(all_opaque)), Format::Jpeg);
    let kept = format(png(seen_through));
    assert!(matches!(kept, Format::Png | Format::Webp));
}

#[test]
fn a_drawing_of_few_colours_gets_a_palette_and_keeps_every_pixel() {
    for colours in [1_u32, 2, 3, 4, 5, 16, 17, 200, 256] {
        for width in [1, 7, 8, 9, 61] {
            let line_art = RgbaImage::from_fn(width, 13, |x, y| {
                let index = (x * 13 + y) * 7 % colours;
                let alpha = if index % 3 == 1 { 128 } else { 255 };
                Rgba([index as u8, 255 - index as u8, 7, alpha])
            });
            let prepared = prepared(&file(line_art.clone(), image::ImageFormat::WebP), AS_PNG);
            assert!(
                prepared.steps.last().unwrap().contains("palette"),
                "{:?}",
                prepared.steps
            );
            assert_eq!(
                pixels(&prepared).into_rgba8(),
                line_art,
                "{colours} {width}"
            );
        }
    }
}

#[test]
fn what_is_transparent_has_no_say_in_colours() {
    // Red beside a green that nobody sees.
    let source = RgbaImage::from_fn(64, 64, |x, _| {
        if x < 32 {
            Rgba([255, 0, 0, 255])
        } else {
            Rgba([0, 255, 0, 0])
        }
    });
    let goal = Goal {
        max_side: Some(15),
        ..AS_PNG
    };
    let shrunk = pixels(&prepared(&png(source), goal)).into_rgba8();
    for pixel in shrunk.pixels().filter(|pixel| pixel.0[3] > 8) {
        assert!(pixel.0[0] > 240 && pixel.0[1] < 15, "{pixel:?}");
    }
}

#[test]
fn transparency_in_a_jpeg_lies_on_white() {
    let clear = RgbaImage::from_pixel(16, 16, Rgba([0, 0, 0, 0]));
    let prepared = prepared(&png(clear), as_format(OutputFormat::Jpeg));
    assert!(
        prepared
            .steps
            .contains(&"transparency laid on white".to_owned())
    );
    assert_eq!(pixels(&prepared).get_pixel(8, 8).0[..3], [255; 3]);
}

#[test]
fn a_profile_is_applied_and_not_dropped() {
    let source = RgbImage::from_pixel(16, 16, Rgb([200, 40, 90]));
    let with_profile = |profile: Vec<u8>| {
        let mut file = Vec::new();
        let mut encoder = image::codecs::png::PngEncoder::new(&mut file);
        encoder.set_icc_profile(profile).unwrap();
        let color = image::ExtendedColorType::Rgb8;
        encoder.write_image(&source, 16, 16, color).unwrap();
        prepared(
            &file,
            Goal {
                max_side: Some(8),
                ..AS_PNG
            },
        )
    };
    let converted = "colours converted to sRGB".to_owned();

    // A screen whose red lamp is green, and the other way round.
    let mut swapped = moxcms::ColorProfile::new_srgb();
    std::mem::swap(&mut swapped.red_colorant, &mut swapped.green_colorant);
    let prepared = with_profile(swapped.encode().unwrap());
    assert!(prepared.steps.contains(&converted), "{:?}", prepared.steps);
    let [red, green, blue, _] = pixels(&prepared).get_pixel(4, 4).0;
    assert!(red.abs_diff(40) <= 2 && green.abs_diff(200) <= 2 && blue.abs_diff(90) <= 2);

    let prepared = with_profile(moxcms::ColorProfile::new_srgb().encode().unwrap());
    assert!(!prepared.steps.contains(&converted));
    assert_eq!(pixels(&prepared).get_pixel(4, 4).0[..3], [200, 40, 90]);

    let prepared = with_profile(b"no profile at all".to_vec());
    assert!(
        prepared
            .steps
            .iter()
            .any(|step| step.contains("kept as stored"))
    );
}

/// A printer's profile whose inks are all grey: full cyan of L* 50, full black of 0, all others of 100
/// (ICC.1:2022, 7.2 and 10.11, in the encoding of version 2).
fn profile_of_grey_inks() -> Vec<u8> {
    let mut table = b"mft1\0\0\0\0\x04\x03\x02\0".to_vec();
    for index in 0..9 {
        table.extend(if index % 4 == 0 { 0x1_0000_u32 } else { 0 }.to_be_bytes());
    }
    let straight = |tables| (0..tables).flat_map(|_| 0..=u8::MAX);
    table.extend(straight(4));
    for inks in 0..16 {
        let (cyan, black) = (inks & 8 != 0, inks & 1 != 0);
        let lightness = if black {
            0
        } else if cyan {
            128
        } else {
            255
        };
        table.extend([lightness, 128, 128]);
    }
    table.extend(straight(3));

    let mut profile = vec![0; 128];
    profile[8..12].copy_from_slice(&[2, 0x40, 0, 0]);
    profile[12..24].copy_from_slice(b"prtrCMYKLab ");
    profile[36..40].copy_from_slice(b"acsp");
    profile[68..80].copy_from_slice(b"\0\0\xf6\xd6\0\x01\0\0\0\0\xd3\x2d");
    profile.extend(1_u32.to_be_bytes());
    profile.extend(b"A2B0");
    profile.extend(144_u32.to_be_bytes());
    profile.extend((table.len() as u32).to_be_bytes());
    profile.extend(table);
    let length = profile.len() as u32;
    profile[..4].copy_from_slice(&length.to_be_bytes());
    profile
}

#[test]
fn inks_are_mixed_by_their_profile() {
    let grey_of = |name: &str| {
        let file = fixtures::read(name);
        let mut segment = b"ICC_PROFILE\0\x01\x01".to_vec();
        segment.extend(profile_of_grey_inks());
        let mut with_profile = file[..2].to_vec();
        with_profile.extend([0xff, 0xe2]);
        with_profile.extend((segment.len() as u16 + 2).to_be_bytes());
        with_profile.extend(segment);
        with_profile.extend(&file[2..]);

        let by_profile = prepared(&with_profile, AS_PNG);
        let converted = "colours converted to sRGB".to_owned();
        assert!(
            by_profile.steps.contains(&converted),
            "{:?}",
            by_profile.steps
        );
        let by_profile = pixels(&by_profile).into_rgb8();
        let without = pixels(&prepared(&file, AS_PNG)).into_rgb8();
        for (Rgb([red, green, blue]), Rgb(plain)) in by_profile.pixels().zip(without.pixels()) {
            assert!(
                red.abs_diff(*green) <= 6 && green.abs_diff(*blue) <= 6,
                "{name}: {red} {green} {blue}, {plain:?}"
            );
            // White paper is white by either way.
            if plain.iter().all(|light| *light > 250) {
                assert!(*red > 245, "{name}: {red}");
            }
        }
        assert!(by_profile != without, "{name}");
        by_profile
    };
    let (cmyk, ycck) = (grey_of("jpeg/cmyk.jpg"), grey_of("jpeg/ycck.jpg"));
    assert!(cmyk.pixels().any(|pixel| *pixel != cmyk[(0, 0)]));
    assert!(ycck.pixels().any(|pixel| *pixel != ycck[(0, 0)]));
}

#[test]
fn pixels_of_another_decoder_are_prepared_alike() {
    let source = photograph(120, 80);
    let mut facts = probe::bytes(&png(source.clone())).unwrap();
    facts.format = Format::Heic;
    let goal = Goal {
        max_side: Some(60),
        ..AS_PNG
    };
    let rgba = DynamicImage::from(source.clone()).into_rgba8().into_raw();
    let pixels = Pixels::from_rgba(Size::new(120, 80), rgba).unwrap();
    let mut job =
        Job::with_pixels(&facts, pixels, "decoded by the browser", &goal, &rules()).unwrap();
    let other = loop {
        if let Some(prepared) = job.advance().unwrap() {
            break prepared;
        }
    };
    assert_eq!(other.steps[0], "decoded by the browser");
    assert_eq!(other.file, prepared(&png(source), goal).file);
    assert!(Pixels::from_rgba(Size::new(120, 81), vec![0; 120 * 80 * 4]).is_none());
}

/// With a scan for each colour, or one for all.
fn jpeg_in_scans(image: &RgbImage, is_in_scans: bool) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut file, 90);
    encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::F_2_2);
    // This encoder can optimise its tables only scan by scan.
    encoder.set_optimized_huffman_tables(is_in_scans);
    let side = |side: u32| u16::try_from(side).unwrap();
    let (width, height) = (side(image.width()), side(image.height()));
    let colours = jpeg_encoder::ColorType::Rgb;
    encoder.encode(image, width, height, colours).unwrap();
    file
}

#[test]
fn scan_over_scan_of_a_large_image_is_refused_before_it_takes_minutes() {
    let mut file = b"\xff\xd8".to_vec();
    // Progressive, grey, 11,000 by 11,000: 2 million blocks.
    file.extend(b"\xff\xc2\0\x0b\x08\x2a\xf8\x2a\xf8\x01\x01\x11\0");
    for _ in 0..100 {
        file.extend(b"\xff\xda\0\x08\x01\x01\0\0\0\0\0");
    }
    file.extend(b"\xff\xd9");
    let error = refusal(&file, AS_PNG);
    assert_eq!(error.code(), ErrorCode::UnsupportedFormat);
    assert!(error.to_string().contains("too many scans"), "{error}");
}

#[test]
fn a_jpeg_with_a_scan_for_each_colour_keeps_its_colours() {
    let source = photograph(61, 45);
    let encode = |is_in_scans: bool| {
        let file = jpeg_in_scans(&source, is_in_scans);
        let scans = file.windows(2).filter(|pair| *pair == [0xff, 0xda]).count();
        assert_eq!(scans, if is_in_scans { 3 } else { 1 });
        pixels(&prepared(&file, AS_PNG)).into_rgb8().into_raw()
    };
    let differences = encode(true).into_iter().zip(encode(false));
    let most = differences.map(|(one, other)| one.abs_diff(other)).max();
    assert!(most <= Some(6), "{most:?}");
}

#[test]
fn tiles_of_one_channel_each_are_refused() {
    // Three channels of 20 rows, in tiles of 16 by 16 (TIFF 6.0, sections 2 and 15).
    const FIRST: u32 = 8 + 2 + 11 * 12 + 4;
    const TILES: u32 = 3 * 2;
    let offsets_at = FIRST + 6;
    let counts_at = offsets_at + TILES * 4;
    let tiles_at = counts_at + TILES * 4;
    let entries: [(u16, u16, u32, u32); 11] = [
        (256, 4, 1, 16),
        (257, 4, 1, 20),
        (258, 3, 3, FIRST),
        (259, 3, 1, 1),
        (262, 3, 1, 2),
        (277, 3, 1, 3),
        (284, 3, 1, 2),
        (322, 4, 1, 16),
        (323, 4, 1, 16),
        (324, 4, TILES, offsets_at),
        (325, 4, TILES, counts_at),
    ];
    let mut file = b"II*\0\x08\0\0\0".to_vec();
    file.extend((entries.len() as u16).to_le_bytes());
    for (tag, kind, count, value) in entries {
        file.extend(tag.to_le_bytes());
        file.extend(kind.to_le_bytes());
        file.extend(count.to_le_bytes());
        file.extend(value.to_le_bytes());
    }
    file.extend([0; 4]);
    file.extend([8, 0, 8, 0, 8, 0]);
    file.extend((0..TILES).flat_map(|tile| (tiles_at + tile * 256).to_le_bytes()));
    file.extend((0..TILES).flat_map(|_| 256_u32.to_le_bytes()));
    file.extend((0..TILES * 256).map(|byte| byte as u8));
    let error = refusal(&file, AS_PNG);
    assert_eq!(error.code(), ErrorCode::UnsupportedFormat, "{error}");
}

#[test]
fn damage_anywhere_ends_in_an_error_or_an_image_and_nothing_else() {
    let mut files: Vec<_> = [
        "jpeg/progressive-grey.jpg",
        "jpeg/cmyk.jpg",
        "png/palette-transparent.png",
        "webp/lossy-alpha.webp",
        "gif/two-frames.gif",
        "tiff/cmyk.tiff",
        "bmp/header-40-16-bit.bmp",
    ]
    .map(fixtures::read)
    .into();
    files.push(jpeg_in_scans(&photograph(40, 30), true));
    let strategy = (
        0..files.len(),
        prop::collection::vec((0.0_f64..1.0, 0_u8..), 1..6),
    );
    let seed = TestRng::from_seed(RngAlgorithm::ChaCha, &[9; 32]);
    let config = Config {
        cases: 400,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new_with_rng(config, seed)
        .run(&strategy, |(index, changes)| {
            let mut file = files[index].clone();
            for (at, value) in changes {
                let at = (file.len() as f64 * at) as usize;
                file[at] = value;
            }
            let goal = Goal {
                max_side: Some(20),
                ..Goal::default()
            };
            let _ = prepare(file, &goal, &rules());
            Ok(())
        })
        .unwrap();
}
