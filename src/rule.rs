//! Facts to tokens.
//!
//! Each model belongs to a [`Family`], whose code or whose vendor's documents say how media are counted. For some models the
//! provider documents a rule of its own that counts the same image very differently, and does not publish which one its bill
//! follows, so both are computed: [`Rules`]. Parameters are data of the catalogue, arithmetic is here.
//!
//! ```
//! use tilewise::{catalog, media::Size, rule::{Options, Rule}};
//!
//! let rules = catalog::find("moonshotai/Kimi-K2.5").unwrap().rules().unwrap();
//! let photo = Size::new(1920, 1080);
//! let tokens = |rule| rules.image(rule, photo, &Options::default()).map(|count| count.tokens);
//! assert_eq!(tokens(Rule::Published), Ok(137 * 77));
//! assert_eq!(tokens(Rule::Processor), Ok(2_691));
//! ```
//!
//! The provider's page prints 10,234 for 1920×1080, where its own rule gives 10,549, and no grid of
//! whole tiles gives 10,234. It is taken as a slip of that page.

mod claude;
mod count;
mod deepseek;
mod family;
mod fit;
mod flat;
mod footage;
mod gemini;
mod gemma;
mod glm;
mod grok;
mod internvl;
mod kimi;
mod llama;
mod minimax;
mod mistral;
mod muse;
mod nemotron;
mod nova;
mod openai;
mod options;
mod published;
mod qwen;
mod rules;
mod sampling;
mod scaling;
mod step;
pub mod text;

pub use claude::Claude;
pub use count::{ImageCount, Refusal, VideoCount};
pub use deepseek::Deepseek;
pub use family::{Family, ParameterError};
pub use flat::Flat;
pub use gemini::{Gemini2, Gemini3};
pub use gemma::Gemma4;
pub use glm::{Glm45v, Glm53Flash};
pub use grok::Grok;
pub use internvl::Internvl;
pub use kimi::Kimi;
pub(crate) use kimi::Part;
pub use llama::Llama4;
pub use minimax::MinimaxM3;
pub use mistral::Mistral;
pub use muse::Muse;
pub use nemotron::Nemotron;
pub use nova::Nova1;
pub use openai::{OpenaiPatches, OpenaiTiles};
pub use options::{Detail, MediaResolution, Options};
pub use published::Published;
pub use qwen::Qwen;
pub use rules::{Count, Rules};
pub use sampling::{Chunk, Sample, Sampling};
pub(crate) use scaling::{Bound, Scaling};
pub use step::Step3;

use crate::media::Size;
use crate::units;
use serde::{Deserialize, Serialize};

/// Which rule to count by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rule {
    /// What the provider documents.
    #[default]
    Published,
    /// What the model's own code does.
    Processor,
}

impl Rule {
    /// Both rules.
    pub const ALL: [Self; 2] = [Self::Published, Self::Processor];

    /// As JavaScript and the catalogue spell it: `published`, `processor`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Processor => "processor",
        }
    }
}

/// How one frame is cut into tiles of one token each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Grid {
    /// Tiles side by side.
    #[serde(serialize_with = "units::count")]
    pub columns: u64,
    /// Tiles one above the other.
    #[serde(serialize_with = "units::count")]
    pub rows: u64,
    /// Side of a tile in pixels of the frame that is cut.
    #[serde(serialize_with = "units::count")]
    pub tile: u64,
    /// Width in pixels of the frame that is cut: scaled and padded, where the rule does that.
    #[serde(serialize_with = "units::count")]
    pub width: u64,
    /// Height in pixels of the frame that is cut.
    #[serde(serialize_with = "units::count")]
    pub height: u64,
    /// Width in pixels of the image inside that frame; the rest is padding.
    #[serde(serialize_with = "units::count")]
    pub content_width: u64,
    /// Height in pixels of the image inside that frame.
    #[serde(serialize_with = "units::count")]
    pub content_height: u64,
}

impl Grid {
    /// How much of the cut frame's width and height the image fills, 0 to 1.
    pub fn content_share(&self) -> (f64, f64) {
        let share = |content: u64, whole: u64| content as f64 / whole.max(1) as f64;
        (
            share(self.content_width, self.width),
            share(self.content_height, self.height),
        )
    }

    /// What the whole tiles cover of the cut frame, in pixels; the rest at the right and below is
    /// not counted.
    pub fn covered(&self) -> Size {
        let side = |tiles: u64, frame: u64| tiles.saturating_mul(self.tile).min(frame);
        Size::new(side(self.columns, self.width), side(self.rows, self.height))
    }

    /// One for each tile.
    pub fn tokens(&self) -> u64 {
        self.columns.saturating_mul(self.rows)
    }
}
