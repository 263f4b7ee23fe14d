//! OpenAI's models that count tiles of 512 pixels, and those that count patches of 32 (developers.openai.com,
//! Images and vision; `litellm` 1.110.2, `estimate_image_tokens`, which reproduces that page's examples).

use super::fit::{longer, padded, parameters, shorter, sides, times, whole};
use super::{Detail, ImageCount, Refusal};
use crate::media::Size;

parameters! {
    /// A base, and as much again for each tile of the image scaled down to two limits.
    pub struct OpenaiTiles {
        /// Side of a tile in pixels.
        pub tile_px,
        /// Longest side in pixels.
        pub max_side,
        /// Shorter side in pixels, at most.
        pub max_short_side,
        /// Tokens of any image, and all that it takes at `low`.
        pub base_tokens,
        /// Tokens of each tile.
        pub tokens_per_tile,
    }
}

parameters! {
    /// A multiple of the patches of the image scaled down to the limits of its level of detail.
    pub struct OpenaiPatches {
        /// Side of a patch in pixels.
        pub patch_px,
        /// Hundredths of a token for each patch.
        pub tokens_per_100_patches,
        /// Longest side in pixels at `low`.
        pub low_max_side,
        /// Most patches at `low`; 0 for no limit.
        pub low_max_patches,
        /// Longest side in pixels at `high`.
        pub high_max_side,
        /// Most patches at `high`; 0 for no limit.
        pub high_max_patches,
        /// Longest side in pixels at `original`; 0 where the model does not know that level.
        pub original_max_side,
        /// Most patches at `original`; 0 for no limit.
        pub original_max_patches,
        /// 1 where `auto` is `original`, 0 where it is `high`.
        pub auto_is_original,
    }
}

impl OpenaiTiles {
    /// gpt-4o and gpt-4.1.
    pub const GPT_4O: Self = Self {
        tile_px: 512,
        max_side: 2_048,
        max_short_side: 768,
        base_tokens: 85,
        tokens_per_tile: 170,
    };

    pub(super) const DETAILS: &'static [Detail] = &[Detail::Low, Detail::High, Detail::Auto];

    pub(super) fn image(&self, size: Size, detail: Option<Detail>) -> Result<ImageCount, Refusal> {
        match detail {
            Some(Detail::Low) => {
                return Ok(ImageCount::between(self.base_tokens, self.base_tokens, 0));
            }
            Some(Detail::Original) => return Err(Refusal::UnknownDetail(Detail::Original)),
            Some(Detail::High | Detail::Auto) | None => {}
        }
        let (width, height) = sides(size);
        let within = self.max_side as f64 / longer(size) as f64;
        let scale = within
            .min(self.max_short_side as f64 / shorter(size) as f64)
            .min(1.0);
        let side = |side: f64| (side * scale).floor().max(1.0);
        let grid = padded(whole(side(width), side(height)), self.tile_px);
        let tokens = times(self.tokens_per_tile, grid.tokens());
        Ok(ImageCount::new(
            self.base_tokens.saturating_add(tokens),
            0,
            grid,
        ))
    }
}

impl OpenaiPatches {
    /// gpt-6-astra.
    pub const GPT_6_ASTRA: Self = Self {
        patch_px: 32,
        tokens_per_100_patches: 120,
        low_max_side: 512,
        low_max_patches: 0,
        high_max_side: 65_535,
        high_max_patches: 2_500,
        original_max_side: 65_535,
        original_max_patches: 0,
        auto_is_original: 1,
    };

    pub(super) const fn details(&self) -> &'static [Detail] {
        match self.original_max_side {
            0 => OpenaiTiles::DETAILS,
            _ => &[Detail::Low, Detail::High, Detail::Original, Detail::Auto],
        }
    }

    /// Patches of an image that is looked at in full detail; `None` of one that is not.
    pub(super) fn at_full_detail(&self, size: Size, detail: Option<Detail>) -> Option<u64> {
        let is_full = self.meant(detail) == Detail::Original && self.original_max_patches == 0;
        let fitted = || self.fit(size, self.original_max_side, 0);
        is_full.then(|| padded(fitted(), self.patch_px).tokens())
    }

    /// The level that `auto`, or none, stands for.
    const fn meant(&self, detail: Option<Detail>) -> Detail {
        match detail {
            None | Some(Detail::Auto) if self.auto_is_original != 0 => Detail::Original,
            None | Some(Detail::Auto) => Detail::High,
            Some(detail) => detail,
        }
    }

    pub(super) fn image(&self, size: Size, detail: Option<Detail>) -> Result<ImageCount, Refusal> {
        let detail = self.meant(detail);
        let (max_side, max_patches) = match detail {
            Detail::Low => (self.low_max_side, self.low_max_patches),
            Detail::Original if self.original_max_side == 0 => {
                return Err(Refusal::UnknownDetail(detail));
            }
            Detail::Original => (self.original_max_side, self.original_max_patches),
            Detail::High | Detail::Auto => (self.high_max_side, self.high_max_patches),
        };
        let grid = padded(self.fit(size, max_side, max_patches), self.patch_px);
        // In doubles, as the page's own rounding is not told: 100 patches at 1.62 are 162 tokens, and no rest makes it 163.
        let multiplier = self.tokens_per_100_patches as f64 / 100.0;
        let tokens = (grid.tokens() as f64 * multiplier).ceil() as u64;
        Ok(ImageCount::new(tokens, 0, grid))
    }

    fn fit(&self, size: Size, max_side: u64, max_patches: u64) -> Size {
        let scale = (max_side as f64 / longer(size) as f64).min(1.0);
        let (width, height) = sides(size);
        let side = |side: f64| (side * scale).round_ties_even().max(1.0);
        let (width, height) = (side(width), side(height));
        let fitted = whole(width, height);
        if max_patches == 0 || padded(fitted, self.patch_px).tokens() <= max_patches {
            return fitted;
        }
        let patch = self.patch_px.max(1) as f64;
        let shrink = (patch * patch * max_patches as f64 / (width * height)).sqrt();
        let (columns, rows) = (width * shrink / patch, height * shrink / patch);
        // Down to whole patches along the side that loses the larger part by it.
        let shrink = shrink * (columns.floor() / columns).min(rows.floor() / rows);
        let side = |side: f64| (side * shrink).floor().max(1.0);
        whole(side(width), side(height))
    }
}
