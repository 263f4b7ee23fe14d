//! MiniMax-M3 (`vllm` 0.32.0, `minimax_m3.py`, from the checkpoint's own processor; `llm-multimodal` 1.14.0,
//! `minimax_m3.rs`, for the shortest side).

use super::fit::{SmartResize, longer, parameters, shorter};
use super::footage::Footage;
use super::{Grid, ImageCount, Options, Refusal, VideoCount};
use crate::media::{Size, VideoFacts};

parameters! {
    /// Qwen's rule, with sides of at least a tile from the start, and a short side that is first raised.
    pub struct MinimaxM3 {
        /// Side of a tile in pixels.
        pub tile_px,
        /// Fewer pixels are enlarged.
        pub min_pixels,
        /// More pixels of an image are scaled down.
        pub max_pixels,
        /// Longer through shorter side, above which the code refuses.
        pub max_ratio,
        /// A shorter side of an image is raised to it; 0 to leave it. MiniMax's verifier does so, `transformers` and `vllm`
        /// do not.
        pub min_side,
        /// Tokens that frame an image in the prompt.
        pub markers_per_image,
        /// Frames a second sampled from a video.
        pub sample_fps,
        /// Fewest frames of a video that has as many.
        pub min_frames,
        /// Most frames of a video.
        pub max_frames,
        /// Frames of a video that share the tokens of one.
        pub frames_per_chunk,
        /// Of each frame of a video.
        pub max_frame_pixels,
    }
}

/// Around a chunk, and of its time stamp `]<]0.0 seconds[>[` all but the digits of the whole seconds, three to a token.
const MARKERS_PER_CHUNK: u64 = 2 + 7;

impl MinimaxM3 {
    /// MiniMaxAI/MiniMax-M3, as the two sources above have it.
    pub const CHECKPOINT: Self = Self {
        tile_px: 28,
        min_pixels: 3_136,
        max_pixels: 451_584,
        max_ratio: 200,
        min_side: 112,
        markers_per_image: 2,
        sample_fps: 1,
        min_frames: 4,
        max_frames: 768,
        frames_per_chunk: 2,
        max_frame_pixels: 602_112,
    };

    pub(super) fn image(&self, size: Size) -> Result<ImageCount, Refusal> {
        let grid = self.fit(self.raised(size), self.max_pixels)?;
        Ok(ImageCount::of_tiles(grid, self.markers_per_image))
    }

    pub(super) fn video(
        &self,
        size: Size,
        video: &VideoFacts,
        options: &Options,
    ) -> Result<VideoCount, Refusal> {
        let footage = Footage::of(video)?;
        let sampled = (footage.seconds() * options.fps(self.sample_fps)).trunc();
        let frames = sampled.max(self.min_frames as f64);
        let frames = frames
            .min(options.frames(self.max_frames))
            .min(footage.frames)
            .max(1.0) as u64;
        let frame = ImageCount::of_tiles(self.fit(size, self.max_frame_pixels)?, 0);
        let chunks = frames.div_ceil(self.frames_per_chunk.max(1));
        let markers = MARKERS_PER_CHUNK + footage.digits().div_ceil(3);
        Ok(VideoCount::new(frames, chunks, frame, markers))
    }

    fn raised(&self, size: Size) -> Size {
        let short = shorter(size);
        if short >= self.min_side {
            return size;
        }
        let long = (longer(size) as f64 * self.min_side as f64 / short as f64).round() as u64;
        if size.width <= size.height {
            Size::new(self.min_side, long)
        } else {
            Size::new(long, self.min_side)
        }
    }

    fn fit(&self, size: Size, max_pixels: u64) -> Result<Grid, Refusal> {
        let resize = SmartResize {
            factor: self.tile_px,
            min_pixels: self.min_pixels,
            max_pixels,
            max_ratio: self.max_ratio,
            frames: 1,
            frames_per_chunk: 1,
            whole_tiles: true,
        };
        resize.fit(size).ok_or(Refusal::TooThin)
    }
}
