//! Tokens as a curve: its points, and the SVG paths that show it.

use tilewise::units;

/// Tokens along one axis, in rising order; few enough points for a slider.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curve {
    points: Vec<Point>,
    current: usize,
}

/// One point of a [`Curve`].
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// Where it lies on the axis, from 0, in the axis's own unit.
    pub at: f64,
    /// The same in words: `2 frames a second`.
    pub label: String,
    pub tokens: u64,
}

impl Curve {
    /// `current` is the index of the point that stands for the media item as it is.
    pub fn new(points: Vec<Point>, current: usize) -> Self {
        Self { points, current }
    }

    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// The index of the point that stands for the media item as it is.
    pub fn current(&self) -> usize {
        self.current
    }

    /// The index of the last point.
    pub fn last(&self) -> usize {
        self.points.len().saturating_sub(1)
    }

    pub fn point(&self, index: usize) -> Option<&Point> {
        self.points.get(index)
    }

    /// The tokens of a point in whole percent of those of the current one.
    pub fn percent(&self, index: usize) -> Option<u64> {
        let current = self.point(self.current)?.tokens;
        units::percent(self.point(index)?.tokens, current)
    }

    /// Where a point lies in a chart, as shares of its width and height: across as on a slider that steps from point to
    /// point, up from no tokens.
    pub fn position(&self, index: usize) -> Option<(f64, f64)> {
        let point = self.point(index)?;
        let tokens = self.points.iter().map(|point| point.tokens);
        let most = tokens.max().unwrap_or_default();
        let share = |value: f64, max: f64| if max > 0.0 { value / max } else { 0.0 };
        Some((
            share(index as f64, self.last() as f64),
            share(point.tokens as f64, most as f64),
        ))
    }

    /// The path through all points, in a view box of 1 × 1 whose y axis points up.
    pub fn line(&self) -> String {
        let positions = (0..self.points.len()).filter_map(|index| self.position(index));
        let positions: Vec<_> = positions.map(|(x, y)| format!("{x} {y}")).collect();
        format!("M {}", positions.join(" L "))
    }

    /// The path around the area below [`line`](Self::line).
    pub fn area(&self) -> String {
        let x = |index| self.position(index).map_or(0.0, |position| position.0);
        let (first, last) = (x(0), x(self.last()));
        format!("{} L {last} 0 L {first} 0 Z", self.line())
    }

    /// The path of one point: a line without length. With round caps it is a dot that no stretching deforms.
    pub fn dot(&self, index: usize) -> Option<String> {
        let (x, y) = self.position(index)?;
        Some(format!("M {x} {y} h 0"))
    }

    /// What the chart shows, in words.
    pub fn extent(&self) -> String {
        let end = |index| {
            let point = self.point(index);
            point.map_or_else(String::new, |point| {
                format!("{} for {}", point.tokens_text(), point.label)
            })
        };
        format!("From {} to {}", end(0), end(self.last()))
    }
}

impl Point {
    /// `10,549 tokens`.
    pub fn tokens_text(&self) -> String {
        units::counted(self.tokens, "token")
    }
}
