//! `prepare` of the package, a step at a time.

use crate::convert::{from_js, get, thrown, to_error, to_js};
use tilewise::catalog::{self, Model};
use tilewise::media::Size;
use tilewise::prepare::{Decoder, Goal, Job, Pixels, PrepareError, Prepared};
use tilewise::rule::Rules;
use tilewise::{data_url, probe};
use wasm_bindgen::prelude::*;

/// Of a panic JavaScript learns no more than that there was one, unless it is told why before.
#[wasm_bindgen(start)]
pub fn start() {
    std::panic::set_hook(Box::new(|panic| {
        wasm_bindgen::throw_str(&panic.to_string())
    }));
}

/// One image on its way.
#[derive(Debug)]
#[wasm_bindgen]
pub struct PrepareJob {
    job: Job,
    done: Option<Prepared>,
}

#[wasm_bindgen]
impl PrepareJob {
    #[wasm_bindgen(constructor)]
    pub fn new(file: Vec<u8>, goal: &JsValue) -> Result<Self, JsValue> {
        let (goal, rules) = read_goal(goal)?;
        let job = Job::new(file, &goal, &rules).map_err(plain)?;
        Ok(Self { job, done: None })
    }

    /// With pixels that another decoder, such as "the browser", read from this file and turned upright, as a canvas gives
    /// them.
    #[wasm_bindgen(js_name = withPixels)]
    pub fn with_pixels(
        file: &[u8],
        width: u32,
        height: u32,
        rgba: Vec<u8>,
        goal: &JsValue,
        by: &str,
    ) -> Result<Self, JsValue> {
        let (goal, rules) = read_goal(goal)?;
        let facts = probe::bytes(file).map_err(plain)?;
        let how = format!("{} decoded by {by}", facts.format.name());
        let size = Size::new(width.into(), height.into());
        let pixels =
            Pixels::from_rgba(size, rgba).ok_or_else(|| invalid("rgba", "it has too few bytes"))?;
        let job = Job::with_pixels(&facts, pixels, &how, &goal, &rules).map_err(plain)?;
        Ok(Self { job, done: None })
    }

    /// Does the next step, and says whether it was the last.
    pub fn advance(&mut self) -> Result<bool, JsValue> {
        self.done = self.job.advance().map_err(plain)?;
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

    /// What became of it.
    pub fn report(&self) -> Result<JsValue, JsValue> {
        to_js(&self.done)
    }
}

/// The facts of an image that a browser is to decode. Refuses videos, and images that would take too much memory.
#[wasm_bindgen(js_name = factsForBrowser)]
pub fn facts_for_browser(file: &[u8]) -> Result<JsValue, JsValue> {
    let facts = probe::bytes(file).map_err(plain)?;
    Decoder::of(&facts).map_err(plain)?;
    to_js(&facts)
}

/// The file in a `data:` URL.
#[wasm_bindgen(js_name = readDataUrl)]
pub fn read_data_url(url: &str) -> Result<Vec<u8>, JsValue> {
    data_url::decode(url).map_err(|error| to_error(&error))
}

/// A goal, and the rules of the model that it is for: by itself the first of the catalogue.
fn read_goal(value: &JsValue) -> Result<(Goal, Rules), JsValue> {
    let goal = from_js("goal", value).map_err(|error| to_error(&error))?;
    let name = |key: &str| -> Result<Option<String>, JsValue> {
        let read = from_js(&format!("goal.{key}"), &get(value, key));
        read.map_err(|error| to_error(&error))
    };
    let model = match (name("provider")?, name("model")?) {
        (Some(provider), Some(id)) => catalog::find_at(&provider, &id),
        (None, Some(id)) => catalog::find(&id),
        (provider, None) => catalog::default_model(provider.as_deref()),
    };
    let rules = model
        .and_then(Model::rules)
        .ok_or_else(|| invalid("model", "no rule is known by which it counts media"))?;
    Ok((goal, rules))
}

fn invalid(what: &'static str, why: &'static str) -> JsValue {
    plain(PrepareError::InvalidArgument { what, why })
}

/// A plain object, from which the package makes its class of error.
fn plain(error: impl Into<PrepareError>) -> JsValue {
    thrown(&error.into().plain())
}
