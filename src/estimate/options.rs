//! What an estimate assumes.

use crate::catalog::{self, Limits, Model};
use crate::day::Day;
use crate::error::Error;
use crate::list::joined;
use crate::nullable;
use crate::price::Prices;
use crate::request::Draft;
use crate::rule::text::CountedText;
use crate::rule::{Family, MediaResolution, Options, Rule};
use serde::{Deserialize, Deserializer};

/// What to assume.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default, expecting = "an object")]
pub struct EstimateOptions {
    /// Default: the first of the model's.
    pub rule: Option<Rule>,
    /// Prices that win over the model's.
    #[serde(deserialize_with = "nullable::or_default")]
    pub price: Prices,
    /// Limits that win over the model's.
    #[serde(deserialize_with = "nullable::or_default")]
    pub limits: Limits,
    /// The models to look the draft's up in, as [`catalog::listing::merge`] gives them. Default: those
    /// that are known offline.
    #[serde(deserialize_with = "completed")]
    pub models: Option<Vec<Model>>,
    /// A model of the caller's own, which wins over `models` and the catalogue. It needs a family.
    #[serde(deserialize_with = "completed_own")]
    pub model: Option<Model>,
    /// Frames sampled from a video each second. Default: the model's.
    pub sample_fps: Option<f64>,
    /// Most frames that the server looks at in a video, where it caps them below the model's own.
    pub max_frames: Option<u64>,
    /// Google's, for the whole request. Default: the model's.
    pub media_resolution: Option<MediaResolution>,
    /// Share of the input expected from the prompt cache, 0 to 1.
    #[serde(deserialize_with = "nullable::or_default")]
    pub cached_share: f64,
    /// The day, as 2026-11-29: figures older than 90 days, and models that have ended by then, are noted. Default: no such
    /// note, since an estimate has no clock.
    pub today: Option<String>,
    /// The text of the draft as the models' own vocabularies count it, which feature `text` makes. Default: bounds.
    #[serde(skip)]
    pub text: CountedText,
}

impl EstimateOptions {
    /// The model that a draft means; `None` where it is not known.
    pub fn model_of(&self, draft: &Draft) -> Option<&Model> {
        self.model(draft.provider.as_deref(), &draft.model)
    }

    /// The model of this identifier, at this provider or else at the first that has it: the caller's own, or one of `models`
    /// where they are given, or of the catalogue. `None` where it is not known.
    pub fn model(&self, provider: Option<&str>, id: &str) -> Option<&Model> {
        if let Some(own) = &self.model {
            return Some(own);
        }
        match (&self.models, provider) {
            (Some(models), provider) => {
                let mut named = models.iter().filter(|model| model.id == id);
                named.find(|model| model.may_be_at(provider))
            }
            (None, Some(provider)) => catalog::find_at(provider, id),
            (None, None) => catalog::find(id),
        }
    }

    /// What the model of a draft is called: that of the caller's own may have another identifier than the draft says, or none.
    pub(crate) fn id_of<'a>(&'a self, draft: &'a Draft) -> &'a str {
        id_under(self.model_of(draft), draft)
    }

    /// How many of these tokens of input are expected from the prompt cache.
    pub(crate) fn cached_tokens(&self, input_tokens: u64) -> u64 {
        (input_tokens as f64 * self.cached_share.clamp(0.0, 1.0)).round() as u64
    }

    /// As far as they change what media take.
    pub fn of_rule(&self) -> Options {
        Options {
            media_resolution: self.media_resolution,
            sample_fps: self.sample_fps,
            max_frames: self.max_frames,
            ..Options::default()
        }
    }

    /// Refuses what cannot mean anything.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] that names the option.
    pub fn check(&self) -> Result<(), Error> {
        if !(0.0..=1.0).contains(&self.cached_share) {
            return Err(Error::invalid("cachedShare", "it must lie between 0 and 1"));
        }
        if self
            .sample_fps
            .is_some_and(|fps| !(fps.is_finite() && fps > 0.0))
        {
            return Err(Error::invalid("sampleFps", "it must be above 0"));
        }
        if self.max_frames == Some(0) {
            return Err(Error::invalid("maxFrames", "it must be 1 or more"));
        }
        if self
            .today
            .as_deref()
            .is_some_and(|day| Day::parse(day).is_none())
        {
            return Err(Error::invalid("today", "it must be a day, as 2026-11-29"));
        }
        self.model.as_ref().map_or(Ok(()), check_own)
    }
}

/// What a draft's model is called under this one.
pub(crate) fn id_under<'a>(model: Option<&'a Model>, draft: &'a Draft) -> &'a str {
    match model {
        Some(model) if !model.id.is_empty() => &model.id,
        _ => &draft.model,
    }
}

fn check_own(model: &Model) -> Result<(), Error> {
    let Some(name) = model.family.as_deref() else {
        return Err(Error::invalid("model.family", "missing"));
    };
    let Some(mut family) = Family::by_name(name) else {
        let known = joined(Family::ALL.iter().map(Family::name), ", ");
        let why = format!("there is no family \"{name}\"; known are {known}");
        return Err(Error::invalid("model.family", why));
    };
    for parameter in model.parameters.iter() {
        family
            .set(&parameter.name, parameter.value)
            .map_err(|why| {
                Error::invalid(
                    format!("model.parameters.{}", parameter.name),
                    why.to_string(),
                )
            })?;
    }
    Ok(())
}

fn completed_own<'de, D>(deserializer: D) -> Result<Option<Model>, D::Error>
where
    D: Deserializer<'de>,
{
    Ok(Option::<Model>::deserialize(deserializer)?.map(Model::with_known_rules))
}

fn completed<'de, D>(deserializer: D) -> Result<Option<Vec<Model>>, D::Error>
where
    D: Deserializer<'de>,
{
    let models = Option::<Vec<Model>>::deserialize(deserializer)?;
    Ok(models.map(|models| models.into_iter().map(Model::with_known_rules).collect()))
}
