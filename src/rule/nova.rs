//! Amazon's Nova 1 (docs.aws.amazon.com, Nova user guide, Image understanding: a table of examples from "~800" to "~2600"
//! and no rule) and Nova 2 Lite (Nova 2 user guide, Using multimodal models: "a flat rate of 230 tokens per image").

use super::fit::parameters;
use super::{Flat, ImageCount};

parameters! {
    /// Only a range.
    pub struct Nova1 {
        /// Of 900×450 pixels.
        pub min_tokens,
        /// Of 1,300×1,300 pixels.
        pub max_tokens,
    }
}

impl Nova1 {
    /// Nova user guide, Image understanding: from the smallest to the largest of its examples.
    pub const DOCUMENTED: Self = Self {
        min_tokens: 800,
        max_tokens: 2_600,
    };

    pub(super) fn image(&self) -> ImageCount {
        ImageCount::between(self.min_tokens.min(self.max_tokens), self.max_tokens, 0)
    }
}

impl Flat {
    /// What is billed. That `usage` may report another number is in the same place.
    pub const NOVA2: Self = Self {
        tokens_per_image: 230,
        markers_per_image: 0,
    };
}
