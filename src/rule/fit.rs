//! Arithmetic that several families share. It is in doubles wherever the models' own code computes in them, with the
//! operations in their order, so that a size at the edge of a step falls on the same side.

use super::Grid;
use crate::media::Size;

/// A family's parameters by name, so that the catalogue holds them as data and a caller overrides one.
pub(super) trait Parameters {
    /// Shows each of them, in the order in which they are documented.
    fn visit(&mut self, see: &mut dyn FnMut(&'static str, &mut u64));
}

/// Defines a struct of parameters, all of them whole numbers.
macro_rules! parameters {
    (
        $(#[$about:meta])*
        pub struct $name:ident { $($(#[$doc:meta])* pub $field:ident,)* }
    ) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name { $($(#[$doc])* pub $field: u64,)* }
        impl $crate::rule::fit::Parameters for $name {
            fn visit(&mut self, see: &mut dyn FnMut(&'static str, &mut u64)) {
                $(see(stringify!($field), &mut self.$field);)*
            }
        }
    };
}

pub(super) use parameters;

/// Width and height as the models' code has them. Exact up to 2⁵³.
pub(super) fn sides(size: Size) -> (f64, f64) {
    (size.width as f64, size.height as f64)
}

/// A size of two doubles, cut to whole pixels.
pub(super) fn whole(width: f64, height: f64) -> Size {
    Size::new(width as u64, height as u64)
}

/// As large as a number gets, where parameters of a caller's own would pass that. Not inlined: it is long in wasm.
#[inline(never)]
pub(super) fn times(one: u64, other: u64) -> u64 {
    one.saturating_mul(other)
}

pub(super) fn longer(size: Size) -> u64 {
    size.width.max(size.height)
}

pub(super) fn shorter(size: Size) -> u64 {
    size.width.min(size.height)
}

/// The image divided by whole tiles, the last ones filled up with padding.
pub(super) fn padded(content: Size, tile: u64) -> Grid {
    let tile = tile.max(1);
    let columns = content.width.div_ceil(tile);
    let rows = content.height.div_ceil(tile);
    Grid {
        columns,
        rows,
        tile,
        width: times(columns, tile),
        height: times(rows, tile),
        content_width: content.width,
        content_height: content.height,
    }
}

/// The image stretched to so many whole tiles.
pub(super) fn stretched(columns: u64, rows: u64, tile: u64) -> Grid {
    let size = Size::new(times(columns, tile), times(rows, tile));
    Grid {
        columns,
        rows,
        ..padded(size, tile)
    }
}

/// `smart_resize` of the Qwen family, which several others took over.
#[derive(Clone, Copy, Debug)]
pub(super) struct SmartResize {
    /// Both sides become multiples of this.
    pub(super) factor: u64,
    pub(super) min_pixels: u64,
    pub(super) max_pixels: u64,
    /// Longer through shorter side, above which the code refuses.
    pub(super) max_ratio: u64,
    /// Frames that the pixels are counted over: one for an image of Qwen, two for one of GLM.
    pub(super) frames: u64,
    /// Frames that share the tokens of one. Above 1, a side below the factor is first raised to it.
    pub(super) frames_per_chunk: u64,
    /// Whether a side counts as one tile at least before the pixels are looked at, and not only after.
    pub(super) whole_tiles: bool,
}

impl SmartResize {
    /// `None` for an image that is thinner than the code takes.
    pub(super) fn fit(&self, size: Size) -> Option<Grid> {
        let tile = self.factor.max(1);
        let factor = tile as f64;
        let (mut width, mut height) = sides(size);
        if self.frames_per_chunk > 1 && (width < factor || height < factor) {
            let scale = (factor / height).max(factor / width);
            width = (width * scale).trunc();
            height = (height * scale).trunc();
        }
        if width.max(height) / width.min(height) > self.max_ratio as f64 {
            return None;
        }
        let frames = self.frames as f64;
        let per_chunk = self.frames_per_chunk.max(1) as f64;
        let volume = |columns: f64, rows: f64| {
            let frames = (frames / per_chunk).round_ties_even() * per_chunk;
            frames * (rows * factor) * (columns * factor)
        };
        let (min, max) = (self.min_pixels as f64, self.max_pixels.max(1) as f64);
        let least = if self.whole_tiles { 1.0 } else { 0.0 };
        let mut columns = (width / factor).round_ties_even().max(least);
        let mut rows = (height / factor).round_ties_even().max(least);
        if volume(columns, rows) > max {
            let scale = (frames * height * width / max).sqrt();
            columns = (width / scale / factor).floor();
            rows = (height / scale / factor).floor();
        } else if volume(columns, rows) < min {
            let scale = (min / (frames * height * width)).sqrt();
            columns = (width * scale / factor).ceil();
            rows = (height * scale / factor).ceil();
        }
        Some(stretched(
            columns.max(1.0) as u64,
            rows.max(1.0) as u64,
            tile,
        ))
    }
}
