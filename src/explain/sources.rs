//! Where the figures that an explanation takes were read.

use crate::catalog::Model;
use crate::estimate::EstimateOptions;
use crate::rule::Rule;
use serde::Serialize;

/// Where one figure was read, and on which day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Cited {
    /// The figure that was read there.
    pub figure: Figure,
    /// Address of the page or file where it was read.
    pub url: String,
    /// As 2026-11-23.
    pub checked: String,
}

/// What an explanation takes from elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Figure {
    /// The parameters of the rule.
    Rule,
    /// How many frames of a video are looked at, where the rule does not say.
    Sampling,
    /// The price of input that is not cached.
    InputPrice,
    /// The price steps, and where they begin.
    PriceTiers,
    /// The price of input from the prompt cache.
    CachedPrice,
    /// The price of output, reasoning included.
    OutputPrice,
}

/// Each place once. A price that the caller gave was read nowhere.
pub(super) fn cited(
    model: Option<&Model>,
    rule: Rule,
    options: &EstimateOptions,
    figures: &[Figure],
) -> Vec<Cited> {
    let mut cited = Vec::new();
    for figure in figures {
        if figure.is_given(options) {
            continue;
        }
        for source in model.into_iter().flat_map(|model| model.sources.iter()) {
            let found = Cited {
                figure: *figure,
                url: source.url.to_string(),
                checked: source.checked.to_string(),
            };
            if figure.is_said_by(&source.what, rule) && !cited.contains(&found) {
                cited.push(found);
            }
        }
    }
    cited
}

impl Figure {
    fn is_given(self, options: &EstimateOptions) -> bool {
        match self {
            Self::Rule => false,
            Self::Sampling => options.sample_fps.is_some(),
            Self::InputPrice => options.price.input.is_some(),
            Self::PriceTiers => false,
            Self::CachedPrice => options.price.cached_input.is_some(),
            Self::OutputPrice => options.price.output.is_some(),
        }
    }

    /// `what` is a path, as [`crate::catalog::Source`] has it.
    fn is_said_by(self, what: &str, rule: Rule) -> bool {
        match self {
            Self::Rule => what
                .strip_prefix("rules.")
                .and_then(|what| what.strip_prefix(rule.name()))
                .is_some_and(|what| what.starts_with('.')),
            Self::Sampling => what.ends_with(".sampleFps"),
            Self::InputPrice => what == "price.input",
            Self::PriceTiers => what == "priceTiers",
            Self::CachedPrice => what == "price.cachedInput",
            Self::OutputPrice => what == "price.output",
        }
    }
}
