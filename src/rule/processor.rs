//! The model's own image processor (moonshotai/Kimi-K2.5, `media_utils.py`).

use super::fit::padded;
use super::{Count, Grid, Scaling, text::TextTokens};
use crate::media::Size;

/// Scales an image down to a budget of patches, pads it to whole tiles of merged patches, and spends
/// one token on each tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Processor {
    /// Side of a patch in pixels.
    pub patch_px: u64,
    /// Patches along each side of a tile.
    pub merge: u64,
    pub max_patches_per_image: u64,
    pub max_patches_per_side: u64,
    /// The budget of a frame of a video, in place of the image's.
    pub max_patches_per_frame: u64,
    /// Frames a second sampled from a video.
    pub sample_fps: u64,
    /// Frames of a video that share the tokens of one.
    pub frames_per_chunk: u64,
    pub markers_per_image: u64,
    pub markers_per_chunk: u64,
}

/// What stands before each chunk of frames. All time stamps have this form, and so as many tokens: the
/// tokeniser takes each run of digits by itself, three at most, and each mark between them.
const TIME_STAMP: &str = "00:00:00.000";

impl Processor {
    pub(super) fn image(&self, stored: Size) -> Count {
        let grid = self.grid(stored, Part::Image);
        Count {
            tokens: grid.tokens(),
            markers: self.markers_per_image,
            grid,
            frames: 1,
        }
    }

    pub(super) fn video(&self, stored: Size, frames: u64) -> Count {
        let grid = self.grid(stored, Part::Frame);
        let chunks = self.chunks(frames);
        let time_stamp = TextTokens::of(TIME_STAMP).tokens;
        Count {
            tokens: grid.tokens().saturating_mul(chunks),
            markers: chunks.saturating_mul(self.markers_per_chunk.saturating_add(time_stamp)),
            grid,
            frames,
        }
    }

    /// How an image is scaled before it is cut.
    pub(crate) fn scaling(&self, stored: Size, part: Part) -> Scaling {
        let max_patches = match part {
            Part::Image => self.max_patches_per_image,
            Part::Frame => self.max_patches_per_frame,
        };
        let patch = self.patch_px.max(1);
        Scaling::new(
            stored,
            patch,
            self.max_patches_per_side * patch,
            max_patches,
        )
    }

    /// How many times a video pays for the tokens of one frame.
    pub(crate) fn chunks(&self, frames: u64) -> u64 {
        frames.div_ceil(self.frames_per_chunk.max(1))
    }

    fn grid(&self, stored: Size, part: Part) -> Grid {
        let tile = self.patch_px.max(1) * self.merge.max(1);
        padded(self.scaling(stored, part).content(), tile)
    }
}

/// What has a budget of patches of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Image,
    Frame,
}
