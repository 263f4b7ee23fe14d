//! When the frames of one track are shown, as their blocks say (RFC 9559, section 10).

use super::ebml::{self, Element, Elements};
use super::id;
use crate::media::Format;
use crate::order::ascending;
use crate::probe::input::{Input, Parse};
use std::ops::Range;

/// The times of the frames in a cluster, in ticks.
#[derive(Default)]
pub(super) struct Times {
    /// In the order of decoding.
    pub(super) frames: Vec<u64>,
    last: Option<u64>,
    before: Option<u64>,
    /// The latest end that a block states.
    stated: Option<u64>,
}

impl Times {
    /// A file that ends inside an element ends the cluster.
    pub(super) fn read(
        input: &Input<'_>,
        format: Format,
        cluster: Range<u64>,
        track: u64,
    ) -> Parse<Self> {
        let mut times = Self::default();
        let mut timestamp = 0;
        let mut children = Elements::inside(input, format, cluster);
        while let Some(found) = unless_cut_off(children.next())?.flatten() {
            if ends_cluster(found.id) {
                break;
            }
            let block = Block::read(input, format, &found, track, &mut timestamp);
            match unless_cut_off(block)? {
                Some(Some(block)) => times.add(&block),
                Some(None) => {}
                None => break,
            }
        }
        Ok(times)
    }

    fn add(&mut self, block: &Block) {
        let time = block.time;
        self.frames.push(time);
        if let Some(ticks) = block.ticks {
            let end = time.saturating_add(ticks);
            self.stated = Some(self.stated.map_or(end, |stated| stated.max(end)));
        }
        // Frames stand in the order of decoding.
        match self.last {
            Some(last) if time > last => {
                self.before = Some(last);
                self.last = Some(time);
            }
            Some(last) if time < last => {
                self.before = Some(self.before.map_or(time, |before| before.max(time)));
            }
            Some(_) => {}
            None => self.last = Some(time),
        }
    }

    /// Between the last two frames.
    pub(super) fn gap(&self) -> u64 {
        match (self.last, self.before) {
            (Some(last), Some(before)) => last.saturating_sub(before),
            _ => 0,
        }
    }

    pub(super) fn end(&self, frame_ticks: u64) -> Option<u64> {
        let last = self.last?.saturating_add(frame_ticks);
        Some(self.stated.map_or(last, |stated| stated.max(last)))
    }
}

/// Of unknown length, a cluster ends where something else begins.
const fn ends_cluster(id: u32) -> bool {
    matches!(
        id,
        id::CUES | id::TAGS | id::CHAPTERS | id::ATTACHMENTS | id::EBML
    )
}

/// `None` where the file ends before; whatever it holds until there was recorded.
fn unless_cut_off<T>(outcome: Parse<T>) -> Parse<Option<T>> {
    match outcome {
        Err(halt) if halt.is_truncated() => Ok(None),
        outcome => outcome.map(Some),
    }
}

/// The times of the first frames behind an offset, in the order of decoding: of so many at most, whose blocks begin
/// before a limit.
pub(super) fn first_frames(
    input: &Input<'_>,
    format: Format,
    range: Range<u64>,
    track: u64,
    (most, limit): (usize, u64),
) -> Parse<Vec<u64>> {
    /// Elements that are looked at: the sound of a second, and the frames.
    const MAX_ELEMENTS: u32 = 96;
    /// Bytes of a block that tell its time, behind those that tell that it is one.
    const HEAD: u64 = 32;
    let mut frames = Vec::new();
    let mut timestamp = 0;
    let mut elements = Elements::of_segment(input, format, range);
    for _ in 0..MAX_ELEMENTS {
        if frames.len() >= most || elements.position().saturating_add(HEAD) > limit {
            break;
        }
        let Some(Some(found)) = unless_cut_off(elements.next())? else {
            break;
        };
        if found.id == id::CLUSTER {
            // Its children follow, and then the next one, whatever its length.
            elements = Elements::of_segment(input, format, found.body.start..elements.end());
            continue;
        }
        if ends_cluster(found.id) {
            break;
        }
        let block = Block::read(input, format, &found, track, &mut timestamp);
        match unless_cut_off(block)? {
            Some(block) => frames.extend(block.map(|block| block.time)),
            None => break,
        }
    }
    Ok(frames)
}

/// Whether frames that are shown at these times last so many ticks each. Those that are decoded last are left out where
/// others may yet come to be shown before them.
pub(super) fn keep_to(frames: &[u64], ticks_per_frame: f64, is_reordered: bool) -> bool {
    /// Frames that are decoded before one that they are shown behind.
    const REORDERED: usize = 4;
    /// Times are rounded to ticks, by some writers twice; and rates to what is customary.
    const TICKS: f64 = 1.5;
    const SHARE: f64 = 0.1;
    let frames = ascending(frames.to_vec());
    let spared = if is_reordered { REORDERED } else { 0 };
    let frames = frames.get(..frames.len().saturating_sub(spared));
    let tolerance = TICKS.max(ticks_per_frame * SHARE);
    frames
        .unwrap_or_default()
        .windows(2)
        .all(|pair| match pair {
            [one, next] => ((next - one) as f64 - ticks_per_frame).abs() <= tolerance,
            _ => true,
        })
}

struct Block {
    time: u64,
    /// How long it is shown, where that is stated.
    ticks: Option<u64>,
}

impl Block {
    /// What a child of a cluster says: its time, which is kept, or a block of the track.
    fn read(
        input: &Input<'_>,
        format: Format,
        element: &Element,
        track: u64,
        timestamp: &mut u64,
    ) -> Parse<Option<Self>> {
        match element.id {
            id::TIMESTAMP => *timestamp = element.unsigned(input)?,
            id::SIMPLE_BLOCK => return Self::at(input, &element.body, track, *timestamp, None),
            id::BLOCK_GROUP => {
                let mut block = None;
                let mut ticks = None;
                let mut fields = Elements::inside(input, format, element.body.clone());
                while let Some(field) = fields.next()? {
                    match field.id {
                        id::BLOCK => block = Some(field.body),
                        id::BLOCK_DURATION => ticks = Some(field.unsigned(input)?),
                        _ => {}
                    }
                }
                if let Some(block) = block {
                    return Self::at(input, &block, track, *timestamp, ticks);
                }
            }
            _ => {}
        }
        Ok(None)
    }

    /// A block begins with the number of its track and its time from the cluster's.
    fn at(
        input: &Input<'_>,
        block: &Range<u64>,
        track: u64,
        timestamp: u64,
        ticks: Option<u64>,
    ) -> Parse<Option<Self>> {
        let (number, length) = ebml::number(input, block.start)?;
        if number != Some(track) {
            return Ok(None);
        }
        let relative = input.u16_be(block.start + length)?.cast_signed();
        let time = timestamp.saturating_add_signed(relative.into());
        Ok(Some(Self { time, ticks }))
    }
}
