//! The model, and how it is asked to look at media: what every figure depends on.

use super::endpoint::EndpointState;
use super::listing::{self, Choice};
use leptos::prelude::*;
use tilewise::catalog::{self, Model};
use tilewise::estimate::EstimateOptions;
use tilewise::media::VideoFacts;
use tilewise::request::Detail;
use tilewise::rule::{Rule, Rules, Sampling};

#[derive(Clone, Copy, Debug)]
pub(crate) struct ModelState {
    pub(crate) id: RwSignal<String>,
    pub(crate) detail: RwSignal<Detail>,
    pub(crate) rule: RwSignal<Rule>,
    /// Frames sampled from a video each second; `None` for as many as the model does.
    pub(crate) sample_fps: RwSignal<Option<f64>>,
    /// The chosen model; `None` where it is not known.
    pub(crate) chosen: Memo<Option<Model>>,
    /// All models to choose from.
    pub(crate) choices: Memo<Vec<Choice>>,
    /// The options of the estimate.
    pub(crate) options: Memo<EstimateOptions>,
}

impl ModelState {
    pub(crate) fn new(endpoint: EndpointState) -> Self {
        let newest = catalog::models().last().map(|model| model.id.to_string());
        let id = RwSignal::new(newest.unwrap_or_default());
        let rule = RwSignal::new(Rule::Published);
        let sample_fps = RwSignal::new(None);
        let listed = Memo::new(move |_| endpoint.listed());
        Self {
            id,
            detail: RwSignal::new(Detail::Auto),
            rule,
            sample_fps,
            chosen: Memo::new(move |_| {
                let id = id.get();
                listed.with(|listed| listing::find(listed.as_ref(), &id))
            }),
            choices: Memo::new(move |_| {
                let id = id.get();
                listed.with(|listed| listing::choices(listed.as_ref(), &id))
            }),
            options: Memo::new(move |_| EstimateOptions {
                rule: rule.get(),
                sample_fps: sample_fps.get(),
                models: listed.get(),
                ..EstimateOptions::default()
            }),
        }
    }

    /// How the chosen model counts media; `None` where that is not known.
    pub(crate) fn rules(&self) -> Option<Rules> {
        self.chosen.with(|model| model.as_ref()?.rules)
    }

    /// The frames of a video that the model looks at; `None` where that is not known.
    pub(crate) fn sampling(&self, video: &VideoFacts) -> Option<Sampling> {
        self.rules()?.sampling(video, self.sample_fps.get())
    }
}
