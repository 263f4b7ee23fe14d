//! What makes requests and talks to servers: a part of its own, loaded when it is first used.

use crate::call::{Outcome, Work, begin};
use crate::convert::{from_js, from_js_or_default, get, to_error, to_js};
use crate::draft;
use crate::estimate::outcome;
use crate::options::estimate_options;
use crate::part::{NotLoaded, finished, loaded};
use js_sys::{Function, JSON, Reflect};
use tilewise::catalog::Model;
use tilewise::error::Error;
use tilewise::estimate::require_allowed;
use tilewise::request::{Body, Draft};
use tilewise::stream::EndpointOptions;
use tilewise::stream::{self, ChatEvent};
use tilewise::web::{self, Abort, Data, InspectOptions, Source, signal_from_js};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_split_helpers::wasm_split;
use web_sys::Blob;

const PART: &str = "network";

/// What the part does.
enum Task {
    /// A draft, its options, the signal of its stream, and what takes events.
    Chat(JsValue, JsValue, JsValue, Function),
    ListModels(JsValue),
    RequestBody(JsValue, JsValue),
    Inspect(Source, InspectOptions),
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

/// Of a file behind a URL.
pub(crate) async fn inspect(source: Source, options: InspectOptions) -> Outcome {
    run(Task::Inspect(source, options)).await
}

pub(crate) async fn preload() -> Result<(), Error> {
    loaded(PART, load()).await
}

async fn run(task: Task) -> Outcome {
    finished(PART, start(task)).await
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

/// Where requests go to, which all options that name it call alike.
pub(crate) fn endpoint(options: &JsValue) -> Result<EndpointOptions, Error> {
    from_js_or_default("options", options)
}
