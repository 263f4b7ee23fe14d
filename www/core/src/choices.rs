//! The models to choose from, as rows under their providers: those known offline, or the endpoint's own list over them.

use crate::answer::certainty;
use crate::comparison::{Candidate, Measure};
use crate::day::in_words;
use crate::model_key::key;
use tilewise::catalog::{self, Model, Status};
use tilewise::estimate::Volume;

/// A model as a choice.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// What it is chosen by: see [`key`].
    pub key: String,
    /// For people; the identifier where nothing else is known.
    pub name: String,
    /// How sure its count is; empty for a model that is not known.
    pub certainty: &'static str,
    /// When it ends or has ended; `None` while it is current.
    pub end: Option<String>,
    /// The name of the model that replaces it.
    pub replacement: Option<String>,
    /// Whether it has ended: it stands behind those that have not.
    pub is_over: bool,
    /// Dollars for a million tokens: `$0.60 in · $2.50 out`.
    pub prices: Option<String>,
}

/// The choices under one heading.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    pub heading: String,
    pub choices: Vec<Choice>,
}

/// Headings of what no provider's list has.
const OTHERS: &str = "Others";
const NOT_LISTED: &str = "Not listed by the endpoint";
pub const NOT_KNOWN: &str = "Not in the catalogue";

/// All models, and the chosen one even where no list has it. Headings stand in the order of the lists, and under each the
/// models that have ended come last.
pub fn groups(listed: Option<&[Model]>, chosen: &str) -> Vec<Group> {
    let models = listed.unwrap_or_else(|| catalog::models());
    let mut groups: Vec<Group> = Vec::new();
    let mut add = |heading: String, choice: Choice| match groups
        .iter_mut()
        .find(|group| group.heading == heading)
    {
        Some(group) => group.choices.push(choice),
        None => groups.push(Group {
            heading,
            choices: vec![choice],
        }),
    };
    for model in models {
        add(heading(model), Choice::new(model));
    }
    if models.iter().all(|model| key(model) != chosen) {
        let heading = if listed.is_some() {
            NOT_LISTED
        } else {
            NOT_KNOWN
        };
        add(heading.to_owned(), Choice::unknown(chosen));
    }
    for group in &mut groups {
        group.choices.sort_by_key(|choice| choice.is_over);
    }
    groups
}

/// The name of a model with that of who offers it, where that is known: several providers have the same model.
pub fn named(name: &str, provider: &str) -> String {
    if provider.is_empty() {
        name.to_owned()
    } else {
        format!("{name} · {provider}")
    }
}

/// A model's own name with that of its provider.
pub fn full_name(model: &Model) -> String {
    let provider = catalog::provider(&model.provider);
    named(&model.name, provider.map_or("", |provider| provider.name))
}

/// Who offers a model: a provider, or the endpoint that was asked for its list.
pub fn heading(model: &Model) -> String {
    let heading = match model.listed {
        None => catalog::provider(&model.provider).map_or(OTHERS, |provider| provider.name),
        Some(false) => NOT_LISTED,
        Some(true) if model.takes_images == Some(false) => "Listed, for text only",
        Some(true) => "Listed by the endpoint",
    };
    heading.to_owned()
}

impl Group {
    /// Those of its choices that are looked for: all words stand in their texts.
    pub fn matching(&self, query: &str) -> impl Iterator<Item = &Choice> {
        let words: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
        self.choices.iter().filter(move |choice| {
            let name = choice.name.to_lowercase();
            let key = choice.key.to_lowercase();
            let heading = self.heading.to_lowercase();
            let mut words = words.iter();
            words.all(|word| [&name, &key, &heading].iter().any(|it| it.contains(word)))
        })
    }
}

impl Choice {
    pub fn new(model: &Model) -> Self {
        let day = in_words(model.retired_on.as_deref().unwrap_or_default());
        let end = match model.status {
            Status::Current => None,
            Status::Retiring => Some(format!("ends {day}")),
            // The endpoint knows better.
            Status::Retired if model.listed == Some(true) => None,
            Status::Retired => Some(format!("switched off {day}")),
        };
        let replacement = model.replacement.as_deref().filter(|_| end.is_some());
        let name_of = |id: &str| {
            let known = catalog::find_at(&model.provider, id).or_else(|| catalog::find(id));
            known.map_or_else(|| id.to_owned(), |known| known.name.to_string())
        };
        let price = |price: Option<_>, what: &str| Some(format!("{} {what}", price?));
        let prices = [
            price(model.price.input, "in"),
            price(model.price.output, "out"),
        ];
        let prices = prices.into_iter().flatten().collect::<Vec<_>>().join(" · ");
        Self {
            key: key(model),
            name: model.name.to_string(),
            certainty: certainty(model.certainty),
            is_over: end.is_some() && model.status == Status::Retired,
            replacement: replacement.map(name_of),
            end,
            prices: Some(prices).filter(|prices| !prices.is_empty()),
        }
    }

    /// One of which nothing is known but its identifier.
    pub fn unknown(key: &str) -> Self {
        Self {
            key: key.to_owned(),
            name: key.to_owned(),
            certainty: "",
            end: None,
            replacement: None,
            is_over: false,
            prices: None,
        }
    }

    /// What one should know before choosing it, besides its cost.
    pub fn remark(&self, figure: Option<&Candidate>) -> String {
        let replaced = self.replacement.as_ref();
        let parts = [
            self.end.clone(),
            replaced.map(|name| format!("{name} replaces it")),
            figure
                .filter(|figure| figure.is_refused() && !self.is_over)
                .map(|_| "would be refused".to_owned()),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }

    /// What a request costs under it, or without a request its prices.
    pub fn cost(&self, figure: Option<&Candidate>) -> String {
        let unknown = || "price not known".to_owned();
        match figure {
            None => self.prices.clone().unwrap_or_else(unknown),
            Some(figure) if !figure.is_whole => "count not known".to_owned(),
            Some(figure) if figure.answer.high.usd.is_none() => unknown(),
            Some(figure) => figure.text(Measure::Request, Volume::default()),
        }
    }
}
