//! Reads the catalogue, refuses what is wrong in it, writes Rust.
//!
//! Also compiled into `tests/core/catalog.rs`, which shows that each kind of mistake is refused.

#[path = "catalog/check.rs"]
mod check;
#[path = "catalog/emit.rs"]
mod emit;
#[path = "catalog/families.rs"]
mod families;
#[path = "catalog/figure.rs"]
mod figure;
#[path = "catalog/schema.rs"]
mod schema;

use schema::{Families, Provider};

/// Who serves models, in the order in which they are listed: the first that has an id wins. Each has a file
/// `catalog/PROVIDER.toml`; "open" has each open family once, for servers of one's own.
pub(crate) const PROVIDERS: [&str; 14] = [
    "baseten",
    "openai",
    "anthropic",
    "google",
    "xai",
    "mistral",
    "moonshot",
    "alibaba",
    "zai",
    "deepseek",
    "minimax",
    "meta",
    "amazon",
    "open",
];

/// The whole catalogue.
pub(crate) struct Catalog {
    families: Families,
    /// In the order of [`PROVIDERS`].
    providers: Vec<Provider>,
}

/// The Rust source of the tables for a catalogue in TOML, or why it was refused. `read` gives the text of
/// `catalog/NAME.toml`.
pub(crate) fn compile(read: impl Fn(&str) -> Result<String, String>) -> Result<String, String> {
    let named = |name: &str, why: String| format!("catalog/{name}.toml: {why}");
    let families: Families = read("families")
        .and_then(|text| parse(&text))
        .map_err(|why| named("families", why))?;
    check::families(&families).map_err(|why| named("families", why))?;
    let mut providers = Vec::new();
    for name in PROVIDERS {
        let provider: Provider = read(name)
            .and_then(|text| parse(&text))
            .map_err(|why| named(name, why))?;
        check::provider(name, &provider, &families).map_err(|why| named(name, why))?;
        providers.push(provider);
    }
    emit::tables(&Catalog {
        families,
        providers,
    })
}

fn parse<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, String> {
    toml::from_str(text).map_err(|error| error.to_string())
}
