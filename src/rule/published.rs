//! The provider's documented rule (docs.baseten.co, Model APIs, Vision, Pricing).

use super::{Grid, ImageCount, VideoCount};
use crate::media::Size;

/// One token for each whole tile; a side shorter than a tile counts as one, so that no image is free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Published {
    /// Side of a tile in pixels.
    pub tile_px: u64,
}

impl Published {
    pub(super) fn image(&self, stored: Size) -> ImageCount {
        let tiles = |side: u64| (side / self.tile_px.max(1)).max(1);
        let grid = Grid {
            columns: tiles(stored.width),
            rows: tiles(stored.height),
            tile: self.tile_px,
            width: stored.width,
            height: stored.height,
            content_width: stored.width,
            content_height: stored.height,
        };
        ImageCount::of_tiles(grid, 0)
    }

    /// The page says that a video's count grows with resolution and sampled frames, and no more.
    pub(super) fn video(&self, stored: Size, frames: u64) -> VideoCount {
        VideoCount::new(frames, frames, self.image(stored), 0)
    }
}
