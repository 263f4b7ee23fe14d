//! The next request and its estimate.

use super::items::{Item, ItemList};
use super::listing;
use super::model::ModelState;
use super::question::QuestionState;
use super::turns::TurnList;
use leptos::prelude::*;
use tilewise::estimate::{Estimate, MediaEstimate, estimate};
use tilewise::media::{MediaFacts, Size, VideoFacts};
use tilewise::request::Draft;
use tilewise::violation::Violation;
use tilewise::web::Data;
use tilewise_www_core::cost_breakdown::CostBreakdown;
use tilewise_www_core::curve::Curve;
use tilewise_www_core::video_curve::{Axis, CountedVideo};

/// More refusals than these are counted beside the sum, and named in the list alone.
const MAX_NAMED: usize = 3;

/// 12 megapixels, as phones have taken them since 2015.
const EXAMPLE: Size = Size {
    width: 4032,
    height: 3024,
};

#[derive(Clone, Copy, Debug)]
pub(crate) struct EstimateState {
    /// The next question, with all that is sent again.
    pub(crate) request: Memo<Draft>,
    /// Of that request.
    pub(crate) estimate: Memo<Estimate>,
    /// The ids of the items that are sent, in order.
    pub(crate) sent: Memo<Vec<usize>>,
    list: ItemList,
    question: QuestionState,
    model: ModelState,
    turns: TurnList,
}

impl EstimateState {
    pub(crate) fn new(
        list: ItemList,
        question: QuestionState,
        model: ModelState,
        turns: TurnList,
    ) -> Self {
        let options = model.options;
        let request = Memo::new(move |_| draft(list, question, model, turns).0);
        Self {
            request,
            estimate: Memo::new(move |_| {
                request.with(|draft| options.with(|options| estimate(draft, options)))
            }),
            sent: Memo::new(move |_| list.sent()),
            list,
            question,
            model,
            turns,
        }
    }

    /// The next request, with the data of each media item that travels in the body.
    pub(crate) fn draft(&self) -> (Draft, Vec<Option<Data>>) {
        draft(self.list, self.question, self.model, self.turns)
    }

    /// The index of an item among those that are sent.
    pub(crate) fn sent_index(&self, id: usize) -> Option<usize> {
        self.sent
            .with(|sent| sent.iter().position(|sent| *sent == id))
    }

    /// The estimate of one item; `None` while it is not sent.
    pub(crate) fn of_item(&self, id: usize) -> Option<MediaEstimate> {
        let index = self.sent_index(id)?;
        self.estimate
            .with(|estimate| estimate.media.get(index).copied())
    }

    /// What the endpoint would refuse about one item, or not do as expected.
    pub(crate) fn violations_of(&self, id: usize) -> Vec<Violation> {
        let Some(index) = self.sent_index(id) else {
            return Vec::new();
        };
        self.estimate.with(|estimate| {
            let violations = estimate.violations.iter();
            let own = violations.filter(|violation| violation.media == Some(index));
            own.cloned().collect()
        })
    }

    /// What would be refused of the list, by name: the first few, and how many there are beyond those.
    pub(crate) fn refused(&self) -> (Vec<Violation>, usize) {
        let named = |violation: &Violation| {
            let id = self.sent.with(|sent| sent.get(violation.media?).copied())?;
            let name = self.list.find(id)?.name;
            let mut named = violation.clone();
            named.message = format!("{name}: {}", violation.message);
            Some(named)
        };
        let mut refused: Vec<_> = self
            .estimate
            .with(|estimate| estimate.errors().filter_map(named).collect());
        let more = refused.len().saturating_sub(MAX_NAMED);
        refused.truncate(MAX_NAMED);
        (refused, more)
    }

    /// How many items are not sent, because they could not be read.
    pub(crate) fn left_out(&self) -> usize {
        self.list
            .items
            .with(|items| items.iter().filter(|item| item.has_failed()).count())
    }

    /// Tokens of an image by the chosen rule, and dollars in words.
    pub(crate) fn cost_of(&self, facts: &MediaFacts) -> Option<(u64, Option<String>)> {
        let rules = self.model.rules()?;
        let options = self.model.of_rule();
        let count = rules.image(self.model.counted_by(), facts.stored(), &options);
        let tokens = count.ok()?.tokens;
        let price = self.estimate.with(|estimate| estimate.price.input);
        Some((tokens, price.map(|price| price.of(tokens).to_string())))
    }

    /// Tokens of a video along one axis; `None` where the facts lack what the rule needs.
    pub(crate) fn curve(&self, axis: Axis, stored: Size, video: &VideoFacts) -> Option<Curve> {
        let video = CountedVideo {
            rules: &self.model.rules()?,
            rule: self.model.counted_by(),
            stored,
            video,
            sample_fps: self.model.sample_fps.get(),
        };
        video.curve(axis)
    }

    /// Of the costliest item, or of an example; `None` where the model's rules are not known.
    pub(crate) fn cost_breakdown(&self) -> Option<CostBreakdown> {
        self.costliest().or_else(|| self.example())
    }

    fn costliest(&self) -> Option<CostBreakdown> {
        let rule = self.model.counted_by();
        let (index, media, price) = self.estimate.with(|estimate| {
            let media = estimate.media.iter().copied().enumerate();
            let counted = media.filter(|(_, media)| media.grid.is_some());
            let costliest = counted.max_by_key(|(_, media)| media.tokens.by(rule))?;
            Some((costliest.0, costliest.1, estimate.price.input))
        })?;
        let id = self.sent.with(|sent| sent.get(index).copied())?;
        let item = self.list.find(id)?;
        let facts = item.known_facts()?;
        Some(CostBreakdown {
            name: Some(item.name),
            stored: facts.stored(),
            grid: media.grid?,
            frames: (!facts.is_image()).then_some(media.frames),
            tokens: media.tokens.by(rule)?,
            usd: media.usd,
            price,
        })
    }

    fn example(&self) -> Option<CostBreakdown> {
        let rules = self.model.rules()?;
        let options = self.model.of_rule();
        let count = rules.image(self.model.counted_by(), EXAMPLE, &options);
        let count = count.ok()?;
        let price = self.estimate.with(|estimate| estimate.price.input);
        Some(CostBreakdown {
            name: None,
            stored: EXAMPLE,
            grid: count.grid?,
            frames: None,
            tokens: count.tokens,
            usd: price.map(|price| price.of(count.tokens)),
            price,
        })
    }

    /// Why nothing can be asked now: as far as the request goes.
    pub(crate) fn obstacle(&self) -> Option<&'static str> {
        let any = |is: fn(&Item) -> bool| self.list.items.with(|items| items.iter().any(is));
        let is_refused = self
            .estimate
            .with(|estimate| estimate.errors().next().is_some());
        let is_empty =
            self.question.text.with(|text| text.trim().is_empty()) && self.sent.with(Vec::is_empty);
        [
            (
                self.list.has_shared(),
                "Figures that came by a link have no file: add the files themselves, or remove the figures.",
            ),
            (any(Item::is_pending), "A file of the list is still being read."),
            (any(Item::lacks_url), "An item that goes by URL has no URL yet."),
            (is_refused, "Fix what would be refused first."),
            (is_empty, "Write a question, or add a photo or a video."),
        ]
        .into_iter()
        .find_map(|(applies, why)| applies.then_some(why))
    }
}

fn draft(
    list: ItemList,
    question: QuestionState,
    model: ModelState,
    turns: TurnList,
) -> (Draft, Vec<Option<Data>>) {
    let key = model.id.get();
    let (provider, id) = listing::split(&key);
    let mut draft = Draft::new(id, question.text.get());
    draft.provider = provider.map(str::to_owned);
    let (media, mut data) = list.media(model.detail.get());
    draft.media = media;
    draft.system = Some(question.system.get()).filter(|system| !system.trim().is_empty());
    draft.max_tokens = question.max_tokens.get();
    turns.put_history(&mut draft, &mut data);
    (draft, data)
}
