//! The same request elsewhere, more often, or with other media.

use super::estimate::EstimateState;
use super::model::ModelState;
use leptos::prelude::*;
use tilewise::estimate::{Estimate, Volume, WhatIf};
use tilewise_www_core::comparison::{Candidate, compared};
use tilewise_www_core::sliders::{Ranges, largest};

#[derive(Clone, Copy, Debug)]
pub(crate) struct ForecastState {
    pub(crate) volume: RwSignal<Volume>,
    pub(crate) what_if: RwSignal<WhatIf>,
    /// Whether the comparison is open.
    pub(crate) is_compared: RwSignal<bool>,
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
            is_compared: RwSignal::new(false),
            compared_with: RwSignal::new("baseten".to_owned()),
            is_what_if_open: RwSignal::new(false),
            model,
            estimate,
        }
    }

    pub(crate) fn candidates(&self) -> Vec<Candidate> {
        let provider = self.compared_with.get();
        compared(
            &self.estimate.request.read(),
            &self.model.options.read(),
            Some(&*provider).filter(|provider| !provider.is_empty()),
        )
    }

    /// How far the sliders go.
    pub(crate) fn ranges(&self) -> Ranges {
        Ranges::new(&self.estimate.request.read(), &self.model.options.read())
    }

    /// The size of the largest media item as the sliders say, in words.
    pub(crate) fn largest(&self) -> Option<String> {
        largest(&self.what_if.get(), &self.estimate.request.read())
    }

    /// The estimate as the sliders say; `None` while none was moved.
    pub(crate) fn what_if_estimate(&self) -> Option<Estimate> {
        let what_if = self.what_if.get();
        (!what_if.is_idle())
            .then(|| what_if.estimate(&self.estimate.request.read(), &self.model.options.read()))
    }
}
