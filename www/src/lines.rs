//! The tiles of an image, drawn as lines that are one pixel wide at every zoom.

use crate::canvas::blank;
use leptos::prelude::window;
use tilewise_www_core::view::{Mesh, Pair};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

/// Of the tile under the pointer. All is white: the canvas shows the difference to the image, whose hues any other colour
/// would change.
const MARK: &str = "rgb(255 255 255 / 55%)";
/// Lines this many pixels of the screen apart are as strong as lines get; closer ones are weaker, or they would hide the
/// image.
const WIDE: f64 = 20.0;
const CLOSE: f64 = 6.0;
const STRONGEST: f64 = 0.85;
const WEAKEST: f64 = 0.12;
/// Over padding, and over the rim that no tile covers.
const SHADE: &str = "rgb(255 255 255 / 28%)";

/// Draws on a canvas that lies over the stage; `matrix` leads from the image to the stage.
pub(crate) fn draw(
    canvas: &HtmlCanvasElement,
    stage: Pair,
    mesh: &Mesh,
    matrix: [f64; 6],
    hovered: Option<(u64, u64)>,
) {
    let [a, b, ..] = matrix;
    let density = window().device_pixel_ratio();
    let side = |length: f64| (length * density).round() as u32;
    let Some(context) = blank(canvas, side(stage.0), side(stage.1)) else {
        return;
    };
    let pen = Pen {
        context,
        matrix: matrix.map(|value| value * density),
        edges: (stage.0 * density, stage.1 * density),
    };
    pen.shade(mesh);
    pen.lines(mesh, a.hypot(b));
    if let Some((column, row)) = hovered {
        pen.mark(mesh, column as f64, row as f64);
    }
}

struct Pen {
    context: CanvasRenderingContext2d,
    matrix: [f64; 6],
    /// Of the canvas.
    edges: Pair,
}

impl Pen {
    fn to(&self, (x, y): Pair) -> Pair {
        let [a, b, c, d, e, f] = self.matrix;
        (a * x + c * y + e, b * x + d * y + f)
    }

    fn shade(&self, mesh: &Mesh) {
        self.context.set_fill_style_str(SHADE);
        let counted = (
            mesh.covered.0.min(mesh.image.0),
            mesh.covered.1.min(mesh.image.1),
        );
        // Right of what counts, and below it.
        for (from, to) in [
            ((counted.0, 0.0), (mesh.frame.0, counted.1)),
            ((0.0, counted.1), mesh.frame),
        ] {
            let (from, to) = (self.to(from), self.to(to));
            self.context
                .fill_rect(from.0, from.1, to.0 - from.0, to.1 - from.1);
        }
    }

    fn mark(&self, mesh: &Mesh, column: f64, row: f64) {
        let (width, height) = mesh.tile;
        self.context.set_fill_style_str(MARK);
        self.fill(
            (column * width, row * height),
            ((column + 1.0) * width, (row + 1.0) * height),
        );
    }

    fn fill(&self, from: Pair, to: Pair) {
        let (from, to) = (self.to(from), self.to(to));
        self.context
            .fill_rect(from.0, from.1, to.0 - from.0, to.1 - from.1);
    }

    fn lines(&self, mesh: &Mesh, scale: f64) {
        let tiles = mesh.tiles_a_line(scale);
        let apart = mesh.tile_px(scale) * f64::from(tiles);
        let share = ((apart - CLOSE) / (WIDE - CLOSE)).clamp(0.0, 1.0);
        let strength = WEAKEST + (STRONGEST - WEAKEST) * share;
        self.context
            .set_stroke_style_str(&format!("rgb(255 255 255 / {strength})"));
        self.context.set_line_width(1.0);
        self.context.begin_path();
        for x in steps(mesh.tile.0, mesh.covered.0, tiles) {
            self.line((x, 0.0), (x, mesh.covered.1));
        }
        for y in steps(mesh.tile.1, mesh.covered.1, tiles) {
            self.line((0.0, y), (mesh.covered.0, y));
        }
        self.context.stroke();
    }

    fn line(&self, from: Pair, to: Pair) {
        let (from, to) = (self.to(from), self.to(to));
        let is_out =
            |from: f64, to: f64, edge: f64| from.max(to) < -1.0 || from.min(to) > edge + 1.0;
        if is_out(from.0, to.0, self.edges.0) || is_out(from.1, to.1, self.edges.1) {
            return;
        }
        // In the middle of a pixel: else the line is two pixels wide, and grey.
        let sharp = |at: f64| at.floor() + 0.5;
        self.context.move_to(sharp(from.0), sharp(from.1));
        self.context.line_to(sharp(to.0), sharp(to.1));
    }
}

/// From 0 to the end of the last tile, each so many tiles further. A mesh on its way between two rules need not come out
/// even.
fn steps(tile: f64, covered: f64, tiles: u32) -> impl Iterator<Item = f64> {
    let count = (covered / tile.max(f64::MIN_POSITIVE))
        .round()
        .min(f64::from(u16::MAX));
    let count = count as u32;
    let whole = (0..count).step_by(tiles.max(1) as usize);
    whole
        .chain([count])
        .map(move |index| f64::from(index) * tile)
}
