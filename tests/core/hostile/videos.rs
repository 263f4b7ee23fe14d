//! Videos in boxes and in elements whose indices lie.

use super::{Fails, Outcome, Shows, assert_all, be, boxed, full_box, outcome};
use crate::source::Source;
use tilewise::error::ErrorCode;
use tilewise::media::{Kind, VideoFacts};
use tilewise::probe;

pub(crate) fn mp4_head() -> Vec<u8> {
    boxed(b"ftyp", b"isom\0\0\0\0mp42")
}

fn be16(number: u16) -> [u8; 2] {
    number.to_be_bytes()
}

/// What a track may lie about; by default it is 1 second of 10 frames of 8×6 pixels.
pub(crate) struct Track {
    pub(crate) timescale: u32,
    pub(crate) ticks: u32,
    pub(crate) side: u16,
    pub(crate) runs: Vec<[u32; 2]>,
    pub(crate) run_count: u32,
    pub(crate) edits: Vec<u8>,
}

impl Default for Track {
    fn default() -> Self {
        Self {
            timescale: 1000,
            ticks: 1000,
            side: 8,
            runs: vec![[10, 100]],
            run_count: 1,
            edits: Vec::new(),
        }
    }
}

impl Track {
    pub(crate) fn boxed(&self) -> Vec<u8> {
        let header = [
            &[0, 0, 0, 1][..],
            &[0; 8],
            &be(1),
            &[0; 24],
            &IDENTITY,
            &be(0),
            &be(0),
        ]
        .concat();
        let media_header = [&[0; 12][..], &be(self.timescale), &be(self.ticks), &[0; 4]].concat();
        let handler = [&[0; 8][..], b"vide", &[0; 13]].concat();
        let mut entry = vec![0; 78];
        entry[24..26].copy_from_slice(&be16(self.side));
        entry[26..28].copy_from_slice(&be16(if self.side == 0 { 0 } else { 6 }));
        let descriptions = [&be(1)[..], &boxed(b"avc1", &entry)].concat();
        let runs: Vec<u8> = self.runs.iter().flatten().flat_map(|n| be(*n)).collect();
        let times = [&be(self.run_count)[..], &runs].concat();
        let sizes = [&be(0)[..], &be(10), &[0; 40]].concat();
        let tables = [
            full_box(b"stsd", &descriptions),
            full_box(b"stts", &times),
            full_box(b"stsz", &sizes),
        ];
        let edits = if self.edits.is_empty() {
            Vec::new()
        } else {
            boxed(b"edts", &full_box(b"elst", &self.edits))
        };
        let information = boxed(b"minf", &boxed(b"stbl", &tables.concat()));
        let media = [
            boxed(b"mdhd", &media_header),
            boxed(b"hdlr", &handler),
            information,
        ];
        boxed(
            b"trak",
            &[
                boxed(b"tkhd", &header),
                edits,
                boxed(b"mdia", &media.concat()),
            ]
            .concat(),
        )
    }

    pub(crate) fn video(&self, more: &[u8]) -> Vec<u8> {
        movie(&[&self.boxed(), more].concat())
    }
}

/// The matrix that changes nothing.
const IDENTITY: [u8; 36] = {
    let mut matrix = [0; 36];
    matrix[1] = 1;
    matrix[17] = 1;
    matrix[32] = 0x40;
    matrix
};

pub(crate) fn movie(tracks: &[u8]) -> Vec<u8> {
    let header = [&[0; 12][..], &be(1000), &[0; 20], &IDENTITY, &[0; 28]].concat();
    let moov = boxed(b"moov", &[&boxed(b"mvhd", &header), tracks].concat());
    [mp4_head(), moov].concat()
}

fn video(file: &[u8]) -> VideoFacts {
    outcome(file);
    let facts = probe::bytes(file).unwrap();
    match facts.kind {
        Kind::Video(video) => video,
        Kind::Image(_) => panic!("an image"),
    }
}

#[test]
fn a_track_that_tells_the_truth_is_believed() {
    let facts = video(&Track::default().video(&[]));
    assert_eq!(facts.frame_count, Some(10));
    assert_eq!(facts.duration_ms, Some(1000.0));
    assert_eq!(facts.frame_rate, Some(10.0));
    assert_eq!(facts.codec.as_deref(), Some("h264"));
}

#[test]
fn indices_of_impossible_lengths_are_refused() {
    let head = mp4_head();
    let after = |rest: &[u8]| [&head, rest].concat();
    let wide = |size: u64| [&be(1)[..], b"moov", &size.to_be_bytes()].concat();
    let table: [(&str, Vec<u8>, Outcome); 10] = [
        ("no index", head.clone(), Fails(ErrorCode::Malformed)),
        (
            "an index of 2^32 - 1 bytes",
            after(&[&be(u32::MAX)[..], b"moov"].concat()),
            Fails(ErrorCode::Truncated),
        ),
        (
            "an index of 2^64 - 1 bytes",
            after(&wide(u64::MAX)),
            Fails(ErrorCode::Malformed),
        ),
        (
            "an index of 15 bytes",
            after(&wide(15)),
            Fails(ErrorCode::Malformed),
        ),
        (
            "an empty index",
            after(&boxed(b"moov", b"")),
            Fails(ErrorCode::UnsupportedFormat),
        ),
        (
            "frames that go on behind the file",
            after(&[&be(1 << 30)[..], b"mdat"].concat()),
            Fails(ErrorCode::Truncated),
        ),
        (
            "frames to the end of the file",
            after(&[&be(0)[..], b"mdat", &[0; 99]].concat()),
            Fails(ErrorCode::Malformed),
        ),
        (
            "a track longer than its movie",
            movie(&[&be(1 << 20)[..], b"trak"].concat()),
            Fails(ErrorCode::Malformed),
        ),
        (
            "no ticks a second",
            Track {
                timescale: 0,
                ..Track::default()
            }
            .video(&[]),
            Shows(8, 6),
        ),
        (
            "frames without a size",
            Track {
                side: 0,
                ..Track::default()
            }
            .video(&[]),
            Fails(ErrorCode::UnsupportedFormat),
        ),
    ];
    assert_all(table);
}

#[test]
fn a_thousand_nested_movies_or_half_a_million_empty_boxes_are_gone_over() {
    let mut nested = Track::default().boxed();
    for _ in 0..1000 {
        nested = boxed(b"trak", &nested);
    }
    assert_eq!(
        outcome(&movie(&nested)),
        Fails(ErrorCode::UnsupportedFormat)
    );
    let empty = [mp4_head(), boxed(b"free", b"").repeat(1 << 19)].concat();
    let error = Source::new(&empty).probe().unwrap_err();
    assert_eq!(error.code(), ErrorCode::Malformed);
    let video = [empty, Track::default().video(&[])].concat();
    assert!(Source::new(&video).probe().is_ok());
}

#[test]
fn tables_that_claim_more_than_they_hold_are_read_as_far_as_they_go() {
    let long = Track {
        run_count: u32::MAX,
        ticks: u32::MAX,
        ..Track::default()
    };
    assert_eq!(video(&long.video(&[])).frame_count, Some(10));

    let endless = Track {
        runs: vec![[u32::MAX, 1 << 31]; 300],
        run_count: 300,
        ticks: u32::MAX,
        ..Track::default()
    };
    // Longer than any number in JavaScript tells.
    assert_eq!(outcome(&endless.video(&[])), Fails(ErrorCode::Malformed));
}

#[test]
fn edits_that_keep_nothing_or_more_than_there_is_do_not_add_frames() {
    let edits = |entries: &[[u32; 3]]| {
        let entries = entries.iter().flatten().flat_map(|number| be(*number));
        let mut table = be(1).to_vec();
        table.extend(entries);
        let track = Track {
            edits: table,
            ..Track::default()
        };
        video(&track.video(&[]))
    };
    const RATE: u32 = 1 << 16;
    assert_eq!(edits(&[[500, 0, RATE]]).frame_count, Some(5));
    assert_eq!(edits(&[[u32::MAX, 0, RATE]]).frame_count, Some(10));
    assert_eq!(edits(&[[0, 0, RATE]]).frame_count, Some(10));
    // Behind the last frame, and nothing but a pause.
    assert_eq!(edits(&[[500, u32::MAX / 2, RATE]]).frame_count, None);
    assert_eq!(edits(&[[500, u32::MAX, RATE]]).frame_count, Some(10));
}

/// A fragment of one run, whose lengths of frames are not said with them.
fn fragment(frames: u32, flags: u32) -> Vec<u8> {
    let header = full_box(b"tfhd", &be(1));
    let run = boxed(b"trun", &[be(flags), be(frames)].concat());
    boxed(b"moof", &boxed(b"traf", &[header, run].concat()))
}

pub(crate) fn fragmented(rest: &[u8]) -> Vec<u8> {
    let track = Track {
        runs: Vec::new(),
        run_count: 0,
        ticks: 0,
        ..Track::default()
    };
    let defaults = full_box(b"trex", &[be(1), be(1), be(40), be(0), be(0)].concat());
    let video = track.video(&boxed(b"mvex", &defaults));
    [&video, rest].concat()
}

#[test]
fn fragments_that_claim_frames_without_end_do_not_take_time() {
    let facts = video(&fragmented(&fragment(25, 0)));
    assert_eq!(
        (facts.frame_count, facts.duration_ms),
        (Some(25), Some(1000.0))
    );

    // Each frame's length would stand behind, and does not.
    let facts = video(&fragmented(&fragment(u32::MAX, 0x100)));
    assert_eq!(facts.frame_count, None);

    // Frames of 40 ms, as many as are claimed.
    let facts = video(&fragmented(&fragment(u32::MAX, 0).repeat(5000)));
    let frames = 5000 * u64::from(u32::MAX);
    assert_eq!(facts.frame_count, Some(frames));
    assert_eq!(facts.duration_ms, Some(frames as f64 * 40.0));
    assert!(!facts.frames_derived);
}

#[test]
fn indices_of_fragments_that_point_astray_are_not_believed() {
    let fragments = fragment(25, 0).repeat(12);
    let index = |count: u16, size: u32| {
        let head = [be(1), be(1000), be(0), be(0)].concat();
        let entries = [be(size), be(u32::MAX), be(0)].concat();
        full_box(
            b"sidx",
            &[&head[..], &be16(0), &be16(count), &entries].concat(),
        )
    };
    let pointer = |size: u32| boxed(b"mfra", &full_box(b"mfro", &be(size)));
    for rest in [
        [index(1, 10), fragments.clone()].concat(),
        [index(u16::MAX, u32::MAX), fragments.clone()].concat(),
        [fragments.clone(), pointer(0)].concat(),
        [fragments.clone(), pointer(u32::MAX)].concat(),
        [fragments.clone(), pointer(24)].concat(),
    ] {
        assert_eq!(video(&fragmented(&rest)).frame_count, Some(300));
    }
}

pub(crate) fn element(id: &[u8], body: &[u8]) -> Vec<u8> {
    let length = (1_u32 << 28 | body.len() as u32).to_be_bytes();
    [id, &length, body].concat()
}

const UNKNOWN: u8 = 0xff;
const SEGMENT: &[u8] = &[0x18, 0x53, 0x80, 0x67];
pub(crate) const CLUSTER: &[u8] = &[0x1f, 0x43, 0xb6, 0x75];

pub(crate) fn webm(segment: &[u8]) -> Vec<u8> {
    let header = element(&[0x1a, 0x45, 0xdf, 0xa3], &element(&[0x42, 0x82], b"webm"));
    [&header, SEGMENT, &[UNKNOWN], segment].concat()
}

pub(crate) fn webm_track(more: &[u8]) -> Vec<u8> {
    let size = [element(&[0xb0], &[8]), element(&[0xba], &[6])].concat();
    let track = [
        element(&[0xd7], &[1]),
        element(&[0x83], &[1]),
        element(&[0x86], b"V_VP9"),
        element(&[0xe0], &size),
        more.to_vec(),
    ];
    element(
        &[0x16, 0x54, 0xae, 0x6b],
        &element(&[0xae], &track.concat()),
    )
}

fn info(more: &[u8]) -> Vec<u8> {
    element(&[0x15, 0x49, 0xa9, 0x66], more)
}

#[test]
fn elements_of_impossible_lengths_are_refused() {
    let seek_to_itself = {
        let seek = [
            element(&[0x53, 0xab], &[0x16, 0x54, 0xae, 0x6b]),
            element(&[0x53, 0xac], &[0]),
        ];
        element(
            &[0x11, 0x4d, 0x9b, 0x74],
            &element(&[0x4d, 0xbb], &seek.concat()),
        )
    };
    let longest = [0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe];
    assert_all([
        (
            "no segment",
            webm(b"")[..18].to_vec(),
            Fails(ErrorCode::Malformed),
        ),
        ("an empty segment", webm(b""), Fails(ErrorCode::Malformed)),
        ("tracks alone", webm(&webm_track(b"")), Shows(8, 6)),
        (
            "a number of five bytes",
            webm(&[&[0x08; 5][..], &webm_track(b"")].concat()),
            Fails(ErrorCode::Malformed),
        ),
        (
            "information of unknown length",
            webm(&[&[0x15, 0x49, 0xa9, 0x66, UNKNOWN][..], &webm_track(b"")].concat()),
            Fails(ErrorCode::Malformed),
        ),
        (
            "information of 2^56 - 2 bytes",
            webm(&[&[0x15, 0x49, 0xa9, 0x66][..], &longest].concat()),
            Fails(ErrorCode::Truncated),
        ),
        (
            "tracks looked for where the search began",
            webm(&seek_to_itself),
            Fails(ErrorCode::Malformed),
        ),
        (
            "sound alone",
            webm(&element(
                &[0x16, 0x54, 0xae, 0x6b],
                &element(&[0xae], &element(&[0x83], &[2])),
            )),
            Fails(ErrorCode::UnsupportedFormat),
        ),
    ]);
}

#[test]
fn durations_that_no_video_has_are_not_told() {
    let scaled = |scale: &[u8], ticks: &[u8]| {
        let fields = [
            element(&[0x2a, 0xd7, 0xb1], scale),
            element(&[0x44, 0x89], ticks),
        ];
        video(&webm(&[info(&fields.concat()), webm_track(b"")].concat())).duration_ms
    };
    assert_eq!(
        scaled(&[0x0f, 0x42, 0x40], &1500_f64.to_be_bytes()),
        Some(1500.0)
    );
    assert_eq!(scaled(&[0x0f, 0x42, 0x40], &f64::NAN.to_be_bytes()), None);
    assert_eq!(
        scaled(&[0x0f, 0x42, 0x40], &f64::INFINITY.to_be_bytes()),
        None
    );
    assert_eq!(scaled(&[255; 8], &f64::MAX.to_be_bytes()), None);
    assert_eq!(scaled(&[255; 8], &(-1_f64).to_be_bytes()), None);
}

#[test]
fn a_recording_without_a_duration_ends_with_its_last_frame() {
    let cluster = |time: u8, track: u8, length: Option<usize>| {
        let frames = [0_u8, 40, 80].map(|at| element(&[0xa3], &[0x80 | track, 0, at, 0x80, 1, 2]));
        let body = [element(&[0xe7], &[time]), frames.concat()].concat();
        match length {
            Some(_) => element(CLUSTER, &body),
            None => [CLUSTER, &[UNKNOWN], &body].concat(),
        }
    };
    for length in [Some(0), None] {
        let image = cluster(120, 1, length);
        let sound = cluster(240, 2, length);
        let file = webm(&[webm_track(b""), image, sound].concat());
        // From the first frame on.
        assert_eq!(video(&file).duration_ms, Some(120.0));
    }
    // Nothing but sound, in more clusters than anybody looks at.
    let sound = webm(&[webm_track(b""), cluster(0, 2, Some(0)).repeat(100_000)].concat());
    let facts = Source::new(&sound).probe().unwrap();
    assert!(matches!(facts.kind, Kind::Video(video) if video.duration_ms.is_none()));
}
