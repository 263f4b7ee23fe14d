//! Videos that are odd, and that players show all the same. Each is served in every way.

use crate::container;
use crate::fixtures::read;
use crate::hostile::videos::{CLUSTER, element, mp4_head, webm, webm_track};
use crate::hostile::{be, boxed, full_box};
use crate::source::probe_every_way;
use std::collections::BTreeMap;
use tilewise::error::ErrorCode;
use tilewise::media::{Kind, MediaFacts, VideoFacts};
use tilewise::probe;

fn facts(file: &[u8]) -> MediaFacts {
    probe_every_way(file).unwrap_or_else(|error| panic!("{error}"))
}

fn video(file: &[u8]) -> VideoFacts {
    match facts(file).kind {
        Kind::Video(video) => video,
        Kind::Image(_) => panic!("an image"),
    }
}

/// Stored, and as shown.
fn sizes(file: &[u8]) -> [(u64, u64); 2] {
    let facts = facts(file);
    [
        (facts.width, facts.height),
        (facts.display_width, facts.display_height),
    ]
}

/// Bits, highest first.
#[derive(Default)]
pub(crate) struct Bits(Vec<bool>);

impl Bits {
    pub(crate) fn write(mut self, count: u32, value: u32) -> Self {
        self.0
            .extend((0..count).rev().map(|bit| value >> bit & 1 == 1));
        self
    }

    /// `ue(v)`.
    pub(crate) fn golomb(self, value: u32) -> Self {
        let bits = (value + 1).ilog2();
        self.write(bits, 0).write(bits + 1, value + 1)
    }

    pub(crate) fn bytes(self) -> Vec<u8> {
        let byte = |bits: &[bool]| bits.iter().fold(0, |byte, bit| byte << 1 | u8::from(*bit));
        let mut bits = self.write(1, 1).0;
        bits.resize(bits.len().next_multiple_of(8), false);
        bits.chunks(8).map(byte).collect()
    }
}

/// Parameters of H.264 whose macroblocks are cropped to a size; with a claim of ticks a second.
pub(crate) fn h264(width: u32, height: u32, ticks_per_second: Option<u32>) -> Vec<u8> {
    let blocks = |side: u32| side.div_ceil(16);
    let cut = |side: u32| (blocks(side) * 16 - side) / 2;
    let bits = Bits::default().write(8, 0x67).write(24, 0x42_00_1e);
    let bits = bits.golomb(0).golomb(0).golomb(2).golomb(1).write(1, 0);
    let bits = bits.golomb(blocks(width) - 1).golomb(blocks(height) - 1);
    let bits = bits.write(3, 0b111).golomb(0).golomb(cut(width));
    let bits = bits.golomb(0).golomb(cut(height));
    timed(bits, ticks_per_second).bytes()
}

/// The end of sequence parameters of H.264, with the ticks of a second where there are some.
pub(crate) fn timed(bits: Bits, ticks_per_second: Option<u32>) -> Bits {
    match ticks_per_second {
        None => bits.write(1, 0),
        // No aspect, colours or place of chroma; one unit a tick, a rate that is not fixed.
        Some(ticks) => bits
            .write(6, 0b10_0001)
            .write(32, 1)
            .write(32, ticks)
            .write(1, 0),
    }
}

pub(crate) fn avcc(width: u32, height: u32) -> Vec<u8> {
    let set = h264(width, height, None);
    let length = (set.len() as u16).to_be_bytes();
    boxed(
        b"avcC",
        &[&[1, 66, 0, 30, 0xff, 0xe1][..], &length, &set].concat(),
    )
}

// ── MP4 and QuickTime ──

/// What a track says of its size and its times; 10 frames of 100 ms by default.
struct Mp4 {
    described: (u16, u16),
    /// In the header of the track.
    shown: (u16, u16),
    matrix: [u32; 4],
    /// Boxes in the sample entry.
    more: Vec<u8>,
    runs: Vec<[u32; 2]>,
    /// From decoding to showing.
    offsets: Vec<[u32; 2]>,
    ticks: u32,
    movie_ticks: u32,
    edits: Vec<[u32; 3]>,
}

impl Default for Mp4 {
    fn default() -> Self {
        Self {
            described: (64, 48),
            shown: (64, 48),
            matrix: [1 << 16, 0, 0, 1 << 16],
            more: Vec::new(),
            runs: vec![[10, 100]],
            offsets: Vec::new(),
            ticks: 1000,
            movie_ticks: 1000,
            edits: Vec::new(),
        }
    }
}

impl Mp4 {
    fn moov(&self) -> Vec<u8> {
        let matrix =
            |[a, b, c, d]: [u32; 4]| [a, b, 0, c, d, 0, 0, 0, 0x4000_0000].map(be).concat();
        let identity = matrix([1 << 16, 0, 0, 1 << 16]);
        let time = [be(1000), be(self.movie_ticks)].concat();
        let about = [&[0; 12][..], &time, &[0; 16], &identity, &[0; 28]].concat();
        let (width, height) = self.shown;
        let shown = [be(u32::from(width) << 16), be(u32::from(height) << 16)].concat();
        let start = [&[0, 0, 0, 1][..], &[0; 8], &be(1), &[0; 24]].concat();
        let header = [&start[..], &matrix(self.matrix), &shown].concat();
        let media = [&[0; 12][..], &be(1000), &be(self.ticks), &[0; 4]].concat();
        let handler = [&[0; 8][..], b"vide", &[0; 13]].concat();
        let (width, height) = self.described;
        let mut entry = vec![0; 78];
        entry[24..26].copy_from_slice(&width.to_be_bytes());
        entry[26..28].copy_from_slice(&height.to_be_bytes());
        entry.extend_from_slice(&self.more);
        let runs: Vec<u8> = self.runs.iter().flatten().flat_map(|n| be(*n)).collect();
        let offsets: Vec<u8> = self.offsets.iter().flatten().flat_map(|n| be(*n)).collect();
        let edits: Vec<u8> = self.edits.iter().flatten().flat_map(|n| be(*n)).collect();
        let edits = [&be(self.edits.len() as u32)[..], &edits].concat();
        let tables = [
            full_box(b"stsd", &[&be(1)[..], &boxed(b"avc1", &entry)].concat()),
            full_box(b"stts", &[&be(self.runs.len() as u32)[..], &runs].concat()),
            full_box(b"stsz", &[be(9), be(10)].concat()),
            match self.offsets.len() as u32 {
                0 => Vec::new(),
                count => full_box(b"ctts", &[&be(count)[..], &offsets].concat()),
            },
        ];
        let media = [
            boxed(b"mdhd", &media),
            boxed(b"hdlr", &handler),
            boxed(b"minf", &boxed(b"stbl", &tables.concat())),
        ];
        let track = [
            boxed(b"tkhd", &header),
            boxed(b"edts", &full_box(b"elst", &edits)),
            boxed(b"mdia", &media.concat()),
        ];
        let movie = [boxed(b"mvhd", &about), boxed(b"trak", &track.concat())];
        boxed(b"moov", &movie.concat())
    }

    fn file(&self) -> Vec<u8> {
        [mp4_head(), self.moov()].concat()
    }
}

#[test]
fn an_mp4_has_the_size_of_its_sequence_parameters_and_no_aspect_by_the_difference() {
    for shown in [(50, 34), (64, 48)] {
        let padded = Mp4 {
            shown,
            more: avcc(50, 34),
            ..Mp4::default()
        };
        assert_eq!(sizes(&padded.file()), [(50, 34); 2], "{shown:?}");
    }
    // An aspect of pixels stays one.
    let wide = Mp4 {
        described: (720, 576),
        shown: (1024, 576),
        more: avcc(720, 576),
        ..Mp4::default()
    };
    assert_eq!(sizes(&wide.file()), [(720, 576), (1024, 576)]);
    let plain = Mp4 {
        more: boxed(b"avcC", &[1, 2, 3]),
        ..Mp4::default()
    };
    assert_eq!(sizes(&plain.file()), [(64, 48); 2]);
}

#[test]
fn an_edit_keeps_the_frames_that_it_shows_whatever_the_order_of_their_decoding() {
    // Decoded at 0, 100, 300, 400 and 500, shown at 200, 700, 400, 500 and 600.
    let frames = |length: u32, offsets: &[[u32; 2]]| {
        let file = Mp4 {
            runs: vec![[1, 100], [1, 200], [3, 100]],
            offsets: offsets.to_vec(),
            ticks: 600,
            movie_ticks: 600,
            edits: vec![[length, 200, 1 << 16]],
            ..Mp4::default()
        };
        video(&file.file()).frame_count
    };
    let offsets = [[1, 200], [1, 600], [3, 100]];
    for (length, right) in [
        (1, 1),
        (101, 1),
        (200, 1),
        (201, 2),
        (301, 3),
        (401, 4),
        (500, 4),
        (501, 5),
    ] {
        assert_eq!(frames(length, &offsets), Some(right), "{length}");
    }
    // A table that ends too soon goes on as it ended, one with entries of nothing passes over them.
    assert_eq!(
        frames(401, &[[1, 200], [0, 9], [1, 600], [1, 100]]),
        Some(4)
    );
}

#[test]
fn an_mp4_whose_table_tells_no_times_is_as_long_as_its_headers_say() {
    for runs in [vec![[10, 0]], Vec::new(), vec![[4, 0], [6, 0]]] {
        let with = |ticks: u32, movie_ticks: u32, edits: &[[u32; 3]]| {
            let file = Mp4 {
                runs: runs.clone(),
                ticks,
                movie_ticks,
                edits: edits.to_vec(),
                ..Mp4::default()
            };
            let video = video(&file.file());
            (video.duration_ms, video.frame_count)
        };
        assert_eq!(with(4000, 5000, &[]), (Some(4000.0), Some(10)));
        assert_eq!(with(0, 5000, &[]), (Some(5000.0), Some(10)));
        assert_eq!(with(u32::MAX, 5000, &[]), (Some(5000.0), Some(10)));
        assert_eq!(with(0, 0, &[]), (None, Some(10)));
        let half = [[2000, 0, 1 << 16]];
        assert_eq!(with(4000, 4000, &half), (Some(2000.0), Some(5)));
    }
}

#[test]
fn a_step_back_in_an_mp4_is_no_frame_of_days() {
    let back = |ticks: i32| ticks.cast_unsigned();
    let file = Mp4 {
        runs: vec![[5, 100], [1, back(-50)], [4, 100]],
        ..Mp4::default()
    };
    let seen = video(&file.file());
    assert_eq!(
        (seen.duration_ms, seen.frame_count),
        (Some(850.0), Some(10))
    );
    let cut = Mp4 {
        edits: vec![[500, 0, 1 << 16]],
        ..file
    };
    assert_eq!(video(&cut.file()).frame_count, Some(5));
    // All of them: no time goes by.
    let nothing = Mp4 {
        runs: vec![[10, back(-1)]],
        ..Mp4::default()
    };
    assert_eq!(video(&nothing.file()).duration_ms, Some(1000.0));
}

#[test]
fn a_second_index_counts_where_the_first_has_no_video_or_no_frames() {
    let right = Mp4::default().moov();
    let empty = boxed(b"moov", b"");
    let frames = boxed(b"mdat", &[7; 5000]);
    let file = [mp4_head(), empty.clone(), frames.clone(), right.clone()].concat();
    assert_eq!(video(&file).frame_count, Some(10));
    let unfinished = full_box(b"stsz", &[be(0), be(0)].concat());
    let mut first = Mp4 {
        runs: Vec::new(),
        ticks: 0,
        movie_ticks: 0,
        ..Mp4::default()
    }
    .moov();
    let at = first.len() - unfinished.len();
    first[at..].copy_from_slice(&unfinished);
    let file = [mp4_head(), first, frames, right.clone()].concat();
    assert_eq!(video(&file).frame_count, Some(10));
    // Of two whole ones the first counts.
    let other = Mp4 {
        runs: vec![[4, 100]],
        ..Mp4::default()
    };
    let file = [mp4_head(), right, other.moov()].concat();
    assert_eq!(video(&file).frame_count, Some(10));
}

#[test]
fn a_matrix_that_scales_one_side_makes_pixels_wide_or_tall() {
    const ONE: u32 = 1 << 16;
    let shown = |matrix: [u32; 4]| {
        let file = Mp4 {
            matrix,
            ..Mp4::default()
        };
        sizes(&file.file())[1]
    };
    assert_eq!(shown([2 * ONE, 0, 0, ONE]), (128, 48));
    assert_eq!(shown([ONE, 0, 0, 2 * ONE]), (64, 96));
    assert_eq!(shown([ONE / 2, 0, 0, ONE]), (64, 96));
    // Both alike change nothing, and nor does a matrix of zeros.
    assert_eq!(shown([2 * ONE, 0, 0, 2 * ONE]), (64, 48));
    assert_eq!(shown([0; 4]), (64, 48));
    // Turned to the right: what was wide is tall.
    assert_eq!(shown([0, 2 * ONE, ONE.wrapping_neg(), 0]), (48, 128));
}

/// zlib without compression (RFC 1950 and RFC 1951, section 3.2.4), of less than 65,536 bytes.
fn zlib(data: &[u8]) -> Vec<u8> {
    let (a, b) = data.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    let length = data.len() as u16;
    let lengths = [length.to_le_bytes(), (!length).to_le_bytes()].concat();
    [&[0x78, 1, 1][..], &lengths, data, &be(b << 16 | a)].concat()
}

fn compressed(kind: &[u8; 4], data: &[u8], claimed: u32) -> Vec<u8> {
    let resource = [
        boxed(b"dcom", kind),
        boxed(b"cmvd", &[&be(claimed)[..], data].concat()),
    ];
    let movie = boxed(b"moov", &boxed(b"cmov", &resource.concat()));
    [boxed(b"ftyp", b"qt  \0\0\0\0"), movie].concat()
}

#[test]
fn a_compressed_index_is_read_as_far_as_it_is_no_bomb() {
    let moov = Mp4::default().moov();
    let length = moov.len() as u32;
    let file = compressed(b"zlib", &zlib(&moov), length);
    let seen = video(&file);
    assert_eq!(
        (seen.duration_ms, seen.frame_count),
        (Some(1000.0), Some(10))
    );
    assert_eq!(sizes(&file), [(64, 48); 2]);
    let packed = zlib(&moov);
    let mut broken = packed.clone();
    broken[2] = 7;
    let nested = compressed(b"zlib", &packed, length);
    let nested = &nested[20..];
    for file in [
        compressed(b"lzma", &packed, length),
        compressed(b"zlib", &packed, length - 1),
        compressed(b"zlib", &packed, 0),
        compressed(b"zlib", &broken, length),
        compressed(b"zlib", &packed[..40], length),
        compressed(b"zlib", &zlib(b"text"), 4),
        compressed(b"zlib", &zlib(nested), nested.len() as u32),
    ] {
        let error = probe_every_way(&file).unwrap_err();
        assert!(matches!(
            error.code(),
            ErrorCode::Malformed | ErrorCode::UnsupportedFormat | ErrorCode::Truncated
        ));
    }
}

// ── Matroska ──

/// Nanoseconds of a frame of 25 a second.
const FRAME_NS: u32 = 40_000_000;

/// A track of VP9, 25 frames a second unless said otherwise, and sound beside it or not.
fn tracks(frame_ns: Option<u32>, has_audio: bool) -> Vec<u8> {
    let rate = frame_ns.map_or(Vec::new(), |ns| element(&[0x23, 0xe3, 0x83], &be(ns)));
    let uid = element(&[0x73, 0xc5], &[7]);
    let mut tracks = webm_track(&[rate, uid].concat());
    if has_audio {
        let sound = element(
            &[0xae],
            &[element(&[0xd7], &[2]), element(&[0x83], &[2])].concat(),
        );
        tracks = element(&[0x16, 0x54, 0xae, 0x6b], &[&tracks[8..], &sound].concat());
    }
    tracks
}

/// The duration in milliseconds, and the program that wrote the file.
fn info(milliseconds: f64, writer: &str) -> Vec<u8> {
    let duration = element(&[0x44, 0x89], &milliseconds.to_be_bytes());
    let writer = element(&[0x57, 0x41], writer.as_bytes());
    element(&[0x15, 0x49, 0xa9, 0x66], &[duration, writer].concat())
}

/// A cluster of unknown length, whose blocks are of a track, at milliseconds from its own time.
fn cluster(timestamp: u32, blocks: &[(u8, u16)]) -> Vec<u8> {
    let blocks = blocks.iter().flat_map(|(track, time)| {
        let [upper, lower] = time.to_be_bytes();
        element(&[0xa3], &[0x80 | track, upper, lower, 0x80, 1, 2, 3])
    });
    let blocks: Vec<u8> = blocks.collect();
    let time = element(&[0xe7], &be(timestamp));
    [CLUSTER, &[0xff], &time, &blocks].concat()
}

fn frames(times: impl Iterator<Item = u16>) -> Vec<u8> {
    cluster(0, &times.map(|time| (1, time)).collect::<Vec<_>>())
}

/// Tags of the track with UID 7.
fn tags(values: &[(&str, &str)]) -> Vec<u8> {
    let values = values.iter().flat_map(|(name, value)| {
        let name = element(&[0x45, 0xa3], name.as_bytes());
        let value = element(&[0x44, 0x87], value.as_bytes());
        element(&[0x67, 0xc8], &[name, value].concat())
    });
    let values: Vec<u8> = values.collect();
    let target = element(&[0x63, 0xc0], &element(&[0x63, 0xc5], &[7]));
    let tag = element(&[0x73, 0x73], &[target, values].concat());
    element(&[0x12, 0x54, 0xc3, 0x67], &tag)
}

fn rounded(video: &VideoFacts) -> (Option<u64>, Option<u64>) {
    let milliseconds = video.duration_ms.map(|ms| ms.round() as u64);
    (video.frame_count, milliseconds)
}

#[test]
fn statistics_of_another_file_do_not_count_frames() {
    let with = |writer: &str, values: &[(&str, &str)]| {
        let values = [values, &[("_STATISTICS_WRITING_APP", "mkvmerge v74")]].concat();
        let parts = [
            info(2000.0, writer),
            tracks(Some(FRAME_NS), false),
            tags(&values),
        ];
        let images = frames((0..50).map(|index| index * 40));
        let video = video(&webm(&[parts.concat(), images].concat()));
        (rounded(&video), video.frames_derived)
    };
    const DURATION: (&str, &str) = ("DURATION", "00:00:02.000000000");
    let derived = ((Some(50), Some(2000)), true);
    // Cut: as many bytes and bits a second as the source had.
    let of_source = [
        ("NUMBER_OF_FRAMES", "480"),
        ("NUMBER_OF_BYTES", "196612"),
        ("BPS", "78644"),
    ];
    assert_eq!(
        with("Lavf59", &[&of_source[..], &[DURATION]].concat()),
        derived
    );
    assert_eq!(
        with("mkvmerge v74", &[&of_source[..], &[DURATION]].concat()),
        derived
    );
    // Encoded again at another rate, and as long.
    assert_eq!(
        with("Lavf59", &[("NUMBER_OF_FRAMES", "60"), DURATION]),
        derived
    );
    // More than any video has.
    let absurd = [("NUMBER_OF_FRAMES", "5000"), DURATION];
    assert_eq!(with("mkvmerge v74", &absurd), derived);
    // Its own, of frames that do not keep to the rate; and those of a copy.
    let own = [("NUMBER_OF_FRAMES", "44"), DURATION];
    assert_eq!(with("mkvmerge v74", &own), ((Some(44), Some(2000)), false));
    let copied = [("NUMBER_OF_FRAMES", "49"), DURATION];
    assert_eq!(with("Lavf59", &copied), ((Some(49), Some(2000)), false));
}

#[test]
fn a_rate_that_the_frames_do_not_keep_to_counts_none() {
    let count = |frame_ns: u32, times: &[u16]| {
        let head = [info(2000.0, ""), tracks(Some(frame_ns), false)].concat();
        let video = video(&webm(&[head, frames(times.iter().copied())].concat()));
        (video.frame_count, video.frame_rate.map(f64::round))
    };
    assert_eq!(count(FRAME_NS, &[0, 40, 80, 120]), (Some(50), Some(25.0)));
    assert_eq!(count(FRAME_NS, &[0, 80, 120, 160]), (None, None));
    assert_eq!(count(FRAME_NS / 2, &[0, 40, 80, 120]), (None, None));
    assert_eq!(count(1_000_000, &[]), (None, None));
}

#[test]
fn a_video_is_as_long_as_its_own_frames_beside_longer_sound() {
    let sound: Vec<(u8, u16)> = (0..200).map(|index| (2, index * 20)).collect();
    let images = |index: u16| (1, 120 + index * 40);
    let mut blocks = vec![(2, 0)];
    blocks.extend((0..25).map(images));
    let with = |has_audio: bool, clusters: &[Vec<u8>]| {
        let head = [info(4000.0, ""), tracks(Some(FRAME_NS), has_audio)].concat();
        rounded(&video(&webm(&[head, clusters.concat()].concat())))
    };
    // From the first frame on, and to the end of the last one.
    let mixed = [cluster(0, &blocks), cluster(1120, &sound)];
    assert_eq!(with(true, &mixed), (Some(25), Some(1000)));
    // A track alone is as long as the file says.
    let alone = [frames((0..8).map(|index| index * 40))];
    assert_eq!(with(false, &alone), (Some(100), Some(4000)));
}

#[test]
fn recordings_one_behind_the_other_are_as_long_as_all_of_them() {
    let recording = |count: u16| {
        let images = frames((0..count).map(|index| index * 40));
        webm(&[tracks(Some(FRAME_NS), false), images].concat())
    };
    let file = [recording(75), recording(50)].concat();
    assert_eq!(rounded(&video(&file)), (Some(125), Some(5000)));
    let file = [recording(10), recording(20), recording(30)].concat();
    assert_eq!(rounded(&video(&file)), (Some(60), Some(2400)));
}

#[test]
fn a_recording_that_ends_inside_an_element_is_read_as_far_as_it_goes() {
    let head = webm(&tracks(Some(FRAME_NS), false));
    let images = frames((0..50).map(|index| index * 40));
    let file = [&head[..], &images].concat();
    // Inside the head of the cluster, of its time and of its blocks.
    for length in head.len()..file.len() {
        let seen = facts(&file[..length]);
        assert_eq!((seen.width, seen.height), (8, 6), "{length}");
    }
    assert_eq!(
        rounded(&video(&file[..file.len() - 1])),
        (Some(50), Some(2000))
    );
    assert_eq!(
        rounded(&video(&file[..file.len() - 9])),
        (Some(49), Some(1960))
    );
}

// ── Codecs ──

/// Names by the tags of two containers, as FFmpeg's library tells them.
#[derive(serde::Deserialize)]
struct CodecTags {
    mov: BTreeMap<String, Vec<String>>,
    avi: BTreeMap<String, Vec<String>>,
}

#[test]
fn codecs_have_the_names_that_ffprobe_prints() {
    let tags: CodecTags = serde_json::from_slice(&read("codec-tags.json")).unwrap();
    let code = |hexadecimal: &str| {
        let byte = |at: usize| u8::from_str_radix(&hexadecimal[2 * at..2 * at + 2], 16).unwrap();
        [byte(0), byte(1), byte(2), byte(3)]
    };
    let mov = Mp4::default().file();
    let avi = container::avi(&[container::avi_stream(7, 90, 60)]);
    let mut compared = 0;
    for (file, tag, names) in [(mov, b"avc1", &tags.mov), (avi, b"MJPG", &tags.avi)] {
        // Of an AVI the last one is in the format.
        let at = file.windows(4).rposition(|window| window == tag).unwrap();
        for (name, codes) in names {
            for hexadecimal in codes {
                let mut file = file.clone();
                file[at..at + 4].copy_from_slice(&code(hexadecimal));
                let facts = probe::bytes(&file).unwrap();
                let Kind::Video(video) = facts.kind else {
                    panic!("an image");
                };
                assert_eq!(video.codec.as_ref(), Some(name), "{hexadecimal}");
                compared += 1;
            }
        }
    }
    assert!(compared >= 500, "{compared} tags");
}
