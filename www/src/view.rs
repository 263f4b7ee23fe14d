//! Where a picture and its tiles lie on a stage of the screen.
//!
//! Lengths of a picture are in its stored pixels, whatever a rule makes of it: so it stays where it is while
//! another rule cuts it.

use tilewise::media::{Kind, MediaFacts, Size};
use tilewise::rule::Grid;

/// A width and a height, or a point.
pub(crate) type Pair = (f64, f64);

/// As far as one pixel of a picture is as large as a small tile on the screen.
const MOST: f64 = 40.0;
/// Of what fits: as small as is still of use.
const LEAST: f64 = 0.5;
/// Between a picture that fits and the edges of the stage.
const MARGIN: f64 = 16.0;

/// How a turned picture lies on the stage.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct View {
    /// Pixels of the screen for one of the picture.
    pub(crate) scale: f64,
    pub(crate) offset: Pair,
}

impl View {
    /// As large as there is room for, in the middle.
    pub(crate) fn fit(stage: Pair, shown: Pair) -> Self {
        let scale = |stage: f64, shown: f64| (stage - 2.0 * MARGIN).max(1.0) / shown.max(1.0);
        let scale = scale(stage.0, shown.0)
            .min(scale(stage.1, shown.1))
            .min(MOST);
        let offset = |stage: f64, shown: f64| (stage - shown * scale) / 2.0;
        Self {
            scale,
            offset: (offset(stage.0, shown.0), offset(stage.1, shown.1)),
        }
    }

    /// Larger or smaller, while the point of the picture that lies `at` a point of the stage stays there.
    pub(crate) fn zoomed(self, factor: f64, at: Pair, stage: Pair, shown: Pair) -> Self {
        let least = Self::fit(stage, shown).scale * LEAST;
        let scale = (self.scale * factor).clamp(least, MOST.max(least));
        let grown = scale / self.scale;
        let offset = |offset: f64, at: f64| at - (at - offset) * grown;
        let zoomed = Self {
            scale,
            offset: (offset(self.offset.0, at.0), offset(self.offset.1, at.1)),
        };
        zoomed.within(stage, shown)
    }

    pub(crate) fn moved(self, by: Pair, stage: Pair, shown: Pair) -> Self {
        let moved = Self {
            offset: (self.offset.0 + by.0, self.offset.1 + by.1),
            ..self
        };
        moved.within(stage, shown)
    }

    /// Over the middle of the stage, so that the picture cannot be lost.
    fn within(self, stage: Pair, shown: Pair) -> Self {
        let offset = |offset: f64, stage: f64, shown: f64| {
            offset.clamp(stage / 2.0 - shown * self.scale, stage / 2.0)
        };
        Self {
            offset: (
                offset(self.offset.0, stage.0, shown.0),
                offset(self.offset.1, stage.1, shown.1),
            ),
            ..self
        }
    }

    /// `turn` and then this one.
    pub(crate) fn matrix(self, turn: Turn) -> [f64; 6] {
        let Turn([a, b, c, d, e, f]) = turn;
        let scale = self.scale;
        let (x, y) = self.offset;
        [
            scale * a,
            scale * b,
            scale * c,
            scale * d,
            scale * e + x,
            scale * f + y,
        ]
    }
}

/// From a picture as it is stored to how it is shown, as CSS writes a matrix.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Turn([f64; 6]);

impl Turn {
    /// As it is stored.
    pub(crate) const NONE: Self = Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    /// As people see it.
    pub(crate) fn upright(facts: &MediaFacts) -> Self {
        let (w, h) = pair(facts.stored());
        // Numbered as in EXIF 2.32, 4.6.4 A, Orientation.
        let orientation = match &facts.kind {
            Kind::Image(image) => image.orientation.number(),
            Kind::Video(video) => match video.rotation {
                90 => 6,
                180 => 3,
                270 => 8,
                _ => 1,
            },
        };
        Self(match orientation {
            2 => [-1.0, 0.0, 0.0, 1.0, w, 0.0],
            3 => [-1.0, 0.0, 0.0, -1.0, w, h],
            4 => [1.0, 0.0, 0.0, -1.0, 0.0, h],
            5 => [0.0, 1.0, 1.0, 0.0, 0.0, 0.0],
            6 => [0.0, 1.0, -1.0, 0.0, h, 0.0],
            7 => [0.0, -1.0, -1.0, 0.0, h, w],
            8 => [0.0, -1.0, 1.0, 0.0, 0.0, w],
            _ => return Self::NONE,
        })
    }

    /// What a size becomes.
    pub(crate) fn of(self, (width, height): Pair) -> Pair {
        match self.0 {
            [0.0, ..] => (height, width),
            _ => (width, height),
        }
    }
}

/// Tiles over a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Mesh {
    pub(crate) tile: Pair,
    /// What the tiles cover.
    pub(crate) covered: Pair,
    /// With the padding that the rule adds.
    pub(crate) frame: Pair,
    /// The picture alone.
    pub(crate) picture: Pair,
}

impl Mesh {
    pub(crate) fn new(grid: &Grid, stored: Size) -> Self {
        let picture = pair(stored);
        let across = picture.0 / grid.content_width.max(1) as f64;
        let down = picture.1 / grid.content_height.max(1) as f64;
        let stretched = |(width, height): Pair| (width * across, height * down);
        let tile = grid.tile.max(1) as f64;
        Self {
            tile: stretched((tile, tile)),
            covered: stretched(pair(grid.covered())),
            frame: stretched((grid.width as f64, grid.height as f64)),
            picture,
        }
    }

    /// On the way to another one, `share` of it.
    pub(crate) fn towards(&self, other: &Self, share: f64) -> Self {
        let between = |from: f64, to: f64| from + (to - from) * share;
        let pair = |from: Pair, to: Pair| (between(from.0, to.0), between(from.1, to.1));
        Self {
            tile: pair(self.tile, other.tile),
            covered: pair(self.covered, other.covered),
            frame: pair(self.frame, other.frame),
            picture: other.picture,
        }
    }
}

pub(crate) fn pair(size: Size) -> Pair {
    (size.width as f64, size.height as f64)
}
