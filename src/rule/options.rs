//! What a request asks for besides its media, as far as it changes what they take.

use serde::{Deserialize, Serialize};

/// What a request asks for besides its media. Families that do not know an option pass over it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Options {
    /// `None` is the endpoint's default, [`Detail::Auto`].
    pub detail: Option<Detail>,
    /// Google's. `None` is the model's default.
    pub media_resolution: Option<MediaResolution>,
    /// Tokens of the context that the text leaves to the images; `None` for enough.
    pub context_left: Option<u64>,
    /// Frames a second sampled from a video, in place of the model's own.
    pub sample_fps: Option<f64>,
    /// Most frames that the server looks at, where it caps them below the model's own.
    pub max_frames: Option<u64>,
}

/// The resolution that is asked for: `image_url.detail` of OpenAI's API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Detail {
    /// Of OpenAI's tile models only the base; of its patch models the limits `low_max_side` and `low_max_patches`.
    Low,
    /// Of OpenAI's tile models all tiles; of its patch models the limits `high_max_side` and `high_max_patches`.
    High,
    /// The image at its own size, as far as the model allows; only some models know it.
    Original,
    /// The level that the endpoint chooses: `original` for some models of OpenAI, `high` for the others.
    Auto,
}

impl Detail {
    /// Every level that the API names.
    pub const ALL: [Self; 4] = [Self::Low, Self::High, Self::Original, Self::Auto];

    /// As `image_url.detail` spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::High => "high",
            Self::Original => "original",
            Self::Auto => "auto",
        }
    }
}

/// `media_resolution` of Google's API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MediaResolution {
    /// 280 tokens for an image of Gemini 3, 64 of Gemini 2.
    Low,
    /// 560 tokens for an image of Gemini 3, 256 of Gemini 2.
    Medium,
    /// 1,120 tokens for an image of Gemini 3, its default; of Gemini 2 the rule of tiles.
    High,
    /// 2,240 tokens for an image of Gemini 3; of Gemini 2 the rule of tiles.
    UltraHigh,
}

impl Options {
    /// Frames a second that are sampled.
    pub(super) fn fps(&self, own: u64) -> f64 {
        let asked = self.sample_fps.filter(|fps| fps.is_finite() && *fps > 0.0);
        asked.unwrap_or(own as f64)
    }

    /// Most frames that are sampled.
    pub(super) fn frames(&self, own: u64) -> f64 {
        self.max_frames.map_or(own, |most| most.min(own)).max(1) as f64
    }
}
