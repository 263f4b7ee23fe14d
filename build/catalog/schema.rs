//! What the files of the catalogue may say.

use super::figure::{Figure, Source};
use serde::Deserialize;
use std::collections::BTreeMap;

/// `catalog/families.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Families {
    pub(super) sources: BTreeMap<String, Source>,
    pub(super) families: BTreeMap<String, Family>,
}

/// How models count their media.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Family {
    /// What its rule is.
    pub(super) kind: Rule,
    pub(super) note: Option<String>,
    pub(super) parameters: Parameters,
}

pub(super) type Parameters = BTreeMap<String, Figure<u64>>;

/// `catalog/PROVIDER.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Provider {
    /// Its name for people.
    pub(super) name: String,
    pub(super) sources: BTreeMap<String, Source>,
    pub(super) endpoint: Option<Endpoint>,
    /// Lists of formats, by a name that models refer to.
    #[serde(default)]
    pub(super) formats: BTreeMap<String, Figure<Vec<String>>>,
    /// Limits, by a name that models refer to.
    #[serde(default)]
    pub(super) limits: BTreeMap<String, Limits>,
    /// Rules that the provider documents for models of a family whose own rule is another, by a name that models
    /// refer to.
    #[serde(default)]
    pub(super) published: BTreeMap<String, Published>,
    pub(super) models: Vec<Model>,
}

/// How requests are made.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Endpoint {
    /// Where it speaks OpenAI's chat completions.
    pub(super) base_url: Option<Figure<String>>,
    /// The parameter that bounds the output.
    pub(super) output_bound: Option<Figure<String>>,
    /// The header that carries the key, and what stands before the key in it.
    pub(super) key_header: Option<Figure<String>>,
    /// The environment variable that its own documents keep the key in.
    pub(super) key_variable: Option<Figure<String>>,
    /// Whether a page may call it, by CORS.
    pub(super) browser: Option<Figure<bool>>,
    /// A header without which it refuses pages.
    pub(super) browser_header: Option<Figure<String>>,
    /// The values of `image_url.detail` that it knows, unless a model says otherwise.
    pub(super) detail: Option<Figure<Vec<String>>>,
    /// Its own protocol, where that is another.
    pub(super) native: Option<Native>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Native {
    pub(super) protocol: Figure<String>,
    pub(super) base_url: Figure<String>,
    pub(super) key_header: Figure<String>,
}

/// One token a tile of so many pixels a side.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Published {
    pub(super) tile_px: Figure<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Model {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) family: Option<Figure<String>>,
    pub(super) published: Option<String>,
    /// The default first.
    #[serde(default)]
    pub(super) rules: Vec<Rule>,
    pub(super) certainty: Certainty,
    /// Those that differ from the family's.
    #[serde(default)]
    pub(super) parameters: Parameters,
    pub(super) takes_images: Option<Figure<bool>>,
    pub(super) takes_videos: Option<Figure<bool>>,
    pub(super) context_tokens: Option<Figure<u64>>,
    pub(super) formats: Option<String>,
    pub(super) limits: Option<String>,
    pub(super) limits_certainty: Option<Certainty>,
    pub(super) detail: Option<Figure<Vec<String>>>,
    #[serde(default)]
    pub(super) status: Status,
    pub(super) retired_on: Option<Figure<String>>,
    pub(super) replacement: Option<Figure<String>>,
    #[serde(default)]
    pub(super) price: Price,
    /// What a reader should know about its figures, such as what other sources say.
    pub(super) note: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Rule {
    Published,
    Processor,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Certainty {
    Exact,
    Documented,
    Assumed,
    Unknown,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Status {
    #[default]
    Current,
    Retiring,
    Retired,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Price {
    pub(super) input: Option<Figure<String>>,
    pub(super) cached_input: Option<Figure<String>>,
    pub(super) output: Option<Figure<String>>,
    /// From the lowest step to the highest.
    #[serde(default)]
    pub(super) tiers: Vec<Tier>,
}

/// The prices of a request whose input is longer than this.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tier {
    pub(super) above_input_tokens: u64,
    pub(super) input: String,
    pub(super) cached_input: Option<String>,
    pub(super) output: String,
    pub(super) source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Limits {
    pub(super) max_images: Option<Figure<u64>>,
    pub(super) max_videos: Option<Figure<u64>>,
    pub(super) max_media_bytes: Option<Figure<u64>>,
    pub(super) max_image_bytes: Option<Figure<u64>>,
    pub(super) max_body_bytes: Option<Figure<u64>>,
    pub(super) max_image_base64_bytes: Option<Figure<u64>>,
    pub(super) max_image_side: Option<Figure<u64>>,
    pub(super) max_image_side_of_many: Option<Figure<u64>>,
    pub(super) few_images: Option<Figure<u64>>,
    pub(super) max_image_patches: Option<Figure<u64>>,
}

impl Price {
    pub(super) fn figures(&self) -> [(&'static str, Option<&Figure<String>>); 3] {
        [
            ("input", self.input.as_ref()),
            ("cached_input", self.cached_input.as_ref()),
            ("output", self.output.as_ref()),
        ]
    }
}

impl Limits {
    pub(super) fn figures(&self) -> [(&'static str, Option<&Figure<u64>>); 10] {
        [
            ("max_images", self.max_images.as_ref()),
            ("max_videos", self.max_videos.as_ref()),
            ("max_media_bytes", self.max_media_bytes.as_ref()),
            ("max_image_bytes", self.max_image_bytes.as_ref()),
            ("max_body_bytes", self.max_body_bytes.as_ref()),
            (
                "max_image_base64_bytes",
                self.max_image_base64_bytes.as_ref(),
            ),
            ("max_image_side", self.max_image_side.as_ref()),
            (
                "max_image_side_of_many",
                self.max_image_side_of_many.as_ref(),
            ),
            ("few_images", self.few_images.as_ref()),
            ("max_image_patches", self.max_image_patches.as_ref()),
        ]
    }
}

/// The figures that the catalogue gives.
pub(super) fn known<'a, T, const N: usize>(
    figures: [(&'static str, Option<&'a Figure<T>>); N],
) -> impl Iterator<Item = (&'static str, &'a Figure<T>)> {
    figures
        .into_iter()
        .filter_map(|(what, figure)| Some((what, figure?)))
}
