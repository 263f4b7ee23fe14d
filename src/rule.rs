//! Facts to tokens.
//!
//! Two rules count the same image very differently, and providers do not publish which one the bill
//! follows, so both are always computed. Parameters are data of the catalogue, arithmetic is here.
//!
//! ```
//! use tilewise::{catalog, media::Size, rule::Rule};
//!
//! let rules = catalog::find("moonshotai/Kimi-K2.5").unwrap().rules.unwrap();
//! let photo = Size::new(1920, 1080);
//! assert_eq!(rules.image(Rule::Published, photo).tokens, 137 * 77);
//! assert_eq!(rules.image(Rule::Processor, photo).tokens, 2_691);
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
mod processor;
mod published;
mod qwen;
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
pub use llama::Llama4;
pub use minimax::MinimaxM3;
pub use mistral::Mistral;
pub use muse::Muse;
pub use nemotron::Nemotron;
pub use nova::Nova1;
pub use openai::{OpenaiPatches, OpenaiTiles};
pub use options::{Detail, MediaResolution, Options};
pub(crate) use processor::Part;
pub use processor::Processor;
pub use published::Published;
pub use qwen::Qwen;
pub use sampling::{Chunk, Sample, Sampling};
pub(crate) use scaling::{Bound, Scaling};
pub use step::Step3;

use crate::media::{Kind, MediaFacts, Size, VideoFacts};
use crate::units;
use serde::{Deserialize, Serialize};

/// Which rule to count by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rule {
    /// The provider's documented rule: one token a 14×14 tile.
    #[default]
    Published,
    /// The model's own published image processor.
    Processor,
}

impl Rule {
    pub const ALL: [Self; 2] = [Self::Published, Self::Processor];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Processor => "processor",
        }
    }
}

/// The parameters of both rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    pub published: Published,
    pub processor: Processor,
}

/// What a medium costs by one rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    pub tokens: u64,
    /// Tokens that frame the medium in the prompt and are counted with the text.
    pub markers: u64,
    /// Of one frame.
    pub grid: Grid,
    /// Frames counted; 1 for an image.
    pub frames: u64,
}

/// How one frame is cut into tiles of one token each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Grid {
    #[serde(serialize_with = "units::count")]
    pub columns: u64,
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

impl Rules {
    /// Counts an image by its stored size: neither rule turns it upright.
    pub fn image(&self, rule: Rule, stored: Size) -> Count {
        match rule {
            Rule::Published => self.published.image(stored),
            Rule::Processor => self.processor.image(stored),
        }
    }

    /// Which frames of a video the model looks at; `None` where its facts do not tell how many it has.
    /// The provider's rule does not say, so they are the processor's for both.
    pub fn sampling(&self, video: &VideoFacts, sample_fps: Option<f64>) -> Option<Sampling> {
        let sample_fps = sample_fps.unwrap_or(self.processor.sample_fps as f64);
        Sampling::new(video, sample_fps, self.processor.frames_per_chunk)
    }

    /// Counts a video by its stored size; `None` where its facts lack what the rule needs.
    /// `sample_fps` overrides how many frames a second the model looks at.
    pub fn video(
        &self,
        rule: Rule,
        stored: Size,
        video: &VideoFacts,
        sample_fps: Option<f64>,
    ) -> Option<Count> {
        let frames = self.sampling(video, sample_fps)?.frames();
        Some(match rule {
            Rule::Published => self.published.video(stored, frames),
            Rule::Processor => self.processor.video(stored, frames),
        })
    }

    /// Counts whatever it is.
    pub fn media(&self, rule: Rule, facts: &MediaFacts, sample_fps: Option<f64>) -> Option<Count> {
        match &facts.kind {
            Kind::Image(_) => Some(self.image(rule, facts.stored())),
            Kind::Video(video) => self.video(rule, facts.stored(), video, sample_fps),
        }
    }
}
