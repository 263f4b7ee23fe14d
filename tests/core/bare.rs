//! A word planted wherever a file can hold one, and looked for in what comes out.

use crate::fixtures;
use crate::prepared::{exif, file, jpeg, jpeg_with_exif, photograph, png, prepared, rules};
use image::codecs::gif::GifEncoder;
use image::{DynamicImage, ImageFormat, RgbImage, RgbaImage};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use tilewise::media::{Format, MediaFacts};
use tilewise::prepare::{Goal, prepare};
use tilewise::probe;

const WORD: &str = "Rue-Mouffetard-42";

/// The word as a program of Windows writes it.
fn utf_16() -> Vec<u8> {
    WORD.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn utf_16_big() -> Vec<u8> {
    WORD.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

fn holds(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

fn holds_word(bytes: &[u8]) -> bool {
    holds(bytes, WORD.as_bytes()) || holds(bytes, &utf_16()) || holds(bytes, &utf_16_big())
}

/// A place, and the file that has the word there.
type Planted = (&'static str, Vec<u8>);

fn image() -> RgbImage {
    photograph(64, 40)
}

fn joined(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
    let length = (content.len() as u16 + 2).to_be_bytes();
    joined(&[&[0xff, marker], &length, content])
}

/// Puts bytes before the first segment of that marker.
fn before(jpeg: &[u8], marker: u8, bytes: &[u8]) -> Vec<u8> {
    let at = jpeg.windows(2).position(|pair| pair == [0xff, marker]);
    let (front, back) = jpeg.split_at(at.unwrap());
    joined(&[front, bytes, back])
}

fn behind_start(jpeg: &[u8], bytes: &[u8]) -> Vec<u8> {
    joined(&[&jpeg[..2], bytes, &jpeg[2..]])
}

/// An Exif block, little-endian, whose directories are lists of tag, type and value.
fn tiff(directories: &[&[(u16, u16, Vec<u8>)]]) -> Vec<u8> {
    let mut block = b"II*\0\x08\0\0\0".to_vec();
    for (index, entries) in directories.iter().enumerate() {
        let values_at = block.len() + 2 + entries.len() * 12 + 4;
        let mut values: Vec<u8> = Vec::new();
        block.extend((entries.len() as u16).to_le_bytes());
        for (tag, kind, value) in *entries {
            let size = match kind {
                3 => 2,
                4 | 13 => 4,
                _ => 1,
            };
            block.extend(tag.to_le_bytes());
            block.extend(kind.to_le_bytes());
            block.extend((value.len() as u32 / size).to_le_bytes());
            if value.len() <= 4 {
                block.extend(value);
                block.extend(vec![0; 4 - value.len()]);
            } else {
                block.extend((values_at as u32 + values.len() as u32).to_le_bytes());
                values.extend(value);
            }
        }
        let next = values_at + values.len();
        let is_last = index + 1 == directories.len();
        block.extend(if is_last { 0 } else { next as u32 }.to_le_bytes());
        block.extend(values);
    }
    block
}

fn word() -> Vec<u8> {
    WORD.as_bytes().to_vec()
}

/// The offset of the directory behind the first, which has one entry: of a position, or of a camera's own notes.
fn pointer() -> Vec<u8> {
    (8 + 2 + 12 + 4_u32).to_le_bytes().to_vec()
}

fn exif_blocks() -> Vec<Planted> {
    let thumbnail = behind_start(&jpeg(photograph(16, 16)), &segment(0xfe, WORD.as_bytes()));
    vec![
        ("EXIF, ASCII", tiff(&[&[(0x010e, 2, word())]])),
        ("EXIF, UNDEFINED", tiff(&[&[(0x9286, 7, word())]])),
        ("EXIF, BYTE in UTF-16", tiff(&[&[(0x9c9e, 1, utf_16())]])),
        (
            "EXIF, comment in UTF-16",
            tiff(&[&[(0x9286, 7, joined(&[b"UNICODE\0", &utf_16()]))]]),
        ),
        (
            "EXIF, position by a pointer of type IFD",
            tiff(&[&[(0x8825, 13, pointer())], &[(0x001c, 7, word())]]),
        ),
        (
            "EXIF, position by a pointer of type LONG",
            tiff(&[&[(0x8825, 4, pointer())], &[(0x001c, 7, word())]]),
        ),
        (
            "EXIF, notes of the maker",
            tiff(&[&[(0x8769, 4, pointer())], &[(0x927c, 7, word())]]),
        ),
        (
            "EXIF, second directory",
            tiff(&[&[(0x0112, 3, vec![1, 0])], &[(0x010f, 2, word())]]),
        ),
        (
            "EXIF, thumbnail",
            tiff(&[&[(0x0112, 3, vec![1, 0])], &[(0x0201, 7, thumbnail)]]),
        ),
    ]
}

fn jpegs() -> Vec<Planted> {
    const APPS: [&str; 16] = [
        "APP0", "APP1", "APP2", "APP3", "APP4", "APP5", "APP6", "APP7", "APP8", "APP9", "APP10",
        "APP11", "APP12", "APP13", "APP14", "APP15",
    ];
    let bare = jpeg(image());
    let word = WORD.as_bytes();
    let with = |marker, content: &[u8]| behind_start(&bare, &segment(marker, content));
    let named = |marker, name: &[u8]| with(marker, &joined(&[name, word]));
    let commented = with(0xfe, word);
    let mut planted = vec![("comment", commented.clone())];
    for (marker, name) in (0xe0..).zip(APPS) {
        planted.push((name, named(marker, b"Own\0")));
    }
    for (name, block) in exif_blocks() {
        planted.push((name, jpeg_with_exif(&bare, &block)));
    }
    let xmp = b"http://ns.adobe.com/xap/1.0/\0";
    let start_of_photoshop = b"Photoshop 3.0\08BIM\x04\x04\0\0\0\0\0\x16\x1c\x02\x5a\0\x11";
    planted.extend([
        ("XMP", named(0xe1, xmp)),
        ("XMP in UTF-16", with(0xe1, &joined(&[xmp, &utf_16_big()]))),
        (
            "XMP, extended",
            named(
                0xe1,
                b"http://ns.adobe.com/xmp/extension/\0\
                  00112233445566778899AABBCCDDEEFF\0\0\0\x11\0\0\0\0",
            ),
        ),
        ("IPTC", named(0xed, start_of_photoshop)),
        (
            "second image, with its index",
            joined(&[&with(0xe2, b"MPF\0II*\0\x08\0\0\0\0\0"), &commented]),
        ),
        (
            "video behind the image",
            joined(&[&bare, b"\0\0\0\x18ftypmp42", word]),
        ),
        ("bytes between segments", before(&bare, 0xdb, word)),
        ("comment behind the frame", {
            before(&bare, 0xda, &segment(0xfe, word))
        }),
        ("comment behind the pixels", {
            before(&bare, 0xd9, &segment(0xfe, word))
        }),
        ("comment behind fill bytes", {
            before(&bare, 0xdb, &joined(&[&[0xff; 5], &segment(0xfe, word)]))
        }),
        ("JFIF, thumbnail", {
            let thumbnail = b"JFIF\0\x01\x02\0\0\x01\0\x01\x06\x01";
            joined(&[
                &bare[..2],
                &segment(0xe0, &joined(&[thumbnail, word, b"."])),
                &bare[20..],
            ])
        }),
        ("JFIF, other thumbnail", named(0xe0, b"JFXX\0\x10")),
        (
            "Adobe, beyond its end",
            named(0xee, b"Adobe\0\x64\0\0\0\0\x01"),
        ),
        ("no ICC profile", named(0xe2, b"ICC_PROFILE\0\x01\x01")),
        ("undefined marker", named(0xf3, b"")),
    ]);
    planted
}

fn chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let checked = joined(&[name, data]);
    let mut check = u32::MAX;
    for byte in &checked {
        check ^= u32::from(*byte);
        for _ in 0..8 {
            check = (check >> 1) ^ (0xedb8_8320 * (check & 1));
        }
    }
    let length = (data.len() as u32).to_be_bytes();
    joined(&[&length, &checked, &(!check).to_be_bytes()])
}

/// Puts bytes before the first chunk of that name.
fn before_chunk(png: &[u8], name: &[u8; 4], bytes: &[u8]) -> Vec<u8> {
    let at = png.windows(4).position(|window| window == name).unwrap() - 4;
    joined(&[&png[..at], bytes, &png[at..]])
}

fn png_with_text(add: impl FnOnce(&mut png::Encoder<'_, &mut Vec<u8>>)) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, 64, 40);
    encoder.set_color(png::ColorType::Rgb);
    add(&mut encoder);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&image()).unwrap();
    writer.finish().unwrap();
    file
}

fn pngs() -> Vec<Planted> {
    let bare = png(image());
    let word = WORD.as_bytes();
    let with = |name, data: &[u8]| before_chunk(&bare, b"IDAT", &chunk(name, data));
    let behind = |name, data: &[u8]| before_chunk(&bare, b"IEND", &chunk(name, data));
    let exif = tiff(&[&[(0x010e, 2, self::word())]]);
    let xmp = joined(&[b"XML:com.adobe.xmp\0\0\0\0\0", word]);
    // So that it is worth compressing.
    let long = WORD.repeat(20);
    vec![
        ("tEXt", with(b"tEXt", &joined(&[b"Place\0", word]))),
        (
            "tEXt behind the pixels",
            behind(b"tEXt", &joined(&[b"Place\0", word])),
        ),
        ("name of a tEXt", with(b"tEXt", &joined(&[word, b"\0x"]))),
        (
            "zTXt",
            png_with_text(|encoder| {
                let keyword = "Raw profile type xmp".to_owned();
                encoder.add_ztxt_chunk(keyword, long.clone()).unwrap();
            }),
        ),
        (
            "iTXt",
            png_with_text(|encoder| {
                encoder
                    .add_itxt_chunk("Place".to_owned(), long.clone())
                    .unwrap();
            }),
        ),
        ("XMP in iTXt", with(b"iTXt", &xmp)),
        ("eXIf", with(b"eXIf", &exif)),
        ("eXIf behind the pixels", behind(b"eXIf", &exif)),
        ("private chunk", with(b"loCa", word)),
        (
            "name of a palette",
            with(b"sPLT", &joined(&[word, b"\0\x08"])),
        ),
        ("density of too many bytes", with(b"pHYs", word)),
        ("frame of no animation", behind(b"fdAT", word)),
        ("behind the end", joined(&[&bare, word])),
        ("in the end", {
            let end = bare.len() - 12;
            joined(&[&bare[..end], &chunk(b"IEND", word)])
        }),
    ]
}

fn webp_chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let length = (data.len() as u32).to_le_bytes();
    let padding = &[0][..data.len() % 2];
    joined(&[name, &length, data, padding])
}

fn webp_of(chunks: &[&[u8]]) -> Vec<u8> {
    let body = chunks.concat();
    let length = (body.len() as u32 + 4).to_le_bytes();
    joined(&[b"RIFF", &length, b"WEBP", &body])
}

fn webps() -> Vec<Planted> {
    let simple = file(image(), ImageFormat::WebP);
    let pixels = &simple[12..];
    let word = WORD.as_bytes();
    let extended = |flags: u8, chunks: &[&[u8]]| {
        let header = webp_chunk(b"VP8X", &[flags, 0, 0, 0, 63, 0, 0, 39, 0, 0]);
        webp_of(&[&[&header[..]], chunks].concat())
    };
    let exif = tiff(&[&[(0x010e, 2, self::word())]]);
    vec![
        (
            "EXIF chunk",
            extended(8, &[pixels, &webp_chunk(b"EXIF", &exif)]),
        ),
        (
            "EXIF chunk that no flag announces",
            extended(0, &[pixels, &webp_chunk(b"EXIF", &exif)]),
        ),
        (
            "XMP chunk",
            extended(4, &[pixels, &webp_chunk(b"XMP ", word)]),
        ),
        (
            "unknown chunk",
            extended(0, &[&webp_chunk(b"loca", word), pixels]),
        ),
        (
            "profile that no flag announces",
            extended(0, &[&webp_chunk(b"ICCP", word), pixels]),
        ),
        (
            "chunk behind a simple image",
            webp_of(&[pixels, &webp_chunk(b"EXIF", &exif)]),
        ),
        (
            "image behind the image",
            webp_of(&[pixels, &webp_chunk(b"VP8L", word)]),
        ),
        ("behind the file", joined(&[&simple, word])),
    ]
}

/// Of formats that are never handed on as they are.
fn others() -> Vec<Planted> {
    let mut gif = Vec::new();
    let frame = image::Frame::new(RgbaImage::from_pixel(
        64,
        40,
        image::Rgba([9, 80, 200, 255]),
    ));
    GifEncoder::new(&mut gif).encode_frames([frame]).unwrap();
    let word = WORD.as_bytes();
    let block = joined(&[&[word.len() as u8], word, b"\0"]);
    let extended = |head: &[u8]| {
        let table = 3 << ((gif[10] & 7) + 1);
        let start = if gif[10] & 0x80 == 0 { 13 } else { 13 + table };
        joined(&[&gif[..start], b"\x21", head, &block, &gif[start..]])
    };
    let bmp = file(image(), ImageFormat::Bmp);
    let strip = vec![200; 64 * 40];
    let value = |value: u32| value.to_le_bytes().to_vec();
    let mut entries = vec![
        (256, 4, value(64)),
        (257, 4, value(40)),
        (258, 3, vec![8, 0]),
        (262, 3, vec![1, 0]),
        (270, 2, self::word()),
        (273, 4, value(0)),
        (278, 4, value(40)),
        (279, 4, value(64 * 40)),
    ];
    let length = tiff(&[&entries]).len() as u32;
    entries[5].2 = value(length);
    vec![
        ("GIF, comment", extended(b"\xfe")),
        ("GIF, application", extended(b"\xff\x0bOwnProgram1")),
        (
            "GIF, text",
            extended(b"\x01\x0c\0\0\0\0\x40\0\x28\0\x08\x08\x01\0"),
        ),
        ("GIF, behind the trailer", joined(&[&gif, word])),
        ("TIFF, description", joined(&[&tiff(&[&entries]), &strip])),
        ("BMP, behind the pixels", joined(&[&bmp, word])),
    ]
}

fn decoded(file: &[u8]) -> DynamicImage {
    image::load_from_memory(file).unwrap()
}

/// Of what the probe says, all but sizes in bytes.
fn shown(file: &[u8]) -> MediaFacts {
    let mut facts = probe::bytes(file).unwrap().with_bytes(None);
    facts.bytes_read = 0;
    facts
}

#[test]
fn no_word_comes_out_of_any_place_and_no_pixel_changes() {
    let kept = [jpegs(), pngs(), webps()].concat();
    assert!(kept.len() >= 60, "{}", kept.len());
    for (place, file) in &kept {
        let bare = prepared(file, Goal::default());
        assert!(bare.steps[0].starts_with("removed metadata: "), "{place}");
        assert_eq!(bare.steps.len(), 1, "{place}: {:?}", bare.steps);
        let bytes = bare.file.unwrap();
        assert!(!holds_word(&bytes), "{place}");
        assert!(bytes.len() < file.len(), "{place}");
        assert_eq!(shown(&bytes), shown(file), "{place}");
        assert!(decoded(&bytes) == decoded(file), "{place}");
        // Chunks of text may be compressed.
        for name in [b"tEXt", b"zTXt", b"iTXt", b"eXIf"] {
            assert!(!holds(&bytes, name), "{place}");
        }
        let again = prepared(&bytes, Goal::default());
        assert_eq!((again.file, again.steps), (None, vec![]), "{place}");
    }
    let smaller = Goal {
        max_side: Some(20),
        ..Goal::default()
    };
    for (place, file) in kept.iter().chain(&others()) {
        let changed = prepared(file, smaller);
        assert_eq!(changed.facts.width, 20, "{place}");
        assert!(!holds_word(&changed.file.unwrap()), "{place}");
    }
    for (place, file) in others() {
        let changed = prepared(&file, Goal::default());
        assert!(!holds_word(&changed.file.unwrap()), "{place}");
    }
}

#[test]
fn it_is_said_what_was_removed() {
    let steps = |place: &str| {
        let planted = [jpegs(), pngs(), webps()].concat();
        let (_, file) = planted
            .into_iter()
            .find(|(name, _)| *name == place)
            .unwrap();
        prepared(&file, Goal::default()).steps.concat()
    };
    assert_eq!(steps("XMP, extended"), "removed metadata: XMP");
    assert_eq!(steps("IPTC"), "removed metadata: IPTC");
    assert_eq!(steps("comment"), "removed metadata: comments");
    assert_eq!(
        steps("behind the end"),
        "removed metadata: 17 B behind the image"
    );
    let second = steps("second image, with its index");
    assert!(
        second.starts_with("removed metadata: index of other images, "),
        "{second}"
    );
    assert!(second.ends_with(" KB behind the image"), "{second}");
    assert_eq!(steps("zTXt"), "removed metadata: text");
    assert_eq!(steps("XMP chunk"), "removed metadata: XMP");
}

#[test]
fn colours_density_and_animation_stay() {
    let profile = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    let icc = joined(&[b"ICC_PROFILE\0\x01\x01", &profile]);
    let adobe = segment(0xee, b"Adobe\0\x64\0\0\0\0\x01");
    let bare = behind_start(&jpeg(image()), &joined(&[&segment(0xe2, &icc), &adobe]));
    assert_eq!(prepared(&bare, Goal::default()).file, None);
    let commented = before(&bare, 0xda, &segment(0xfe, WORD.as_bytes()));
    assert_eq!(prepared(&commented, Goal::default()).file, Some(bare));

    let chunks = [
        chunk(b"gAMA", &[0, 0, 0xb1, 0x8f]),
        chunk(b"cHRM", &[0; 32]),
        chunk(b"cICP", &[12, 13, 0, 1]),
        chunk(b"sBIT", &[8, 8, 8]),
        chunk(b"pHYs", &[0, 0, 1, 0, 0, 0, 1, 0, 1]),
    ];
    let bare = before_chunk(&png(image()), b"IDAT", &chunks.concat());
    assert_eq!(prepared(&bare, Goal::default()).file, None);
    let timed = before_chunk(&bare, b"IDAT", &chunk(b"tIME", &[7, 234, 11, 29, 1, 2, 3]));
    assert_eq!(prepared(&timed, Goal::default()).file, Some(bare));
}

#[test]
fn an_orientation_behind_the_pixels_stays_alone() {
    let bare = png(image());
    let turned = before_chunk(&bare, b"IEND", &chunk(b"eXIf", &exif(6, true)));
    let prepared = prepared(&turned, Goal::default());
    let alone = before_chunk(&bare, b"IEND", &chunk(b"eXIf", &exif(6, false)[..26]));
    assert_eq!(prepared.file.as_ref(), Some(&alone));
    assert_eq!(
        prepare(alone, &Goal::default(), &rules()).unwrap().file,
        None
    );
}

#[test]
fn a_word_behind_the_last_block_goes_though_the_pixels_are_encoded_for_it() {
    for word in [WORD.as_bytes(), &utf_16(), &utf_16_big()] {
        let planted = before(&jpeg(image()), 0xd9, word);
        let prepared = prepared(&planted, Goal::default());
        assert_eq!(prepared.steps, ["jpeg quality 75"]);
        assert!(!holds_word(&prepared.file.unwrap()));
    }
}

#[test]
fn a_file_that_is_cut_off_or_damaged_comes_out_without_a_word_or_not_at_all() {
    for (place, file) in [jpegs(), pngs(), webps()].concat() {
        for length in (0..file.len()).step_by(17) {
            if let Ok(prepared) = prepare(file[..length].to_vec(), &Goal::default(), &rules()) {
                let bytes = prepared.file.unwrap_or_else(|| file[..length].to_vec());
                assert!(!holds_word(&bytes), "{place}, {length}");
            }
        }
    }
}

/// What a program may put into a file, in whatever place.
fn any_part() -> impl Strategy<Value = (f64, u8, Vec<u8>)> {
    (
        0.0..1.0,
        any::<u8>(),
        prop::collection::vec(any::<u8>(), 0..40),
    )
}

/// The file with parts between those that it has.
fn with_parts(file: &[u8], format: Format, parts: &[(f64, u8, Vec<u8>)]) -> Vec<u8> {
    let starts = match format {
        Format::Jpeg => {
            let mut starts = vec![2];
            while file[starts[starts.len() - 1] + 1] != 0xda {
                let at = starts[starts.len() - 1];
                let length = u16::from_be_bytes([file[at + 2], file[at + 3]]);
                starts.push(at + 2 + usize::from(length));
            }
            starts
        }
        _ => {
            let mut starts = vec![33];
            while starts[starts.len() - 1] < file.len() {
                let at = starts[starts.len() - 1];
                let length = u32::from_be_bytes(file[at..at + 4].try_into().unwrap());
                starts.push(at + 12 + length as usize);
            }
            starts.pop();
            starts
        }
    };
    let mut file = file.to_vec();
    let mut parts: Vec<_> = parts
        .iter()
        .map(|(at, kind, data)| (starts[(starts.len() as f64 * at) as usize], kind, data))
        .collect();
    parts.sort();
    for (at, kind, data) in parts.into_iter().rev() {
        let part = match format {
            Format::Jpeg if kind % 3 == 0 => segment(0xfe, data),
            // Not APP0 and APP14, which say something about colours.
            Format::Jpeg => segment(0xe1 + kind % 13, data),
            _ => {
                let names = [b"tEXt", b"zTXt", b"iTXt", b"tIME", b"prVt", b"sPLT"];
                chunk(names[usize::from(kind % 6)], data)
            }
        };
        file.splice(at..at, part);
    }
    file
}

#[test]
fn whatever_is_put_into_a_file_its_pixels_and_facts_stay() {
    let bases: Vec<_> = [
        ("jpeg/baseline.jpg", Format::Jpeg),
        ("jpeg/progressive-grey.jpg", Format::Jpeg),
        ("png/rgb.png", Format::Png),
        ("png/palette-transparent.png", Format::Png),
    ]
    .map(|(name, format)| (fixtures::read(name), format))
    .into();
    let strategy = (0..bases.len(), prop::collection::vec(any_part(), 0..6));
    let seed = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let config = Config {
        cases: 300,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new_with_rng(config, seed)
        .run(&strategy, |(index, parts)| {
            let (base, format) = &bases[index];
            let full = with_parts(base, *format, &parts);
            let prepared = prepared(&full, Goal::default());
            prop_assert_eq!(prepared.file.is_some(), !prepared.steps.is_empty());
            let bare = prepared.file.unwrap_or_else(|| full.clone());
            prop_assert!(decoded(&bare) == decoded(&full));
            prop_assert_eq!(shown(&bare), shown(&full));
            prop_assert_eq!(
                &prepare(base.clone(), &Goal::default(), &rules())
                    .unwrap()
                    .file
                    .unwrap_or_else(|| base.clone()),
                &bare
            );
            Ok(())
        })
        .unwrap();
}

#[test]
fn of_every_fixture_that_meets_its_goal_pixels_and_facts_stay() {
    let mut changed = 0;
    for name in fixtures::truths().into_keys() {
        let file = fixtures::read(&name);
        let Ok(prepared) = prepare(file.clone(), &Goal::default(), &rules()) else {
            continue;
        };
        let is_bare = prepared.steps.concat().starts_with("removed metadata");
        if let (true, Some(bare)) = (is_bare, &prepared.file) {
            changed += 1;
            assert_eq!(shown(bare), shown(&file), "{name}");
            if let Ok(before) = image::load_from_memory(&file) {
                assert!(decoded(bare) == before, "{name}");
            }
        }
    }
    assert!(changed > 10, "{changed}");
}
