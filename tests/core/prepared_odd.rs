//! Sources of rare kinds, and that no image is larger for having been made smaller.

use crate::prepared::{file, jpeg, photograph, png, prepared, rules};
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, GenericImageView, ImageFormat, Rgb, RgbImage, Rgba};
use tilewise::prepare::{Goal, OutputFormat, Prepared, prepare};

const SMALLER: Goal = Goal {
    max_bytes: None,
    max_tokens: None,
    rule: None,
    fit: None,
    max_side: Some(30),
    format: Some(OutputFormat::Png),
    quality: None,
};

fn middle(prepared: &Prepared) -> [u8; 4] {
    let image = image::load_from_memory(prepared.file.as_ref().unwrap()).unwrap();
    image.get_pixel(image.width() / 2, image.height() / 2).0
}

fn is_near(one: [u8; 4], other: [u8; 4]) -> bool {
    one.iter().zip(other).all(|(a, b)| a.abs_diff(b) <= 2)
}

fn converts(prepared: &Prepared) -> bool {
    prepared.steps.iter().any(|step| step.contains("sRGB"))
}

// ── TIFF ─────────────────────────────────────────────────────────────────────────────────────────

const SIDE: u16 = 40;
/// TIFF 6.0, section 2: types of a field.
const SHORT: u16 = 3;
const LONG: u16 = 4;
const UNDEFINED: u16 = 7;

/// One strip of this data, with these tags besides.
fn tiff(
    samples: u16,
    bits: u16,
    photometric: u16,
    data: &[u8],
    more: &[(u16, u16, Vec<u8>)],
) -> Vec<u8> {
    let short = |value: u16| value.to_le_bytes().to_vec();
    let long = |value: usize| (value as u32).to_le_bytes().to_vec();
    let mut tags = vec![
        (256, SHORT, short(SIDE)),
        (257, SHORT, short(SIDE)),
        (258, SHORT, short(bits).repeat(samples.into())),
        (259, SHORT, short(1)),
        (262, SHORT, short(photometric)),
        (273, LONG, long(8)),
        (277, SHORT, short(samples)),
        (278, SHORT, short(SIDE)),
        (279, LONG, long(data.len())),
    ];
    tags.retain(|(tag, ..)| more.iter().all(|(other, ..)| other != tag));
    tags.extend(more.iter().cloned());
    tags.sort_by_key(|(tag, ..)| *tag);
    let mut file = b"II*\0".to_vec();
    let directory = 8 + data.len().next_multiple_of(2);
    file.extend(long(directory));
    file.extend(data);
    file.resize(directory, 0);
    let mut behind: Vec<u8> = Vec::new();
    file.extend(short(tags.len() as u16));
    let values = directory + 2 + tags.len() * 12 + 4;
    for (tag, kind, value) in &tags {
        let size = match *kind {
            SHORT => 2,
            LONG => 4,
            _ => 1,
        };
        file.extend([short(*tag), short(*kind), long(value.len() / size)].concat());
        let mut field = value.clone();
        if value.len() > 4 {
            field = long(values + behind.len());
            behind.extend(value);
        }
        field.resize(4, 0);
        file.extend(field);
    }
    file.extend([0; 4]);
    file.extend(behind);
    file
}

fn area(pixel: &[u8]) -> Vec<u8> {
    pixel.repeat(usize::from(SIDE).pow(2))
}

#[test]
fn places_in_a_palette_become_its_colours() {
    // All reds, all greens, all blues.
    let map = |count: usize| {
        let mut map = vec![0_u16; 3 * count];
        map[5] = 0xc8c8;
        map[count + 5] = 0x6464;
        map[2 * count + 5] = 0x3232;
        map.iter()
            .flat_map(|level| level.to_le_bytes())
            .collect::<Vec<u8>>()
    };
    let of_bytes = tiff(1, 8, 3, &area(&[5]), &[(320, SHORT, map(256))]);
    let of_halves = tiff(1, 4, 3, &[0x55; 40 * 20], &[(320, SHORT, map(16))]);
    for file in [of_bytes, of_halves] {
        assert_eq!(middle(&prepared(&file, SMALLER)), [200, 100, 50, 255]);
    }
}

#[test]
fn greys_of_four_bits_and_luminance_with_colour_are_decoded() {
    let grey = tiff(1, 4, 1, &[0x88; 40 * 20], &[]);
    assert_eq!(middle(&prepared(&grey, SMALLER)), [136, 136, 136, 255]);
    let subsampling = [(
        530,
        SHORT,
        [1_u16.to_le_bytes(), 1_u16.to_le_bytes()].concat(),
    )];
    let ycc = tiff(3, 8, 6, &area(&[150, 100, 180]), &subsampling);
    assert!(is_near(
        middle(&prepared(&ycc, SMALLER)),
        [223, 122, 100, 255]
    ));
}

#[test]
fn bits_that_lie_in_reverse_order_are_read_so_or_refused() {
    let reversed = |compression: u16| {
        [
            (266, SHORT, 2_u16.to_le_bytes().to_vec()),
            (259, SHORT, compression.to_le_bytes().to_vec()),
        ]
    };
    // Black where a bit is set, which is the first of eight pixels.
    let file = tiff(1, 1, 0, &[1; 40 * 5], &reversed(1));
    let as_it_is = Goal {
        max_side: None,
        ..SMALLER
    };
    let prepared = prepared(&file, as_it_is);
    let image = image::load_from_memory(prepared.file.as_ref().unwrap()).unwrap();
    let row: Vec<_> = (0..8).map(|x| image.get_pixel(x, 0).0[0]).collect();
    assert_eq!(row, [0, 255, 255, 255, 255, 255, 255, 255]);
    let error = prepare(
        tiff(1, 1, 0, &[1; 40 * 5], &reversed(4)),
        &SMALLER,
        &rules(),
    )
    .unwrap_err();
    assert_eq!(error.code(), tilewise::error::ErrorCode::UnsupportedFormat);
}

#[test]
fn colours_that_were_multiplied_by_alpha_are_divided_by_it() {
    let alpha = |kind: u16| [(338, SHORT, kind.to_le_bytes().to_vec())];
    let associated = tiff(4, 8, 2, &area(&[128, 64, 0, 128]), &alpha(1));
    assert!(is_near(
        middle(&prepared(&associated, SMALLER)),
        [255, 127, 0, 128]
    ));
    let plain = tiff(4, 8, 2, &area(&[128, 64, 0, 128]), &alpha(2));
    assert!(is_near(
        middle(&prepared(&plain, SMALLER)),
        [128, 64, 0, 128]
    ));
}

#[test]
fn the_profile_of_a_tiff_is_applied_whatever_its_size() {
    let profile = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    let file = tiff(
        3,
        8,
        2,
        &area(&[200, 60, 30]),
        &[(34675, UNDEFINED, profile)],
    );
    let prepared = prepared(&file, SMALLER);
    assert!(converts(&prepared), "{:?}", prepared.steps);
    assert_eq!(middle(&prepared)[0], 217);
}

#[test]
fn a_kind_of_tiff_that_is_not_decoded_is_refused_in_words_of_our_own() {
    let five = tiff(5, 8, 1, &area(&[1, 2, 3, 4, 5]), &[]);
    let error = prepare(five, &SMALLER, &rules()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "a kind of tiff that cannot be decoded here: 5 channels"
    );
}

// ── PNG ──────────────────────────────────────────────────────────────────────────────────────────

/// With these chunks behind the header.
fn png_with(chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let plain = png(RgbImage::from_pixel(40, 40, Rgb([200, 60, 30])));
    with_chunks(&plain, chunks)
}

fn with_chunks(plain: &[u8], chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    const HEADER: usize = 8 + 25;
    let mut file = plain[..HEADER].to_vec();
    for (name, data) in chunks {
        file.extend((data.len() as u32).to_be_bytes());
        let checked = [&name[..], data].concat();
        file.extend(&checked);
        file.extend(crate::fixtures::crc(&checked).to_be_bytes());
    }
    file.extend(&plain[HEADER..]);
    file
}

fn numbers(numbers: &[u32]) -> Vec<u8> {
    numbers
        .iter()
        .flat_map(|number| number.to_be_bytes())
        .collect()
}

/// Display P3, code points of ITU-T H.273.
const CODED_P3: [u8; 4] = [12, 13, 0, 1];
/// White, red, green, blue, each times 100,000.
const MEASURED_P3: [u32; 8] = [
    31_270, 32_900, 68_000, 32_000, 26_500, 69_000, 15_000, 6_000,
];
const MEASURED_SRGB: [u32; 8] = [
    31_270, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000,
];

#[test]
fn colours_that_a_png_states_without_a_profile_are_converted() {
    let gamma = |gamma| (b"gAMA", numbers(&[gamma]));
    for chunks in [
        vec![(b"cICP", CODED_P3.to_vec())],
        vec![(b"cHRM", numbers(&MEASURED_P3)), gamma(45_455)],
        vec![(b"cHRM", numbers(&MEASURED_P3))],
        vec![gamma(100_000)],
        // The code points come first.
        vec![(b"cICP", CODED_P3.to_vec()), (b"sRGB", vec![0])],
    ] {
        let prepared = prepared(&png_with(&chunks), SMALLER);
        assert!(converts(&prepared), "{chunks:?}: {:?}", prepared.steps);
        assert_ne!(middle(&prepared), [200, 60, 30, 255], "{chunks:?}");
    }
    for chunks in [
        vec![],
        vec![gamma(45_455)],
        vec![(b"cHRM", numbers(&MEASURED_SRGB)), gamma(45_455)],
        // What stands behind it in the order of the standard has no say.
        vec![(b"sRGB", vec![0]), (b"cHRM", numbers(&MEASURED_P3))],
        vec![
            (b"cICP", vec![1, 13, 0, 1]),
            (b"cHRM", numbers(&MEASURED_P3)),
        ],
        // Points on a line make no colours.
        vec![(b"cHRM", numbers(&[10_000; 8]))],
        vec![(b"cICP", vec![250, 250, 0, 1])],
    ] {
        let prepared = prepared(&png_with(&chunks), SMALLER);
        assert!(!converts(&prepared), "{chunks:?}: {:?}", prepared.steps);
        assert_eq!(middle(&prepared), [200, 60, 30, 255], "{chunks:?}");
    }
}

#[test]
fn the_white_of_a_page_in_high_dynamic_range_is_white() {
    let grey = |level: u8, transfer: u8| {
        let plain = png(RgbImage::from_pixel(40, 40, Rgb([level; 3])));
        let file = with_chunks(&plain, &[(b"cICP", vec![9, transfer, 0, 1])]);
        let prepared = prepared(&file, SMALLER);
        let says = prepared
            .steps
            .iter()
            .any(|step| step.contains("dynamic range"));
        assert!(says, "{:?}", prepared.steps);
        middle(&prepared)[0]
    };
    // 203 cd/m² by PQ (ITU-R BT.2408-7, table 1: 58 % of the signal) and 100, as zscale gives them.
    assert!(grey(148, 16) >= 253 && grey(255, 16) == 255 && grey(0, 16) == 0);
    assert!(grey(130, 16).abs_diff(186) <= 4, "{}", grey(130, 16));
    // By HLG at 75 %.
    assert!(grey(191, 18) >= 253 && grey(255, 18) == 255 && grey(0, 18) == 0);
}

// ── Never larger ─────────────────────────────────────────────────────────────────────────────────

fn jpeg_of(image: &RgbImage, quality: u8) -> Vec<u8> {
    let mut file = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut file, quality);
    image.write_with_encoder(encoder).unwrap();
    file
}

fn within(max_side: u64) -> Goal {
    Goal {
        max_side: Some(max_side),
        ..Goal::default()
    }
}

#[test]
fn a_photograph_that_becomes_smaller_in_pixels_has_no_more_bytes() {
    let photograph = photograph(400, 300);
    for quality in [5, 20, 50, 75, 90, 100] {
        let source = jpeg_of(&photograph, quality);
        for side in [399, 390, 300] {
            let prepared = prepared(&source, within(side));
            let bytes = prepared.file.as_ref().unwrap().len();
            assert!(
                bytes <= source.len(),
                "quality {quality}, {side}: {} → {bytes}",
                source.len()
            );
            assert!(
                prepared.facts.width >= side * 9 / 10,
                "{:?}",
                prepared.steps
            );
        }
    }
}

#[test]
fn what_is_encoded_again_keeps_no_more_quality_than_it_had() {
    let source = jpeg_of(&photograph(400, 300), 60);
    let steps = prepared(&source, within(200)).steps;
    assert_eq!(steps, ["resized 400×300 → 200×150", "jpeg quality 60"]);
    // Unless that is asked for.
    let asked = Goal {
        quality: Some(95),
        ..within(390)
    };
    let larger = prepared(&source, asked);
    assert!(larger.file.unwrap().len() > source.len());
}

#[test]
fn a_photograph_that_is_merely_turned_has_no_more_bytes() {
    let plain = jpeg_of(&photograph(400, 300), 70);
    let exif = crate::prepared::exif(6, false);
    let segment = [b"Exif\0\0".to_vec(), exif].concat();
    let length = (segment.len() as u16 + 2).to_be_bytes();
    let source = [&plain[..2], &[0xff, 0xe1], &length, &segment, &plain[2..]].concat();
    let turned = prepared(&source, Goal::default());
    assert_eq!((turned.facts.width, turned.facts.height), (300, 400));
    assert!(turned.file.unwrap().len() <= source.len());
}

#[test]
fn few_colours_stay_few_where_they_would_take_more_bytes() {
    // Thin lines of some colours on white, as of a diagram.
    let diagram = RgbImage::from_fn(600, 400, |x, y| match (x % 40, y % 25) {
        (0, _) => Rgb([0, 0, 0]),
        (_, 0) => Rgb([200, 30, 30]),
        _ if x / 40 == y / 25 => Rgb([30, 90, 200]),
        _ => Rgb([255, 255, 255]),
    });
    let source = png(diagram);
    let smaller = prepared(&source, within(550));
    assert!(
        smaller.file.as_ref().unwrap().len() <= source.len(),
        "{:?}",
        smaller.steps
    );
    let few = prepared(&jpeg(RgbImage::new(8, 8)), within(4));
    assert!(few.file.is_some());
}

#[test]
fn another_format_that_is_asked_for_may_take_more_bytes() {
    let source = jpeg_of(&photograph(400, 300), 30);
    let as_png = Goal {
        format: Some(OutputFormat::Png),
        ..within(390)
    };
    let larger = prepared(&source, as_png);
    assert_eq!(larger.facts.width, 390);
    assert!(larger.file.unwrap().len() > source.len());
}

#[test]
fn a_diagram_with_alpha_keeps_it() {
    let diagram = image::RgbaImage::from_fn(200, 200, |x, y| {
        if x / 20 == y / 20 {
            Rgba([200, 30, 30, 255])
        } else {
            Rgba([0, 0, 0, 0])
        }
    });
    let source = file(DynamicImage::from(diagram), ImageFormat::Png);
    let smaller = prepared(&source, within(150));
    assert!(
        smaller.file.as_ref().unwrap().len() <= source.len(),
        "{:?}",
        smaller.steps
    );
    let image = image::load_from_memory(smaller.file.as_ref().unwrap()).unwrap();
    assert!(image.color().has_alpha());
}

// ── Animations, and what is not decoded here ─────────────────────────────────────────────────────

#[test]
fn of_an_animation_it_is_said_how_many_frames_are_dropped() {
    for (name, dropped) in [
        ("gif/two-frames.gif", 1),
        ("gif/twenty-frames.gif", 19),
        ("gif/fifty-tiny-frames.gif", 50),
        ("gif/frames-with-own-colours.gif", 1),
        ("webp/forty-frames.webp", 39),
        ("webp/animated.webp", 2),
        ("png/animated.png", 2),
        ("gif/still.gif", 0),
    ] {
        let source = crate::fixtures::read(name);
        let prepared = prepared(&source, SMALLER);
        assert_eq!(prepared.dropped_frames, dropped, "{name}");
    }
}

#[test]
fn what_is_not_decoded_here_is_refused_before_the_goal_is_looked_at() {
    let heic = crate::fixtures::read("heic/alpha.heic");
    let hopeless = Goal {
        max_tokens: Some(0),
        ..Goal::default()
    };
    let error = prepare(heic, &hopeless, &rules()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "heic is not an image that can be decoded here: convert it to JPEG or PNG, or decode it yourself"
    );
}
