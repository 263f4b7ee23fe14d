//! The same request under other models.
//!
//! ```
//! use tilewise::estimate::{EstimateOptions, candidates, compare};
//! use tilewise::media::{Format, ImageFacts, MediaFacts, Size};
//! use tilewise::request::{Draft, MediaPart};
//!
//! let photo = MediaFacts::image(Format::Jpeg, Size::new(1920, 1080), ImageFacts::default());
//! let mut draft = Draft::new("moonshotai/Kimi-K3", "What is this?");
//! draft.media.push(MediaPart::base64(photo));
//!
//! let compared = compare(&draft, &EstimateOptions::default(), &candidates(&draft));
//! let usd: Vec<_> = compared.iter().filter_map(|it| it.estimate.cost.input_usd).collect();
//! assert!(usd[0] < usd[10]);
//! ```

use super::{Estimate, EstimateOptions, estimate_under};
use crate::catalog::{self, Model, Status};
use crate::request::{Body, Draft};
use crate::units::Usd;
use crate::violation::Violation;
use serde::Serialize;

/// The request as one model takes it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Compared<'a> {
    /// Under which the request is estimated, in place of the one that the draft names.
    pub model: &'a Model,
    /// What the request costs under it.
    pub estimate: Estimate,
    /// Why its endpoint would refuse the request; empty where it would not.
    pub errors: Vec<Violation>,
}

/// Every current model of the catalogue that takes the media of a draft.
pub fn candidates(draft: &Draft) -> Vec<&'static Model> {
    let parts = draft.known_media();
    let has_images = parts.iter().any(|part| part.facts.is_image());
    let has_videos = parts.iter().any(|part| !part.facts.is_image());
    let takes = |model: &&Model| {
        model.status == Status::Current
            && (!has_images || model.takes_images == Some(true))
            && (!has_videos || model.takes_videos == Some(true))
    };
    catalog::models().iter().filter(takes).collect()
}

/// The models that options mean to compare a draft under: those of `models`, or else every current one of the catalogue that
/// takes its media; and the caller's own.
pub fn compared_models<'a>(draft: &Draft, options: &'a EstimateOptions) -> Vec<&'a Model> {
    let mut compared: Vec<&Model> = match &options.models {
        Some(models) => models.iter().collect(),
        None => candidates(draft),
    };
    compared.extend(&options.model);
    compared
}

/// The request under each of these models, the cheapest first. Those whose count or price is not known come behind the
/// others, and those that would refuse the request last.
pub fn compare<'a>(
    draft: &Draft,
    options: &EstimateOptions,
    models: &[&'a Model],
) -> Vec<Compared<'a>> {
    let text = draft.request_text();
    let body = Body::streamed(draft);
    let under = |model: &&'a Model| {
        let body_bytes = body.under(model).len();
        let estimate = estimate_under(draft, Some(model), options, text, body_bytes);
        Compared {
            model,
            errors: estimate.errors().cloned().collect(),
            estimate,
        }
    };
    let mut compared: Vec<_> = models.iter().map(|model| Some(under(model))).collect();
    let rank = |index: &usize| compared.get(*index)?.as_ref().map(Compared::rank);
    // Places are moved about, for the estimates are large. Of a few dozen, a sort takes no less time, and 4 KB more of a
    // download.
    let mut order: Vec<usize> = Vec::with_capacity(models.len());
    for index in 0..compared.len() {
        let own = rank(&index);
        let place = order.partition_point(|known| rank(known) <= own);
        order.insert(place, index);
    }
    let in_order = order.into_iter();
    in_order
        .filter_map(|index| compared.get_mut(index)?.take())
        .collect()
}

impl Compared<'_> {
    fn rank(&self) -> (bool, bool, bool, Option<Usd>, u64) {
        let usd = self.estimate.cost.input_usd;
        (
            !self.errors.is_empty(),
            !self.estimate.is_whole(),
            usd.is_none(),
            usd,
            self.estimate.input_tokens,
        )
    }
}
