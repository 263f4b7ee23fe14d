//! What the page knows. Components read its signals and call its methods.

pub(crate) mod conversation;
pub(crate) mod figures;
pub(crate) mod fitting;
pub(crate) mod inputs;
pub(crate) mod key;
pub(crate) mod listing;
pub(crate) mod server;

use crate::later::{Call, Loading};
use conversation::Conversation;
use figures::Figures;
use fitting::Fitting;
use inputs::{Inputs, Item};
use key::Key;
use leptos::prelude::*;
use leptos::task::spawn_local;
use server::Server;
use tilewise::catalog::Model;
use tilewise::estimate::{Estimate, EstimateOptions, estimate};
use tilewise::media::{Size, VideoFacts};
use tilewise::request::Draft;
use tilewise::rule::{Rule, Rules, Sampling};
use tilewise::stream::Target;
use tilewise::violation::Violation;
use tilewise::web::{Data, sleep};
use tilewise_www_core::curve::Curve;
use tilewise_www_core::video_curve::{Axis, CountedVideo};
use web_sys::{HtmlTextAreaElement, ScrollIntoViewOptions, ScrollLogicalPosition};

/// More refusals than these are counted beside the sum, and named in the list alone.
const MOST_NAMED: usize = 3;

/// Handles only, so that it can be copied into every closure.
#[derive(Clone, Copy, Debug)]
pub(crate) struct State {
    pub(crate) inputs: Inputs,
    pub(crate) conversation: Conversation,
    pub(crate) fitting: Fitting,
    pub(crate) figures: Figures,
    pub(crate) server: Server,
    pub(crate) key: Key,
    pub(crate) rule: RwSignal<Rule>,
    /// Frames sampled from a video each second; `None` for as many as the model does.
    pub(crate) sample_fps: RwSignal<Option<f64>>,
    /// The chosen model; `None` where nothing is known of it.
    pub(crate) model: Memo<Option<Model>>,
    /// All models to choose from.
    pub(crate) choices: Memo<Vec<listing::Choice>>,
    /// What the estimate assumes.
    pub(crate) options: Memo<EstimateOptions>,
    /// The next question, with all that is sent again.
    pub(crate) request: Memo<Draft>,
    /// Of that request.
    pub(crate) estimate: Memo<Estimate>,
    /// The pictures and videos of the box that are sent, in order: those whose facts are known.
    sent: Memo<Vec<usize>>,
    /// Whose tiles are looked at.
    pub(crate) looking: RwSignal<Option<Item>, LocalStorage>,
    /// What is loaded behind the first figures.
    pub(crate) later: RwSignal<Loading>,
    /// What waits for that.
    pub(crate) waiting: StoredValue<Vec<Call>, LocalStorage>,
    /// Where the question is written.
    pub(crate) field: StoredValue<Option<HtmlTextAreaElement>, LocalStorage>,
    next_id: StoredValue<usize>,
}

impl State {
    pub(crate) fn new() -> Self {
        let inputs = Inputs::new();
        let conversation = Conversation::new();
        let server = Server::new();
        let rule = RwSignal::new(Rule::Published);
        let sample_fps = RwSignal::new(None);
        let listed = Memo::new(move |_| server.listed());
        let options = Memo::new(move |_| EstimateOptions {
            rule: rule.get(),
            sample_fps: sample_fps.get(),
            models: listed.get(),
            ..EstimateOptions::default()
        });
        let request = Memo::new(move |_| draft(inputs, conversation).0);
        Self {
            inputs,
            conversation,
            fitting: Fitting::new(),
            figures: Figures::new(inputs, rule, sample_fps),
            server,
            key: Key::new(),
            rule,
            sample_fps,
            model: Memo::new(move |_| {
                let id = inputs.model.get();
                listed.with(|listed| listing::find(listed.as_ref(), &id))
            }),
            choices: Memo::new(move |_| {
                let id = inputs.model.get();
                listed.with(|listed| listing::choices(listed.as_ref(), &id))
            }),
            options,
            request,
            estimate: Memo::new(move |_| {
                request.with(|draft| options.with(|options| estimate(draft, options)))
            }),
            sent: Memo::new(move |_| inputs.sent()),
            looking: RwSignal::new_local(None),
            later: RwSignal::new(Loading::NotBegun),
            waiting: StoredValue::new_local(Vec::new()),
            field: StoredValue::new_local(None),
            next_id: StoredValue::new(0),
        }
    }

    /// That request, with the data of each medium that travels in the body.
    pub(crate) fn draft(&self) -> (Draft, Vec<Option<Data>>) {
        draft(self.inputs, self.conversation)
    }

    /// How the chosen model counts media; `None` where that is not known.
    pub(crate) fn rules(&self) -> Option<Rules> {
        self.model.with(|model| model.as_ref()?.rules)
    }

    /// What the model does with a video, by the rules as they are chosen.
    pub(crate) fn sampling(&self, video: &VideoFacts) -> Option<Sampling> {
        self.rules()?.sampling(video, self.sample_fps.get())
    }

    pub(crate) fn curve(&self, axis: Axis, stored: Size, video: &VideoFacts) -> Option<Curve> {
        let video = CountedVideo {
            rules: &self.rules()?,
            rule: self.rule.get(),
            stored,
            video,
            sample_fps: self.sample_fps.get(),
        };
        video.curve(axis)
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
        let nothing = self.inputs.prompt.with(|prompt| prompt.trim().is_empty())
            && self.sent.with(Vec::is_empty);
        [
            (
                self.has_shared(),
                "What came by a link is figures alone: put the files themselves in, or remove it.",
            ),
            (inspecting, "Something in the list is still being read."),
            (no_url, "What goes by URL has no URL yet."),
            (refused, "Mend what would be refused first."),
            (
                self.server.lacks_url(),
                "The base URL must begin with https:// or http://.",
            ),
            (nothing, "Write a question, or add a picture or a video."),
        ]
        .into_iter()
        .find_map(|(applies, why)| applies.then_some(why))
    }

    /// What would be refused of the list, by name: the first few, and how many there are beyond those.
    pub(crate) fn refused(&self) -> (Vec<Violation>, usize) {
        let named = |violation: &Violation| {
            let id = self.sent.with(|sent| sent.get(violation.media?).copied())?;
            let items = self.inputs.items;
            let name =
                items.with(|items| Some(items.iter().find(|item| item.id == id)?.name.clone()));
            Some(Violation {
                message: format!("{}: {}", name?, violation.message),
                ..violation.clone()
            })
        };
        let mut refused: Vec<_> = self
            .estimate
            .with(|estimate| estimate.errors().filter_map(named).collect());
        let more = refused.len().saturating_sub(MOST_NAMED);
        refused.truncate(MOST_NAMED);
        (refused, more)
    }

    /// Items of the list that are not sent, because they could not be read.
    pub(crate) fn left_out(&self) -> usize {
        self.inputs
            .items
            .with(|items| items.iter().filter(|item| item.has_failed()).count())
    }

    /// Where a request goes now, and as whom.
    pub(crate) fn target(&self) -> Target {
        Target {
            base_url: untrack(|| self.server.base_url()),
            api_key: self.key.to_send(),
            ..Target::default()
        }
    }

    /// To the end of the box, where one writes on.
    pub(crate) fn focus_box(&self) {
        let Some(field) = self.field.get_value() else {
            return;
        };
        let _ = field.focus();
        spawn_local(async move {
            // What is said above it has come by then, and has pushed it down.
            sleep(0).await;
            let nearest = ScrollIntoViewOptions::new();
            nearest.set_block(ScrollLogicalPosition::Nearest);
            field.scroll_into_view_with_scroll_into_view_options(&nearest);
        });
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

fn draft(inputs: Inputs, conversation: Conversation) -> (Draft, Vec<Option<Data>>) {
    let mut draft = Draft::new(inputs.model.get(), inputs.prompt.get());
    let (media, mut data) = inputs.media();
    draft.media = media;
    draft.system = Some(inputs.system.get()).filter(|system| !system.trim().is_empty());
    draft.max_tokens = inputs.max_tokens.get();
    conversation.put_history(&mut draft, &mut data);
    (draft, data)
}
