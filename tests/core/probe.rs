use crate::fixtures::{Truth, folder, names, read, truths};
use crate::source::{Source, assert_agree, assert_cut_agrees, assert_same, probe_every_way};
use proptest::prelude::*;
use tilewise::error::ErrorCode;
use tilewise::media::{Format, Kind};
use tilewise::probe::{self, Probe, ProbeError};

#[test]
fn every_fixture_is_what_its_maker_says() {
    let truths = truths();
    assert!(truths.len() >= 500);
    for (name, truth) in &truths {
        let file = read(name);
        let facts = Source::new(&file)
            .probe()
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let Kind::Image(image) = &facts.kind else {
            panic!("{name} is a video");
        };
        let found = Truth {
            format: facts.format,
            width: facts.width,
            height: facts.height,
            display_width: facts.display_width,
            display_height: facts.display_height,
            orientation: image.orientation.number(),
            animated: image.animated,
            alpha: image.has_alpha,
        };
        assert_eq!(found, *truth, "{name}");
        assert_eq!(facts.bytes, Some(file.len() as u64), "{name}");
        assert_eq!(facts.mime, truth.format.mime(), "{name}");
    }
}

/// Where imagesize says something else, or nothing, and why. A star stands for all that begin so.
const IMAGESIZE_DIFFERS: [(&str, &str); 27] = [
    (
        "png/apple*",
        "it reads at a fixed place, where Apple's files have another chunk",
    ),
    (
        "jpeg/padding.jpg",
        "it takes each fill byte before a marker for a segment",
    ),
    (
        "bmp/header-12-*",
        "it reads the 16-bit sides of OS/2 as ones of 32 bits",
    ),
    ("bmp/bmp2.bmp", "same as above"),
    (
        "bmp/top-down*",
        "it takes a negative height for one of four billion rows",
    ),
    ("ico/cursor*", "it knows icons only"),
    (
        "ico/png-of-512.ico",
        "it believes the directory, which cannot say more than 256",
    ),
    ("ico/wrong-directory.ico", "it believes the directory"),
    ("avif/long-*", "it reads no box of 64 bits"),
    ("heic/long-*", "same as above"),
    (
        "avif/*cropped*turned.avif",
        "it turns what it does not crop",
    ),
    (
        "avif/wide-pixels-turned.avif",
        "it turns what it does not widen",
    ),
    ("heic/cropped-turned.heic", "same as above"),
    (
        "heic/primary-last.heic",
        "it takes the largest item, not the primary one",
    ),
    (
        "heic/*-in-exif-only.heic",
        "it takes the coded item, from which the primary one is cut",
    ),
    ("heic/alpha*", "same as above"),
    ("heic/lossless.heic", "same as above"),
    ("heic/monochrome.heic", "same as above"),
    ("heic/odd.heic", "same as above"),
    ("heic/plain.heic", "same as above"),
    ("heic/several.heic", "same as above"),
    ("heic/thumbnail.heic", "same as above"),
    (
        "avif/cropped-wide-turned-mirrored.avif",
        "it turns what it does not crop",
    ),
    (
        "*other-turned-primary-not*",
        "it turns the primary item as another one is turned",
    ),
    (
        "*thumbnail-larger-than-its-image*",
        "it takes the largest item",
    ),
    (
        "jpeg/padding-everywhere.jpg",
        "it takes each fill byte for a segment",
    ),
    ("heic/sequence.heic", "it knows no images without items"),
];

#[test]
fn sizes_agree_with_imagesize() {
    let mut compared = 0;
    for (name, truth) in truths() {
        let seen = imagesize::blob_size(&read(&name)).ok();
        let seen = seen.map(|size| (size.width as u64, size.height as u64));
        let stored = (truth.width, truth.height);
        let shown = (truth.display_width, truth.display_height);
        // It reads no SVG, and only some JPEG XL.
        if matches!(truth.format, Format::Svg | Format::Jxl) && seen != Some(stored) {
            continue;
        }
        let agrees = seen == Some(stored) || seen == Some(shown);
        let excused = IMAGESIZE_DIFFERS
            .iter()
            .any(|(pattern, _)| fits(pattern, &name));
        assert_ne!(agrees, excused, "{name}: {seen:?}");
        compared += 1;
    }
    assert!(compared >= 400, "only {compared} files were compared");
}

/// Whether a name is what a pattern says, in which each star stands for anything.
fn fits(pattern: &str, name: &str) -> bool {
    let Some((before, behind)) = pattern.split_once('*') else {
        return name == pattern;
    };
    name.strip_prefix(before).is_some_and(|rest| {
        rest.char_indices().any(|(at, _)| fits(behind, &rest[at..])) || behind.is_empty()
    })
}

#[test]
fn orientations_agree_with_kamadak_exif() {
    let mut compared = 0;
    for (name, truth) in truths() {
        // Of two tags of one name it takes the last, viewers the first.
        if name.starts_with("jpeg/orientation-twice") {
            continue;
        }
        // Where boxes or a codestream say how an image stands, its EXIF does not count; and only a short
        // number from 1 to 8 is an orientation.
        let counts = !matches!(truth.format, Format::Avif | Format::Heic | Format::Jxl);
        let file = read(&name);
        let read = exif::Reader::new().read_from_container(&mut std::io::Cursor::new(&file));
        let Some(field) = read.ok().and_then(|block| {
            block
                .get_field(exif::Tag::Orientation, exif::In::PRIMARY)
                .cloned()
        }) else {
            continue;
        };
        let valid = match field.value {
            exif::Value::Short(values) => values.first().copied().filter(|n| (1..=8).contains(n)),
            _ => None,
        };
        if counts {
            assert_eq!(valid.unwrap_or(1), u16::from(truth.orientation), "{name}");
            compared += 1;
        }
    }
    assert!(compared >= 60, "only {compared} files have an orientation");
}

#[test]
fn a_file_cut_anywhere_gives_the_same_facts_or_says_that_it_is_cut() {
    /// Beyond this no header of a fixture reads on, but from segment to segment.
    const EVERY_BYTE: usize = 6 * 1024;
    for name in names() {
        let file = read(&name);
        let whole = Source::new(&file).probe().unwrap();
        let near = 0..file.len().min(EVERY_BYTE);
        let far = (EVERY_BYTE..file.len()).step_by(997);
        for length in near.chain(far) {
            assert_cut_agrees(&whole, &file[..length]);
        }
    }
}

#[test]
fn a_file_cut_inside_its_signature_is_truncated_not_unsupported() {
    for name in names() {
        for length in 0..2 {
            let error = probe::bytes(&read(&name)[..length]).unwrap_err();
            assert_eq!(error.code(), ErrorCode::Truncated, "{name} cut at {length}");
        }
    }
}

#[test]
fn pieces_of_any_size_give_the_same_facts_and_no_byte_is_asked_for_twice() {
    for name in names() {
        let file = read(&name);
        let whole = probe_every_way(&file).unwrap();
        for longest_piece in [1, 2, 3, 7, 64, 1000] {
            let pieces = Source::in_pieces(&file, longest_piece).probe();
            assert_same(
                &whole,
                &pieces.unwrap_or_else(|error| panic!("{name}: {error}")),
            );
        }
    }
}

#[test]
fn a_file_is_read_at_once_where_a_read_costs_as_much_as_its_bytes() {
    for name in names() {
        let file = read(&name);
        let length = file.len() as u64;
        let mut source = Source::new(&file);
        let probe = Probe::new(Some(length)).with_read_cost(length);
        source.run(probe).unwrap();
        assert_eq!(source.asked.len(), 1, "{name}: {:?}", source.asked);
    }
}

#[test]
fn an_unknown_length_gives_the_same_facts() {
    for name in names() {
        let file = read(&name);
        let facts = Source::new(&file).run(Probe::new(None)).unwrap();
        assert_agree(&facts, &probe::bytes(&file).unwrap());
    }
}

#[test]
fn fixed_headers_cost_at_most_4_kib_to_read_and_nine_in_ten_others_64() {
    let mut costs = Vec::new();
    for (name, truth) in truths() {
        let cost = probe::bytes(&read(&name)).unwrap().bytes_read;
        let has_fixed_header = matches!(
            truth.format,
            Format::Png | Format::Gif | Format::Webp | Format::Bmp | Format::Ico
        );
        if has_fixed_header {
            assert!(cost <= 4096, "{name}: {cost} bytes");
        }
        costs.push(cost);
    }
    costs.sort_unstable();
    let ninth_in_ten = costs[costs.len() * 9 / 10];
    assert!(ninth_in_ten <= 4096, "{ninth_in_ten} bytes");
    assert!(
        costs.last() <= Some(&(64 * 1024)),
        "{:?} bytes",
        costs.last()
    );
}

#[test]
fn a_header_beyond_the_allowance_is_a_read_limit() {
    let file = read("jpeg/exif-behind-previews.jpg");
    let probe = Probe::new(Some(file.len() as u64)).with_max_bytes(2048);
    let error = Source::new(&file).run(probe).unwrap_err();
    assert_eq!(error, ProbeError::ReadLimit { max_bytes: 2048 });
}

#[test]
fn what_is_not_an_image_says_what_it_is() {
    let looks_like = [
        ("text.jpg", "a text file"),
        ("bmw.bmp", "a text file"),
        ("document.png", "a PDF document"),
        ("negative.dng", "a camera's raw file"),
        ("preview-of-a-negative.nef", "a camera's raw file"),
        ("canon.cr2", "a camera's raw file"),
        ("targa.tga", "a Targa image"),
        ("page.svg", "an HTML page"),
        ("feed.svg", "an XML file"),
        ("packed.svgz", "a gzip archive"),
        ("layers.psd", "a Photoshop document"),
        ("sound.webp", "a WAVE sound file"),
        ("archive.zip", "a ZIP archive or an Office document"),
    ];
    for (name, expected) in looks_like {
        let error = probe::bytes(&read(&format!("refused/{name}"))).unwrap_err();
        let expected = ProbeError::UnsupportedFormat {
            looks_like: Some(expected),
        };
        assert_eq!(error, expected, "{name}");
    }
}

#[test]
fn a_header_that_contradicts_itself_is_malformed_and_an_empty_file_says_so() {
    for name in [
        "no-size.png",
        "no-header.png",
        "no-frame.jpg",
        "unknown-chunk.webp",
        "video.heic",
    ] {
        let error = probe::bytes(&read(&format!("refused/{name}"))).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Malformed, "{name}");
    }
    let error = probe::bytes(&read("refused/empty.png")).unwrap_err();
    assert_eq!(error.to_string(), "the file is empty");
    assert_eq!(error.code(), ErrorCode::Truncated);
}

#[test]
fn what_fuzzers_once_found_stays_mended() {
    let findings = std::fs::read_dir(folder().join("findings")).unwrap();
    let mut count = 0;
    for finding in findings {
        let _ = probe_every_way(&std::fs::read(finding.unwrap().path()).unwrap());
        count += 1;
    }
    assert!(count > 0);
}

proptest! {
    #[test]
    fn fixtures_changed_at_random_never_panic_never_loop_and_never_contradict_themselves(
        which in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let names = names();
        let mut file = read(&names[which.index(names.len())]);
        file.truncate(8192);
        for (index, byte) in changes {
            let index = index.index(file.len().min(512));
            file[index] = byte;
        }
        let _ = probe_every_way(&file);
    }

    #[test]
    fn any_bytes_behind_a_signature_never_panic(
        signature in prop::sample::select(SIGNATURES),
        rest in prop::collection::vec(any::<u8>(), 0..600),
    ) {
        let _ = probe_every_way(&[signature, &rest].concat());
    }
}

const SIGNATURES: &[&[u8]] = &[
    b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR",
    b"\xff\xd8\xff",
    b"GIF89a",
    b"RIFF\xff\xff\xff\xffWEBPVP8X",
    b"BM????????????\x28\0\0\0",
    b"II*\0\x08\0\0\0",
    b"MM\0+\0\x08\0\0",
    b"\0\0\x01\0\x01\0",
    b"\0\0\0\x18ftypavif\0\0\0\0mif1miaf\0\0\x02\0meta\0\0\0\0",
    b"\xff\x0a",
    b"\0\0\0\x0cJXL \r\n\x87\n",
    b"<svg ",
    b"RIFF\xff\xff\xff\xffAVI LIST\0\0\0\0hdrl",
    b"FLV\x01\x05\0\0\0\x09\0\0\0\0\x12\0",
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c\0\x02\0\0\0\0\0\0",
    b"\0\0\x01\xba\x44\0\x04\0\x04\x01\0\0\x03\xf8\0\0\x01\xe0\x02\0\x80\x80\x05",
    b"\0\0\x01\xb3",
    TRANSPORT,
];

/// Sync bytes where packets begin, and a table in the first.
const TRANSPORT: &[u8] = &{
    let mut file = [0xff; 2 * 188];
    let head = *b"\x47\x40\0\x10\0\0\xb0\x0d\0\x01\xc1\0\0\0\x01\xe1\0";
    let mut at = 0;
    while at < head.len() {
        file[at] = head[at];
        at += 1;
    }
    file[188] = 0x47;
    file[189] = 0x41;
    file[190] = 0x00;
    file[191] = 0x10;
    file
};
