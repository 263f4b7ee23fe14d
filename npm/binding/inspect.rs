//! `inspect` of the package.

use crate::call::begin;
use crate::convert::{from_js, get, invalid, to_error};
use crate::estimate::outcome;
use crate::network;
use tilewise::error::Error;
use tilewise::probe::DEFAULT_MAX_BYTES;
use tilewise::web::{self, InspectOptions, Source, signal_from_js};
use wasm_bindgen::prelude::*;

/// As `inspect` of the package; gives the number of the call.
#[wasm_bindgen]
pub fn inspect(source: &JsValue, options: &JsValue) -> u32 {
    let arguments = Source::from_js(source).and_then(|source| Ok((source, read(options)?)));
    begin(async {
        let (source, options) = arguments.map_err(|error| to_error(&error))?;
        match source {
            source if source.is_remote() => network::inspect(source, options).await,
            source => outcome(web::inspect_local(&source, &options).await),
        }
    })
}

/// As `preload` of the package, of one part; gives the number of the call.
#[wasm_bindgen]
pub fn preload(part: String) -> u32 {
    begin(async move {
        let loaded = match part.as_str() {
            "formats" => web::preload_formats().await,
            "network" => network::preload().await,
            _ => Err(invalid(
                "parts",
                "a part is \"formats\", \"network\" or \"text\"",
            )),
        };
        // What a call gives is never undefined, which says that it waits.
        loaded.map_or_else(|error| Err(to_error(&error)), |()| Ok(JsValue::NULL))
    })
}

fn read(options: &JsValue) -> Result<InspectOptions, Error> {
    let max_bytes: Option<u64> = from_js("options.maxBytes", &get(options, "maxBytes"))?;
    Ok(InspectOptions {
        max_bytes: max_bytes.unwrap_or(DEFAULT_MAX_BYTES),
        signal: signal_from_js(&get(options, "signal"))?,
    })
}
