//! Compares the catalogue with a public price list, and prints what differs. It changes nothing: lists have mistakes of their
//! own, so each difference is for a person to look at.

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use tilewise::catalog::{self, Model, Status};

/// Reads a list of models.dev (`https://models.dev/api.json`) or of LiteLLM (`model_prices_and_context_window.json`).
pub fn compare(file: &Path) -> Result<()> {
    let text =
        fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let list = read(&text).with_context(|| file.display().to_string())?;
    let differences = differences(&list);
    for difference in &differences {
        println!("- {difference}");
    }
    if differences.is_empty() {
        eprintln!("{} models, no difference", list.len());
    }
    Ok(())
}

/// By provider and identifier.
type List = BTreeMap<(String, String), Listed>;

/// What a list says of a model; prices in US dollars for a million tokens.
#[derive(Debug, Default, PartialEq)]
struct Listed {
    input: Option<f64>,
    cached_input: Option<f64>,
    output: Option<f64>,
    context_tokens: Option<u64>,
    takes_images: bool,
    ends: Option<String>,
}

fn read(text: &str) -> Result<List> {
    let list: Map<String, Value> = serde_json::from_str(text).context("it is no object of JSON")?;
    let is_models_dev = |entry: &Value| entry.get("models").is_some_and(Value::is_object);
    let found: List = if list.values().any(is_models_dev) {
        list.iter()
            .flat_map(|(id, provider)| models_dev(id, provider))
            .collect()
    } else {
        list.iter()
            .filter_map(|(key, entry)| litellm(key, entry))
            .collect()
    };
    if found.is_empty() {
        bail!("it names no model of a provider of the catalogue");
    }
    Ok(found)
}

fn models_dev(id: &str, provider: &Value) -> Vec<((String, String), Listed)> {
    let Some(provider_id) = known_provider(id) else {
        return Vec::new();
    };
    let models = provider.get("models").and_then(Value::as_object);
    let entry = |(id, model): (&String, &Value)| {
        let cost = |name: &str| {
            model
                .pointer(&format!("/cost/{name}"))
                .and_then(Value::as_f64)
        };
        let inputs = model.pointer("/modalities/input").and_then(Value::as_array);
        let listed = Listed {
            input: cost("input"),
            cached_input: cost("cache_read"),
            output: cost("output"),
            context_tokens: model.pointer("/limit/context").and_then(Value::as_u64),
            takes_images: inputs.is_some_and(|inputs| inputs.iter().any(|input| input == "image")),
            ends: None,
        };
        ((provider_id.to_owned(), id.clone()), listed)
    };
    models.into_iter().flatten().map(entry).collect()
}

fn litellm(key: &str, entry: &Value) -> Option<((String, String), Listed)> {
    let provider = known_provider(entry.get("litellm_provider")?.as_str()?)?;
    let million = |name: &str| Some(entry.get(name)?.as_f64()? * 1e6);
    let listed = Listed {
        input: million("input_cost_per_token"),
        cached_input: million("cache_read_input_token_cost"),
        output: million("output_cost_per_token"),
        context_tokens: entry.get("max_input_tokens").and_then(Value::as_u64),
        takes_images: entry.get("supports_vision") == Some(&Value::Bool(true)),
        ends: entry
            .get("deprecation_date")
            .and_then(Value::as_str)
            .map(str::to_owned),
    };
    // Its keys begin with the provider where the vendor's own identifier is not unique.
    let id = key
        .split_once('/')
        .map_or(key, |(first, rest)| match known_provider(first) {
            Some(_) => rest,
            None => key,
        });
    Some(((provider.to_owned(), id.to_owned()), listed))
}

/// The catalogue's name for a provider of a list.
fn known_provider(id: &str) -> Option<&'static str> {
    let id = match id {
        "gemini" => "google",
        "dashscope" => "alibaba",
        "bedrock_converse" | "bedrock" | "amazon-bedrock" => "amazon",
        "meta_llama" | "llama" => "meta",
        "moonshotai" => "moonshot",
        id => id,
    };
    catalog::provider(id).map(|provider| provider.id)
}

fn differences(list: &List) -> Vec<String> {
    let mut found = Vec::new();
    let models = catalog::models()
        .iter()
        .filter(|model| model.provider != "open");
    for model in models.clone() {
        let key = (model.provider.to_string(), model.id.to_string());
        match list.get(&key) {
            Some(listed) => found.extend(differences_of(model, listed)),
            None if model.status == Status::Retired => {}
            None => found.push(format!(
                "{}: {} is not in the list",
                model.provider, model.id
            )),
        }
    }
    let is_known = |provider: &str, id: &str| catalog::find_at(provider, id).is_some();
    for ((provider, id), listed) in list {
        if listed.takes_images && !is_known(provider, id) {
            found.push(format!(
                "{provider}: {id} takes images, and is not in the catalogue"
            ));
        }
    }
    found
}

fn differences_of(model: &Model, listed: &Listed) -> Vec<String> {
    let price = |price: Option<tilewise::units::Price>| price.map(|price| price.usd_per_million());
    let prices = [
        ("input", price(model.price.input), listed.input),
        (
            "cached input",
            price(model.price.cached_input),
            listed.cached_input,
        ),
        ("output", price(model.price.output), listed.output),
    ];
    let name = format!("{}: {}", model.provider, model.id);
    let mut found = Vec::new();
    for (what, own, theirs) in prices {
        let Some(theirs) = theirs else { continue };
        // Lists are written from binary fractions.
        if own.is_none_or(|own| (own - theirs).abs() > 1e-6) {
            let own = own.map_or_else(|| "no price".to_owned(), |own| format!("${own}"));
            found.push(format!("{name}: {what} is {own} here, ${theirs} there"));
        }
    }
    if let Some(theirs) = listed.context_tokens
        && model.context_tokens != Some(theirs)
    {
        let own = model
            .context_tokens
            .map_or_else(|| "not known".to_owned(), |own| own.to_string());
        found.push(format!("{name}: the context is {own} here, {theirs} there"));
    }
    if let Some(day) = &listed.ends
        && model.retired_on.as_deref() != Some(day)
    {
        let own = model.retired_on.as_deref().unwrap_or("not known");
        found.push(format!("{name}: its end is {own} here, {day} there"));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Listed, differences, read};
    use serde_json::{Value, json};

    fn of(list: Value) -> Vec<String> {
        differences(&read(&list.to_string()).unwrap())
    }

    fn about(found: &[String], id: &str) -> Vec<String> {
        let start = format!("baseten: {id}: ");
        let about = found.iter().filter_map(|line| line.strip_prefix(&start));
        about.map(str::to_owned).collect()
    }

    #[test]
    fn a_list_of_models_dev_that_agrees_gives_no_difference_for_its_models() {
        let kimi = json!({
            "cost": { "input": 3, "output": 15, "cache_read": 0.3 }, "limit": { "context": 1_048_576 },
            "modalities": { "input": ["text", "image"] },
        });
        let found = of(json!({ "baseten": { "models": { "moonshotai/Kimi-K3": kimi } } }));
        assert_eq!(about(&found, "moonshotai/Kimi-K3"), [""; 0]);
        assert!(
            found
                .iter()
                .any(|line| line == "openai: gpt-5 is not in the list")
        );
        assert!(!found.iter().any(|line| line.contains("Kimi-K2.5 is not")));
    }

    #[test]
    fn prices_contexts_ends_and_new_models_are_named() {
        let found = of(json!({
            "baseten/moonshotai/Kimi-K3": {
                "litellm_provider": "baseten", "input_cost_per_token": 2e-6, "max_input_tokens": 9,
                "deprecation_date": "2027-01-01",
            },
            "gemini/gemini-99": { "litellm_provider": "gemini", "supports_vision": true },
            "sample_spec": { "litellm_provider": "one of them" },
        }));
        assert_eq!(
            about(&found, "moonshotai/Kimi-K3"),
            [
                "input is $3 here, $2 there",
                "the context is 1048576 here, 9 there",
                "its end is not known here, 2027-01-01 there",
            ]
        );
        assert!(
            found
                .iter()
                .any(|line| line == "google: gemini-99 takes images, and is not in the catalogue")
        );
    }

    #[test]
    fn what_is_no_list_is_refused() {
        for text in ["", "[]", "{}", r#"{"a":1}"#] {
            assert!(read(text).is_err(), "{text}");
        }
        assert_eq!(Listed::default().ends, None);
    }
}
