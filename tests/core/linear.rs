//! Work and reading grow no faster than the file, for every format: counted, not timed. What is long in a file is
//! made ten times as long, close together, where each read goes on growing, and far apart, where each part is a
//! read of its own.

use crate::container::{
    self, AUDIO, FIRST_VIDEO, H264, IMAGES, SORENSON, TABLE, VIDEO, avi, avi_stream, le, mpeg1,
    object, packet, tag,
};
use crate::hostile::videos::{self, Track, fragmented};
use crate::hostile::{avif, be, boxed, chunk, full_box, png};
use crate::source::{File, Source};
use std::collections::BTreeSet;
use std::ops::Range;
use tilewise::media::{Format, Kind, MediaFacts, VideoFacts};
use tilewise::probe::{DEFAULT_MAX_READS, Probe};

/// Bytes with holes between them, which read as zeros.
#[derive(Debug, Default)]
struct Holey {
    length: u64,
    /// Where each part begins, and its bytes.
    parts: Vec<(u64, Vec<u8>)>,
}

impl Holey {
    fn with(mut self, bytes: &[u8]) -> Self {
        self.parts.push((self.length, bytes.to_vec()));
        self.length += bytes.len() as u64;
        self
    }

    /// Parts, each of which claims the hole behind it.
    fn with_each(self, count: u64, hole: u64, part: impl Fn(u64) -> Vec<u8>) -> Self {
        (0..count).fold(self, |file, index| {
            let mut file = file.with(&part(index));
            file.length += hole;
            file
        })
    }
}

impl File for &Holey {
    fn length(self) -> u64 {
        self.length
    }

    fn read(self, range: Range<u64>) -> Vec<u8> {
        let (start, end) = (range.start.min(self.length), range.end.min(self.length));
        let mut piece = vec![0; (end - start) as usize];
        let first = self
            .parts
            .partition_point(|(at, part)| at + part.len() as u64 <= start);
        for (at, part) in &self.parts[first..] {
            let (from, to) = (start.max(*at), end.min(at + part.len() as u64));
            if *at >= end {
                break;
            }
            piece[(from - start) as usize..(to - start) as usize]
                .copy_from_slice(&part[(from - at) as usize..(to - at) as usize]);
        }
        piece
    }
}

/// A file that is as long as its number says.
struct Shape {
    name: &'static str,
    /// Of the smaller one.
    count: u64,
    make: fn(u64) -> Holey,
}

const fn shape(name: &'static str, count: u64, make: fn(u64) -> Holey) -> Shape {
    Shape { name, count, make }
}

/// Wide enough that no read reaches over it.
const HOLE: u64 = 20_000;

fn whole(bytes: &[u8]) -> Holey {
    Holey::default().with(bytes)
}

fn jpeg_end() -> &'static [u8] {
    b"\xff\xc0\x00\x0b\x08\x00\x05\x00\x05\x01\x01\x11\x00\xff\xda"
}

fn le16(number: u64) -> [u8; 2] {
    (number as u16).to_le_bytes()
}

fn be16(number: u64) -> [u8; 2] {
    (number as u16).to_be_bytes()
}

/// The header of a box that claims a hole as its body.
fn box_before_hole(kind: &[u8; 4], body: u64) -> Vec<u8> {
    [&be(8 + body as u32)[..], kind].concat()
}

const FRAMES_PER_FRAGMENT: u64 = 10;

/// Milliseconds of the frames of a fragment, of which no other one tells.
fn frame_lengths(fragment: u64) -> impl Iterator<Item = u64> {
    (0..FRAMES_PER_FRAGMENT).map(move |frame| 30 + (fragment * 7 + frame) % 20)
}

/// A fragment and its frames.
fn irregular_fragment(index: u64, start: u64, hole: u64) -> Vec<u8> {
    let lengths: Vec<u8> = frame_lengths(index)
        .flat_map(|length| be(length as u32))
        .collect();
    let header = full_box(b"tfhd", &be(1));
    let time = full_box(b"tfdt", &be(start as u32));
    let flags_and_count = [be(0x100), be(FRAMES_PER_FRAGMENT as u32)].concat();
    let run = boxed(b"trun", &[flags_and_count, lengths].concat());
    let sequence = full_box(b"mfhd", &be(index as u32 + 1));
    let fragment = boxed(b"traf", &[header, time, run].concat());
    let moof = boxed(b"moof", &[sequence, fragment].concat());
    [moof, box_before_hole(b"mdat", hole)].concat()
}

/// When each fragment begins, and when the last one ends, in milliseconds.
fn fragment_times(count: u64) -> Vec<u64> {
    let lengths = (0..count).map(|index| frame_lengths(index).sum::<u64>());
    std::iter::once(0)
        .chain(lengths.scan(0, |sum, length| {
            *sum += length;
            Some(*sum)
        }))
        .collect()
}

fn fragments(count: u64, hole: u64) -> Holey {
    let times = fragment_times(count);
    let fragment = |index| irregular_fragment(index, times[index as usize], hole);
    whole(&fragmented(&[])).with_each(count, hole, fragment)
}

fn branded(brand: &[u8; 4], count: u64, hole: u64) -> Holey {
    let mut file = fragments(count, hole);
    file.parts[0].1[8..12].copy_from_slice(brand);
    file
}

/// Sound in clusters of their own; the recording does not say how long it is.
fn sound_clusters(kind: &[u8; 4], count: u64, hole: u64) -> Holey {
    let block = videos::element(&[0xa3], &[0x82, 0, 0, 0x80, 1, 2]);
    let void = |length: u64| [&[0xec, 0x01][..], &length.to_be_bytes()[1..]].concat();
    let cluster = videos::element(
        videos::CLUSTER,
        &[videos::element(&[0xe7], &[1]), block].concat(),
    );
    let mut head = videos::webm(&videos::webm_track(b""));
    if let Some(at) = head.windows(4).position(|window| window == b"webm") {
        head[at..at + 4].copy_from_slice(kind);
    }
    whole(&head).with_each(count, hole, |_| [cluster.clone(), void(hole)].concat())
}

fn elements_before_tracks(count: u64, hole: u64) -> Holey {
    let void = [&[0xec, 0x01][..], &hole.to_be_bytes()[1..]].concat();
    whole(&videos::webm(&[]))
        .with_each(count, hole, |_| void.clone())
        .with(&videos::webm_track(b""))
}

fn tags(count: u64) -> Holey {
    let simple = [
        videos::element(&[0x45, 0xa3], b"NAME"),
        videos::element(&[0x44, 0x87], b"value"),
    ];
    let tag = videos::element(
        &[0x73, 0x73],
        &videos::element(&[0x67, 0xc8], &simple.concat()),
    );
    let tags = videos::element(&[0x12, 0x54, 0xc3, 0x67], &tag.repeat(count as usize));
    whole(&videos::webm(&[videos::webm_track(b""), tags].concat()))
}

/// Items of which each is said to be the primary one's alpha, with a property of its own and one that all share.
fn auxiliary_items(brand: &[u8; 4], count: u64) -> Holey {
    let ids = 2..2 + count;
    let references: Vec<u8> = ids
        .clone()
        .flat_map(|id| boxed(b"auxl", &[be16(id), [0, 1], [0, 1]].concat()))
        .collect();
    let more = [
        full_box(b"iref", &references),
        boxed(b"iprp", &{
            let entries: Vec<u8> = ids
                .flat_map(|id| [&be16(id)[..], &[2, 1, 1]].concat())
                .collect();
            full_box(b"ipma", &[&be(count as u32)[..], &entries].concat())
        }),
    ];
    let depth = full_box(b"auxC", b"urn:com:apple:photo:2020:aux:depth\0");
    let coding = if brand == b"avif" { b"av01" } else { b"hvc1" };
    let mut file = avif(coding, &more.concat(), &[depth]);
    file[8..12].copy_from_slice(brand);
    whole(&file)
}

fn edits_and_runs(count: u64) -> Holey {
    let edits: Vec<u8> = (0..count)
        .flat_map(|index| [be(10), be((index * 7919 % 10_000) as u32), be(1 << 16)].concat())
        .collect();
    let track = Track {
        ticks: 10_000,
        runs: (0..10 * count)
            .map(|index| [1, 1 + index as u32 % 3])
            .collect(),
        run_count: 10 * count as u32,
        edits: [&be(count as u32)[..], &edits].concat(),
        ..Track::default()
    };
    whole(&track.video(&[]))
}

fn tracks_and_chapters(count: u64) -> Holey {
    let chapters: Vec<u8> = (2..2 + count).flat_map(|id| be(id as u32)).collect();
    let reference = boxed(b"tref", &boxed(b"chap", &chapters));
    let sound = boxed(b"trak", &reference);
    let tracks = Track::default().boxed().repeat(count as usize);
    whole(&videos::movie(&[tracks, sound].concat()))
}

fn transport(count: u64) -> Holey {
    let times: Vec<u64> = (0..count).map(|index| index * 3600).collect();
    let tables = [
        container::programs(TABLE),
        container::streams(TABLE, &[(0x0f, 1), (H264, 0)]),
    ];
    whole(&[tables.concat(), container::frames(&times)].concat())
}

fn program(count: u64) -> Holey {
    let sound = packet(0xc0, Some(0), &[0; 100]).repeat(count as usize);
    let frames = packet(FIRST_VIDEO, Some(3600), &mpeg1(90, 60));
    let last = packet(FIRST_VIDEO, Some(7200), &mpeg1(90, 60));
    whole(&container::program(&[sound.clone(), frames, sound, last]))
}

const SHAPES: &[Shape] = &[
    shape("png: chunks", 1000, |count| {
        let chunks = chunk(b"tEXt", b"Comment\0a text").repeat(count as usize);
        whole(&[png(5, 5), chunks, chunk(b"IDAT", b"")].concat())
    }),
    shape("png: chunks far apart", 300, |count| {
        whole(&png(5, 5))
            .with_each(count, HOLE + 4, |_| {
                [&be(HOLE as u32)[..], b"tEXt"].concat()
            })
            .with(&chunk(b"IDAT", b""))
    }),
    shape("jpeg: empty segments", 1000, |count| {
        let segments = b"\xff\xe5\x00\x02".repeat(count as usize);
        whole(&[b"\xff\xd8", &segments[..], jpeg_end()].concat())
    }),
    shape("jpeg: segments far apart", 300, |count| {
        whole(b"\xff\xd8")
            .with_each(count, HOLE, |_| [b"\xff\xe5", &be16(HOLE + 2)[..]].concat())
            .with(jpeg_end())
    }),
    shape("gif: comments", 100, |count| {
        let comments = b"\x21\xfe\x04text\0".repeat(count as usize);
        whole(
            &[
                &b"GIF89a\x05\0\x05\0\0\0\0"[..],
                &comments,
                b"\x2c\0\0\0\0\x05\0\x05\0\0\x02\0\x3b",
            ]
            .concat(),
        )
    }),
    shape("webp: chunks", 100, |count| {
        let chunks = [&b"ALPH"[..], &le(2), &[0; 2]]
            .concat()
            .repeat(count as usize);
        let header = [&b"VP8X"[..], &le(10), &[8, 0, 0, 0, 4, 0, 0, 4, 0, 0]].concat();
        let body = [&b"WEBP"[..], &header, &chunks].concat();
        whole(&[&b"RIFF"[..], &le(body.len() as u32), &body].concat())
    }),
    shape("bmp: pixels", 10_000, |count| {
        let info = [&le(40)[..], &le(5), &le(5), &[1, 0, 24, 0], &[0; 24]].concat();
        whole(&[&b"BM"[..], &[0; 12], &info, &vec![0; count as usize]].concat())
    }),
    shape("tiff: entries", 1000, |count| {
        let size = [(256, 5), (257, 5)]
            .map(|(tag, side)| [le16(tag), [3, 0], [1, 0], [0, 0], le16(side), [0, 0]].concat());
        let other = [le16(300), [3, 0], [1, 0], [0, 0], [0, 0], [0, 0]].concat();
        let entries = [size.concat(), other.repeat(count as usize)].concat();
        whole(&[&b"II*\0\x08\0\0\0"[..], &le16(count + 2), &entries].concat())
    }),
    shape("tiff: values far apart", 100, |count| {
        let first = 10 + 12 * (count + 2);
        let entry = |tag: u64, at: u64| [&le16(tag)[..], &[3, 0], &le(3), &le(at as u32)].concat();
        let entries: Vec<u8> = (0..count + 2)
            .flat_map(|index| entry(256 + index % 2, first + index * (HOLE + 8)))
            .collect();
        whole(&[&b"II*\0\x08\0\0\0"[..], &le16(count + 2), &entries].concat()).with_each(
            count + 2,
            HOLE,
            |_| vec![5, 0, 5, 0, 5, 0, 0, 0],
        )
    }),
    shape("ico: entries", 1000, |count| {
        let at = 6 + 16 * count;
        let entry = [&[5, 5, 0, 0, 1, 0, 32, 0][..], &le(40), &le(at as u32)].concat();
        let info = [&le(40)[..], &le(5), &le(10), &[1, 0, 32, 0], &[0; 24]].concat();
        whole(
            &[
                &[0, 0, 1, 0][..],
                &le16(count),
                &entry.repeat(count as usize),
                &info,
            ]
            .concat(),
        )
    }),
    shape("avif: auxiliary items", 300, |count| {
        auxiliary_items(b"avif", count)
    }),
    shape(
        "avif: references that reach into what follows",
        300,
        |count| {
            let reference = boxed(b"auxl", &[[0, 2], [0xff, 0xff]].concat());
            whole(&avif(
                b"av01",
                &full_box(b"iref", &reference.repeat(count as usize)),
                &[],
            ))
        },
    ),
    shape("heic: auxiliary items", 300, |count| {
        auxiliary_items(b"heic", count)
    }),
    shape("jxl: boxes", 1000, |count| {
        let head = b"\0\0\0\x0cJXL \r\n\x87\n";
        let boxes = boxed(b"Exif", &[0; 4]).repeat(count as usize);
        whole(
            &[
                &head[..],
                &boxes,
                &boxed(b"jxlc", &[0xff, 0x0a, 0x41, 0x02, 0x40, 0, 0, 0]),
            ]
            .concat(),
        )
    }),
    shape("jxl: boxes far apart", 300, |count| {
        whole(b"\0\0\0\x0cJXL \r\n\x87\n")
            .with_each(count, HOLE, |_| box_before_hole(b"Exif", HOLE))
            .with(&boxed(b"jxlc", &[0xff, 0x0a, 0x41, 0x02, 0x40, 0, 0, 0]))
    }),
    shape("svg: attributes", 300, |count| {
        let attributes: String = (0..count)
            .map(|index| format!(" data-{index}='{index}'"))
            .collect();
        whole(format!("<svg{attributes} width='5' height='5'/>").as_bytes())
    }),
    shape("svg: comments", 300, |count| {
        let comments = "<!-- a comment -->\n".repeat(count as usize);
        whole(format!("{comments}<svg width='5' height='5'/>").as_bytes())
    }),
    shape("svg: a long comment", 10_000, |count| {
        let comment = "a comment ".repeat(count as usize);
        whole(format!("<!-- {comment} --><svg width='5' height='5'/>").as_bytes())
    }),
    shape("svg: a long attribute", 10_000, |count| {
        let diagram = "&lt;a&gt;".repeat(count as usize);
        whole(format!("<svg content='{diagram}' width='5' height='5'/>").as_bytes())
    }),
    shape("svg: entities", 300, |count| {
        let entities = "<!ENTITY a '&b;&b;'><!ENTITY b '&a;&a;'>".repeat(count as usize);
        let sizes = "width='&a;' ".repeat(count as usize);
        whole(format!("<!DOCTYPE svg [{entities}]><svg {sizes} height='5'/>").as_bytes())
    }),
    shape("svg: white space in UTF-16", 3000, |count| {
        let text = format!(
            "{}<svg width='5' height='5'/>",
            "  \n".repeat(count as usize)
        );
        let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        whole(&[&b"\xff\xfe"[..], &units].concat())
    }),
    shape("jpeg: bytes between segments", 10_000, |count| {
        let stray = vec![7; 8 * count as usize];
        whole(&[b"\xff\xd8\xff\xe0\0\x02", &stray[..], jpeg_end()].concat())
    }),
    shape("jpeg: fill bytes", 10_000, |count| {
        let fill = vec![0xff; count as usize];
        whole(&[b"\xff\xd8\xff\xe0\0\x02", &fill[..], jpeg_end()].concat())
    }),
    shape("mp4: boxes before the index", 1000, |count| {
        let free = boxed(b"free", b"").repeat(count as usize);
        whole(&[videos::mp4_head(), free, Track::default().video(&[])].concat())
    }),
    shape("mp4: boxes far apart before the index", 300, |count| {
        whole(&videos::mp4_head())
            .with_each(count, HOLE, |_| box_before_hole(b"free", HOLE))
            .with(&Track::default().video(&[]))
    }),
    shape("mp4: edits and runs", 300, edits_and_runs),
    shape("mp4: tracks and chapters", 100, tracks_and_chapters),
    shape("mp4: fragments", 1000, |count| fragments(count, 0)),
    shape("mp4: fragments far apart", 100, |count| {
        fragments(count, HOLE)
    }),
    shape("mov: fragments", 1000, |count| branded(b"qt  ", count, 0)),
    shape("3gp: fragments far apart", 100, |count| {
        branded(b"3gp6", count, HOLE)
    }),
    shape("webm: clusters of sound", 1000, |count| {
        sound_clusters(b"webm", count, 0)
    }),
    shape("mkv: clusters of sound far apart", 100, |count| {
        sound_clusters(b"mkv\0", count, HOLE)
    }),
    shape("mkv: elements before the tracks", 1000, |count| {
        elements_before_tracks(count, 0)
    }),
    shape("mkv: elements far apart before the tracks", 300, |count| {
        elements_before_tracks(count, HOLE)
    }),
    shape("webm: tags", 20_000, tags),
    shape("mkv: lists that reach into what follows", 300, |count| {
        let seek = [
            &[0x11, 0x4d, 0x9b, 0x74, 0x84][..],
            &[0x4d, 0xbb, 0x5f, 0xff],
        ]
        .concat();
        let voids = [0xec, 0x80].repeat(4 * count as usize);
        whole(&videos::webm(
            &[seek.repeat(count as usize), voids, videos::webm_track(b"")].concat(),
        ))
    }),
    shape("avi: chunks", 1000, |count| {
        let junk = container::chunk(b"JUNK", b"").repeat(count as usize);
        whole(&avi(&[junk, avi_stream(7, 90, 60)]))
    }),
    shape("avi: chunks far apart", 300, |count| {
        let video = avi(&[avi_stream(7, 90, 60)]);
        whole(&video[..12])
            .with_each(count, HOLE, |_| [&b"JUNK"[..], &le(HOLE as u32)].concat())
            .with(&video[12..])
    }),
    shape("mpeg: packets of a transport stream", 100, transport),
    shape("mpeg: packets of a program stream", 100, program),
    shape("flv: tags of sound", 300, |count| {
        let sound = tag(AUDIO, 0, &[0xaf, 1, 2, 3]).repeat(count as usize);
        whole(&container::flv(&[sound, tag(VIDEO, 40, SORENSON)]))
    }),
    shape("flv: tags far apart", 100, |count| {
        let sound = tag(AUDIO, 0, &vec![0xaf; HOLE as usize]);
        whole(&container::flv(&[
            sound.repeat(count as usize),
            tag(VIDEO, 40, SORENSON),
        ]))
    }),
    shape("wmv: objects", 1000, |count| {
        let others = object([9; 16], &[]).repeat(count as usize);
        whole(&container::asf(&[
            others,
            container::stream_properties(IMAGES, 1, 90, 60),
        ]))
    }),
    shape("wmv: objects that reach into what follows", 300, |count| {
        let metadata = object(container::METADATA, &[0xff, 0xff]);
        let properties = container::extended_properties(1, 1, u16::MAX, &[]);
        let others = [metadata, properties].concat().repeat(count as usize);
        whole(&container::asf(&[
            container::extension(&[others]),
            container::stream_properties(IMAGES, 1, 90, 60),
        ]))
    }),
    shape("wmv: objects far apart", 100, |count| {
        let others = object([9; 16], &vec![0; HOLE as usize]).repeat(count as usize);
        whole(&container::asf(&[
            others,
            container::stream_properties(IMAGES, 1, 90, 60),
        ]))
    }),
];

struct Cost {
    length: u64,
    work: u64,
    bytes: u64,
    reads: u64,
}

fn cost(file: &Holey) -> Result<(MediaFacts, Cost), String> {
    cost_of(file, Probe::new(Some(file.length)))
}

fn cost_of(file: &Holey, probe: Probe) -> Result<(MediaFacts, Cost), String> {
    let mut source = Source::of(file);
    let mut work = 0;
    let facts = source
        .run_counting(probe, &mut work)
        .map_err(|error| error.to_string())?;
    let cost = Cost {
        length: file.length,
        work,
        bytes: facts.bytes_read,
        reads: source.asked.len() as u64,
    };
    Ok((facts, cost))
}

#[test]
fn work_and_reading_grow_no_faster_than_the_file_in_every_format() {
    const TIMES: u64 = 10;
    let mut problems = Vec::new();
    let mut formats = BTreeSet::new();
    for Shape { name, count, make } in SHAPES {
        let (short, long) = (make(*count), make(TIMES * count));
        let ((facts, short), (_, long)) = match (cost(&short), cost(&long)) {
            (Ok(short), Ok(long)) => (short, long),
            (short, long) => {
                let errors = [short.err(), long.err()];
                problems.push(format!("{name}: {:?}", errors));
                continue;
            }
        };
        formats.insert(facts.format.name());
        for (what, short_cost, long_cost) in [
            ("work", short.work, long.work),
            ("bytes", short.bytes, long.bytes),
            ("reads", short.reads, long.reads),
        ] {
            // Half as much again: reads that grow, each an attempt or a window of its own, come near the double
            // of the bytes, and a short file needs one. Anything that multiplies is ten times as much here.
            let most = (short_cost as f64 * 1.5 * long.length as f64 / short.length as f64) as u64;
            if long_cost > most.max(short_cost) {
                problems.push(format!(
                    "{name}: {what} of {} bytes {short_cost}, of {} bytes {long_cost}",
                    short.length, long.length
                ));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    let all: BTreeSet<_> = Format::ALL.iter().map(|format| format.name()).collect();
    assert_eq!(formats, all);
}

fn video(facts: MediaFacts) -> VideoFacts {
    match facts.kind {
        Kind::Video(video) => video,
        Kind::Image(_) => panic!("an image"),
    }
}

/// The same length as the fragments state, and as many frames within one in a hundred.
fn assert_derived(facts: MediaFacts, fragments: u64) {
    let video = video(facts);
    let frames = FRAMES_PER_FRAGMENT * fragments;
    assert!(video.frames_derived, "{video:?}");
    let found = video.frame_count.unwrap();
    assert!(
        found.abs_diff(frames) * 100 <= frames,
        "{found} of {frames}"
    );
    let milliseconds = fragment_times(fragments)[fragments as usize] as f64;
    assert_eq!(video.duration_ms, Some(milliseconds));
}

#[test]
fn every_frame_of_a_thousand_fragments_is_counted_close_together_and_far_apart() {
    for hole in [0, HOLE] {
        let (facts, cost) = cost(&fragments(1000, hole)).unwrap();
        let video = video(facts);
        assert_eq!(
            (video.frame_count, video.frames_derived),
            (Some(10_000), false)
        );
        let milliseconds = fragment_times(1000)[1000] as f64;
        assert_eq!(video.duration_ms, Some(milliseconds));
        assert!(cost.reads <= 1002, "{} reads", cost.reads);
    }
}

#[test]
fn few_reads_of_a_thousand_fragments_are_long_where_a_read_costs_as_much() {
    const READ_COST: u64 = 16 << 10;
    /// Reads without a gap grow up to this.
    const LONGEST_READ: u64 = 64 << 10;
    let file = fragments(1000, HOLE);
    let (_, short) = cost(&file).unwrap();
    let probe = Probe::new(Some(file.length)).with_read_cost(READ_COST);
    let (facts, long) = cost_of(&file, probe).unwrap();
    assert_eq!(video(facts).frame_count, Some(10_000));
    let more = long.bytes - short.bytes;
    assert!((READ_COST..8 * LONGEST_READ).contains(&more), "{more}");
}

#[test]
fn ten_thousand_fragments_are_counted_close_together_and_derived_far_apart() {
    let (facts, _) = cost(&fragments(10_000, 0)).unwrap();
    let close = video(facts);
    assert_eq!(
        (close.frame_count, close.frames_derived),
        (Some(100_000), false)
    );
    let (facts, cost) = cost(&fragments(10_000, HOLE)).unwrap();
    assert_derived(facts, 10_000);
    let most = u64::from(DEFAULT_MAX_READS) + 8;
    assert!(cost.reads <= most, "{} reads", cost.reads);
}

#[test]
fn what_the_allowance_does_not_reach_is_derived() {
    let file = fragments(1000, 0);
    let probe = || Probe::new(Some(file.length));
    for allowance in [24 << 10, 50 << 10, 100 << 10] {
        let (facts, cost) = cost_of(&file, probe().with_max_bytes(allowance)).unwrap();
        assert!(cost.bytes <= allowance);
        assert_derived(facts, 1000);
    }
    let file = fragments(1000, HOLE);
    let probe = Probe::new(Some(file.length)).with_max_reads(32);
    let (facts, cost) = cost_of(&file, probe).unwrap();
    assert!(cost.reads <= 40, "{} reads", cost.reads);
    assert_derived(facts, 1000);
}

#[test]
fn fragments_inside_each_other_are_searched_for_the_last_one_once() {
    // Heads of which each claims all that follows, inside boxes that are passed over unless they are taken for heads.
    const UNIT: u32 = 8 + 8 + 16;
    let heads = |count: u32| -> Vec<u8> {
        let head = |index| {
            let size = be((count - index) * UNIT - 8);
            let sequence = full_box(b"mfhd", &be(1));
            [&be(UNIT)[..], b"free", &size, b"moof", &sequence].concat()
        };
        (0..count).flat_map(head).collect()
    };
    // More than are read, so that the last one is searched for.
    let more_than_reads = u64::from(DEFAULT_MAX_READS) + 10;
    let work = |heads: &[u8]| {
        let file = fragments(more_than_reads, HOLE).with(heads);
        cost(&file).unwrap().1.work
    };
    let heads = heads(10_000);
    let of_heads = work(&heads) - work(&[]);
    assert!(of_heads <= heads.len() as u64, "{of_heads}");
}

#[test]
fn fragments_that_are_at_hand_are_counted_though_no_more_may_be_read() {
    for fragment_count in [1, 5, 12] {
        let file = fragments(fragment_count, 0);
        for max_reads in 0..4 {
            let probe = Probe::new(Some(file.length)).with_max_reads(max_reads);
            let (facts, cost) = cost_of(&file, probe).unwrap();
            let video = video(facts);
            let frames = FRAMES_PER_FRAGMENT * fragment_count;
            assert_eq!(
                (video.frame_count, video.frames_derived),
                (Some(frames), cost.bytes < file.length)
            );
        }
    }
}

#[test]
fn an_edited_video_whose_table_of_times_is_too_long_is_derived() {
    const RUNS: u32 = 100_000;
    let track = |edits: &[[u32; 3]]| {
        let entries: Vec<u8> = edits
            .iter()
            .flatten()
            .flat_map(|number| be(*number))
            .collect();
        Track {
            ticks: RUNS * 10,
            runs: vec![[1, 10]; RUNS as usize],
            run_count: RUNS,
            edits: [&be(edits.len() as u32)[..], &entries].concat(),
            ..Track::default()
        }
    };
    let file = whole(&track(&[[RUNS * 5, 0, 1 << 16]]).video(&[]));
    let probe = || Probe::new(Some(file.length));
    let (counted, _) = cost_of(&file, probe()).unwrap();
    let (derived, _) = cost_of(&file, probe().with_max_bytes(64 << 10)).unwrap();
    let (counted, derived) = (video(counted), video(derived));
    assert_eq!(
        (counted.frame_count, counted.frames_derived),
        (Some(50_000), false)
    );
    assert_eq!(derived.duration_ms, counted.duration_ms);
    assert!(derived.frames_derived);
}
