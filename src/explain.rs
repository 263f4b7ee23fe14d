//! How a figure comes about: the arithmetic with the numbers of one media item or one request, step by step.
//!
//! The steps are typed and can be serialised, and each has a sentence in plain words. They are read off the same
//! rules that [`estimate`](mod@crate::estimate) counts by, so that they end in its figures.
//!
//! ```
//! use tilewise::estimate::EstimateOptions;
//! use tilewise::explain;
//! use tilewise::media::{Format, ImageFacts, MediaFacts, Size};
//!
//! let photo = MediaFacts::image(Format::Jpeg, Size::new(1920, 1080), ImageFacts::default());
//! let model = tilewise::catalog::find("moonshotai/Kimi-K2.5");
//! let explained = explain::media_item(&photo, None, model, &EstimateOptions::default());
//! let steps: Vec<_> = explained.steps.iter().map(|step| format!("{}: {step}", step.title())).collect();
//! assert_eq!(steps, [
//!     "Stored: 1,920 × 1,080 pixels",
//!     "Tiles: of 14 × 14 pixels: 137 across × 77 down = 10,549 tokens; what is left at the edges does not count",
//!     "Price: 10,549 tokens × $0.60 for a million = $0.0063",
//! ]);
//! assert_eq!(explained.tokens, Some(10_549));
//! assert_eq!(explained.sources[0].checked, "2026-11-23");
//! ```

mod display;
mod media_item;
mod request;
mod sources;
mod step;

pub use media_item::media_item;
pub use request::request;
pub use sources::{Cited, Figure};
pub use step::{ExplanationStep, Limit};

use crate::rule::Rule;
use crate::units::Usd;
use serde::Serialize;

/// The way to one figure.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Explanation {
    /// By which the tokens are counted.
    pub rule: Rule,
    /// What that rule is, in words; `None` where none is known.
    #[serde(skip)]
    pub way: Option<&'static str>,
    /// In the order of the arithmetic, from what is stored or sent to what it costs.
    pub steps: Vec<ExplanationStep>,
    /// What the steps end in; `None` where something that they take is not known.
    pub tokens: Option<u64>,
    /// Cost of these input tokens in US dollars; `None` where the tokens or a price are not known.
    pub usd: Option<Usd>,
    /// Where the parameters of the rule and the prices were read. Of figures that were given there are none.
    pub sources: Vec<Cited>,
}
