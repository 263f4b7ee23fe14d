//! What is asked of the figures beyond the request itself.

use super::State;
use super::inputs::{Inputs, Inspection};
use leptos::prelude::*;
use tilewise::estimate::{Candidate, Estimate, EstimateOptions, Volume, WhatIf, compare};
use tilewise::explain::{self, Explanation};
use tilewise::link::{Link, Linked};
use tilewise::request::Detail;
use tilewise::rule::Rule;
use tilewise_www_core::sliders::{Ranges, largest};

/// Handles only, so that it can be copied into every closure.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Figures {
    /// Whose figures are explained, while that is looked at.
    pub(crate) explained: RwSignal<Option<Subject>>,
    pub(crate) volume: RwSignal<Volume>,
    pub(crate) what_if: RwSignal<WhatIf>,
    /// Whether the comparison is looked at.
    pub(crate) is_compared: RwSignal<bool>,
    /// Whether the sliders are.
    pub(crate) is_imagined: RwSignal<bool>,
    /// What stands behind the `#` of a link to all this; `None` where that would be too long.
    pub(crate) link: Memo<Option<String>>,
    /// Why what stands behind the `#` of the address was left aside.
    pub(crate) link_note: RwSignal<Option<String>>,
}

/// What a figure is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// An item of the list; by the chosen rule where none is given.
    Medium {
        id: usize,
        rule: Option<Rule>,
    },
    Request,
}

impl Figures {
    pub(crate) fn new(
        inputs: Inputs,
        rule: RwSignal<Rule>,
        sample_fps: RwSignal<Option<f64>>,
    ) -> Self {
        let volume = RwSignal::new(Volume::default());
        let what_if = RwSignal::new(WhatIf::default());
        let link = move || Link {
            model: inputs.model.get(),
            rule: rule.get(),
            detail: Some(inputs.detail.get()).filter(|detail| *detail != Detail::Auto),
            sample_fps: sample_fps.get(),
            max_tokens: inputs.max_tokens.get(),
            volume: volume.get(),
            what_if: what_if.get(),
            media: inputs.media().0.into_iter().map(Linked::from).collect(),
        };
        Self {
            explained: RwSignal::new(None),
            volume,
            what_if,
            link: Memo::new(move |_| link().fragment()),
            link_note: RwSignal::new(None),
            is_compared: RwSignal::new(false),
            is_imagined: RwSignal::new(false),
        }
    }
}

impl State {
    pub(crate) fn candidates(&self) -> Vec<Candidate> {
        compare(&self.request.read(), &self.options.read())
    }

    /// What the sliders can say.
    pub(crate) fn imaginable(&self) -> Ranges {
        Ranges::new(&self.request.read(), &self.options.read())
    }

    /// The size of the largest media item as the sliders say, in words.
    pub(crate) fn largest(&self) -> Option<String> {
        largest(&self.figures.what_if.get(), &self.request.read())
    }

    /// The estimate as the sliders say; `None` while they say nothing.
    pub(crate) fn imagined(&self) -> Option<Estimate> {
        let what_if = self.figures.what_if.get();
        (!what_if.is_idle()).then(|| what_if.estimate(&self.request.read(), &self.options.read()))
    }

    /// Whose figures these are, and how they come about; `None` of what is in the list no more.
    pub(crate) fn explanation(&self, subject: Subject) -> Option<(String, Explanation)> {
        let options = self.options.get();
        match subject {
            Subject::Request => {
                let explanation = explain::request(&self.request.read(), &options);
                Some(("the request".to_owned(), explanation))
            }
            Subject::Medium { id, rule } => {
                let item = self
                    .inputs
                    .items
                    .with(|items| items.iter().find(|item| item.id == id).cloned())?;
                let Inspection::Done(facts) = item.inspection.get() else {
                    return None;
                };
                let options = EstimateOptions {
                    rule: rule.unwrap_or(options.rule),
                    ..options
                };
                let model = self.inputs.model.get();
                Some((item.name, explain::medium(&facts, &model, &options)))
            }
        }
    }
}
