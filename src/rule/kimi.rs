//! Kimi K2.5 to K2.7 and Kimi K3: one arithmetic with another budget; K3 writes the size of the image into the prompt
//! (moonshotai/Kimi-K2.5, `media_utils.py`).

use super::fit::{padded, parameters, times};
use super::footage::digits;
use super::text::TextTokens;
use super::{Grid, ImageCount, Options, Refusal, Sampling, Scaling, VideoCount};
use crate::media::{Size, VideoFacts};

parameters! {
    /// Scales an image down to a budget of patches, pads it to whole tiles of merged patches, and spends one token on each
    /// tile.
    pub struct Kimi {
        /// Side of a patch in pixels.
        pub patch_px,
        /// Patches along each side of a tile.
        pub merge,
        /// Most patches of an image before padding.
        pub max_patches_per_image,
        /// Most patches along one side of an image or a frame.
        pub max_patches_per_side,
        /// The budget of a frame of a video, in place of the image's; 0 where it takes no videos.
        pub max_patches_per_frame,
        /// Frames a second sampled from a video.
        pub sample_fps,
        /// Frames of a video that share the tokens of one.
        pub frames_per_chunk,
        /// Tokens that frame an image in the prompt, without those of its size.
        pub markers_per_image,
        /// Tokens that frame a chunk of frames in the prompt, without its time stamp.
        pub markers_per_chunk,
        /// Digits of a side that share a token, where the prompt names the size that the image had before scaling; 0 where
        /// it does not name it.
        pub digits_per_token,
    }
}

/// What stands before each chunk of frames. All time stamps have this form, and so as many tokens: the
/// tokeniser takes each run of digits by itself, three at most, and each mark between them.
const TIME_STAMP: &str = "00:00:00.000";

impl Kimi {
    /// moonshotai/Kimi-K2.5, `preprocessor_config.json` and `media_utils.py`; `transformers` 5.24.0, `kimi_k25`. Markers:
    /// sgl-project/sglang 40356, where an image of 64 tokens takes 69.
    pub const K25: Self = Self {
        patch_px: 14,
        merge: 2,
        max_patches_per_image: 16_384,
        max_patches_per_side: 512,
        max_patches_per_frame: 4_096,
        sample_fps: 2,
        frames_per_chunk: 4,
        markers_per_image: 5,
        markers_per_chunk: 4,
        digits_per_token: 0,
    };

    /// `vllm` 0.32.0, `models/kimi_k3/common/mm_preprocess.py`; `sglang` 0.5.23, `kimi_k3`. Its six markers are three
    /// special tokens, the word `image`, the space before the size, and the `x` between its sides. Neither serves videos.
    pub const K3: Self = Self {
        max_patches_per_image: 65_536,
        max_patches_per_frame: 0,
        sample_fps: 0,
        frames_per_chunk: 0,
        markers_per_image: 6,
        markers_per_chunk: 0,
        digits_per_token: 3,
        ..Self::K25
    };

    pub(super) fn image(&self, size: Size) -> ImageCount {
        let tokens_of = |side: u64| digits(side).div_ceil(self.digits_per_token);
        let named_size = match self.digits_per_token {
            0 => 0,
            _ => tokens_of(size.width) + tokens_of(size.height),
        };
        let markers = self.markers_per_image.saturating_add(named_size);
        ImageCount::of_tiles(self.grid(size, Part::Image), markers)
    }

    pub(super) fn video(
        &self,
        size: Size,
        video: &VideoFacts,
        options: &Options,
    ) -> Result<VideoCount, Refusal> {
        if self.max_patches_per_frame == 0 {
            return Err(Refusal::NoVideoRule);
        }
        let sampling = self
            .sampling(video, options)
            .ok_or(Refusal::UnknownLength)?;
        let frames = sampling.frames();
        let frame = ImageCount::of_tiles(self.grid(size, Part::Frame), 0);
        let time_stamp = TextTokens::of(TIME_STAMP).tokens;
        let markers = self.markers_per_chunk.saturating_add(time_stamp);
        let chunks = frames.div_ceil(self.frames_per_chunk.max(1));
        Ok(VideoCount::new(frames, chunks, frame, markers))
    }

    /// Which frames of a video it looks at; `None` where the facts do not tell how many it has.
    pub(super) fn sampling(&self, video: &VideoFacts, options: &Options) -> Option<Sampling> {
        let fps = options.fps(self.sample_fps);
        let sampling = Sampling::new(video, fps, self.frames_per_chunk)?;
        Some(sampling.within(options.max_frames.unwrap_or(u64::MAX)))
    }

    /// How an image is scaled before it is cut.
    pub(crate) fn scaling(&self, stored: Size, part: Part) -> Scaling {
        let max_patches = match part {
            Part::Image => self.max_patches_per_image,
            Part::Frame => self.max_patches_per_frame,
        };
        let patch = self.patch_px.max(1);
        let max_side = times(self.max_patches_per_side, patch);
        Scaling::new(stored, patch, max_side, max_patches)
    }

    fn grid(&self, stored: Size, part: Part) -> Grid {
        let tile = times(self.patch_px.max(1), self.merge.max(1));
        padded(self.scaling(stored, part).content(), tile)
    }
}

/// What has a budget of patches of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Image,
    Frame,
}
