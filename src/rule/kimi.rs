//! Kimi K2.5 to K2.7 and Kimi K3: one arithmetic with another budget; K3 writes the size of the image into the prompt.

use super::fit::named;
use super::footage::digits;
use super::{ImageCount, Options, Processor, Refusal, Sampling, VideoCount};
use crate::media::{Size, VideoFacts};

/// [`Processor`], and what K3 adds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kimi {
    pub processor: Processor,
    /// Digits of a side that share a token, where the prompt names the size that the image had before scaling; 0 where it
    /// does not name it.
    pub digits_per_token: u64,
}

named!(Kimi:
    patch_px = processor.patch_px,
    merge = processor.merge,
    max_patches_per_image = processor.max_patches_per_image,
    max_patches_per_side = processor.max_patches_per_side,
    max_patches_per_frame = processor.max_patches_per_frame,
    sample_fps = processor.sample_fps,
    frames_per_chunk = processor.frames_per_chunk,
    markers_per_image = processor.markers_per_image,
    markers_per_chunk = processor.markers_per_chunk,
    digits_per_token = digits_per_token,
);

impl Kimi {
    /// moonshotai/Kimi-K2.5, `preprocessor_config.json` and `media_utils.py`; `transformers` 5.24.0, `kimi_k25`. Markers:
    /// sgl-project/sglang 40356, where an image of 64 tokens takes 69.
    pub const K25: Self = Self {
        processor: Processor {
            patch_px: 14,
            merge: 2,
            max_patches_per_image: 16_384,
            max_patches_per_side: 512,
            max_patches_per_frame: 4_096,
            sample_fps: 2,
            frames_per_chunk: 4,
            markers_per_image: 5,
            markers_per_chunk: 4,
        },
        digits_per_token: 0,
    };

    /// `vllm` 0.32.0, `models/kimi_k3/common/mm_preprocess.py`; `sglang` 0.5.23, `kimi_k3`. Its six markers are three
    /// special tokens, the word `image`, the space before the size, and the `x` between its sides. Figures for frames are
    /// K2.5's: neither serves videos.
    pub const K3: Self = Self {
        processor: Processor {
            max_patches_per_image: 65_536,
            markers_per_image: 6,
            ..Self::K25.processor
        },
        digits_per_token: 3,
    };

    pub(super) fn image(&self, size: Size) -> ImageCount {
        let count = self.processor.image(size);
        let tokens_of = |side: u64| digits(side).div_ceil(self.digits_per_token);
        let named_size = match self.digits_per_token {
            0 => 0,
            _ => tokens_of(size.width) + tokens_of(size.height),
        };
        ImageCount::of_tiles(count.grid, count.markers.saturating_add(named_size))
    }

    pub(super) fn video(
        &self,
        size: Size,
        video: &VideoFacts,
        options: &Options,
    ) -> Result<VideoCount, Refusal> {
        let processor = &self.processor;
        let fps = options.fps(processor.sample_fps);
        let sampling =
            Sampling::new(video, fps, processor.frames_per_chunk).ok_or(Refusal::UnknownLength)?;
        let frames = sampling
            .frames()
            .min(options.max_frames.unwrap_or(u64::MAX))
            .max(1);
        let count = processor.video(size, frames);
        Ok(VideoCount {
            tokens: count.tokens,
            markers: count.markers,
            frames,
            chunks: processor.chunks(frames),
            frame: ImageCount::of_tiles(count.grid, 0),
        })
    }
}
