//! `inspect` of the package.

use crate::call::{Outcome, begin};
use crate::convert::{from_js, get, invalid, is_missing, to_error};
use crate::estimate::outcome;
use crate::{counting, network};
use tilewise::error::Error;
use tilewise::probe::DEFAULT_MAX_BYTES;
use tilewise::web::{self, Data, InspectOptions, Source, signal_from_js};
use wasm_bindgen::prelude::*;

/// As `inspect` of the package, as a call.
#[wasm_bindgen]
pub fn inspect(source: &JsValue, options: &JsValue) -> Outcome {
    let arguments = Source::from_js(source).and_then(|source| Ok((source, read(options)?)));
    begin(async {
        let (source, options) = arguments.map_err(|error| to_error(&error))?;
        match source {
            source if source.is_remote() => network::inspect(source, options).await,
            source => outcome(web::inspect_local(&source, &options).await),
        }
    })
}

/// As `inspectSync` of the package.
#[wasm_bindgen(js_name = inspectSync)]
pub fn inspect_sync(bytes: &JsValue, options: &JsValue) -> Outcome {
    outcome(
        max_bytes(options).and_then(|max_bytes| match Data::from_js(bytes) {
            Some(Data::Bytes(bytes)) => web::inspect_sync(&bytes, max_bytes),
            _ => Err(invalid(
                "bytes",
                "it must be an ArrayBuffer or a Uint8Array; `inspect` reads a Blob and a URL",
            )),
        }),
    )
}

/// As `preload` of the package, of one part, as a call.
#[wasm_bindgen]
pub fn preload(part: String) -> Outcome {
    begin(async move {
        let loaded = match part.as_str() {
            "counting" => counting::preload().await,
            "formats" => web::preload_formats().await,
            "network" => network::preload().await,
            _ => Err(invalid(
                "parts",
                "a part is \"counting\", \"formats\", \"network\" or \"text\"",
            )),
        };
        // What a call gives is never undefined, which says that it waits.
        loaded.map_or_else(|error| Err(to_error(&error)), |()| Ok(JsValue::NULL))
    })
}

fn read(options: &JsValue) -> Result<InspectOptions, Error> {
    Ok(InspectOptions {
        max_bytes: max_bytes(options)?,
        signal: signal_from_js(&get(options, "signal"))?,
    })
}

fn max_bytes(options: &JsValue) -> Result<u64, Error> {
    if is_missing(options) {
        return Ok(DEFAULT_MAX_BYTES);
    }
    let max_bytes: Option<u64> = from_js("options.maxBytes", &get(options, "maxBytes"))?;
    Ok(max_bytes.unwrap_or(DEFAULT_MAX_BYTES))
}
