//! The way from a request's parts to its price.

use super::sources::cited;
use super::{Explanation, ExplanationStep, Figure};
use crate::catalog::Model;
use crate::estimate::{EstimateOptions, estimate};
use crate::request::Draft;

/// Explains the input tokens and dollars that [`estimate`](crate::estimate::estimate) gives a draft.
pub fn request(draft: &Draft, options: &EstimateOptions) -> Explanation {
    let model = options.model_of(draft);
    let estimate = estimate(draft, options);
    let tokens = estimate.input_tokens;
    let counted = options.text.of_model(&estimate.model);
    let text = counted.unwrap_or_else(|| draft.request_text().under(&estimate.model));
    let own = estimate
        .media_tokens
        .saturating_sub(estimate.earlier_media_tokens);
    let is_counted = |tokens: &Option<u64>| tokens.is_some();
    let counts = || {
        estimate
            .media
            .iter()
            .map(|item| item.tokens.by(estimate.rule))
    };
    let counted = counts().filter(is_counted).count() as u64;
    let images = draft.media.iter().zip(counts());
    let images = images.filter(|(part, tokens)| part.facts.is_image() && is_counted(tokens));
    let images = images.count() as u64;
    let left_out = (estimate.media.len() as u64).saturating_sub(counted);

    let mut steps = Vec::new();
    let mut step = |applies: bool, step: ExplanationStep| {
        if applies {
            steps.push(step);
        }
    };
    step(
        counted > 0,
        ExplanationStep::Media {
            media: counted,
            images,
            tokens: own,
        },
    );
    step(left_out > 0, ExplanationStep::LeftOut { media: left_out });
    step(
        estimate.earlier_media_tokens > 0,
        ExplanationStep::EarlierMedia {
            tokens: estimate.earlier_media_tokens,
        },
    );
    // The estimate counts the markers around media, of a known number of tokens, as text.
    let markers = estimate.text.tokens.saturating_sub(text.tokens);
    step(markers > 0, ExplanationStep::Markers { tokens: markers });
    step(
        true,
        ExplanationStep::Text {
            tokens: text.tokens,
            low: text.low,
            high: text.high,
        },
    );
    step(true, ExplanationStep::Input { tokens });
    let mut figures = Vec::new();
    if counted > 0 || estimate.earlier_media_tokens > 0 {
        figures.push(Figure::Rule);
    }
    let usd = estimate.cost.input_usd;
    match usd {
        None => step(true, ExplanationStep::NoPrice),
        Some(usd) => {
            let cached = options.cached_tokens(tokens);
            let fresh = tokens.saturating_sub(cached);
            let mut reached = estimate.price_tiers.iter().rev();
            let reached = reached.find(|tier| tokens > tier.above_input_tokens);
            let above_input_tokens = reached.map_or(0, |tier| tier.above_input_tokens);
            // A price that the caller gave has no steps.
            if above_input_tokens > 0 && options.price.input.is_none() {
                figures.push(Figure::PriceTiers);
                step(true, ExplanationStep::PriceTier { above_input_tokens });
            }
            if let Some(price) = estimate.price.input {
                figures.push(Figure::InputPrice);
                step(
                    true,
                    ExplanationStep::Priced {
                        tokens: fresh,
                        usd_per_million: price,
                        usd: price.of(fresh),
                    },
                );
            }
            if let Some(price) = estimate.price.cached_input.filter(|_| cached > 0) {
                figures.push(Figure::CachedPrice);
                step(
                    true,
                    ExplanationStep::Cached {
                        tokens: cached,
                        usd_per_million: price,
                        usd: price.of(cached),
                    },
                );
                step(true, ExplanationStep::Sum { usd });
            }
        }
    }
    if let (Some(tokens), Some(price)) = (draft.max_tokens, estimate.price.output) {
        figures.push(Figure::OutputPrice);
        step(
            true,
            ExplanationStep::Answer {
                tokens,
                usd_per_million: price,
                usd: price.of(tokens),
            },
        );
    }
    Explanation {
        rule: estimate.rule,
        way: model
            .and_then(Model::rules)
            .map(|rules| rules.way_in_words(estimate.rule)),
        steps,
        tokens: Some(tokens),
        usd,
        sources: cited(model, estimate.rule, options, &figures),
    }
}
