//! A fixed number of tokens for every image.

use super::ImageCount;
use super::fit::parameters;

parameters! {
    /// What every image takes, of whatever size.
    pub struct Flat {
        /// Tokens of an image, without those that frame it.
        pub tokens_per_image,
        /// Tokens that frame an image in the prompt.
        pub markers_per_image,
    }
}

impl Flat {
    pub(super) fn image(&self) -> ImageCount {
        ImageCount::between(
            self.tokens_per_image,
            self.tokens_per_image,
            self.markers_per_image,
        )
    }
}
