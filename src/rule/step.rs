//! Step3 and Step-3.7-Flash (`vllm` 0.32.0, `step3_vl.py`).

use super::fit::{longer, parameters, shorter, sides, stretched, times, whole};
use super::{Grid, ImageCount};
use crate::media::Size;

parameters! {
    /// Looks at the whole of an image once, and at windows that cover it.
    pub struct Step3 {
        /// Side in pixels of the square that the whole image is stretched to; from this side on, windows have a fixed size.
        pub global_px,
        /// Side of a window in pixels.
        pub window_px,
        /// Longest side in pixels.
        pub max_side,
        /// Tokens of the whole image.
        pub tokens_of_global,
        /// Tokens of each window.
        pub tokens_per_window,
        /// Around each window.
        pub markers_per_window,
        /// `<im_start>` and `<im_end>`.
        pub markers_per_image,
    }
}

/// A thinner image that is also narrower than [`NARROW`] pixels is padded to a square.
const THIN: f64 = 4.0;
const NARROW: u64 = 32;
/// A small image of these proportions or rounder is looked at once.
const ROUND: f64 = 1.5;
/// A window more is opened where more than this part of one would be left over.
const REST: f64 = 0.2;

impl Step3 {
    /// `vllm` 0.32.0, the classes' own figures.
    pub const CHECKPOINT: Self = Self {
        global_px: 728,
        window_px: 504,
        max_side: 3_024,
        tokens_of_global: 169,
        tokens_per_window: 81,
        markers_per_window: 2,
        markers_per_image: 2,
    };

    pub(super) fn image(&self, size: Size) -> ImageCount {
        let size = self.preprocessed(size);
        let window = self.window(size);
        if window == 0 {
            let grid = stretched(1, 1, self.global_px.max(1));
            return ImageCount::new(self.tokens_of_global, self.markers_per_image, grid);
        }
        // Windows along a side, and what the side is stretched to.
        let along = |side: u64| {
            let ratio = side as f64 / window as f64;
            if ratio < 1.0 {
                return (1, side);
            }
            let rest = ratio - (side / window) as f64;
            let windows = (side / window).saturating_add(u64::from(rest > REST));
            (windows, times(windows, window))
        };
        let ((columns, width), (rows, height)) = (along(size.width), along(size.height));
        let per_window = self
            .tokens_per_window
            .saturating_add(self.markers_per_window);
        let tokens = times(per_window, times(columns, rows))
            .saturating_add(self.tokens_of_global)
            // Between two rows.
            .saturating_add(rows.saturating_sub(1));
        let grid = Grid {
            content_width: width,
            content_height: height,
            ..stretched(columns, rows, window)
        };
        ImageCount::new(tokens, self.markers_per_image, grid)
    }

    /// A narrow image as a square, and a large one scaled down.
    fn preprocessed(&self, size: Size) -> Size {
        let (width, height) = sides(size);
        let thin = width / height > THIN || width / height < 1.0 / THIN;
        let size = if shorter(size) < NARROW && thin {
            Size::new(longer(size), longer(size))
        } else {
            size
        };
        if longer(size) <= self.max_side {
            return size;
        }
        let scale = self.max_side.max(1) as f64 / longer(size) as f64;
        let (width, height) = sides(size);
        whole((width * scale).max(1.0), (height * scale).max(1.0))
    }

    /// Side of a window in pixels; 0 for an image that is looked at once.
    fn window(&self, size: Size) -> u64 {
        let (long, short) = (longer(size), shorter(size));
        let ratio = long as f64 / short as f64;
        if long < self.global_px {
            if ratio > ROUND { short } else { 0 }
        } else if ratio > THIN {
            short.min(self.window_px)
        } else {
            self.window_px
        }
    }
}
