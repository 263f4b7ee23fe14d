//! What a request would cost if its media were others: smaller, more, or looked at less often.
//!
//! ```
//! use tilewise::estimate::{EstimateOptions, WhatIf};
//! use tilewise::media::{Format, ImageFacts, MediaFacts, Size};
//! use tilewise::request::{Draft, MediaPart};
//!
//! let photo = MediaFacts::image(Format::Jpeg, Size::new(1024, 1024), ImageFacts::default());
//! let mut draft = Draft::new("moonshotai/Kimi-K2.5", "What is this?");
//! draft.media.push(MediaPart::base64(photo));
//!
//! let half = WhatIf { size_percent: Some(50), ..WhatIf::default() };
//! assert_eq!(half.estimate(&draft, &EstimateOptions::default()).media_tokens, 36 * 36);
//! ```

use super::{Estimate, EstimateOptions, estimate};
use crate::media::{MediaFacts, Size};
use crate::request::{Draft, MediaPart, Via};

/// What is changed; `None` leaves it as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct WhatIf {
    /// Percent of each side of every image and video of the draft, up to 100.
    pub size_percent: Option<u64>,
    /// Frames sampled from a video each second.
    pub sample_fps: Option<f64>,
    /// How many images: the first of those of the draft, or all of them again and again.
    pub images: Option<u64>,
}

impl WhatIf {
    /// The highest [`images`](Self::images) that is counted.
    pub const MAX_IMAGES: u64 = 1_000;

    /// Whether it changes nothing.
    pub fn is_idle(&self) -> bool {
        *self == Self::default()
    }

    /// The length of a smaller image's file is not known before it is encoded, so the length of the body leaves it out.
    pub fn estimate(&self, draft: &Draft, options: &EstimateOptions) -> Estimate {
        let mut draft = draft.clone();
        self.apply(&mut draft.media);
        let options = EstimateOptions {
            sample_fps: self.sample_fps.or(options.sample_fps),
            ..options.clone()
        };
        estimate(&draft, &options)
    }

    fn apply(&self, media: &mut Vec<MediaPart>) {
        if let Some(images) = self.images {
            repeat(media, images.min(Self::MAX_IMAGES));
        }
        if self.size_percent.is_some_and(|percent| percent < 100) {
            for part in media {
                self.scale(&mut part.facts);
                if let Via::Base64 { bytes } = &mut part.via {
                    *bytes = None;
                }
            }
        }
    }

    fn scale(&self, facts: &mut MediaFacts) {
        let shown = Size::new(facts.display_width, facts.display_height);
        let [stored, shown] = [facts.stored(), shown].map(|size| self.scaled(size));
        (facts.width, facts.height) = (stored.width, stored.height);
        (facts.display_width, facts.display_height) = (shown.width, shown.height);
        facts.bytes = None;
    }

    /// A size after the change: each side in `size_percent`, rounded, and at least 1 pixel.
    pub fn scaled(&self, size: Size) -> Size {
        let percent = u128::from(self.size_percent.unwrap_or(100).min(100));
        let side = |side: u64| {
            let scaled = (u128::from(side) * percent + 50) / 100;
            // No more than the side, so it fits.
            u64::try_from(scaled).unwrap_or(side).max(1)
        };
        Size::new(side(size.width), side(size.height))
    }
}

/// Leaves this many images, in order, and every video where it is.
fn repeat(media: &mut Vec<MediaPart>, images: u64) {
    let images = usize::try_from(images).unwrap_or(usize::MAX);
    let own: Vec<_> = media
        .iter()
        .filter(|part| part.facts.is_image())
        .cloned()
        .collect();
    let mut kept = 0;
    media.retain(|part| {
        kept += usize::from(part.facts.is_image());
        !part.facts.is_image() || kept <= images
    });
    let more = images.saturating_sub(own.len());
    media.extend(own.iter().cycle().take(more).cloned());
}
