//! Muse Spark and Muse Glimmer (`transformers` 5.24.0, `muse_glimmer`, which serves both).

use super::fit::{parameters, sides, stretched, times};
use super::footage::Footage;
use super::{Grid, ImageCount, Options, Refusal, VideoCount};
use crate::media::{Size, VideoFacts};

parameters! {
    /// Stretches an image to the whole tiles that come closest to its proportions, and spends a token on each.
    pub struct Muse {
        /// Side of a tile in pixels.
        pub tile_px,
        /// Most tokens of an image, one for each tile.
        pub max_tokens,
        /// `<|image_start|>` and `<|image_end|>`.
        pub markers_per_image,
        /// Frames a second sampled from a video.
        pub sample_fps,
        /// Most frames of a video.
        pub max_frames,
        /// Frames of a video that share the tokens of one.
        pub frames_per_chunk,
        /// Most tokens of the frames that share them.
        pub max_tokens_per_chunk,
    }
}

/// The separator, and of the time stamp `Time: 0.0s` all but the digits of the whole seconds, three to a token.
const MARKERS_PER_CHUNK: u64 = 1 + 5;

impl Muse {
    /// `transformers` 5.24.0, the classes' own figures.
    pub const SPARK: Self = Self {
        tile_px: 28,
        max_tokens: 4_096,
        markers_per_image: 2,
        sample_fps: 2,
        max_frames: 96,
        frames_per_chunk: 2,
        max_tokens_per_chunk: 144,
    };

    pub(super) fn image(&self, size: Size) -> ImageCount {
        ImageCount::of_tiles(self.fit(size, self.max_tokens), self.markers_per_image)
    }

    pub(super) fn video(
        &self,
        size: Size,
        video: &VideoFacts,
        options: &Options,
    ) -> Result<VideoCount, Refusal> {
        let footage = Footage::of(video)?;
        let sampled = (footage.frames * options.fps(self.sample_fps) / footage.rate).trunc();
        let sampled = sampled
            .min(options.frames(self.max_frames))
            .min(footage.frames);
        let per_chunk = self.frames_per_chunk.max(1);
        let whole_chunks = times(sampled as u64 / per_chunk, per_chunk);
        let frames = whole_chunks.max(per_chunk).min(footage.frames as u64);
        let frame = ImageCount::of_tiles(self.fit(size, self.max_tokens_per_chunk), 0);
        let markers = MARKERS_PER_CHUNK + footage.digits().div_ceil(3);
        let count = VideoCount::new(frames, frames.div_ceil(per_chunk), frame, markers);
        Ok(VideoCount {
            // `<|vid_start|>`.
            markers: count.markers.saturating_add(1),
            ..count
        })
    }

    fn fit(&self, size: Size, max_tokens: u64) -> Grid {
        let tile = self.tile_px.max(1);
        let (width, height) = sides(size);
        let (mut columns, mut rows) = (width / tile as f64, height / tile as f64);
        let max = max_tokens.max(1) as f64;
        let ratio = columns / rows;
        if rows * columns > max {
            rows = (max / ratio).sqrt();
            columns = rows * ratio;
        }
        let distance = |(rows, columns): (f64, f64)| (rows / columns - height / width).abs();
        let mut best: Option<(f64, f64)> = None;
        for candidate in in_order_of_set(rows, columns) {
            let (rows, columns) = candidate;
            let fits = rows >= 1.0 && columns >= 1.0 && rows * columns <= max;
            if fits && best.is_none_or(|best| distance(candidate) < distance(best)) {
                best = Some(candidate);
            }
        }
        let (rows, columns) = best.unwrap_or((
            rows.round_ties_even().max(1.0),
            columns.round_ties_even().max(1.0),
        ));
        stretched(columns as u64, rows as u64, tile)
    }
}

/// Both sides rounded down and up. The code takes the first of those that come equally close, and holds them in a `set` of
/// Python: so the order in which CPython goes over a set of pairs decides whether a square is rounded down or up. This is
/// that order (CPython since 3.8, `setobject.c`).
fn in_order_of_set(rows: f64, columns: f64) -> impl Iterator<Item = (f64, f64)> {
    const SLOTS: usize = 8;
    let mut table: [Option<(f64, f64)>; SLOTS] = [None; SLOTS];
    for rows in [rows.floor(), rows.ceil()] {
        for columns in [columns.floor(), columns.ceil()] {
            let candidate = (rows, columns);
            let mut perturb = hash(rows as u64, columns as u64);
            let mut slot = perturb;
            // Four candidates leave free slots, and once `perturb` is used up, the steps go over all of them.
            while let Some(entry) = table.get_mut(slot as usize % SLOTS) {
                if entry.is_none_or(|entry| entry == candidate) {
                    *entry = Some(candidate);
                    break;
                }
                perturb >>= 5;
                slot = slot.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb);
            }
        }
    }
    table.into_iter().flatten()
}

/// Of a tuple of two integers (CPython, `tupleobject.c`: a variant of xxHash).
fn hash(first: u64, second: u64) -> u64 {
    const PRIME_1: u64 = 11_400_714_785_074_694_791;
    const PRIME_2: u64 = 14_029_467_366_897_019_727;
    const PRIME_5: u64 = 2_870_177_450_012_600_261;
    let mix = |hash: u64, lane: u64| {
        let hash = hash.wrapping_add(lane.wrapping_mul(PRIME_2));
        hash.rotate_left(31).wrapping_mul(PRIME_1)
    };
    mix(mix(PRIME_5, first), second).wrapping_add(2 ^ PRIME_5 ^ 3_527_539)
}
