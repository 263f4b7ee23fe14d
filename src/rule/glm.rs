//! GLM-4.1V to 4.6V (`transformers` 5.24.0, `glm4v`) and GLM-5.3-Flash (`glm5_next`).

use super::fit::{SmartResize, padded, parameters, sides, whole};
use super::footage::Footage;
use super::{Grid, ImageCount, Options, Refusal, VideoCount};
use crate::media::{Size, VideoFacts};

parameters! {
    /// Qwen's rule over two frames: an image is a video of one frame that is shown twice.
    pub struct Glm45v {
        /// Side of a tile in pixels.
        pub tile_px,
        /// Fewer pixels of all frames together are enlarged.
        pub min_pixels,
        /// More pixels of all frames together are scaled down.
        pub max_pixels,
        /// Longer through shorter side, above which the code refuses.
        pub max_ratio,
        /// Frames that an image counts as.
        pub frames_per_image,
        /// `<|begin_of_image|>` and `<|end_of_image|>`.
        pub markers_per_image,
    }
}

parameters! {
    /// Pads an image to whole tiles, enlarges it below a number of tokens and searches the largest that fits above one.
    pub struct Glm53Flash {
        /// Side of a tile in pixels.
        pub tile_px,
        /// Fewest tokens of an image: one that takes fewer is enlarged.
        pub min_tokens,
        /// Most tokens of an image: one that takes more is scaled down.
        pub max_tokens,
        /// `<|begin_of_image|>` and `<|end_of_image|>`.
        pub markers_per_image,
        /// Frames a second sampled from a video.
        pub sample_fps,
        /// Most frames of a video.
        pub max_frames,
        /// Frames of a video that share the tokens of one.
        pub frames_per_chunk,
        /// Tokens of a whole video. Servers are known to cap it at 30,000 (`llm-multimodal` 1.14.0, `glm53_flash`).
        pub max_video_tokens,
    }
}

/// Around a chunk, and of its time stamp `0.0 seconds` all but the digits of the whole seconds, three to a token.
const MARKERS_PER_CHUNK: u64 = 2 + 3;

impl Glm45v {
    /// zai-org/GLM-4.5V and GLM-4.6V, `preprocessor_config.json`.
    pub const CHECKPOINT: Self = Self {
        tile_px: 28,
        min_pixels: 12_544,
        max_pixels: 9_633_792,
        max_ratio: 200,
        frames_per_image: 2,
        markers_per_image: 2,
    };

    pub(super) fn image(&self, size: Size) -> Result<ImageCount, Refusal> {
        let frames = self.frames_per_image.max(2);
        let resize = SmartResize {
            factor: self.tile_px,
            min_pixels: self.min_pixels,
            max_pixels: self.max_pixels,
            max_ratio: self.max_ratio,
            frames,
            frames_per_chunk: frames,
            whole_tiles: false,
        };
        let grid = resize.fit(size).ok_or(Refusal::TooThin)?;
        Ok(ImageCount::of_tiles(grid, self.markers_per_image))
    }
}

impl Glm53Flash {
    /// zai-org/GLM-5.3-Flash, the classes' own figures, which the checkpoint repeats.
    pub const CHECKPOINT: Self = Self {
        tile_px: 28,
        min_tokens: 16,
        max_tokens: 8_000,
        markers_per_image: 2,
        sample_fps: 2,
        max_frames: 2_048,
        frames_per_chunk: 2,
        max_video_tokens: 240_000,
    };

    pub(super) fn image(&self, size: Size) -> ImageCount {
        let grid = self.fit(size, self.frames_per_chunk, self.max_tokens);
        ImageCount::of_tiles(grid, self.markers_per_image)
    }

    pub(super) fn video(
        &self,
        size: Size,
        video: &VideoFacts,
        options: &Options,
    ) -> Result<VideoCount, Refusal> {
        let footage = Footage::of(video)?;
        let frames = self.sampled(&footage, options);
        let grid = self.fit(size, frames, self.max_video_tokens);
        let chunks = frames.div_ceil(self.frames_per_chunk.max(1));
        let markers = MARKERS_PER_CHUNK + footage.digits().div_ceil(3);
        Ok(VideoCount::new(
            frames,
            chunks,
            ImageCount::of_tiles(grid, 0),
            markers,
        ))
    }

    /// `sample_frames`: after the last whole second it looks at no further frame.
    fn sampled(&self, footage: &Footage, options: &Options) -> u64 {
        let fps = options.fps(self.sample_fps);
        let asked = (footage.seconds() * fps)
            .trunc()
            .min(options.frames(self.max_frames));
        let in_whole_seconds = (footage.seconds().trunc() * fps).ceil().max(1.0);
        let offered = if in_whole_seconds < asked {
            ((in_whole_seconds - 1.0) / fps * footage.rate).ceil() + 1.0
        } else {
            footage.frames
        };
        let frames = asked.min(offered).min(footage.frames).max(1.0) as u64;
        // The last frame is shown twice where their number is odd.
        frames.saturating_add(frames % 2)
    }

    /// `smart_resize` and `resize` of the processor, for so many frames of this size.
    fn fit(&self, size: Size, frames: u64, max_tokens: u64) -> Grid {
        let tile = self.tile_px.max(1);
        let factor = tile as f64;
        let (width, height) = sides(size);
        let per_chunk = self.frames_per_chunk.max(1) as f64;
        let pixels_per_token = per_chunk * factor * factor;
        let min_pixels = self.min_tokens as f64 * pixels_per_token;
        let max_pixels = max_tokens as f64 * pixels_per_token;
        let frames = frames.max(1) as f64;
        let whole_frames = ((frames / per_chunk).round_ties_even() * per_chunk).max(per_chunk);
        let align = |side: f64| (side / factor).ceil() * factor;
        let volume = |(width, height): (f64, f64)| whole_frames * height * width;

        let mut canvas = (align(width), align(height));
        if volume(canvas) < min_pixels {
            let scale = (min_pixels / (frames * height * width)).sqrt();
            canvas = (
                align((width * scale).ceil()),
                align((height * scale).ceil()),
            );
        }
        if volume(canvas) > max_pixels {
            canvas = (factor, factor);
            // The tallest content whose canvas is within the budget.
            let (mut low, mut high) = (1, size.height);
            while low <= high {
                let middle = low + (high - low) / 2;
                let content_width = (width * middle as f64 / height).floor().max(1.0);
                let candidate = (align(content_width), align(middle as f64));
                if volume(candidate) <= max_pixels {
                    canvas = candidate;
                    low = middle.saturating_add(1);
                } else {
                    high = middle.saturating_sub(1);
                }
            }
        }

        let mut scale = (canvas.1 / height).min(canvas.0 / width);
        if frames * height * width >= min_pixels {
            scale = scale.min(1.0);
        }
        let side = |side: f64, most: f64| (side * scale).floor().min(most).max(1.0);
        let grid = padded(whole(canvas.0, canvas.1), tile);
        Grid {
            content_width: side(width, canvas.0) as u64,
            content_height: side(height, canvas.1) as u64,
            ..grid
        }
    }
}
