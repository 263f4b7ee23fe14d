//! What goes wrong in the list of models.

use super::asked::Asked;
use serde_json::{Value, json};

#[derive(Clone, Copy, Debug)]
pub(super) enum List {
    /// One more model, which looks at images and is in no catalogue.
    UnknownModel,
    /// The first model has no price.
    NoPricing,
    /// The first model costs and holds something else than in the catalogue.
    OtherPrices,
    /// The list breaks off.
    BrokenJson,
}

impl List {
    pub(super) fn parse(asked: &Asked<'_>) -> Option<Self> {
        Some(match asked.name {
            "unknown-model" => Self::UnknownModel,
            "no-pricing" => Self::NoPricing,
            "other-prices" => Self::OtherPrices,
            "broken-list" => Self::BrokenJson,
            _ => return None,
        })
    }
}

pub(super) fn bend<'a>(mut list: Value, faults: impl Iterator<Item = &'a List>) -> String {
    let mut is_broken = false;
    for fault in faults {
        let models = list.get_mut("data").and_then(Value::as_array_mut);
        let Some(models) = models else { break };
        let first = models.first_mut().and_then(Value::as_object_mut);
        match (fault, first) {
            (List::UnknownModel, _) => models.push(unknown()),
            (List::NoPricing, Some(first)) => {
                first.remove("pricing");
            }
            (List::OtherPrices, Some(first)) => {
                let pricing = json!({ "prompt": "0.000001", "completion": "0.000002", "input_cache_read": "0.0000005" });
                first.insert("pricing".to_owned(), pricing);
                first.insert("context_length".to_owned(), 131_072.into());
            }
            (List::BrokenJson, _) => is_broken = true,
            (_, None) => {}
        }
    }
    let text = list.to_string();
    if is_broken {
        return text.chars().take(text.len() / 2).collect();
    }
    text
}

fn unknown() -> Value {
    json!({
        "id": "tilewise/unheard-of",
        "object": "model",
        "name": "Unheard Of",
        "context_length": 65_536,
        "max_completion_tokens": null,
        "supported_features": [],
        "input_modalities": ["text", "image"],
        "pricing": { "prompt": "0.0000003", "completion": "0.0000009", "input_cache_read": "0.00000003" },
    })
}
