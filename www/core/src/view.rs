//! Zoom, drag and pinch: where an image and its tiles lie on a stage of the screen.
//!
//! Lengths of an image are in its stored pixels, whatever a rule makes of it: so it stays where it is while
//! another rule cuts it. Lengths of the stage are in CSS pixels.

use tilewise::media::{Kind, MediaFacts, Size};
use tilewise::rule::Grid;

/// A width and a height, or a point.
pub type Pair = (f64, f64);

/// At this scale one pixel of an image is as large as a small tile on the screen.
const MAX_SCALE: f64 = 40.0;
/// The smallest scale, as a share of the one that fits.
const MIN_SHARE: f64 = 0.5;
/// Between an image that fits and the edges of the stage.
const MARGIN: f64 = 16.0;
/// The zoom of one notch of a wheel is 2 to the power of its pixels by this number.
const WHEEL_PX: f64 = 240.0;
/// Lines closer than this on the screen would hide the image.
const MIN_TILE_PX: f64 = 6.0;
/// Lines that stand for several tiles are at least so far apart.
const MIN_LINE_PX: f64 = 14.0;

/// The zoom of a wheel that was turned by so many pixels, as browsers report them: below 1 for a positive number.
pub fn wheel_zoom(delta_y: f64) -> f64 {
    (-delta_y / WHEEL_PX).exp2()
}

/// How a turned image lies on the stage.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// Pixels of the screen for one of the image.
    pub scale: f64,
    /// From the upper left corner of the stage to that of the image.
    pub offset: Pair,
}

impl Default for View {
    /// One pixel of the screen for one of the image.
    fn default() -> Self {
        Self {
            scale: 1.0,
            offset: (0.0, 0.0),
        }
    }
}

impl View {
    /// As large as there is room for, in the middle.
    pub fn fit(stage: Pair, shown: Pair) -> Self {
        let scale = |stage: f64, shown: f64| (stage - 2.0 * MARGIN).max(1.0) / shown.max(1.0);
        let scale = scale(stage.0, shown.0)
            .min(scale(stage.1, shown.1))
            .min(MAX_SCALE);
        let offset = |stage: f64, shown: f64| (stage - shown * scale) / 2.0;
        Self {
            scale,
            offset: (offset(stage.0, shown.0), offset(stage.1, shown.1)),
        }
    }

    /// Larger or smaller, while the point of the image that lies `at` a point of the stage stays there.
    pub fn zoomed(self, factor: f64, at: Pair, stage: Pair, shown: Pair) -> Self {
        let min = Self::fit(stage, shown).scale * MIN_SHARE;
        let scale = (self.scale * factor).clamp(min, MAX_SCALE.max(min));
        let grown = scale / self.scale;
        let offset = |offset: f64, at: f64| at - (at - offset) * grown;
        let zoomed = Self {
            scale,
            offset: (offset(self.offset.0, at.0), offset(self.offset.1, at.1)),
        };
        zoomed.within(stage, shown)
    }

    /// Elsewhere, by so many pixels of the stage.
    pub fn moved(self, by: Pair, stage: Pair, shown: Pair) -> Self {
        let moved = Self {
            offset: (self.offset.0 + by.0, self.offset.1 + by.1),
            ..self
        };
        moved.within(stage, shown)
    }

    /// Over the middle of the stage, so that the image cannot be lost.
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

    /// The matrix that first turns an image and then lays it on the stage, as CSS writes one.
    pub fn matrix(self, turn: Turn) -> [f64; 6] {
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

/// What fingers or a mouse on the stage ask for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gesture {
    /// How far the image moves.
    pub shift: Pair,
    /// Then by how much it grows, and at which point of the stage; `None` for a drag.
    pub zoom: Option<(f64, Pair)>,
}

/// The pointers that are down, and where.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pointers(Vec<(i32, Pair)>);

impl Pointers {
    pub fn press(&mut self, id: i32, at: Pair) {
        self.release(id);
        self.0.push((id, at));
    }

    pub fn release(&mut self, id: i32) {
        self.0.retain(|(pointer, _)| *pointer != id);
    }

    /// A pointer that is down moves: one drags, two pinch. `None` of one that is not down.
    pub fn drag(&mut self, id: i32, to: Pair) -> Option<Gesture> {
        let other = self.0.iter().find(|(pointer, _)| *pointer != id);
        let other = other.map(|(_, at)| *at);
        let (_, at) = self.0.iter_mut().find(|(pointer, _)| *pointer == id)?;
        let from = std::mem::replace(at, to);
        let moved = (to.0 - from.0, to.1 - from.1);
        Some(match other {
            None => Gesture {
                shift: moved,
                zoom: None,
            },
            Some(other) => {
                let distance = |at: Pair| (at.0 - other.0).hypot(at.1 - other.1).max(1.0);
                let middle = ((to.0 + other.0) / 2.0, (to.1 + other.1) / 2.0);
                Gesture {
                    // Their middle moves by half of what one of them does.
                    shift: (moved.0 / 2.0, moved.1 / 2.0),
                    zoom: Some((distance(to) / distance(from), middle)),
                }
            }
        })
    }
}

/// The matrix from an image as it is stored to how it is shown, as CSS writes one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Turn([f64; 6]);

impl Turn {
    /// As it is stored.
    pub const NONE: Self = Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    /// As people see it.
    pub fn upright(facts: &MediaFacts) -> Self {
        let (w, h) = pair(facts.stored());
        // Numbered as in EXIF 2.32, 4.6.4 A, Orientation.
        let orientation = match &facts.kind {
            Kind::Image(image) => image.orientation.number(),
            Kind::Video(video) => match video.rotation.degrees() {
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

    /// The size that a stored size becomes.
    pub fn of(self, (width, height): Pair) -> Pair {
        match self.0 {
            [0.0, ..] => (height, width),
            _ => (width, height),
        }
    }
}

/// Tiles over an image.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mesh {
    pub tile: Pair,
    /// The size that the tiles cover.
    pub covered: Pair,
    /// The size with the padding that the rule adds.
    pub frame: Pair,
    /// The size of the image alone.
    pub image: Pair,
}

impl Mesh {
    pub fn new(grid: &Grid, stored: Size) -> Self {
        let image = pair(stored);
        let across = image.0 / grid.content_width.max(1) as f64;
        let down = image.1 / grid.content_height.max(1) as f64;
        let stretched = |(width, height): Pair| (width * across, height * down);
        let tile = grid.tile.max(1) as f64;
        Self {
            tile: stretched((tile, tile)),
            covered: stretched(pair(grid.covered())),
            frame: stretched((grid.width as f64, grid.height as f64)),
            image,
        }
    }

    /// The column and the row, from 0, of the tile at a point of the stage; `matrix` leads from the image to the stage.
    pub fn tile_at(&self, [a, b, c, d, e, f]: [f64; 6], at: Pair) -> Option<(u64, u64)> {
        let turned = a * d - b * c;
        let (x, y) = (at.0 - e, at.1 - f);
        let (x, y) = ((d * x - c * y) / turned, (a * y - b * x) / turned);
        let is_inside = x >= 0.0 && y >= 0.0 && x < self.covered.0 && y < self.covered.1;
        is_inside.then(|| ((x / self.tile.0) as u64, (y / self.tile.1) as u64))
    }

    /// The shorter side of a tile on the screen.
    pub fn tile_px(&self, scale: f64) -> f64 {
        scale * self.tile.0.min(self.tile.1)
    }

    /// One line is drawn for so many tiles: where single ones are too small to be seen, a power of two, so that the lines
    /// stay where they are when others come between them.
    pub fn tiles_a_line(&self, scale: f64) -> u32 {
        let side = self.tile_px(scale);
        if side >= MIN_TILE_PX {
            return 1;
        }
        let mut tiles = 2;
        while f64::from(tiles) * side < MIN_LINE_PX && tiles < 1 << 16 {
            tiles *= 2;
        }
        tiles
    }

    /// Between this one and another, at this share of the way, 0 to 1.
    pub fn towards(&self, other: &Self, share: f64) -> Self {
        let between = |from: f64, to: f64| from + (to - from) * share;
        let pair = |from: Pair, to: Pair| (between(from.0, to.0), between(from.1, to.1));
        Self {
            tile: pair(self.tile, other.tile),
            covered: pair(self.covered, other.covered),
            frame: pair(self.frame, other.frame),
            image: other.image,
        }
    }
}

/// A size as lengths.
pub fn pair(size: Size) -> Pair {
    (size.width as f64, size.height as f64)
}
