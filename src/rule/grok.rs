//! xAI's Grok (docs.x.ai, Image understanding and Consumption, stored copies: tiles of 448 pixels of 256 tokens each and one
//! more, at most six, "between 256 to 1792 tokens"). How an image is scaled to tiles is not published.

use super::ImageCount;
use super::fit::{parameters, times};

parameters! {
    /// Only a range.
    pub struct Grok {
        /// Tokens of each tile of 448 pixels.
        pub tokens_per_tile,
        /// Most tiles of an image, without the one that is always added.
        pub max_tiles,
    }
}

impl Grok {
    /// docs.x.ai, Image understanding: 256 tokens a tile, at most six tiles.
    pub const DOCUMENTED: Self = Self {
        tokens_per_tile: 256,
        max_tiles: 6,
    };

    pub(super) fn image(&self) -> ImageCount {
        let most = times(self.tokens_per_tile, self.max_tiles.saturating_add(1));
        ImageCount::between(self.tokens_per_tile, most, 0)
    }
}
