//! The same request under every model, as bars that stand beside each other.

use crate::answer::{Answer, Figure, range};
use crate::axis::Axis;
use crate::model_key::key;
use tilewise::catalog::{self, Certainty, Model, Source, Status};
use tilewise::estimate::{Estimate, EstimateOptions, Volume, candidates, compare};
use tilewise::media::Size;
use tilewise::request::Draft;
use tilewise::rule::Rule;
use tilewise::units::{Usd, grouped};

/// The request as one model takes it, counted by each of its rules.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// What it is chosen by.
    pub key: String,
    /// As the endpoint spells it.
    pub model: String,
    pub name: String,
    pub provider: String,
    /// For people.
    pub provider_name: String,
    pub certainty: Certainty,
    /// Whether it is the draft's own model.
    pub is_chosen: bool,
    /// From the rule that counts the fewest tokens to the one that counts the most.
    pub answer: Answer,
    /// Whether every media item is counted; otherwise the figures are too low.
    pub is_whole: bool,
    /// The size at which it sees each image and video; `None` where that is not known, or not the same for all.
    pub seen: Option<Size>,
    /// Why published limits forbid the request; `None` where they do not.
    pub refusal: Option<String>,
    /// Where its figures were read, each document once.
    pub documents: Vec<Document>,
}

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Dollars of one request's input.
    Request,
    /// Tokens of one request's input.
    Tokens,
    /// Dollars of a month of requests.
    Month,
}

impl Measure {
    pub const ALL: [Self; 3] = [Self::Request, Self::Tokens, Self::Month];

    /// As the head of a column.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Tokens => "Tokens",
            Self::Request => "A request",
            Self::Month => "A month",
        }
    }
}

impl Candidate {
    /// One of its figures in words: `$0.0039 to $0.0591`.
    pub fn text(&self, measure: Measure, volume: Volume) -> String {
        let Answer { low, high, .. } = self.answer;
        if !self.is_whole {
            return "not known".to_owned();
        }
        let month = |usd: Usd| volume.a_month(usd).in_cents();
        let text = match measure {
            Measure::Tokens => range(Some(low.tokens), Some(high.tokens), grouped),
            Measure::Request => range(low.usd, high.usd, |usd| usd.to_string()),
            Measure::Month => range(low.usd, high.usd, month),
        };
        text.unwrap_or_else(|| "–".to_owned())
    }

    /// Where the full and the pale part of its bar end, 0 to 1; nothing where its count or its price is not known.
    pub fn bar(&self, axis: Option<Axis>) -> [f64; 2] {
        self.ends().map(|end| match (end, axis) {
            (Some(usd), Some(axis)) => axis.share(usd),
            _ => 0.0,
        })
    }

    /// Whether its bar has a pale part.
    pub fn has_pale_part(&self) -> bool {
        let [low, high] = self.ends();
        low != high
    }

    /// Dollars between which its bar goes.
    pub fn ends(&self) -> [Option<Usd>; 2] {
        [self.answer.low, self.answer.high].map(|end| end.usd.filter(|_| self.is_whole))
    }

    pub fn is_refused(&self) -> bool {
        self.refusal.is_some()
    }
}

/// A document that figures were read from.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    pub url: String,
    /// Of the URL: `docs.baseten.co`.
    pub host: String,
    /// The day, as 2026-11-29.
    pub checked: String,
}

impl Document {
    fn all(sources: &[Source]) -> Vec<Self> {
        let mut documents: Vec<Self> = Vec::new();
        for Source { url, checked, .. } in sources {
            if documents.iter().all(|known| known.url != *url) {
                let address = url.split_once("//").map_or(&**url, |(_, address)| address);
                let host = address.split('/').next().unwrap_or_default();
                documents.push(Self {
                    url: url.to_string(),
                    host: host.to_owned(),
                    checked: checked.to_string(),
                });
            }
        }
        documents
    }
}

/// The draft's own model and every current model of a provider, or of all: the cheapest first by the most that each may
/// cost, and those that would refuse the request last. `settled` is a provider of which it is known by which rule it bills.
pub fn compared(
    draft: &Draft,
    options: &EstimateOptions,
    provider: Option<&str>,
    settled: Option<(&str, Rule)>,
) -> Vec<Candidate> {
    let chosen = options.model_of(draft);
    let is_chosen = |model: &Model| is_same(chosen, model);
    let listed = || options.models.iter().flatten();
    // What an endpoint says of its own models wins.
    let live = |known: &'static Model| {
        let mut same = listed().filter(|model| is_same(Some(model), known));
        same.next().unwrap_or(known)
    };
    let mut models: Vec<&Model> = candidates(draft).into_iter().map(live).collect();
    models
        .extend(listed().filter(|model| {
            model.takes_images == Some(true) && catalog::find(&model.id).is_none()
        }));
    models.retain(|model| {
        provider.is_none_or(|provider| model.provider == provider) && !is_chosen(model)
    });
    models.extend(chosen);
    let mut found = figures(draft, options, &models, settled);
    found.sort_by_key(|it| {
        let (low, high) = (it.answer.low.usd, it.answer.high.usd);
        (it.is_refused(), !it.is_whole, high.is_none(), high, low)
    });
    found
}

/// The request under each of these models, in no order; `settled` as in [`compared`].
pub fn figures(
    draft: &Draft,
    options: &EstimateOptions,
    models: &[&Model],
    settled: Option<(&str, Rule)>,
) -> Vec<Candidate> {
    let chosen = options.model_of(draft);
    let mut found: Vec<Candidate> = Vec::new();
    for rule in Rule::ALL {
        let options = EstimateOptions {
            rule: Some(rule),
            ..options.clone()
        };
        let is_counted = |model: &&Model| match (settled, model.rules()) {
            (Some((provider, settled)), Some(rules))
                if model.provider == provider && rules.has(settled) =>
            {
                rule == settled
            }
            (_, Some(rules)) => rules.has(rule),
            (_, None) => rule == Rule::Published,
        };
        let counted: Vec<&Model> = models.iter().copied().filter(is_counted).collect();
        for it in compare(draft, &options, &counted) {
            let figure = Figure::of(&it.estimate);
            let is_whole = it.estimate.is_whole();
            let refusal = it.errors.first().map(|error| error.message.to_string());
            let same = found.iter_mut().find(|known| {
                (known.provider.as_str(), known.model.as_str())
                    == (&*it.model.provider, &*it.model.id)
            });
            match same {
                Some(known) if is_whole && known.is_whole => {
                    known.answer = known.answer.and(figure);
                    // Refused only where it is whichever rule counts.
                    known.refusal = known.refusal.take().and(refusal);
                }
                Some(known) if known.is_whole => {}
                Some(known) => {
                    known.answer = Answer::alone(figure);
                    known.is_whole = is_whole;
                    known.refusal = refusal;
                }
                None => found.push(Candidate {
                    key: key(it.model),
                    model: it.model.id.to_string(),
                    name: it.model.name.to_string(),
                    provider: it.model.provider.to_string(),
                    provider_name: catalog::provider(&it.model.provider)
                        .map_or_else(String::new, |provider| provider.name.to_owned()),
                    certainty: it.estimate.certainty,
                    is_chosen: is_same(chosen, it.model),
                    answer: Answer::alone(figure),
                    is_whole,
                    seen: seen(&it.estimate),
                    refusal,
                    documents: Document::all(&it.model.sources),
                }),
            }
        }
    }
    found
}

fn seen(estimate: &Estimate) -> Option<Size> {
    let first = estimate.media.first()?.seen;
    first.filter(|_| estimate.media.iter().all(|media| media.seen == first))
}

/// Which models of the catalogue are compared, and how many current ones are not, since they do not take the media of the
/// draft.
pub fn scope(draft: &Draft, provider: Option<&str>) -> String {
    let is_meant = |model: &&Model| {
        model.status == Status::Current
            && provider.is_none_or(|provider| model.provider == provider)
    };
    let all = catalog::models().iter().filter(is_meant).count();
    let taking = candidates(draft);
    let taking = taking.into_iter().filter(|model| is_meant(model)).count();
    let has = |is_image: bool| {
        let mut parts = draft.known_media().into_iter();
        parts.any(|part| part.facts.is_image() == is_image)
    };
    let what = match (has(true), has(false)) {
        (true, true) => "photos and videos",
        (false, true) => "videos",
        (_, false) => "photos",
    };
    match all.saturating_sub(taking) as u64 {
        0 => "All current models".to_owned(),
        left => format!(
            "All current models that take {what}; {} others do not",
            grouped(left)
        ),
    }
}

fn is_same(one: Option<&Model>, other: &Model) -> bool {
    one.is_some_and(|one| (&one.provider, &one.id) == (&other.provider, &other.id))
}
