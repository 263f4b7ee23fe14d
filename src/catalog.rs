//! The models that are known without asking anyone, as data.
//!
//! The tables are made from the files of `catalog` when the crate is built, one for each provider. Every figure has an entry
//! in [`Model::sources`] that says where it was read, and when.
//!
//! ```
//! use tilewise::catalog;
//!
//! let model = catalog::find("moonshotai/Kimi-K2.6").unwrap();
//! assert_eq!(model.limits.max_image_bytes, Some(80_000_000));
//! let source = model.sources.iter().find(|source| source.what == "limits.maxImageBytes");
//! assert_eq!(source.unwrap().url, "https://docs.baseten.co/inference/model-apis/vision");
//!
//! let elsewhere = catalog::find_at("moonshot", "kimi-k2.6").unwrap();
//! assert_eq!(elsewhere.price.input, model.price.input);
//! ```

mod limits;
pub mod listing;
mod model;
mod provider;
pub(crate) mod spelling;
mod table;

pub use limits::Limits;
pub use model::{Certainty, Model, Parameter, PriceTier, Status};
pub use provider::{Native, Provider};
pub use table::BASE_URL;

use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// All models of the catalogue: Baseten's first, of each provider the newest first.
pub fn models() -> &'static [Model] {
    table::models()
}

/// Which models to list; all by default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default, expecting = "an object")]
pub struct Filter {
    /// The identifier of a provider, as in [`Model::provider`]; `None` for models of all providers.
    pub provider: Option<String>,
    /// `None` for models of any status.
    pub status: Option<Status>,
}

impl Filter {
    /// The models of the catalogue that it lets through, in their order.
    pub fn models(&self) -> impl Iterator<Item = &'static Model> {
        models().iter().filter(|model| self.allows(model))
    }

    /// Whether a model has this provider and this status.
    pub fn allows(&self, model: &Model) -> bool {
        let provider = self.provider.as_ref();
        provider.is_none_or(|provider| model.provider == *provider)
            && self.status.is_none_or(|status| model.status == status)
    }
}

/// The model that a request is for where none is named: the first current one of this provider, or of Baseten.
pub fn default_model(provider: Option<&str>) -> Option<&'static Model> {
    let provider = provider.or(providers().first().map(|provider| provider.id))?;
    let current = Filter {
        provider: Some(provider.to_owned()),
        status: Some(Status::Current),
    };
    current.models().next()
}

/// The model of this identifier, spelt as the endpoint spells it, at the first provider that has it: Baseten's wins.
pub fn find(id: &str) -> Option<&'static Model> {
    models().iter().find(|model| model.id == id)
}

/// The model of this identifier at this provider.
pub fn find_at(provider: &str, id: &str) -> Option<&'static Model> {
    let mut of = models().iter().filter(|model| model.provider == provider);
    of.find(|model| model.id == id)
}

/// All providers, Baseten first.
pub fn providers() -> &'static [Provider] {
    table::providers()
}

/// The provider of this identifier.
pub fn provider(id: &str) -> Option<&'static Provider> {
    providers().iter().find(|provider| provider.id == id)
}

/// Where a figure was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Source {
    /// The figure, by its path in JavaScript: `price.input`, `limits.maxImages`,
    /// `rules.published.tilePx`.
    pub what: Cow<'static, str>,
    /// The address of the page or file that states the figure.
    pub url: Cow<'static, str>,
    /// The day, as 2026-11-23.
    pub checked: Cow<'static, str>,
}
