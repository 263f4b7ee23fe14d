//! How an endpoint bills: found out by two small requests, once a person has read what they cost.

use super::endpoint::EndpointState;
use super::model::{ModelState, Settled};
use leptos::prelude::*;
use leptos::task::spawn_local;
use tilewise::counting::calibration::{Calibrated, Calibration};
use tilewise::error::Error;
use tilewise::rule::Rule;
use tilewise::stream::EndpointOptions;
use tilewise::usage::Follows;
use tilewise::web::{Abort, calibrate};
use tilewise_www_core::billing::{has_both, offer, outcome};
use tilewise_www_core::model_key;

#[derive(Clone, Copy, Debug)]
pub(crate) struct BillingState {
    pub(crate) phase: RwSignal<BillingPhase>,
    endpoint: EndpointState,
    model: ModelState,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum BillingPhase {
    #[default]
    Idle,
    Asking,
    /// As a sentence.
    Found(String),
    /// As a sentence.
    Failed(String),
}

impl BillingState {
    pub(crate) fn new(endpoint: EndpointState, model: ModelState) -> Self {
        Self {
            phase: RwSignal::new(BillingPhase::Idle),
            endpoint,
            model,
        }
    }

    /// What finding out takes, or why it would tell nothing.
    pub(crate) fn offer(&self) -> Result<String, &'static str> {
        offer(&self.calibration())
    }

    /// Sends both requests. What they tell becomes the rule that the figures go by.
    pub(crate) fn find_out(&self) {
        let Ok(calibration) = untrack(|| self.calibration()) else {
            return;
        };
        let state = *self;
        let target = self.endpoint.target();
        let base_url = target.base_url.clone();
        let options = EndpointOptions {
            base_url: Some(target.base_url),
            api_key: target.api_key,
            ..EndpointOptions::default()
        };
        let provider = self
            .model
            .chosen
            .with_untracked(|model| model.as_ref().map(|model| model.provider.to_string()));
        self.phase.set(BillingPhase::Asking);
        spawn_local(async move {
            let found = calibrate(&calibration, options, || Abort::new(None)).await;
            state.phase.set(match found {
                Ok(found) => {
                    // Of one rule nothing is to be settled.
                    if has_both(&calibration) {
                        state.settle(base_url, provider, &found);
                    }
                    BillingPhase::Found(outcome(&calibration, &found))
                }
                Err(error) => BillingPhase::Failed(error.sentence()),
            });
        });
    }

    fn settle(&self, base_url: String, provider: Option<String>, found: &Calibrated) {
        let rule = match found.follows {
            Follows::Published => Rule::Published,
            Follows::Processor => Rule::Processor,
            Follows::Neither => return self.model.settled.set(None),
        };
        self.model.rule.set(rule);
        self.model.settled.set(provider.map(|provider| Settled {
            base_url,
            provider,
            rule,
        }));
    }

    fn calibration(&self) -> Result<Calibration, Error> {
        let key = self.model.id.get();
        let (provider, id) = model_key::split(&key);
        Calibration::new(id, provider)
    }
}
