//! Containers of videos made byte by byte: what no encoder at hand writes, and headers that lie.

use crate::source::{Source, probe_every_way};
use tilewise::error::ErrorCode;
use tilewise::media::{Format, Kind, MediaFacts, VideoFacts};
use tilewise::probe::{self, ProbeError};

/// What a table expects of a file: its size as a player shows it, or the code of the error.
#[derive(Debug, PartialEq)]
enum Outcome {
    Shows(u64, u64),
    Fails(ErrorCode),
}
use Outcome::{Fails, Shows};

fn assert_all<const N: usize>(table: [(&str, Vec<u8>, Outcome); N]) {
    for (name, file, expected) in table {
        let outcome = match probe_every_way(&file) {
            Ok(facts) => Shows(facts.display_width, facts.display_height),
            Err(error) => Fails(error.code()),
        };
        assert_eq!(outcome, expected, "{name}");
    }
}

fn facts(file: &[u8]) -> MediaFacts {
    probe_every_way(file).unwrap()
}

fn video_facts(facts: &MediaFacts) -> &VideoFacts {
    match &facts.kind {
        Kind::Video(video) => video,
        Kind::Image(_) => panic!("an image"),
    }
}

/// Frames, frames a second and milliseconds, to the nearest.
fn timing(facts: &MediaFacts) -> (Option<u64>, Option<u64>, Option<u64>) {
    let video = video_facts(facts);
    let nearest = |number: Option<f64>| number.map(|number| number.round() as u64);
    (
        video.frame_count,
        nearest(video.frame_rate),
        nearest(video.duration_ms),
    )
}

fn be(number: u32) -> [u8; 4] {
    number.to_be_bytes()
}

pub(crate) fn le(number: u32) -> [u8; 4] {
    number.to_le_bytes()
}

// ── AVI ──

fn riff(chunks: &[Vec<u8>]) -> Vec<u8> {
    let body = chunks.concat();
    [&b"RIFF"[..], &le(4 + body.len() as u32), b"AVI ", &body].concat()
}

pub(crate) fn chunk(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [&name[..], &le(body.len() as u32), body].concat()
}

fn list(kind: &[u8; 4], chunks: &[Vec<u8>]) -> Vec<u8> {
    chunk(b"LIST", &[kind.to_vec(), chunks.concat()].concat())
}

fn main_header(frames: u32, width: u32, height: u32) -> Vec<u8> {
    let fields = [40_000, 0, 0, 0, frames, 0, 1, 0, width, height, 0, 0, 0, 0];
    chunk(b"avih", &fields.map(le).concat())
}

fn stream_header(kind: &[u8; 4], scale: u32, rate: u32, length: u32) -> Vec<u8> {
    let fields = [0, 0, 0, scale, rate, 0, length, 0, 0, 0, 0, 0];
    chunk(
        b"strh",
        &[&kind[..], b"MJPG", &fields.map(le).concat()].concat(),
    )
}

fn bitmap(width: u32, height: i32) -> Vec<u8> {
    [
        &le(40)[..],
        &le(width),
        &height.to_le_bytes(),
        &[1, 0, 24, 0],
        b"MJPG",
        &[0; 20],
    ]
    .concat()
}

pub(crate) fn avi_stream(length: u32, width: u32, height: i32) -> Vec<u8> {
    let format = chunk(b"strf", &bitmap(width, height));
    list(b"strl", &[stream_header(b"vids", 1, 25, length), format])
}

fn video_stream() -> Vec<u8> {
    list(b"movi", &[chunk(b"00dc", b"\xff\xd8\xff\xd9")])
}

pub(crate) fn avi(streams: &[Vec<u8>]) -> Vec<u8> {
    let header = [main_header(7, 90, 60), streams.concat()];
    riff(&[list(b"hdrl", &header), video_stream()])
}

#[test]
fn avi_lengths_may_be_anything_where_the_order_tells() {
    let plain = avi(&[avi_stream(7, 90, 60)]);
    let with_lengths = |length: u32| {
        let mut file = plain.clone();
        for at in 0..file.len() - 8 {
            if matches!(&file[at..at + 4], b"LIST" | b"RIFF") {
                file[at + 4..at + 8].copy_from_slice(&le(length));
            }
        }
        file
    };
    let junk = chunk(b"JUNK", b"").repeat(100_000);
    let nested = [&b"LIST"[..], &le(0), b"strl"].concat().repeat(1000);
    assert_all([
        ("a plain one", plain.clone(), Shows(90, 60)),
        ("lists without a length", with_lengths(0), Shows(90, 60)),
        (
            "lists of 2^32 - 1 bytes",
            with_lengths(u32::MAX),
            Shows(90, 60),
        ),
        (
            "lists in lists, 1,000 deep",
            avi(&[nested, avi_stream(7, 90, 60)]),
            Shows(90, 60),
        ),
        (
            "100,000 empty chunks",
            avi(&[junk, avi_stream(7, 90, 60)]),
            Shows(90, 60),
        ),
        (
            "a chunk of 2^32 - 1 bytes",
            avi(&[[&b"JUNK"[..], &le(u32::MAX)].concat()]),
            Fails(ErrorCode::Truncated),
        ),
        (
            "no video",
            riff(&[list(b"hdrl", &[avi_stream(7, 90, 60)])]),
            Fails(ErrorCode::Truncated),
        ),
    ]);
}

#[test]
fn avi_sizes_that_are_none_are_refused() {
    let sound = list(b"strl", &[stream_header(b"auds", 1, 1, 1)]);
    let without_size = list(b"strl", &[stream_header(b"vids", 1, 25, 7)]);
    let nameless = riff(&[
        list(b"hdrl", &[main_header(7, 0, 0), without_size.clone()]),
        video_stream(),
    ]);
    assert_all([
        (
            "rows from the top",
            avi(&[avi_stream(7, 90, -60)]),
            Shows(90, 60),
        ),
        (
            "the lowest height",
            avi(&[avi_stream(7, 90, i32::MIN)]),
            Shows(90, 1 << 31),
        ),
        (
            "a size in the main header only",
            avi(&[without_size]),
            Shows(90, 60),
        ),
        ("no size", nameless, Fails(ErrorCode::UnsupportedFormat)),
        (
            "no width",
            avi(&[avi_stream(7, 0, 60)]),
            Fails(ErrorCode::UnsupportedFormat),
        ),
        (
            "sound only",
            avi(&[sound]),
            Fails(ErrorCode::UnsupportedFormat),
        ),
        ("no stream", avi(&[]), Fails(ErrorCode::UnsupportedFormat)),
    ]);
}

#[test]
fn avi_frames_are_counted_by_the_header_that_counts_them_all() {
    let long = list(b"odml", &[chunk(b"dmlh", &le(90_000))]);
    let count = |streams: &[Vec<u8>]| timing(&facts(&avi(streams)));
    let second = Some(1000);
    // Of a long file the stream's header may count the first part.
    assert_eq!(
        count(&[avi_stream(25, 90, 60), long]),
        (Some(90_000), Some(25), Some(3_600_000))
    );
    assert_eq!(
        count(&[avi_stream(25, 90, 60)]),
        (Some(25), Some(25), second)
    );
    // A stream that was never finished: what the main header says, or nothing.
    assert_eq!(count(&[avi_stream(0, 90, 60)]).0, Some(7));
    assert_eq!(count(&[avi_stream(1 << 30, 90, 60)]).0, Some(7));
    let unfinished = [main_header(0, 90, 60), avi_stream(0, 90, 60)];
    let unfinished = riff(&[list(b"hdrl", &unfinished), video_stream()]);
    assert_eq!(timing(&facts(&unfinished)), (None, Some(25), None));
}

#[test]
fn avi_pixels_have_the_aspect_of_the_frame_they_make_up() {
    let aspect = |height: u16, width: u16| {
        let before = [0; 20];
        let aspect = [height.to_le_bytes(), width.to_le_bytes()].concat();
        let properties = chunk(b"vprp", &[&before[..], &aspect, &[0; 16]].concat());
        avi(&[avi_stream(7, 720, 576), properties])
    };
    assert_all([
        ("16:9", aspect(9, 16), Shows(1024, 576)),
        ("no height", aspect(0, 16), Shows(720, 576)),
        ("no width", aspect(9, 0), Shows(720, 576)),
    ]);
}

// ── Flash ──

pub(crate) fn tag(kind: u8, milliseconds: u32, body: &[u8]) -> Vec<u8> {
    let [_, l0, l1, l2] = be(body.len() as u32);
    let [upper, t0, t1, t2] = be(milliseconds);
    let header = [kind, l0, l1, l2, t0, t1, t2, upper, 0, 0, 0];
    [&header[..], body, &be(11 + body.len() as u32)].concat()
}

pub(crate) fn flv(tags: &[Vec<u8>]) -> Vec<u8> {
    [&b"FLV\x01\x05"[..], &be(9), &be(0), &tags.concat()].concat()
}

pub(crate) const AUDIO: u8 = 8;
pub(crate) const VIDEO: u8 = 9;
const SCRIPT: u8 = 18;

fn text(text: &str) -> Vec<u8> {
    [&(text.len() as u16).to_be_bytes()[..], text.as_bytes()].concat()
}

pub(crate) fn number(name: &str, number: f64) -> Vec<u8> {
    [text(name), vec![0], number.to_be_bytes().to_vec()].concat()
}

pub(crate) fn metadata(members: &[Vec<u8>]) -> Vec<u8> {
    let event = [vec![2], text("onMetaData")].concat();
    let array = [vec![8], be(0).to_vec(), members.concat(), vec![0, 0, 9]].concat();
    tag(SCRIPT, 0, &[event, array].concat())
}

/// VP6, of which nothing but the tag tells the codec, for its frame is not a key frame.
const UNREADABLE: &[u8] = &[0x24, 0, 0x80, 0, 0];

/// Sorenson H.263 of 320×240 (section E.4.3.2: code 5).
pub(crate) const SORENSON: &[u8] = &[0x12, 0x00, 0x00, 0x80, 0x02, 0x80, 0, 0];

#[test]
fn flash_frames_say_their_own_size() {
    let frame = |body: &[u8]| flv(&[tag(VIDEO, 0, body)]);
    // 100×52: seven by four blocks, of which 12 columns and 12 rows are cut off.
    let vp6 = [0x14, 0xcc, 0x00, 0x06, 4, 7, 4, 7];
    let vp6_with_offset = [0x14, 0xcc, 0x01, 0x06, 0, 9, 4, 7, 4, 7];
    let vp6_with_alpha = [0x15, 0xcc, 0, 0, 9, 0x00, 0x06, 4, 7, 4, 7];
    assert_all([
        ("Sorenson H.263", frame(SORENSON), Shows(320, 240)),
        ("VP6", frame(&vp6), Shows(100, 52)),
        ("VP6 in two parts", frame(&vp6_with_offset), Shows(100, 52)),
        ("VP6 with alpha", frame(&vp6_with_alpha), Shows(100, 52)),
        (
            "screen video",
            frame(&[0x13, 0x30, 0x5a, 0x30, 0x3c]),
            Shows(90, 60),
        ),
        (
            "a frame that tells nothing",
            frame(UNREADABLE),
            Fails(ErrorCode::UnsupportedFormat),
        ),
        (
            "a frame of two bytes",
            frame(&[0x12, 0]),
            Fails(ErrorCode::UnsupportedFormat),
        ),
    ]);
}

#[test]
fn flash_parameters_are_found_by_either_name_of_their_codec() {
    let record = [&[1, 66, 0, 30, 0xff, 0xe1, 0, 9][..], &H264_90X60].concat();
    let by_number = [&[0x17, 0, 0, 0, 0][..], &record].concat();
    let by_letters = [&b"\x90avc1"[..], &record].concat();
    for body in [by_number, by_letters] {
        let facts = facts(&flv(&[tag(VIDEO, 0, &body)]));
        assert_eq!((facts.width, facts.height), (90, 60));
        assert_eq!(video_facts(&facts).codec.as_deref(), Some("h264"));
    }
}

#[test]
fn flash_metadata_are_read_in_any_order_and_end_where_they_make_no_sense() {
    let size = [number("height", 60.0), number("width", 90.0)].concat();
    let with = |before: &[u8]| {
        let members = [before.to_vec(), size.clone()];
        flv(&[metadata(&members), tag(VIDEO, 0, UNREADABLE)])
    };
    let strict = |count: u32, values: &[u8]| {
        let head = [text("times"), vec![10], be(count).to_vec()].concat();
        [&head[..], values].concat()
    };
    let object = [text("deep"), vec![3]].concat();
    let nested = |depth: usize| {
        let ends = [0, 0, 9].repeat(depth);
        [object.repeat(depth), ends].concat()
    };
    let sides = |side: f64| {
        let members = [number("width", side), number("height", 60.0)];
        flv(&[metadata(&members), tag(VIDEO, 0, UNREADABLE)])
    };
    assert_all([
        ("nothing before the size", with(&[]), Shows(90, 60)),
        (
            "an array before it",
            with(&strict(3, &[5, 6, 5])),
            Shows(90, 60),
        ),
        ("objects before it, 5 deep", with(&nested(5)), Shows(90, 60)),
        (
            "objects before it, 1,000 deep",
            with(&nested(1000)),
            Fails(ErrorCode::UnsupportedFormat),
        ),
        (
            "an array of 2^32 - 1 values before it",
            with(&strict(u32::MAX, &[5; 100])),
            Fails(ErrorCode::UnsupportedFormat),
        ),
        (
            "a type that none has before it",
            with(&[text("odd"), vec![77]].concat()),
            Fails(ErrorCode::UnsupportedFormat),
        ),
        (
            "a width of none",
            sides(f64::NAN),
            Fails(ErrorCode::UnsupportedFormat),
        ),
        (
            "a negative width",
            sides(-5.0),
            Fails(ErrorCode::UnsupportedFormat),
        ),
        (
            "an endless width",
            sides(f64::INFINITY),
            Fails(ErrorCode::Malformed),
        ),
    ]);
}

#[test]
fn flash_lengths_that_lead_nowhere_are_refused_or_ignored() {
    let first = tag(VIDEO, 0, SORENSON);
    let behind = |end: &[u8]| [&flv(std::slice::from_ref(&first))[..], end].concat();
    let offset = |offset: u32| [&b"FLV\x01\x05"[..], &be(offset), &be(0), &first].concat();
    let sound = tag(AUDIO, 0, &[0xaf]).repeat(100_000);
    assert_all([
        (
            "a header of 2^32 - 1 bytes",
            offset(u32::MAX),
            Fails(ErrorCode::Truncated),
        ),
        ("a header of none", offset(0), Fails(ErrorCode::Malformed)),
        ("a last tag of no length", behind(&be(0)), Shows(320, 240)),
        (
            "a last tag of 2^32 - 1 bytes",
            behind(&be(u32::MAX)),
            Shows(320, 240),
        ),
        (
            "a tag that goes on behind the end",
            flv(&[vec![SCRIPT, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0]]),
            Fails(ErrorCode::Truncated),
        ),
        (
            "100,000 tags of sound",
            flv(&[sound]),
            Fails(ErrorCode::UnsupportedFormat),
        ),
    ]);
}

#[test]
fn flash_videos_are_as_long_as_their_last_frame_says_not_their_sound() {
    let frames = (0..50).map(|index| tag(VIDEO, index * 40, SORENSON));
    let sound = (0..30).map(|index| tag(AUDIO, 2000 + index * 26, &[0x2f; 40]));
    let told = |rate: f64| {
        let about = metadata(&[number("duration", 2.78), number("framerate", rate)]);
        let tags: Vec<_> = [about]
            .into_iter()
            .chain(frames.clone())
            .chain(sound.clone())
            .collect();
        timing(&facts(&flv(&tags)))
    };
    assert_eq!(told(25.0), (Some(50), Some(25), Some(2000)));
    // A rate that the frames do not keep is no rate: theirs is.
    assert_eq!(told(10.0), (Some(50), Some(25), Some(2000)));
}

// ── ASF ──

pub(crate) type Guid = [u8; 16];
const HEADER: Guid = *b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c";
const FILE: Guid = *b"\xa1\xdc\xab\x8c\x47\xa9\xcf\x11\x8e\xe4\x00\xc0\x0c\x20\x53\x65";
const STREAM: Guid = *b"\x91\x07\xdc\xb7\xb7\xa9\xcf\x11\x8e\xe6\x00\xc0\x0c\x20\x53\x65";
const EXTENSION: Guid = *b"\xb5\x03\xbf\x5f\x2e\xa9\xcf\x11\x8e\xe3\x00\xc0\x0c\x20\x53\x65";
const EXTENDED: Guid = *b"\xcb\xa5\xe6\x14\x72\xc6\x32\x43\x83\x99\xa9\x69\x52\x06\x5b\x5a";
pub(crate) const METADATA: Guid =
    *b"\xea\xcb\xf8\xc5\xaf\x5b\x77\x48\x84\x67\xaa\x8c\x44\xfa\x4c\xca";
const SOUND: Guid = *b"\x40\x9e\x69\xf8\x4d\x5b\xcf\x11\xa8\xfd\x00\x80\x5f\x5c\x44\x2b";
pub(crate) const IMAGES: Guid =
    *b"\xc0\xef\x19\xbc\x4d\x5b\xcf\x11\xa8\xfd\x00\x80\x5f\x5c\x44\x2b";

pub(crate) fn object(kind: Guid, body: &[u8]) -> Vec<u8> {
    let length = (24 + body.len() as u64).to_le_bytes();
    [&kind[..], &length, body].concat()
}

pub(crate) fn asf(objects: &[Vec<u8>]) -> Vec<u8> {
    let count = le(objects.len() as u32);
    object(HEADER, &[&count[..], &[1, 2], &objects.concat()].concat())
}

/// Of a video that plays this long, after three seconds of preparation.
fn file_properties(milliseconds: u64, flags: u32) -> Vec<u8> {
    let played = (milliseconds + 3000) * 10_000;
    let numbers = [0, 0, 0, played, 0, 3000].map(u64::to_le_bytes).concat();
    object(
        FILE,
        &[&[0; 16][..], &numbers, &le(flags), &[0; 12]].concat(),
    )
}

pub(crate) fn stream_properties(kind: Guid, number: u8, width: u32, height: u32) -> Vec<u8> {
    let head = [&kind[..], &[0; 32], &[number, 0], &[0; 4]].concat();
    let size = [&le(width)[..], &le(height), &[2, 40, 0]].concat();
    object(STREAM, &[head, size, bitmap(width, height as i32)].concat())
}

/// With a name and an extension before the properties that it holds.
pub(crate) fn extended_properties(number: u8, ticks: u64, names: u16, held: &[u8]) -> Vec<u8> {
    let head = [&[0; 48][..], &[number, 0, 0, 0], &ticks.to_le_bytes()].concat();
    let counts = [&names.to_le_bytes()[..], &[1, 0]].concat();
    let name = [0, 0, 4, 0, b'a', 0, 0, 0];
    let extension = [&[7; 16][..], &[2, 0], &le(3), &[0; 3]].concat();
    object(
        EXTENDED,
        &[&head[..], &counts, &name, &extension, held].concat(),
    )
}

fn aspect(number: u8, across: u32, down: u32) -> Vec<u8> {
    let record = |name: &str, value: u32| {
        let name: Vec<u8> = name.bytes().flat_map(|letter| [letter, 0]).collect();
        let head = [0, 0, number, 0, name.len() as u8, 0, 3, 0, 4, 0, 0, 0];
        [&head[..], &name, &le(value)].concat()
    };
    let records = [
        record("IsVBR\0", 1),
        record("AspectRatioX\0", across),
        record("AspectRatioY\0", down),
    ];
    object(METADATA, &[&[3, 0][..], &records.concat()].concat())
}

pub(crate) fn extension(objects: &[Vec<u8>]) -> Vec<u8> {
    let body = objects.concat();
    let length = le(body.len() as u32);
    object(EXTENSION, &[&[0; 18][..], &length, &body].concat())
}

#[test]
fn asf_streams_have_rate_and_aspect_by_their_number() {
    let hidden = stream_properties(IMAGES, 2, 720, 576);
    let file = asf(&[
        extension(&[
            aspect(1, 5, 1),
            aspect(2, 16, 15),
            extended_properties(1, 1, 1, &[]),
            extended_properties(2, 400_000, 1, &hidden),
        ]),
        stream_properties(SOUND, 1, 0, 0),
        file_properties(10_000, 0),
    ]);
    let found = facts(&file);
    assert_eq!(found.format, Format::Wmv);
    assert_eq!((found.display_width, found.display_height), (768, 576));
    assert_eq!(video_facts(&found).has_audio, Some(true));
    assert_eq!(timing(&found), (Some(250), Some(25), Some(10_000)));
}

#[test]
fn asf_broadcasts_have_no_length() {
    let stream = stream_properties(IMAGES, 1, 90, 60);
    let broadcast = asf(&[file_properties(10_000, 1), stream.clone()]);
    assert_eq!(timing(&facts(&broadcast)), (None, None, None));
    let empty = asf(&[file_properties(0, 0), stream]);
    assert_eq!(timing(&facts(&empty)), (None, None, None));
}

#[test]
fn asf_objects_that_lie_about_their_length_are_refused() {
    let stream = stream_properties(IMAGES, 1, 90, 60);
    let with_length = |length: u64| {
        let mut file = asf(&[object([9; 16], &[]), stream.clone()]);
        file[30 + 16..30 + 24].copy_from_slice(&length.to_le_bytes());
        file
    };
    let header = |length: u64| {
        let mut file = asf(std::slice::from_ref(&stream));
        file[16..24].copy_from_slice(&length.to_le_bytes());
        file
    };
    let named = extended_properties(1, 1, u16::MAX, &[]);
    let metadata = object(METADATA, &[&[0xff; 14][..], &[0; 40]].concat());
    assert_all([
        ("a plain one", with_length(24), Shows(90, 60)),
        (
            "an object of none",
            with_length(0),
            Fails(ErrorCode::Malformed),
        ),
        (
            "an object of 23 bytes",
            with_length(23),
            Fails(ErrorCode::Malformed),
        ),
        (
            "an object of 2^64 - 1 bytes",
            with_length(u64::MAX),
            Fails(ErrorCode::Malformed),
        ),
        (
            "a header of 2^64 - 1 bytes",
            header(u64::MAX),
            Fails(ErrorCode::Malformed),
        ),
        ("a header of none", header(0), Fails(ErrorCode::Malformed)),
        (
            "a header that goes on",
            header(1 << 40),
            Fails(ErrorCode::Truncated),
        ),
        (
            "65,535 names announced, one there",
            asf(&[extension(&[named]), stream.clone()]),
            Shows(90, 60),
        ),
        (
            "a value of 2^32 - 1 bytes",
            asf(&[extension(&[metadata]), stream.clone()]),
            Shows(90, 60),
        ),
        (
            "100,000 empty objects",
            asf(&[object([9; 16], &[]).repeat(100_000), stream.clone()]),
            Shows(90, 60),
        ),
        (
            "sound only",
            asf(&[stream_properties(SOUND, 1, 90, 60)]),
            Fails(ErrorCode::UnsupportedFormat),
        ),
        (
            "no width",
            asf(&[stream_properties(IMAGES, 1, 0, 60)]),
            Fails(ErrorCode::UnsupportedFormat),
        ),
    ]);
}

// ── MPEG ──

/// A sequence parameter set of H.264, baseline profile: six by four blocks, cropped to 90×60, no rate.
const H264_90X60: [u8; 9] = [0x67, 0x42, 0x00, 0x1e, 0xda, 0x18, 0x9e, 0x4b, 0x40];

pub(crate) fn unit(bytes: &[u8]) -> Vec<u8> {
    [&[0, 0, 1], bytes].concat()
}

/// Parameters and the slice behind them.
fn h264() -> Vec<u8> {
    [
        unit(&H264_90X60),
        unit(&[0x65, 0x88, 0x80]),
        unit(&[0x09, 0xf0]),
    ]
    .concat()
}

/// A sequence header of MPEG-1 with square pixels, 25 frames a second, and two images.
pub(crate) fn mpeg1(width: u16, height: u16) -> Vec<u8> {
    let sides = u32::from(width) << 12 | u32::from(height);
    let [_, s0, s1, s2] = be(sides);
    let header = unit(&[0xb3, s0, s1, s2, 0x13, 0xff, 0xff, 0xe0, 0xa0]);
    [header, image(), image()].concat()
}

fn image() -> Vec<u8> {
    unit(&[0x00, 0x00, 0x0f, 0xff, 0xf8])
}

/// A packet of an elementary stream; the time is in units of 90 kHz.
pub(crate) fn packet(id: u8, time: Option<u64>, payload: &[u8]) -> Vec<u8> {
    let time: Vec<u8> = time.map_or(Vec::new(), |time| {
        let bits = |shift: u32, count: u32| (time >> shift & ((1 << count) - 1)) as u8;
        vec![
            0x21 | bits(30, 3) << 1,
            bits(22, 8),
            bits(15, 7) << 1 | 1,
            bits(7, 8),
            bits(0, 7) << 1 | 1,
        ]
    });
    let flags = if time.is_empty() { 0 } else { 0x80 };
    let rest = [&[0x80, flags, time.len() as u8][..], &time, payload].concat();
    let length = (rest.len() as u16).to_be_bytes();
    [&unit(&[id])[..], &length, &rest].concat()
}

fn pack() -> Vec<u8> {
    unit(&[0xba, 0x44, 0, 4, 0, 4, 1, 0, 0, 3, 0xf8])
}

pub(crate) fn program(packets: &[Vec<u8>]) -> Vec<u8> {
    [pack(), packets.concat()].concat()
}

pub(crate) const FIRST_VIDEO: u8 = 0xe0;

#[test]
fn program_streams_are_as_long_as_the_times_at_both_ends_say() {
    /// The last times before they begin again, one for each of the ten last frames.
    const LATE: u64 = (1 << 33) - 10 * 3600;
    let video = |first: u64, last: u64, behind: usize| {
        let last_frames = image().repeat(1 + behind);
        let file = program(&[
            packet(FIRST_VIDEO, Some(first), &mpeg1(90, 60)),
            packet(FIRST_VIDEO, Some(last), &last_frames),
        ]);
        timing(&facts(&file))
    };
    let rate = Some(25);
    assert_eq!(video(3600, 3600 * 50, 0), (Some(50), rate, Some(2000)));
    // Frames without a time of their own count, too.
    assert_eq!(video(3600, 3600 * 50, 7), (Some(57), rate, Some(2280)));
    // Times begin again at 2^33.
    assert_eq!(video(LATE, 3600 * 9, 0), (Some(20), rate, Some(800)));
    // Two videos, one behind the other.
    assert_eq!(video(3600 * 50, 3600, 0), (None, rate, None));
}

#[test]
fn program_streams_may_hold_what_their_map_names() {
    let map = |kind: u8| {
        unit(&[
            0xbc,
            0,
            14,
            0x80,
            0xff,
            0,
            0,
            0,
            4,
            kind,
            FIRST_VIDEO,
            0,
            0,
            0,
            0,
            0,
            0,
        ])
    };
    let with = |map: Vec<u8>| {
        let file = program(&[map, packet(FIRST_VIDEO, None, &h264())]);
        video_facts(&facts(&file)).codec.clone()
    };
    assert_eq!(with(map(0x1b)).as_deref(), Some("h264"));
    assert_eq!(with(Vec::new()).as_deref(), Some("h264"));
}

#[test]
fn program_streams_without_a_header_to_read_are_refused() {
    let system = |audio: u8, video: u8| {
        unit(&[
            0xbb,
            0,
            9,
            0x80,
            0,
            1,
            audio << 2,
            video,
            0xff,
            0xc0,
            0xc0,
            0x20,
        ])
    };
    let sound = packet(0xc0, Some(0), &[0xff; 100]);
    let endless = |bytes: &[u8], count: usize| [pack(), bytes.repeat(count)].concat();
    let header = |width, height| program(&[packet(FIRST_VIDEO, None, &mpeg1(width, height))]);
    assert_all([
        ("a plain one", header(90, 60), Shows(90, 60)),
        ("no width", header(0, 60), Fails(ErrorCode::Truncated)),
        (
            "sound only",
            program(&[system(1, 0), sound.clone()]),
            Fails(ErrorCode::UnsupportedFormat),
        ),
        (
            "three megabytes of nothing",
            endless(&[0; 1024], 3 << 10),
            Fails(ErrorCode::UnsupportedFormat),
        ),
        (
            "three megabytes of packets of no length",
            endless(b"\0\0\x01\xe0\0\0", 1 << 19),
            Fails(ErrorCode::UnsupportedFormat),
        ),
        (
            "packets of 65,535 bytes",
            endless(b"\0\0\x01\xe0\xff\xff", 100),
            Fails(ErrorCode::Truncated),
        ),
    ]);
}

/// A packet of a transport stream, filled up to its size by its adaptation field.
pub(crate) fn transport(id: u16, is_start: bool, payload: &[u8]) -> Vec<u8> {
    let [upper, lower] = id.to_be_bytes();
    let stuffing = 183 - payload.len();
    let header = [0x47, upper | u8::from(is_start) << 6, lower, 0x30];
    let mut adaptation = vec![0xff; 1 + stuffing];
    adaptation[0] = stuffing as u8;
    if stuffing > 0 {
        adaptation[1] = 0;
    }
    [&header[..], &adaptation, payload].concat()
}

fn section(table: u8, body: &[u8]) -> Vec<u8> {
    let [upper, lower] = (5 + body.len() as u16 + 4).to_be_bytes();
    let head = [0, table, 0xb0 | upper, lower, 0, 1, 0xc1, 0, 0];
    [&head[..], body, &[0; 4]].concat()
}

pub(crate) fn programs(table_id: u16) -> Vec<u8> {
    let [upper, lower] = table_id.to_be_bytes();
    // Before it, the network's.
    let entries = [0, 0, 0xe0, 0x10, 0, 1, 0xe0 | upper, lower];
    transport(0, true, &section(0, &entries))
}

/// Types and ids of streams.
pub(crate) fn streams(table_id: u16, streams: &[(u8, u8)]) -> Vec<u8> {
    let about = [0xe1, 0x00, 0xf0, 0];
    let each = |(kind, id): &(u8, u8)| [*kind, 0xe1, *id, 0xf0, 0];
    let body = [about.to_vec(), streams.iter().flat_map(each).collect()].concat();
    transport(table_id, true, &section(2, &body))
}

pub(crate) const TABLE: u16 = 0x1000;
pub(crate) const H264: u8 = 0x1b;

/// Frames at these times, the parameters before each.
pub(crate) fn frames(times: &[u64]) -> Vec<u8> {
    let frame = |time: &u64| transport(0x100, true, &packet(FIRST_VIDEO, Some(*time), &h264()));
    times.iter().flat_map(frame).collect()
}

#[test]
fn transport_streams_are_read_with_whatever_stands_around_their_packets() {
    let times: Vec<_> = (0..50).map(|index| index * 3600).collect();
    let bare = [
        programs(TABLE),
        streams(TABLE, &[(0x0f, 1), (H264, 0)]),
        frames(&times),
    ]
    .concat();
    let around = |before: &[u8], behind: &[u8]| -> Vec<u8> {
        let packets = bare.chunks(188);
        packets
            .flat_map(|packet| [before, packet, behind].concat())
            .collect()
    };
    for file in [
        around(&[], &[]),
        around(&[0; 4], &[]),
        around(&[], &[0; 16]),
    ] {
        let facts = facts(&file);
        assert_eq!((facts.width, facts.height), (90, 60));
        assert_eq!(video_facts(&facts).has_audio, Some(true));
        assert_eq!(timing(&facts), (Some(50), Some(25), Some(2000)));
    }
}

#[test]
fn transport_streams_have_a_rate_only_where_their_frames_keep_one() {
    let timing_at = |times: &[u64]| {
        let head = [programs(TABLE), streams(TABLE, &[(H264, 0)])].concat();
        timing(&facts(&[head, frames(times)].concat()))
    };
    // 23.976: three ticks and three quarters too many for a whole number.
    assert_eq!(
        timing_at(&[0, 3753, 7507, 11_261]),
        (Some(4), Some(24), Some(167))
    );
    assert_eq!(
        timing_at(&[0, 9000, 18_000]),
        (Some(3), Some(10), Some(300))
    );
    assert_eq!(timing_at(&[0, 3600, 10_800]), (None, None, Some(120)));
    assert_eq!(timing_at(&[0, 0, 0]), (None, None, None));
}

#[test]
fn transport_streams_whose_tables_lead_nowhere_are_refused() {
    let video = frames(&[0, 3600]);
    let with = |tables: &[Vec<u8>]| [&tables.concat()[..], &video].concat();
    let mut endless = programs(TABLE);
    let at = endless.len() - 21;
    endless[at + 2..at + 4].copy_from_slice(&[0xbf, 0xff]);
    let mut astray = programs(TABLE);
    astray[4] = 0xff;
    assert_all([
        (
            "a plain one",
            with(&[programs(TABLE), streams(TABLE, &[(H264, 0)])]),
            Shows(90, 60),
        ),
        (
            "a first video without packets",
            with(&[programs(TABLE), streams(TABLE, &[(0x02, 7), (H264, 0)])]),
            Fails(ErrorCode::Truncated),
        ),
        (
            "a table that is its own program",
            with(&[programs(0)]),
            Fails(ErrorCode::Truncated),
        ),
        (
            "no streams",
            with(&[programs(TABLE), streams(TABLE, &[])]),
            Fails(ErrorCode::UnsupportedFormat),
        ),
        (
            "sound only",
            with(&[programs(TABLE), streams(TABLE, &[(0x0f, 0)])]),
            Fails(ErrorCode::UnsupportedFormat),
        ),
        (
            "a section of 4,095 bytes",
            with(&[endless]),
            Fails(ErrorCode::Truncated),
        ),
        (
            "an adaptation field of 255 bytes",
            with(&[astray]),
            Fails(ErrorCode::Truncated),
        ),
        (
            "three megabytes of nothing",
            transport(0x1fff, false, &[]).repeat(16_000),
            Fails(ErrorCode::UnsupportedFormat),
        ),
    ]);
}

#[test]
fn parameters_that_make_no_sense_are_passed_over() {
    let with = |unit_before: &[u8]| {
        let stream = [unit(unit_before), h264()].concat();
        program(&[packet(FIRST_VIDEO, None, &stream)])
    };
    assert_all([
        ("none", with(&[0x67]), Shows(90, 60)),
        (
            "all zero",
            with(&[&[0x67][..], &[0; 64]].concat()),
            Shows(90, 60),
        ),
        (
            "all set",
            with(&[&[0x67][..], &[0xff; 64]].concat()),
            Shows(16, 16),
        ),
        (
            "cropped to nothing",
            with(&[0x67, 0x42, 0x00, 0x1e, 0xda, 0x18, 0x9e, 0x0c, 0x6d]),
            Shows(90, 60),
        ),
    ]);
}

#[test]
fn text_that_begins_like_a_transport_stream_is_text() {
    let long = "Going on and on. ".repeat(100);
    let other = "And Gone, on and on. ".repeat(100);
    for file in ["Good morning to all.", "    Good morning.", &long, &other] {
        let error = probe::bytes(file.as_bytes()).unwrap_err();
        let expected = ProbeError::UnsupportedFormat {
            looks_like: Some("a text file"),
        };
        assert_eq!(error, expected, "{file}");
    }
    let svg = b"<svgG/><svg width='5' height='7'/>";
    assert!(Source::new(svg).probe().is_err());
    let svg = b"    G<svg width='5' height='7'/>";
    assert!(Source::new(svg).probe().is_err());
    let svg = b"<!--G--><svg width='5' height='7'/>";
    assert_eq!(facts(svg).width, 5);
}

#[test]
fn bare_mpeg_video_has_size_and_rate_and_no_length() {
    let found = facts(&mpeg1(90, 60));
    assert_eq!((found.width, found.height), (90, 60));
    assert_eq!(video_facts(&found).codec.as_deref(), Some("mpeg1video"));
    assert_eq!(timing(&found), (None, Some(25), None));
}
