//! DeepSeek V4.1-Flash (`sglang` 0.5.23, `deepseek_v41_image_processing.py`, which is the checkpoint's own
//! `inference/image_processor.py`).

use super::fit::{padded, parameters, sides, times, whole};
use super::{Grid, ImageCount};
use crate::media::Size;

parameters! {
    /// Enlarges a small image, shrinks one that takes too many tokens, and spends a token on each tile, one on the end of
    /// each row, and two on both ends of the image.
    pub struct Deepseek {
        /// Side of a patch in pixels.
        pub patch_px,
        /// Patches along each side of a tile.
        pub merge,
        /// Fewer pixels are enlarged.
        pub min_pixels,
        /// Of an image, ends of rows and of the image included.
        pub max_tokens,
    }
}

/// At both ends of an image.
const ENDS: u64 = 2;

impl Deepseek {
    /// deepseek-ai/DeepSeek-V4.1-Flash, `config.json`.
    pub const V41_FLASH: Self = Self {
        patch_px: 14,
        merge: 3,
        min_pixels: 295_936,
        max_tokens: 1_024,
    };

    pub(super) fn image(&self, size: Size) -> ImageCount {
        let patch = self.patch_px.max(1) as f64;
        let (mut width, mut height) = sides(size);
        if width * height < self.min_pixels as f64 {
            let ratio = (self.min_pixels as f64 / (width * height)).sqrt();
            width = (width * ratio).trunc().max(1.0);
            height = (height * ratio).trunc().max(1.0);
        }
        let align = |side: f64| (side / patch).ceil() * patch;
        let mut grid = self.grid(align(width), align(height));
        if tokens(&grid) > self.max_tokens {
            let (width, height) = self.largest(width, height);
            grid = self.grid(width, height);
        }
        let seen = contained(sides(size), &grid);
        let grid = Grid {
            content_width: seen.width,
            content_height: seen.height,
            ..grid
        };
        ImageCount::new(tokens(&grid), 0, grid)
    }

    /// The size in pixels, in its proportions and whole patches, that takes the most tokens that are allowed.
    fn largest(&self, width: f64, height: f64) -> (f64, f64) {
        let patch = self.patch_px.max(1) as f64;
        let tile = patch * self.merge.max(1) as f64;
        let budget = self.max_tokens.max(4) as f64 - ENDS as f64;
        let ratio = height / width;
        let columns = (budget / ratio + 0.25).sqrt() - 0.5;
        let rows = columns * ratio;
        if columns < 1.0 {
            return (tile, (budget / 2.0).floor() * tile);
        }
        if rows < 1.0 {
            return ((budget - 1.0) * tile, tile);
        }
        let scale = (columns.floor() * tile / width).min(rows.floor() * tile / height);
        let side = |side: f64| (side * scale / patch).floor() * patch;
        (side(width), side(height))
    }

    fn grid(&self, width: f64, height: f64) -> Grid {
        let tile = times(self.patch_px, self.merge.max(1));
        let frame = whole(width, height);
        Grid {
            // The last tile may hold fewer patches than the others, and is not filled up.
            width: frame.width,
            height: frame.height,
            ..padded(frame, tile)
        }
    }
}

fn tokens(grid: &Grid) -> u64 {
    let row = grid.columns.saturating_add(1);
    times(grid.rows, row).saturating_add(ENDS)
}

/// The image within its frame, as `ImageOps.pad` fits it in.
fn contained((width, height): (f64, f64), grid: &Grid) -> Size {
    let (frame_width, frame_height) = (grid.width as f64, grid.height as f64);
    let (ratio, frame_ratio) = (width / height, frame_width / frame_height);
    let mut fitted = (frame_width, frame_height);
    if ratio > frame_ratio {
        fitted.1 = (height / width * frame_width).round_ties_even();
    } else if ratio < frame_ratio {
        fitted.0 = (width / height * frame_height).round_ties_even();
    }
    whole(fitted.0.max(1.0), fitted.1.max(1.0))
}
