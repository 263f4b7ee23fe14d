//! What counts requests that other clients wrote, and has servers count: a part of its own, loaded when it is first used.

use crate::body::Outside;
use crate::call::{Outcome, Work, begin};
use crate::convert::{from_js, get};
use crate::draft;
use crate::estimate::outcome;
use crate::network::endpoint;
use crate::opened;
use crate::part::{NotLoaded, finished, loaded};
use js_sys::{Array, Function};
use serde::Serialize;
use tilewise::counting::calibration::{Calibrated, Calibration};
use tilewise::error::Error;
use tilewise::web::{self, Abort, signal_from_js};
use wasm_bindgen::prelude::*;
use wasm_split_helpers::wasm_split;

const PART: &str = "counting";

/// As `countOnServer` gives it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Counted {
    input_tokens: u64,
}

/// What the part does.
enum Task {
    ReadBody(Outside),
    CountOnServer(JsValue, JsValue),
    Calibrate(JsValue),
    ForecastCalibration(JsValue),
}

/// Reads a body that another client wrote, as a call whose result is a `BodyCall`. `texts` are what stands
/// between the strings that stay outside, `lengths` those strings' lengths, and `read` gives a part of one: its number, from,
/// to.
#[wasm_bindgen(js_name = readBody)]
pub fn read_body(texts: Array, lengths: Vec<f64>, read: Function) -> Outcome {
    begin(run(Task::ReadBody(Outside {
        texts,
        lengths,
        read,
    })))
}

/// As `countOnServer` of the package, as a call.
#[wasm_bindgen(js_name = countOnServer)]
pub fn count_on_server(draft: JsValue, options: JsValue) -> Outcome {
    begin(run(Task::CountOnServer(draft, options)))
}

/// As `calibrate` of the package, as a call.
#[wasm_bindgen]
pub fn calibrate(options: JsValue) -> Outcome {
    begin(run(Task::Calibrate(options)))
}

/// As `forecastCalibration` of the package, as a call.
#[wasm_bindgen(js_name = forecastCalibration)]
pub fn forecast_calibration(options: JsValue) -> Outcome {
    begin(run(Task::ForecastCalibration(options)))
}

pub(crate) async fn preload() -> Result<(), Error> {
    loaded(PART, load()).await
}

async fn run(task: Task) -> Outcome {
    finished(PART, start(task)).await
}

#[wasm_split(counting, fallible, preload(load))]
fn start(task: Task) -> Result<Work, NotLoaded> {
    Ok(Box::pin(work(task)))
}

async fn work(task: Task) -> Outcome {
    match task {
        Task::ReadBody(outside) => opened::open(outside).await,
        Task::CountOnServer(draft, options) => outcome(count(&draft, &options).await),
        Task::Calibrate(options) => outcome(calibrated(&options).await),
        Task::ForecastCalibration(options) => {
            outcome(calibration(&options).map(|calibration| calibration.forecast()))
        }
    }
}

async fn count(draft: &JsValue, options: &JsValue) -> Result<Counted, Error> {
    let abort = Abort::new(signal_from_js(&get(options, "signal"))?.as_ref())?;
    let data = draft::data(draft);
    let draft = draft::draft(draft)?;
    let input_tokens = web::count_on_server(&draft, data, endpoint(options)?, abort).await?;
    Ok(Counted { input_tokens })
}

async fn calibrated(options: &JsValue) -> Result<Calibrated, Error> {
    let calibration = calibration(options)?;
    let signal = signal_from_js(&get(options, "signal"))?;
    let abort = || Abort::new(signal.as_ref());
    web::calibrate(&calibration, endpoint(options)?, abort).await
}

fn calibration(options: &JsValue) -> Result<Calibration, Error> {
    let model: String = from_js("options.model", &get(options, "model"))?;
    let provider: Option<String> = from_js("options.provider", &get(options, "provider"))?;
    Calibration::new(&model, provider.as_deref())
}
