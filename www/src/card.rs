//! An image card of the figures, drawn and saved by the page itself.

use crate::canvas::blank;
use crate::clipboard::save;
use js_sys::Promise;
use leptos::prelude::*;
use tilewise::rule::Grid;
use tilewise_www_core::card::Card;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, CanvasRenderingContext2d, HtmlCanvasElement, HtmlImageElement};

/// As programs that show links want them.
const WIDTH: u32 = 1200;
const HEIGHT: u32 = 630;
const EDGE: f64 = 64.0;
/// Where the thumbnail lies, and how large it may be.
const THUMBNAIL: (f64, f64) = (420.0, 420.0);

/// Tiles below this many pixels are a tint.
const SMALLEST_TILE: f64 = 6.0;
const TINT: &str = "rgb(26 101 82 / 30%)";

const PAPER: &str = "#f7f6f2";
const INK: &str = "#1c2422";
const SOFT: &str = "#56615d";
const ACCENT: &str = "#1a6552";
/// Right of the price.
const NAME_AT: f64 = 300.0;
const FONT: &str = "system-ui, sans-serif";

/// Draws the card and offers it as a file; false where the browser refuses.
pub(crate) async fn save_card(card: &Card, image: Option<(String, Option<Grid>)>) -> bool {
    let Some(canvas) = canvas() else { return false };
    let Some(context) = blank(&canvas, WIDTH, HEIGHT) else {
        return false;
    };
    let pen = Pen { context };
    pen.rect(PAPER, (0.0, 0.0), (f64::from(WIDTH), f64::from(HEIGHT)));
    pen.rect(ACCENT, (0.0, 0.0), (f64::from(WIDTH), 10.0));
    let mut left = EDGE;
    if let Some((url, grid)) = image
        && let Some(image) = load(&url).await
    {
        pen.thumbnail(&image, grid.as_ref());
        left += THUMBNAIL.0 + 48.0;
    }
    pen.words(card, left);
    match blob(&canvas).await {
        Some(blob) => save("tilewise.png", &blob),
        None => false,
    }
}

struct Pen {
    context: CanvasRenderingContext2d,
}

impl Pen {
    fn rect(&self, colour: &str, (x, y): (f64, f64), (width, height): (f64, f64)) {
        self.context.set_fill_style_str(colour);
        self.context.fill_rect(x, y, width, height);
    }

    fn text(&self, text: &str, colour: &str, size: u32, weight: u32, x: f64, y: f64) {
        self.context.set_fill_style_str(colour);
        self.context.set_font(&format!("{weight} {size}px {FONT}"));
        // Longer text is made narrower.
        let room = f64::from(WIDTH) - EDGE - x;
        let _ = self.context.fill_text_with_max_width(text, x, y, room);
    }

    fn words(&self, card: &Card, left: f64) {
        self.text("tilewise", ACCENT, 28, 700, left, 92.0);
        self.text(&card.price, INK, 62, 700, left, 176.0);
        self.text(&card.under, SOFT, 28, 400, left, 222.0);
        self.text(&card.about, SOFT, 28, 400, left, 262.0);
        if card.cheapest.is_empty() {
            return;
        }
        self.text("Cheapest", SOFT, 24, 600, left, 350.0);
        let mut y = 396.0;
        for (name, usd) in &card.cheapest {
            self.text(usd, ACCENT, 32, 700, left, y);
            self.text(name, INK, 32, 400, left + NAME_AT, y);
            y += 52.0;
        }
    }

    /// Whole, with the tiles that it is cut into.
    fn thumbnail(&self, image: &HtmlImageElement, grid: Option<&Grid>) {
        let (width, height) = (
            f64::from(image.natural_width().max(1)),
            f64::from(image.natural_height().max(1)),
        );
        let scale = (THUMBNAIL.0 / width).min(THUMBNAIL.1 / height);
        let size = (width * scale, height * scale);
        let at = (
            EDGE + (THUMBNAIL.0 - size.0) / 2.0,
            (f64::from(HEIGHT) - size.1) / 2.0,
        );
        let context = &self.context;
        let _ = context
            .draw_image_with_html_image_element_and_dw_and_dh(image, at.0, at.1, size.0, size.1);
        let Some(grid) = grid else { return };
        let step = |tiles: u64, length: f64| length / tiles.max(1) as f64;
        let (across, down) = (step(grid.columns, size.0), step(grid.rows, size.1));
        // Lines of finer ones would hide the image.
        if across.min(down) < SMALLEST_TILE {
            self.rect(TINT, at, size);
            context.set_stroke_style_str(ACCENT);
            context.set_line_width(4.0);
            context.stroke_rect(at.0, at.1, size.0, size.1);
            return;
        }
        context.set_stroke_style_str("rgb(255 255 255 / 55%)");
        context.set_line_width(1.0);
        context.begin_path();
        for column in 1..grid.columns {
            let x = at.0 + across * column as f64;
            context.move_to(x, at.1);
            context.line_to(x, at.1 + size.1);
        }
        for row in 1..grid.rows {
            let y = at.1 + down * row as f64;
            context.move_to(at.0, y);
            context.line_to(at.0 + size.0, y);
        }
        context.stroke();
    }
}

fn canvas() -> Option<HtmlCanvasElement> {
    document().create_element("canvas").ok()?.dyn_into().ok()
}

/// `None` for what the browser cannot show.
async fn load(url: &str) -> Option<HtmlImageElement> {
    let image = HtmlImageElement::new().ok()?;
    image.set_src(url);
    JsFuture::from(image.decode()).await.ok()?;
    Some(image)
}

async fn blob(canvas: &HtmlCanvasElement) -> Option<Blob> {
    let promise = Promise::new(&mut |done, failed| {
        if canvas.to_blob(&done).is_err() {
            let _ = failed.call0(&JsValue::NULL);
        }
    });
    JsFuture::from(promise).await.ok()?.dyn_into().ok()
}
