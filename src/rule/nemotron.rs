//! Nemotron Nano Omni and Nemotron 3.5 VL (`vllm` 0.32.0, `nano_nemotron_vl.py`, `DynamicResolutionImageTiler`). All images
//! of a request share the context.

use super::fit::{parameters, sides, stretched, times};
use super::{ImageCount, Refusal};
use crate::media::Size;

parameters! {
    /// Scales an image so that its patches are within bounds, stretches it to whole tiles of 2×2 patches, and spends a token
    /// on each.
    pub struct Nemotron {
        /// Side of a patch in pixels.
        pub patch_px,
        /// Fewest patches of an image: one with fewer is enlarged.
        pub min_patches,
        /// Most patches of an image, however much of the context is left.
        pub max_patches,
        /// Tokens of the context that are kept free of images.
        pub reserved_tokens,
        /// `<img>` and `</img>`.
        pub markers_per_image,
    }
}

/// Patches along each side of a tile; the code takes no other.
const MERGE: f64 = 2.0;
/// Attempts to fit all images into the context, after which the code gives up.
const ATTEMPTS: usize = 10;

impl Nemotron {
    /// nvidia/NVIDIA-Nemotron-3.5-Super-VL and Nano Omni, `config.json`.
    pub const VL_35: Self = Self {
        patch_px: 16,
        min_patches: 1_024,
        max_patches: 13_312,
        reserved_tokens: 4,
        markers_per_image: 2,
    };

    /// `compute_params`: where the patches of all images exceed the context, each gets its share.
    pub(super) fn images(
        &self,
        sizes: &[Size],
        context_left: Option<u64>,
    ) -> Vec<Result<ImageCount, Refusal>> {
        let (min, max) = (self.min_patches as f64, self.max_patches as f64);
        let counted = sizes
            .iter()
            .filter(|size| self.patches(**size, max).is_ok())
            .count();
        let available = context_left.map_or(f64::INFINITY, |left| {
            let patches = left.saturating_sub(self.reserved_tokens) as f64 * MERGE * MERGE;
            patches.max(min * counted as f64)
        });
        let mut budgets = vec![available.min(max).max(min); sizes.len()];
        let patches = |size: &Size, budget: &f64| {
            let (columns, rows) = self.patches(*size, *budget).unwrap_or_default();
            columns * rows
        };
        for _ in 0..ATTEMPTS {
            let images = sizes.iter().zip(&budgets);
            let total: f64 = images.map(|(size, budget)| patches(size, budget)).sum();
            if total <= available {
                break;
            }
            let mut shrinks = false;
            for (size, budget) in sizes.iter().zip(&mut budgets) {
                let patches = patches(size, budget);
                let scaled = (patches * (available / total)).trunc().max(min);
                shrinks |= patches > 0.0 && scaled < *budget;
                *budget = scaled;
            }
            if !shrinks {
                budgets.fill(min);
            }
        }
        let images = sizes.iter().zip(budgets);
        images
            .map(|(size, budget)| {
                self.patches(*size, max)?;
                let (columns, rows) = self.patches(*size, budget)?;
                let grid = stretched(
                    (columns / MERGE) as u64,
                    (rows / MERGE) as u64,
                    times(self.patch_px, MERGE as u64).max(1),
                );
                Ok(ImageCount::of_tiles(grid, self.markers_per_image))
            })
            .collect()
    }

    /// `process_media`: columns and rows of patches within a budget.
    fn patches(&self, size: Size, budget: f64) -> Result<(f64, f64), Refusal> {
        if size.width == 0 || size.height == 0 {
            return Err(Refusal::Empty);
        }
        let patch = self.patch_px.max(1) as f64;
        let min = self.min_patches as f64;
        let (width, height) = sides(size);
        let closest = |side: f64| (side / patch + 0.5).round_ties_even();
        let (mut columns, mut rows) = (closest(width), closest(height));
        let scale = (budget / (rows * columns)).sqrt().min(1.0);
        rows = (scale * rows).floor();
        columns = (scale * columns).floor();
        if rows < 1.0 || columns < 1.0 {
            // The code divides by their product.
            return Err(Refusal::TooThin);
        }
        if budget > min && rows * columns < min {
            let scale = (min / (rows * columns)).sqrt();
            rows = (scale * rows).ceil();
            columns = (scale * columns).ceil();
        }
        let even = |side: f64, other: f64| match side % MERGE {
            0.0 => side,
            rest if (side + MERGE - rest) * other <= budget => side + MERGE - rest,
            rest => (side - rest).max(MERGE),
        };
        rows = even(rows, columns);
        columns = even(columns, rows);
        Ok((columns, rows))
    }
}
