//! Anthropic's Claude (platform.claude.com, Vision, and its reference code in Vision coordinates, 2026-08-25).

use super::ImageCount;
use super::fit::{longer, padded, parameters, shorter};
use crate::media::Size;

parameters! {
    /// Searches the largest size that is within two limits, pads it to whole tiles, and spends a token on each.
    pub struct Claude {
        /// Side of a tile in pixels.
        pub tile_px,
        /// Longest side in pixels, padding included.
        pub max_side,
        /// Most tokens of an image, one for each tile.
        pub max_tokens,
    }
}

impl Claude {
    /// Haiku 4.5, and everything up to 4.6.
    pub const STANDARD: Self = Self {
        tile_px: 28,
        max_side: 1_568,
        max_tokens: 1_568,
    };

    /// 4.7 and later: Opus 4.7, 4.8 and 5, Sonnet 5, Fable 5, Mythos 5.
    pub const HIGH: Self = Self {
        tile_px: 28,
        max_side: 2_576,
        max_tokens: 4_784,
    };

    pub(super) fn image(&self, size: Size) -> ImageCount {
        ImageCount::of_tiles(padded(self.fit(size), self.tile_px), 0)
    }

    fn fit(&self, size: Size) -> Size {
        let fits = |size: Size| {
            let grid = padded(size, self.tile_px);
            longer(Size::new(grid.width, grid.height)) <= self.max_side
                && grid.tokens() <= self.max_tokens
        };
        if fits(size) {
            return size;
        }
        let ratio = longer(size) as f64 / shorter(size) as f64;
        let upright = size.height > size.width;
        let of_long_side = |long: u64| {
            let short = ((long as f64 / ratio).round_ties_even() as u64).max(1);
            if upright {
                Size::new(short, long)
            } else {
                Size::new(long, short)
            }
        };
        let (mut low, mut high) = (1_u64, longer(size));
        while low.saturating_add(1) < high {
            let middle = low + (high - low) / 2;
            if fits(of_long_side(middle)) {
                low = middle;
            } else {
                high = middle;
            }
        }
        of_long_side(low)
    }
}
