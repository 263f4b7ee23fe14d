//! By which rule an endpoint counts images: from what two of known sizes differ by.

use super::CountForm;
use crate::catalog::Model;
use crate::error::Error;
use crate::estimate::{EstimateOptions, estimate};
use crate::price::Prices;
use crate::probe;
use crate::request::{Draft, MediaPart};
use crate::rule::Rule;
use crate::units::{self, Usd};
use crate::usage::Follows;
use serde::Serialize;

/// White squares of 56 and 280 pixels a side, both whole tiles by either of Kimi's rules, as
/// `tests/fixtures/make/calibration.py` makes them.
const FILES: [&[u8]; 2] = [
    include_bytes!("white-56.png"),
    include_bytes!("white-280.png"),
];

const QUESTION: &str = "Answer with one word.";

/// Two requests that differ in the size of their image alone.
#[derive(Clone, Debug)]
pub struct Calibration {
    /// The smaller one and the larger one, with the data of their images.
    pub drafts: [(Draft, &'static [u8]); 2],
    /// How the provider counts for nothing; `None` where it does not, and answers of one token tell.
    pub form: Option<CountForm>,
}

/// What a calibration takes at most.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Forecast {
    /// Of both requests, by the dearer rule.
    #[serde(serialize_with = "units::count")]
    pub input_tokens: u64,
    /// US dollars, with a token of output each; `None` where the price is not known.
    pub usd: Option<Usd>,
}

/// What two counts tell.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Calibrated {
    /// The rule whose difference is that of the counts.
    pub follows: Follows,
    /// The input of either request.
    pub tokens: SmallAndLarge,
    /// What an image of 280×280 pixels takes by that rule; by neither what it takes more than one of 56×56.
    #[serde(serialize_with = "units::count")]
    pub tokens_per_image: u64,
    /// What the requests cost in US dollars: nothing where the provider counts; `None` where the price is not known.
    pub usd: Option<Usd>,
}

/// Tokens with the smaller image and with the larger one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SmallAndLarge {
    /// With 56×56 pixels.
    #[serde(serialize_with = "units::count")]
    pub small: u64,
    /// With 280×280 pixels.
    #[serde(serialize_with = "units::count")]
    pub large: u64,
}

impl Calibration {
    /// For a model, as its endpoint spells it.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] for a model of which no rule is known, or that takes no images.
    pub fn new(model: &str, provider: Option<&str>) -> Result<Self, Error> {
        let draft = |file: &'static [u8]| {
            let mut draft = Draft::new(model, QUESTION);
            draft.provider = provider.map(str::to_owned);
            draft.max_tokens = Some(1);
            draft.media.push(MediaPart::base64(probe::bytes(file)?));
            Ok::<_, Error>((draft, file))
        };
        let [small, large] = FILES.map(draft);
        let drafts = [small?, large?];
        let [(first, _), _] = &drafts;
        let known = first.known_model();
        if known.and_then(Model::rules).is_none() {
            return Err(Error::invalid(
                "options.model",
                "no rule is known by which it could count images",
            ));
        }
        Ok(Self {
            form: CountForm::of(first).ok(),
            drafts,
        })
    }

    /// What the requests will cost at most: nothing where the provider counts.
    pub fn forecast(&self) -> Forecast {
        let most = |(draft, _): &(Draft, &[u8])| {
            let estimate = estimate(draft, &EstimateOptions::default());
            let bounds = estimate.bounds.outer();
            bounds.map_or(estimate.input_tokens, |bounds| bounds.high)
        };
        let [small, large] = [&self.drafts[0], &self.drafts[1]].map(most);
        Forecast {
            input_tokens: small.saturating_add(large),
            usd: self.usd([small, large]),
        }
    }

    /// What the smaller image and the larger one take by a rule, without the text; `None` where the model has no such rule.
    pub fn counted(&self, rule: Rule) -> Option<[u64; 2]> {
        let tokens = |(draft, _): &(Draft, &[u8])| {
            let estimate = estimate(draft, &EstimateOptions::default());
            estimate.media.first()?.tokens.by(rule)
        };
        let [small, large] = &self.drafts;
        Some([tokens(small)?, tokens(large)?])
    }

    /// What the counts of both requests tell.
    pub fn conclude(&self, [small, large]: [u64; 2]) -> Calibrated {
        let difference = large.saturating_sub(small);
        let by = |rule| {
            let [small, large] = self.counted(rule)?;
            (large.saturating_sub(small) == difference).then_some(large)
        };
        let (follows, tokens_per_image) = match (by(Rule::Published), by(Rule::Processor)) {
            (Some(tokens), None) => (Follows::Published, tokens),
            (_, Some(tokens)) => (Follows::Processor, tokens),
            (None, None) => (Follows::Neither, difference),
        };
        Calibrated {
            follows,
            tokens: SmallAndLarge { small, large },
            tokens_per_image,
            usd: self.usd([small, large]),
        }
    }

    fn usd(&self, input_tokens: [u64; 2]) -> Option<Usd> {
        if self.form.is_some() {
            return Some(Usd::NOTHING);
        }
        let [(draft, _), _] = &self.drafts;
        let model = draft.known_model()?;
        let of = |tokens| {
            let price: Prices = model.prices_for(tokens);
            Some(price.input_cost(tokens, 0)? + price.output_cost(1)?)
        };
        let [small, large] = input_tokens.map(of);
        Some(small? + large?)
    }
}
