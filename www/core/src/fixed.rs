//! What a plan for a whole request changes: what it costs then, and what is lost.

use tilewise::estimate::{Estimate, EstimateOptions, estimate};
use tilewise::media::{Kind, MediaFacts, Size};
use tilewise::prepare::budget::{Action, Budget};
use tilewise::prepare::plan::plan;
use tilewise::request::{Draft, MediaPart, Via};
use tilewise::rule::Rules;
use tilewise::units::grouped;

/// A request as a plan would make it.
#[derive(Clone, Debug, PartialEq)]
pub struct Fixed {
    /// Index and size of the smallest image that is resized; `None` where none is.
    pub smallest: Option<(usize, Size)>,
    /// The indices of animations of which one frame is kept.
    pub stilled: Vec<usize>,
    /// Whether an image has to lose bytes: how many pixels that takes is known once it was encoded.
    is_squeezed: bool,
    draft: Draft,
}

impl Fixed {
    pub fn new(draft: &Draft, budget: &Budget, rules: &Rules) -> Self {
        let mut fixed = Self {
            smallest: None,
            stilled: Vec::new(),
            is_squeezed: false,
            draft: draft.clone(),
        };
        let parts = fixed.draft.media.iter_mut().zip(&budget.actions);
        for (index, (part, action)) in parts.enumerate() {
            match action {
                Action::Keep => {}
                Action::ByUrl(url) => part.via = Via::Url(url.clone()),
                Action::Shrink(goal) => {
                    let Ok(planned) = plan(&part.facts, goal, rules) else {
                        continue;
                    };
                    if planned.is_met {
                        continue;
                    }
                    if planned.is_animated {
                        fixed.stilled.push(index);
                    }
                    let loses = |bytes: u64| goal.max_bytes.is_some_and(|most| most < bytes);
                    fixed.is_squeezed |= part.facts.bytes.is_some_and(loses);
                    shrink(part, planned.size, goal.max_bytes);
                    if planned.size == planned.upright {
                        continue;
                    }
                    let area = |size: Size| u128::from(size.width) * u128::from(size.height);
                    let is_smaller = |(_, size)| area(planned.size) < area(size);
                    if fixed.smallest.is_none_or(is_smaller) {
                        fixed.smallest = Some((index, planned.size));
                    }
                }
            }
        }
        fixed
    }

    /// What it costs before and after, in words: `24,108 → 8,192 tokens, $0.0229 → $0.0078`, or at most that; `None` where
    /// it costs the same.
    pub fn cost(&self, before: &Estimate, options: &EstimateOptions) -> Option<String> {
        let after = estimate(&self.draft, options);
        let is_same = after.input_tokens == before.input_tokens;
        if is_same && !self.is_squeezed {
            return None;
        }
        let (at_most, why) = if self.is_squeezed {
            ("at most ", "; fewer where bytes ask for fewer pixels")
        } else {
            ("", "")
        };
        let tokens = format!(
            "{} → {at_most}{} tokens",
            grouped(before.input_tokens),
            grouped(after.input_tokens)
        );
        let usd = [before.cost.input_usd, after.cost.input_usd];
        Some(match usd.map(|usd| usd.map(|usd| usd.to_string())) {
            [Some(before), Some(after)] => format!("{tokens}, {before} → {at_most}{after}{why}"),
            _ => format!("{tokens}{why}"),
        })
    }
}

/// What was done to an image, as its row says it.
pub fn made_mark(before: &MediaFacts, after: &MediaFacts) -> String {
    let upright = |facts: &MediaFacts| (facts.display_width, facts.display_height);
    let is_turned = match &before.kind {
        Kind::Image(image) => !image.orientation.is_upright(),
        Kind::Video(_) => false,
    };
    if upright(before) != upright(after) {
        "Resized & compressed".to_owned()
    } else if before.format != after.format {
        format!("Converted to {}", after.format.name().to_uppercase())
    } else if is_turned {
        "Turned upright".to_owned()
    } else {
        "Compressed".to_owned()
    }
}

/// How an animation ends: `1 of 12 frames kept`; how many it has is known once they were decoded.
pub fn kept_frames(frames: Option<u64>) -> String {
    match frames {
        Some(frames) => format!("1 of {} frames kept", grouped(frames)),
        None => "1 frame of the animation kept".to_owned(),
    }
}

/// Its pixels are upright then.
fn shrink(part: &mut MediaPart, size: Size, max_bytes: Option<u64>) {
    let facts = &mut part.facts;
    (facts.width, facts.height) = (size.width, size.height);
    (facts.display_width, facts.display_height) = (size.width, size.height);
    facts.bytes = None;
    part.via = Via::Base64 { bytes: max_bytes };
}
