//! What the page knows. Components read its signals and call its methods.

use leptos::prelude::*;
use tilewise::catalog::{self, BASE_URL, Model};
use tilewise::estimate::{Estimate, Options, estimate};
use tilewise::media::{MediaFacts, Size, VideoFacts};
use tilewise::request::{Detail, Draft, MediaPart, Via};
use tilewise::rule::{Axis, Curve, Rule, Sampling};
use tilewise::stream::chat::ChatResult;
use tilewise::usage::{Basis, Reconciliation};
use tilewise::web::{Abort, Data};

/// Handles only, so that it can be copied into every closure.
#[derive(Clone, Copy, Debug)]
pub(crate) struct State {
    pub(crate) inputs: Inputs,
    pub(crate) rule: RwSignal<Rule>,
    /// Frames sampled from a video each second; `None` for as many as the model does.
    pub(crate) sample_fps: RwSignal<Option<f64>>,
    pub(crate) endpoint: RwSignal<Endpoint>,
    pub(crate) custom_url: RwSignal<String>,
    /// In memory only: never stored, never in the address.
    pub(crate) api_key: RwSignal<String>,
    pub(crate) turn: RwSignal<Turn>,
    pub(crate) abort: RwSignal<Option<Abort>, LocalStorage>,
    pub(crate) estimate: Memo<Estimate>,
    /// The pictures and videos that are sent, in order: those whose facts are known.
    sent: Memo<Vec<usize>>,
    next_id: StoredValue<usize>,
}

/// What a draft is made of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Inputs {
    pub(crate) items: RwSignal<Vec<Item>, LocalStorage>,
    pub(crate) model: RwSignal<String>,
    pub(crate) detail: RwSignal<Detail>,
    pub(crate) prompt: RwSignal<String>,
    pub(crate) system: RwSignal<String>,
    pub(crate) max_tokens: RwSignal<Option<u64>>,
}

/// One picture or video in the list.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) id: usize,
    pub(crate) name: String,
    /// Where the page itself shows it from; `None` where there is nothing to show.
    pub(crate) preview: Option<String>,
    /// The file; `None` for what was given by its URL.
    pub(crate) file: Option<Data>,
    pub(crate) inspection: RwSignal<Inspection>,
    /// Whether the endpoint shall fetch it.
    pub(crate) by_url: RwSignal<bool>,
    pub(crate) url: RwSignal<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Inspection {
    Pending,
    Done(MediaFacts),
    Failed(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Endpoint {
    /// In the page, no model at all.
    Demo,
    Baseten,
    /// A proxy beside the page.
    SameOrigin,
    Custom,
}

/// A question and what came of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Turn {
    pub(crate) phase: Phase,
    pub(crate) result: ChatResult,
    /// What the request was estimated at when it was sent.
    pub(crate) basis: Option<Basis>,
    pub(crate) reconciliation: Option<Reconciliation>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Phase {
    #[default]
    Idle,
    Sending,
    /// Waiting to try again: why, and how long in milliseconds.
    Retrying(String, u32),
    Streaming,
    Done,
    Stopped,
    Failed(String),
}

impl Phase {
    pub(crate) fn is_running(&self) -> bool {
        matches!(self, Self::Sending | Self::Retrying(..) | Self::Streaming)
    }
}

impl State {
    pub(crate) fn new() -> Self {
        let inputs = Inputs::new();
        let rule = RwSignal::new(Rule::Published);
        let sample_fps = RwSignal::new(None);
        Self {
            inputs,
            rule,
            sample_fps,
            endpoint: RwSignal::new(Endpoint::Demo),
            custom_url: RwSignal::new(String::new()),
            api_key: RwSignal::new(String::new()),
            turn: RwSignal::new(Turn::default()),
            abort: RwSignal::new_local(None),
            estimate: Memo::new(move |_| {
                let options = Options {
                    rule: rule.get(),
                    sample_fps: sample_fps.get(),
                    ..Options::default()
                };
                estimate(&inputs.draft().0, &options)
            }),
            sent: Memo::new(move |_| inputs.sent()),
            next_id: StoredValue::new(0),
        }
    }

    pub(crate) fn model(&self) -> Option<&'static Model> {
        self.inputs.model.with(|id| catalog::find(id))
    }

    /// What the model does with a video, by the rules as they are chosen.
    pub(crate) fn sampling(&self, video: &VideoFacts) -> Option<Sampling> {
        self.model()?.rules?.sampling(video, self.sample_fps.get())
    }

    pub(crate) fn curve(&self, axis: Axis, stored: Size, video: &VideoFacts) -> Option<Curve> {
        let rules = self.model()?.rules?;
        rules.curve(axis, self.rule.get(), stored, video, self.sample_fps.get())
    }

    /// Where an item stands among those that are sent.
    pub(crate) fn place(&self, id: usize) -> Option<usize> {
        self.sent
            .with(|sent| sent.iter().position(|sent| *sent == id))
    }

    /// Why nothing can be asked as things stand; what a model would make of it is another matter.
    pub(crate) fn obstacle(&self) -> Option<&'static str> {
        let any = |is: fn(&Item) -> bool| self.inputs.items.with(|items| items.iter().any(is));
        let inspecting = any(Item::is_pending);
        let no_url = any(Item::lacks_url);
        let refused = self
            .estimate
            .with(|estimate| estimate.errors().next().is_some());
        let scheme = |url: &String| {
            ["https://", "http://"]
                .iter()
                .any(|scheme| url.trim().starts_with(scheme))
        };
        let no_address = self.endpoint.get() == Endpoint::Custom && !self.custom_url.with(scheme);
        [
            (inspecting, "Something in the list is still being read."),
            (no_url, "What goes by URL has no URL yet."),
            (refused, "Mend what would be refused first."),
            (
                no_address,
                "The base URL must begin with https:// or http://.",
            ),
        ]
        .into_iter()
        .find_map(|(applies, why)| applies.then_some(why))
    }

    /// Items of the list that are not sent, because they could not be read.
    pub(crate) fn left_out(&self) -> usize {
        self.inputs
            .items
            .with(|items| items.iter().filter(|item| item.has_failed()).count())
    }

    pub(crate) fn base_url(&self) -> String {
        match self.endpoint.get() {
            Endpoint::Demo | Endpoint::Baseten => BASE_URL.to_owned(),
            Endpoint::SameOrigin => {
                let origin = window().location().origin().unwrap_or_default();
                format!("{origin}/v1")
            }
            Endpoint::Custom => self.custom_url.get().trim().to_owned(),
        }
    }

    pub(crate) fn next_id(&self) -> usize {
        self.next_id
            .try_update_value(|id| {
                *id += 1;
                *id
            })
            .unwrap_or_default()
    }
}

impl Inputs {
    fn new() -> Self {
        let model = catalog::models().last().map(|model| model.id.to_string());
        Self {
            items: RwSignal::new_local(Vec::new()),
            model: RwSignal::new(model.unwrap_or_default()),
            detail: RwSignal::new(Detail::Auto),
            prompt: RwSignal::new("Describe what you see.".to_owned()),
            system: RwSignal::new(String::new()),
            max_tokens: RwSignal::new(Some(1024)),
        }
    }

    /// The request as it stands, with the data of each medium that travels in the body.
    pub(crate) fn draft(&self) -> (Draft, Vec<Option<Data>>) {
        let mut draft = Draft::new(self.model.get(), self.prompt.get());
        let mut data = Vec::new();
        let detail = self.detail.get();
        self.items.with(|items| {
            for (part, item) in items
                .iter()
                .filter_map(|item| Some((item.part(detail)?, item)))
            {
                data.push(item.file.clone().filter(|_| !item.by_url.get()));
                draft.media.push(part);
            }
        });
        draft.system = Some(self.system.get()).filter(|system| !system.trim().is_empty());
        draft.max_tokens = self.max_tokens.get();
        (draft, data)
    }

    fn sent(&self) -> Vec<usize> {
        let is_sent = |item: &&Item| {
            item.inspection
                .with(|inspection| matches!(inspection, Inspection::Done(_)))
        };
        self.items
            .with(|items| items.iter().filter(is_sent).map(|item| item.id).collect())
    }
}

impl Item {
    /// One that is to be inspected, and to be sent in the request.
    pub(crate) fn new(id: usize, name: String) -> Self {
        Self {
            id,
            name,
            preview: None,
            file: None,
            inspection: RwSignal::new(Inspection::Pending),
            by_url: RwSignal::new(false),
            url: RwSignal::new(String::new()),
        }
    }

    fn is_pending(&self) -> bool {
        self.inspection
            .with(|inspection| *inspection == Inspection::Pending)
    }

    fn has_failed(&self) -> bool {
        self.inspection
            .with(|inspection| matches!(inspection, Inspection::Failed(_)))
    }

    fn lacks_url(&self) -> bool {
        self.by_url.get() && self.url.with(|url| url.trim().is_empty())
    }

    fn part(&self, detail: Detail) -> Option<MediaPart> {
        let Inspection::Done(facts) = self.inspection.get() else {
            return None;
        };
        let url = self.url.get().trim().to_owned();
        Some(MediaPart {
            via: match self.by_url.get() {
                true => Via::Url((!url.is_empty()).then_some(url)),
                false => Via::Base64 {
                    bytes: self.file.as_ref().map(Data::len),
                },
            },
            // The provider gives the field to images only.
            detail: facts.is_image().then_some(detail),
            facts,
            file_name: self.file.as_ref().map(|_| self.name.clone()),
        })
    }
}
