//! The rule of every family of models: what an image or a video of a size takes by the model's own code, or by the
//! vendor's documents where there is no code.
//!
//! ```
//! use tilewise::{media::Size, rule::{Family, Options}};
//!
//! let family = Family::by_name("qwen3-vl").unwrap();
//! let photo = family.image(Size::new(1920, 1080), &Options::default()).unwrap();
//! assert_eq!(photo.tokens, 60 * 34);
//! assert_eq!(photo.seen, Some(Size::new(1920, 1088)));
//! ```

use super::fit::Parameters;
use super::{
    Claude, Deepseek, Detail, Flat, Gemini2, Gemini3, Gemma4, Glm45v, Glm53Flash, Grok, ImageCount,
    Internvl, Kimi, Llama4, MinimaxM3, Mistral, Muse, Nemotron, Nova1, OpenaiPatches, OpenaiTiles,
    Options, Qwen, Refusal, Rule, Sampling, Step3, VideoCount,
};
use crate::media::{Size, VideoFacts};
use thiserror::Error;

/// Why a parameter is not set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ParameterError {
    /// The family has no parameter of this name.
    #[error("the family has no such parameter")]
    Unknown,
    /// The value does not fit into 32 bits.
    #[error("a parameter is at most 4,294,967,295")]
    TooLarge,
}

/// A family of models that count alike, with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Family {
    /// Kimi K2.5 to K2.7: scaled down to a budget of patches and padded; one token for each tile of 28 pixels.
    KimiK25(Kimi),
    /// Kimi K3: as K2.5 with four times the budget; the size of the image stands in the prompt. No videos.
    KimiK3(Kimi),
    /// Qwen2-VL and Qwen2.5-VL: sides rounded to 28 pixels, pixels kept within bounds. Videos are not counted.
    Qwen25Vl(Qwen),
    /// Qwen3-VL and the later Qwen models that see: as Qwen2.5-VL, with tiles of 32 pixels.
    Qwen3Vl(Qwen),
    /// GLM-4.1V to GLM-4.6V: Qwen's rule over two frames, since an image counts as two.
    Glm45v(Glm45v),
    /// GLM-5.3-Flash: padded to tiles of 28 pixels, within 16 to 8,000 tokens.
    Glm53Flash(Glm53Flash),
    /// DeepSeek V4.1-Flash: tiles of 42 pixels, and a token for the end of each row; at most 1,024 tokens.
    DeepseekV41Flash(Deepseek),
    /// Muse Spark and Muse Glimmer: stretched to tiles of 28 pixels, at most 4,096.
    MuseSpark(Muse),
    /// Gemma 3: 256 tokens for any image.
    Gemma3(Flat),
    /// Gemma 4: scaled up or down until tiles of 48 pixels fill a budget of 280.
    Gemma4(Gemma4),
    /// Llama 4: a canvas of up to 16 tiles of 336 pixels, and the whole image once more.
    Llama4(Llama4),
    /// InternVL3: up to 12 tiles of 448 pixels, and the whole image once more.
    Internvl3(Internvl),
    /// Pixtral: patches of 16 pixels on sides of at most 1,024, and a token for the end of each row.
    Pixtral(Mistral),
    /// Mistral Small 3.1 and later: as Pixtral, with tiles of 28 pixels on sides of at most 1,540.
    Mistral(Mistral),
    /// MiniMax-M3: Qwen's rule with at most 576 tokens, after a shorter side below 112 pixels is raised.
    MinimaxM3(MinimaxM3),
    /// Step3 and Step-3.7-Flash: the whole image once, and windows of 504 pixels that cover it.
    Step3(Step3),
    /// Nemotron Nano Omni and Nemotron 3.5 VL: tiles of 32 pixels; all images of a request share the context.
    Nemotron(Nemotron),
    /// GPT-4o, GPT-4.1, GPT-5, GPT-5.1, o1 and o3: a base, and a fixed number for each tile of 512 pixels.
    OpenaiTiles(OpenaiTiles),
    /// GPT-5.2 and later, o4-mini, and the mini and nano models of GPT-4.1 and GPT-5: patches of 32 pixels times a
    /// factor.
    OpenaiPatches(OpenaiPatches),
    /// Claude: scaled down within two limits and padded; one token for each tile of 28 pixels.
    Claude(Claude),
    /// Gemini 2.0 and 2.5: 258 tokens for each tile, whose side follows from the shorter side.
    Gemini2(Gemini2),
    /// Gemini 3 and later: Gemma 4's rule, with the budget of the `media_resolution`.
    Gemini3(Gemini3),
    /// Grok: between one and seven times 256 tokens; how an image is scaled is not published.
    Grok(Grok),
    /// Nova 1: between 800 and 2,600 tokens; only examples are published.
    Nova1(Nova1),
    /// Nova 2 Lite: 230 tokens for any image.
    Nova2(Flat),
}

/// Goes on with the parameters of any family.
macro_rules! each {
    ($family:expr, $parameters:ident => $then:expr) => {
        match $family {
            Family::KimiK25($parameters) | Family::KimiK3($parameters) => $then,
            Family::Qwen25Vl($parameters) | Family::Qwen3Vl($parameters) => $then,
            Family::Glm45v($parameters) => $then,
            Family::Glm53Flash($parameters) => $then,
            Family::DeepseekV41Flash($parameters) => $then,
            Family::MuseSpark($parameters) => $then,
            Family::Gemma3($parameters) | Family::Nova2($parameters) => $then,
            Family::Gemma4($parameters) => $then,
            Family::Llama4($parameters) => $then,
            Family::Internvl3($parameters) => $then,
            Family::Pixtral($parameters) | Family::Mistral($parameters) => $then,
            Family::MinimaxM3($parameters) => $then,
            Family::Step3($parameters) => $then,
            Family::Nemotron($parameters) => $then,
            Family::OpenaiTiles($parameters) => $then,
            Family::OpenaiPatches($parameters) => $then,
            Family::Claude($parameters) => $then,
            Family::Gemini2($parameters) => $then,
            Family::Gemini3($parameters) => $then,
            Family::Grok($parameters) => $then,
            Family::Nova1($parameters) => $then,
        }
    };
}

impl Family {
    /// Each family as its own open checkpoint has it, or as the vendor documents it for most of its models.
    pub const ALL: [Self; 25] = [
        Self::KimiK25(Kimi::K25),
        Self::KimiK3(Kimi::K3),
        Self::Qwen25Vl(Qwen::QWEN25_VL),
        Self::Qwen3Vl(Qwen::QWEN3_VL),
        Self::Glm45v(Glm45v::CHECKPOINT),
        Self::Glm53Flash(Glm53Flash::CHECKPOINT),
        Self::DeepseekV41Flash(Deepseek::V41_FLASH),
        Self::MuseSpark(Muse::SPARK),
        Self::Gemma3(Flat::GEMMA3),
        Self::Gemma4(Gemma4::CHECKPOINT),
        Self::Llama4(Llama4::CHECKPOINT),
        Self::Internvl3(Internvl::INTERNVL3),
        Self::Pixtral(Mistral::PIXTRAL),
        Self::Mistral(Mistral::SMALL_31),
        Self::MinimaxM3(MinimaxM3::CHECKPOINT),
        Self::Step3(Step3::CHECKPOINT),
        Self::Nemotron(Nemotron::VL_35),
        Self::OpenaiTiles(OpenaiTiles::GPT_4O),
        Self::OpenaiPatches(OpenaiPatches::GPT_6_ASTRA),
        Self::Claude(Claude::HIGH),
        Self::Gemini2(Gemini2::DOCUMENTED),
        Self::Gemini3(Gemini3::DOCUMENTED),
        Self::Grok(Grok::DOCUMENTED),
        Self::Nova1(Nova1::DOCUMENTED),
        Self::Nova2(Flat::NOVA2),
    ];

    /// The family of a name, with the parameters of [`ALL`](Self::ALL).
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|family| family.name() == name)
    }

    /// As the catalogue and JavaScript spell it: `kimi-k2.5`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::KimiK25(_) => "kimi-k2.5",
            Self::KimiK3(_) => "kimi-k3",
            Self::Qwen25Vl(_) => "qwen2.5-vl",
            Self::Qwen3Vl(_) => "qwen3-vl",
            Self::Glm45v(_) => "glm-4.5v",
            Self::Glm53Flash(_) => "glm-5.3-flash",
            Self::DeepseekV41Flash(_) => "deepseek-v4.1-flash",
            Self::MuseSpark(_) => "muse-spark",
            Self::Gemma3(_) => "gemma-3",
            Self::Gemma4(_) => "gemma-4",
            Self::Llama4(_) => "llama-4",
            Self::Internvl3(_) => "internvl3",
            Self::Pixtral(_) => "pixtral",
            Self::Mistral(_) => "mistral",
            Self::MinimaxM3(_) => "minimax-m3",
            Self::Step3(_) => "step3",
            Self::Nemotron(_) => "nemotron",
            Self::OpenaiTiles(_) => "openai-tiles",
            Self::OpenaiPatches(_) => "openai-patches",
            Self::Claude(_) => "claude",
            Self::Gemini2(_) => "gemini-2",
            Self::Gemini3(_) => "gemini-3",
            Self::Grok(_) => "grok",
            Self::Nova1(_) => "nova-1",
            Self::Nova2(_) => "nova-2",
        }
    }

    /// What its rule is: what the vendor documents, or what the model's own code does.
    pub const fn rule(&self) -> Rule {
        match self {
            Self::OpenaiTiles(_)
            | Self::OpenaiPatches(_)
            | Self::Claude(_)
            | Self::Gemini2(_)
            | Self::Gemini3(_)
            | Self::Grok(_)
            | Self::Nova1(_)
            | Self::Nova2(_) => Rule::Published,
            _ => Rule::Processor,
        }
    }

    /// Its parameters by name, in the order in which they are documented.
    pub fn parameters(&self) -> Vec<(&'static str, u64)> {
        let mut list = Vec::new();
        // It lends what it shows to be changed.
        let mut copy = *self;
        copy.visit(&mut |name, value| list.push((name, *value)));
        list
    }

    /// Overrides a parameter.
    ///
    /// # Errors
    ///
    /// [`ParameterError::Unknown`] for a name that the family does not have, [`ParameterError::TooLarge`] for over 32
    /// bits.
    pub fn set(&mut self, name: &str, value: u64) -> Result<(), ParameterError> {
        let value = u32::try_from(value).map_err(|_| ParameterError::TooLarge)?;
        let mut found = Err(ParameterError::Unknown);
        self.visit(&mut |known, slot| {
            if known == name {
                *slot = value.into();
                found = Ok(());
            }
        });
        found
    }

    // Once, and not for each that calls it.
    #[inline(never)]
    fn visit(&mut self, see: &mut dyn FnMut(&'static str, &mut u64)) {
        each!(self, parameters => parameters.visit(see));
    }

    /// The levels of `detail` that change its count; empty where it passes over them, or where their effect is not known.
    pub fn details(&self) -> &'static [Detail] {
        match self {
            Self::OpenaiTiles(_) => OpenaiTiles::DETAILS,
            Self::OpenaiPatches(patches) => patches.details(),
            _ => &[],
        }
    }

    /// Frames a second that it samples from a video, where its rule samples by time.
    pub fn sample_fps(&self) -> Option<u64> {
        self.parameter("sample_fps").filter(|fps| *fps > 0)
    }

    /// One of its parameters.
    pub fn parameter(&self, name: &str) -> Option<u64> {
        let mut parameters = self.parameters().into_iter();
        let (_, value) = parameters.find(|(known, _)| *known == name)?;
        Some(value)
    }

    /// Which frames of a video it looks at, where that is known frame by frame.
    pub fn sampling(&self, video: &VideoFacts, options: &Options) -> Option<Sampling> {
        match self {
            Self::KimiK25(kimi) if kimi.max_patches_per_frame > 0 => kimi.sampling(video, options),
            _ => None,
        }
    }

    /// Patches of one image, where the endpoint refuses images of too many: at full detail.
    pub fn patches(&self, size: Size, detail: Option<Detail>) -> Option<u64> {
        match self {
            Self::OpenaiPatches(patches) => patches.at_full_detail(size, detail),
            _ => None,
        }
    }

    /// Whether it stretches images to whole tiles, in place of padding them.
    pub(crate) const fn rounds_to_tiles(&self) -> bool {
        matches!(
            self,
            Self::Qwen25Vl(_)
                | Self::Qwen3Vl(_)
                | Self::Glm45v(_)
                | Self::MuseSpark(_)
                | Self::Gemma4(_)
                | Self::Llama4(_)
                | Self::Internvl3(_)
                | Self::Pixtral(_)
                | Self::Mistral(_)
                | Self::MinimaxM3(_)
                | Self::Step3(_)
                | Self::Nemotron(_)
                | Self::Gemini3(_)
        )
    }

    /// Whether the count depends on how much of the context the text leaves ([`Options::context_left`]), and on the other
    /// images of the request.
    pub const fn counts_together(&self) -> bool {
        matches!(self, Self::Nemotron(_))
    }

    /// Counts an image that is alone in its request, by its size in pixels as the model's code gets it.
    ///
    /// # Errors
    ///
    /// [`Refusal::Empty`] for a size without pixels, [`Refusal::TooThin`] for proportions that the model's code does
    /// not take, [`Refusal::UnknownDetail`] for a level of detail that it does not know.
    pub fn image(&self, size: Size, options: &Options) -> Result<ImageCount, Refusal> {
        let mut counts = self.images(&[size], options);
        counts.pop().unwrap_or(Err(Refusal::Empty))
    }

    /// Counts all images of a request, in their order.
    pub fn images(&self, sizes: &[Size], options: &Options) -> Vec<Result<ImageCount, Refusal>> {
        match self {
            Self::Nemotron(nemotron) => nemotron.images(sizes, options.context_left),
            _ => sizes.iter().map(|size| self.one(*size, options)).collect(),
        }
    }

    fn one(&self, size: Size, options: &Options) -> Result<ImageCount, Refusal> {
        if size.width == 0 || size.height == 0 {
            return Err(Refusal::Empty);
        }
        let count = match self {
            Self::KimiK25(kimi) | Self::KimiK3(kimi) => kimi.image(size),
            Self::Qwen25Vl(qwen) | Self::Qwen3Vl(qwen) => qwen.image(size)?,
            Self::Glm45v(glm) => glm.image(size)?,
            Self::Glm53Flash(glm) => glm.image(size),
            Self::DeepseekV41Flash(deepseek) => deepseek.image(size),
            Self::MuseSpark(muse) => muse.image(size),
            Self::Gemma3(flat) | Self::Nova2(flat) => flat.image(),
            Self::Gemma4(gemma) => gemma.image(size)?,
            Self::Llama4(llama) => llama.image(size),
            Self::Internvl3(internvl) => internvl.image(size),
            Self::Pixtral(mistral) | Self::Mistral(mistral) => mistral.image(size),
            Self::MinimaxM3(minimax) => minimax.image(size)?,
            Self::Step3(step) => step.image(size),
            Self::Nemotron(nemotron) => {
                return nemotron.images(&[size], options.context_left).remove(0);
            }
            Self::OpenaiTiles(tiles) => tiles.image(size, options.detail)?,
            Self::OpenaiPatches(patches) => patches.image(size, options.detail)?,
            Self::Claude(claude) => claude.image(size),
            Self::Gemini2(gemini) => gemini.image(size, options.media_resolution),
            Self::Gemini3(gemini) => gemini.image(size, options.media_resolution)?,
            Self::Grok(grok) => grok.image(),
            Self::Nova1(nova) => nova.image(),
        };
        Ok(count)
    }

    /// Counts a video by the size in pixels of its frames.
    ///
    /// # Errors
    ///
    /// [`Refusal::NoVideoRule`] where it is not known how the family counts videos, [`Refusal::UnknownLength`] where
    /// the facts do not tell how many frames there are, and [`Refusal::Empty`] and [`Refusal::TooThin`] for the size.
    pub fn video(
        &self,
        size: Size,
        video: &VideoFacts,
        options: &Options,
    ) -> Result<VideoCount, Refusal> {
        if size.width == 0 || size.height == 0 {
            return Err(Refusal::Empty);
        }
        match self {
            Self::KimiK25(kimi) | Self::KimiK3(kimi) => kimi.video(size, video, options),
            Self::Qwen3Vl(qwen) => qwen.video(size, video, options),
            Self::Glm53Flash(glm) => glm.video(size, video, options),
            Self::MuseSpark(muse) => muse.video(size, video, options),
            Self::Gemma4(gemma) => gemma.video(size, video, options),
            Self::MinimaxM3(minimax) => minimax.video(size, video, options),
            Self::Gemini2(gemini) => gemini.video(size, video, options),
            Self::Gemini3(gemini) => gemini.video(size, video, options),
            _ => Err(Refusal::NoVideoRule),
        }
    }
}
