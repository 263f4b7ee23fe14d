//! The cheaper sizes of one picture as a curve, for whoever draws them.

use super::sizes::{CheaperSize, Sizes};
use crate::price::Prices;
use crate::units::{Usd, percent};

/// Sizes of one picture in rising order, few enough to draw; the last one is the picture as it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct SizeCurve {
    pub points: Vec<CheaperSize>,
}

/// More than this, and the steps of a slider are finer than a hand.
const MOST_POINTS: u64 = 48;

impl Sizes<'_> {
    /// The cheaper sizes behind each other, each the largest that costs what it costs.
    pub fn to_curve(&self, price: &Prices) -> SizeCurve {
        let upright = self.upright();
        let as_it_stands = CheaperSize {
            width: upright.width,
            height: upright.height,
            tokens: self.tokens(upright),
            saved_tokens: 0,
            saved_usd: price.input.map(|_| Usd::NOTHING),
        };
        let mut points = self.curve(MOST_POINTS, price);
        points.reverse();
        points.push(as_it_stands);
        SizeCurve { points }
    }
}

impl SizeCurve {
    /// The number of the point that is the picture as it stands.
    pub fn current(&self) -> usize {
        self.points.len().saturating_sub(1)
    }

    /// The longest side that a goal must name to get this size; `None` for the picture as it stands.
    pub fn max_side(&self, index: usize) -> Option<u64> {
        let point = self.points.get(index)?;
        (index < self.current()).then_some(point.width.max(point.height))
    }

    /// The tokens of a point in whole percent of those of the picture as it stands.
    pub fn percent(&self, point: &CheaperSize) -> Option<u64> {
        percent(
            point.tokens,
            point.tokens.saturating_add(point.saved_tokens),
        )
    }

    /// Where a point lies in a drawing with both axes from 0, by its longer side and its tokens, as shares of
    /// width and height.
    pub fn place(&self, point: &CheaperSize) -> (f64, f64) {
        let side = |point: &CheaperSize| point.width.max(point.height) as f64;
        let most =
            |of: &dyn Fn(&CheaperSize) -> f64| self.points.iter().map(of).fold(1.0, f64::max);
        let tokens = |point: &CheaperSize| point.tokens as f64;
        (side(point) / most(&side), tokens(point) / most(&tokens))
    }
}
