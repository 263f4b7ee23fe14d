//! What the rule of a family gives: tokens, and what the model sees for them.

use super::fit::times;
use super::{Detail, Grid};
use crate::media::Size;
use thiserror::Error;

/// What an image takes, and the size that the model sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImageCount {
    /// The count; where the rule gives only a range, its upper end.
    pub tokens: u64,
    /// The least that is consistent with what is known; equal to `tokens` where the rule is definite.
    pub low: u64,
    /// The most that is consistent with what is known.
    pub high: u64,
    /// Tokens that frame the image in the prompt and are counted with the text.
    pub markers: u64,
    /// Size in pixels of the image as the model sees it: scaled, perhaps enlarged or stretched, without padding. `None`
    /// where that is not known.
    pub seen: Option<Size>,
    /// How it is cut; `None` where that is not known, or where it is not cut. A tile may take more than one token, and an
    /// image more than its tiles.
    pub grid: Option<Grid>,
}

/// What a video takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VideoCount {
    /// Of all frames; where the rule gives only a range, its upper end.
    pub tokens: u64,
    /// Time stamps and tokens that frame its chunks, counted with the text. Approximate, and rather too many: each stamp is
    /// taken for as long as the last.
    pub markers: u64,
    /// Frames that are looked at.
    pub frames: u64,
    /// How often the tokens of one frame are paid for.
    pub chunks: u64,
    /// One frame.
    pub frame: ImageCount,
}

/// Why a rule gives no count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The model has no rule of this kind.
    #[error("the model has no such rule")]
    NoSuchRule,
    /// Width or height is 0 pixels.
    #[error("it has no pixels")]
    Empty,
    /// The longer side is too many times the shorter one, or the shorter one vanishes when the image is scaled.
    #[error("it is thinner than the model's own code takes")]
    TooThin,
    /// The vendor documents no such level of `image_url.detail` for this model.
    #[error("the model does not know this level of detail")]
    UnknownDetail(Detail),
    /// No source says how the family counts videos, or it takes none.
    #[error("how the model counts videos is not known")]
    NoVideoRule,
    /// Neither the number of frames nor the duration of the video is known.
    #[error("neither its frames nor its duration are known")]
    UnknownLength,
}

impl ImageCount {
    /// A definite count of an image that is cut like this.
    #[inline(never)]
    pub(super) fn new(tokens: u64, markers: u64, grid: Grid) -> Self {
        Self {
            seen: Some(Size::new(grid.content_width, grid.content_height)),
            grid: Some(grid),
            ..Self::between(tokens, tokens, markers)
        }
    }

    /// One token a tile.
    #[inline(never)]
    pub(super) fn of_tiles(grid: Grid, markers: u64) -> Self {
        Self::new(grid.tokens(), markers, grid)
    }

    /// A count of which only the bounds are known.
    #[inline(never)]
    pub(super) fn between(low: u64, high: u64, markers: u64) -> Self {
        Self {
            tokens: high,
            low,
            high,
            markers,
            seen: None,
            grid: None,
        }
    }
}

impl VideoCount {
    /// Each chunk pays for one frame, and for markers of its own.
    #[inline(never)]
    pub(super) fn new(frames: u64, chunks: u64, frame: ImageCount, markers_per_chunk: u64) -> Self {
        Self {
            tokens: times(frame.tokens, chunks),
            markers: times(markers_per_chunk, chunks),
            frames,
            chunks,
            frame,
        }
    }
}
