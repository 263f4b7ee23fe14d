//! A model, as a provider offers it.

use super::{Limits, Source, find, find_at};
use crate::media::Format;
use crate::nullable;
use crate::price::Prices;
use crate::rule::{Detail, Family, Published, Rule, Rules};
use crate::units::{self, Price};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A model as a provider offers it. Provider and identifier together are its identity: the same checkpoint at two hosts is two
/// models.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
pub struct Model {
    /// Who serves it: `baseten`. Empty where that is not known.
    #[serde(default, deserialize_with = "nullable::or_default")]
    pub provider: Cow<'static, str>,
    /// As the endpoint spells it: `moonshotai/Kimi-K2.6`. A caller's own model may have none.
    #[serde(default, deserialize_with = "nullable::or_default")]
    pub id: Cow<'static, str>,
    /// For people: `Kimi K2.6`.
    #[serde(default, deserialize_with = "nullable::or_default")]
    pub name: Cow<'static, str>,
    /// The family whose rule counts its media, by its name in [`Family`]; `None` where none is known.
    pub family: Option<Cow<'static, str>>,
    /// Parameters of its family's rule that differ from the family's.
    #[serde(default, with = "parameters")]
    pub parameters: Cow<'static, [Parameter]>,
    /// Where its endpoint speaks OpenAI's chat completions; `None` where it has none.
    pub base_url: Option<Cow<'static, str>>,
    /// Whether it takes images: `takes_images`, and false where that is not known.
    #[serde(default, deserialize_with = "nullable::or_default")]
    pub vision: bool,
    /// Whether it takes images; `None` where nothing says so.
    pub takes_images: Option<bool>,
    /// Whether it takes videos; `None` where nothing says so.
    pub takes_videos: Option<bool>,
    /// By what a source says.
    #[serde(default, deserialize_with = "nullable::or_default")]
    pub status: Status,
    /// The day of its end, as 2026-10-16; `None` while it is current.
    pub retired_on: Option<Cow<'static, str>>,
    /// The identifier that its provider recommends instead; `None` where none is known.
    pub replacement: Option<Cow<'static, str>>,
    /// By which rules its media are counted, the default first; empty where none is known.
    #[serde(rename = "rules", default, deserialize_with = "nullable::or_default")]
    pub counted_by: Cow<'static, [Rule]>,
    /// How sure the first of these is. It speaks of tokens: whether a host bills them is another matter.
    #[serde(default, deserialize_with = "nullable::or_default")]
    pub certainty: Certainty,
    /// Input and output together.
    pub context_tokens: Option<u64>,
    /// What tokens cost where no step of `price_tiers` applies.
    #[serde(default, deserialize_with = "nullable::or_default")]
    pub price: Prices,
    /// Prices of longer inputs, from the lowest step to the highest; empty for one price.
    #[serde(default, deserialize_with = "nullable::or_default")]
    pub price_tiers: Cow<'static, [PriceTier]>,
    /// What its endpoint refuses.
    #[serde(default, deserialize_with = "nullable::or_default")]
    pub limits: Limits,
    /// [`Certainty::Assumed`] where they are those of another model of its provider.
    #[serde(default, deserialize_with = "nullable::or_default")]
    pub limits_certainty: Certainty,
    /// Formats that the endpoint decodes; empty where they are not known.
    #[serde(default, deserialize_with = "nullable::or_default")]
    pub formats: Cow<'static, [Format]>,
    /// The values of `image_url.detail` that it knows; `None` where that is not known.
    #[serde(skip)]
    pub details: Option<&'static [Detail]>,
    /// The rule that its provider documents, where that is not its family's.
    #[serde(skip)]
    pub published: Option<Published>,
    /// What a reader should know about its figures, such as what other sources say.
    #[serde(default, deserialize_with = "nullable::or_default")]
    pub notes: Cow<'static, [Cow<'static, str>]>,
    /// Whether the endpoint's own list names it; `None` where no list was asked.
    pub listed: Option<bool>,
    /// Where each figure was read, and when.
    #[serde(default, deserialize_with = "nullable::or_default")]
    pub sources: Cow<'static, [Source]>,
}

/// A parameter of a family's rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// As the catalogue spells it: `max_tokens`.
    pub name: Cow<'static, str>,
    /// At most 4,294,967,295, in the unit of that parameter of the rule: pixels, patches, tokens or frames.
    pub value: u64,
}

/// What a source says of a model's life.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// No source says that it has ended, or when it will end.
    #[default]
    Current,
    /// The day on which its provider will switch it off is announced.
    Retiring,
    /// Its provider has switched it off.
    Retired,
}

/// How sure a rule or limits are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Certainty {
    /// The vendor's own code or worked examples, reproduced.
    Exact,
    /// A formula or figure of the vendor's that was not checked against a count.
    Documented,
    /// Another model's, or a hypothesis that fits the counts that were seen.
    Assumed,
    /// No rule or no limits are known.
    #[default]
    Unknown,
}

/// The prices of a request whose input is longer than this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
pub struct PriceTier {
    /// The step is for inputs of more tokens than these.
    #[serde(serialize_with = "units::count")]
    pub above_input_tokens: u64,
    /// Of a token of input that is not cached.
    pub input: Price,
    /// Of a token of input from the prompt cache; `None` where no published figure is known.
    pub cached_input: Option<Price>,
    /// Of a token of output, reasoning included.
    pub output: Price,
}

impl Model {
    /// With what JavaScript does not write down: the rules of the catalogue, where it knows the model, or all that it knows of
    /// one that is merely named; and a name for one that has none.
    pub fn with_known_rules(mut self) -> Self {
        let known = match &*self.provider {
            "" => find(&self.id),
            provider => find_at(provider, &self.id),
        };
        let named_alone = Self {
            provider: self.provider.clone(),
            id: self.id.clone(),
            ..Self::default()
        };
        let is_named_alone = self == named_alone;
        if let Some(known) = known.filter(|_| is_named_alone) {
            return known.clone();
        }
        if let Some(known) = known {
            if self.family.is_none() {
                self.family.clone_from(&known.family);
                self.parameters = known.parameters.clone();
                self.counted_by = known.counted_by.clone();
                self.certainty = known.certainty;
            }
            if self.counted_by.contains(&Rule::Published) {
                self.published = self.published.or(known.published);
            }
            self.details = self.details.or(known.details);
        }
        if self.name.is_empty() {
            let family = self.family.clone().unwrap_or_default();
            self.name = if self.id.is_empty() {
                family
            } else {
                self.id.clone()
            };
        }
        // A family that a caller names is a claim of the caller's.
        let family = self.family.as_deref().and_then(Family::by_name);
        if let Some(family) = family.filter(|_| self.counted_by.is_empty()) {
            self.counted_by = vec![family.rule()].into();
            self.certainty = Certainty::Assumed;
        }
        self
    }

    /// How it counts media; `None` where no family is known.
    pub fn rules(&self) -> Option<Rules> {
        let mut family = Family::by_name(self.family.as_deref()?)?;
        for parameter in self.parameters.iter() {
            family.set(&parameter.name, parameter.value).ok()?;
        }
        Some(Rules::of_model(family, &self.counted_by, self.published))
    }

    /// How sure the count by a rule is: that of the default rule as the catalogue says, another one by what it is.
    pub fn certainty_of(&self, rule: Rule) -> Certainty {
        match self.counted_by.first() {
            Some(first) if *first != rule => match rule {
                Rule::Published => Certainty::Documented,
                // Beside a rule that the provider documents stands the model's own code, reproduced.
                Rule::Processor => Certainty::Exact,
            },
            _ => self.certainty,
        }
    }

    /// Whether it may be the one that is meant at a provider: a list that an endpoint gave may not say whose it is.
    pub(crate) fn may_be_at(&self, provider: Option<&str>) -> bool {
        provider.is_none_or(|id| self.provider == id || self.provider.is_empty())
    }

    /// Whether its endpoint refuses a format: where a list of formats says so. A list that names images alone says nothing of
    /// videos.
    pub fn refuses(&self, format: Format) -> bool {
        let is_video = format.is_video();
        let mut listed = self.formats.iter();
        !self.formats.contains(&format) && listed.any(|listed| listed.is_video() == is_video)
    }

    /// The prices of a request with so many tokens of input.
    pub fn prices_for(&self, input_tokens: u64) -> Prices {
        PriceTier::reached(&self.price_tiers, input_tokens).unwrap_or(self.price)
    }

    /// All steps of its price, the first from no tokens on, with prices that win over its own; none for one price.
    pub(crate) fn steps(&self, given: Prices) -> Vec<PriceTier> {
        if self.price_tiers.is_empty() {
            return Vec::new();
        }
        let step = |above_input_tokens: u64, prices: Prices| {
            let prices = given.or(prices);
            Some(PriceTier {
                above_input_tokens,
                input: prices.input?,
                cached_input: prices.cached_input,
                output: prices.output?,
            })
        };
        let tiers = self.price_tiers.iter();
        let tiers = tiers.map(|tier| step(tier.above_input_tokens, tier.prices()));
        let first = step(0, self.price);
        std::iter::once(first).chain(tiers).flatten().collect()
    }
}

impl PriceTier {
    fn prices(&self) -> Prices {
        Prices {
            input: Some(self.input),
            cached_input: self.cached_input,
            output: Some(self.output),
        }
    }

    /// The prices of the highest step that an input reaches; `None` where it reaches none.
    pub(crate) fn reached(tiers: &[Self], input_tokens: u64) -> Option<Prices> {
        let mut reached = tiers.iter().rev();
        let tier = reached.find(|tier| input_tokens > tier.above_input_tokens)?;
        Some(tier.prices())
    }
}

/// In JavaScript an object of names and values.
mod parameters {
    use super::Parameter;
    use serde::de::{MapAccess, Visitor};
    use serde::{Deserializer, Serializer};
    use std::borrow::Cow;
    use std::fmt;

    type Parameters = Cow<'static, [Parameter]>;

    pub(super) fn serialize<S: Serializer>(
        parameters: &[Parameter],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_map(parameters.iter().map(|it| (&it.name, it.value as f64)))
    }

    pub(super) fn deserialize<'de, D>(deserializer: D) -> Result<Parameters, D::Error>
    where
        D: Deserializer<'de>,
    {
        deserializer.deserialize_option(ParametersVisitor)
    }

    struct ParametersVisitor;

    impl<'de> Visitor<'de> for ParametersVisitor {
        type Value = Parameters;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object of names and numbers")
        }

        fn visit_none<E>(self) -> Result<Parameters, E> {
            Ok(Cow::default())
        }

        fn visit_unit<E>(self) -> Result<Parameters, E> {
            Ok(Cow::default())
        }

        fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Parameters, D::Error> {
            deserializer.deserialize_map(self)
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Parameters, A::Error> {
            let mut parameters = Vec::new();
            while let Some((name, value)) = map.next_entry::<String, u64>()? {
                parameters.push(Parameter {
                    name: Cow::Owned(name),
                    value,
                });
            }
            Ok(Cow::Owned(parameters))
        }
    }
}
