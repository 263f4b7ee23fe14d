//! Images that are odd, and that viewers show all the same. Each is served in every way.

use crate::hostile::{be, boxed, full_box};
use crate::source::probe_every_way;
use tilewise::error::ErrorCode;
use tilewise::media::{ImageFacts, Kind, MediaFacts};

fn facts(file: &[u8]) -> MediaFacts {
    probe_every_way(file).unwrap_or_else(|error| panic!("{error}"))
}

fn image(file: &[u8]) -> ImageFacts {
    match facts(file).kind {
        Kind::Image(image) => image,
        Kind::Video(_) => panic!("a video"),
    }
}

pub(crate) fn size(file: &[u8]) -> (u64, u64) {
    let facts = facts(file);
    (facts.display_width, facts.display_height)
}

/// What the message says of a file that is refused.
pub(crate) fn refusal(file: &[u8]) -> (ErrorCode, String) {
    let error = probe_every_way(file).unwrap_err();
    (error.code(), error.to_string())
}

// ── GIF ──

fn gif(width: u16, height: u16, blocks: &[Vec<u8>]) -> Vec<u8> {
    let screen = [width.to_le_bytes(), height.to_le_bytes()].concat();
    [b"GIF89a", &screen[..], &[0; 3], &blocks.concat()].concat()
}

fn gif_control(flags: u8) -> Vec<u8> {
    vec![0x21, 0xf9, 4, flags, 0, 0, 0, 0]
}

/// A frame whose data take so many bytes: left, top, width, height.
fn gif_frame(place: [u16; 4], data: usize) -> Vec<u8> {
    let sub_blocks = vec![1; data]
        .chunks(255)
        .fold(Vec::new(), |mut all, piece| {
            all.push(piece.len() as u8);
            all.extend_from_slice(piece);
            all
        });
    let place = place.map(u16::to_le_bytes).concat();
    [&[0x2c], &place[..], &[0, 2], &sub_blocks, &[0]].concat()
}

const GIF_END: [u8; 1] = [0x3b];

#[test]
fn a_gif_of_one_frame_is_a_still_wherever_its_control_lies() {
    // The end of the file that is looked through holds the control; or the trailer just about.
    for data in [1900, 2000, 2300, 2500, 3900] {
        let still = gif(
            54,
            44,
            &[
                gif_control(1),
                gif_frame([0, 0, 54, 44], data),
                GIF_END.to_vec(),
            ],
        );
        assert_eq!(image(&still).animated, Some(false), "{data} bytes");
    }
    // The end of a longer frame is not read.
    let long = [gif_control(1), gif_frame([0, 0, 54, 44], 9000)];
    assert_eq!(image(&gif(54, 44, &long)).animated, None);
}

#[test]
fn a_gif_is_opaque_only_where_no_frame_can_uncover_its_screen() {
    let opaque = gif_frame([0, 0, 40, 30], 20);
    let part = gif_frame([4, 4, 9, 9], 20);
    let end = GIF_END.to_vec();
    let alpha = |blocks: &[Vec<u8>]| image(&gif(40, 30, blocks)).has_alpha;
    assert_eq!(alpha(&[opaque.clone(), end.clone()]), Some(false));
    // The first does not cover the screen.
    assert_eq!(alpha(&[part.clone(), end.clone()]), None);
    // The second is taken away again, which uncovers what lies under it.
    let uncovering = [opaque.clone(), gif_control(2 << 2), part, end.clone()];
    assert_eq!(alpha(&uncovering), None);
    // Later frames are not excluded: reading ends before them.
    assert_eq!(alpha(&[gif_frame([0, 0, 40, 30], 9000), end.clone()]), None);
    assert_eq!(alpha(&[gif_control(1), opaque, end]), Some(true));
}

#[test]
fn a_gif_screen_grows_to_hold_its_first_frame() {
    let end = GIF_END.to_vec();
    let frame = |place| [gif_frame(place, 20), end.clone()];
    assert_eq!(size(&gif(10, 10, &frame([0, 0, 60, 40]))), (60, 40));
    assert_eq!(size(&gif(10, 10, &frame([5, 7, 60, 40]))), (65, 47));
    assert_eq!(size(&gif(0, 0, &frame([0, 0, 60, 40]))), (60, 40));
    assert_eq!(size(&gif(90, 0, &frame([0, 0, 60, 40]))), (90, 40));
    // However far behind the screen it begins.
    let comment = [
        &[0x21, 0xfe][..],
        &[&[255], &[1; 255][..]].concat().repeat(40),
        &[0],
    ]
    .concat();
    let late = [comment, gif_frame([0, 0, 60, 40], 20), end.clone()];
    assert_eq!(size(&gif(0, 0, &late)), (60, 40));
    let nothing = refusal(&gif(0, 0, &frame([0, 0, 0, 0])));
    assert_eq!(nothing.0, ErrorCode::Malformed);
}

#[test]
fn what_follows_the_first_frame_of_a_gif_is_no_damage_of_its_header() {
    let frame = gif_frame([0, 0, 60, 40], 20);
    let with = |behind: &[u8]| gif(60, 40, &[frame.clone(), behind.to_vec()]);
    for (behind, animated) in [
        (&[0, 0x3b][..], Some(false)),
        (&[0, 0, 7, 0x3b], Some(false)),
        (&[], None),
        (&[0x21], None),
        (&[0x21, 0xfe, 9], None),
    ] {
        let file = with(behind);
        assert_eq!(size(&file), (60, 40), "{behind:?}");
        assert_eq!(image(&file).animated, animated, "{behind:?}");
    }
    // Some viewers look for the next frame behind a stray byte, and some do not.
    let stray = gif(60, 40, &[frame.clone(), vec![0], frame.clone(), vec![0x3b]]);
    assert_eq!(image(&stray).animated, None);
    // Cut off inside the first frame.
    let file = with(&[]);
    for length in file.len() - 20..file.len() {
        assert_eq!(size(&file[..length]), (60, 40), "{length}");
    }
}

// ── WebP ──

fn webp(flags: u8, chunks: &[Vec<u8>]) -> Vec<u8> {
    let header = webp_chunk(b"VP8X", &[flags, 0, 0, 0, 59, 0, 0, 39, 0, 0]);
    let body = [&b"WEBP"[..], &header, &chunks.concat()].concat();
    [&b"RIFF"[..], &(body.len() as u32).to_le_bytes(), &body].concat()
}

fn webp_chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    [&name[..], &(data.len() as u32).to_le_bytes(), data].concat()
}

#[test]
fn a_webp_animation_of_one_frame_is_a_still() {
    const ANIMATION: u8 = 0x02;
    const XMP: u8 = 0x04;
    const EXIF: u8 = 0x08;
    const PROFILE: u8 = 0x20;
    let parameters = webp_chunk(b"ANIM", &[0; 6]);
    let frame = webp_chunk(b"ANMF", &[0; 3000]);
    let exif = webp_chunk(b"EXIF", b"MM\0*\0\0\0\x08\0\0\0\0\0\0");
    let xmp = webp_chunk(b"XMP ", b"<x/>");
    let profile = webp_chunk(b"ICCP", &[0; 5000]);
    let animated = |flags: u8, chunks: &[&[u8]]| {
        let chunks: Vec<_> = chunks.iter().map(|chunk| chunk.to_vec()).collect();
        image(&webp(ANIMATION | flags, &chunks)).animated
    };
    assert_eq!(animated(0, &[&parameters, &frame]), Some(false));
    assert_eq!(animated(XMP, &[&parameters, &frame, &xmp]), Some(false));
    assert_eq!(animated(EXIF, &[&parameters, &frame, &exif]), Some(false));
    assert_eq!(
        animated(PROFILE, &[&profile, &parameters, &frame]),
        Some(false)
    );
    assert_eq!(animated(0, &[&parameters, &frame, &frame]), Some(true));
    assert_eq!(
        animated(XMP, &[&parameters, &frame, &frame, &xmp]),
        Some(true)
    );
    // No frame came.
    assert_eq!(animated(0, &[&parameters]), None);
}

// ── JPEG ──

const JPEG_FRAME: &[u8] = b"\xff\xc0\x00\x0b\x08\x00\x28\x00\x3c\x01\x01\x11\x00\xff\xda\0\x02";

#[test]
fn jpeg_segments_and_bytes_that_decoders_skip_are_skipped() {
    let with = |before: &[u8]| [b"\xff\xd8", before, JPEG_FRAME].concat();
    for before in [
        b"\xff\xe0\0\0".to_vec(),
        b"\xff\xe0\0\x01".to_vec(),
        b"\xff\xe1\0\0\xff\xfe\0\x01".to_vec(),
        [b"\xff\xe0\0\x02", &[7; 5000][..]].concat(),
        [b"\xff\xe0\0\x02", &[7; 300_000][..]].concat(),
        [b"\xff\xe0\0\x02", &[0xff; 9000][..]].concat(),
        b"\xff\xe0\0\x02"
            .iter()
            .copied()
            .chain([0xff, 0].repeat(9000))
            .collect(),
    ] {
        assert_eq!(size(&with(&before)), (60, 40), "{} bytes", before.len());
    }
}

#[test]
fn a_lossless_jpeg_of_the_other_standard_is_named() {
    for before in [&b""[..], b"\xff\xe8\0\x04ab", b"\xff\xfe\0\x03c"] {
        let frame = b"\xff\xf7\0\x0b\x08\0\x28\0\x3c\x01\x01\x11\0\xff\xda\0\x08";
        let (code, message) = refusal(&[b"\xff\xd8", before, frame].concat());
        assert_eq!(code, ErrorCode::UnsupportedFormat);
        assert!(message.contains("JPEG-LS"), "{message}");
    }
}

// ── TIFF ──

fn tiff(head: &[u8], entries: &[(u16, u32)]) -> Vec<u8> {
    let at = 8 + head.len() as u32;
    let count = entries.len() as u16;
    let entries = entries.iter().flat_map(|(tag, value)| {
        let start = [tag.to_le_bytes(), 4_u16.to_le_bytes()].concat();
        [
            start,
            1_u32.to_le_bytes().to_vec(),
            value.to_le_bytes().to_vec(),
        ]
        .concat()
    });
    let entries: Vec<u8> = entries.collect();
    let start = [&b"II*\0"[..], &at.to_le_bytes(), head, &count.to_le_bytes()].concat();
    [&start[..], &entries, &[0; 4]].concat()
}

#[test]
fn a_tiff_of_sensor_data_is_a_raw_file() {
    const WIDTH: (u16, u32) = (256, 6080);
    const HEIGHT: (u16, u32) = (257, 4032);
    let rgb = tiff(&[], &[WIDTH, HEIGHT, (262, 2)]);
    assert_eq!(size(&rgb), (6080, 4032));
    for file in [
        tiff(&[], &[WIDTH, HEIGHT, (262, 32_803)]),
        tiff(&[], &[WIDTH, HEIGHT, (262, 34_892)]),
        tiff(b"IIII\x04waR", &[WIDTH, HEIGHT, (262, 2)]),
        tiff(b"MMMMRaw\x04", &[WIDTH, HEIGHT, (262, 2)]),
    ] {
        let (code, message) = refusal(&file);
        assert_eq!(code, ErrorCode::UnsupportedFormat);
        assert!(message.contains("raw"), "{message}");
    }
}

// ── Icons ──

#[test]
fn a_spreadsheet_is_no_icon() {
    // Lotus 1-2-3 of two releases, Symphony, Quattro Pro: the record that begins a file, and a range.
    for version in [0x0404_u16, 0x0406, 0x0405, 0x5120] {
        let begin = [&[0, 0, 2, 0][..], &version.to_le_bytes()].concat();
        for length in [8, 200, 40_000] {
            let file = [&begin[..], &[6, 0, 8, 0], &vec![0; length]].concat();
            let (code, message) = refusal(&file);
            assert_eq!(code, ErrorCode::UnsupportedFormat, "{version:x}");
            assert!(message.contains("spreadsheet"), "{message}");
        }
    }
}

// ── HEIF ──

fn be16(number: u16) -> [u8; 2] {
    number.to_be_bytes()
}

/// The head of a file in boxes that names these brands.
fn ftyp(brands: &[&[u8; 4]]) -> Vec<u8> {
    let others: Vec<u8> = brands.iter().skip(1).flat_map(|brand| **brand).collect();
    boxed(b"ftyp", &[&brands[0][..], &[0; 4], &others].concat())
}

/// Item 1 is primary; of each item its coding, and of each association the item and its properties.
struct Heif {
    items: Vec<&'static [u8; 4]>,
    /// From an item to others.
    references: Vec<(&'static [u8; 4], u16, Vec<u16>)>,
    properties: Vec<Vec<u8>>,
    /// A list of boxes, each a list of items.
    associations: Vec<Vec<(u16, Vec<u8>)>>,
}

impl Heif {
    fn meta(&self) -> Vec<u8> {
        let numbers = 1_u16..;
        let infos = self.items.iter().zip(numbers).map(|(coding, id)| {
            boxed(
                b"infe",
                &[&[2, 0, 0, 0], &be16(id)[..], &[0, 0], &coding[..]].concat(),
            )
        });
        let infos = infos.collect::<Vec<_>>().concat();
        let references = self.references.iter().map(|(kind, from, to)| {
            let to: Vec<u8> = to.iter().flat_map(|to| be16(*to)).collect();
            let count = be16(to.len() as u16 / 2);
            boxed(kind, &[&be16(*from)[..], &count, &to].concat())
        });
        let references = references.collect::<Vec<_>>().concat();
        let lists = self.associations.iter().map(|items| {
            let entries = items.iter().flat_map(|(item, properties)| {
                [&be16(*item)[..], &[properties.len() as u8], properties].concat()
            });
            let entries: Vec<u8> = entries.collect();
            full_box(b"ipma", &[&be(items.len() as u32)[..], &entries].concat())
        });
        let lists = lists.collect::<Vec<_>>().concat();
        let properties = boxed(b"ipco", &self.properties.concat());
        let count = be16(self.items.len() as u16);
        let boxes = [
            full_box(b"pitm", &be16(1)),
            full_box(b"iinf", &[&count[..], &infos].concat()),
            full_box(b"iref", &references),
            boxed(b"iprp", &[properties, lists].concat()),
        ];
        full_box(b"meta", &boxes.concat())
    }
}

fn ispe(width: u32, height: u32) -> Vec<u8> {
    full_box(b"ispe", &[be(width), be(height)].concat())
}

const ALPHA: &[u8] = b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0";

#[test]
fn every_list_of_associations_counts() {
    let clap = [30, 1, 20, 1, 0, 1, 0, 1].map(be).concat();
    let file = Heif {
        items: vec![b"av01", b"av01"],
        references: vec![(b"auxl", 2, vec![1])],
        properties: vec![
            ispe(90, 60),
            boxed(b"clap", &clap),
            boxed(b"irot", &[1]),
            full_box(b"auxC", ALPHA),
        ],
        associations: vec![
            vec![(2, vec![1])],
            vec![(1, vec![1])],
            vec![(1, vec![2])],
            vec![(1, vec![3]), (2, vec![4])],
        ],
    };
    let file = [ftyp(&[b"avif", b"mif1"]), file.meta()].concat();
    assert_eq!(size(&file), (20, 30));
    let image = image(&file);
    assert_eq!(image.orientation.number(), 8);
    assert_eq!(image.has_alpha, Some(true));
}

#[test]
fn alpha_may_hang_on_the_cells_of_a_grid() {
    for (brand, coding) in [(b"avif", b"av01"), (b"heic", b"hvc1")] {
        let with = |cell: u16, name: &[u8]| {
            let file = Heif {
                items: vec![b"grid", coding, coding, coding],
                references: vec![(b"dimg", 1, vec![2, 3]), (b"auxl", 4, vec![cell])],
                properties: vec![ispe(90, 60), full_box(b"auxC", name)],
                associations: vec![vec![(1, vec![1]), (4, vec![2])]],
            };
            image(&[ftyp(&[brand, b"mif1"]), file.meta()].concat()).has_alpha
        };
        assert_eq!(with(2, ALPHA), Some(true));
        assert_eq!(with(3, ALPHA), Some(true));
        assert_eq!(with(1, ALPHA), Some(true));
        assert_eq!(with(4, ALPHA), Some(false));
        assert_eq!(
            with(2, b"urn:com:apple:photo:2020:aux:depth\0"),
            Some(false)
        );
    }
}

/// A track of images; `more` stands in its sample entry.
fn image_track(handler: &[u8; 4], frames: u32, more: &[u8]) -> Vec<u8> {
    let mut entry = vec![0; 78];
    entry[24..28].copy_from_slice(&[0, 66, 0, 74]);
    entry.extend_from_slice(more);
    let tables = [
        full_box(b"stsd", &[&be(1)[..], &boxed(b"av01", &entry)].concat()),
        full_box(b"stsz", &[be(9), be(frames)].concat()),
    ];
    let information = boxed(b"minf", &boxed(b"stbl", &tables.concat()));
    let header = full_box(b"hdlr", &[&[0; 4][..], handler, &[0; 13]].concat());
    boxed(b"trak", &boxed(b"mdia", &[header, information].concat()))
}

fn still(brands: &[&[u8; 4]], properties: Vec<Vec<u8>>) -> Vec<u8> {
    let used: Vec<u8> = (1..=properties.len() as u8).collect();
    let file = Heif {
        items: vec![b"av01"],
        references: Vec::new(),
        properties,
        associations: vec![vec![(1, used)]],
    };
    [ftyp(brands), file.meta()].concat()
}

#[test]
fn a_sequence_has_alpha_in_a_track_of_its_own() {
    let auxiliary = |name: &[u8]| image_track(b"auxv", 5, &full_box(b"auxi", name));
    let sequence = |tracks: &[Vec<u8>]| {
        let movie = boxed(b"moov", &tracks.concat());
        let head = still(&[b"avis", b"avif", b"msf1"], vec![ispe(66, 74)]);
        image(&[head, movie].concat())
    };
    let images = image_track(b"pict", 5, &[]);
    let found = sequence(&[images.clone(), auxiliary(ALPHA)]);
    assert_eq!((found.has_alpha, found.animated), (Some(true), Some(true)));
    let found = sequence(&[auxiliary(ALPHA), images.clone()]);
    assert_eq!((found.has_alpha, found.animated), (Some(true), Some(true)));
    assert_eq!(
        sequence(&[images.clone(), auxiliary(b"depth\0")]).has_alpha,
        Some(false)
    );
    assert_eq!(sequence(&[images]).has_alpha, Some(false));
}

#[test]
fn a_sequence_whose_primary_item_has_no_size_has_that_of_its_track() {
    let movie = boxed(b"moov", &image_track(b"pict", 5, &[]));
    let file = [
        still(&[b"avis", b"msf1"], vec![boxed(b"irot", &[0])]),
        movie,
    ]
    .concat();
    assert_eq!(size(&file), (66, 74));
    assert_eq!(image(&file).animated, Some(true));
    let alone = still(&[b"avif", b"mif1"], vec![boxed(b"irot", &[0])]);
    assert_eq!(refusal(&alone).0, ErrorCode::Malformed);
}

#[test]
fn a_file_that_may_hold_a_sequence_and_has_no_movie_is_a_still() {
    let file = still(&[b"mif1", b"avif", b"msf1"], vec![ispe(66, 74)]);
    let whole = [&file[..], &boxed(b"mdat", &[7; 50])].concat();
    assert_eq!(image(&whole).animated, Some(false));
    // Cut off, that is unknown.
    assert_eq!(image(&whole[..whole.len() - 1]).animated, None);
    assert_eq!(image(&file).animated, None);
}
