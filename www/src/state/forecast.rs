//! The same request elsewhere, more often, or with other media.

use super::estimate::EstimateState;
use super::model::ModelState;
use leptos::prelude::*;
use tilewise::catalog::Model;
use tilewise::estimate::{Estimate, Volume, WhatIf};
use tilewise_www_core::choices::Choice;
use tilewise_www_core::comparison::{Candidate, Measure, compared, figures, scope};
use tilewise_www_core::model_key::find;
use tilewise_www_core::sliders::{Ranges, largest};

#[derive(Clone, Copy, Debug)]
pub(crate) struct ForecastState {
    pub(crate) volume: RwSignal<Volume>,
    pub(crate) what_if: RwSignal<WhatIf>,
    /// The columns of the comparison.
    pub(crate) measures: RwSignal<Vec<Measure>>,
    /// The provider whose models are compared; empty for all.
    pub(crate) compared_with: RwSignal<String>,
    /// Whether the sliders are open.
    pub(crate) is_what_if_open: RwSignal<bool>,
    model: ModelState,
    estimate: EstimateState,
}

impl ForecastState {
    pub(crate) fn new(model: ModelState, estimate: EstimateState) -> Self {
        Self {
            volume: RwSignal::new(Volume::default()),
            what_if: RwSignal::new(WhatIf::default()),
            measures: RwSignal::new(vec![Measure::Tokens, Measure::Request]),
            compared_with: RwSignal::new(String::new()),
            is_what_if_open: RwSignal::new(false),
            model,
            estimate,
        }
    }

    pub(crate) fn candidates(&self) -> Vec<Candidate> {
        if self.estimate.is_nothing.get() {
            return Vec::new();
        }
        let provider = self.compared_with.get();
        let settled = self.model.settled_provider();
        compared(
            &self.estimate.shown(),
            &self.estimate.options.read(),
            Some(&*provider).filter(|provider| !provider.is_empty()),
            settled
                .as_ref()
                .map(|(provider, rule)| (&**provider, *rule)),
        )
    }

    /// Which models these are.
    pub(crate) fn scope(&self) -> String {
        let provider = self.compared_with.get();
        let provider = Some(&*provider).filter(|provider| !provider.is_empty());
        scope(&self.estimate.shown(), provider)
    }

    /// What the request costs under models to choose from.
    pub(crate) fn figures(&self, choices: &[Choice]) -> Vec<Candidate> {
        let options = self.estimate.options.read();
        let models = choices.iter();
        let models: Vec<Model> = models
            .filter_map(|choice| find(options.models.as_deref(), &choice.key))
            .collect();
        let settled = self.model.settled_provider();
        figures(
            &self.estimate.shown(),
            &options,
            &models.iter().collect::<Vec<_>>(),
            settled
                .as_ref()
                .map(|(provider, rule)| (&**provider, *rule)),
        )
    }

    pub(crate) fn show(&self, measure: Measure) {
        if self
            .measures
            .with_untracked(|shown| !shown.contains(&measure))
        {
            self.toggle(measure);
        }
    }

    pub(crate) fn toggle(&self, measure: Measure) {
        self.measures.update(|measures| {
            if measures.contains(&measure) {
                measures.retain(|shown| *shown != measure);
            } else {
                measures.push(measure);
            }
        });
    }

    /// Chooses the model of a row.
    pub(crate) fn choose(&self, candidate: &Candidate) {
        self.model.id.set(candidate.key.clone());
    }

    /// How far the sliders go.
    pub(crate) fn ranges(&self) -> Ranges {
        Ranges::new(&self.estimate.request.read(), &self.estimate.options.read())
    }

    /// The size of the largest media item as the sliders say, in words.
    pub(crate) fn largest(&self) -> Option<String> {
        largest(&self.what_if.get(), &self.estimate.request.read())
    }

    /// The estimate as the sliders say; `None` while none was moved.
    pub(crate) fn what_if_estimate(&self) -> Option<Estimate> {
        let what_if = self.what_if.get();
        (!what_if.is_idle())
            .then(|| what_if.estimate(&self.estimate.request.read(), &self.estimate.options.read()))
    }
}
