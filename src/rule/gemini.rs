//! Google's Gemini 2 (ai.google.dev, Image understanding: "rough formula") and Gemini 3 (Media resolution, for the budgets;
//! that Gemma 4's open rule fills them is inferred from recorded `usage`: 1,089 = 33×33 of a square, 1,064 = 38×28 of 4:3).

use super::fit::{padded, parameters, shorter, times};
use super::footage::Footage;
use super::{Gemma4, Grid, ImageCount, MediaResolution, Options, Refusal, VideoCount};
use crate::media::{Size, VideoFacts};

parameters! {
    /// One tile for a small image, else tiles whose side follows from the shorter side of the image.
    pub struct Gemini2 {
        /// Longest side in pixels of an image that is one tile.
        pub small_px,
        /// Tokens of each tile.
        pub tokens_per_tile,
        /// Shortest and longest side in pixels of a tile, by an older page. Both pages stand, so that the count is between.
        pub min_tile_px,
        /// Longest side in pixels of a tile, by the older page.
        pub max_tile_px,
        /// Of an image at `media_resolution` low.
        pub low_tokens,
        /// Of an image at `media_resolution` medium.
        pub medium_tokens,
        /// Frames a second sampled from a video.
        pub sample_fps,
        /// Tokens of a frame of a video, unless `media_resolution` is low.
        pub tokens_per_frame,
        /// At `media_resolution` low.
        pub low_tokens_per_frame,
    }
}

parameters! {
    /// Gemma 4's rule, with a budget for each `media_resolution`.
    pub struct Gemini3 {
        /// Side of a patch in pixels.
        pub patch_px,
        /// Patches along each side of a tile.
        pub pool,
        /// Most tokens of an image at `media_resolution` low.
        pub low_tokens,
        /// Most tokens of an image at `media_resolution` medium.
        pub medium_tokens,
        /// Where nothing is asked for, too.
        pub high_tokens,
        /// Most tokens of an image at `media_resolution` ultra high.
        pub ultra_high_tokens,
        /// Frames a second sampled from a video.
        pub sample_fps,
        /// At any `media_resolution` below high.
        pub tokens_per_frame,
        /// Most tokens of a frame at `media_resolution` high or ultra high.
        pub high_tokens_per_frame,
    }
}

impl Gemini2 {
    /// Gemini 2.0 and 2.5.
    pub const DOCUMENTED: Self = Self {
        small_px: 384,
        tokens_per_tile: 258,
        min_tile_px: 256,
        max_tile_px: 768,
        low_tokens: 64,
        medium_tokens: 256,
        sample_fps: 1,
        tokens_per_frame: 258,
        low_tokens_per_frame: 66,
    };

    pub(super) fn image(&self, size: Size, resolution: Option<MediaResolution>) -> ImageCount {
        match resolution {
            Some(MediaResolution::Low) => {
                return ImageCount::between(self.low_tokens, self.low_tokens, 0);
            }
            Some(MediaResolution::Medium) => {
                return ImageCount::between(self.medium_tokens, self.medium_tokens, 0);
            }
            Some(MediaResolution::High | MediaResolution::UltraHigh) | None => {}
        }
        if size.width <= self.small_px && size.height <= self.small_px {
            return ImageCount::between(self.tokens_per_tile, self.tokens_per_tile, 0);
        }
        let tile = (shorter(size) as f64 / 1.5) as u64;
        let tokens = |grid: Grid| times(self.tokens_per_tile, grid.tokens());
        let grid = Grid {
            width: size.width,
            height: size.height,
            ..padded(size, tile)
        };
        let documented = tokens(grid);
        let older = tokens(padded(
            size,
            tile.min(self.max_tile_px).max(self.min_tile_px),
        ));
        ImageCount {
            low: documented.min(older),
            high: documented.max(older),
            // What a tile is scaled to is not told.
            seen: None,
            ..ImageCount::new(documented, 0, grid)
        }
    }

    pub(super) fn video(
        &self,
        _size: Size,
        video: &VideoFacts,
        options: &Options,
    ) -> Result<VideoCount, Refusal> {
        let tokens = match options.media_resolution {
            Some(MediaResolution::Low) => self.low_tokens_per_frame,
            _ => self.tokens_per_frame,
        };
        let frames = sampled(video, options, self.sample_fps)?;
        Ok(VideoCount::new(
            frames,
            frames,
            ImageCount::between(tokens, tokens, 0),
            0,
        ))
    }
}

impl Gemini3 {
    /// Gemini 3 and later; of Gemini 4 no budgets are known.
    pub const DOCUMENTED: Self = Self {
        patch_px: 16,
        pool: 3,
        low_tokens: 280,
        medium_tokens: 560,
        high_tokens: 1_120,
        ultra_high_tokens: 2_240,
        sample_fps: 1,
        tokens_per_frame: 70,
        high_tokens_per_frame: 280,
    };

    pub(super) fn image(
        &self,
        size: Size,
        resolution: Option<MediaResolution>,
    ) -> Result<ImageCount, Refusal> {
        self.fill(
            size,
            match resolution {
                Some(MediaResolution::Low) => self.low_tokens,
                Some(MediaResolution::Medium) => self.medium_tokens,
                Some(MediaResolution::High) | None => self.high_tokens,
                Some(MediaResolution::UltraHigh) => self.ultra_high_tokens,
            },
        )
    }

    pub(super) fn video(
        &self,
        size: Size,
        video: &VideoFacts,
        options: &Options,
    ) -> Result<VideoCount, Refusal> {
        let budget = match options.media_resolution {
            Some(MediaResolution::High | MediaResolution::UltraHigh) => self.high_tokens_per_frame,
            _ => self.tokens_per_frame,
        };
        let frames = sampled(video, options, self.sample_fps)?;
        Ok(VideoCount::new(frames, frames, self.fill(size, budget)?, 0))
    }

    /// Between the grid that is inferred and the budget that is documented.
    fn fill(&self, size: Size, budget: u64) -> Result<ImageCount, Refusal> {
        let rule = Gemma4 {
            patch_px: self.patch_px,
            pool: self.pool,
            markers_per_image: 0,
            ..Gemma4::CHECKPOINT
        };
        let count = ImageCount::of_tiles(rule.fit(size, budget)?, 0);
        Ok(ImageCount {
            high: budget.max(count.tokens),
            ..count
        })
    }
}

/// Frames at an even rate; a second that has begun counts.
fn sampled(video: &VideoFacts, options: &Options, fps: u64) -> Result<u64, Refusal> {
    let footage = Footage::of(video)?;
    let frames = (footage.seconds() * options.fps(fps)).ceil();
    Ok(frames
        .min(footage.frames)
        .min(options.frames(u64::MAX))
        .max(1.0) as u64)
}
