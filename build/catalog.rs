//! Reads the catalogue, refuses what is wrong in it, writes Rust.
//!
//! Also compiled into `tests/core/catalog.rs`, which shows that each kind of mistake is refused.

use serde::{Deserialize, de::DeserializeOwned};
use std::collections::BTreeMap;
use std::fmt::Write;

/// The Rust source of the tables for a catalogue in TOML, or why it was refused.
pub(crate) fn compile(toml: &str) -> Result<String, String> {
    let catalog: Catalog = toml::from_str(toml).map_err(|error| error.to_string())?;
    catalog.check()?;
    Ok(catalog.emit())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Catalog {
    endpoint: String,
    sources: BTreeMap<String, Source>,
    rules: BTreeMap<String, Rules>,
    models: Vec<Model>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    what: String,
    url: String,
    checked: String,
}

/// A value that says where it was read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, bound = "T: DeserializeOwned")]
struct Figure<T> {
    value: T,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rules {
    published: Published,
    processor: Processor,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Published {
    tile_px: Figure<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Processor {
    patch_px: Figure<u64>,
    merge: Figure<u64>,
    max_patches_per_image: Figure<u64>,
    max_patches_per_side: Figure<u64>,
    max_patches_per_frame: Figure<u64>,
    sample_fps: Figure<u64>,
    frames_per_chunk: Figure<u64>,
    markers_per_image: Figure<u64>,
    markers_per_chunk: Figure<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Model {
    id: String,
    name: String,
    rules: String,
    vision: Figure<bool>,
    context_tokens: Option<Figure<u64>>,
    formats: Figure<Vec<String>>,
    price: Price,
    limits: Limits,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Price {
    input: Option<Figure<String>>,
    cached_input: Option<Figure<String>>,
    output: Option<Figure<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Limits {
    max_images: Option<Figure<u64>>,
    max_videos: Option<Figure<u64>>,
    max_media_bytes: Option<Figure<u64>>,
    max_image_bytes: Option<Figure<u64>>,
    max_body_bytes: Option<Figure<u64>>,
}

/// The names of the formats, and their variants.
macro_rules! formats {
    ($($variant:ident $name:literal $kind:ident $mime:literal [$($extension:literal),+],)+) => {
        const FORMATS: &[(&str, &str)] = &[$(($name, stringify!($variant))),+];
    };
}

include!("../src/media/formats.rs");

impl Catalog {
    fn check(&self) -> Result<(), String> {
        if !self.endpoint.starts_with("https://") {
            return Err(format!("endpoint {:?} is not https", self.endpoint));
        }
        for (key, source) in &self.sources {
            source
                .check()
                .map_err(|why| format!("sources.{key}: {why}"))?;
        }
        for (key, rules) in &self.rules {
            for (what, figure) in rules.figures() {
                self.check_source(&format!("rules.{key}.{what}"), &figure.source)?;
                if figure.value == 0 {
                    return Err(format!("rules.{key}.{what} is zero"));
                }
            }
        }
        for model in &self.models {
            let id = &model.id;
            if self.models.iter().filter(|other| other.id == *id).count() > 1 {
                return Err(format!("model {id} stands there twice"));
            }
            if !self.rules.contains_key(&model.rules) {
                return Err(format!("{id}: rules {:?} are not defined", model.rules));
            }
            for (what, source) in model.figure_sources() {
                self.check_source(&format!("{id}: {what}"), source)?;
            }
            for (what, price) in known(model.price.figures()) {
                picodollars_per_token(&price.value)
                    .map_err(|why| format!("{id}: price.{what} {:?} {why}", price.value))?;
            }
            for format in &model.formats.value {
                format_variant(format).ok_or(format!("{id}: format {format:?} is not known"))?;
            }
        }
        Ok(())
    }

    fn check_source(&self, what: &str, source: &str) -> Result<(), String> {
        if self.sources.contains_key(source) {
            return Ok(());
        }
        Err(format!(
            "{what} names the source {source:?}, which is not defined"
        ))
    }

    fn emit(&self) -> String {
        let mut out = String::new();
        let _ = writeln!(out, "/// Base URL of the endpoint.");
        let _ = writeln!(out, "pub const BASE_URL: &str = {:?};", self.endpoint);
        let _ = writeln!(out, "pub(crate) static MODELS: &[Model] = &[");
        for model in &self.models {
            self.emit_model(&mut out, model);
        }
        let _ = writeln!(out, "];");
        out
    }

    fn emit_model(&self, out: &mut String, model: &Model) {
        let formats: Vec<_> = model
            .formats
            .value
            .iter()
            .filter_map(|name| format_variant(name))
            .collect();
        let context_tokens = model.context_tokens.as_ref().map(|figure| figure.value);
        let _ = write!(
            out,
            "Model {{ id: Cow::Borrowed({:?}), name: Cow::Borrowed({:?}), vision: {}, context_tokens: {context_tokens:?}, price: Prices {{",
            model.id, model.name, model.vision.value
        );
        for (what, figure) in model.price.figures() {
            let pico = figure.and_then(|figure| picodollars_per_token(&figure.value).ok());
            let price = pico.map(|pico| format!("Price::from_picodollars_per_token({pico})"));
            let _ = match price {
                Some(price) => write!(out, "{what}: Some({price}), "),
                None => write!(out, "{what}: None, "),
            };
        }
        let _ = write!(out, "}}, limits: Limits {{");
        for (what, figure) in model.limits.figures() {
            let _ = write!(out, "{what}: {:?}, ", figure.map(|figure| figure.value));
        }
        let _ = write!(out, "}}, formats: Cow::Borrowed(&[");
        for variant in formats {
            let _ = write!(out, "Format::{variant}, ");
        }
        let _ = write!(out, "]), rules: Some(Rules {{");
        if let Some(rules) = self.rules.get(&model.rules) {
            let _ = write!(
                out,
                "published: Published {{ tile_px: {} }}, processor: Processor {{",
                rules.published.tile_px.value
            );
            for (what, figure) in rules.processor.figures() {
                let _ = write!(out, "{what}: {}, ", figure.value);
            }
        }
        let _ = write!(out, "}} }}), listed: None, sources: Cow::Borrowed(&[");
        for (what, source) in model.figure_sources() {
            self.emit_source(out, &what, source);
        }
        if let Some(rules) = self.rules.get(&model.rules) {
            for (what, figure) in rules.figures() {
                self.emit_source(out, &format!("rules.{what}"), &figure.source);
            }
        }
        let _ = writeln!(out, "]) }},");
    }

    fn emit_source(&self, out: &mut String, what: &str, source: &str) {
        if let Some(Source { url, checked, .. }) = self.sources.get(source) {
            let what = camel_case(what);
            let _ = write!(
                out,
                "Source {{ what: Cow::Borrowed({what:?}), url: Cow::Borrowed({url:?}), checked: Cow::Borrowed({checked:?}) }}, "
            );
        }
    }
}

impl Source {
    fn check(&self) -> Result<(), String> {
        if self.what.trim().is_empty() {
            return Err("says nothing about what it is".into());
        }
        if !self.url.starts_with("https://") {
            return Err(format!("url {:?} is not https", self.url));
        }
        if !is_day(&self.checked) {
            return Err(format!(
                "checked {:?} is not a day like 2026-11-23",
                self.checked
            ));
        }
        Ok(())
    }
}

impl Rules {
    fn figures(&self) -> Vec<(String, &Figure<u64>)> {
        let processor = self.processor.figures().into_iter();
        std::iter::once(("published.tile_px".to_owned(), &self.published.tile_px))
            .chain(processor.map(|(what, figure)| (format!("processor.{what}"), figure)))
            .collect()
    }
}

impl Processor {
    fn figures(&self) -> [(&'static str, &Figure<u64>); 9] {
        [
            ("patch_px", &self.patch_px),
            ("merge", &self.merge),
            ("max_patches_per_image", &self.max_patches_per_image),
            ("max_patches_per_side", &self.max_patches_per_side),
            ("max_patches_per_frame", &self.max_patches_per_frame),
            ("sample_fps", &self.sample_fps),
            ("frames_per_chunk", &self.frames_per_chunk),
            ("markers_per_image", &self.markers_per_image),
            ("markers_per_chunk", &self.markers_per_chunk),
        ]
    }
}

impl Model {
    fn figure_sources(&self) -> Vec<(String, &str)> {
        let context_tokens = self.context_tokens.as_ref();
        let single = [
            ("vision".to_owned(), self.vision.source.as_str()),
            ("formats".to_owned(), self.formats.source.as_str()),
        ];
        let context =
            context_tokens.map(|figure| ("context_tokens".to_owned(), figure.source.as_str()));
        let prices = known(self.price.figures())
            .map(|(what, figure)| (format!("price.{what}"), figure.source.as_str()));
        let limits = known(self.limits.figures())
            .map(|(what, figure)| (format!("limits.{what}"), figure.source.as_str()));
        single
            .into_iter()
            .chain(context)
            .chain(prices)
            .chain(limits)
            .collect()
    }
}

impl Price {
    fn figures(&self) -> [(&'static str, Option<&Figure<String>>); 3] {
        [
            ("input", self.input.as_ref()),
            ("cached_input", self.cached_input.as_ref()),
            ("output", self.output.as_ref()),
        ]
    }
}

impl Limits {
    fn figures(&self) -> [(&'static str, Option<&Figure<u64>>); 5] {
        [
            ("max_images", self.max_images.as_ref()),
            ("max_videos", self.max_videos.as_ref()),
            ("max_media_bytes", self.max_media_bytes.as_ref()),
            ("max_image_bytes", self.max_image_bytes.as_ref()),
            ("max_body_bytes", self.max_body_bytes.as_ref()),
        ]
    }
}

/// The figures that the catalogue gives.
fn known<'a, T, const N: usize>(
    figures: [(&'static str, Option<&'a Figure<T>>); N],
) -> impl Iterator<Item = (&'static str, &'a Figure<T>)> {
    figures
        .into_iter()
        .filter_map(|(what, figure)| Some((what, figure?)))
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

fn format_variant(name: &str) -> Option<&'static str> {
    FORMATS
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, variant)| *variant)
}

/// Dollars for a million tokens are micro-dollars for one: six decimals down are picodollars.
fn picodollars_per_token(usd_per_million: &str) -> Result<u64, &'static str> {
    if usd_per_million.starts_with('-') {
        return Err("is negative");
    }
    let (whole, fraction) = usd_per_million
        .split_once('.')
        .unwrap_or((usd_per_million, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) {
        return Err("is not a decimal number");
    }
    if fraction.len() > 6 {
        return Err("has more than six decimals");
    }
    format!("{whole}{fraction:0<6}")
        .parse()
        .map_err(|_| "is too large")
}

fn is_day(text: &str) -> bool {
    let parts: Vec<_> = text.split('-').collect();
    let number = |part: &&str, length: usize| {
        (part.len() == length)
            .then(|| part.parse::<u32>().ok())
            .flatten()
    };
    let [year, month, day] = parts.as_slice() else {
        return false;
    };
    number(year, 4).is_some_and(|year| year >= 2020)
        && number(month, 2).is_some_and(|month| (1..=12).contains(&month))
        && number(day, 2).is_some_and(|day| (1..=31).contains(&day))
}
