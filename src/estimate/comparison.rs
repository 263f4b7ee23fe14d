//! The same request under every model and every rule.

use super::{EstimateOptions, estimate};
use crate::catalog::{self, Model};
use crate::request::Draft;
use crate::rule::Rule;
use crate::units::Usd;

/// The request as one model takes it, counted by one rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// As the endpoint spells it.
    pub model: String,
    pub name: String,
    pub rule: Rule,
    /// Whether it is what the draft and the options say.
    pub is_chosen: bool,
    pub input_tokens: u64,
    /// Whether every medium is counted; otherwise the figures are too low.
    pub is_whole: bool,
    /// Of the input; `None` where the price is not known.
    pub usd: Option<Usd>,
    /// Against the dearest, 0 to 1; nothing where the price is not known.
    pub share: f64,
    /// Whether the published limits forbid it.
    pub is_refused: bool,
}

/// Every model whose rules are known, and that of the draft in any case, by each rule.
pub fn compare(draft: &Draft, options: &EstimateOptions) -> Vec<Candidate> {
    let models = match &options.models {
        Some(models) => models.as_slice(),
        None => catalog::models(),
    };
    let models = models
        .iter()
        .filter(|model| model.rules.is_some() || model.id == draft.model);
    let mut draft_there = draft.clone();
    let mut candidates = Vec::new();
    for model in models {
        model.id.as_ref().clone_into(&mut draft_there.model);
        for rule in Rule::ALL {
            let there = EstimateOptions {
                rule,
                ..options.clone()
            };
            let is_chosen = model.id == draft.model && rule == options.rule;
            candidates.push(candidate(model, &draft_there, &there, is_chosen));
        }
    }
    let dearest = candidates
        .iter()
        .filter_map(|candidate| candidate.usd)
        .max();
    for candidate in &mut candidates {
        candidate.share = match (candidate.usd, dearest) {
            (Some(usd), Some(dearest)) => usd.share_of(dearest),
            _ => 0.0,
        };
    }
    candidates
}

fn candidate(
    model: &Model,
    draft: &Draft,
    options: &EstimateOptions,
    is_chosen: bool,
) -> Candidate {
    let estimate = estimate(draft, options);
    let mut counts = estimate
        .media
        .iter()
        .map(|medium| medium.tokens.by(options.rule));
    Candidate {
        model: model.id.to_string(),
        name: model.name.to_string(),
        rule: options.rule,
        is_chosen,
        input_tokens: estimate.input_tokens,
        is_whole: counts.all(|tokens| tokens.is_some()),
        usd: estimate.cost.input_usd,
        share: 0.0,
        is_refused: estimate.errors().next().is_some(),
    }
}
