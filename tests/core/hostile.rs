//! Headers that lie. Each is served in every way; none may panic, loop, or be believed where it
//! contradicts itself.

pub(crate) mod videos;

use crate::source::{Source, probe_every_way};
use tilewise::error::ErrorCode;
use tilewise::probe::{Probe, ProbeError};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// What a table expects of a file: its size as a viewer shows it, or the code of the error.
#[derive(Debug, PartialEq)]
enum Outcome {
    Shows(u64, u64),
    Fails(ErrorCode),
}
use Outcome::{Fails, Shows};

fn outcome(file: &[u8]) -> Outcome {
    match probe_every_way(file) {
        Ok(facts) => Shows(facts.display_width, facts.display_height),
        Err(error) => Fails(error.code()),
    }
}

fn assert_all<const N: usize>(table: [(&str, Vec<u8>, Outcome); N]) {
    for (name, file, expected) in table {
        assert_eq!(outcome(&file), expected, "{name}");
    }
}

pub(crate) fn be(number: u32) -> [u8; 4] {
    number.to_be_bytes()
}

fn le(number: u32) -> [u8; 4] {
    number.to_le_bytes()
}

pub(crate) fn chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    [&be(data.len() as u32)[..], name, data, &[0; 4]].concat()
}

pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
    let header = [&be(width)[..], &be(height), &[8, 2, 0, 0, 0]].concat();
    [PNG, &chunk(b"IHDR", &header)].concat()
}

#[test]
fn png_sides_and_lengths_that_cannot_be_are_refused() {
    assert_all([
        ("no width", png(0, 5), Fails(ErrorCode::Malformed)),
        (
            "a side of 2^32 - 1",
            png(u32::MAX, 5),
            Fails(ErrorCode::Malformed),
        ),
        (
            "a chunk of 2^32 - 1 bytes",
            [&png(5, 5)[..], &be(u32::MAX), b"tEXt"].concat(),
            Fails(ErrorCode::Malformed),
        ),
        (
            "a chunk of 2^31 - 1 bytes in a short file",
            [&png(5, 5)[..], &be(i32::MAX as u32), b"tEXt"].concat(),
            Fails(ErrorCode::Truncated),
        ),
        (
            "a header of 12 bytes",
            [PNG, &chunk(b"IHDR", &[1; 12])].concat(),
            Fails(ErrorCode::Malformed),
        ),
    ]);
}

#[test]
fn a_million_empty_segments_or_chunks_are_gone_over() {
    let segments = [&b"\xff\xd8"[..], &b"\xff\xe0\x00\x02".repeat(1 << 20)].concat();
    let chunks = [png(5, 5), chunk(b"tEXt", b"").repeat(1 << 19)].concat();
    let frame = b"\xff\xc0\x00\x0b\x08\x00\x05\x00\x05\x01\x01\x11\x00\xff\xda";
    for (file, end) in [(segments, &frame[..]), (chunks, &chunk(b"IDAT", b""))] {
        let error = Source::new(&file).probe().unwrap_err();
        assert_eq!(error.code(), ErrorCode::Truncated);
        let file = [&file, end].concat();
        let facts = Source::new(&file).probe().unwrap();
        assert_eq!((facts.width, facts.height), (5, 5));
    }
}

#[test]
fn gif_and_webp_lengths_that_lead_nowhere_are_cut_off() {
    let endless = [&b"GIF89a\x05\0\x05\0\0\0\0"[..], b"\x21\xfe", &[255; 300]].concat();
    let riff = |size: u32, rest: &[u8]| [&b"RIFF"[..], &le(size), b"WEBP", rest].concat();
    let extended = |flags: u8, rest: &[u8]| {
        let header = [&b"VP8X"[..], &le(10), &[flags, 0, 0, 0, 4, 0, 0, 4, 0, 0]].concat();
        riff(u32::MAX, &[&header, rest].concat())
    };
    assert_all([
        (
            "GIF of one long comment",
            endless,
            Fails(ErrorCode::Truncated),
        ),
        (
            "GIF without a screen",
            b"GIF89a\0\0\0\0\0\0\0\x3b".to_vec(),
            Fails(ErrorCode::Malformed),
        ),
        (
            "WebP of size 0",
            riff(0, &[&b"VP8L"[..], &le(5), &[0x2f, 4, 0, 1, 0]].concat()),
            Shows(5, 5),
        ),
        (
            "WebP with a chunk of 2^32 - 1 bytes before its EXIF",
            extended(8, &[&b"ICCP"[..], &le(u32::MAX)].concat()),
            // The container ends before, and what stands behind its end is none of its.
            Shows(5, 5),
        ),
        (
            "WebP with an EXIF chunk of 2^31 bytes",
            extended(
                8,
                &[&b"EXIF"[..], &le(1 << 31), b"MM\0*\0\0\0\x08"].concat(),
            ),
            Fails(ErrorCode::Truncated),
        ),
    ]);
}

fn exif(block: &[u8]) -> Vec<u8> {
    let length = (2 + 6 + block.len()) as u16;
    let frame = [0xff, 0xc0, 0, 11, 8, 0, 60, 0, 90, 1, 1, 0x11, 0];
    let segment = [&b"\xff\xe1"[..], &length.to_be_bytes(), b"Exif\0\0", block].concat();
    [&b"\xff\xd8"[..], &segment, &frame, b"\xff\xd9"].concat()
}

#[test]
fn nonsense_in_exif_leaves_the_image_upright() {
    let orientation = |number: u8| [1, 18, 0, 3, 0, 0, 0, 1, 0, number, 0, 0];
    let directory = |count: u16, entries: &[u8]| {
        let head = [&b"MM\0*\0\0\0\x08"[..], &count.to_be_bytes()].concat();
        exif(&[&head, entries].concat())
    };
    assert_all([
        (
            "orientation 6",
            directory(1, &orientation(6)),
            Shows(60, 90),
        ),
        (
            "orientation 0",
            directory(1, &orientation(0)),
            Shows(90, 60),
        ),
        (
            "orientation 9",
            directory(1, &orientation(9)),
            Shows(90, 60),
        ),
        (
            "a directory at 2^32 - 1",
            exif(b"MM\0*\xff\xff\xff\xff"),
            Shows(90, 60),
        ),
        (
            "a directory inside its own header",
            exif(b"MM\0*\0\0\0\0"),
            Shows(90, 60),
        ),
        (
            "65,535 entries announced, one there",
            directory(u16::MAX, &orientation(6)),
            Shows(60, 90),
        ),
        (
            "the 65,000 bytes that a segment holds, all of other entries",
            directory(u16::MAX, &[1; 64_992]),
            Shows(90, 60),
        ),
        (
            "an order of bytes that is none",
            exif(b"XX\0*\0\0\0\x08"),
            Shows(90, 60),
        ),
        ("nothing at all", exif(b""), Shows(90, 60)),
    ]);
}

fn tiff(entries: &[[u8; 12]], count: u16) -> Vec<u8> {
    let head = [&b"II*\0\x08\0\0\0"[..], &count.to_le_bytes()].concat();
    [head, entries.concat()].concat()
}

fn tiff_entry(tag: u16, kind: u16, count: u32, value: u32) -> [u8; 12] {
    let [t0, t1] = tag.to_le_bytes();
    let [k0, k1] = kind.to_le_bytes();
    let [c0, c1, c2, c3] = le(count);
    let [v0, v1, v2, v3] = le(value);
    [t0, t1, k0, k1, c0, c1, c2, c3, v0, v1, v2, v3]
}

#[test]
fn tiff_directories_that_lead_astray_are_refused() {
    const LONG: u16 = 4;
    let side = |tag, value| tiff_entry(tag, LONG, 1, value);
    let big =
        |offset: u64, rest: &[u8]| [&b"MM\0+\0\x08\0\0"[..], &offset.to_be_bytes(), rest].concat();
    assert_all([
        (
            "sides of 2^32 - 1",
            tiff(&[side(256, u32::MAX), side(257, u32::MAX)], 2),
            Shows(u32::MAX.into(), u32::MAX.into()),
        ),
        (
            "no height",
            tiff(&[side(256, 5)], 1),
            Fails(ErrorCode::Malformed),
        ),
        (
            "a width of zero",
            tiff(&[side(256, 0), side(257, 5)], 2),
            Fails(ErrorCode::Malformed),
        ),
        (
            "a width that is a text",
            tiff(&[tiff_entry(256, 2, 1, 5), side(257, 5)], 2),
            Fails(ErrorCode::Malformed),
        ),
        (
            "a width at 2^32 - 1",
            tiff(&[tiff_entry(256, LONG, 2, u32::MAX), side(257, 5)], 2),
            Fails(ErrorCode::Malformed),
        ),
        (
            "a directory that is its own header",
            b"II*\0\0\0\0\0".to_vec(),
            Fails(ErrorCode::Malformed),
        ),
        (
            "65,535 entries announced, two there",
            tiff(&[side(256, 5), side(257, 5)], u16::MAX),
            Fails(ErrorCode::Malformed),
        ),
        (
            "65,535 entries there",
            tiff(&[side(257, 5); 65_535], u16::MAX),
            Fails(ErrorCode::Malformed),
        ),
        (
            "BigTIFF with a directory at 2^64 - 1",
            big(u64::MAX, &[]),
            Fails(ErrorCode::Malformed),
        ),
        (
            "BigTIFF with 2^64 - 1 entries",
            big(16, &[0xff; 8]),
            Fails(ErrorCode::Malformed),
        ),
    ]);
}

fn bmp(header_length: u32, width: i32, height: i32) -> Vec<u8> {
    let sides = [width.to_le_bytes(), height.to_le_bytes()].concat();
    [&b"BM"[..], &[0; 12], &le(header_length), &sides, &[0; 108]].concat()
}

#[test]
fn bitmaps_and_icons_that_point_out_of_the_file_are_refused() {
    let icon =
        |count: u16, entries: &[u8]| [&b"\0\0\x01\0"[..], &count.to_le_bytes(), entries].concat();
    let entry = |offset: u32| [&[0, 0, 0, 0, 1, 0, 32, 0][..], &le(100), &le(offset)].concat();
    assert_all([
        ("upside down", bmp(40, 5, -7), Shows(5, 7)),
        ("the lowest height", bmp(40, 5, i32::MIN), Shows(5, 1 << 31)),
        ("no height", bmp(40, 5, 0), Fails(ErrorCode::Malformed)),
        (
            "a negative width",
            bmp(40, -5, 7),
            Fails(ErrorCode::Malformed),
        ),
        (
            "a header of 13 bytes",
            bmp(13, 5, 7),
            Fails(ErrorCode::Malformed),
        ),
        (
            "a header of 255 bytes",
            bmp(255, 5, 7),
            Fails(ErrorCode::Malformed),
        ),
        ("no icon", icon(0, &[]), Fails(ErrorCode::UnsupportedFormat)),
        (
            "65,535 icons announced",
            icon(u16::MAX, &entry(22)),
            Fails(ErrorCode::Truncated),
        ),
        (
            "an icon at 2^32 - 1",
            icon(1, &entry(u32::MAX)),
            Fails(ErrorCode::Truncated),
        ),
        (
            "an icon that is the directory itself",
            [icon(1, &entry(0)), vec![0; 64]].concat(),
            Fails(ErrorCode::Malformed),
        ),
    ]);
}

pub(crate) fn boxed(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [&be(8 + body.len() as u32)[..], kind, body].concat()
}

pub(crate) fn full_box(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    boxed(kind, &[&[0; 4], body].concat())
}

fn ftyp() -> Vec<u8> {
    boxed(b"ftyp", b"avif\0\0\0\0mif1")
}

/// An image of 90×60 that is item 1, with these boxes added to `meta` and to its properties.
pub(crate) fn avif(item: &[u8; 4], more: &[u8], properties: &[Vec<u8>]) -> Vec<u8> {
    let info = boxed(b"infe", &[&[2, 0, 0, 0, 0, 1, 0, 0], &item[..]].concat());
    let size = full_box(b"ispe", &[be(90), be(60)].concat());
    let count = 1 + properties.len() as u8;
    let associations: Vec<u8> = (1..=count).collect();
    let meta = [
        full_box(b"pitm", &[0, 1]),
        full_box(b"iinf", &[&[0, 1], &info[..]].concat()),
        more.to_vec(),
        boxed(
            b"iprp",
            &[
                boxed(b"ipco", &[size, properties.concat()].concat()),
                full_box(
                    b"ipma",
                    &[&[0, 0, 0, 1, 0, 1, count], &associations[..]].concat(),
                ),
            ]
            .concat(),
        ),
    ];
    [ftyp(), full_box(b"meta", &meta.concat())].concat()
}

#[test]
fn boxes_that_overlap_or_contain_themselves_are_refused() {
    let after_ftyp = |rest: &[u8]| [&ftyp(), rest].concat();
    let mut nested = b"meta".to_vec();
    for _ in 0..1000 {
        nested = full_box(b"meta", &nested);
    }
    let long = |size: u64| [&be(1)[..], b"mdat", &size.to_be_bytes()].concat();
    assert_all([
        ("a plain one", avif(b"av01", &[], &[]), Shows(90, 60)),
        ("no box at all", ftyp(), Fails(ErrorCode::Malformed)),
        (
            "a first box of 2^32 - 1 bytes",
            [&be(u32::MAX)[..], b"ftypavif", &[0; 64]].concat(),
            Fails(ErrorCode::Truncated),
        ),
        (
            "a box of 7 bytes",
            after_ftyp(&[&be(7)[..], b"meta"].concat()),
            Fails(ErrorCode::Malformed),
        ),
        (
            "a box of 2^32 - 1 bytes",
            after_ftyp(&[&be(u32::MAX)[..], b"mdat"].concat()),
            Fails(ErrorCode::Malformed),
        ),
        (
            "a box of 2^64 - 1 bytes",
            after_ftyp(&long(u64::MAX)),
            Fails(ErrorCode::Malformed),
        ),
        (
            "a long box shorter than its header",
            after_ftyp(&long(15)),
            Fails(ErrorCode::Malformed),
        ),
        (
            "a box that goes on to the end, without meta in it",
            after_ftyp(&[&be(0)[..], b"mdat", &[0; 40]].concat()),
            Fails(ErrorCode::Malformed),
        ),
        (
            "meta in meta, 1,000 deep",
            after_ftyp(&nested),
            Fails(ErrorCode::Malformed),
        ),
        (
            "a child longer than its parent",
            after_ftyp(&full_box(b"meta", &[&be(100)[..], b"pitm"].concat())),
            Fails(ErrorCode::Malformed),
        ),
    ]);
}

#[test]
fn items_that_refer_to_themselves_or_to_nothing_are_refused_or_ignored() {
    let itself = full_box(b"iref", &boxed(b"dimg", &[0, 1, 0, 1, 0, 1]));
    let many = full_box(b"iref", &boxed(b"auxl", &[0, 1, 0xff, 0xff, 0, 1]));
    let clap = |figures: [u32; 8]| boxed(b"clap", &figures.map(be).concat());
    let pasp = |across, down| boxed(b"pasp", &[be(across), be(down)].concat());
    assert_all([
        (
            "a grid of itself",
            avif(b"grid", &itself, &[]),
            Shows(90, 60),
        ),
        (
            "65,535 references announced, one there",
            avif(b"av01", &many, &[]),
            Shows(90, 60),
        ),
        (
            "an unknown coding",
            avif(b"j2k1", &[], &[]),
            Fails(ErrorCode::UnsupportedFormat),
        ),
        (
            "a size of zero behind the right one",
            avif(b"av01", &[], &[full_box(b"ispe", &[0; 8])]),
            Fails(ErrorCode::Malformed),
        ),
        (
            "a crop by zero",
            avif(b"av01", &[], &[clap([5, 0, 5, 0, 0, 0, 0, 0])]),
            Shows(90, 60),
        ),
        (
            "a crop to more than there is",
            avif(b"av01", &[], &[clap([u32::MAX, 1, 5, 1, 0, 1, 0, 1])]),
            Shows(90, 5),
        ),
        (
            "pixels without an aspect",
            avif(b"av01", &[], &[pasp(0, 0)]),
            Shows(90, 60),
        ),
        (
            "pixels of an absurd aspect",
            avif(b"av01", &[], &[pasp(1, u32::MAX)]),
            Shows(90, 60 * u64::from(u32::MAX)),
        ),
    ]);
}

#[test]
fn jpeg_xl_that_never_ends_its_header_is_refused() {
    let signature = b"\0\0\0\x0cJXL \r\n\x87\n";
    let file = |rest: &[u8]| [&signature[..], &boxed(b"ftyp", b"jxl \0\0\0\0jxl "), rest].concat();
    assert_all([
        ("no codestream", file(&[]), Fails(ErrorCode::Malformed)),
        (
            "parts without content",
            file(&boxed(b"jxlp", &[0; 4]).repeat(500)),
            Fails(ErrorCode::Malformed),
        ),
        (
            "parts of a byte each",
            file(
                &[0xff, 0x0a, 0xff, 0x07, 0x08, 0x00, 0x00]
                    .map(|byte| boxed(b"jxlp", &[0, 0, 0, 0, byte]))
                    .concat(),
            ),
            Shows(512, 256),
        ),
        (
            "a codestream that is none",
            file(&boxed(b"jxlc", b"\xff\xd8\xff\xe0")),
            Fails(ErrorCode::Malformed),
        ),
        (
            "bits that are all set",
            [&b"\xff\x0a"[..], &[0xff; 3000]].concat(),
            Shows(512, 256),
        ),
    ]);
}

#[test]
fn svgs_that_hide_their_root_are_refused_and_those_that_only_delay_it_are_not() {
    let root = "<svg width='5' height='7'/>";
    let long = |filler: &str| format!("{}{root}", filler.repeat(100_000 / filler.len()));
    let with = |attributes: &str| format!("<svg {attributes}/>").into_bytes();
    assert_all([
        (
            "behind 100,000 bytes of comments",
            long("<!---->").into_bytes(),
            Shows(5, 7),
        ),
        ("behind 100,000 spaces", long(" ").into_bytes(), Shows(5, 7)),
        (
            "behind an endless document type",
            long("<!DOCTYPE svg [").into_bytes(),
            Fails(ErrorCode::Truncated),
        ),
        (
            "in a comment only",
            format!("<!-- {root} --><p/>").into_bytes(),
            Fails(ErrorCode::UnsupportedFormat),
        ),
        (
            "a quote that never ends",
            with("width='5"),
            Fails(ErrorCode::Truncated),
        ),
        (
            "a quote that ends beyond 64 KiB",
            with(&format!("id='{}'", " ".repeat(70_000))),
            Shows(300, 150),
        ),
        (
            "a name without a value",
            with("width"),
            Fails(ErrorCode::Malformed),
        ),
        (
            "no width to speak of",
            with("width='0' height='5'"),
            Fails(ErrorCode::Malformed),
        ),
        (
            "an infinite width",
            with("width='1e999' height='5'"),
            Shows(300, 5),
        ),
        (
            "a negative width",
            with("width='-5' height='5'"),
            Shows(300, 5),
        ),
        (
            "a width that is no number",
            with("width='NaN' height='inf'"),
            Shows(300, 150),
        ),
        (
            "a width beyond 64 bits",
            with("width='1e300' height='5'"),
            Fails(ErrorCode::Malformed),
        ),
        (
            "a view box without area",
            with("viewBox='0 0 0 5'"),
            Shows(300, 150),
        ),
        (
            "a view box of five",
            with("viewBox='0 0 5 5 5'"),
            Shows(300, 150),
        ),
    ]);
}

#[test]
fn no_more_is_kept_than_was_allowed_whatever_a_header_claims() {
    let file = tiff(&[tiff_entry(257, 4, 1, 5); 65_535], u16::MAX);
    for max_bytes in [100, 5_000, 100_000] {
        let mut source = Source::new(&file);
        let error = source
            .run(Probe::new(None).with_max_bytes(max_bytes))
            .unwrap_err();
        assert_eq!(error, ProbeError::ReadLimit { max_bytes });
        let read: u64 = source
            .asked
            .iter()
            .map(|range| range.end - range.start)
            .sum();
        assert!(read <= max_bytes, "{read} of {max_bytes}");
    }
}
