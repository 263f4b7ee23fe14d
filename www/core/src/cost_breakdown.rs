//! Why an image or a video costs what it costs, in four steps from pixels to dollars.

use tilewise::media::Size;
use tilewise::rule::Grid;
use tilewise::units::{Price, Usd, grouped};

/// One media item, from pixels to dollars by one rule.
#[derive(Clone, Debug, PartialEq)]
pub struct CostBreakdown {
    /// `None` for an example.
    pub name: Option<String>,
    /// Of how many it costs the most; `None` where it is alone, or all cost the same.
    pub dearest_of: Option<usize>,
    /// Its size as it is stored.
    pub stored: Size,
    /// `None` where it is not cut, or not known how.
    pub grid: Option<Grid>,
    /// The frames that are sampled; `None` for an image.
    pub frames: Option<u64>,
    pub tokens: u64,
    pub usd: Option<Usd>,
    pub price: Option<Price>,
}

/// One step: `288 × 216`, `tiles of 14 × 14 pixels`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub figure: String,
    pub meaning: String,
}

impl CostBreakdown {
    pub fn title(&self) -> String {
        match &self.name {
            Some(name) => match self.dearest_of {
                Some(count) => format!("Why {name}, the dearest of {count}, costs what it costs"),
                None => format!("Why {name} costs what it costs"),
            },
            None => "For example, a phone’s photo of 12 megapixels".to_owned(),
        }
    }

    pub fn steps(&self) -> [Step; 4] {
        let by = |width: u64, height: u64| format!("{} × {}", grouped(width), grouped(height));
        let step = |figure, meaning| Step { figure, meaning };
        let content = |grid: Grid| Size::new(grid.content_width, grid.content_height);
        let scaled = self.grid.map(content).filter(|size| *size != self.stored);
        let pixels = match scaled {
            Some(size) => format!("pixels, scaled to {}", by(size.width, size.height)),
            None => "pixels".to_owned(),
        };
        let tiles = match self.grid {
            Some(grid) => step(
                by(grid.columns, grid.rows),
                format!("tiles of {0} × {0} pixels", grid.tile),
            ),
            None => step(
                "no tiles".to_owned(),
                "are known: its rule goes by the size alone".to_owned(),
            ),
        };
        let tokens = match self.frames {
            None => match self.grid {
                Some(grid) => of_tiles(self.tokens, grid.columns.saturating_mul(grid.rows)),
                None => "tokens".to_owned(),
            },
            Some(1) => "tokens for 1 frame".to_owned(),
            Some(frames) => format!("tokens for {} frames", grouped(frames)),
        };
        let usd = self.usd.map(|usd| usd.to_string());
        let price = self.price.map(|price| format!("at {price} a million"));
        [
            step(by(self.stored.width, self.stored.height), pixels),
            tiles,
            step(grouped(self.tokens), tokens),
            step(
                usd.unwrap_or_else(|| "not known".to_owned()),
                price.unwrap_or_else(|| "as its price is not known".to_owned()),
            ),
        ]
    }
}

/// How tokens follow from tiles, as far as the two numbers tell. A tile may take more than one, and an image more than its
/// tiles: `tokens, 258 a tile`, `tokens: one a tile, and 48 more`.
fn of_tiles(tokens: u64, tiles: u64) -> String {
    let more = tokens.saturating_sub(tiles);
    let is_multiple = |tokens: u64| tokens.checked_rem(tiles) == Some(0);
    if tokens == tiles {
        match tiles {
            1 => "token, for the one tile".to_owned(),
            _ => "tokens, one a tile".to_owned(),
        }
    } else if is_multiple(tokens) {
        format!("tokens, {} a tile", grouped(tokens / tiles.max(1)))
    } else if is_multiple(tokens.saturating_mul(10)) {
        format!("tokens, {} a tile", tokens as f64 / tiles as f64)
    } else if more > 0 && more <= tiles / 10 {
        format!("tokens: one a tile, and {} more", grouped(more))
    } else {
        format!("tokens, which its rule counts for {} tiles", grouped(tiles))
    }
}
