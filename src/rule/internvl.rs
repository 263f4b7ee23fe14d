//! InternVL3 (`transformers` 5.24.0, `got_ocr2`, whose processor it takes; `vllm` 0.32.0, `internvl.py`), and Nemotron
//! Nano 12B v2 VL with tiles of 512 pixels.

use super::ImageCount;
use super::fit::{parameters, sides, stretched, times};
use crate::media::Size;

parameters! {
    /// Stretches an image to the tiles that come closest to its proportions, and adds the whole image once more as one tile.
    pub struct Internvl {
        /// Side of a tile in pixels.
        pub tile_px,
        /// Most tiles of an image, without the whole image; counted up to 128.
        pub max_tiles,
        /// Tokens of each tile, and of the whole image.
        pub tokens_per_tile,
        /// `<img>` and `</img>`.
        pub markers_per_image,
    }
}

/// Tiles that are gone over at most: nothing known has more, and a caller's own number must not make the search long.
const MAX_TILES: u64 = 128;

impl Internvl {
    /// OpenGVLab/InternVL3, `preprocessor_config.json` and `config.json`.
    pub const INTERNVL3: Self = Self {
        tile_px: 448,
        max_tiles: 12,
        tokens_per_tile: 256,
        markers_per_image: 2,
    };

    pub(super) fn image(&self, size: Size) -> ImageCount {
        let (columns, rows) = self.canvas(size);
        let tiles = columns * rows;
        let thumbnail = u64::from(tiles > 1);
        let tokens = times(self.tokens_per_tile, tiles + thumbnail);
        ImageCount::new(
            tokens,
            self.markers_per_image,
            stretched(columns, rows, self.tile_px.max(1)),
        )
    }

    /// `get_optimal_tiled_canvas`: of canvases with the same proportions the larger one, if the image has more than half of
    /// its pixels.
    fn canvas(&self, size: Size) -> (u64, u64) {
        let (width, height) = sides(size);
        let half_tile = 0.5 * self.tile_px as f64 * self.tile_px as f64;
        let max = self.max_tiles.clamp(1, MAX_TILES);
        let mut best = (1, 1);
        let mut least = f64::INFINITY;
        for tiles in 1..=max {
            for columns in (1..=tiles).filter(|columns| tiles % columns == 0) {
                let rows = tiles / columns;
                let difference = (width / height - columns as f64 / rows as f64).abs();
                let tie = difference == least
                    && width * height > half_tile * columns as f64 * rows as f64;
                if difference < least || tie {
                    best = (columns, rows);
                }
                least = least.min(difference);
            }
        }
        best
    }
}
