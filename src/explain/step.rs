//! One step of the arithmetic.

use crate::units::{Price, Usd};
use serde::Serialize;

/// A step, with the numbers that go in and the number that comes out.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum ExplanationStep {
    /// What the file holds.
    Stored { width_px: u64, height_px: u64 },
    /// A viewer shows it otherwise, turned or with square pixels. No rule does.
    Shown { width_px: u64, height_px: u64 },
    /// The frames of a video that are looked at.
    Sampled {
        /// `None` where nothing tells how long a frame lasts.
        video_frames: Option<u64>,
        video_fps: Option<f64>,
        video_seconds: f64,
        sample_fps: f64,
        frames: u64,
    },
    /// No limit of the model's processor asks for fewer pixels.
    Unscaled { patches: u64, max_patches: u64 },
    /// Scaled down to a limit of the model's processor, and cut to whole pixels.
    Scaled {
        limit: Limit,
        factor: f64,
        width_px: u64,
        height_px: u64,
    },
    /// Filled up to whole tiles.
    Padded {
        tile_px: u64,
        width_px: u64,
        height_px: u64,
    },
    /// Scaled or stretched as the family's rule does, without padding.
    Seen { width_px: u64, height_px: u64 },
    /// Cut into tiles.
    Tiles {
        tile_px: u64,
        /// Whether each side is a whole number of tiles, so that no pixel is left out.
        is_exact: bool,
        across: u64,
        down: u64,
        tiles: u64,
        /// Whether each takes one token, and nothing else does.
        is_token: bool,
    },
    /// What the family's rule makes of it: between two bounds, where it gives no more.
    Counted { low: u64, tokens: u64 },
    /// Each frame counts.
    Frames {
        tokens_per_frame: u64,
        frames: u64,
        tokens: u64,
    },
    /// Frames in chunks, of which each costs what one frame does.
    Chunks {
        frames: u64,
        frames_per_chunk: u64,
        chunks: u64,
        tokens_per_chunk: u64,
        tokens: u64,
    },
    /// The tokens that frame a medium, which are counted with the text.
    Markers { tokens: u64 },
    /// The media of the next question.
    Media { media: u64, tokens: u64 },
    /// Those of earlier questions, which are sent again.
    EarlierMedia { tokens: u64 },
    /// Words, with what the chat template puts around them.
    Text { tokens: u64, low: u64, high: u64 },
    /// All input.
    Input { tokens: u64 },
    /// Tokens at the price of one million.
    Priced {
        tokens: u64,
        usd_per_million: Price,
        usd: Usd,
    },
    /// Those of them that come from the prompt cache.
    Cached {
        tokens: u64,
        usd_per_million: Price,
        usd: Usd,
    },
    /// What the input costs, where it has two prices.
    Sum { usd: Usd },
    /// The longest answer that the draft allows, which comes on top.
    Answer {
        tokens: u64,
        usd_per_million: Price,
        usd: Usd,
    },
    /// Media that could not be counted, so that the sum is too low.
    LeftOut { media: u64 },
    /// It ends here: no rule is known by which the model counts media.
    NoRule,
    /// It ends here: the rule does not cover it.
    Uncounted { why: String },
    /// It ends here: neither the frames nor the duration of the video are known.
    NoDuration,
    /// It ends here: a price is not known.
    NoPrice,
}

/// A limit of the model's own processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "of", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Limit {
    Patches {
        across: u64,
        down: u64,
        patches: u64,
        max_patches: u64,
    },
    Side {
        max_px: u64,
    },
}
