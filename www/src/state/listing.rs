//! The models to choose from: those known offline, or the endpoint's own list over them.

use tilewise::catalog::{self, Certainty, Model, Status};
use tilewise::error::Error;

/// An endpoint's list, and where it was asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Listing {
    pub(crate) phase: ListPhase,
    /// The base URL of the endpoint whose models these are: another endpoint has other prices.
    pub(crate) base_url: String,
    pub(crate) models: Option<Vec<Model>>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum ListPhase {
    #[default]
    Idle,
    Asking,
    Failed(Error),
}

/// A model as a choice.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Choice {
    /// What a choice is known by: see [`key`].
    pub(crate) key: String,
    /// For people, with what one should know before choosing it.
    pub(crate) label: String,
    /// The heading that it stands under.
    pub(crate) group: String,
}

/// A model's identifier, behind that of its provider where another provider comes first that has the same.
pub(crate) fn key(model: &Model) -> String {
    match catalog::find(&model.id) {
        Some(first) if first.provider != model.provider && model.listed.is_none() => {
            format!("{}:{}", model.provider, model.id)
        }
        _ => model.id.to_string(),
    }
}

/// The provider, where it must be named, and the identifier.
pub(crate) fn split(key: &str) -> (Option<&str>, &str) {
    let named = key.split_once(':');
    match named.filter(|(provider, id)| catalog::find_at(provider, id).is_some()) {
        Some((provider, id)) => (Some(provider), id),
        None => (None, key),
    }
}

impl Choice {
    fn new(model: &Model) -> Self {
        let end = model.retired_on.as_deref().unwrap_or_default();
        let life = match model.status {
            Status::Current => None,
            Status::Retiring => Some(format!("ends {end}")),
            Status::Retired if model.listed == Some(true) => None,
            Status::Retired => Some(format!("switched off {end}")),
        };
        let certainty = match model.certainty {
            Certainty::Exact | Certainty::Documented => None,
            Certainty::Assumed => Some("count assumed".to_owned()),
            Certainty::Unknown => Some("count not known".to_owned()),
        };
        let remarks: Vec<_> = [life, certainty].into_iter().flatten().collect();
        Self {
            key: key(model),
            label: if remarks.is_empty() {
                model.name.to_string()
            } else {
                format!("{} ({})", model.name, remarks.join(", "))
            },
            group: match model.listed {
                None => catalog::provider(&model.provider)
                    .map_or("Others", |provider| provider.name)
                    .to_owned(),
                Some(false) => "Not listed by the endpoint".to_owned(),
                Some(true) if model.takes_images == Some(false) => {
                    "Listed, for text only".to_owned()
                }
                Some(true) => "Listed by the endpoint".to_owned(),
            },
        }
    }

    /// Whether it is one that is looked for.
    pub(crate) fn matches(&self, query: &str) -> bool {
        let query = query.trim().to_lowercase();
        let texts = [&self.key, &self.label, &self.group];
        texts
            .iter()
            .any(|text| text.to_lowercase().contains(&query))
    }
}

/// All models, and the chosen one even where the list of another endpoint named it.
pub(crate) fn choices(listed: Option<&Vec<Model>>, chosen: &str) -> Vec<Choice> {
    let models = listed.map_or(catalog::models(), Vec::as_slice);
    let mut choices: Vec<_> = models.iter().map(Choice::new).collect();
    if choices.iter().all(|choice| choice.key != chosen) {
        choices.push(Choice {
            key: chosen.to_owned(),
            label: chosen.to_owned(),
            group: "Not listed by the endpoint".to_owned(),
        });
    }
    choices
}

pub(crate) fn find(listed: Option<&Vec<Model>>, key: &str) -> Option<Model> {
    match (listed, split(key)) {
        (Some(models), (_, id)) => models.iter().find(|model| model.id == id).cloned(),
        (None, (Some(provider), id)) => catalog::find_at(provider, id).cloned(),
        (None, (None, id)) => catalog::find(id).cloned(),
    }
}
