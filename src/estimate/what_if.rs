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
use crate::units;

/// What is changed; `None` leaves it as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct WhatIf {
    /// Of each side of every picture and video of the draft, up to 100.
    pub size_percent: Option<u64>,
    /// Frames sampled from a video each second.
    pub sample_fps: Option<f64>,
    /// How many pictures: the first of those that are there, or those over and over again.
    pub pictures: Option<u64>,
}

/// How far a request can be changed, and where it stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// Whether it has any medium.
    pub has_media: bool,
    pub pictures: u64,
    /// As many as the limits allow, or as there are.
    pub most_pictures: u64,
    /// Frames sampled a second now; `None` without a video whose frames the model is known to sample.
    pub sample_fps: Option<f64>,
    pub most_sample_fps: f64,
}

impl Range {
    pub fn of(draft: &Draft, options: &EstimateOptions) -> Self {
        let model = options.model(&draft.model);
        let is_video = |part: &&MediaPart| !part.facts.is_image();
        let videos = draft.media.iter().filter(is_video).count();
        let pictures = (draft.media.len() - videos) as u64;
        let limit = options
            .limits
            .max_images
            .or_else(|| model?.limits.max_images);
        let rules = model.and_then(|model| model.rules);
        let sample_fps = rules.filter(|_| videos > 0).map(|rules| {
            options
                .sample_fps
                .unwrap_or(rules.processor.sample_fps as f64)
        });
        Self {
            has_media: !draft.media.is_empty(),
            pictures,
            most_pictures: limit.unwrap_or(WhatIf::MOST_PICTURES).max(pictures),
            sample_fps,
            most_sample_fps: WhatIf::MOST_SAMPLE_FPS.max(sample_fps.unwrap_or_default()),
        }
    }
}

impl WhatIf {
    /// A tenth of each side is a hundredth of the picture, where little is left to see.
    pub const LEAST_SIZE_PERCENT: u64 = 10;

    /// Beyond that, tokens only go on in a straight line.
    const MOST_SAMPLE_FPS: f64 = 8.0;

    /// No more pictures than this are imagined.
    pub const MOST_PICTURES: u64 = 1_000;

    /// Whether it changes nothing.
    pub fn is_idle(&self) -> bool {
        *self == Self::default()
    }

    /// How long the file of a smaller picture would be, nobody knows before it is encoded: the length of the
    /// body leaves it out.
    pub fn estimate(&self, draft: &Draft, options: &EstimateOptions) -> Estimate {
        let mut draft = draft.clone();
        self.apply(&mut draft.media);
        let options = EstimateOptions {
            sample_fps: self.sample_fps.or(options.sample_fps),
            ..options.clone()
        };
        estimate(&draft, &options)
    }

    /// The size of the largest medium after the change, in words; `None` without any.
    pub fn largest(&self, draft: &Draft) -> Option<String> {
        let sizes = draft
            .media
            .iter()
            .map(|part| self.scaled(part.facts.stored()));
        let area = |size: &Size| u128::from(size.width) * u128::from(size.height);
        let Size { width, height } = sizes.max_by_key(area)?;
        Some(format!(
            "{} × {}",
            units::grouped(width),
            units::grouped(height)
        ))
    }

    fn apply(&self, media: &mut Vec<MediaPart>) {
        if let Some(pictures) = self.pictures {
            repeat(media, pictures.min(Self::MOST_PICTURES));
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

    fn scaled(&self, size: Size) -> Size {
        let percent = u128::from(self.size_percent.unwrap_or(100).min(100));
        let side = |side: u64| {
            let scaled = (u128::from(side) * percent + 50) / 100;
            // No more than the side, so it fits.
            u64::try_from(scaled).unwrap_or(side).max(1)
        };
        Size::new(side(size.width), side(size.height))
    }
}

/// Leaves this many pictures, in order, and every video where it is.
fn repeat(media: &mut Vec<MediaPart>, pictures: u64) {
    let pictures = usize::try_from(pictures).unwrap_or(usize::MAX);
    let own: Vec<_> = media
        .iter()
        .filter(|part| part.facts.is_image())
        .cloned()
        .collect();
    let mut kept = 0;
    media.retain(|part| {
        kept += usize::from(part.facts.is_image());
        !part.facts.is_image() || kept <= pictures
    });
    let more = pictures.saturating_sub(own.len());
    media.extend(own.iter().cycle().take(more).cloned());
}
