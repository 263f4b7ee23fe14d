//! Llama 4 (`transformers` 5.24.0, `llama4`).

use super::fit::{parameters, sides, stretched, times, whole};
use super::{Grid, ImageCount};
use crate::media::Size;

parameters! {
    /// Puts an image on the canvas of whole tiles that scales it least, and adds the whole image once more as one tile.
    pub struct Llama4 {
        /// Side of a tile in pixels.
        pub tile_px,
        /// Most tiles of an image, without the whole image; counted up to 128.
        pub max_tiles,
        /// Tokens of each tile, and of the whole image.
        pub tokens_per_tile,
        /// `<|image_start|>`, `<|image|>` and `<|image_end|>`.
        pub markers_per_image,
    }
}

/// Tiles that are gone over at most: nothing known has more, and a caller's own number must not make the search long.
const MAX_TILES: u64 = 128;

impl Llama4 {
    /// meta-llama/Llama-4, `preprocessor_config.json`.
    pub const CHECKPOINT: Self = Self {
        tile_px: 336,
        max_tiles: 16,
        tokens_per_tile: 144,
        markers_per_image: 3,
    };

    pub(super) fn image(&self, size: Size) -> ImageCount {
        let (columns, rows) = self.canvas(size);
        let tiles = columns * rows;
        let tokens = match tiles {
            1 => self.tokens_per_tile,
            // A separator behind every tile, of its column or of its row.
            _ => times(self.tokens_per_tile, tiles + 1).saturating_add(tiles),
        };
        let grid = stretched(columns, rows, self.tile_px.max(1));
        let content = within(size, &grid);
        let grid = Grid {
            content_width: content.width,
            content_height: content.height,
            ..grid
        };
        ImageCount::new(tokens, self.markers_per_image, grid)
    }

    /// `get_best_fit`: the least enlargement, else the least reduction, and of several canvases with the same the smallest.
    /// Scales are of single precision, as torch has them.
    fn canvas(&self, size: Size) -> (u64, u64) {
        let scale = |tiles: u64, side: u64| times(tiles, self.tile_px.max(1)) as f32 / side as f32;
        let mut best: Option<((u64, u64), f32)> = None;
        let max = self.max_tiles.clamp(1, MAX_TILES);
        // By falling area and rising height, as the code lists them.
        for tiles in (1..=max).rev() {
            for rows in (1..=tiles).filter(|rows| tiles % rows == 0) {
                let columns = tiles / rows;
                let scale = scale(columns, size.width).min(scale(rows, size.height));
                let better = best.is_none_or(|((best_columns, best_rows), best)| {
                    match (scale >= 1.0, best >= 1.0) {
                        (true, false) => true,
                        (false, true) => false,
                        _ if scale == best => tiles < best_columns * best_rows,
                        (true, true) => scale < best,
                        (false, false) => scale > best,
                    }
                });
                if better {
                    best = Some(((columns, rows), scale));
                }
            }
        }
        best.map_or((1, 1), |(canvas, _)| canvas)
    }
}

/// As large as the canvas holds, but a side is enlarged no further than to a tile (`get_max_res_without_distortion`).
fn within(size: Size, canvas: &Grid) -> Size {
    let (width, height) = sides(size);
    let limit = |side: u64, most: u64| side.max(canvas.tile).min(most) as f64;
    let most_width = limit(size.width, canvas.width);
    let most_height = limit(size.height, canvas.height);
    let (scale_width, scale_height) = (most_width / width, most_height / height);
    let (fitted_width, fitted_height) = if scale_width < scale_height {
        (most_width, (height * scale_width).floor().min(most_height))
    } else {
        ((width * scale_height).floor().min(most_width), most_height)
    };
    whole(fitted_width.max(1.0), fitted_height.max(1.0))
}
