//! How far the sliders of "what if" go for a request, and what they say.

use tilewise::catalog::Model;
use tilewise::estimate::{EstimateOptions, WhatIf};
use tilewise::media::Size;
use tilewise::request::Draft;
use tilewise::units;

/// A tenth of each side is a hundredth of the image, where little is left to see.
pub const MIN_SIZE_PERCENT: u64 = 10;

/// Beyond that, tokens only go on in a straight line.
const MAX_SAMPLE_FPS: f64 = 8.0;

/// The ends of the sliders, and where they stand before they are moved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ranges {
    /// Whether the request has any media item.
    pub has_media: bool,
    pub images: u64,
    /// As many as the limits allow, or as there are.
    pub max_images: u64,
    /// Frames sampled a second now; `None` without a video whose frames the model is known to sample.
    pub sample_fps: Option<f64>,
    pub max_sample_fps: f64,
}

impl Ranges {
    pub fn new(draft: &Draft, options: &EstimateOptions) -> Self {
        let model = options.model_of(draft);
        let media = &draft.media;
        let images = media.iter().filter(|part| part.facts.is_image()).count();
        let limit = options
            .limits
            .max_images
            .or_else(|| model?.limits.max_images);
        let rules = model.and_then(Model::rules);
        let own_fps = rules.and_then(|rules| rules.family().sample_fps());
        let sample_fps = own_fps.filter(|_| images < media.len());
        let sample_fps = sample_fps.map(|own| options.sample_fps.unwrap_or(own as f64));
        let images = images as u64;
        Self {
            has_media: !media.is_empty(),
            images,
            max_images: limit.unwrap_or(WhatIf::MAX_IMAGES).max(images),
            sample_fps,
            max_sample_fps: MAX_SAMPLE_FPS.max(sample_fps.unwrap_or_default()),
        }
    }
}

/// The pixels of the largest media item after the change: `2,017 × 1,512`; `None` without any.
pub fn largest(what_if: &WhatIf, draft: &Draft) -> Option<String> {
    let sizes = draft
        .media
        .iter()
        .map(|part| what_if.scaled(part.facts.stored()));
    let area = |size: &Size| u128::from(size.width) * u128::from(size.height);
    let Size { width, height } = sizes.max_by_key(area)?;
    Some(format!(
        "{} × {}",
        units::grouped(width),
        units::grouped(height)
    ))
}
