//! Qwen2-VL, Qwen2.5-VL, Qwen3-VL and those of Qwen3.5 and later that see (`transformers` 5.24.0, `qwen2_vl` and
//! `qwen3_vl`).

use super::fit::{SmartResize, parameters};
use super::footage::Footage;
use super::{ImageCount, Options, Refusal, VideoCount};
use crate::media::{Size, VideoFacts};

parameters! {
    /// Scales an image up or down until its pixels are within bounds and its sides whole tiles, and spends a token on each.
    pub struct Qwen {
        /// Side of a tile in pixels.
        pub tile_px,
        /// Fewer pixels are enlarged.
        pub min_pixels,
        /// More pixels are scaled down.
        pub max_pixels,
        /// Longer through shorter side, above which the code refuses.
        pub max_ratio,
        /// `<|vision_start|>` and `<|vision_end|>`.
        pub markers_per_image,
        /// Frames a second sampled from a video.
        pub sample_fps,
        /// Fewest frames of a video that has as many.
        pub min_frames,
        /// Most frames of a video.
        pub max_frames,
        /// Frames of a video that share the tokens of one.
        pub frames_per_chunk,
        /// Of all frames together; 0 where the rule of videos is not known.
        pub min_video_pixels,
        /// More pixels of all frames together are scaled down.
        pub max_video_pixels,
    }
}

/// Around a chunk, and of its time stamp `<0.0 seconds>` all but the digits of the whole seconds, which are a token each.
const MARKERS_PER_CHUNK: u64 = 2 + 5;

impl Qwen {
    /// Qwen/Qwen2.5-VL and Qwen2-VL, `preprocessor_config.json`.
    pub const QWEN25_VL: Self = Self {
        tile_px: 28,
        min_pixels: 3_136,
        max_pixels: 12_845_056,
        max_ratio: 200,
        markers_per_image: 2,
        sample_fps: 2,
        min_frames: 4,
        max_frames: 768,
        frames_per_chunk: 2,
        min_video_pixels: 0,
        max_video_pixels: 0,
    };

    /// Qwen/Qwen3-VL, Qwen3.5 and Qwen3.6, `preprocessor_config.json` and `video_preprocessor_config.json`.
    pub const QWEN3_VL: Self = Self {
        tile_px: 32,
        min_pixels: 65_536,
        max_pixels: 16_777_216,
        min_video_pixels: 4_096,
        max_video_pixels: 25_165_824,
        ..Self::QWEN25_VL
    };

    pub(super) fn image(&self, size: Size) -> Result<ImageCount, Refusal> {
        let resize = SmartResize {
            factor: self.tile_px,
            min_pixels: self.min_pixels,
            max_pixels: self.max_pixels,
            max_ratio: self.max_ratio,
            frames: 1,
            frames_per_chunk: 1,
            whole_tiles: false,
        };
        let grid = resize.fit(size).ok_or(Refusal::TooThin)?;
        Ok(ImageCount::of_tiles(grid, self.markers_per_image))
    }

    pub(super) fn video(
        &self,
        size: Size,
        video: &VideoFacts,
        options: &Options,
    ) -> Result<VideoCount, Refusal> {
        let footage = Footage::of(video)?;
        let sampled = (footage.frames / footage.rate * options.fps(self.sample_fps)).trunc();
        let frames = sampled.max(self.min_frames as f64);
        let frames = frames
            .min(options.frames(self.max_frames))
            .min(footage.frames)
            .max(1.0) as u64;
        let per_chunk = self.frames_per_chunk.max(1);
        let resize = SmartResize {
            factor: self.tile_px,
            min_pixels: self.min_video_pixels,
            max_pixels: self.max_video_pixels,
            max_ratio: self.max_ratio,
            // A single frame is doubled before it is resized.
            frames: frames.max(per_chunk),
            frames_per_chunk: per_chunk,
            whole_tiles: false,
        };
        let grid = resize.fit(size).ok_or(Refusal::TooThin)?;
        let frame = ImageCount::of_tiles(grid, 0);
        let markers = MARKERS_PER_CHUNK + footage.digits();
        Ok(VideoCount::new(
            frames,
            frames.div_ceil(per_chunk),
            frame,
            markers,
        ))
    }
}
