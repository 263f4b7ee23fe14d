//! The model, and how it is asked to look at media: what every figure depends on.

use super::endpoint::EndpointState;
use js_sys::Date;
use leptos::prelude::*;
use tilewise::catalog::{self, Model};
use tilewise::estimate::EstimateOptions;
use tilewise::media::VideoFacts;
use tilewise::request::Detail;
use tilewise::rule::{Options, Rule, Rules, Sampling};
use tilewise_www_core::choices::{self, Choice, Group};
use tilewise_www_core::model_key;

#[derive(Clone, Copy, Debug)]
pub(crate) struct ModelState {
    /// The key of the chosen one among the choices.
    pub(crate) id: RwSignal<String>,
    /// Whether the list to choose from is open.
    pub(crate) is_picker_open: RwSignal<bool>,
    pub(crate) detail: RwSignal<Detail>,
    pub(crate) rule: RwSignal<Rule>,
    /// What was found out about how an endpoint bills.
    pub(crate) settled: RwSignal<Option<Settled>>,
    /// Frames sampled from a video each second; `None` for as many as the model does.
    pub(crate) sample_fps: RwSignal<Option<f64>>,
    /// The chosen model; `None` where it is not known.
    pub(crate) chosen: Memo<Option<Model>>,
    /// The options of the estimate.
    pub(crate) options: Memo<EstimateOptions>,
    endpoint: EndpointState,
}

/// By which rule an endpoint bills the models of a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settled {
    pub(crate) base_url: String,
    pub(crate) provider: String,
    pub(crate) rule: Rule,
}

impl ModelState {
    pub(crate) fn new(endpoint: EndpointState) -> Self {
        let first = catalog::default_model(None).map(model_key::key);
        let id = RwSignal::new(first.unwrap_or_default());
        let rule = RwSignal::new(Rule::Published);
        let sample_fps = RwSignal::new(None);
        let listed = Memo::new(move |_| endpoint.listed());
        let chosen = Memo::new(move |_| {
            let id = id.get();
            listed.with(|listed| model_key::find(listed.as_deref(), &id))
        });
        Self {
            id,
            is_picker_open: RwSignal::new(false),
            detail: RwSignal::new(Detail::Auto),
            rule,
            settled: RwSignal::new(None),
            sample_fps,
            chosen,
            options: Memo::new(move |_| EstimateOptions {
                rule: Some(chosen.with(|model| counted_by(model.as_ref(), rule.get()))),
                sample_fps: sample_fps.get(),
                models: listed.get(),
                today: Some(today()),
                ..EstimateOptions::default()
            }),
            endpoint,
        }
    }

    /// The name of the chosen model, who offers it, and when it ends.
    pub(crate) fn shown(&self) -> (String, String) {
        self.chosen.with(|model| match model {
            Some(model) => {
                let choice = Choice::new(model);
                let heading = choices::heading(model);
                let remark = match choice.end {
                    Some(end) => format!("{heading} · {end}"),
                    None => heading,
                };
                (choice.name, remark)
            }
            None => (self.id.get(), choices::NOT_KNOWN.to_owned()),
        })
    }

    /// All models to choose from.
    pub(crate) fn groups(&self) -> Vec<Group> {
        let listed = self.endpoint.listed();
        choices::groups(listed.as_deref(), &self.id.get())
    }

    /// How the chosen model counts media; `None` where that is not known.
    pub(crate) fn rules(&self) -> Option<Rules> {
        self.chosen.with(|model| model.as_ref()?.rules())
    }

    /// The rule that the figures go by: the one that is asked for, or the model's own where it has no such rule.
    pub(crate) fn counted_by(&self) -> Rule {
        let asked = self.rule.get();
        self.chosen.with(|model| counted_by(model.as_ref(), asked))
    }

    /// Whether it is known by which rule the provider of the chosen model bills.
    pub(crate) fn is_settled(&self) -> bool {
        self.settled.with(|settled| {
            settled.as_ref().is_some_and(|settled| {
                self.endpoint.base_url() == settled.base_url
                    && self.rule.get() == settled.rule
                    && self.chosen.with(|model| {
                        let own = model.as_ref();
                        let own = own.filter(|model| model.provider == settled.provider);
                        let rules = own.and_then(Model::rules);
                        rules.is_some_and(|rules| rules.has(settled.rule))
                    })
            })
        })
    }

    /// The provider of which that is known, and the rule.
    pub(crate) fn settled_provider(&self) -> Option<(String, Rule)> {
        let settled = self.settled.get()?;
        self.is_settled()
            .then_some((settled.provider, settled.rule))
    }

    /// What is asked for besides the media, as far as it changes what they take.
    pub(crate) fn of_rule(&self) -> Options {
        Options {
            detail: Some(self.detail.get()),
            ..self.options.with(EstimateOptions::of_rule)
        }
    }

    /// The frames of a video that the model looks at; `None` where that is not known.
    pub(crate) fn sampling(&self, video: &VideoFacts) -> Option<Sampling> {
        self.rules()?.sampling(video, &self.of_rule())
    }
}

fn counted_by(model: Option<&Model>, asked: Rule) -> Rule {
    let rules = model.and_then(Model::rules);
    rules.map_or(asked, |rules| rules.chosen(Some(asked)))
}

/// As the clock of this machine says.
fn today() -> String {
    let now = String::from(Date::new_0().to_iso_string());
    now.chars().take(10).collect()
}
