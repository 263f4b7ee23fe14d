//! The sizes that an image can be shrunk to, and what each saves.
//!
//! All have the aspect of the image: the longer side is any whole number, the shorter one follows,
//! rounded. Of all sizes that cost the same, the largest counts: the one just under the next step of a
//! tile.

use crate::media::Size;
use crate::price::Prices;
use crate::rule::{Rule, Rules};
use crate::units::Usd;
use serde::Serialize;

/// The sizes of one image by one rule.
#[derive(Clone, Copy, Debug)]
pub struct Sizes<'a> {
    upright: Size,
    rule: Rule,
    rules: &'a Rules,
}

/// A size that costs less than the image as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CheaperSize {
    /// Upright width in pixels.
    pub width: u64,
    /// Upright height in pixels.
    pub height: u64,
    /// What the image takes at this size.
    pub tokens: u64,
    /// Against the image as it stands.
    pub saved_tokens: u64,
    /// `None` where the price is not known.
    pub saved_usd: Option<Usd>,
}

impl CheaperSize {
    /// Width and height in one.
    pub fn size(&self) -> Size {
        Size::new(self.width, self.height)
    }
}

impl<'a> Sizes<'a> {
    /// `upright` is the size of the image as a viewer shows it.
    pub fn new(upright: Size, rule: Rule, rules: &'a Rules) -> Self {
        Self {
            upright: Size::new(upright.width.max(1), upright.height.max(1)),
            rule,
            rules,
        }
    }

    /// The image as it stands.
    pub fn upright(&self) -> Size {
        self.upright
    }

    /// `None` where the rule does not cover an image of this size.
    pub fn tokens(&self, size: Size) -> Option<u64> {
        self.rules.tokens(self.rule, size)
    }

    /// The size whose longer side is this long, or the image's own where that is shorter.
    pub fn with_side(&self, side: u64) -> Size {
        let Size { width, height } = self.upright;
        let longer = width.max(height);
        let side = side.clamp(1, longer);
        let shorter = |of: u64| {
            let exact = u128::from(of) * u128::from(side);
            let longer = u128::from(longer);
            // No more than `of`, so it fits.
            u64::try_from((exact + longer / 2) / longer)
                .unwrap_or(of)
                .max(1)
        };
        if width >= height {
            Size::new(side, shorter(height))
        } else {
            Size::new(shorter(width), side)
        }
    }

    /// The largest size that the model does not scale down. What is larger, it scales down before it looks: nothing is lost by
    /// doing so beforehand. The image's own size where it is not known what the model sees.
    pub fn seen(&self) -> Size {
        let canvas = self.rules.canvas(self.rule, self.upright);
        let side = canvas.map_or_else(
            || self.seen_side(self.longer()),
            |Size { width, height }| width.max(height),
        );
        let size = self.with_side(side);
        if self.is_scaled(self.upright) {
            size
        } else {
            self.upright
        }
    }

    /// The largest size of no more tokens, and no longer side, than these; `None` if there is none, or if the rule does not
    /// cover the image. Of a rule under which a smaller image may take more tokens, a larger size may fit as well.
    ///
    /// Sizes that the rule itself scales down are passed over, unless the first of them fits: of them
    /// a larger one may cost less than a smaller one, and the model sees no more of either.
    pub fn within(&self, max_tokens: Option<u64>, max_side: u64) -> Option<Size> {
        let side = max_side.min(self.longer());
        let whole = self.with_side(side);
        match max_tokens {
            None => Some(whole),
            Some(max_tokens) if self.tokens(whole)? <= max_tokens => Some(whole),
            Some(max_tokens) => self.cheapest_below(side, max_tokens),
        }
    }

    /// Every cheaper size, the next one first: each the largest that costs what it costs.
    pub fn cheaper(&self, price: &Prices) -> impl Iterator<Item = CheaperSize> {
        let price = price.input;
        let whole = self.tokens(self.upright);
        let sizes = *self;
        self.cheaper_by(1).filter_map(move |size| {
            let tokens = sizes.tokens(size)?;
            let saved_tokens = whole?.saturating_sub(tokens);
            Some(CheaperSize {
                width: size.width,
                height: size.height,
                tokens,
                saved_tokens,
                saved_usd: price.map(|price| price.of(saved_tokens)),
            })
        })
    }

    /// Cheaper sizes, the largest first: each is the largest that costs at least `step` tokens less than the one
    /// before. A `step` of 0 counts as 1.
    pub fn cheaper_by(&self, step: u64) -> impl Iterator<Item = Size> {
        let sizes = *self;
        let step = step.max(1);
        let mut tokens = self.tokens(self.upright);
        std::iter::from_fn(move || {
            let size = sizes.cheapest_below(sizes.longer(), tokens?.checked_sub(step)?)?;
            tokens = sizes.tokens(size);
            Some(size)
        })
    }

    fn longer(&self) -> u64 {
        self.upright.width.max(self.upright.height)
    }

    /// Up to what the rule scales down, tokens never fall as the side grows.
    fn cheapest_below(&self, side: u64, max_tokens: u64) -> Option<Size> {
        let seen = self.seen_side(side);
        let fits = |side| {
            let tokens = self.tokens(self.with_side(side));
            tokens.is_some_and(|tokens| tokens <= max_tokens)
        };
        Some(self.with_side(last_that(seen, fits)?))
    }

    fn seen_side(&self, side: u64) -> u64 {
        last_that(side, |side| !self.is_scaled(self.with_side(side))).unwrap_or(1)
    }

    fn is_scaled(&self, size: Size) -> bool {
        let Some(seen) = self.rules.sees(self.rule, size) else {
            return false;
        };
        let Size { width, height } = seen.size;
        // To round a side down to whole tiles is not to scale it.
        let is_less = |seen_side: u64, side: u64| seen_side.saturating_add(seen.rounded_by) < side;
        is_less(width, size.width) || is_less(height, size.height)
    }
}

/// The last number from 1 to `most` for which something holds that, once it ceases to hold, never
/// holds again.
fn last_that(most: u64, holds: impl Fn(u64) -> bool) -> Option<u64> {
    let (mut low, mut high) = (0, most);
    while low < high {
        let middle = high - (high - low) / 2;
        if holds(middle) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    (low > 0).then_some(low)
}
