//! The tables that the build writes, unfolded when they are first asked for.
//!
//! Models are lines of text, and what many of them share stands there once, and is named by its place. A wasm module is
//! smaller by three quarters than with the models written out as structures.

use super::{Certainty, Limits, Model, Native, Parameter, PriceTier, Provider, Source, Status};
use crate::media::Format;
use crate::price::Prices;
use crate::rule::{Detail, Published, Rule};
use crate::units::Price;
use std::borrow::Cow;
use std::sync::LazyLock;

include!(concat!(env!("OUT_DIR"), "/catalog.rs"));

static MODELS: LazyLock<Vec<Model>> = LazyLock::new(unfolded);

/// For each entry of [`CITATIONS`].
static CITED: LazyLock<Vec<Vec<Source>>> = LazyLock::new(all_cited);

pub(super) fn models() -> &'static [Model] {
    &MODELS
}

pub(super) fn providers() -> &'static [Provider] {
    PROVIDERS
}

impl Provider {
    /// Where its figures were read.
    pub fn sources(&self) -> &'static [Source] {
        cited(u64::from(self.citations))
    }
}

fn unfolded() -> Vec<Model> {
    let limits = Cells::all(LIMITS, b'\n');
    let notes = Cells::all(NOTES, b'\n');
    let mut models = Vec::new();
    for provider in PROVIDERS {
        let mut lines = Cells(provider.models);
        while let Some(line) = lines.next(b'\n') {
            models.push(model(Cells(line), provider, &limits, &notes));
        }
    }
    models
}

/// Cells in the order in which the build writes them (`Tables::row` in `build/catalog/emit.rs`).
fn model(
    mut row: Cells,
    provider: &Provider,
    limits: &[&'static str],
    notes: &[&'static str],
) -> Model {
    let id = row.text();
    let name = row.text();
    let mut traits = row.text().bytes();
    let mut letter = || traits.next().unwrap_or_default();
    let takes_images = flag(letter());
    let takes_videos = flag(letter());
    let [certainty, limits_certainty] = [certainty(letter()), certainty(letter())];
    let status = status(letter());
    let counted_by = rules(letter(), letter());
    let family = row.optional();
    let parameters = parameters(Cells(row.text()));
    let published_tile_px = row.number(b'\t');
    let context_tokens = row.number(b'\t');
    let price = prices(&mut Cells(row.text()));
    let price_tiers = tiers(Cells(row.text()));
    let retired_on = row.optional();
    let replacement = row.optional();
    let formats = row.entry(FORMATS).unwrap_or_default();
    let limits = row.entry(limits).unwrap_or_default();
    let details = row.entry(DETAILS).or(provider.details);
    let mut notes_of = Vec::new();
    let mut places = Cells(row.text());
    while let Some(note) = places.entry_before(b' ', notes) {
        notes_of.push(Cow::Borrowed(note));
    }
    let mut sources = Vec::new();
    while let Some(place) = row.number(b'\t') {
        sources.extend_from_slice(cited(place));
    }
    Model {
        provider: Cow::Borrowed(provider.id),
        id: Cow::Borrowed(id),
        name: Cow::Borrowed(name),
        family: family.map(Cow::Borrowed),
        parameters: Cow::Owned(parameters),
        base_url: provider.base_url.map(Cow::Borrowed),
        vision: takes_images == Some(true),
        takes_images,
        takes_videos,
        status,
        retired_on: retired_on.map(Cow::Borrowed),
        replacement: replacement.map(Cow::Borrowed),
        counted_by: Cow::Borrowed(counted_by),
        certainty,
        context_tokens,
        price,
        price_tiers: Cow::Owned(price_tiers),
        limits: limits_of(Cells(limits)),
        limits_certainty,
        formats: Cow::Borrowed(formats),
        details,
        published: published_tile_px.map(|tile_px| Published { tile_px }),
        notes: Cow::Owned(notes_of),
        listed: None,
        sources: Cow::Owned(sources),
    }
}

fn flag(letter: u8) -> Option<bool> {
    match letter {
        b'y' => Some(true),
        b'n' => Some(false),
        _ => None,
    }
}

fn certainty(letter: u8) -> Certainty {
    match letter {
        b'e' => Certainty::Exact,
        b'd' => Certainty::Documented,
        b'a' => Certainty::Assumed,
        _ => Certainty::Unknown,
    }
}

fn status(letter: u8) -> Status {
    match letter {
        b'r' => Status::Retired,
        b'g' => Status::Retiring,
        _ => Status::Current,
    }
}

fn rules(first: u8, second: u8) -> &'static [Rule] {
    match [first, second] {
        [b'b', b'p'] => &[Rule::Published, Rule::Processor],
        [b'p', b'b'] => &[Rule::Processor, Rule::Published],
        [b'b', _] => &[Rule::Published],
        [b'p', _] => &[Rule::Processor],
        _ => &[],
    }
}

/// A name and a number in turn.
fn parameters(mut cells: Cells) -> Vec<Parameter> {
    let mut parameters = Vec::new();
    while let (Some(name), Some(value)) = (cells.next(b' '), cells.number(b' ')) {
        parameters.push(Parameter {
            name: Cow::Borrowed(name),
            value,
        });
    }
    parameters
}

fn tiers(mut cells: Cells) -> Vec<PriceTier> {
    let mut tiers = Vec::new();
    while let Some(above_input_tokens) = cells.number(b' ') {
        let prices = prices(&mut cells);
        if let (Some(input), Some(output)) = (prices.input, prices.output) {
            tiers.push(PriceTier {
                above_input_tokens,
                input,
                cached_input: prices.cached_input,
                output,
            });
        }
    }
    tiers
}

fn prices(picodollars: &mut Cells) -> Prices {
    let mut next = || {
        let picodollars = picodollars.number(b' ')?;
        Some(Price::from_picodollars_per_token(picodollars))
    };
    Prices {
        input: next(),
        cached_input: next(),
        output: next(),
    }
}

fn limits_of(mut cells: Cells) -> Limits {
    let mut next = || cells.number(b' ');
    Limits {
        max_images: next(),
        max_videos: next(),
        max_media_bytes: next(),
        max_image_bytes: next(),
        max_body_bytes: next(),
        max_image_base64_bytes: next(),
        max_image_side: next(),
        max_image_side_of_many: next(),
        few_images: next(),
        max_image_patches: next(),
    }
}

fn cited(place: u64) -> &'static [Source] {
    let place = usize::try_from(place).unwrap_or(usize::MAX);
    CITED.get(place).map_or(&[], Vec::as_slice)
}

/// Citations are pairs of places: a figure, and where it was read.
fn all_cited() -> Vec<Vec<Source>> {
    let figures = Cells::all(FIGURES, b'\n');
    let sources = Cells::all(SOURCES, b'\n');
    let mut all = Vec::new();
    for pairs in CITATIONS {
        let mut cited = Vec::new();
        for pair in pairs.chunks_exact(2) {
            let [figure, source] = pair else { continue };
            let figure = figures.get(usize::from(*figure));
            let source = sources.get(usize::from(*source));
            if let (Some(figure), Some(source)) = (figure, source) {
                let mut source = Cells(source);
                cited.push(Source {
                    what: Cow::Borrowed(figure),
                    checked: Cow::Borrowed(source.next(b' ').unwrap_or_default()),
                    url: Cow::Borrowed(source.0),
                });
            }
        }
        all.push(cited);
    }
    all
}

/// Text that is cut at marks. By bytes, since a search for characters takes more code than all of this.
#[derive(Clone, Copy)]
struct Cells(&'static str);

impl Cells {
    fn all(text: &'static str, mark: u8) -> Vec<&'static str> {
        let mut cells = Self(text);
        let mut all = Vec::new();
        while let Some(cell) = cells.next(mark) {
            all.push(cell);
        }
        all
    }

    /// What stands before the next mark, or before the end; `None` behind the end.
    fn next(&mut self, mark: u8) -> Option<&'static str> {
        if self.0.is_empty() {
            return None;
        }
        let length = self.0.bytes().take_while(|byte| *byte != mark).count();
        let cell = self.0.get(..length)?;
        self.0 = self.0.get(length + 1..).unwrap_or_default();
        Some(cell)
    }

    fn text(&mut self) -> &'static str {
        self.next(b'\t').unwrap_or_default()
    }

    fn optional(&mut self) -> Option<&'static str> {
        self.next(b'\t').filter(|text| !text.is_empty())
    }

    fn number(&mut self, mark: u8) -> Option<u64> {
        self.next(mark)?.parse().ok()
    }

    /// The entry of a table whose place is in the next cell.
    fn entry<T: Copy>(&mut self, table: &[T]) -> Option<T> {
        self.entry_before(b'\t', table)
    }

    fn entry_before<T: Copy>(&mut self, mark: u8, table: &[T]) -> Option<T> {
        let place = self.number(mark)?;
        table.get(usize::try_from(place).ok()?).copied()
    }
}
