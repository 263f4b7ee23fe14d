//! A file that a probe reads from, a piece at a time, and all that must hold however it is served.
//! The fuzzers use it, too.

use std::ops::Range;
use tilewise::error::ErrorCode;
use tilewise::media::{Format, ImageFacts, Kind, MediaFacts, VideoFacts};
use tilewise::probe::{Probe, ProbeError, ProbeStep};

/// Work that any file may take, and that each byte of it which was read may add.
const MAX_WORK: u64 = 4096;
const MAX_WORK_PER_BYTE: u64 = 8;

/// Bytes at places.
pub(crate) trait File: Copy {
    fn length(self) -> u64;
    /// As far as the file has them.
    fn read(self, range: Range<u64>) -> Vec<u8>;
}

impl File for &[u8] {
    fn length(self) -> u64 {
        self.len() as u64
    }

    fn read(self, range: Range<u64>) -> Vec<u8> {
        let start = (range.start as usize).min(self.len());
        let end = (range.end as usize).min(self.len());
        self[start..end].to_vec()
    }
}

/// Answers a probe from a file and keeps what it asked for.
#[derive(Debug)]
pub(crate) struct Source<F> {
    file: F,
    longest_piece: u64,
    pub(crate) asked: Vec<Range<u64>>,
}

impl<'a> Source<&'a [u8]> {
    pub(crate) fn new(file: &'a [u8]) -> Self {
        Self::of(file)
    }

    pub(crate) fn in_pieces(file: &'a [u8], longest_piece: usize) -> Self {
        Self::of(file).of_at_most(longest_piece as u64)
    }
}

impl<F: File> Source<F> {
    pub(crate) fn of(file: F) -> Self {
        Self {
            file,
            longest_piece: u64::MAX,
            asked: Vec::new(),
        }
    }

    /// Never hands over more than this at once, whatever is asked for.
    pub(crate) fn of_at_most(mut self, longest_piece: u64) -> Self {
        self.longest_piece = longest_piece;
        self
    }

    /// All the way, with the length of the file known.
    pub(crate) fn probe(&mut self) -> Result<MediaFacts, ProbeError> {
        self.run(Probe::new(Some(self.file.length())))
    }

    /// # Panics
    ///
    /// If the probe asks for nothing, or for a byte that it has, or does more work than the bytes are worth.
    pub(crate) fn run(&mut self, probe: Probe) -> Result<MediaFacts, ProbeError> {
        self.run_counting(probe, &mut 0)
    }

    /// As [`run`](Self::run), and says how much work it was.
    pub(crate) fn run_counting(
        &mut self,
        mut probe: Probe,
        work: &mut u64,
    ) -> Result<MediaFacts, ProbeError> {
        let outcome = loop {
            match probe.step() {
                Ok(ProbeStep::Done(facts)) => break Ok(facts),
                Ok(ProbeStep::Need(range)) => probe.supply(&self.serve(range)),
                Err(error) => break Err(error),
            }
        };
        *work = probe.work();
        let most = MAX_WORK + MAX_WORK_PER_BYTE * probe.bytes_read();
        assert!(*work <= most, "{work} is more than {most}");
        self.asked.sort_by_key(|range| range.start);
        for pair in self.asked.windows(2) {
            assert!(pair[0].end <= pair[1].start, "asked for twice: {pair:?}");
        }
        outcome
    }

    fn serve(&mut self, range: Range<u64>) -> Vec<u8> {
        assert!(range.start < range.end, "an empty range: {range:?}");
        let end = range
            .end
            .min(range.start.saturating_add(self.longest_piece));
        let piece = self.file.read(range.start..end);
        self.asked
            .push(range.start..range.start + piece.len() as u64);
        piece
    }
}

/// Probes a file whole, in pieces, in long reads, without its length and cut off, and holds the outcomes together.
///
/// # Panics
///
/// If they disagree.
pub(crate) fn probe_every_way(file: &[u8]) -> Result<MediaFacts, ProbeError> {
    let whole = Source::new(file).probe();
    let length = Some(file.len() as u64);
    let in_long_reads = Probe::new(length).with_read_cost(16 << 10);
    let others = [5, 300].map(|piece| piece + file.len() / 256);
    let others = others.map(|longest_piece| Source::in_pieces(file, longest_piece).probe());
    for other in others
        .into_iter()
        .chain([Source::new(file).run(in_long_reads)])
    {
        match (&whole, &other) {
            (Ok(whole), Ok(other)) => assert_same(whole, other),
            (whole, other) => assert_eq!(
                whole.as_ref().map_err(ProbeError::code).err(),
                other.as_ref().map_err(ProbeError::code).err(),
                "whole: {whole:?}\nin other reads: {other:?}"
            ),
        }
    }
    let unknown = Source::new(file).run(Probe::new(None));
    if let (Ok(whole), Ok(unknown)) = (&whole, &unknown) {
        assert_agree(whole, unknown);
    }
    if let Ok(whole) = &whole {
        let cuts = (1..8).map(|eighths| file.len() * eighths / 8);
        for length in cuts.chain([file.len().saturating_sub(1)]) {
            assert_cut_agrees(whole, &file[..length]);
        }
    }
    whole
}

/// A file that was cut off has the facts of the whole one, or an error that says so.
///
/// # Panics
///
/// If it has others.
pub(crate) fn assert_cut_agrees(whole: &MediaFacts, cut: &[u8]) {
    match Source::new(cut).probe() {
        // A program stream's map, which names the coding, may lie in the part that is missing: then the first header
        // that can be read names it.
        Ok(facts)
            if whole.format == Format::Mpeg && codec(whole) != codec(&facts) && !holds_map(cut) => {
        }
        Ok(facts) => assert_agree(whole, &facts),
        // An SVG whose first comment is whole, and nothing else: that may be a page.
        Err(ProbeError::UnsupportedFormat { .. })
            if whole.format == Format::Svg && cut.trim_ascii().ends_with(b"-->") => {}
        // A stream that begins inside a packet, or behind other bytes, shows what it is only by several packets.
        Err(ProbeError::UnsupportedFormat { .. }) if whole.format == Format::Mpeg => {}
        // A program stream may announce no video, and have some in the part that is missing.
        Err(ProbeError::Lacks {
            format: Format::Mpeg,
            ..
        }) => {}
        Err(error) => assert!(
            matches!(error.code(), ErrorCode::Truncated | ErrorCode::Malformed),
            "cut at {}: {error}",
            cut.len()
        ),
    }
}

fn codec(facts: &MediaFacts) -> Option<&str> {
    match &facts.kind {
        Kind::Image(_) => None,
        Kind::Video(video) => video.codec.as_deref(),
    }
}

/// Whether a map of a program stream is there whole (ISO/IEC 13818-1, 2.5.4).
fn holds_map(file: &[u8]) -> bool {
    let mut starts = file.windows(6).enumerate();
    starts.any(|(at, start)| match start {
        [0, 0, 1, 0xbc, l0, l1] => {
            file.len() >= at + 6 + usize::from(u16::from_be_bytes([*l0, *l1]))
        }
        _ => false,
    })
}

/// All but the bytes that it took.
pub(crate) fn assert_same(one: &MediaFacts, other: &MediaFacts) {
    assert_eq!(without_cost(one), without_cost(other));
}

/// The same, where both know: the end of a GIF may show what its beginning does not, and how long a video is
/// may stand only at its end.
pub(crate) fn assert_agree(one: &MediaFacts, other: &MediaFacts) {
    let (mut one, mut other) = (without_cost(one), without_cost(other));
    match (&mut one.kind, &mut other.kind) {
        (Kind::Image(one), Kind::Image(other)) => {
            forget_unless_both_know(one, other, |image| &mut image.animated);
            forget_unless_both_know(one, other, |image| &mut image.has_alpha);
        }
        (Kind::Video(one), Kind::Video(other)) => {
            forget_the_end(one);
            forget_the_end(other);
        }
        _ => {}
    }
    assert_eq!(one, other);
}

/// Fragments, clusters and packets are counted as far as the file goes.
fn forget_the_end(video: &mut VideoFacts) {
    *video = VideoFacts {
        rotation: video.rotation,
        codec: video.codec.take(),
        ..VideoFacts::default()
    };
}

fn forget_unless_both_know(
    one: &mut ImageFacts,
    other: &mut ImageFacts,
    fact: fn(&mut ImageFacts) -> &mut Option<bool>,
) {
    if fact(one).is_none() || fact(other).is_none() {
        *fact(one) = None;
        *fact(other) = None;
    }
}

fn without_cost(facts: &MediaFacts) -> MediaFacts {
    let mut facts = facts.clone().with_bytes(None);
    facts.bytes_read = 0;
    facts
}
