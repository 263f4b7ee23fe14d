//! What the npm package's second binary exports: convert, call, convert. No decision is taken here.
//! Plain data crosses as JSON, which takes less code than objects do.

use super::{Decoder, Goal, Job, Pixels, PrepareError, Prepared};
use crate::catalog;
use crate::estimate::ByRule;
use crate::media::{MediaFacts, Size};
use crate::probe;
use crate::rule::Rules;
use js_sys::JSON;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use wasm_bindgen::prelude::*;

/// Of a panic JavaScript learns no more than that there was one, unless it is told why before.
#[wasm_bindgen(start)]
pub fn start() {
    std::panic::set_hook(Box::new(|panic| {
        wasm_bindgen::throw_str(&panic.to_string())
    }));
}

/// One picture on its way.
#[derive(Debug)]
#[wasm_bindgen]
pub struct PrepareJob {
    job: Job,
    done: Option<Prepared>,
}

#[wasm_bindgen]
impl PrepareJob {
    #[wasm_bindgen(constructor)]
    pub fn new(file: Vec<u8>, goal: &str) -> Result<Self, JsValue> {
        let (goal, rules) = read_goal(goal)?;
        Ok(Job::new(file, &goal, &rules)?.into())
    }

    /// With pixels that the browser decoded of this file and turned upright, as a canvas gives them.
    #[wasm_bindgen(js_name = withPixels)]
    pub fn with_pixels(
        file: &[u8],
        width: u32,
        height: u32,
        rgba: Vec<u8>,
        goal: &str,
    ) -> Result<Self, JsValue> {
        let (goal, rules) = read_goal(goal)?;
        let facts = probe::bytes(file).map_err(PrepareError::from)?;
        let how = format!("{} decoded by the browser", facts.format.name());
        let size = Size::new(width.into(), height.into());
        let pixels = Pixels::from_rgba(size, rgba)
            .ok_or_else(|| PrepareError::invalid("rgba", "it has too few bytes"))?;
        Ok(Job::with_pixels(&facts, pixels, &how, &goal, &rules)?.into())
    }

    /// Does the next step, and says whether it was the last.
    pub fn advance(&mut self) -> Result<bool, JsValue> {
        self.done = self.job.advance()?;
        Ok(self.done.is_some())
    }

    /// About how much is done, 0 to 1.
    pub fn share(&self) -> f64 {
        self.job.share()
    }

    /// The new file; undefined where the source stays as it is.
    pub fn file(&mut self) -> Option<Vec<u8>> {
        self.done.as_mut()?.file.take()
    }

    /// What became of it, as JSON.
    pub fn report(&self) -> Result<String, JsValue> {
        #[derive(Serialize)]
        struct Report<'a> {
            facts: &'a MediaFacts,
            tokens: ByRule,
            steps: &'a [String],
        }

        let done = self.done.as_ref().map(|prepared| Report {
            facts: &prepared.facts,
            tokens: prepared.tokens,
            steps: &prepared.steps,
        });
        to_json(&done)
    }
}

impl From<Job> for PrepareJob {
    fn from(job: Job) -> Self {
        Self { job, done: None }
    }
}

/// The facts, as JSON, of a picture that a browser is to decode. Refuses videos, and pictures that would
/// take too much memory.
#[wasm_bindgen(js_name = factsForBrowser)]
pub fn facts_for_browser(file: &[u8]) -> Result<String, JsValue> {
    let facts = probe::bytes(file).map_err(PrepareError::from)?;
    Decoder::of(&facts)?;
    to_json(&facts)
}

/// A goal, and the rules of the model that it is for: by itself the first of the catalogue.
fn read_goal(json: &str) -> Result<(Goal, Rules), JsValue> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct ForModel {
        model: Option<String>,
    }

    let ForModel { model } = read(json)?;
    let model = match model {
        Some(id) => catalog::find(&id),
        None => catalog::models().first(),
    };
    let rules = model.and_then(|model| model.rules).ok_or_else(|| {
        PrepareError::invalid("model", "no rule is known by which it counts media")
    })?;
    Ok((read(json)?, rules))
}

fn read<T: DeserializeOwned>(json: &str) -> Result<T, JsValue> {
    serde_json::from_str(json).map_err(|error| {
        // Where in the JSON means nothing to who wrote no JSON.
        let error = error.to_string();
        let what = error.split(" at line ").next().unwrap_or_default();
        plain("invalid_argument", &format!("goal: {what}"))
    })
}

fn to_json<T: Serialize>(value: &T) -> Result<String, JsValue> {
    serde_json::to_string(value).map_err(|error| plain("internal", &error.to_string()))
}

/// A plain object, from which the package makes its error class.
impl From<PrepareError> for JsValue {
    fn from(error: PrepareError) -> Self {
        plain(error.code().name(), &error.to_string())
    }
}

fn plain(code: &str, message: &str) -> JsValue {
    let json = serde_json::json!({ "code": code, "message": message });
    JSON::parse(&json.to_string()).unwrap_or_else(|error| error)
}
