//! The way from a medium's size to its tokens and dollars.

use super::sources::cited;
use super::{Explanation, ExplanationStep, Figure, Limit};
use crate::estimate::EstimateOptions;
use crate::media::{Kind, MediaFacts, Size};
use crate::price::Prices;
use crate::rule::{Bound, Count, Part, Processor, Rule, Rules, Sampling, Scaling};

/// Explains the tokens and dollars that [`estimate`](crate::estimate::estimate) gives a medium, by the rule of the
/// options.
pub fn medium(facts: &MediaFacts, model: &str, options: &EstimateOptions) -> Explanation {
    let model = options.model(model);
    let price = options
        .price
        .or(model.map_or_else(Prices::default, |model| model.price));
    let rules = model.and_then(|model| model.rules);
    let count = rules.and_then(|rules| rules.media(options.rule, facts, options.sample_fps));

    let mut steps = seen(facts);
    let sampling = match (&facts.kind, &rules) {
        (Kind::Video(video), Some(rules)) => rules.sampling(video, options.sample_fps),
        _ => None,
    };
    match (&rules, count) {
        (Some(rules), Some(count)) => {
            steps.extend(sampling.map(sampled));
            steps.extend(counted(rules, options.rule, facts, &count));
            steps.push(match price.input {
                Some(price) => ExplanationStep::Priced {
                    tokens: count.tokens,
                    usd_per_million: price,
                    usd: price.of(count.tokens),
                },
                None => ExplanationStep::NoPrice,
            });
            if count.markers > 0 {
                steps.push(ExplanationStep::Markers {
                    tokens: count.markers,
                });
            }
        }
        (Some(_), None) => steps.push(ExplanationStep::NoDuration),
        (None, _) => steps.push(ExplanationStep::NoRule),
    }
    Explanation {
        rule: options.rule,
        steps,
        tokens: count.map(|count| count.tokens),
        usd: count.and_then(|count| Some(price.input?.of(count.tokens))),
        sources: match count {
            Some(_) => cited(model, options, figures(options.rule, facts)),
            None => Vec::new(),
        },
    }
}

/// The published rule does not say how a video is sampled, so that the processor's way is taken for both.
fn figures(rule: Rule, facts: &MediaFacts) -> &'static [Figure] {
    match (rule, facts.is_image()) {
        (Rule::Published, false) => &[Figure::Rule, Figure::Sampling, Figure::InputPrice],
        _ => &[Figure::Rule, Figure::InputPrice],
    }
}

fn seen(facts: &MediaFacts) -> Vec<ExplanationStep> {
    let shown = Size::new(facts.display_width, facts.display_height);
    let mut steps = vec![ExplanationStep::Stored {
        width_px: facts.width,
        height_px: facts.height,
    }];
    if shown != facts.stored() {
        steps.push(ExplanationStep::Shown {
            width_px: shown.width,
            height_px: shown.height,
        });
    }
    steps
}

fn sampled(sampling: Sampling) -> ExplanationStep {
    ExplanationStep::Sampled {
        video_frames: sampling.video_frames(),
        video_fps: sampling.rate(),
        video_seconds: sampling.seconds(),
        sample_fps: sampling.sample_fps(),
        frames: sampling.frames(),
    }
}

/// From the pixels of one frame to all tokens.
fn counted(rules: &Rules, rule: Rule, facts: &MediaFacts, count: &Count) -> Vec<ExplanationStep> {
    let grid = count.grid;
    let mut steps = Vec::new();
    if rule == Rule::Processor {
        let part = match facts.is_image() {
            true => Part::Image,
            false => Part::Frame,
        };
        steps.push(scaled(rules.processor.scaling(facts.stored(), part)));
        if (grid.width, grid.height) != (grid.content_width, grid.content_height) {
            steps.push(ExplanationStep::Padded {
                tile_px: grid.tile,
                width_px: grid.width,
                height_px: grid.height,
            });
        }
    }
    steps.push(ExplanationStep::Tiles {
        tile_px: grid.tile,
        is_exact: grid.covered() == Size::new(grid.width, grid.height),
        across: grid.columns,
        down: grid.rows,
        tokens: grid.tokens(),
    });
    if !facts.is_image() {
        steps.push(repeated(&rules.processor, rule, count));
    }
    steps
}

fn scaled(scaling: Scaling) -> ExplanationStep {
    let Size { width, height } = scaling.patches;
    let patches = width.saturating_mul(height);
    let limit = match scaling.bound() {
        None => {
            return ExplanationStep::Unscaled {
                patches,
                max_patches: scaling.max_patches,
            };
        }
        Some(Bound::Patches) => Limit::Patches {
            across: width,
            down: height,
            patches,
            max_patches: scaling.max_patches,
        },
        Some(Bound::Side) => Limit::Side {
            max_px: scaling.max_side,
        },
    };
    let content = scaling.content();
    ExplanationStep::Scaled {
        limit,
        factor: scaling.factor(),
        width_px: content.width,
        height_px: content.height,
    }
}

fn repeated(processor: &Processor, rule: Rule, count: &Count) -> ExplanationStep {
    let each = count.grid.tokens();
    match rule {
        Rule::Published => ExplanationStep::Frames {
            tokens_per_frame: each,
            frames: count.frames,
            tokens: count.tokens,
        },
        Rule::Processor => ExplanationStep::Chunks {
            frames: count.frames,
            frames_per_chunk: processor.frames_per_chunk,
            chunks: processor.chunks(count.frames),
            tokens_per_chunk: each,
            tokens: count.tokens,
        },
    }
}
