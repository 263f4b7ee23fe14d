//! Baseten's part of the catalogue as `GET /v1/models` lists it, what was switched off included.

use serde_json::{Map, Value, json};
use tilewise::catalog::{Filter, Model};
use tilewise::units::Price;

pub(crate) fn list() -> Value {
    let filter = Filter {
        provider: Some("baseten".to_owned()),
        status: None,
    };
    let models: Vec<_> = filter.models().map(entry).collect();
    json!({ "object": "list", "data": models })
}

fn entry(model: &Model) -> Value {
    json!({
        "id": model.id,
        "object": "model",
        "name": model.name,
        "context_length": model.context_tokens,
        // Neither is in the catalogue, so neither is claimed.
        "max_completion_tokens": null,
        "supported_features": [],
        "input_modalities": match model.takes_images {
            Some(true) => Some(&["text", "image"][..]),
            Some(false) => Some(&["text"][..]),
            None => None,
        },
        "pricing": pricing(model),
    })
}

fn pricing(model: &Model) -> Map<String, Value> {
    let prices = [
        ("prompt", model.price.input),
        ("completion", model.price.output),
        ("input_cache_read", model.price.cached_input),
    ];
    prices
        .into_iter()
        .filter_map(|(name, price)| Some((name.to_owned(), per_token(price?).into())))
        .collect()
}

/// Dollars for one token, as a decimal number without an exponent.
fn per_token(price: Price) -> String {
    price.of(1).exact()
}
