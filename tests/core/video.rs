//! Videos, and what their makers say of them.

use crate::fixtures::{Video, giants, read, videos};
use crate::source::{File, Source};
use crate::sparse::Sparse;
use mp4parse::{SampleEntry, TrackType};
use tilewise::error::ErrorCode;
use tilewise::media::{Format, Kind, MediaFacts, VideoFacts};
use tilewise::probe::{self, Probe, ProbeError};

/// All at once, so that one run shows all that is wrong.
fn assert_none(problems: &[String]) {
    assert!(
        problems.is_empty(),
        "{} problems:\n{}",
        problems.len(),
        problems.join("\n")
    );
}

fn video_facts(facts: &MediaFacts) -> &VideoFacts {
    match &facts.kind {
        Kind::Video(video) => video,
        Kind::Image(_) => panic!("an image: {facts:?}"),
    }
}

#[test]
fn every_video_is_what_its_maker_says() {
    let videos = videos();
    assert!(videos.len() >= 500);
    let mut problems = Vec::new();
    for (name, video) in &videos {
        let file = read(name);
        problems.extend(mistakes(name, video, Source::new(&file).probe(), &file[..]));
    }
    assert_none(&problems);
}

#[test]
fn every_giant_is_what_its_maker_says_and_costs_less_than_64_kib_to_read() {
    let giants = giants();
    assert!(giants.len() >= 9);
    let mut problems = Vec::new();
    for (name, video) in &giants {
        let file = Sparse::open(name);
        let outcome = Source::of(&file).probe();
        if let Ok(facts) = &outcome
            && facts.bytes_read >= 64 * 1024
        {
            problems.push(format!("{name}: {} bytes read", facts.bytes_read));
        }
        problems.extend(mistakes(name, video, outcome, &file));
    }
    assert_none(&problems);
}

/// Where facts differ from the truth: counts by more than a frame, durations by more than a frame and a
/// millisecond, rates by more than the rounding of time stamps to milliseconds makes of them.
fn mistakes<F: File>(
    name: &str,
    expected: &Video,
    outcome: Result<MediaFacts, ProbeError>,
    file: F,
) -> Vec<String> {
    let facts = match outcome {
        Ok(facts) => facts,
        Err(error) => return vec![format!("{name}: {error}")],
    };
    let Kind::Video(video) = &facts.kind else {
        return vec![format!("{name}: an image")];
    };
    let frame_ms = frame_ms(expected);
    let about = |found: Option<f64>, truth: Option<f64>, tolerance: f64| match (found, truth) {
        (Some(found), Some(truth)) => (found - truth).abs() <= tolerance,
        (found, truth) => found == truth,
    };
    let count = |frames: Option<u64>| frames.map(|frames| frames as f64);
    let stored = (facts.width, facts.height);
    let shown = (facts.display_width, facts.display_height);
    let truth_shown = (expected.display_width, expected.display_height);
    let mut mistakes = Vec::new();
    let mut check =
        |holds: bool, what: &str, found: &dyn std::fmt::Debug, truth: &dyn std::fmt::Debug| {
            if !holds {
                mistakes.push(format!("{name}: {what} {found:?} instead of {truth:?}"));
            }
        };
    check(
        facts.format == expected.format,
        "format",
        &facts.format,
        &expected.format,
    );
    check(
        facts.mime == expected.format.mime(),
        "mime",
        &facts.mime,
        &expected.format.mime(),
    );
    check(
        facts.bytes == Some(file.length()),
        "bytes",
        &facts.bytes,
        &file.length(),
    );
    check(
        stored == (expected.width, expected.height),
        "size",
        &stored,
        &(expected.width, expected.height),
    );
    check(shown == truth_shown, "shown", &shown, &truth_shown);
    check(
        video.rotation == expected.rotation,
        "rotation",
        &video.rotation,
        &expected.rotation,
    );
    check(
        video.codec == expected.codec,
        "codec",
        &video.codec,
        &expected.codec,
    );
    check(
        video.has_audio == expected.has_audio,
        "audio",
        &video.has_audio,
        &expected.has_audio,
    );
    check(
        about(video.duration_ms, expected.duration_ms, frame_ms + 1.0),
        "duration",
        &video.duration_ms,
        &expected.duration_ms,
    );
    check(
        about(count(video.frame_count), count(expected.frame_count), 1.0),
        "frames",
        &video.frame_count,
        &expected.frame_count,
    );
    check(
        about(
            video.frame_rate,
            expected.frame_rate,
            expected.frame_rate.unwrap_or_default() / 1000.0,
        ),
        "rate",
        &video.frame_rate,
        &expected.frame_rate,
    );
    mistakes
}

/// How long a frame lasts, or a slow one where no header tells.
fn frame_ms(video: &Video) -> f64 {
    video.frame_rate.map_or(50.0, |rate| 1000.0 / rate)
}

#[test]
fn nine_in_ten_videos_cost_at_most_64_kib_to_read() {
    let mut costs = Vec::new();
    for name in videos().keys() {
        if let Ok(facts) = probe::bytes(&read(name)) {
            costs.push(facts.bytes_read);
        }
    }
    costs.sort_unstable();
    let ninth_in_ten = costs[costs.len() * 9 / 10];
    assert!(ninth_in_ten <= 64 * 1024, "{ninth_in_ten} bytes");
}

#[test]
fn giants_in_pieces_and_of_unknown_length_are_the_same() {
    let mut problems = Vec::new();
    for name in giants().keys() {
        let file = Sparse::open(name);
        let Ok(whole) = Source::of(&file).probe() else {
            problems.push(format!("{name} is not read"));
            continue;
        };
        match Source::of(&file).of_at_most(1000).probe() {
            Ok(pieces) if video_facts(&pieces) == video_facts(&whole) => {}
            outcome => problems.push(format!("{name} in pieces: {outcome:?}")),
        }
        match Source::of(&file).run(Probe::new(None)) {
            Ok(unknown) => problems.extend(contradictions(name, &whole, &unknown)),
            Err(error) => problems.push(format!("{name} of unknown length: {error}")),
        }
    }
    assert_none(&problems);
}

#[test]
fn of_unknown_length_a_video_may_tell_less_but_nothing_else() {
    let mut problems = Vec::new();
    for name in videos().keys() {
        let file = read(name);
        let (Ok(whole), Ok(unknown)) = (
            Source::new(&file).probe(),
            Source::new(&file).run(Probe::new(None)),
        ) else {
            problems.push(format!("{name} is not read"));
            continue;
        };
        problems.extend(contradictions(name, &whole, &unknown));
    }
    assert_none(&problems);
}

/// What the two say differently, where both say it.
fn contradictions(name: &str, whole: &MediaFacts, other: &MediaFacts) -> Vec<String> {
    fn differ<T: PartialEq>(one: &Option<T>, other: &Option<T>) -> bool {
        one.is_some() && other.is_some() && one != other
    }
    let (known, told) = (video_facts(whole), video_facts(other));
    let delay_ms = delay_ms(whole.format);
    let longer =
        differ(&known.duration_ms, &told.duration_ms) && !is_as_long(told, known, delay_ms);
    let more = differ(&known.frame_count, &told.frame_count) && !has_as_many(told, known, delay_ms);
    let differ = [
        ("size", whole.stored() != other.stored()),
        ("rotation", known.rotation != told.rotation),
        ("duration", longer),
        ("rate", differ(&known.frame_rate, &told.frame_rate)),
        ("frames", more),
        ("codec", known.codec != told.codec),
        ("audio", differ(&known.has_audio, &told.has_audio)),
    ];
    let differ = differ.iter().filter(|(_, differs)| *differs);
    differ
        .map(|(what, _)| format!("{name}: another {what}: {told:?} instead of {known:?}"))
        .collect()
}

/// By how much the header of a format may call a video longer than its end does. That of Flash counts from
/// zero, though the first frame waits for those that it is shown behind, or for the sound; that of Windows Media goes on
/// as long as the sound.
fn delay_ms(format: Format) -> f64 {
    match format {
        Format::Flv | Format::Wmv => 100.0,
        _ => 0.0,
    }
}

/// Whether one is at most so much longer than the other, where both know.
fn is_as_long(one: &VideoFacts, other: &VideoFacts, tolerance_ms: f64) -> bool {
    let durations = one.duration_ms.zip(other.duration_ms);
    durations.is_none_or(|(one, other)| one <= other + tolerance_ms)
}

/// Whether one has at most the frames more that last so long, where both know.
fn has_as_many(one: &VideoFacts, other: &VideoFacts, tolerance_ms: f64) -> bool {
    let counts = one.frame_count.zip(other.frame_count);
    counts.is_none_or(|(frames, others)| {
        let more = frames.saturating_sub(others) as f64;
        more * 1000.0 <= tolerance_ms * other.frame_rate.unwrap_or_default()
    })
}

#[test]
fn a_video_that_was_cut_off_is_never_longer_than_it_was() {
    let mut problems = Vec::new();
    for (name, video) in videos() {
        let file = read(&name);
        let Ok(whole) = Source::new(&file).probe() else {
            problems.push(format!("{name} is not read"));
            continue;
        };
        let known = video_facts(&whole);
        // How long a track is Matroska says in tags at the end; its header, how long the longest is.
        let header_tells = !matches!(video.format, Format::Mkv | Format::Webm);
        let tolerance_ms = frame_ms(&video) + 1.0 + delay_ms(video.format);
        for sixteenths in 1..16 {
            let length = file.len() * sixteenths / 16;
            let Ok(facts) = Source::new(&file[..length]).probe() else {
                continue;
            };
            let cut = video_facts(&facts);
            let as_long = is_as_long(cut, known, tolerance_ms);
            let as_many = has_as_many(cut, known, tolerance_ms);
            let louder = cut.has_audio == Some(true) && known.has_audio == Some(false);
            if header_tells && !(as_long && as_many) || louder {
                problems.push(format!("{name} cut at {length}: {cut:?} of {known:?}"));
            }
        }
    }
    assert_none(&problems);
}

/// Where mp4parse says something else, or nothing, and why. A star stands for all that begin so.
const MP4PARSE_DIFFERS: [(&str, &str); 10] = [
    (
        "mov/h263.mov",
        "it does not take H.263 for a codec of QuickTime",
    ),
    ("mp4/cut-data.mp4", "it wants all frames to be there"),
    ("mp4/edit-repeats.mp4", "it takes the first edit only"),
    ("mp4/edit-two-pieces.mp4", "same as above"),
    (
        "mp4/fragmented-av1.mp4",
        "ffmpeg wrote an empty configuration, before it had seen a frame",
    ),
    (
        "mp4/open-end.mp4",
        "it reads no box that ends with the file",
    ),
    ("mp4/open-index.mp4", "same as above"),
    ("mp4/zeros-behind.mp4", "it takes zeros for such a box"),
    ("mp4/text-behind.mp4", "it takes a text for a box"),
    (
        "mp4/image-of-chapters-first.mp4",
        "it does not say that a track is disabled and holds the images of chapters",
    ),
];

#[test]
fn boxes_agree_with_mp4parse() {
    let mut problems = Vec::new();
    let mut compared = 0;
    for (name, video) in videos() {
        let in_boxes = matches!(video.format, Format::Mp4 | Format::Mov | Format::ThreeGp);
        if !in_boxes {
            continue;
        }
        let excused = MP4PARSE_DIFFERS
            .iter()
            .any(|(pattern, _)| fits(pattern, &name));
        let wrong = by_mp4parse(&read(&name))
            .map_or_else(|error| vec![error], |seen| seen.differences(&video));
        compared += 1;
        if wrong.is_empty() == excused {
            problems.push(format!("{name}: {wrong:?}"));
        }
    }
    assert_none(&problems);
    assert!(compared >= 200, "only {compared} files were compared");
}

/// What mp4parse says of the first track of images.
struct Seen {
    size: Option<(u64, u64)>,
    rotation: Option<u16>,
    /// Where the index alone tells.
    duration_ms: Option<f64>,
}

fn by_mp4parse(file: &[u8]) -> Result<Seen, String> {
    let context = mp4parse::read_mp4(&mut &file[..]).map_err(|error| format!("{error:?}"))?;
    let mut tracks = context.tracks.iter();
    let track = tracks
        .find(|track| track.track_type == TrackType::Video)
        .ok_or("no video track")?;
    let entry = track
        .stsd
        .as_ref()
        .and_then(|table| table.descriptions.first());
    let size = match entry {
        Some(SampleEntry::Video(entry)) => Some((entry.width.into(), entry.height.into())),
        _ => None,
    };
    let rotation = track.tkhd.as_ref().and_then(|header| {
        let matrix = &header.matrix;
        match (
            matrix.a.signum(),
            matrix.b.signum(),
            matrix.c.signum(),
            matrix.d.signum(),
        ) {
            (1, 0, 0, 1) => Some(0),
            (0, 1, -1, 0) => Some(90),
            (-1, 0, 0, -1) => Some(180),
            (0, -1, 1, 0) => Some(270),
            _ => None,
        }
    });
    let by = |ticks: u64, scale: u64| (scale > 0).then(|| ticks as f64 / scale as f64 * 1000.0);
    let edited = track.edited_duration.zip(context.timescale);
    let stored = track.duration.zip(track.timescale);
    let duration_ms = match (edited, stored) {
        _ if context.mvex.is_some() => None,
        (Some((ticks, scale)), _) if ticks.0 > 0 => by(ticks.0, scale.0),
        (_, Some((ticks, scale))) => by(ticks.0, scale.0),
        _ => None,
    };
    Ok(Seen {
        size,
        rotation,
        duration_ms,
    })
}

impl Seen {
    fn differences(&self, video: &Video) -> Vec<String> {
        let mut wrong = Vec::new();
        if self
            .size
            .is_some_and(|size| size != (video.width, video.height))
        {
            wrong.push(format!("size {:?}", self.size));
        }
        if self.rotation != Some(video.rotation.degrees()) {
            wrong.push(format!("rotation {:?}", self.rotation));
        }
        if let (Some(seen), Some(truth), Some(rate)) =
            (self.duration_ms, video.duration_ms, video.frame_rate)
            && (seen - truth).abs() > 1000.0 / rate + 1.0
        {
            wrong.push(format!("duration {seen}"));
        }
        wrong
    }
}

/// Whether a name is what a pattern says: itself, or whatever begins so before its star.
fn fits(pattern: &str, name: &str) -> bool {
    pattern
        .strip_suffix('*')
        .map_or(name == pattern, |start| name.starts_with(start))
}

#[test]
fn sound_without_images_says_that_it_has_none() {
    let mut problems = Vec::new();
    for name in [
        "sound.mp4",
        "sound.mov",
        "sound.3gp",
        "sound.m4a",
        "sound.mkv",
        "sound.webm",
        "sound.avi",
        "sound.flv",
        "sound.wmv",
        "sound.mpg",
        "sound.ts",
    ] {
        let outcome = probe::bytes(&read(&format!("refused/{name}")));
        if !matches!(&outcome, Err(error) if error.code() == ErrorCode::UnsupportedFormat) {
            problems.push(format!("{name}: {outcome:?}"));
        }
    }
    assert_none(&problems);
}

#[test]
fn heads_that_end_before_they_say_enough_are_cut_off_or_malformed() {
    let mut problems = Vec::new();
    for name in [
        "type-only.mp4",
        "no-index.mp4",
        "cut-index.mp4",
        "header-only.mkv",
        "cut-tracks.mkv",
        "cut-header.avi",
        "cut-header.flv",
        "cut-header.wmv",
        "cut-before-image.ts",
    ] {
        let outcome = probe::bytes(&read(&format!("refused/{name}")));
        if !matches!(&outcome, Err(error) if matches!(error.code(), ErrorCode::Truncated | ErrorCode::Malformed))
        {
            problems.push(format!("{name}: {outcome:?}"));
        }
    }
    assert_none(&problems);
}

#[test]
fn videos_of_no_size_are_refused() {
    let mut problems = Vec::new();
    for name in ["no-size.mp4", "no-size.mkv", "no-size.avi"] {
        let outcome = probe::bytes(&read(&format!("refused/{name}")));
        if let Ok(facts) = outcome {
            problems.push(format!("{name}: {facts:?}"));
        }
    }
    assert_none(&problems);
}

#[test]
fn frames_are_derived_only_where_no_table_counts_them() {
    for (name, is_derived) in [
        ("mp4/h264.mp4", false),
        ("mp4/fragmented-many.mp4", false),
        ("mov/h264.mov", false),
        ("3gp/fragmented.3gp", false),
        ("avi/mjpeg.avi", false),
        // Statistics of its writer count them.
        ("mkv/mkvmerge.mkv", false),
        // From duration and rate.
        ("mkv/bare.mkv", true),
        ("webm/vp9.webm", true),
        ("mpeg/h264.ts", true),
        ("flv/h264.flv", true),
    ] {
        let facts = probe::bytes(&read(name)).unwrap();
        let video = video_facts(&facts);
        assert!(video.frame_count.is_some(), "{name}");
        assert_eq!(video.frames_derived, is_derived, "{name}");
    }
}
