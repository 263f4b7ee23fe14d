//! Streams that are odd: MPEG, Flash and Windows Media, which count nothing and tell times. Each is served in every way.

use crate::container::{
    FIRST_VIDEO, H264, IMAGES, SORENSON, TABLE, VIDEO, asf, flv, le, metadata, mpeg1, number,
    object, packet, program, programs, stream_properties, streams, tag, transport, unit,
};
use crate::odd_videos::{Bits, avcc, h264, timed};
use crate::source::{Source, assert_same, probe_every_way};
use tilewise::error::ErrorCode;
use tilewise::media::{Kind, MediaFacts, VideoFacts};

fn facts(file: &[u8]) -> MediaFacts {
    probe_every_way(file).unwrap_or_else(|error| panic!("{error}"))
}

/// Of a file that shows what it is only behind its first bytes: cut off inside them, it looks like nothing.
fn counted_behind(before: &[u8], file: &[u8]) -> (Option<u64>, Option<u64>) {
    let file = [before, file].concat();
    let seen = Source::new(&file).probe().unwrap();
    let pieces = Source::in_pieces(&file, 301).probe().unwrap();
    assert_same(&seen, &pieces);
    counts(seen)
}

fn video(file: &[u8]) -> VideoFacts {
    match facts(file).kind {
        Kind::Video(video) => video,
        Kind::Image(_) => panic!("an image"),
    }
}

/// Frames, and frames a second in hundredths.
fn counted(file: &[u8]) -> (Option<u64>, Option<u64>) {
    counts(facts(file))
}

fn counts(facts: MediaFacts) -> (Option<u64>, Option<u64>) {
    let Kind::Video(video) = facts.kind else {
        panic!("an image");
    };
    let rate = video.frame_rate.map(|rate| (rate * 100.0).round() as u64);
    (video.frame_count, rate)
}

/// Bytes that look like nothing.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 7_u32;
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8 | 0x80
    };
    std::iter::repeat_with(next).take(length).collect()
}

// ── MPEG ──

/// A slice of H.264 that is of a whole frame, or of a field.
fn slice(is_field: bool) -> Vec<u8> {
    let bits = Bits::default().write(8, 0x65).golomb(0).golomb(7).golomb(0);
    let bits = bits.write(4, 0).write(1, u32::from(is_field));
    unit(&bits.write(20, 0x55_555).bytes())
}

/// Frames at these times in units of 90 kHz, with parameters before those at some places.
fn stream(times: &[u64], parameters: &[u8], has_parameters: impl Fn(usize) -> bool) -> Vec<u8> {
    let is_field = parameters.starts_with(&fields(None)[..6]);
    let frames = times.iter().enumerate().flat_map(|(index, time)| {
        let before = if has_parameters(index) {
            unit(parameters)
        } else {
            Vec::new()
        };
        let frame = [before, slice(is_field), unit(&[0x09, 0xf0])].concat();
        transport(0x100, true, &packet(FIRST_VIDEO, Some(*time), &frame))
    });
    let tables = [programs(TABLE), streams(TABLE, &[(H264, 0)])].concat();
    tables.into_iter().chain(frames).collect()
}

/// Parameters of 96×64 whose frames may come as two fields.
fn fields(ticks_per_second: Option<u32>) -> Vec<u8> {
    let bits = Bits::default().write(8, 0x67).write(24, 0x42_00_1e);
    let bits = bits.golomb(0).golomb(0).golomb(2).golomb(1).write(1, 0);
    let bits = bits.golomb(5).golomb(1).write(4, 0b0010);
    timed(bits, ticks_per_second).bytes()
}

fn every(step: u64, count: u64) -> Vec<u64> {
    (0..count).map(|index| 90_000 + index * step).collect()
}

#[test]
fn transport_streams_may_begin_inside_a_packet_or_behind_other_bytes() {
    let whole = stream(&every(3600, 75), &h264(90, 60, None), |_| true);
    for length in [1, 94, 187, 100, 1900, 20_000] {
        let seen = counted_behind(&noise(length), &whole);
        assert_eq!(seen, (Some(75), Some(2500)), "{length} bytes");
    }
    // The same with a time before each packet.
    let timed = whole
        .chunks(188)
        .flat_map(|packet| [&[1, 2, 3, 4], packet].concat());
    let timed: Vec<u8> = timed.collect();
    assert_eq!(counted_behind(&noise(100), &timed).1, Some(2500));
    // A letter over and over is no stream, and nor is noise.
    for file in [vec![0x47; 5000], noise(70_000)] {
        let error = probe_every_way(&file).unwrap_err();
        assert!(matches!(
            error.code(),
            ErrorCode::UnsupportedFormat | ErrorCode::Truncated
        ));
    }
}

#[test]
fn program_streams_may_begin_behind_other_bytes() {
    let whole = program(&[
        packet(FIRST_VIDEO, Some(3600), &mpeg1(90, 60)),
        packet(
            FIRST_VIDEO,
            Some(3600 * 50),
            &unit(&[0, 0, 0x0f, 0xff, 0xf8]),
        ),
    ]);
    for length in [3, 700, 9000] {
        let seen = counted_behind(&noise(length), &whole);
        assert_eq!(seen, (Some(50), Some(2500)), "{length} bytes");
    }
}

#[test]
fn a_claimed_rate_that_no_video_has_or_the_times_contradict_is_none() {
    // A million frames a second, 960, and 60, of frames that come 24 times a second.
    for ticks in [2_000_000, 1920, 120] {
        let file = stream(&every(3750, 48), &h264(90, 60, Some(ticks)), |index| {
            index % 24 == 0
        });
        assert_eq!(counted(&file), (Some(48), Some(2400)), "{ticks}");
    }
    let file = stream(&every(3750, 48), &h264(90, 60, Some(48)), |index| {
        index == 0
    });
    assert_eq!(counted(&file), (Some(48), Some(2400)));
    // One gap is no rate.
    let file = stream(&every(9000, 2), &h264(90, 60, None), |_| true);
    assert_eq!(counted(&file), (None, None));
}

#[test]
fn two_fields_are_a_frame() {
    // A packet for each field, and one for both.
    for (step, count) in [(1800, 100), (3600, 50)] {
        for ticks in [Some(50), None] {
            if ticks.is_none() && step == 1800 {
                continue;
            }
            let file = stream(&every(step, count), &fields(ticks), |_| true);
            let (frames, rate) = counted(&file);
            assert_eq!(rate, Some(2500), "{step} {ticks:?}");
            assert!((49..=51).contains(&frames.unwrap()), "{frames:?}");
        }
    }
}

#[test]
fn frames_before_the_first_that_can_be_decoded_do_not_count() {
    let file = stream(&every(3600, 50), &h264(90, 60, None), |index| index >= 10);
    assert_eq!(counted(&file), (Some(40), Some(2500)));
}

#[test]
fn at_most_half_a_megabyte_is_read_at_either_end_where_one_of_them_tells() {
    const AT_EITHER_END: u64 = 512 << 10;
    /// Longer than both together, in packets of the transport stream.
    const COUNT: usize = 16_000;
    let times = every(3600, COUNT as u64);
    let parameters = h264(90, 60, None);
    let late = stream(&times, &parameters, |index| index > COUNT - 20);
    let never = stream(&times, &parameters, |_| false);
    let only_in_the_middle = stream(&times, &parameters, |index| index == COUNT / 4);
    assert!(late.len() as u64 > 2 * AT_EITHER_END);

    let mut source = Source::new(&late);
    let facts = source.probe().unwrap();
    assert_eq!((facts.width, facts.height), (90, 60));
    assert!(facts.bytes_read <= 2 * AT_EITHER_END);
    let Kind::Video(video) = &facts.kind else {
        panic!("an image");
    };
    assert!(video.frames_derived);
    assert_eq!(counts(facts), (Some(COUNT as u64), Some(2500)));

    // Where neither does, a little more of the start: such a file is shown by players.
    let facts = Source::new(&only_in_the_middle).probe().unwrap();
    assert_eq!(counts(facts), (Some(3 * COUNT as u64 / 4), Some(2500)));
    let mut source = Source::new(&never);
    let error = source.probe().unwrap_err();
    assert_eq!(error.code(), ErrorCode::UnsupportedFormat);
    let message = error.to_string();
    assert!(
        message.contains("first 2 MB or its last 512 KB"),
        "{message}"
    );
    let read = source.asked.iter().map(|range| range.end - range.start);
    assert!(read.sum::<u64>() <= 5 * AT_EITHER_END);
}

#[test]
fn what_ends_before_its_first_frame_says_so() {
    let mp4 = [
        &b"\0\0\0\x10ftypisom\0\0\0\0"[..],
        b"\0\0\x40\0mdat",
        &[0; 500],
    ]
    .concat();
    let transport = [programs(TABLE), streams(TABLE, &[(H264, 0)])].concat();
    let flash = flv(&[tag(8, 0, &[0xaf, 1, 2, 3]).repeat(20)]);
    for (file, missing) in [
        (mp4, "index (moov)"),
        (transport, "a frame that can be decoded"),
        (flash, "its first frame"),
    ] {
        let error = probe_every_way(&file).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Truncated);
        let length = format!("ends after {} bytes", file.len());
        let message = error.to_string();
        assert!(
            message.contains(missing) && message.contains(&length),
            "{message}"
        );
    }
}

// ── Flash ──

#[test]
fn flash_counts_from_its_first_frame_by_the_times_of_its_frames() {
    let record = &avcc(90, 60)[8..];
    let parameters = tag(VIDEO, 0, &[&[0x17, 0, 0, 0, 0][..], record].concat());
    let frames = |count: u32, step: f64, start: u32, size: usize| {
        let frame = [&[0x27, 1, 0, 0, 0][..], &vec![7; size]].concat();
        let time = |index: u32| start + (f64::from(index) * step).round() as u32;
        let frames = (0..count).map(|index| tag(VIDEO, time(index), &frame));
        frames.collect::<Vec<_>>().concat()
    };
    let claims = |rate: f64| metadata(&[number("framerate", rate)]);
    let file = |about: Vec<u8>, frames: Vec<u8>| flv(&[about, parameters.clone(), frames]);
    // The parameters stand at zero, the frames begin later.
    let late = file(claims(25.0), frames(25, 40.0, 120, 30));
    assert_eq!(counted(&late), (Some(25), Some(2500)));
    // No video has such a rate, and this one has another.
    for rate in [600.0, 1_000_000.0, 120.0, 15.0] {
        for size in [30, 900, 5000] {
            let seen = counted(&file(claims(rate), frames(30, 100.0 / 3.0, 0, size)));
            let (frames, rate) = (seen.0.unwrap(), seen.1.unwrap());
            assert_eq!(frames, 30, "{size} bytes");
            // Of few frames, 29.97 and 30 are the same in milliseconds.
            assert!((2997..=3000).contains(&rate), "{rate}");
        }
    }
    // Without a claim.
    let none = file(Vec::new(), frames(50, 1000.0 / 29.97, 0, 30));
    assert_eq!(counted(&none), (Some(50), Some(2997)));
    // One gap is no rate, and frames that come as they like have none.
    let two = flv(&[tag(VIDEO, 0, SORENSON), tag(VIDEO, 90, SORENSON)]);
    assert_eq!(counted(&two), (None, None));
    let uneven = [0, 40, 120, 130, 300].map(|time| tag(VIDEO, time, SORENSON));
    assert_eq!(counted(&flv(&uneven)), (None, None));
}

// ── Windows Media ──

const FILE: [u8; 16] = *b"\xa1\xdc\xab\x8c\x47\xa9\xcf\x11\x8e\xe4\x00\xc0\x0c\x20\x53\x65";
const DATA: [u8; 16] = *b"\x36\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c";

/// Packets of so many bytes, each with some frames of stream 1 at milliseconds, and one of another stream.
fn windows_media(packet_bytes: usize, packets: &[Vec<u32>]) -> Vec<u8> {
    let times = [0, 0, packets.len() as u64, 20_000_000, 0, 1000].map(u64::to_le_bytes);
    let sizes = [packet_bytes as u32; 2].map(le).concat();
    let about = object(
        FILE,
        &[&[0; 16][..], &times.concat(), &le(0), &sizes, &[0; 4]].concat(),
    );
    let header = asf(&[about, stream_properties(IMAGES, 1, 90, 60)]);
    let payload = |stream: u8, time: u32| {
        let start = [&[stream, 3][..], &le(0), &[8], &le(20), &le(time)].concat();
        [&start[..], &[5, 0], &[1; 5]].concat()
    };
    let packets = packets.iter().flat_map(|times| {
        let payloads = times.iter().map(|time| payload(0x81, *time));
        let payloads = payloads
            .chain([payload(2, 77)])
            .collect::<Vec<_>>()
            .concat();
        let count = 0x80 | (times.len() as u8 + 1);
        // Correction, several payloads with padding of two bytes, and kinds of lengths.
        let head = [&[0x82, 0, 0, 0x11, 0x5d, 0, 0][..], &[0; 6], &[count]].concat();
        let mut packet = [head, payloads].concat();
        packet.resize(packet_bytes, 0);
        packet
    });
    let body = [&[0; 16][..], &(0_u64).to_le_bytes(), &[1, 1]].concat();
    let data = [body, packets.collect()].concat();
    [header, object(DATA, &data)].concat()
}

#[test]
fn windows_media_counts_by_the_times_of_its_frames() {
    let spread = |count: u32, step: f64, each: usize| {
        let times: Vec<u32> = (0..count)
            .map(|index| 3000 + (f64::from(index) * step).round() as u32)
            .collect();
        times.chunks(each).map(<[u32]>::to_vec).collect::<Vec<_>>()
    };
    for each in [1, 3, 15] {
        let file = windows_media(700, &spread(15, 200.0 / 3.0, each));
        let (frames, rate) = counted(&file);
        assert_eq!(frames, Some(15), "{each} a packet");
        assert!((1490..=1510).contains(&rate.unwrap()), "{rate:?}");
        assert!(video(&file).frames_derived);
    }
    let long = windows_media(3000, &spread(240, 1001.0 / 24.0, 4));
    // Of few frames, 23.976 and 24 are the same in milliseconds.
    let (frames, rate) = counted(&long);
    assert_eq!(frames, Some(240));
    assert!((2397..=2400).contains(&rate.unwrap()), "{rate:?}");
    // As they like: none keeps a rate.
    let uneven = windows_media(700, &[vec![0, 40, 100], vec![200, 210, 400]]);
    assert_eq!(counted(&uneven).0, None);
}
