//! Writes the tables as Rust.
//!
//! Models are lines of text, and what many of them share is written once and named by its place: sources, lists of formats,
//! limits. A wasm module carries all of it, so each byte counts: as structures, most of it would be addresses and zeros.

use super::figure::{Figure, Source, picodollars_per_token};
use super::schema::{
    Certainty, Endpoint, Families, Limits, Model, Price, Provider, Rule, Status, known,
};
use super::{Catalog, PROVIDERS};
use std::collections::BTreeMap;
use std::fmt::{Display, Write};

/// The names of the formats, and their variants.
macro_rules! formats {
    ($($variant:ident $name:literal $mime:literal [$($extension:literal),+],)+) => {
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

/// The tables that `src/catalog/table.rs` reads.
pub(super) fn tables(catalog: &Catalog) -> Result<String, String> {
    let mut tables = Tables::default();
    // Places 0: no format, no limit, no note.
    tables.formats.place(format_list(&[]));
    tables.limits.place(limits(None));
    let mut providers = String::new();
    for (id, provider) in PROVIDERS.iter().zip(&catalog.providers) {
        let mut rows = String::new();
        for model in &provider.models {
            rows += &tables.row(provider, model, &catalog.families);
        }
        providers += &tables.provider(id, provider, &rows);
    }
    if tables.figures.places.len().max(tables.sources.places.len()) > PLACES_OF_A_BYTE {
        return Err("the places of figures and sources no longer fit in a byte".into());
    }
    let mut out = String::new();
    let base_url = catalog
        .providers
        .first()
        .and_then(base_url)
        .unwrap_or_default();
    let _ = writeln!(out, "/// Base URL of Baseten's endpoint.");
    let _ = writeln!(out, "pub const BASE_URL: &str = {base_url:?};");
    let _ = writeln!(out, "static PROVIDERS: &[Provider] = &[{providers}];");
    for (name, of, table) in [
        ("CITATIONS", "&[u8]", &tables.citations),
        ("FORMATS", "&[Format]", &tables.formats),
        ("DETAILS", "&[Detail]", &tables.details),
    ] {
        let entries = table.in_order().join(",\n");
        let _ = writeln!(out, "static {name}: &[{of}] = &[{entries}];");
    }
    for (name, table) in [
        ("SOURCES", &tables.sources),
        ("FIGURES", &tables.figures),
        ("LIMITS", &tables.limits),
        ("NOTES", &tables.notes),
    ] {
        let entries = table.in_order().join("\n");
        let _ = writeln!(out, "static {name}: &str = {entries:?};");
    }
    Ok(out)
}

const PLACES_OF_A_BYTE: usize = 256;

/// What is written once.
#[derive(Default)]
struct Tables {
    /// Address and day.
    sources: Table,
    /// The names of figures, as paths in their model.
    figures: Table,
    /// Pairs of places: a figure, and where it was read.
    citations: Table,
    formats: Table,
    details: Table,
    limits: Table,
    notes: Table,
}

/// Entries, each once.
#[derive(Default)]
struct Table {
    places: BTreeMap<String, usize>,
}

impl Table {
    /// The place of an entry, which is added where it is new.
    fn place(&mut self, entry: String) -> usize {
        let next = self.places.len();
        *self.places.entry(entry).or_insert(next)
    }

    fn in_order(&self) -> Vec<&str> {
        let mut entries: Vec<_> = self.places.iter().collect();
        entries.sort_by_key(|(_, place)| **place);
        entries
            .into_iter()
            .map(|(entry, _)| entry.as_str())
            .collect()
    }
}

/// Which figures were read where, in the sources of one file.
type Cited<'a> = Vec<(String, &'a Source)>;

impl Tables {
    fn provider(&mut self, id: &str, provider: &Provider, rows: &str) -> String {
        let mut row = format!("Provider {{ id: {id:?}, name: {:?}, ", provider.name);
        let endpoint = provider.endpoint.as_ref();
        let text = |get: fn(&Endpoint) -> Option<&Figure<String>>| {
            optional(
                endpoint
                    .and_then(get)
                    .map(|figure| format!("{:?}", figure.value)),
            )
        };
        let browser = endpoint.and_then(|endpoint| endpoint.browser.as_ref());
        let details = endpoint.and_then(|endpoint| endpoint.detail.as_ref());
        let native = endpoint.and_then(|endpoint| endpoint.native.as_ref());
        let native = native.map(|native| {
            format!(
                "Native {{ protocol: {:?}, base_url: {:?}, key_header: {:?} }}",
                native.protocol.value, native.base_url.value, native.key_header.value
            )
        });
        let mut field = |name: &str, value: String| {
            let _ = write!(row, "{name}: {value}, ");
        };
        field("base_url", text(|it| it.base_url.as_ref()));
        field("output_bound", text(|it| it.output_bound.as_ref()));
        field("key_header", text(|it| it.key_header.as_ref()));
        field("key_variable", text(|it| it.key_variable.as_ref()));
        field("browser", optional(browser.map(|figure| figure.value)));
        field("browser_header", text(|it| it.browser_header.as_ref()));
        field("details", optional(details.map(detail_list)));
        field("native", optional(native));
        let cited = endpoint.map(|endpoint| cited_of_endpoint(endpoint, provider));
        let citations = self.cite(cited.unwrap_or_default());
        field("citations", citations.to_string());
        let _ = writeln!(row, "models: {rows:?} }},");
        row
    }

    /// A line with a tab between its cells: those of `Row` in `src/catalog/table.rs`, in that order.
    fn row(&mut self, provider: &Provider, model: &Model, families: &Families) -> String {
        let text = |figure: &Option<Figure<String>>| {
            let value = figure.as_ref().map(|figure| figure.value.clone());
            value.unwrap_or_default()
        };
        let published = model
            .published
            .as_ref()
            .and_then(|name| provider.published.get(name));
        let formats = model
            .formats
            .as_ref()
            .and_then(|name| provider.formats.get(name));
        let formats = formats.map_or(format_list(&[]), |formats| format_list(&formats.value));
        let of_model = model
            .limits
            .as_ref()
            .and_then(|name| provider.limits.get(name));
        let details = model.detail.as_ref().map(detail_list);
        let notes = notes(model, families).map(|note| self.notes.place(note.to_owned()));
        let notes = joined(notes, " ");
        let parameters = model.parameters.iter();
        let parameters = parameters.map(|(name, figure)| format!("{name} {}", figure.value));
        let cells = [
            model.id.clone(),
            model.name.clone(),
            traits(model),
            text(&model.family),
            joined(parameters, " "),
            number(published.map(|published| published.tile_px.value)),
            number(model.context_tokens.as_ref().map(|figure| figure.value)),
            joined(prices(&model.price), " "),
            joined(tiers(&model.price), " "),
            text(&model.retired_on),
            text(&model.replacement),
            self.formats.place(formats).to_string(),
            self.limits.place(limits(of_model)).to_string(),
            number(details.map(|details| self.details.place(details))),
            notes,
            self.cite(cited_of_model(model, provider)).to_string(),
            self.cite(cited_of_rules(model, provider, families))
                .to_string(),
        ];
        cells.join("\t") + "\n"
    }

    fn cite(&mut self, cited: Cited<'_>) -> usize {
        let mut pairs = String::new();
        for (figure, source) in cited {
            let figure = self.figures.place(camel_case(&figure));
            let source = self
                .sources
                .place(format!("{} {}", source.checked, source.url));
            let _ = write!(pairs, "\\x{figure:02x}\\x{source:02x}");
        }
        self.citations.place(format!("b\"{pairs}\""))
    }
}

fn cited_of_endpoint<'a>(endpoint: &'a Endpoint, provider: &'a Provider) -> Cited<'a> {
    let text = |figure: &'a Option<Figure<String>>| figure.as_ref().map(|it| it.source.as_str());
    let native = endpoint.native.as_ref();
    let figures = [
        ("base_url", text(&endpoint.base_url)),
        ("output_bound", text(&endpoint.output_bound)),
        ("key_header", text(&endpoint.key_header)),
        ("key_variable", text(&endpoint.key_variable)),
        (
            "browser",
            endpoint.browser.as_ref().map(|it| it.source.as_str()),
        ),
        ("browser_header", text(&endpoint.browser_header)),
        (
            "details",
            endpoint.detail.as_ref().map(|it| it.source.as_str()),
        ),
        (
            "native.protocol",
            native.map(|it| it.protocol.source.as_str()),
        ),
        (
            "native.base_url",
            native.map(|it| it.base_url.source.as_str()),
        ),
        (
            "native.key_header",
            native.map(|it| it.key_header.source.as_str()),
        ),
    ];
    let cited = figures
        .into_iter()
        .filter_map(|(figure, source)| Some((figure.to_owned(), provider.sources.get(source?)?)));
    cited.collect()
}

fn cited_of_model<'a>(model: &'a Model, provider: &'a Provider) -> Cited<'a> {
    let mut figures: Vec<(String, &str)> = Vec::new();
    let mut cite = |figure: &str, source: Option<&'a str>| {
        figures.extend(source.map(|source| (figure.to_owned(), source)));
    };
    let text = |figure: &'a Option<Figure<String>>| figure.as_ref().map(|it| it.source.as_str());
    let flag = |figure: &'a Option<Figure<bool>>| figure.as_ref().map(|it| it.source.as_str());
    let formats = model.formats.as_ref();
    let formats = formats.and_then(|name| provider.formats.get(name));
    let limits = model.limits.as_ref();
    let limits = limits.and_then(|name| provider.limits.get(name));
    let context_tokens = model.context_tokens.as_ref();
    let details = model.detail.as_ref();
    let tiers = model.price.tiers.first();
    cite("family", text(&model.family));
    // The older name of the same figure.
    cite("vision", flag(&model.takes_images));
    cite("takes_images", flag(&model.takes_images));
    cite("takes_videos", flag(&model.takes_videos));
    cite("formats", formats.map(|it| it.source.as_str()));
    cite(
        "context_tokens",
        context_tokens.map(|it| it.source.as_str()),
    );
    cite("retired_on", text(&model.retired_on));
    cite("replacement", text(&model.replacement));
    cite("details", details.map(|it| it.source.as_str()));
    for (what, figure) in known(model.price.figures()) {
        cite(&format!("price.{what}"), Some(&figure.source));
    }
    cite("price_tiers", tiers.map(|it| it.source.as_str()));
    for (what, figure) in limits
        .into_iter()
        .flat_map(|limits| known(limits.figures()))
    {
        cite(&format!("limits.{what}"), Some(&figure.source));
    }
    let cited = figures
        .into_iter()
        .filter_map(|(figure, source)| Some((figure, provider.sources.get(source)?)));
    cited.collect()
}

/// The parameters of the provider's rule, of the model's own, and of its family's.
fn cited_of_rules<'a>(
    model: &'a Model,
    provider: &'a Provider,
    families: &'a Families,
) -> Cited<'a> {
    let published = model.published.as_ref();
    let published = published.and_then(|name| provider.published.get(name));
    let published = published.map(|rule| ("rules.published.tile_px".to_owned(), &rule.tile_px));
    let path = |name: &str| format!("rules.{}.{name}", kind(model));
    let own = model.parameters.iter();
    let own = own.map(|(name, figure)| (path(name), figure));
    let of_provider = published
        .into_iter()
        .chain(own)
        .filter_map(|(what, figure)| Some((what, provider.sources.get(&figure.source)?)));
    let family = model.family.as_ref();
    let family = family.and_then(|family| families.families.get(&family.value));
    let parameters = family.into_iter().flat_map(|family| &family.parameters);
    let of_family = parameters
        .filter(|(name, _)| !model.parameters.contains_key(*name))
        .filter_map(|(name, figure)| Some((path(name), families.sources.get(&figure.source)?)));
    of_provider.chain(of_family).collect()
}

/// Which of the model's rules its family's is.
fn kind(model: &Model) -> &'static str {
    match model.rules.as_slice() {
        [Rule::Published] => "published",
        _ => "processor",
    }
}

/// What is to be said of the model, and then of its family.
fn notes<'a>(model: &'a Model, families: &'a Families) -> impl Iterator<Item = &'a str> {
    let family = model.family.as_ref();
    let family = family.and_then(|family| families.families.get(&family.value));
    let notes = [&model.note].into_iter().chain(family.map(|it| &it.note));
    notes.filter_map(|note| note.as_deref())
}

/// A letter each: images, videos, certainty, certainty of the limits, status, and the rules.
fn traits(model: &Model) -> String {
    let flag = |figure: &Option<Figure<bool>>| match figure.as_ref().map(|it| it.value) {
        Some(true) => 'y',
        Some(false) => 'n',
        None => '-',
    };
    let certainty = |certainty| match certainty {
        Some(Certainty::Exact) => 'e',
        Some(Certainty::Documented) => 'd',
        Some(Certainty::Assumed) => 'a',
        Some(Certainty::Unknown) | None => '-',
    };
    let status = match model.status {
        Status::Current => 'c',
        Status::Retiring => 'g',
        Status::Retired => 'r',
    };
    let rules = model.rules.iter().map(|rule| match rule {
        Rule::Published => 'b',
        Rule::Processor => 'p',
    });
    let traits = [
        flag(&model.takes_images),
        flag(&model.takes_videos),
        certainty(Some(model.certainty)),
        certainty(model.limits_certainty),
        status,
    ];
    traits.into_iter().chain(rules).collect()
}

fn base_url(provider: &Provider) -> Option<&str> {
    let url = provider.endpoint.as_ref()?.base_url.as_ref()?;
    Some(&url.value)
}

/// In picodollars for a token.
fn prices(price: &Price) -> impl Iterator<Item = String> {
    let figures = price.figures().into_iter();
    figures.map(|(_, figure)| number(figure.and_then(|figure| pico(&figure.value))))
}

fn tiers(price: &Price) -> impl Iterator<Item = String> {
    price.tiers.iter().map(|tier| {
        let cached = tier.cached_input.as_deref().and_then(pico);
        let cells = [
            Some(tier.above_input_tokens),
            pico(&tier.input),
            cached,
            pico(&tier.output),
        ];
        joined(cells.into_iter().map(number), " ")
    })
}

fn pico(usd_per_million: &str) -> Option<u64> {
    picodollars_per_token(usd_per_million).ok()
}

fn format_list(formats: &[String]) -> String {
    let variants = formats.iter().filter_map(|format| format_variant(format));
    list(variants.map(|variant| format!("Format::{variant}")))
}

fn detail_list(detail: &Figure<Vec<String>>) -> String {
    list(
        detail
            .value
            .iter()
            .map(|value| format!("Detail::{}", capital(value))),
    )
}

fn limits(limits: Option<&Limits>) -> String {
    let figures = limits.into_iter().flat_map(Limits::figures);
    joined(
        figures.map(|(_, figure)| number(figure.map(|figure| figure.value))),
        " ",
    )
}

/// Nothing where it is not known.
fn number(number: Option<impl Display>) -> String {
    number.map_or_else(String::new, |number| number.to_string())
}

fn optional(value: Option<impl Display>) -> String {
    value.map_or("None".into(), |value| format!("Some({value})"))
}

fn list(entries: impl Iterator<Item = String>) -> String {
    format!("&[{}]", joined(entries, ", "))
}

fn joined(entries: impl Iterator<Item = impl Display>, between: &str) -> String {
    let entries: Vec<_> = entries.map(|entry| entry.to_string()).collect();
    entries.join(between)
}

/// A figure's name as JavaScript reads it, so that it is the path of the figure in its model.
fn camel_case(name: &str) -> String {
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| name + &capital(part))
}

fn capital(word: &str) -> String {
    let (head, tail) = word.split_at(word.len().min(1));
    head.to_uppercase() + tail
}
