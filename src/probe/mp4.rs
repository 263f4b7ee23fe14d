//! Videos in boxes: MP4 (ISO/IEC 14496-14:2020), QuickTime (Apple, QuickTime File Format, 2016-09-13) and 3GP
//! (3GPP TS 26.244). The index, `moov`, may stand before the frames or behind gigabytes of them.

mod compressed;
mod inflate;

use super::boxes::Boxes;
use super::fragments::Fragments;
use super::input::{Halt, Input, Parse, ends_before, lacks, malformed};
use super::movie::{Matrix, Movie, MovieHeader, Track, TrackBoxes, TrackHeader};
use super::sequence::Sequence;
use super::video::Video;
use super::{ProbeError, Reader, brands, codec};
use crate::media::{Format, Kind, MediaFacts, Rotation, Size};
use crate::order::ascending;
use std::ops::{ControlFlow, Range};

/// QuickTime files that are older than brands. The first byte, of a box that is not huge, keeps text with
/// such a word in it apart.
pub(super) const READER: Reader = Reader {
    signatures: &[
        b"????mdat",
        b"\0???moov",
        b"\0???wide",
        b"\0???free",
        b"\0???skip",
        b"\0???pnot",
    ],
    read: |input| read(input, Format::Mov),
};

pub(super) fn read(input: &Input<'_>, format: Format) -> Parse<MediaFacts> {
    input.expect_video();
    let index = Index::find(input, format, 0)?;
    let outcome = by_index(input, &index, true);
    let says_enough = match &outcome {
        Ok(facts) => match &facts.kind {
            Kind::Video(video) => video.frame_count.is_some() || video.duration_ms.is_some(),
            Kind::Image(_) => true,
        },
        Err(halt) => !matches!(halt.error(), Some(ProbeError::Lacks { .. })),
    };
    if says_enough {
        return outcome;
    }
    // A recorder may write an index without frames first, and the right one when it ends.
    let next = Index::find(input, index.format, index.behind);
    match next.and_then(|next| by_index(input, &next, true)) {
        // The file may have been cut off before it.
        Err(halt) if is_cut_off(&halt) && is_empty(&outcome) => Err(halt),
        Err(halt) if halt.error().is_some() => outcome,
        next => next,
    }
}

/// An index without any track says of what.
const NO_TRACK: &str = "track";

fn is_empty(outcome: &Parse<MediaFacts>) -> bool {
    let error = outcome.as_ref().err().and_then(Halt::error);
    matches!(error, Some(ProbeError::Lacks { what, .. }) if *what == NO_TRACK)
}

fn is_cut_off(halt: &Halt) -> bool {
    matches!(halt.error(), Some(ProbeError::CutOff { .. }))
}

/// What an index says. It may hold another one that is compressed, which holds none.
fn by_index(input: &Input<'_>, index: &Index, may_be_compressed: bool) -> Parse<MediaFacts> {
    let format = index.format;
    let movie = Movie::new(input, format, index.body.clone());
    let (video, has_audio) = Tracks::choose(&movie)?;
    let Some((boxes, header)) = video else {
        if may_be_compressed && let Some(body) = movie.compressed()? {
            let read = |input: &Input<'_>, index: &Index| by_index(input, index, false);
            return compressed::read(input, index, body, read);
        }
        return match index.is_open {
            // Something may have stood behind the end of the file.
            true => malformed(
                format,
                index.behind,
                "the index ends before its video track",
            ),
            false if has_audio => lacks(format, "video track"),
            false => lacks(format, NO_TRACK),
        };
    };
    let about = movie.header()?;
    let track = movie.track(boxes);
    let ticks_a_second = match track.timescale() {
        0 => about.timescale,
        own => own,
    };
    if ticks_a_second == 0 {
        return malformed(format, 0, "the movie counts no ticks a second");
    }
    let extends = movie.extends()?;
    let fragments = match (extends, &header) {
        (Some(extends), Some(header)) => {
            let track = (header.id, ticks_a_second);
            Some(Fragments::read(
                input,
                format,
                extends,
                track,
                index.behind,
            )?)
        }
        _ => None,
    };
    let mut video = Video::new(format);
    video.has_audio = Some(has_audio);
    describe(&mut video, &track, header.as_ref(), about.matrix)?;
    time(&mut video, &track, (ticks_a_second, about), fragments)?;
    Ok(video.facts())
}

/// Where the index is.
#[derive(Clone, Debug)]
struct Index {
    format: Format,
    body: Range<u64>,
    /// Whether it goes on to the end of the file, wherever that is.
    is_open: bool,
    /// Where the next box begins.
    behind: u64,
}

impl Index {
    /// The first from a place on.
    fn find(input: &Input<'_>, format: Format, start: u64) -> Parse<Self> {
        input.walk((*b"file", start), (start, format), |(at, format)| {
            let mut boxes = Boxes::of_file(input, *format).from(*at);
            let Some(found) = boxes.next()? else {
                // A file that was cut off ends inside a box, as a rule inside the frames.
                let end = input.slice(boxes.position().saturating_sub(1), 1);
                ends_before(end, *format, "its index (moov)")?;
                return malformed(*format, boxes.position(), "there is no index (moov)");
            };
            match &found.kind {
                // Something may stand before the brand.
                b"ftyp" => *format = brands::video_format(&input.array(found.body.start)?),
                b"moov" => {
                    return Ok(ControlFlow::Break(Self {
                        format: *format,
                        body: found.body,
                        is_open: found.is_open,
                        behind: boxes.position(),
                    }));
                }
                _ => {}
            }
            *at = boxes.position();
            Ok(ControlFlow::Continue(()))
        })
    }
}

/// A track, and what its header says.
type Described = (TrackBoxes, Option<TrackHeader>);

/// The tracks that were met.
#[derive(Debug, Default)]
struct Tracks {
    videos: Vec<Described>,
    /// Ids of the tracks that hold chapters.
    chapters: Vec<u64>,
    has_audio: bool,
    best: Option<Described>,
}

impl Tracks {
    /// The track that a player shows, and whether there is one to hear.
    fn choose(movie: &Movie<'_>) -> Parse<(Option<Described>, bool)> {
        movie.walk_tracks(Self::default(), |tracks, track| {
            let Some(track) = track else {
                tracks.best = tracks.best.take().or(tracks.take_best());
                return Ok(ControlFlow::Break((tracks.best.clone(), tracks.has_audio)));
            };
            let chapters = track.chapters()?;
            match &track.handler() {
                b"vide" => {
                    let header = track.header()?;
                    tracks.videos.push((track.into_boxes(), header));
                }
                handler => tracks.has_audio |= handler == b"soun",
            }
            tracks.chapters.extend(chapters);
            Ok(ControlFlow::Continue(()))
        })
    }

    /// Images of chapters are a track, too. The first of the best is what is shown.
    fn take_best(&mut self) -> Option<Described> {
        let chapters = ascending(std::mem::take(&mut self.chapters));
        let rank = |header: &Option<TrackHeader>| match header {
            Some(header) if chapters.binary_search(&header.id.into()).is_ok() => 0,
            Some(header) if header.enabled => 2,
            _ => 1,
        };
        let videos = self.videos.drain(..).rev();
        videos.max_by_key(|(_, header)| rank(header))
    }
}

/// What a frame is and how it is shown.
fn describe(
    video: &mut Video,
    track: &Track<'_>,
    header: Option<&TrackHeader>,
    movie: Matrix,
) -> Parse<()> {
    if let Some(sample) = track.visual_sample()? {
        video.codec = match sample.object_type.and_then(codec::of_object_type) {
            Some(name) => Some(name.to_owned()),
            None => {
                let is_hevc = |sequence: &Sequence| sequence.codec == "hevc";
                let has_hevc = sample.sequence.as_ref().is_some_and(is_hevc);
                codec::of_sample_entry(sample.coding, has_hevc)
            }
        };
        // A description may hold what is coded, of which the parameters crop some away.
        let coded = sample.sequence.as_ref().map(|sequence| sequence.size);
        video.stored = coded.unwrap_or(sample.stored);
        // Writers state square pixels by habit, in players' eyes no more than nothing.
        let stated = sample
            .pixel
            .filter(|(across, down)| *across > 0 && *down > 0 && across != down);
        video.pixel = stated.unwrap_or((1, 1));
        let shown = header.map_or(Size::new(0, 0), |header| {
            Size::new(header.width, header.height)
        });
        let is_plain = shown == sample.stored || shown == video.stored;
        if stated.is_none() && !is_plain && shown.width > 0 && shown.height > 0 {
            // Older files say only how large a frame is shown; the aspect of a pixel follows. All four
            // sides have 16 bits.
            video.pixel = (
                shown.width * video.stored.height,
                shown.height * video.stored.width,
            );
        }
    }
    if let Some(header) = header {
        if video.stored.width == 0 || video.stored.height == 0 {
            video.stored = Size::new(header.width, header.height);
        }
        video.rotation = rotation(header.matrix, movie);
        video.pixel = scaled(video.pixel, header.matrix, movie);
    }
    if video.stored.width == 0 || video.stored.height == 0 {
        lacks(video.format, "size of its frames")
    } else {
        Ok(())
    }
}

/// Clockwise, from where the matrix takes the axis that points right. One that mirrors is taken as a mirror
/// of left and right, and then a turn.
fn rotation(track: Matrix, movie: Matrix) -> Rotation {
    let [a, b, c, d] = track.then(movie);
    if a * d - b * c < 0.0 {
        Rotation::towards(d, -c)
    } else {
        Rotation::towards(a, b)
    }
}

/// A matrix that scales one side more than the other makes pixels wide or tall. One that scales both alike changes
/// nothing: a player shows a video in any size.
fn scaled(pixel: (u64, u64), track: Matrix, movie: Matrix) -> (u64, u64) {
    /// Less is the rounding of who computed the sides.
    const TOLERANCE: f64 = 0.01;
    const MAX_RATIO: f64 = 4096.0;
    const ONE: f64 = 65_536.0;
    let [a, b, c, d] = track.then(movie);
    let length = |x: f64, y: f64| (x * x + y * y).sqrt();
    let ratio = length(a, b) / length(c, d);
    let is_usable = ratio.is_finite() && (1.0 / MAX_RATIO..MAX_RATIO).contains(&ratio);
    if !is_usable || (ratio - 1.0).abs() <= TOLERANCE {
        return pixel;
    }
    let (across, down) = pixel;
    (
        across.saturating_mul((ratio * ONE).round() as u64),
        down.saturating_mul(ONE as u64),
    )
}

/// How long the video is, and how many frames it shows; the ticks a second are the track's.
fn time(
    video: &mut Video,
    track: &Track<'_>,
    (timescale, movie): (u32, MovieHeader),
    fragments: Option<Fragments>,
) -> Parse<()> {
    let presented = Presentation::of(track, timescale, movie, fragments.is_some())?;
    let fragments = fragments.unwrap_or_default();
    let seconds = |ticks: u64| ticks as f64 / f64::from(timescale);
    let both = |one: Option<u64>, other: Option<u64>| Some(one?.saturating_add(other?));
    video.frames = both(presented.frames, fragments.frames);
    video.frames_derived = presented.frames_derived;
    video.seconds = both(presented.ticks, fragments.ticks)
        .map(seconds)
        // The whole, with the fragments, in ticks of the movie.
        .or_else(|| match movie.timescale {
            0 => None,
            timescale => Some(fragments.movie_ticks? as f64 / f64::from(timescale)),
        });
    video.frame_rate = fragments
        .ticks_per_frame
        .map(|ticks| f64::from(timescale) / ticks);
    Ok(())
}

/// What of a track is presented.
struct Presentation {
    frames: Option<u64>,
    /// The table that tells was too long to be read.
    frames_derived: bool,
    /// Of the track.
    ticks: Option<u64>,
}

impl Presentation {
    fn of(
        track: &Track<'_>,
        timescale: u32,
        movie: MovieHeader,
        has_fragments: bool,
    ) -> Parse<Self> {
        /// Longer tables are read only where an edit cuts: the count and the sum stand elsewhere, too.
        const MAX_RUNS_TO_SUM: u32 = 255;
        let movie_timescale = movie.timescale;
        let mut all = match (track.run_count()?, track.ticks()) {
            (0..=MAX_RUNS_TO_SUM, _) | (_, None) => Self::sum(track.runs()?),
            (_, ticks) => Self {
                frames: track.sample_count()?,
                frames_derived: false,
                ticks,
            },
        };
        // Where the table tells no time, the headers of the track and the movie do.
        let is_untimed = all.ticks == Some(0) && !has_fragments;
        if is_untimed {
            let of_movie = movie.ticks.and_then(|ticks| {
                let exact = u128::from(ticks) * u128::from(timescale);
                u64::try_from(exact.checked_div(movie_timescale.into())?).ok()
            });
            let counted = all.frames.filter(|frames| *frames > 0);
            all = Self {
                frames: counted.or(track.sample_count()?),
                frames_derived: false,
                ticks: track.ticks().or(of_movie),
            };
        }
        let edits = EditSegment::all(track, timescale, movie_timescale)?;
        let whole = all.ticks.unwrap_or(0);
        // The times of edits are rounded to ticks of the movie.
        let slack = u64::from(timescale / movie_timescale.max(1)) + 1;
        let kept = edits
            .iter()
            .fold(0_u64, |sum, edit| sum.saturating_add(edit.ticks));
        // Several pieces may leave out and repeat as much.
        let cuts = edits.len() > 1 || (!edits.is_empty() && kept.saturating_add(slack) < whole);
        match cuts {
            false => Ok(all),
            true if is_untimed => Ok(all.scaled_to(kept)),
            true if track.can_read_runs()? => Self::cut(track, &edits),
            true => Ok(all.scaled_to(kept)),
        }
    }

    fn sum(runs: impl Iterator<Item = (u64, i64)>) -> Self {
        let mut frames = 0_u64;
        let mut ticks = 0_i64;
        for (count, each) in runs {
            frames = frames.saturating_add(count);
            ticks = ticks.saturating_add(count.cast_signed().saturating_mul(each));
        }
        Self {
            frames: Some(frames),
            frames_derived: false,
            ticks: Some(u64::try_from(ticks).unwrap_or(0)),
        }
    }

    /// As if all frames were as long as they are on average.
    fn scaled_to(self, kept: u64) -> Self {
        let frames = self.frames.zip(self.ticks).and_then(|(frames, whole)| {
            let exact = u128::from(frames) * u128::from(kept);
            u64::try_from(exact.checked_div(whole.into())?).ok()
        });
        Self {
            frames,
            frames_derived: true,
            ticks: Some(kept),
        }
    }

    /// Only what the edits keep. A frame counts where its own start is kept.
    fn cut(track: &Track<'_>, edits: &[EditSegment]) -> Parse<Self> {
        // The table counts from the first decoding, edits from the first showing.
        let offset = track.first_offset()?;
        let segments = edits.iter().map(|edit| {
            let from = u64::try_from(edit.start.saturating_sub(offset)).unwrap_or(0);
            (from, from.saturating_add(edit.ticks))
        });
        let times = ascending(segments.clone().flat_map(<[u64; 2]>::from).collect());
        // A step back makes the frame before it no longer, and its own as short as can be.
        let runs = track.runs()?;
        let forwards = runs.map(|(count, each)| (count, u64::try_from(each).unwrap_or(1)));
        let mut timeline = Timeline::new(forwards);
        let reached: Vec<Reached> = times.iter().map(|time| timeline.go_to(*time)).collect();
        let at = |time: u64| {
            let index = times.partition_point(|known| *known < time);
            reached.get(index).copied().unwrap_or_default()
        };
        let mut frames = 0_u64;
        let mut ticks = 0_u64;
        for (from, to) in segments {
            let (from, to) = (at(from), at(to));
            frames = frames.saturating_add(to.frames.saturating_sub(from.frames));
            ticks = ticks.saturating_add(to.ticks.saturating_sub(from.ticks));
        }
        // What is decoded in another order, and lasts unequally long, begins elsewhere than it is decoded.
        if let [edit] = edits
            && track.runs()?.nth(1).is_some()
            && let Some(offsets) = track.offsets()?
        {
            frames = shown(track.runs()?, offsets, edit);
        }
        Ok(Self {
            frames: Some(frames),
            frames_derived: false,
            ticks: Some(ticks),
        })
    }
}

/// How many frames are first shown inside an edit. Both tables are gone over once, side by side.
fn shown(
    mut runs: impl Iterator<Item = (u64, i64)>,
    mut offsets: impl Iterator<Item = (u64, i64)>,
    edit: &EditSegment,
) -> u64 {
    let mut frames = 0_u64;
    let mut time = 0_i64;
    let mut run = (0, 0);
    let mut offset = (0, 0);
    loop {
        while run.0 == 0 {
            run = match runs.next() {
                Some((count, each)) => (count, u64::try_from(each).unwrap_or(1)),
                None => return frames,
            };
        }
        while offset.0 == 0 {
            // Those that a table leaves out are like the last.
            offset = offsets.next().unwrap_or((u64::MAX, offset.1));
        }
        let count = run.0.min(offset.0);
        let each = run.1;
        let first = time.saturating_add(offset.1);
        let before = |end: i64| {
            let ticks = u64::try_from(end.saturating_sub(first)).unwrap_or(0);
            ticks.div_ceil(each.max(1)).min(count)
        };
        // Frames that take no time are never shown.
        if each > 0 {
            let end = edit.start.saturating_add_unsigned(edit.ticks);
            frames = frames.saturating_add(before(end) - before(edit.start));
        }
        time = time.saturating_add_unsigned(count.saturating_mul(each));
        run.0 -= count;
        offset.0 -= count;
    }
}

/// How many frames begin before a time, and how many ticks of the track lie before it.
#[derive(Clone, Copy, Default)]
struct Reached {
    frames: u64,
    ticks: u64,
}

/// Runs of frames, gone over once, in the order of time.
struct Timeline<R> {
    runs: R,
    /// All runs before the current one.
    before: Reached,
    /// How many frames the current one has, and how many ticks each.
    run: (u64, u64),
}

impl<R: Iterator<Item = (u64, u64)>> Timeline<R> {
    fn new(runs: R) -> Self {
        Self {
            runs,
            before: Reached::default(),
            run: (0, 0),
        }
    }

    /// Forwards to a time, in ticks of the track.
    fn go_to(&mut self, time: u64) -> Reached {
        loop {
            let (count, each) = self.run;
            let Reached { frames, ticks } = self.before;
            let end = ticks.saturating_add(count.saturating_mul(each));
            if time < end {
                let within = time.saturating_sub(ticks);
                return Reached {
                    frames: frames.saturating_add(within.div_ceil(each.max(1))),
                    ticks: ticks.saturating_add(within),
                };
            }
            // Frames that take no time are never shown.
            let shown = if each == 0 { 0 } else { count };
            let before = Reached {
                frames: frames.saturating_add(shown),
                ticks: end,
            };
            match self.runs.next() {
                Some(run) => (self.before, self.run) = (before, run),
                None => return before,
            }
        }
    }
}

/// A part of a track that is presented, in ticks of the track.
struct EditSegment {
    start: i64,
    ticks: u64,
}

impl EditSegment {
    /// Pauses are left out. None at all where the edits say nothing of lengths, as in fragmented files.
    fn all(track: &Track<'_>, timescale: u32, movie_timescale: u32) -> Parse<Vec<Self>> {
        let edits = track.edits()?;
        if movie_timescale == 0 || edits.iter().any(|edit| edit.length == 0) {
            return Ok(Vec::new());
        }
        let ticks = |length: u64| {
            let exact = u128::from(length) * u128::from(timescale);
            u64::try_from(exact / u128::from(movie_timescale)).unwrap_or(u64::MAX)
        };
        let segments = edits
            .iter()
            .filter(|edit| edit.start >= 0)
            .map(|edit| Self {
                start: edit.start,
                ticks: ticks(edit.length),
            });
        Ok(segments.collect())
    }
}
