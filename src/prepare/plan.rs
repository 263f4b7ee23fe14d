//! What one image becomes, decided from its facts.

use super::sizes::Sizes;
use super::{Fit, Goal, OutputFormat, PrepareError};
use crate::estimate::ByRule;
use crate::media::{Format, ImageFacts, Kind, MediaFacts, Orientation, Size};
use crate::rule::{Rule, Rules};

/// The quality of a JPEG where none is asked for, and no higher one is tried to fill a goal in bytes: by libjpeg's scale,
/// where the loss is hard to see and the file still half as large as at 100.
pub const DEFAULT_QUALITY: u8 = 92;
/// Below this, blocks of 8×8 pixels show in text; a smaller image at this quality is read more easily.
pub const LEAST_QUALITY: u8 = 40;

/// How to make of an image what meets a goal.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Plan {
    /// How the stored pixels must be turned.
    pub turn: Orientation,
    /// The image as it stands, upright.
    pub upright: Size,
    /// What it becomes, upright; smaller still only where no quality fits into `max_bytes`.
    pub size: Size,
    /// Of `size`.
    pub tokens: ByRule,
    /// The format to encode in.
    pub format: OutputFormat,
    /// Of a JPEG; other formats have none.
    pub quality: Quality,
    /// Most bytes of the file; `None` for any number.
    pub max_bytes: Option<u64>,
    /// Only its first frame stays.
    pub is_animated: bool,
    /// The source meets the goal as it stands.
    pub is_met: bool,
}

/// Of an encoding that loses something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Quality {
    /// Exactly this, 1 to 100.
    Fixed(u8),
    /// The highest of these that meets `max_bytes`: one more does not.
    Highest {
        /// The lowest that is tried, 1 to 100; below it the image becomes smaller instead.
        least: u8,
        /// The highest that is tried, 1 to 100.
        best: u8,
    },
}

/// Plans one image. Never enlarges, and keeps its aspect within a pixel.
///
/// # Errors
///
/// [`PrepareError::UnsupportedFormat`] for a video. [`PrepareError::InvalidArgument`] and [`PrepareError::Unmeetable`]
/// for a goal that means nothing or that no image meets.
pub fn plan(facts: &MediaFacts, goal: &Goal, rules: &Rules) -> Result<Plan, PrepareError> {
    goal.check()?;
    let Kind::Image(image) = &facts.kind else {
        let format = facts.format;
        return Err(PrepareError::UnsupportedFormat { format });
    };
    let wish = goal.format();
    let upright = Size::new(facts.display_width.max(1), facts.display_height.max(1));
    let rule = rules.chosen(goal.rule);
    let sizes = Sizes::new(upright, rule, rules);
    let within = |max_side: u64| {
        let none = PrepareError::invalid("maxTokens", "no size of this image meets it");
        sizes.within(goal.max_tokens, max_side).ok_or(none)
    };
    let of_model = goal.fit.map(|Fit::Model| {
        // Whichever rule counts its tokens, the model's own code scales it.
        let own = rules.chosen(Some(Rule::Processor));
        let Size { width, height } = Sizes::new(upright, own, rules).seen();
        width.max(height)
    });
    let sides = [goal.max_side, of_model].into_iter().flatten();
    let max_side = sides.min().unwrap_or(u64::MAX);
    let wanted = within(max_side)?;
    let is_met = is_met(facts, image, goal, wanted == upright);
    let size = if is_met {
        upright
    } else {
        within(max_side.min(wish.longest_side()))?
    };
    Ok(Plan {
        turn: image.orientation,
        upright,
        size,
        tokens: tokens(rules, size),
        format: wish,
        quality: match (goal.quality, goal.max_bytes) {
            (Some(quality), _) => Quality::Fixed(quality),
            (None, None) => Quality::Fixed(DEFAULT_QUALITY),
            (None, Some(_)) => Quality::Highest {
                least: LEAST_QUALITY,
                best: DEFAULT_QUALITY,
            },
        },
        max_bytes: goal.max_bytes,
        is_animated: image.animated == Some(true),
        is_met,
    })
}

/// Whether the source is to stay as it is. A quality that is asked for is one to encode with: what the
/// source was encoded with is not known.
fn is_met(facts: &MediaFacts, image: &ImageFacts, goal: &Goal, fits: bool) -> bool {
    let is_small = goal
        .max_bytes
        .is_none_or(|most| facts.bytes.is_some_and(|bytes| bytes <= most));
    let has_quality = facts.format == Format::Jpeg && goal.quality.is_some();
    fits && is_small
        && !has_quality
        && goal.format().allows(facts.format)
        && image.orientation.is_upright()
        && image.animated != Some(true)
}

/// What an image of this size costs by each rule; `None` by one that the model does not have, or that does not cover it.
pub fn tokens(rules: &Rules, size: Size) -> ByRule {
    ByRule {
        published: rules.tokens(Rule::Published, size),
        processor: rules.tokens(Rule::Processor, size),
    }
}

impl Plan {
    /// What is done to the pixels, in order and in words.
    pub fn steps(&self) -> Vec<String> {
        let mut steps = Vec::new();
        if self.is_animated {
            steps.push("first frame of an animation".to_owned());
        }
        steps.extend(turn_in_words(self.turn).map(str::to_owned));
        if self.size != self.upright {
            steps.push(resized_in_words(self.upright, self.size));
        }
        steps
    }
}

pub(crate) fn resized_in_words(from: Size, to: Size) -> String {
    format!(
        "resized {}×{} → {}×{}",
        from.width, from.height, to.width, to.height
    )
}

/// Clockwise, and left and right exchanged after that.
const fn turn_in_words(turn: Orientation) -> Option<&'static str> {
    match turn.number() {
        2 => Some("mirrored"),
        3 => Some("rotated 180°"),
        4 => Some("rotated 180° and mirrored"),
        5 => Some("rotated 90° and mirrored"),
        6 => Some("rotated 90°"),
        7 => Some("rotated 270° and mirrored"),
        8 => Some("rotated 270°"),
        _ => None,
    }
}
