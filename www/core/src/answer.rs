//! The one answer of the page: what the request costs, as a range where the rules of a model differ.

use tilewise::catalog::{self, Certainty, Model};
use tilewise::estimate::{Estimate, EstimateOptions, estimate};
use tilewise::media::{Format, ImageFacts, MediaFacts, Size};
use tilewise::request::{Draft, MediaPart};
use tilewise::rule::Rule;
use tilewise::units::{Usd, grouped};

/// 12 megapixels, as phones have taken them since 2015.
pub const EXAMPLE: Size = Size {
    width: 4032,
    height: 3024,
};

/// What stands where no price is known.
pub const NO_PRICE: &str = "price not known";

/// What one rule makes of a request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figure {
    pub rule: Rule,
    pub tokens: u64,
    /// Of the input; `None` where the price is not known.
    pub usd: Option<Usd>,
}

impl Figure {
    pub(crate) fn of(estimate: &Estimate) -> Self {
        Self {
            rule: estimate.rule,
            tokens: estimate.input_tokens,
            usd: estimate.cost.input_usd,
        }
    }
}

/// From the rule that counts the fewest tokens to the one that counts the most; both the same where one rule is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Answer {
    pub low: Figure,
    pub high: Figure,
    /// How many images and videos are not counted; the figures leave them out.
    pub uncounted: u64,
    /// Whether others are.
    pub has_counted: bool,
    /// Whether there is nothing to send, and so nothing to pay.
    pub is_nothing: bool,
}

impl Answer {
    /// `estimate` is that of the draft with these options. Of a model with two rules both are counted, unless it is
    /// settled which of them is billed.
    pub fn new(
        draft: &Draft,
        options: &EstimateOptions,
        estimated: &Estimate,
        is_settled: bool,
    ) -> Self {
        let own = Figure::of(estimated);
        let rules = options.model_of(draft).and_then(Model::rules);
        let others = Rule::ALL.into_iter().filter(|rule| {
            !is_settled && *rule != own.rule && rules.is_some_and(|rules| rules.has(*rule))
        });
        let mut answer = Self::of(estimated);
        for rule in others {
            let options = EstimateOptions {
                rule: Some(rule),
                ..options.clone()
            };
            let other = estimate(draft, &options);
            if other.is_whole() {
                answer = answer.and(Figure::of(&other));
            }
        }
        answer
    }

    /// By the one rule of an estimate.
    pub fn of(estimated: &Estimate) -> Self {
        Self {
            uncounted: estimated.uncounted_media,
            has_counted: estimated.media_tokens > 0,
            ..Self::alone(Figure::of(estimated))
        }
    }

    /// Of one rule.
    pub(crate) fn alone(figure: Figure) -> Self {
        Self {
            low: figure,
            high: figure,
            uncounted: 0,
            has_counted: true,
            is_nothing: false,
        }
    }

    pub(crate) fn and(self, other: Figure) -> Self {
        Self {
            low: if other.tokens < self.low.tokens {
                other
            } else {
                self.low
            },
            high: if other.tokens > self.high.tokens {
                other
            } else {
                self.high
            },
            ..self
        }
    }

    pub fn is_range(&self) -> bool {
        self.low.tokens != self.high.tokens
    }

    /// Whether there are images or videos and none of them is counted: then the text alone is no answer.
    pub fn is_unknown(&self) -> bool {
        self.uncounted > 0 && !self.has_counted
    }

    /// `$0.0039 to $0.0591`, `at least $0.0039`.
    pub fn usd_text(&self) -> String {
        match range(self.low.usd, self.high.usd, |usd| usd.to_string()) {
            _ if self.is_nothing => "–".to_owned(),
            _ if self.is_unknown() => "cost not known".to_owned(),
            Some(usd) if self.uncounted > 0 => format!("at least {usd}"),
            Some(usd) => usd,
            None => NO_PRICE.to_owned(),
        }
    }

    /// `4,158 to 62,222`, with [`tokens_unit`](Self::tokens_unit) behind it.
    pub fn tokens_text(&self) -> String {
        let tokens = [self.low.tokens, self.high.tokens].map(Some);
        let tokens = range(tokens[0], tokens[1], grouped).unwrap_or_default();
        match self.uncounted {
            _ if self.is_nothing => "–".to_owned(),
            _ if self.is_unknown() => "count not known".to_owned(),
            0 => tokens,
            _ => format!("at least {tokens}"),
        }
    }

    pub fn tokens_unit(&self) -> &'static str {
        match self.high.tokens {
            _ if self.is_nothing || self.is_unknown() => "",
            1 => " token",
            _ => " tokens",
        }
    }

    /// By which rule the one figure counts that a person chose, and the other figure; `None` where there is one.
    pub fn chosen_of_two(&self, chosen: Rule) -> Option<String> {
        let other = if self.low.rule == chosen {
            self.high
        } else {
            self.low
        };
        let name = |rule| match rule {
            Rule::Published => "the provider’s docs",
            Rule::Processor => "the model’s code",
        };
        let usd = other.usd.filter(|_| self.is_range())?;
        let (by, not_by) = (name(chosen), name(other.rule));
        Some(format!("By {by}, as chosen below; {usd} by {not_by}."))
    }

    /// Why there are two figures, or no whole one; `None` where there is one.
    pub fn why(&self, model: Option<&Model>) -> Option<String> {
        if self.uncounted > 0 {
            let name = model.map_or("this model", |model| &model.name);
            let what = if self.has_counted { "some" } else { "any" };
            return Some(format!(
                "It is not known how {name} counts {what} of these files. “Compare” and the list of models show which models count them."
            ));
        }
        if !self.is_range() {
            return None;
        }
        let provider = model.and_then(|model| catalog::provider(&model.provider));
        let docs = provider.map_or_else(
            || "The provider’s docs count".to_owned(),
            |provider| format!("{}’s docs count", provider.name),
        );
        let by = |rule| {
            if self.low.rule == rule {
                self.low.tokens
            } else {
                self.high.tokens
            }
        };
        Some(format!(
            "{docs} {} tokens, the model’s own code {}. Which one is billed is not published.",
            grouped(by(Rule::Published)),
            grouped(by(Rule::Processor)),
        ))
    }
}

/// How sure a count is, in a few words.
pub const fn certainty(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Exact => "exact",
        Certainty::Documented => "documented",
        Certainty::Assumed => "assumed",
        Certainty::Unknown => "not known",
    }
}

/// Both ends in words, once where they read the same; `None` where one is not known.
pub fn range<T>(low: Option<T>, high: Option<T>, show: impl Fn(T) -> String) -> Option<String> {
    let [low, high] = [low, high].map(|end| end.map(&show));
    let (low, high) = low.zip(high)?;
    Some(if low == high {
        low
    } else {
        format!("{low} to {high}")
    })
}

/// An image of which nothing is known but its size.
pub fn sized(size: Size) -> MediaFacts {
    let image = ImageFacts {
        animated: Some(false),
        has_alpha: Some(false),
        ..ImageFacts::default()
    };
    MediaFacts::image(Format::Jpeg, size, image)
}

/// The draft with an image of [`EXAMPLE`], for who has added nothing yet.
pub fn with_example(draft: &Draft) -> Draft {
    let mut draft = draft.clone();
    draft.media.push(MediaPart::base64(sized(EXAMPLE)));
    draft
}
