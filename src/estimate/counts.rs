//! What all media of a request take, by each rule of the model.

use super::{Bounds, ByRule, EstimateOptions, MediaEstimate};
use crate::catalog::Model;
use crate::media::Size;
use crate::price::Prices;
use crate::request::Draft;
use crate::rule::{Count, Options, Refusal, Rule, Rules, text::TextTokens};

/// Of the draft's own media, and then of those of earlier turns.
pub(super) struct Counts {
    /// By which the estimate counts.
    pub(super) rule: Rule,
    by_rule: [Vec<Result<Count, Refusal>>; 2],
    /// How many are the draft's own.
    own: usize,
    /// Why some are not counted by the chosen rule, each reason once.
    pub(super) refusals: Vec<Refusal>,
    seen: Vec<Option<Size>>,
}

/// Of all media by one rule.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sum {
    pub(super) tokens: u64,
    pub(super) markers: u64,
    low: u64,
    high: u64,
    /// How many are not counted.
    pub(super) uncounted: u64,
}

impl Counts {
    /// `text_tokens` are taken from the context that a rule may share out among images.
    pub(super) fn new(
        draft: &Draft,
        model: Option<&Model>,
        rules: Option<&Rules>,
        options: &EstimateOptions,
        text_tokens: u64,
    ) -> Self {
        let context = model.and_then(|model| model.context_tokens);
        let of_rule = Options {
            context_left: context.map(|context| context.saturating_sub(text_tokens)),
            ..options.of_rule()
        };
        let parts = draft.known_media();
        let asked = || parts.iter().map(|part| (&part.facts, part.detail));
        let by = |rule| match rules {
            Some(rules) if rules.has(rule) => rules.media(rule, asked(), &of_rule),
            _ => vec![Err(Refusal::NoSuchRule); parts.len()],
        };
        let rule = rules.map_or(options.rule.unwrap_or_default(), |rules| {
            rules.chosen(options.rule)
        });
        let by_rule = Rule::ALL.map(by);
        // Whichever rule counts its tokens, the model sees what its own code makes of a media item.
        let seen_by = match rules {
            Some(rules) if rules.has(Rule::Processor) => Rule::Processor,
            _ => Rule::Published,
        };
        let mut counts = Self {
            rule,
            own: draft.media.len(),
            refusals: Vec::new(),
            seen: Vec::new(),
            by_rule,
        };
        counts.seen = counts
            .all(seen_by)
            .iter()
            .map(|count| count.ok()?.frame.seen)
            .collect();
        let mut refusals = Vec::new();
        for refusal in counts.all(rule).iter().filter_map(|count| count.err()) {
            if !refusals.contains(&refusal) {
                refusals.push(refusal);
            }
        }
        counts.refusals = refusals;
        counts
    }

    pub(super) fn media(&self, price: &Prices) -> Vec<MediaEstimate> {
        let [published, processor] = Rule::ALL.map(|rule| self.all(rule));
        let tokens = |count: &Result<Count, Refusal>| Some(count.ok()?.tokens);
        let both = published.iter().zip(processor).zip(&self.seen);
        let estimates = both.map(|((published, processor), seen)| {
            let chosen = match self.rule {
                Rule::Published => published,
                Rule::Processor => processor,
            };
            let chosen = chosen.ok();
            MediaEstimate {
                tokens: ByRule {
                    published: tokens(published),
                    processor: tokens(processor),
                },
                grid: chosen.and_then(|count| count.frame.grid),
                frames: chosen.map_or(0, |count| count.frames),
                usd: chosen.and_then(|count| Some(price.input?.of(count.tokens))),
                seen: *seen,
            }
        });
        estimates.take(self.own).collect()
    }

    /// Of all media, those that are not counted left out.
    pub(super) fn sum(&self, rule: Rule) -> Sum {
        let all = self.all(rule).iter();
        all.fold(Sum::default(), |sum, count| match count {
            Err(_) => Sum {
                uncounted: sum.uncounted.saturating_add(1),
                ..sum
            },
            Ok(count) => Sum {
                tokens: sum.tokens.saturating_add(count.tokens),
                markers: sum.markers.saturating_add(count.markers),
                low: sum.low.saturating_add(count.low),
                high: sum.high.saturating_add(count.high),
                uncounted: sum.uncounted,
            },
        })
    }

    /// By the chosen rule.
    pub(super) fn earlier_tokens(&self) -> u64 {
        let earlier = self.all(self.rule).iter().skip(self.own).flatten();
        earlier.fold(0, |sum, count| sum.saturating_add(count.tokens))
    }

    /// By the chosen rule, that of the images whose count is known the least.
    pub(super) fn widest(&self) -> Option<&Count> {
        let counted = self.all(self.rule).iter().flatten();
        let open = counted.filter(|count| count.frame.low < count.frame.high);
        open.max_by_key(|count| count.high - count.low)
    }

    fn all(&self, rule: Rule) -> &[Result<Count, Refusal>] {
        let [published, processor] = &self.by_rule;
        match rule {
            Rule::Published => published,
            Rule::Processor => processor,
        }
    }
}

impl Sum {
    /// With this text; `None` where a media item is not counted.
    pub(super) fn bounds(&self, text_tokens: TextTokens) -> Option<Bounds> {
        let framed = |tokens: u64, of_text: u64| {
            let media = tokens.saturating_add(self.markers);
            media.saturating_add(of_text)
        };
        (self.uncounted == 0).then(|| Bounds {
            low: framed(self.low, text_tokens.low),
            high: framed(self.high, text_tokens.high),
        })
    }
}
