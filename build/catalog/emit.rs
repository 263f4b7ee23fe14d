//! Writes the tables as Rust.

use super::Catalog;
use super::figure::{Figure, picodollars_per_token};
use super::schema::{Model, Provider, known};
use std::fmt::Write;

/// The names of the formats, and their variants.
macro_rules! formats {
    ($($variant:ident $name:literal $kind:ident $mime:literal [$($extension:literal),+],)+) => {
        const FORMATS: &[(&str, &str)] = &[$(($name, stringify!($variant))),+];
    };
}

include!("../../src/media/formats.rs");

/// The variant of `Format` that a format of the catalogue is.
pub(super) fn format_variant(name: &str) -> Option<&'static str> {
    FORMATS
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, variant)| *variant)
}

/// For now the models that have both of Kimi's rules, which are all that the crate counts by.
pub(super) fn tables(catalog: &Catalog) -> String {
    let mut out = String::new();
    let first = catalog.providers.first();
    let base_url = first
        .and_then(|provider| provider.endpoint.as_ref())
        .and_then(|endpoint| endpoint.base_url.as_ref())
        .map_or("", |url| url.value.as_str());
    let _ = writeln!(out, "/// Base URL of the endpoint.");
    let _ = writeln!(out, "pub const BASE_URL: &str = {base_url:?};");
    let _ = writeln!(out, "pub(crate) static MODELS: &[Model] = &[");
    for provider in &catalog.providers {
        for model in &provider.models {
            emit_model(&mut out, catalog, provider, model);
        }
    }
    let _ = writeln!(out, "];");
    out
}

fn emit_model(out: &mut String, catalog: &Catalog, provider: &Provider, model: &Model) {
    let (Some(published), Some(family)) = (
        model
            .published
            .as_ref()
            .and_then(|name| provider.published.get(name)),
        model
            .family
            .as_ref()
            .and_then(|name| catalog.families.families.get(&name.value)),
    ) else {
        return;
    };
    let context_tokens = model.context_tokens.as_ref().map(|figure| figure.value);
    let takes_images = model
        .takes_images
        .as_ref()
        .is_some_and(|figure| figure.value);
    let _ = write!(
        out,
        "Model {{ id: Cow::Borrowed({:?}), name: Cow::Borrowed({:?}), vision: {takes_images}, context_tokens: {context_tokens:?}, price: Prices {{",
        model.id, model.name
    );
    let mut sources = Vec::new();
    let mut cite = |what: String, source: &str, shared: bool| {
        let of = if shared {
            &catalog.families.sources
        } else {
            &provider.sources
        };
        if let Some(source) = of.get(source) {
            sources.push((camel_case(&what), source));
        }
    };
    for (what, figure) in model.price.figures() {
        let pico = figure.and_then(|figure| picodollars_per_token(&figure.value).ok());
        let price = pico.map(|pico| format!("Price::from_picodollars_per_token({pico})"));
        let _ = match price {
            Some(price) => write!(out, "{what}: Some({price}), "),
            None => write!(out, "{what}: None, "),
        };
    }
    let _ = write!(out, "}}, limits: Limits {{");
    let limits = model
        .limits
        .as_ref()
        .and_then(|name| provider.limits.get(name));
    for (what, figure) in limits.iter().flat_map(|limits| limits.figures()).take(5) {
        let _ = write!(out, "{what}: {:?}, ", figure.map(|figure| figure.value));
    }
    let _ = write!(out, "}}, formats: Cow::Borrowed(&[");
    let formats = model
        .formats
        .as_ref()
        .and_then(|name| provider.formats.get(name));
    for format in formats.iter().flat_map(|formats| &formats.value) {
        let _ = write!(
            out,
            "Format::{}, ",
            format_variant(format).unwrap_or_default()
        );
    }
    let _ = write!(
        out,
        "]), rules: Some(Rules {{ published: Published {{ tile_px: {} }}, processor: Processor {{",
        published.tile_px.value
    );
    for (what, figure) in &family.parameters {
        let _ = write!(out, "{what}: {}, ", figure.value);
    }
    let _ = write!(out, "}} }}), listed: None, sources: Cow::Borrowed(&[");

    let single = |what: &str, source: Option<&str>, cite: &mut dyn FnMut(String, &str, bool)| {
        if let Some(source) = source {
            cite(what.to_owned(), source, false);
        }
    };
    let source_of = |figure: &Option<Figure<bool>>| figure.as_ref().map(|it| it.source.clone());
    single(
        "vision",
        source_of(&model.takes_images).as_deref(),
        &mut cite,
    );
    single(
        "formats",
        formats.map(|formats| formats.source.as_str()),
        &mut cite,
    );
    single(
        "context_tokens",
        model
            .context_tokens
            .as_ref()
            .map(|figure| figure.source.as_str()),
        &mut cite,
    );
    for (what, figure) in known(model.price.figures()) {
        cite(format!("price.{what}"), &figure.source, false);
    }
    for (what, figure) in limits.iter().flat_map(|limits| known(limits.figures())) {
        cite(format!("limits.{what}"), &figure.source, false);
    }
    cite(
        "rules.published.tile_px".into(),
        &published.tile_px.source,
        false,
    );
    for (what, figure) in &family.parameters {
        cite(format!("rules.processor.{what}"), &figure.source, true);
    }
    for (what, source) in sources {
        let _ = write!(
            out,
            "Source {{ what: Cow::Borrowed({what:?}), url: Cow::Borrowed({:?}), checked: Cow::Borrowed({:?}) }}, ",
            source.url, source.checked
        );
    }
    let _ = writeln!(out, "]) }},");
}

/// A figure's name as JavaScript reads it, so that it is the path of the figure in its model.
fn camel_case(name: &str) -> String {
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| {
        let (head, tail) = part.split_at(part.len().min(1));
        name + &head.to_uppercase() + tail
    })
}
