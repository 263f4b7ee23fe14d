//! The figure that is explained.

use super::estimate::EstimateState;
use super::items::ItemList;
use super::model::ModelState;
use leptos::prelude::*;
use tilewise::estimate::EstimateOptions;
use tilewise::explain::{self, Explanation};
use tilewise::rule::Rule;
use tilewise_www_core::answer::{Answer, certainty};

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

    /// The name of the subject, and how its figures come about, by each way of counting that is shown; `None` of an item
    /// that left the list.
    pub(crate) fn explanations(&self, subject: Subject) -> Option<(String, Vec<Explanation>)> {
        let (name, first) = self.explanation(subject, None)?;
        let both = match subject {
            Subject::Request => self.estimate.answer.with(Answer::is_range),
            Subject::Item { id, rule } => {
                let estimate = self.estimate.of_item(id)?;
                rule.is_none() && self.estimate.counts_of(&estimate).len() > 1
            }
        };
        let others = Rule::ALL
            .into_iter()
            .filter(|rule| both && *rule != first.rule);
        let others = others.filter_map(|rule| Some(self.explanation(subject, Some(rule))?.1));
        let others: Vec<_> = others.collect();
        Some((name, [vec![first], others].concat()))
    }

    /// By this rule; by the chosen one, or that of the subject, where none is given.
    fn explanation(&self, subject: Subject, by: Option<Rule>) -> Option<(String, Explanation)> {
        let options = self.estimate.options.get();
        let options = EstimateOptions {
            rule: by.or(options.rule),
            ..options
        };
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
