//! The provider's documented rule (docs.baseten.co, Model APIs, Vision, Pricing).

use super::{Count, Grid};
use crate::media::Size;

/// One token for each whole tile; a side shorter than a tile counts as one, so that no image is free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Published {
    /// Side of a tile in pixels.
    pub tile_px: u64,
}

impl Published {
    pub(super) fn image(&self, stored: Size) -> Count {
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
        Count {
            tokens: grid.tokens(),
            markers: 0,
            grid,
            frames: 1,
        }
    }

    /// The page says that a video's count grows with resolution and sampled frames, and no more.
    pub(super) fn video(&self, stored: Size, frames: u64) -> Count {
        let frame = self.image(stored);
        Count {
            tokens: frame.tokens.saturating_mul(frames),
            frames,
            ..frame
        }
    }
}
