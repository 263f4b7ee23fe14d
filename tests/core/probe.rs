use crate::fixtures::{read, truths};
use proptest::prelude::*;
use std::ops::Range;
use tilewise::error::Code;
use tilewise::media::{Format, ImageFacts, Kind, MediaFacts, Orientation, Size};
use tilewise::probe::{self, Probe, ProbeError, Step};

/// Answers a probe from memory, a piece at a time, and keeps what it asked for.
struct Source<'a> {
    file: &'a [u8],
    longest_piece: usize,
    asked: Vec<Range<u64>>,
}

impl<'a> Source<'a> {
    fn new(file: &'a [u8]) -> Self {
        Self {
            file,
            longest_piece: usize::MAX,
            asked: Vec::new(),
        }
    }

    fn in_pieces(file: &'a [u8], longest_piece: usize) -> Self {
        Self {
            longest_piece,
            ..Self::new(file)
        }
    }

    fn run(&mut self, mut probe: Probe) -> Result<MediaFacts, ProbeError> {
        loop {
            match probe.step()? {
                Step::Done(facts) => return Ok(facts),
                Step::Need(range) => {
                    assert!(range.start < range.end, "an empty range: {range:?}");
                    let start = (range.start as usize).min(self.file.len());
                    let end = (range.end as usize).min(self.file.len());
                    let piece = &self.file[start..end];
                    let piece = &piece[..piece.len().min(self.longest_piece)];
                    self.asked
                        .push(range.start..range.start + piece.len() as u64);
                    probe.supply(piece);
                }
            }
        }
    }
}

fn image(file: &[u8]) -> Result<MediaFacts, ProbeError> {
    Source::new(file).run(Probe::new(Some(file.len() as u64)))
}

fn still(facts: &MediaFacts) -> &ImageFacts {
    match &facts.kind {
        Kind::Image(image) => image,
        Kind::Video(_) => panic!("a video among the pictures"),
    }
}

fn without_cost(facts: MediaFacts) -> MediaFacts {
    MediaFacts {
        bytes: None,
        bytes_read: 0,
        ..facts
    }
}

#[test]
fn every_fixture_is_what_its_maker_says() {
    let truths = truths();
    assert!(truths.len() >= 38);
    for (name, truth) in &truths {
        let facts = image(&read(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        let image = still(&facts);
        let (size, orientation) = truth.into();
        assert_eq!(facts.format, truth.format, "{name}");
        assert_eq!(Size::new(facts.width, facts.height), size, "{name}");
        assert_eq!(image.orientation, orientation, "{name}");
        assert_eq!(image.has_alpha, Some(truth.alpha), "{name}: alpha");
        // A long GIF without a loop count is not followed to its second frame.
        if image.animated.is_some() || truth.format != Format::Gif {
            assert_eq!(image.animated, Some(truth.animated), "{name}: animated");
        }
        let display = orientation.display(size);
        assert_eq!(
            Size::new(facts.display_width, facts.display_height),
            display,
            "{name}"
        );
        assert_eq!(facts.bytes, Some(read(name).len() as u64), "{name}");
    }
}

#[test]
fn sizes_agree_with_imagesize() {
    for (name, truth) in truths() {
        // It reads at a fixed place, where Apple's files have another chunk, and takes each of the fill
        // bytes that may stand before a JPEG's marker for a segment.
        if matches!(&*name, "apple.png" | "padding.jpg") {
            continue;
        }
        let size =
            imagesize::blob_size(&read(&name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(
            (size.width as u64, size.height as u64),
            (truth.width, truth.height),
            "{name}"
        );
    }
}

#[test]
fn orientations_agree_with_kamadak_exif() {
    let mut compared = 0;
    for (name, truth) in truths() {
        let file = read(&name);
        let Ok(block) = exif::Reader::new().read_from_container(&mut std::io::Cursor::new(&file))
        else {
            continue;
        };
        let field = block.get_field(exif::Tag::Orientation, exif::In::PRIMARY);
        if let Some(value) = field.and_then(|field| field.value.get_uint(0)) {
            assert_eq!(value, u32::from(truth.orientation), "{name}");
            compared += 1;
        }
    }
    assert!(compared >= 10, "only {compared} files have an orientation");
}

#[test]
fn a_file_cut_anywhere_gives_the_same_facts_or_says_that_it_is_cut() {
    for name in truths().keys() {
        let file = read(name);
        let whole = without_cost(image(&file).unwrap());
        let step = 1 + file.len() / 4096;
        for length in (0..file.len()).step_by(step) {
            match image(&file[..length]) {
                Ok(facts) => assert_eq!(without_cost(facts), whole, "{name} cut at {length}"),
                Err(error) => assert!(
                    matches!(error.code(), Code::Truncated | Code::Malformed),
                    "{name} cut at {length}: {error}"
                ),
            }
        }
    }
}

#[test]
fn a_file_cut_inside_its_signature_is_truncated_not_unsupported() {
    for name in ["rgb.png", "baseline.jpg", "still.gif", "lossy.webp"] {
        for length in 0..3 {
            let error = image(&read(name)[..length]).unwrap_err();
            assert_eq!(error.code(), Code::Truncated, "{name} cut at {length}");
        }
    }
}

#[test]
fn no_byte_is_asked_for_twice_and_pieces_of_any_size_give_the_same_facts() {
    for name in truths().keys() {
        let file = read(name);
        let whole = image(&file).unwrap();
        for longest_piece in [1, 2, 3, 7, 64, 1000] {
            let mut source = Source::in_pieces(&file, longest_piece);
            let facts = source.run(Probe::new(Some(file.len() as u64))).unwrap();
            assert_eq!(
                without_cost(facts),
                without_cost(whole.clone()),
                "{name} in {longest_piece}s"
            );
            assert_disjoint(&source.asked, name);
        }
    }
}

fn assert_disjoint(asked: &[Range<u64>], name: &str) {
    let mut asked = asked.to_vec();
    asked.sort_by_key(|range| range.start);
    for pair in asked.windows(2) {
        assert!(pair[0].end <= pair[1].start, "{name}: {pair:?}");
    }
}

#[test]
fn an_unknown_length_gives_the_same_facts() {
    for name in truths().keys() {
        let file = read(name);
        let facts = Source::new(&file).run(Probe::new(None)).unwrap();
        assert_eq!(
            without_cost(facts),
            without_cost(image(&file).unwrap()),
            "{name}"
        );
    }
}

#[test]
fn png_gif_and_webp_cost_at_most_4_kib_to_read_and_jpeg_64() {
    for (name, truth) in truths() {
        let facts = image(&read(&name)).unwrap();
        let most = if truth.format == Format::Jpeg {
            64 * 1024
        } else {
            4096
        };
        // Six text chunks of 20 KB before the pixels cost a look at each.
        let most = if name == "notes-before-pixels.png" {
            6144
        } else {
            most
        };
        assert!(
            facts.bytes_read <= most,
            "{name}: {} bytes",
            facts.bytes_read
        );
    }
}

#[test]
fn a_header_beyond_the_allowance_is_a_read_limit() {
    let file = read("exif-behind-previews.jpg");
    let probe = Probe::new(Some(file.len() as u64)).with_max_bytes(2048);
    let error = Source::new(&file).run(probe).unwrap_err();
    assert_eq!(error, ProbeError::ReadLimit { max_bytes: 2048 });
}

#[test]
fn what_is_not_a_picture_says_what_it_is() {
    let refused = |name: &str| image(&read(&format!("refused/{name}"))).unwrap_err();
    let looks_like = |name| match refused(name) {
        ProbeError::UnsupportedFormat { looks_like } => looks_like,
        other => panic!("{name}: {other}"),
    };
    assert_eq!(looks_like("text.jpg"), Some("a text file"));
    assert_eq!(looks_like("document.png"), Some("a PDF document"));
    assert_eq!(refused("empty.png").to_string(), "the file is empty");
    assert_eq!(refused("empty.png").code(), Code::Truncated);
    for name in [
        "no-size.png",
        "no-header.png",
        "no-frame.jpg",
        "unknown-chunk.webp",
    ] {
        assert_eq!(refused(name).code(), Code::Malformed, "{name}");
    }
}

#[test]
fn a_claim_of_4_billion_pixels_is_believed_and_allocates_nothing() {
    let facts = image(&read("claims-4-billion-pixels.png")).unwrap();
    assert_eq!(facts.width * facts.height, 4_294_836_225);
}

#[test]
fn a_chain_of_a_million_segments_ends() {
    let mut file = b"\xff\xd8".to_vec();
    file.extend(b"\xff\xe0\x00\x02".repeat(2_000_000));
    let error = image(&file).unwrap_err();
    assert_eq!(error, ProbeError::TooConvoluted);
}

#[test]
fn an_exif_directory_that_leaves_its_segment_leaves_the_picture_upright() {
    let facts = image(&read("broken-exif.jpg")).unwrap();
    assert_eq!(still(&facts).orientation, Orientation::UPRIGHT);
}

proptest! {
    #[test]
    fn bytes_changed_at_random_never_panic_and_never_loop(
        which in 0..38_usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let truths = truths();
        let name = truths.keys().nth(which).unwrap();
        let mut file = read(name);
        file.truncate(8192);
        for (index, byte) in changes {
            let index = index.index(file.len().min(512));
            file[index] = byte;
        }
        let _ = probe::bytes(&file);
    }

    #[test]
    fn any_bytes_behind_a_signature_never_panic(
        signature in prop::sample::select(vec![&b"\x89PNG\r\n\x1a\n"[..], b"\xff\xd8\xff", b"GIF89a", b"RIFF\xff\xff\xff\xffWEBPVP8X"]),
        rest in prop::collection::vec(any::<u8>(), 0..600),
    ) {
        let _ = probe::bytes(&[signature, &rest].concat());
    }
}
