//! What makes requests and talks to servers: a part of its own, loaded when it is first used.

use crate::body::Outside;
use crate::call::{Outcome, Work, begin};
use crate::convert::{from_js, from_js_or_default, get, to_error, to_js};
use crate::draft;
use crate::estimate::outcome;
use crate::opened;
use crate::options::estimate_options;
use js_sys::{Array, Function, JSON, Reflect};
use serde::Serialize;
use tilewise::catalog::Model;
use tilewise::counting::calibration::{Calibrated, Calibration};
use tilewise::error::Error;
use tilewise::estimate::require_allowed;
use tilewise::request::{Body, Draft};
use tilewise::stream::EndpointOptions;
use tilewise::stream::{self, ChatEvent};
use tilewise::web::{self, Abort, Data, InspectOptions, Source, signal_from_js};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_split_helpers::{SplitLoaderError, wasm_split};
use web_sys::Blob;

const NOT_LOADED: Error = Error::NotLoaded { part: "network" };

/// As `countOnServer` gives it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Counted {
    input_tokens: u64,
}

/// The part could not be loaded.
struct NotLoaded;

impl From<SplitLoaderError> for NotLoaded {
    fn from(_: SplitLoaderError) -> Self {
        Self
    }
}

/// What the part does.
enum Task {
    /// A draft, its options, the signal of its stream, and what takes events.
    Chat(JsValue, JsValue, JsValue, Function),
    ListModels(JsValue),
    RequestBody(JsValue, JsValue),
    CountOnServer(JsValue, JsValue),
    Calibrate(JsValue),
    ForecastCalibration(JsValue),
    Inspect(Source, InspectOptions),
    ReadBody(Outside),
}

/// As `chat` of the package, as a call. `on_events` takes the events that came together, as the JSON
/// of an array.
#[wasm_bindgen]
pub fn chat(draft: JsValue, options: JsValue, signal: JsValue, on_events: Function) -> Outcome {
    begin(run(Task::Chat(draft, options, signal, on_events)))
}

/// As `listModels` of the package, as a call.
#[wasm_bindgen(js_name = listModels)]
pub fn list_models(options: JsValue) -> Outcome {
    begin(run(Task::ListModels(options)))
}

/// As `requestBody` of the package, as a call.
#[wasm_bindgen(js_name = requestBody)]
pub fn request_body(draft: JsValue, options: JsValue) -> Outcome {
    begin(run(Task::RequestBody(draft, options)))
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

/// Of a file behind a URL.
pub(crate) async fn inspect(source: Source, options: InspectOptions) -> Outcome {
    run(Task::Inspect(source, options)).await
}

pub(crate) async fn preload() -> Result<(), Error> {
    load().await.map_err(|_| NOT_LOADED)
}

async fn run(task: Task) -> Outcome {
    match start(task).await {
        Ok(work) => work.await,
        Err(NotLoaded) => Err(to_error(&NOT_LOADED)),
    }
}

#[wasm_split(network, fallible, preload(load))]
fn start(task: Task) -> Result<Work, NotLoaded> {
    Ok(Box::pin(work(task)))
}

async fn work(task: Task) -> Outcome {
    match task {
        Task::Chat(draft, options, signal, on_events) => {
            send(&draft, &options, &signal, &on_events).await
        }
        Task::ListModels(options) => outcome(models(&options).await),
        Task::RequestBody(draft, options) => {
            let body = body(&draft, &options).await;
            let text = JsFuture::from(body.map_err(|error| to_error(&error))?.text()).await?;
            JSON::parse(&text.as_string().unwrap_or_default())
        }
        Task::ReadBody(outside) => opened::open(outside).await,
        Task::CountOnServer(draft, options) => outcome(count(&draft, &options).await),
        Task::Calibrate(options) => outcome(calibrated(&options).await),
        Task::ForecastCalibration(options) => {
            outcome(calibration(&options).map(|calibration| calibration.forecast()))
        }
        Task::Inspect(source, options) => outcome(web::inspect(&source, &options).await),
    }
}

async fn body(draft: &JsValue, options: &JsValue) -> Result<Blob, Error> {
    let data = draft::data(draft);
    let draft = draft::draft(draft)?;
    let stream: Option<bool> = from_js("options.stream", &get(options, "stream"))?;
    let body = if stream.unwrap_or(true) {
        Body::streamed(&draft)
    } else {
        Body::whole(&draft)
    };
    web::request_body(&body, &data).await
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

async fn models(options: &JsValue) -> Result<Vec<Model>, Error> {
    let endpoint = endpoint(options)?;
    let abort = Abort::new(signal_from_js(&get(options, "signal"))?.as_ref())?;
    let max_retries = endpoint.max_retries();
    web::list_models(endpoint.into(), abort, max_retries).await
}

async fn send(
    draft: &JsValue,
    options: &JsValue,
    signal: &JsValue,
    on_events: &Function,
) -> Outcome {
    let chat = begin_chat(draft, options, signal);
    let (draft, data, endpoint, abort) = chat.map_err(|error| to_error(&error))?;
    let max_retries = endpoint.max_retries();
    let hand_on = |events: &[ChatEvent]| {
        let batch = JsValue::from(stream::to_json(events));
        // It keeps them, and does nothing else.
        let _ = on_events.call1(&JsValue::UNDEFINED, &batch);
    };
    let chat = web::chat(&draft, data, endpoint.into(), max_retries, abort, hand_on);
    match chat.await {
        Ok(result) => to_js(&result),
        Err(failure) => {
            let error = to_error(&failure.error);
            if let Some(partial) = failure.partial {
                // A plain object takes any property.
                let _ = Reflect::set(&error, &"partial".into(), &to_js(&*partial)?);
            }
            Err(error)
        }
    }
}

type Chat = (Draft, Vec<Option<Data>>, EndpointOptions, Abort);

fn begin_chat(draft: &JsValue, options: &JsValue, signal: &JsValue) -> Result<Chat, Error> {
    let abort = Abort::new(signal_from_js(&get(options, "signal"))?.as_ref())?;
    if let Some(signal) = signal_from_js(signal)? {
        abort.follow(&signal);
    }
    let data = draft::data(draft);
    let draft = draft::draft(draft)?;
    let endpoint = endpoint(options)?.for_draft(&draft)?;
    if get(options, "force").as_bool() != Some(true) {
        let options = estimate_options("options.estimate", &get(options, "estimate"))?;
        require_allowed(&draft, &options)?;
    }
    Ok((draft, data, endpoint, abort))
}

fn endpoint(options: &JsValue) -> Result<EndpointOptions, Error> {
    from_js_or_default("options", options)
}
