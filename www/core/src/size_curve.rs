//! The sizes that one image can be shrunk to, as a curve of tokens.

use crate::curve::{Curve, Point};
use tilewise::prepare::sizes::Sizes;
use tilewise::units::grouped;

/// More points than this make the steps of a slider finer than a hand.
const MAX_POINTS: u64 = 48;

/// Sizes of one image in rising order; the last one is the image as it is.
#[derive(Clone, Debug, PartialEq)]
pub struct SizeCurve {
    /// Tokens by the longer side in pixels.
    pub curve: Curve,
    /// The longer side of each point in pixels.
    longer_sides: Vec<u64>,
}

impl SizeCurve {
    /// Each point is the largest size that costs what it costs.
    pub fn new(sizes: &Sizes<'_>) -> Self {
        let upright = sizes.upright();
        let step = sizes
            .tokens(upright)
            .map_or(1, |tokens| tokens.div_ceil(MAX_POINTS));
        let cheaper = sizes.cheaper_by(step);
        let mut falling = vec![upright];
        falling.extend(cheaper);
        let rising = falling.into_iter().rev();
        let (points, longer_sides): (Vec<_>, Vec<_>) = rising
            .filter_map(|size| {
                let longer = size.width.max(size.height);
                let point = Point {
                    at: longer as f64,
                    label: format!("{} × {} pixels", grouped(size.width), grouped(size.height)),
                    tokens: sizes.tokens(size)?,
                };
                Some((point, longer))
            })
            .unzip();
        let current = points.len().saturating_sub(1);
        Self {
            curve: Curve::new(points, current),
            longer_sides,
        }
    }

    /// The index of the largest size whose longer side is no longer; `None` where all are.
    pub fn within(&self, max_side: u64) -> Option<usize> {
        self.longer_sides.iter().rposition(|side| *side <= max_side)
    }

    /// The `maxSide` in pixels that a goal needs for this size; `None` for the image as it is.
    pub fn max_side(&self, index: usize) -> Option<u64> {
        let side = self.longer_sides.get(index)?;
        (index < self.curve.current()).then_some(*side)
    }
}
