//! A fixed number of tokens for every image.

use super::ImageCount;
use super::fit::parameters;

parameters! {
    /// What every image takes, of whatever size.
    pub struct Flat {
        pub tokens_per_image,
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
