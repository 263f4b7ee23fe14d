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
#[non_exhaustive]
pub enum ExplanationStep {
    /// What the file holds.
    Stored {
        /// Stored width in pixels, before any rotation.
        width_px: u64,
        /// Stored height in pixels, before any rotation.
        height_px: u64,
    },
    /// A viewer shows it otherwise, turned or with square pixels. No rule does.
    Shown {
        /// Width in pixels as a viewer shows it.
        width_px: u64,
        /// Height in pixels as a viewer shows it.
        height_px: u64,
    },
    /// The frames of a video that are looked at.
    Sampled {
        /// `None` where nothing tells how long a frame lasts.
        video_frames: Option<u64>,
        /// Frames a second of the video itself; `None` where its facts do not tell.
        video_fps: Option<f64>,
        /// Length of the video in seconds.
        video_seconds: f64,
        /// Frames a second that the model looks at.
        sample_fps: f64,
        /// Frames that the model looks at, at least 1.
        frames: u64,
    },
    /// No limit of the model's processor asks for fewer pixels.
    Unscaled {
        /// Patches of the image or frame.
        patches: u64,
        /// Most patches that the processor allows.
        max_patches: u64,
    },
    /// Scaled down to a limit of the model's processor, and cut to whole pixels.
    Scaled {
        /// The limit that asks for the smallest size.
        limit: Limit,
        /// What both sides are multiplied by, at most 1.
        factor: f64,
        /// Width in pixels after scaling.
        width_px: u64,
        /// Height in pixels after scaling.
        height_px: u64,
    },
    /// Filled up to whole tiles.
    Padded {
        /// Side of a square tile in pixels.
        tile_px: u64,
        /// Width in pixels with the padding.
        width_px: u64,
        /// Height in pixels with the padding.
        height_px: u64,
    },
    /// Scaled or stretched as the family's rule does, without padding.
    Seen {
        /// Width in pixels at which the model sees it.
        width_px: u64,
        /// Height in pixels at which the model sees it.
        height_px: u64,
    },
    /// Cut into tiles.
    Tiles {
        /// Side of a square tile in pixels.
        tile_px: u64,
        /// Whether each side is a whole number of tiles, so that no pixel is left out.
        is_exact: bool,
        /// Tiles in a row.
        across: u64,
        /// Tiles in a column.
        down: u64,
        /// Tiles in all: `across` times `down`.
        tiles: u64,
        /// Whether each takes one token, and nothing else does.
        is_token: bool,
    },
    /// What the family's rule makes of it: between two bounds, where it gives no more.
    Counted {
        /// No fewer tokens; the same as `tokens` where the count is certain.
        low: u64,
        /// Tokens of one image or frame; the upper end where the rule gives only a range.
        tokens: u64,
    },
    /// Each frame counts.
    Frames {
        /// Tokens of one frame.
        tokens_per_frame: u64,
        /// Frames that the model looks at.
        frames: u64,
        /// Tokens of all frames.
        tokens: u64,
    },
    /// Frames in chunks, of which each costs what one frame does.
    Chunks {
        /// Frames that the model looks at.
        frames: u64,
        /// Most frames of one chunk.
        frames_per_chunk: u64,
        /// Chunks that count; the last may hold fewer frames.
        chunks: u64,
        /// Tokens of one chunk, as many as one frame has.
        tokens_per_chunk: u64,
        /// Tokens of all chunks.
        tokens: u64,
    },
    /// The tokens that frame a media item, which are counted with the text.
    Markers {
        /// Tokens of all markers.
        tokens: u64,
    },
    /// The media of the next question.
    Media {
        /// Images and videos that are counted, those of earlier turns apart.
        media: u64,
        /// How many of these are images.
        images: u64,
        /// Tokens of all of them.
        tokens: u64,
    },
    /// Those of earlier questions, which are sent again.
    EarlierMedia {
        /// Tokens of all of them.
        tokens: u64,
    },
    /// Words, with what the chat template puts around them.
    Text {
        /// The likeliest count.
        tokens: u64,
        /// No fewer.
        low: u64,
        /// No more.
        high: u64,
    },
    /// All input.
    Input {
        /// Media, text and markers together.
        tokens: u64,
    },
    /// The input is so long that the provider's higher prices apply to all of it.
    PriceTier {
        /// They apply above this many tokens of input.
        above_input_tokens: u64,
    },
    /// Tokens at the price of one million.
    Priced {
        /// Tokens that are priced here; those from the prompt cache have a step of their own.
        tokens: u64,
        /// US dollars for one million tokens.
        usd_per_million: Price,
        /// Their cost in US dollars.
        usd: Usd,
    },
    /// Those of them that come from the prompt cache.
    Cached {
        /// Input tokens from the prompt cache.
        tokens: u64,
        /// US dollars for one million tokens from the cache.
        usd_per_million: Price,
        /// Their cost in US dollars.
        usd: Usd,
    },
    /// What the input costs, where it has two prices.
    Sum {
        /// Fresh and cached input together, in US dollars.
        usd: Usd,
    },
    /// The longest answer that the draft allows, which comes on top.
    Answer {
        /// Most tokens of output that the draft allows.
        tokens: u64,
        /// US dollars for one million tokens of output.
        usd_per_million: Price,
        /// Their cost in US dollars.
        usd: Usd,
    },
    /// Media that could not be counted, so that the sum is too low.
    LeftOut {
        /// How many could not be counted.
        media: u64,
    },
    /// It ends here: no rule is known by which the model counts media.
    NoRule,
    /// It ends here: the rule does not cover it.
    Uncounted {
        /// The reason, in words.
        why: String,
    },
    /// It ends here: neither the frames nor the duration of the video are known.
    NoDuration,
    /// It ends here: a price is not known.
    NoPrice,
}

/// A limit of the model's own processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "of", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum Limit {
    /// The image or frame has more patches than the processor allows.
    Patches {
        /// Patches in a row before scaling.
        across: u64,
        /// Patches in a column before scaling.
        down: u64,
        /// Patches in all before scaling: `across` times `down`.
        patches: u64,
        /// Most patches that the processor allows.
        max_patches: u64,
    },
    /// A side is longer than the processor allows.
    Side {
        /// Most pixels of a side.
        max_px: u64,
    },
}
