//! Films in boxes: MP4 (ISO/IEC 14496-14:2020), QuickTime (Apple, QuickTime File Format, 2016-09-13) and 3GP
//! (3GPP TS 26.244). The index, `moov`, may stand before the frames or behind gigabytes of them.

use super::boxes::Boxes;
use super::fragments::Fragments;
use super::input::{Input, Parse, lacks, malformed};
use super::movie::{Matrix, Movie, Track, TrackHeader};
use super::video::{Rotation, Video};
use super::{Reader, brands, codec};
use crate::media::{Format, MediaFacts, Size};

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
    read: |input| film(input, Format::Mov),
};

pub(super) fn film(input: &Input<'_>, format: Format) -> Parse<MediaFacts> {
    input.expect_film();
    let mut format = format;
    let mut boxes = Boxes::of_file(input, format);
    let (movie, is_open) = loop {
        let Some(found) = boxes.next()? else {
            // A file that was cut off ends inside a box, as a rule inside the frames.
            input.slice(boxes.position().saturating_sub(1), 1)?;
            return malformed(format, boxes.position(), "there is no index (moov)");
        };
        match &found.kind {
            // Something may stand before the brand.
            b"ftyp" => format = brands::film_format(&input.array(found.body.start)?),
            b"moov" => break (Movie::new(input, format, found.body), found.is_open),
            _ => {}
        }
    };
    let (timescale, matrix) = movie.header()?.unwrap_or((0, Matrix::IDENTITY));
    let Tracks { video, has_audio } = Tracks::read(&movie)?;
    let Some((track, header)) = video else {
        return match is_open {
            // Who knows what stood behind the end of the file.
            true => malformed(
                format,
                boxes.position(),
                "the index ends before its video track",
            ),
            false => lacks(format, "video track"),
        };
    };
    let ticks_a_second = match track.timescale {
        0 => timescale,
        own => own,
    };
    if ticks_a_second == 0 {
        return malformed(format, 0, "the movie counts no ticks a second");
    }
    let fragments = match (movie.extends()?, &header) {
        (Some(extends), Some(header)) => {
            let track = (header.id, ticks_a_second);
            Fragments::read(input, format, extends, track, boxes)?
        }
        _ => Fragments::default(),
    };
    let mut film = Video::new(format);
    film.has_audio = Some(has_audio);
    describe(&mut film, &track, header.as_ref(), matrix)?;
    time(&mut film, &track, (ticks_a_second, timescale), &fragments)?;
    Ok(film.facts())
}

/// The track that a player shows, and whether there is one to hear.
struct Tracks<'a> {
    video: Option<(Track<'a>, Option<TrackHeader>)>,
    has_audio: bool,
}

impl<'a> Tracks<'a> {
    fn read(movie: &Movie<'a>) -> Parse<Self> {
        let mut videos = Vec::new();
        let mut chapters = Vec::new();
        let mut has_audio = false;
        let mut tracks = movie.tracks();
        while let Some(track) = tracks.next()? {
            chapters.extend(track.chapters()?);
            has_audio |= track.handler == *b"soun";
            if track.handler == *b"vide" {
                let header = track.header()?;
                videos.push((track, header));
            }
        }
        // Pictures of chapters are a track, too. The first of the best is what is shown.
        let rank = |header: &Option<TrackHeader>| match header {
            Some(header) if chapters.contains(&header.id) => 0,
            Some(header) if header.enabled => 2,
            _ => 1,
        };
        let video = videos
            .into_iter()
            .rev()
            .max_by_key(|(_, header)| rank(header));
        Ok(Self { video, has_audio })
    }
}

/// What a frame is and how it is shown.
fn describe(
    film: &mut Video,
    track: &Track<'_>,
    header: Option<&TrackHeader>,
    movie: Matrix,
) -> Parse<()> {
    if let Some(sample) = track.visual_sample()? {
        film.codec = match sample.object_type.and_then(codec::of_object_type) {
            Some(name) => Some(name.to_owned()),
            None => codec::of_four_letters(sample.coding),
        };
        film.stored = sample.stored;
        // Writers state square pixels by habit, in players' eyes no more than nothing.
        let stated = sample
            .pixel
            .filter(|(across, down)| *across > 0 && *down > 0 && across != down);
        film.pixel = stated.unwrap_or((1, 1));
        if let (None, Some(header)) = (stated, header)
            && header.width > 0
            && header.height > 0
        {
            // Older files say only how large a frame is shown; the aspect of a pixel follows. All four
            // sides have 16 bits.
            film.pixel = (
                header.width * sample.stored.height,
                header.height * sample.stored.width,
            );
        }
    }
    if let Some(header) = header {
        if film.stored.width == 0 || film.stored.height == 0 {
            film.stored = Size::new(header.width, header.height);
        }
        film.rotation = rotation(header.matrix, movie);
    }
    match film.stored.width == 0 || film.stored.height == 0 {
        true => lacks(film.format, "size of its frames"),
        false => Ok(()),
    }
}

/// Clockwise, from where the matrix takes the axis that points right. One that mirrors is taken as a mirror
/// of left and right, and then a turn.
fn rotation(track: Matrix, movie: Matrix) -> Rotation {
    let [a, b, c, d] = track.then(movie);
    let degrees = match a * d - b * c < 0.0 {
        true => (-c).atan2(d),
        false => b.atan2(a),
    };
    Rotation::nearest(degrees.to_degrees())
}

/// How long the film is, and how many frames it shows; the ticks a second are the track's and the movie's.
fn time(
    film: &mut Video,
    track: &Track<'_>,
    (timescale, movie_timescale): (u32, u32),
    fragments: &Fragments,
) -> Parse<()> {
    let shown = Shown::of(track, timescale, movie_timescale)?;
    let seconds = |ticks: u64| ticks as f64 / f64::from(timescale);
    let both = |one: Option<u64>, other: Option<u64>| Some(one?.saturating_add(other?));
    film.frames = both(shown.frames, fragments.frames);
    film.seconds = both(shown.ticks, fragments.ticks)
        .map(seconds)
        // The whole, with the fragments, in ticks of the movie.
        .or_else(|| match movie_timescale {
            0 => None,
            timescale => Some(fragments.movie_ticks? as f64 / f64::from(timescale)),
        });
    film.frame_rate = fragments
        .ticks_per_frame
        .map(|ticks| f64::from(timescale) / f64::from(ticks));
    Ok(())
}

/// What of a track is presented.
struct Shown {
    frames: Option<u64>,
    /// Of the track.
    ticks: Option<u64>,
}

impl Shown {
    fn of(track: &Track<'_>, timescale: u32, movie_timescale: u32) -> Parse<Self> {
        /// Longer tables are read only where an edit cuts: the count and the sum stand elsewhere, too.
        const MANY: u32 = 256;
        let all = match (track.run_count()?, track.ticks) {
            (MANY.., Some(ticks)) => Self {
                frames: track.sample_count()?,
                ticks: Some(ticks),
            },
            _ => Self::sum(track.runs()?),
        };
        let edits = Stretch::all(track, timescale, movie_timescale)?;
        let whole = all.ticks.unwrap_or(0);
        // The times of edits are rounded to ticks of the movie.
        let slack = u64::from(timescale / movie_timescale.max(1)) + 1;
        let kept = edits
            .iter()
            .fold(0_u64, |sum, edit| sum.saturating_add(edit.ticks));
        // Several pieces may leave out and repeat as much.
        let cuts = edits.len() > 1 || (!edits.is_empty() && kept.saturating_add(slack) < whole);
        match cuts {
            true => Self::cut(track, &edits),
            false => Ok(all),
        }
    }

    fn sum(runs: impl Iterator<Item = (u64, u64)>) -> Self {
        let mut frames = 0_u64;
        let mut ticks = 0_u64;
        for (count, each) in runs {
            frames = frames.saturating_add(count);
            ticks = ticks.saturating_add(count.saturating_mul(each));
        }
        Self {
            frames: Some(frames),
            ticks: Some(ticks),
        }
    }

    /// Only what the edits keep. A frame counts where its own start is kept.
    fn cut(track: &Track<'_>, edits: &[Stretch]) -> Parse<Self> {
        let offset = track.first_offset()?;
        let mut frames = 0_u64;
        let mut ticks = 0_u64;
        for edit in edits {
            // The table counts from the first decoding, edits from the first showing.
            let from = u64::try_from(edit.start.saturating_sub(offset)).unwrap_or(0);
            let to = from.saturating_add(edit.ticks);
            let mut at = 0_u64;
            for (count, each) in track.runs()? {
                let end = at.saturating_add(count.saturating_mul(each));
                let started = |time: u64| match each {
                    0 => 0,
                    each => time.clamp(at, end).saturating_sub(at).div_ceil(each),
                };
                frames = frames.saturating_add(started(to) - started(from));
                ticks = ticks.saturating_add(to.clamp(at, end).saturating_sub(from.clamp(at, end)));
                at = end;
            }
        }
        Ok(Self {
            frames: Some(frames),
            ticks: Some(ticks),
        })
    }
}

/// A part of a track that is presented, in ticks of the track.
struct Stretch {
    start: i64,
    ticks: u64,
}

impl Stretch {
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
        let stretches = edits
            .iter()
            .filter(|edit| edit.start >= 0)
            .map(|edit| Self {
                start: edit.start,
                ticks: ticks(edit.length),
            });
        Ok(stretches.collect())
    }
}
