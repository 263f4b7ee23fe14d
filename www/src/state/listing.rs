//! The models to choose from: those known offline, or the endpoint's own list over them.

use tilewise::catalog::{self, Model};
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
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) group: Group,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    Offline,
    Vision,
    TextOnly,
    NotListed,
}

impl Group {
    pub(crate) const ALL: [Self; 4] =
        [Self::Vision, Self::TextOnly, Self::NotListed, Self::Offline];

    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Offline => "Known offline",
            Self::Vision => "Listed by the endpoint",
            Self::TextOnly => "Listed, for text only",
            Self::NotListed => "Not listed by the endpoint",
        }
    }

    fn of(model: &Model) -> Self {
        match model.listed {
            None => Self::Offline,
            Some(false) => Self::NotListed,
            Some(true) if model.vision => Self::Vision,
            Some(true) => Self::TextOnly,
        }
    }
}

/// All models, and the chosen one even where the list of another endpoint named it.
pub(crate) fn choices(listed: Option<&Vec<Model>>, chosen: &str) -> Vec<Choice> {
    let models = listed.map_or(catalog::models(), Vec::as_slice);
    let mut choices: Vec<_> = models
        .iter()
        .map(|model| Choice {
            id: model.id.to_string(),
            name: model.name.to_string(),
            group: Group::of(model),
        })
        .collect();
    if choices.iter().all(|choice| choice.id != chosen) {
        choices.push(Choice {
            id: chosen.to_owned(),
            name: chosen.to_owned(),
            group: Group::NotListed,
        });
    }
    choices
}

pub(crate) fn find(listed: Option<&Vec<Model>>, id: &str) -> Option<Model> {
    match listed {
        Some(models) => models.iter().find(|model| model.id == id).cloned(),
        None => catalog::find(id).cloned(),
    }
}
