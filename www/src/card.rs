//! An image card of the figures, drawn by the page itself, to be looked at and saved.

use crate::canvas::blank;
use crate::clipboard::save;
use js_sys::Promise;
use tilewise::rule::Grid;
use tilewise_www_core::card::Card;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, CanvasRenderingContext2d, HtmlCanvasElement, HtmlImageElement};

/// As programs that show links want them.
const WIDTH: u32 = 1200;
const HEIGHT: u32 = 630;
const EDGE: f64 = 64.0;
/// Where the photo and the text begin.
const TOP: f64 = 72.0;
/// How large the photo may be.
const THUMBNAIL: (f64, f64) = (380.0, 486.0);

/// Lines that lie closer hide the photo: of finer tiles every other line is drawn, or every fourth, and so on.
const SMALLEST_STEP: f64 = 12.0;

const PAPER: &str = "#f7f6f2";
const INK: &str = "#1c2422";
const SOFT: &str = "#56615d";
const ACCENT: &str = "#1a6552";
/// Between a price and the name beside it.
const NAME_GAP: f64 = 24.0;
const FONT: &str = "system-ui, sans-serif";

/// False where the browser refuses.
pub(crate) async fn draw_card(
    canvas: &HtmlCanvasElement,
    card: &Card,
    image: Option<(String, Option<Grid>)>,
) -> bool {
    // Before the canvas is emptied, so that nothing flickers.
    let image = match image {
        Some((url, grid)) => load(&url).await.map(|image| (image, grid)),
        None => None,
    };
    let Some(context) = blank(canvas, WIDTH, HEIGHT) else {
        return false;
    };
    let pen = Pen { context };
    pen.rect(PAPER, (0.0, 0.0), (f64::from(WIDTH), f64::from(HEIGHT)));
    pen.rect(ACCENT, (0.0, 0.0), (f64::from(WIDTH), 10.0));
    let mut left = EDGE;
    if let Some((image, grid)) = image {
        let width = pen.thumbnail(&image, grid.as_ref());
        left += width + 40.0;
    }
    pen.words(card, left);
    true
}

/// Offers what is drawn as a file; false where the browser refuses.
pub(crate) async fn save_card(canvas: &HtmlCanvasElement) -> bool {
    match blob(canvas).await {
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

    fn text(&self, text: &str, colour: &str, (size, weight): (f64, u32), x: f64, y: f64) {
        self.context.set_fill_style_str(colour);
        let size = self.fitting(text, (size, weight), x);
        self.set_font((size, weight));
        let _ = self.context.fill_text(text, x, y);
    }

    /// How large a text may be from here on: a longer one is smaller, not narrower.
    fn fitting(&self, text: &str, (size, weight): (f64, u32), x: f64) -> f64 {
        let room = f64::from(WIDTH) - EDGE - x;
        let width = self.width(text, (size, weight));
        (size * (room / width.max(1.0)).min(1.0)).floor()
    }

    fn set_font(&self, (size, weight): (f64, u32)) {
        self.context.set_font(&format!("{weight} {size}px {FONT}"));
    }

    fn width(&self, text: &str, font: (f64, u32)) -> f64 {
        self.set_font(font);
        let measured = self.context.measure_text(text);
        measured.map_or(0.0, |measured| measured.width())
    }

    fn words(&self, card: &Card, left: f64) {
        self.text("tilewise", ACCENT, (30.0, 700), left, TOP + 23.0);
        self.text(&card.price, INK, (68.0, 700), left, TOP + 114.0);
        self.text(&card.under, SOFT, (28.0, 400), left, TOP + 166.0);
        self.text(&card.about, SOFT, (28.0, 400), left, TOP + 208.0);
        if card.cheapest.is_empty() {
            return;
        }
        let price = (30.0, 700);
        let widths = card.cheapest.iter().map(|(_, usd)| self.width(usd, price));
        let names = left + widths.fold(0.0, f64::max) + NAME_GAP;
        // All alike: none is more than the others.
        let sizes = card.cheapest.iter();
        let sizes = sizes.map(|(name, _)| self.fitting(name, (30.0, 400), names));
        let size = sizes.fold(30.0, f64::min);
        self.text("Cheapest", SOFT, (26.0, 600), left, TOP + 298.0);
        let mut y = TOP + 354.0;
        for (name, usd) in &card.cheapest {
            self.text(usd, ACCENT, price, left, y);
            self.text(name, INK, (size, 400), names, y);
            y += 62.0;
        }
    }

    /// Whole, with the tiles that it is cut into; says how wide it is.
    fn thumbnail(&self, image: &HtmlImageElement, grid: Option<&Grid>) -> f64 {
        let (width, height) = (
            f64::from(image.natural_width().max(1)),
            f64::from(image.natural_height().max(1)),
        );
        let scale = (THUMBNAIL.0 / width).min(THUMBNAIL.1 / height);
        let size = (width * scale, height * scale);
        let at = (EDGE, TOP);
        let context = &self.context;
        let _ = context
            .draw_image_with_html_image_element_and_dw_and_dh(image, at.0, at.1, size.0, size.1);
        let Some(grid) = grid else { return size.0 };
        context.begin_path();
        for x in steps(grid.columns, size.0) {
            context.move_to(at.0 + x, at.1);
            context.line_to(at.0 + x, at.1 + size.1);
        }
        for y in steps(grid.rows, size.1) {
            context.move_to(at.0, at.1 + y);
            context.line_to(at.0 + size.0, at.1 + y);
        }
        // Over light and over dark: a dark line, and a light one in it.
        for (colour, width) in [("rgb(0 0 0 / 30%)", 2.5), ("rgb(255 255 255 / 70%)", 1.0)] {
            context.set_stroke_style_str(colour);
            context.set_line_width(width);
            context.stroke();
        }
        size.0
    }
}

/// Where lines go between so many tiles, none closer than [`SMALLEST_STEP`].
fn steps(tiles: u64, length: f64) -> impl Iterator<Item = f64> {
    let tile = length / tiles.max(1) as f64;
    let mut every = 1;
    while tile * (every as f64) < SMALLEST_STEP && every < tiles {
        every *= 2;
    }
    (1..)
        .map(move |index: u64| index * every)
        .take_while(move |index| *index < tiles)
        .map(move |index| tile * index as f64)
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
