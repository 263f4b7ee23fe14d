//! Pixtral, and Mistral's models since Small 3.1 (`mistral_common` 1.13.1, the vendor's own code).

use super::ImageCount;
use super::fit::{parameters, sides, stretched, times, whole};
use crate::media::Size;

parameters! {
    /// Scales an image down to a longest side, stretches it to whole tiles, and spends a token on each, and one on the end of
    /// each row.
    pub struct Mistral {
        /// Side of a patch in pixels.
        pub patch_px,
        /// Patches along each side of a tile.
        pub merge,
        /// Longest side in pixels.
        pub max_side,
    }
}

impl Mistral {
    /// `mistral_common` 1.13.1, `tekken_240911.json`.
    pub const PIXTRAL: Self = Self {
        patch_px: 16,
        merge: 1,
        max_side: 1_024,
    };

    /// Mistral Small 3.1 and later, Medium 3, Large 3 and 4, Ministral 3: `mistral_common`'s tests.
    pub const SMALL_31: Self = Self {
        patch_px: 14,
        merge: 2,
        max_side: 1_540,
    };

    pub(super) fn image(&self, size: Size) -> ImageCount {
        let tile = times(self.patch_px, self.merge.max(1)).max(1);
        let max = self.max_side.max(1) as f64;
        let (width, height) = sides(size);
        let ratio = (height / max).max(width / max);
        let fitted = if ratio > 1.0 {
            let side = |side: f64| (side / ratio).round_ties_even().max(1.0);
            whole(side(width), side(height))
        } else {
            size
        };
        let grid = stretched(
            fitted.width.div_ceil(tile),
            fitted.height.div_ceil(tile),
            tile,
        );
        let tokens = times(grid.columns.saturating_add(1), grid.rows);
        ImageCount::new(tokens, 0, grid)
    }
}
