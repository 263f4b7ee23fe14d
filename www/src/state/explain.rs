//! The figure that is explained.

use super::estimate::EstimateState;
use super::items::ItemList;
use super::model::ModelState;
use leptos::prelude::*;
use tilewise::estimate::EstimateOptions;
use tilewise::explain::{self, Explanation};
use tilewise::rule::Rule;
use tilewise_www_core::answer::certainty;

#[derive(Clone, Copy, Debug)]
pub(crate) struct ExplainState {
    /// What the explained figure is about; `None` while the dialog is closed.
    pub(crate) subject: RwSignal<Option<Subject>>,
    list: ItemList,
    model: ModelState,
    estimate: EstimateState,
}

/// What a figure is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// An item of the list; by the chosen rule where none is given.
    Item {
        id: usize,
        rule: Option<Rule>,
    },
    Request,
}

impl ExplainState {
    pub(crate) fn new(list: ItemList, model: ModelState, estimate: EstimateState) -> Self {
        Self {
            subject: RwSignal::new(None),
            list,
            model,
            estimate,
        }
    }

    /// Why the request has two figures; `None` where it has one.
    pub(crate) fn why(&self) -> Option<String> {
        self.model.chosen.with(|model| {
            self.estimate
                .answer
                .with(|answer| answer.why(model.as_ref()))
        })
    }

    /// How sure the count is, in words.
    pub(crate) fn certainty(&self) -> &'static str {
        certainty(self.estimate.estimate.with(|estimate| estimate.certainty))
    }

    /// The name of the subject, and how its figures come about; `None` of an item that left the list.
    pub(crate) fn explanation(&self, subject: Subject) -> Option<(String, Explanation)> {
        let options = self.estimate.options.get();
        match subject {
            Subject::Request => {
                let explanation = explain::request(&self.estimate.shown(), &options);
                let name = if self.estimate.is_empty.get() {
                    "a 12-megapixel photo, for example,"
                } else {
                    "the request"
                };
                Some((name.to_owned(), explanation))
            }
            Subject::Item { id, rule } => {
                let item = self.list.find(id)?;
                let facts = item.known_facts()?;
                let options = EstimateOptions {
                    rule: rule.or(options.rule),
                    ..options
                };
                let model = self.model.chosen.get();
                Some((
                    item.name,
                    explain::media_item(
                        &facts,
                        Some(self.model.detail.get()),
                        model.as_ref(),
                        &options,
                    ),
                ))
            }
        }
    }
}
