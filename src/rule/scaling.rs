//! How far the model's own processor scales an image down, and which of its limits asks for it.

use crate::media::Size;

/// In doubles, as the processor computes it, so that a size at the edge of a step falls on the same side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scaling {
    stored: Size,
    /// Whole patches across and down, at least one each.
    pub(crate) patches: Size,
    pub(crate) max_patches: u64,
    pub(crate) max_side: u64,
    within_budget: f64,
    within_width: f64,
    within_height: f64,
}

/// Which limit an image is scaled down to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bound {
    Patches,
    Side,
}

impl Scaling {
    /// `patch` and `max_side` in pixels.
    pub(super) fn new(stored: Size, patch: u64, max_side: u64, max_patches: u64) -> Self {
        let patches = |side: u64| (side / patch.max(1)).max(1);
        let patches = Size::new(patches(stored.width), patches(stored.height));
        let within = |side: u64| max_side as f64 / side.max(1) as f64;
        Self {
            stored,
            patches,
            max_patches,
            max_side,
            within_budget: (max_patches as f64 / (patches.width as f64 * patches.height as f64))
                .sqrt(),
            within_width: within(stored.width),
            within_height: within(stored.height),
        }
    }

    /// What each side is multiplied by, at most 1.
    pub(crate) fn factor(&self) -> f64 {
        self.within_budget
            .min(self.within_width)
            .min(self.within_height)
            .min(1.0)
    }

    /// `None` for an image that keeps its size.
    pub(crate) fn bound(&self) -> Option<Bound> {
        match self.factor() {
            1.0.. => None,
            factor if factor == self.within_budget => Some(Bound::Patches),
            _ => Some(Bound::Side),
        }
    }

    /// Size in pixels of the scaled image.
    pub(crate) fn content(&self) -> Size {
        let factor = self.factor();
        // Casting truncates, as the processor's int() does.
        let side =
            |side: u64| ((side.max(1) as f64 * factor) as u64).clamp(1, self.max_side.max(1));
        Size::new(side(self.stored.width), side(self.stored.height))
    }
}
