//! The same request under other models, as bars that stand beside each other.

use tilewise::catalog::{self, Certainty, Model, Source};
use tilewise::estimate::{EstimateOptions, candidates, compare};
use tilewise::request::Draft;
use tilewise::rule::Rule;
use tilewise::units::Usd;

/// The request as one model takes it, counted by one rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// As the endpoint spells it.
    pub model: String,
    pub name: String,
    pub provider: String,
    pub rule: Rule,
    pub certainty: Certainty,
    /// Whether it is what the draft and the options say.
    pub is_chosen: bool,
    pub input_tokens: u64,
    /// Whether every medium is counted; otherwise the figures are too low.
    pub is_whole: bool,
    /// Of the input; `None` where the price is not known.
    pub usd: Option<Usd>,
    /// Against the dearest, 0 to 1; nothing where the price is not known.
    pub share: f64,
    /// Whether published limits forbid it.
    pub is_refused: bool,
    /// Where its figures were read, each document once.
    pub documents: Vec<Document>,
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

/// The draft's own model by each of its rules, and every current model of a provider, or of all, by its own: the cheapest
/// first, and those that would refuse the request last.
pub fn compared(
    draft: &Draft,
    options: &EstimateOptions,
    provider: Option<&str>,
) -> Vec<Candidate> {
    let chosen = options.model_of(draft);
    let is_chosen = |model: &Model| {
        chosen.is_some_and(|chosen| (&chosen.provider, &chosen.id) == (&model.provider, &model.id))
    };
    let listed = || options.models.iter().flatten();
    // What an endpoint says of its own models wins.
    let live = |known: &'static Model| {
        let mut same =
            listed().filter(|model| (&model.provider, &model.id) == (&known.provider, &known.id));
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
    let mut found: Vec<Candidate> = Vec::new();
    for rule in Rule::ALL {
        let options = EstimateOptions {
            rule: Some(rule),
            ..options.clone()
        };
        let with_rule: Vec<_> = models
            .iter()
            .copied()
            .filter(|model| {
                if is_chosen(model) {
                    model
                        .rules()
                        .map_or(rule == Rule::Published, |rules| rules.has(rule))
                } else {
                    model.counted_by.first() == Some(&rule)
                }
            })
            .collect();
        found.extend(compare(draft, &options, &with_rule).into_iter().map(|it| {
            let estimate = it.estimate;
            Candidate {
                model: it.model.id.to_string(),
                name: it.model.name.to_string(),
                provider: it.model.provider.to_string(),
                rule: estimate.rule,
                certainty: estimate.certainty,
                is_chosen: is_chosen(it.model),
                input_tokens: estimate.input_tokens,
                is_whole: estimate.is_whole(),
                usd: estimate.cost.input_usd,
                share: 0.0,
                is_refused: !it.errors.is_empty(),
                documents: Document::all(&it.model.sources),
            }
        }));
    }
    let asked = options.rule;
    for candidate in &mut found {
        candidate.is_chosen &= asked.is_none_or(|asked| candidate.rule == asked);
    }
    found.sort_by_key(|it| (it.is_refused, !it.is_whole, it.usd.is_none(), it.usd));
    let dearest = found.iter().filter_map(|candidate| candidate.usd).max();
    for candidate in &mut found {
        candidate.share = match (candidate.usd, dearest) {
            (Some(usd), Some(dearest)) => usd.share_of(dearest),
            _ => 0.0,
        };
    }
    found
}
