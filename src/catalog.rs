//! The models that are known without asking anyone, as data.
//!
//! The tables are made from `catalog/baseten.toml` when the crate is built. Every figure has an entry
//! in [`Model::sources`] that says where it was read, and when.
//!
//! ```
//! let model = tilewise::catalog::find("moonshotai/Kimi-K2.6").unwrap();
//! assert_eq!(model.limits.max_image_bytes, Some(80_000_000));
//!
//! let source = model.sources.iter().find(|source| source.what == "limits.maxImageBytes");
//! assert_eq!(source.unwrap().url, "https://docs.baseten.co/inference/model-apis/vision");
//! ```

mod limits;
pub mod listing;

pub use limits::Limits;

use crate::media::Format;
use crate::nullable;
use crate::price::Prices;
use crate::rule::{Processor, Published, Rules};
use crate::units::Price;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

include!(concat!(env!("OUT_DIR"), "/catalog.rs"));

/// All models of the catalogue.
pub fn models() -> &'static [Model] {
    MODELS
}

/// The model of this identifier, spelt as the endpoint spells it.
pub fn find(id: &str) -> Option<&'static Model> {
    MODELS.iter().find(|model| model.id == id)
}

/// A model as the endpoint offers it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
pub struct Model {
    /// As the endpoint spells it: `moonshotai/Kimi-K2.6`.
    pub id: Cow<'static, str>,
    #[serde(default, deserialize_with = "nullable::or_default")]
    pub name: Cow<'static, str>,
    /// Whether it takes images.
    #[serde(default, deserialize_with = "nullable::or_default")]
    pub vision: bool,
    /// Input and output together.
    pub context_tokens: Option<u64>,
    #[serde(default, deserialize_with = "nullable::or_default")]
    pub price: Prices,
    #[serde(default, deserialize_with = "nullable::or_default")]
    pub limits: Limits,
    /// Formats that the endpoint decodes; empty where they are not known.
    #[serde(default, deserialize_with = "nullable::or_default")]
    pub formats: Cow<'static, [Format]>,
    /// How it counts media; `None` where no rule is known.
    #[serde(skip)]
    pub rules: Option<Rules>,
    /// Whether the endpoint's own list names it; `None` where no list was asked.
    pub listed: Option<bool>,
    #[serde(default, deserialize_with = "nullable::or_default")]
    pub sources: Cow<'static, [Source]>,
}

impl Model {
    /// With the rules of the catalogue, where it came from JavaScript, which has none; one without a name goes by
    /// its identifier.
    pub fn with_known_rules(mut self) -> Self {
        self.rules = self.rules.or_else(|| find(&self.id)?.rules);
        if self.name.is_empty() {
            self.name = self.id.clone();
        }
        self
    }
}

/// Where a figure was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The figure, by its path in JavaScript: `price.input`, `limits.maxImages`,
    /// `rules.published.tilePx`.
    pub what: Cow<'static, str>,
    pub url: Cow<'static, str>,
    /// The day, as 2026-11-23.
    pub checked: Cow<'static, str>,
}
