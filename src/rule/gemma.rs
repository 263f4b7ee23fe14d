//! Gemma 4 (`transformers` 5.24.0, `gemma4`) and Gemma 3, whose images all take the same.

use super::fit::{parameters, sides, stretched};
use super::footage::Footage;
use super::{Flat, Grid, ImageCount, Options, Refusal, VideoCount};
use crate::media::{Size, VideoFacts};

parameters! {
    /// Scales an image up or down until it fills its budget as far as its proportions allow, and spends a token on each tile.
    pub struct Gemma4 {
        /// Side of a patch in pixels.
        pub patch_px,
        /// Patches along each side of a tile.
        pub pool,
        /// Of an image: 70, 140, 280, 560 or 1,120.
        pub max_tokens,
        /// The begin and the end of an image.
        pub markers_per_image,
        /// Most frames of a video.
        pub max_frames,
        /// Most tokens of a frame of a video.
        pub max_tokens_per_frame,
    }
}

/// Around a frame, and its time stamp `00:00` with the space behind it.
const MARKERS_PER_FRAME: u64 = 2 + 6;

impl Flat {
    /// `transformers` 5.24.0, `gemma3`: 256, and around them the begin, the end and two blank lines. Pan and scan, which
    /// adds crops, is off by default.
    pub const GEMMA3: Self = Self {
        tokens_per_image: 256,
        markers_per_image: 4,
    };
}

impl Gemma4 {
    /// google/gemma-4, `processor_config.json`.
    pub const CHECKPOINT: Self = Self {
        patch_px: 16,
        pool: 3,
        max_tokens: 280,
        markers_per_image: 2,
        max_frames: 32,
        max_tokens_per_frame: 70,
    };

    pub(super) fn image(&self, size: Size) -> Result<ImageCount, Refusal> {
        let grid = self.fit(size, self.max_tokens)?;
        Ok(ImageCount::of_tiles(grid, self.markers_per_image))
    }

    pub(super) fn video(
        &self,
        size: Size,
        video: &VideoFacts,
        options: &Options,
    ) -> Result<VideoCount, Refusal> {
        let footage = Footage::of(video)?;
        let frames = options.frames(self.max_frames).min(footage.frames) as u64;
        let frame = ImageCount::of_tiles(self.fit(size, self.max_tokens_per_frame)?, 0);
        Ok(VideoCount::new(frames, frames, frame, MARKERS_PER_FRAME))
    }

    /// `get_aspect_ratio_preserving_size`.
    pub(super) fn fit(&self, size: Size, max_tokens: u64) -> Result<Grid, Refusal> {
        let patch = self.patch_px.max(1) as f64;
        let pool = self.pool.max(1) as f64;
        let tile = patch * pool;
        let (width, height) = sides(size);
        let max = max_tokens as f64;
        let scale = ((max * pool * pool) * (patch * patch) / (height * width)).sqrt();
        let mut columns = (scale * width / tile).floor();
        let mut rows = (scale * height / tile).floor();
        match (columns >= 1.0, rows >= 1.0) {
            (true, true) => {}
            (true, false) => (columns, rows) = ((width / height).floor().min(max), 1.0),
            (false, true) => (columns, rows) = (1.0, (height / width).floor().min(max)),
            (false, false) => return Err(Refusal::TooThin),
        }
        Ok(stretched(columns as u64, rows as u64, tile as u64))
    }
}
