//! The next request and its estimate.

use super::items::{Item, ItemList};
use super::model::ModelState;
use super::question::QuestionState;
use super::tokenizer::TokenizerState;
use super::turns::TurnList;
use leptos::prelude::*;
use tilewise::estimate::{Estimate, EstimateOptions, MediaEstimate, estimate};
use tilewise::media::{MediaFacts, Size, VideoFacts};
use tilewise::request::Draft;
use tilewise::rule::Rule;
use tilewise::units::{Usd, counted};
use tilewise::violation::{Violation, ViolationCode};
use tilewise::web::Data;
use tilewise_www_core::answer::{Answer, EXAMPLE, with_example};
use tilewise_www_core::cost_breakdown::CostBreakdown;
use tilewise_www_core::curve::Curve;
use tilewise_www_core::model_key;
use tilewise_www_core::obstacle::Obstacle;
use tilewise_www_core::video_curve::{Axis, CountedVideo};
use tilewise_www_core::video_plan::VideoPlan;

/// More refusals than these are counted beside the sum, and named in the list alone.
const MAX_NAMED: usize = 3;

#[derive(Clone, Copy, Debug)]
pub(crate) struct EstimateState {
    /// The next question, with all that is sent again.
    pub(crate) request: Memo<Draft>,
    /// Of the estimate, with the text counted exactly once the tokenizer is loaded.
    pub(crate) options: Memo<EstimateOptions>,
    /// Of that request.
    pub(crate) estimate: Memo<Estimate>,
    /// The same, or of the example.
    pub(crate) shown_estimate: Memo<Estimate>,
    /// Whether nothing was added or asked yet: then the page speaks of an example.
    pub(crate) is_empty: Memo<bool>,
    /// What the request costs, or the example.
    pub(crate) answer: Memo<Answer>,
    /// Whether none of what was added can be sent: what the text alone costs is not what was asked.
    pub(crate) is_nothing: Memo<bool>,
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
        tokenizer: TokenizerState,
    ) -> Self {
        let request = Memo::new(move |_| draft(list, question, model, turns).0);
        let is_empty = Memo::new(move |_| list.items.with(Vec::is_empty) && turns.is_empty());
        let options = Memo::new(move |_| EstimateOptions {
            text: tokenizer.count(|| shown(request.get(), is_empty.get())),
            ..model.options.get()
        });
        let estimated = Memo::new(move |_| {
            let mut estimated =
                request.with(|draft| options.with(|options| estimate(draft, options)));
            // What is no file has no bytes that could be too many.
            let without_bytes = list.without_bytes();
            let has_none = |index: usize| without_bytes.get(index).copied().unwrap_or_default();
            estimated.violations.retain(|violation| {
                violation.code != ViolationCode::SizeUnknown
                    || !violation.media.is_some_and(has_none)
            });
            estimated
        });
        // Of a conversation, what was sent before is counted: it is sent again with the next question.
        let is_nothing =
            Memo::new(move |_| !is_empty.get() && turns.is_empty() && list.sent().is_empty());
        let shown_estimate = Memo::new(move |_| {
            if is_empty.get() {
                estimate(&with_example(&request.read()), &options.read())
            } else {
                estimated.get()
            }
        });
        let answer = Memo::new(move |_| {
            let draft = shown(request.get(), is_empty.get());
            let answer = shown_estimate.with(|estimated| {
                Answer::new(&draft, &options.read(), estimated, model.is_settled())
            });
            Answer {
                is_nothing: is_nothing.get(),
                ..answer
            }
        });
        Self {
            request,
            options,
            estimate: estimated,
            shown_estimate,
            is_empty,
            answer,
            is_nothing,
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

    /// What the figures of the page are about: the next request, or the example.
    pub(crate) fn shown(&self) -> Draft {
        shown(self.request.get(), self.is_empty.get())
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
            named.message = format!("{name}: {}", violation.message).into();
            Some(named)
        };
        let mut refused: Vec<_> = self
            .estimate
            .with(|estimate| estimate.errors().filter_map(named).collect());
        let more = refused.len().saturating_sub(MAX_NAMED);
        refused.truncate(MAX_NAMED);
        (refused, more)
    }

    /// The id of the item that the verdict speaks of; `None` where it speaks of the whole request.
    pub(crate) fn worst(&self) -> Option<usize> {
        let first = |is: fn(&Item) -> bool| {
            let items = self.list.items.get();
            items.iter().find(|item| is(item)).map(|item| item.id)
        };
        let files = self.list.files();
        if files.sent() == 0 && files.unreadable > 0 {
            return first(Item::has_failed);
        }
        let violation = self.estimate.with(|estimate| {
            let first = estimate.errors().next();
            first.or(estimate.violations.first()).map(|it| it.media)
        });
        match violation {
            Some(media) => self.sent.with(|sent| sent.get(media?).copied()),
            None => first(|item| item.is_damaged() || item.has_failed()),
        }
    }

    /// The id and the name of the item that costs the most; `None` where all cost the same.
    pub(crate) fn dearest(&self) -> Option<(usize, String)> {
        let rule = self.model.counted_by();
        let index = self.estimate.with(|estimate| {
            let tokens = || estimate.media.iter().map(|media| media.tokens.by(rule));
            let most = tokens().max()?;
            let is_dearest = most.is_some() && tokens().any(|tokens| tokens < most);
            is_dearest.then(|| tokens().position(|tokens| tokens == most))?
        })?;
        let id = self.sent.with(|sent| sent.get(index).copied())?;
        Some((id, self.list.find(id)?.name))
    }

    /// How many items are not sent, because they could not be read.
    pub(crate) fn left_out(&self) -> usize {
        self.list
            .items
            .with(|items| items.iter().filter(|item| item.has_failed()).count())
    }

    /// Tokens of one item by each rule that may be billed, the fewest first.
    pub(crate) fn counts_of(&self, estimate: &MediaEstimate) -> Vec<(Rule, u64)> {
        let settled = self.model.is_settled().then(|| self.model.rule.get());
        let is_open = |rule: &Rule| settled.is_none_or(|settled| settled == *rule);
        let rules = Rule::ALL.into_iter().filter(is_open);
        let mut counts: Vec<_> = rules
            .filter_map(|rule| Some((rule, estimate.tokens.by(rule)?)))
            .collect();
        counts.sort_by_key(|(_, tokens)| *tokens);
        counts
    }

    /// Dollars of one item's tokens, from the rule that counts the fewest to the one that counts the most.
    pub(crate) fn usd_of(&self, estimate: &MediaEstimate) -> Option<(Usd, Usd)> {
        let price = self.estimate.with(|estimate| estimate.price.input)?;
        let counts = self.counts_of(estimate);
        let (_, fewest) = counts.first()?;
        let (_, most) = counts.last()?;
        Some((price.of(*fewest), price.of(*most)))
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

    /// Tokens of a video as a plan would make it.
    pub(crate) fn planned_tokens(
        &self,
        plan: &VideoPlan,
        stored: Size,
        video: &VideoFacts,
    ) -> Option<u64> {
        plan.tokens(&CountedVideo {
            rules: &self.model.rules()?,
            rule: self.model.counted_by(),
            stored,
            video,
            sample_fps: self.model.sample_fps.get(),
        })
    }

    /// What the request costs now, and with the video of this item as a plan would make it.
    pub(crate) fn with_plan(&self, plan: &VideoPlan, id: usize) -> Option<(String, String)> {
        let index = self.sent_index(id)?;
        let then = plan.estimate(&self.request.read(), index, &self.options.read());
        let text = |estimate: &Estimate| match estimate.cost.input_usd {
            Some(usd) => usd.to_string(),
            None => counted(estimate.input_tokens, "token"),
        };
        Some((self.estimate.with(text), text(&then)))
    }

    /// Of the costliest item, or of an example while there is none; `None` where the model's rules are not known.
    pub(crate) fn cost_breakdown(&self) -> Option<CostBreakdown> {
        if self.list.items.with(Vec::is_empty) {
            self.example()
        } else {
            self.costliest()
        }
    }

    fn costliest(&self) -> Option<CostBreakdown> {
        let rule = self.model.counted_by();
        let (index, media, price) = self.estimate.with(|estimate| {
            let media = estimate.media.iter().copied().enumerate();
            let counted = media.filter(|(_, media)| media.tokens.by(rule).is_some());
            // Of several that cost the same the first.
            let costliest = counted
                .rev()
                .max_by_key(|(_, media)| media.tokens.by(rule))?;
            Some((costliest.0, costliest.1, estimate.price.input))
        })?;
        let id = self.sent.with(|sent| sent.get(index).copied())?;
        let item = self.list.find(id)?;
        let facts = item.known_facts()?;
        Some(CostBreakdown {
            dearest_of: self
                .dearest()
                .filter(|(dearest, _)| *dearest == id)
                .map(|_| self.sent.with(Vec::len)),
            name: Some(item.name),
            stored: facts.stored(),
            grid: media.grid,
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
            dearest_of: None,
            stored: EXAMPLE,
            grid: count.grid,
            frames: None,
            tokens: count.tokens,
            usd: price.map(|price| price.of(count.tokens)),
            price,
        })
    }

    /// Why nothing can be asked now: as far as the request goes.
    pub(crate) fn obstacle(&self) -> Option<Obstacle> {
        let any = |is: fn(&Item) -> bool| self.list.items.with(|items| items.iter().any(is));
        let is_refused = self
            .estimate
            .with(|estimate| estimate.errors().next().is_some());
        [
            (self.list.has_shared(), Obstacle::NoFile),
            (any(Item::is_pending), Obstacle::Reading),
            (any(Item::lacks_url), Obstacle::NoUrl),
            (is_refused, Obstacle::Refused),
            (has_nothing(self.list, self.question), Obstacle::Nothing),
        ]
        .into_iter()
        .find_map(|(applies, obstacle)| applies.then_some(obstacle))
    }
}

/// Whether there is neither text nor a file that is sent.
fn has_nothing(list: ItemList, question: QuestionState) -> bool {
    question.text.with(|text| text.trim().is_empty()) && list.sent().is_empty()
}

fn shown(request: Draft, is_empty: bool) -> Draft {
    if is_empty {
        with_example(&request)
    } else {
        request
    }
}

fn draft(
    list: ItemList,
    question: QuestionState,
    model: ModelState,
    turns: TurnList,
) -> (Draft, Vec<Option<Data>>) {
    let key = model.id.get();
    let (provider, id) = model_key::split(&key);
    let mut draft = Draft::new(id, question.text.get());
    draft.provider = provider.map(str::to_owned);
    let (media, mut data) = list.media(model.detail.get());
    draft.media = media;
    draft.system = Some(question.system.get()).filter(|system| !system.trim().is_empty());
    draft.max_tokens = question.max_tokens.get();
    turns.put_history(&mut draft, &mut data);
    (draft, data)
}
