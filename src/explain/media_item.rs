//! The way from a media item's size to its tokens and dollars.

use super::sources::cited;
use super::{Explanation, ExplanationStep, Figure, Limit};
use crate::catalog::Model;
use crate::estimate::EstimateOptions;
use crate::media::{Kind, MediaFacts, Size};
use crate::rule::{
    Bound, Count, Detail, Family, Kimi, Options, Part, Refusal, Rule, Rules, Sampling, Scaling,
};

/// Explains the tokens and dollars that [`estimate`](crate::estimate::estimate) gives a media item that is alone in its request,
/// by the rule of the options.
pub fn media_item(
    facts: &MediaFacts,
    detail: Option<Detail>,
    model: Option<&Model>,
    options: &EstimateOptions,
) -> Explanation {
    let rules = model.and_then(Model::rules);
    let rule = rules.map_or(options.rule.unwrap_or_default(), |rules| {
        rules.chosen(options.rule)
    });
    let of_rule = Options {
        detail,
        ..options.of_rule()
    };
    let count = rules.map(|rules| rules.media_item(rule, facts, &of_rule));

    let tokens = count.and_then(Result::ok).map_or(0, |count| count.tokens);
    let own = model.map(|model| model.prices_for(tokens));
    let price = options.price.or(own.unwrap_or_default());

    let mut steps = seen(facts);
    match (&rules, count) {
        (Some(rules), Some(Ok(count))) => {
            if let Kind::Video(video) = &facts.kind {
                steps.extend(rules.sampling(video, &of_rule).map(sampled));
            }
            steps.extend(counted(rules, rule, facts, &count));
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
        (_, Some(Err(Refusal::UnknownLength))) => steps.push(ExplanationStep::NoDuration),
        (_, Some(Err(refusal))) => steps.push(ExplanationStep::Uncounted {
            why: refusal.to_string(),
        }),
        (_, _) => steps.push(ExplanationStep::NoRule),
    }
    let count = count.and_then(Result::ok);
    Explanation {
        rule,
        way: rules.map(|rules| rules.way_in_words(rule)),
        steps,
        tokens: count.map(|count| count.tokens),
        usd: count.and_then(|count| Some(price.input?.of(count.tokens))),
        sources: match count {
            Some(_) => cited(model, rule, options, figures(rule, facts)),
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
    let mut steps = Vec::new();
    if let Some(grid) = count.frame.grid {
        steps.extend(fitted(rules, rule, facts, count));
        if (grid.width, grid.height) != (grid.content_width, grid.content_height) {
            steps.push(ExplanationStep::Padded {
                tile_px: grid.tile,
                width_px: grid.width,
                height_px: grid.height,
            });
        }
        steps.push(ExplanationStep::Tiles {
            tile_px: grid.tile,
            is_exact: grid.covered() == Size::new(grid.width, grid.height),
            across: grid.columns,
            down: grid.rows,
            tiles: grid.tokens(),
            is_token: grid.tokens() == count.frame.tokens,
        });
    }
    let tiles = count.frame.grid.map(|grid| grid.tokens());
    if tiles != Some(count.frame.tokens) {
        steps.push(ExplanationStep::Counted {
            low: count.frame.low,
            tokens: count.frame.tokens,
        });
    }
    if !facts.is_image() {
        steps.push(repeated(rules.family(), count));
    }
    steps
}

/// How the pixels that are cut come about.
fn fitted(rules: &Rules, rule: Rule, facts: &MediaFacts, count: &Count) -> Option<ExplanationStep> {
    if rules.is_documented(rule) {
        return None;
    }
    if let Family::KimiK25(kimi) | Family::KimiK3(kimi) = rules.family() {
        return Some(scaled(kimi_scaling(kimi, facts)));
    }
    let Size { width, height } = count.frame.seen?;
    (Size { width, height } != facts.stored()).then_some(ExplanationStep::Seen {
        width_px: width,
        height_px: height,
    })
}

fn kimi_scaling(kimi: &Kimi, facts: &MediaFacts) -> Scaling {
    let part = if facts.is_image() {
        Part::Image
    } else {
        Part::Frame
    };
    kimi.scaling(facts.stored(), part)
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

fn repeated(family: &Family, count: &Count) -> ExplanationStep {
    let each = count.frame.tokens;
    if count.chunks == count.frames {
        return ExplanationStep::Frames {
            tokens_per_frame: each,
            frames: count.frames,
            tokens: count.tokens,
        };
    }
    ExplanationStep::Chunks {
        frames: count.frames,
        frames_per_chunk: family.parameter("frames_per_chunk").unwrap_or(1),
        chunks: count.chunks,
        tokens_per_chunk: each,
        tokens: count.tokens,
    }
}
