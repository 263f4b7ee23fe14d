use std::fs;
use tilewise::catalog::{Certainty, Filter, Status, find, find_at, models, provider, providers};
use tilewise::media::{Format, Size};
use tilewise::rule::{Family, Options};

#[path = "../../build/catalog.rs"]
mod compiler;

fn text(file: &str) -> Result<String, String> {
    fs::read_to_string(format!("catalog/{file}.toml")).map_err(|error| error.to_string())
}

#[test]
fn the_catalogue_itself_is_accepted() {
    compiler::compile(text).unwrap();
}

#[test]
fn each_file_of_the_catalogue_is_read() {
    for entry in fs::read_dir("catalog").unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_stem().unwrap().to_str().unwrap();
        assert!(
            file == "families" || compiler::PROVIDERS.contains(&file),
            "{file}"
        );
    }
}

/// What a mistake in a file of the catalogue is answered with.
fn refusal(file: &str, correct: &str, wrong: &str) -> String {
    let changed = |name: &str| {
        let text = text(name)?;
        if name != file {
            return Ok(text);
        }
        assert!(text.contains(correct), "{file} no longer says {correct:?}");
        Ok(text.replacen(correct, wrong, 1))
    };
    let why = compiler::compile(changed).unwrap_err();
    assert!(why.starts_with(&format!("catalog/{file}.toml: ")), "{why}");
    why
}

/// Each mistake is refused for a reason that holds these words.
fn refused(file: &str, mistakes: &[(&str, &str, &str)]) {
    for (correct, wrong, because) in mistakes {
        let why = refusal(file, correct, wrong);
        assert!(why.contains(because), "{correct:?} to {wrong:?}: {why}");
    }
}

#[test]
fn a_key_that_is_not_known_is_refused() {
    refused(
        "baseten",
        &[
            (
                "max_images = {",
                "most_images = {",
                "unknown field `most_images`",
            ),
            ("[endpoint]", "[endpoint]\nkey = 1", "unknown field `key`"),
            (
                "takes_images = {",
                "sees_images = {",
                "unknown field `sees_images`",
            ),
            (
                "[models.price]",
                "[models.price]\nvat = 1",
                "unknown field `vat`",
            ),
        ],
    );
    refused(
        "families",
        &[("kind = ", "sort = ", "unknown field `sort`")],
    );
}

#[test]
fn a_figure_without_a_source_is_refused() {
    refused(
        "baseten",
        &[
            (
                "{ value = 96, source = \"vision\" }",
                "{ value = 96 }",
                "missing field `source`",
            ),
            (
                "{ value = 96, source = \"vision\" }",
                "{ value = 96, source = \"hearsay\" }",
                "hearsay",
            ),
            (
                "takes_images = { value = true, source = \"litellm\" }",
                "takes_images = true",
                "takes_images",
            ),
        ],
    );
    refused(
        "families",
        &[("source = \"kimi-k25\"", "source = \"hearsay\"", "hearsay")],
    );
}

#[test]
fn a_figure_that_was_not_published_may_be_left_out() {
    let without = |name: &str| {
        let text = text(name)?;
        Ok(text.replacen("cached_input = {", "# cached_input = {", 1))
    };
    compiler::compile(without).unwrap();
}

#[test]
fn a_source_without_a_day_or_an_https_url_or_that_no_figure_names_is_refused() {
    refused(
        "baseten",
        &[
            ("checked = \"2026-11-23\"", "checked = \"lately\"", "lately"),
            ("checked = \"2026-11-23\"", "", "missing field `checked`"),
            (
                "checked = \"2026-11-23\"",
                "checked = \"2026-02-29\"",
                "2026-02-29",
            ),
            (
                "checked = \"2026-11-23\"",
                "checked = \"2026-11-31\"",
                "2026-11-31",
            ),
            (
                "checked = \"2026-11-23\"",
                "checked = \"2026-13-01\"",
                "2026-13-01",
            ),
            (
                "checked = \"2026-11-23\"",
                "checked = \"+026-11-23\"",
                "+026-11-23",
            ),
            ("url = \"https://docs", "url = \"docs", "not https"),
            (
                "[sources.vision]",
                "[sources.idle]\nwhat = \"A\"\nurl = \"https://a.b\"\nchecked = \"2026-11-23\"\n\n[sources.vision]",
                "no figure names the source \"idle\"",
            ),
        ],
    );
}

#[test]
fn a_price_that_is_negative_or_no_decimal_or_odd_is_refused() {
    for (wrong, because) in [
        ("\"-0.60\"", "is negative"),
        ("\"0.6e0\"", "is not a decimal number"),
        ("\"\"", "is not a decimal number"),
        ("\"0.1234567\"", "more than six decimals"),
        ("\"60000\"", "is too large"),
        ("\"0.01\"", "cached_input is above"),
    ] {
        let why = refusal("baseten", "\"0.60\"", wrong);
        assert!(why.contains(because), "{wrong}: {why}");
    }
    refused(
        "minimax",
        &[
            (
                "above_input_tokens = 512_000",
                "above_input_tokens = 0",
                "must rise",
            ),
            ("input = \"0.60\"", "input = \"-0.60\"", "is negative"),
            (
                "cached_input = \"0.12\"",
                "cached_input = \"0.90\"",
                "is above",
            ),
        ],
    );
}

#[test]
fn a_model_that_stands_twice_at_a_provider_or_has_unknown_formats_or_limits_is_refused() {
    refused(
        "baseten",
        &[
            (
                "id = \"moonshotai/Kimi-K2.6\"",
                "id = \"moonshotai/Kimi-K2.5\"",
                "twice",
            ),
            ("\"webp\", ", "\"pdf\", ", "pdf"),
            ("\"webp\", ", "\"png\", ", "twice"),
            ("formats = \"kimi\"", "formats = \"any\"", "formats \"any\""),
            (
                "limits = \"kimi-k26\"",
                "limits = \"none\"",
                "limits \"none\"",
            ),
            ("limits_certainty = \"assumed\"", "", "limits_certainty"),
            (
                "[limits.kimi-k25]",
                "[limits.idle]\n[limits.kimi-k25]",
                "refers to \"idle\"",
            ),
        ],
    );
}

#[test]
fn a_family_that_is_not_known_or_a_rule_that_does_not_fit_is_refused() {
    refused(
        "baseten",
        &[
            (
                "value = \"kimi-k3\"",
                "value = \"llama-9\"",
                "family \"llama-9\"",
            ),
            (
                "rules = [\"processor\"]",
                "rules = []",
                "rules must name one",
            ),
            (
                "rules = [\"published\", \"processor\"]",
                "rules = [\"published\"]",
                "rules must name both",
            ),
            ("published = \"tiles\"", "published = \"area\"", "\"area\""),
            (
                "certainty = \"exact\"",
                "certainty = \"unknown\"",
                "certainty",
            ),
            (
                "certainty = \"unknown\"",
                "certainty = \"exact\"",
                "without a family",
            ),
        ],
    );
}

#[test]
fn a_parameter_that_a_family_lacks_or_does_not_know_is_refused() {
    refused(
        "families",
        &[
            (
                "merge = { value = 2, source = \"kimi-k25\" }\n",
                "",
                "kimi-k2.5 lacks its parameter merge",
            ),
            ("merge = {", "fusion = {", "has no parameter \"fusion\""),
            (
                "merge = { value = 2,",
                "merge = { value = 0,",
                "kimi-k2.5.merge is zero",
            ),
            (
                "merge = { value = 2,",
                "merge = { value = 9_000_000_000,",
                "too large",
            ),
            (
                "[families.\"claude\"]",
                "[families.\"clyde\"]\nkind = \"published\"\n[families.\"clyde\".parameters]\nsize = { value = 1, source = \"claude\" }\n[families.\"claude\"]",
                "clyde",
            ),
        ],
    );
    refused(
        "anthropic",
        &[(
            "rules = [\"published\"]",
            "rules = [\"processor\"]",
            "own code",
        )],
    );
    refused(
        "openai",
        &[("base_tokens = {", "base = {", "has no parameter \"base\"")],
    );
}

#[test]
fn a_retired_model_without_a_day_or_with_one_to_come_is_refused() {
    const DAY: &str = "retired_on = { value = \"2026-10-16\", source = \"litellm\" }\n";
    refused(
        "baseten",
        &[
            (DAY, "", "without a day"),
            ("2026-10-16", "2026-10-32", "2026-10-32"),
            ("2026-10-16", "2027-10-16", "as read on"),
            ("status = \"retired\"\n", "", "for a current model"),
            (
                DAY,
                "retired_on = { value = \"2026-10-16\", source = \"litellm\" }\nreplacement = { value = \"moonshotai/Kimi-K9\", source = \"litellm\" }\n",
                "names no model",
            ),
        ],
    );
    refused(
        "anthropic",
        &[(
            "status = \"retiring\"",
            "status = \"retired\"",
            "as read on",
        )],
    );
}

#[test]
fn an_endpoint_that_no_request_could_be_made_to_is_refused() {
    refused(
        "baseten",
        &[
            (
                "\"https://inference.baseten.co/v1\"",
                "\"http://inference.baseten.co/v1\"",
                "not https",
            ),
            (
                "\"https://inference.baseten.co/v1\"",
                "\"https://inference.baseten.co/v1/\"",
                "slash",
            ),
            ("value = \"max_tokens\"", "value = \"limit\"", "\"limit\""),
            ("\"Authorization: Bearer\"", "\"Cookie\"", "\"Cookie\""),
            ("\"BASETEN_API_KEY\"", "\"$KEY\"", "$KEY"),
            ("[\"low\", ", "[\"tiny\", ", "tiny"),
        ],
    );
}

#[test]
fn prices_are_those_of_the_sources() {
    for (provider, id, input, cached, output) in [
        ("baseten", "moonshotai/Kimi-K3", 3.0, Some(0.3), 15.0),
        ("baseten", "moonshotai/Kimi-K2.5", 0.6, Some(0.12), 3.0),
        ("baseten", "moonshotai/Kimi-K2.6", 0.95, Some(0.16), 4.0),
        ("openai", "gpt-6-astra", 10.0, Some(1.0), 50.0),
        ("openai", "gpt-5.4-nano", 0.2, Some(0.02), 1.25),
        ("anthropic", "claude-opus-5-5", 4.0, Some(0.2), 20.0),
        ("google", "gemini-2.5-pro", 1.25, Some(0.125), 10.0),
        ("xai", "grok-4.7", 2.0, Some(0.5), 6.0),
        ("mistral", "ministral-3b-2512", 0.1, Some(0.01), 0.1),
        ("moonshot", "kimi-k2.6", 0.95, Some(0.16), 4.0),
        ("alibaba", "qwen3-vl-32b-instruct", 0.16, None, 0.64),
        ("zai", "glm-4.5v", 0.6, None, 1.8),
        ("deepseek", "deepseek-flash", 0.3, Some(0.006), 1.2),
        ("minimax", "MiniMax-M3", 0.3, Some(0.06), 1.2),
        ("meta", "muse-spark-1.3", 1.25, Some(0.15), 4.25),
        (
            "amazon",
            "amazon.nova-2-lite-v1:0",
            0.33,
            Some(0.0825),
            2.75,
        ),
    ] {
        let price = find_at(provider, id).unwrap().price;
        let usd = |price: Option<Price>| price.map(Price::usd_per_million);
        assert_eq!(usd(price.input), Some(input), "{id}");
        assert_eq!(usd(price.cached_input), cached, "{id}");
        assert_eq!(usd(price.output), Some(output), "{id}");
    }
}

#[test]
fn a_long_input_is_priced_by_the_step_that_it_exceeds() {
    let model = find_at("minimax", "MiniMax-M3").unwrap();
    for (tokens, usd) in [(1, 0.3), (512_000, 0.3), (512_001, 0.6)] {
        let price = model.prices_for(tokens).input.unwrap();
        assert_eq!(price.usd_per_million(), usd, "{tokens} tokens");
    }
    let model = find_at("alibaba", "qwen3-vl-plus").unwrap();
    for (tokens, usd) in [(32_000, 0.2), (32_001, 0.3), (128_001, 0.6)] {
        let price = model.prices_for(tokens).input.unwrap();
        assert_eq!(price.usd_per_million(), usd, "{tokens} tokens");
    }
}

#[test]
fn every_figure_of_a_model_names_where_and_when_it_was_read() {
    for model in models() {
        let known = [
            ("family", model.family.is_some()),
            ("takesImages", model.takes_images.is_some()),
            ("takesVideos", model.takes_videos.is_some()),
            ("retiredOn", model.retired_on.is_some()),
            ("replacement", model.replacement.is_some()),
            ("contextTokens", model.context_tokens.is_some()),
            ("formats", !model.formats.is_empty()),
            ("price.input", model.price.input.is_some()),
            ("price.cachedInput", model.price.cached_input.is_some()),
            ("price.output", model.price.output.is_some()),
            ("priceTiers", !model.price_tiers.is_empty()),
            ("limits.maxImages", model.limits.max_images.is_some()),
            ("limits.maxVideos", model.limits.max_videos.is_some()),
            (
                "limits.maxMediaBytes",
                model.limits.max_media_bytes.is_some(),
            ),
            (
                "limits.maxImageBytes",
                model.limits.max_image_bytes.is_some(),
            ),
            ("limits.maxBodyBytes", model.limits.max_body_bytes.is_some()),
            (
                "limits.maxImageBase64Bytes",
                model.limits.max_image_base64_bytes.is_some(),
            ),
            ("limits.maxImageSide", model.limits.max_image_side.is_some()),
            (
                "limits.maxImageSideOfMany",
                model.limits.max_image_side_of_many.is_some(),
            ),
            ("limits.fewImages", model.limits.few_images.is_some()),
            (
                "limits.maxImagePatches",
                model.limits.max_image_patches.is_some(),
            ),
        ];
        for (what, known) in known {
            let mut of = model.sources.iter().filter(|source| source.what == what);
            assert_eq!(of.next().is_some(), known, "{} {what}", model.id);
            assert!(of.next().is_none(), "{}: {what} has one source", model.id);
        }
        for rule in model.counted_by.iter() {
            let path = format!("rules.{}.", rule.name());
            let mut of = model.sources.iter();
            assert!(of.any(|source| source.what.starts_with(&path)));
        }
        for source in model.sources.iter() {
            assert!(source.url.starts_with("https://") && source.checked.len() == 10);
        }
    }
}

#[test]
fn every_figure_of_an_endpoint_names_where_and_when_it_was_read() {
    assert_eq!(providers().len(), compiler::PROVIDERS.len());
    for (provider, id) in providers().iter().zip(compiler::PROVIDERS) {
        assert_eq!(provider.id, id);
        let known = [
            ("baseUrl", provider.base_url.is_some()),
            ("outputBound", provider.output_bound.is_some()),
            ("keyHeader", provider.key_header.is_some()),
            ("keyVariable", provider.key_variable.is_some()),
            ("browser", provider.browser.is_some()),
            ("browserHeader", provider.browser_header.is_some()),
            ("details", provider.details.is_some()),
            ("native.protocol", provider.native.is_some()),
        ];
        for (what, known) in known {
            let of = provider.sources().iter().find(|source| source.what == what);
            assert_eq!(of.is_some(), known, "{id} {what}");
        }
    }
}

#[test]
fn the_first_current_model_is_kimi_k3_at_baseten() {
    let current = models()
        .iter()
        .find(|model| model.status == Status::Current);
    assert_eq!(current.unwrap().id, "moonshotai/Kimi-K3");
    assert_eq!(models()[0].provider, "baseten");
}

#[test]
fn a_model_is_found_at_the_first_provider_that_has_it() {
    assert_eq!(find("moonshotai/Kimi-K2.6").unwrap().provider, "baseten");
    assert_eq!(find("kimi-k3").unwrap().provider, "moonshot");
    assert_eq!(find_at("open", "kimi-k3").unwrap().provider, "open");
    assert!(find_at("openai", "kimi-k3").is_none());
    assert!(find("kimi-k9").is_none());
    assert_eq!(provider("xai").unwrap().name, "xAI");
    assert!(provider("nowhere").is_none());
}

#[test]
fn models_are_listed_by_provider_and_by_status() {
    let filter = |provider: Option<&str>, status| Filter {
        provider: provider.map(str::to_owned),
        status,
    };
    assert_eq!(filter(None, None).models().count(), models().len());
    let retired = filter(Some("baseten"), Some(Status::Retired));
    let ids: Vec<_> = retired.models().map(|model| &*model.id).collect();
    assert_eq!(
        ids[..3],
        [
            "moonshotai/Kimi-K2.5",
            "moonshotai/Kimi-K2.6",
            "moonshotai/Kimi-K2.7-Code"
        ]
    );
    assert_eq!(filter(Some("nowhere"), None).models().count(), 0);
    for id in compiler::PROVIDERS {
        assert!(filter(Some(id), None).models().count() > 0, "{id}");
    }
}

#[test]
fn a_model_ends_on_a_day_or_is_current() {
    for model in models() {
        let current = model.status == Status::Current;
        assert_eq!(model.retired_on.is_none(), current, "{}", model.id);
    }
    let retired = find("moonshotai/Kimi-K2.5").unwrap();
    assert_eq!(retired.status, Status::Retired);
    assert_eq!(retired.retired_on.as_deref(), Some("2026-10-16"));
    let retiring = find("gpt-4o").unwrap();
    assert_eq!(retiring.status, Status::Retiring);
}

#[test]
fn the_parameters_of_each_family_are_those_of_its_rule() {
    let file: toml::Table = text("families").unwrap().parse().unwrap();
    for family in Family::ALL {
        let written = &file["families"][family.name()]["parameters"];
        for (name, value) in family.parameters() {
            let figure = written.get(name).map(|figure| figure["value"].as_integer());
            let figure = figure.map_or(0, |value| value.unwrap().try_into().unwrap());
            // What is left out is of no use to the family.
            let unused = !written.as_table().unwrap().contains_key(name);
            assert!(
                figure == value || unused,
                "{} {name}: {figure}, {value}",
                family.name()
            );
        }
    }
}

#[test]
fn a_model_counts_by_its_family_and_its_own_parameters() {
    let photo = Size::new(1920, 1080);
    for (provider, id, tokens, markers) in [
        ("baseten", "moonshotai/Kimi-K3", 2691, 10),
        ("baseten", "moonshotai/Kimi-K2.6", 2691, 5),
        ("baseten", "zai-org/GLM-5.3", 2691, 2),
        ("baseten", "deepseek-ai/DeepSeek-V4.1-Flash", 968, 0),
        ("openai", "gpt-4o", 1105, 0),
        ("openai", "gpt-4o-mini", 36_835, 0),
        ("openai", "gpt-5", 910, 0),
        ("openai", "o3", 975, 0),
        ("openai", "gpt-4.1-mini", 3305, 0),
        ("openai", "gpt-5-mini", 1810, 0),
        ("openai", "gpt-5-nano", 2262, 0),
        ("openai", "o4-mini", 2594, 0),
        ("openai", "gpt-4.1-nano", 3710, 0),
        ("openai", "gpt-5.2", 2448, 0),
        ("openai", "gpt-5.4", 2448, 0),
        ("anthropic", "claude-haiku-4-5", 1560, 0),
        ("anthropic", "claude-opus-5-5", 2691, 0),
        ("google", "gemini-2.5-pro", 1548, 0),
        ("google", "gemini-3-flash-preview", 1100, 0),
        ("mistral", "pixtral-12b", 2340, 0),
        ("mistral", "mistral-large-4", 1736, 0),
        ("zai", "glm-4.5v", 2691, 2),
        ("zai", "glm-5.3-flash", 2691, 2),
        ("minimax", "MiniMax-M3", 576, 2),
        ("meta", "muse-spark-1.3", 2691, 2),
        ("amazon", "amazon.nova-2-lite-v1:0", 230, 0),
        ("open", "qwen3-vl", 2040, 2),
    ] {
        let rule = find_at(provider, id).unwrap().rules().unwrap();
        let count = rule.family().image(photo, &Options::default()).unwrap();
        assert_eq!((count.tokens, count.markers), (tokens, markers), "{id}");
    }
    let capped = find("qwen3-vl-32b-instruct").unwrap().rules();
    let rule = capped.unwrap();
    let count = |side| {
        rule.family()
            .image(Size::new(side, side), &Options::default())
    };
    assert_eq!(count(64).unwrap().tokens, 4);
    assert!(count(4000).unwrap().tokens <= 1280);
}

#[test]
fn a_family_of_the_catalogue_is_one_of_the_rules() {
    for model in models() {
        let named = model.family.is_some();
        assert_eq!(model.rules().is_some(), named, "{}", model.id);
        assert_eq!(model.counted_by.is_empty(), !named, "{}", model.id);
        assert_eq!(
            model.certainty == Certainty::Unknown,
            !named,
            "{}",
            model.id
        );
    }
}

#[test]
fn formats_that_the_models_take_include_what_the_probe_reads() {
    for model in models() {
        if !model.formats.is_empty() {
            assert!(model.formats.contains(&Format::Png), "{}", model.id);
            assert!(model.formats.contains(&Format::Jpeg), "{}", model.id);
        }
        assert!(!model.formats.contains(&Format::Svg));
    }
}

// ── The endpoint's own list ──────────────────────────────────────────────────────────────────────

use proptest::prelude::*;
use tilewise::catalog::{Model, listing::merge};
use tilewise::error::Error;
use tilewise::units::Price;

fn merged(list: &str) -> Result<Vec<Model>, Error> {
    merge(list, "https://example.com/v1/models", "2026-11-25")
}

#[test]
fn what_the_list_says_is_sourced_to_the_list_and_the_rest_as_before() {
    let models = merged(r#"{"data":[{"id":"moonshotai/Kimi-K2.6","context_length":1,"pricing":{"prompt":"0.00000095"}}]}"#).unwrap();
    let source = |what: &str| {
        let mut of = models[0]
            .sources
            .iter()
            .filter(|source| source.what == what);
        let source = of.next().unwrap();
        assert!(of.next().is_none(), "{what} has one source");
        source.url.as_ref()
    };
    assert_eq!(source("price.input"), "https://example.com/v1/models");
    assert_eq!(source("contextTokens"), "https://example.com/v1/models");
    assert_ne!(source("price.output"), "https://example.com/v1/models");
    assert_eq!(models[0].listed, Some(true));
    assert_eq!(
        (models[1].id.as_ref(), models[1].listed),
        ("moonshotai/Kimi-K3", Some(false))
    );
}

#[test]
fn prices_that_are_none_leave_those_of_the_catalogue() {
    for pricing in [
        r#"{"prompt":"-1"}"#,
        r#"{"prompt":"free"}"#,
        r#"{"prompt":null}"#,
        "[]",
        "null",
    ] {
        let models = merged(&format!(
            r#"{{"data":[{{"id":"moonshotai/Kimi-K2.6","pricing":{pricing}}}]}}"#
        ))
        .unwrap();
        assert_eq!(
            models[0].price.input.unwrap().usd_per_million(),
            0.95,
            "{pricing}"
        );
    }
}

#[test]
fn a_price_is_read_from_decimals_however_they_are_written() {
    for price in [
        r#""0.00000095""#,
        r#"" 0.00000095 ""#,
        r#""9.5e-7""#,
        r#""+95E-8""#,
        "0.00000095",
        "9.5e-7",
    ] {
        assert_eq!(
            listed_price(price),
            Some(Price::from_picodollars_per_token(950_000)),
            "{price}"
        );
    }
    assert_eq!(
        listed_price(r#""0""#),
        Some(Price::from_picodollars_per_token(0))
    );
    for absurd in [
        r#""1e400""#,
        r#""1.1""#,
        r#""NaN""#,
        r#""inf""#,
        r#""""#,
        "true",
    ] {
        assert_eq!(listed_price(absurd), None, "{absurd}");
    }
}

/// The price of a model that only the list knows.
fn listed_price(price: &str) -> Option<Price> {
    let list = format!(r#"[{{"id":"a/b","pricing":{{"prompt":{price}}}}}]"#);
    merged(&list).unwrap()[0].price.input
}

proptest! {
    /// A dollar for one token is the most that a price can be.
    #[test]
    fn a_price_of_whole_picodollars_is_read_exactly(picodollars in prop_oneof![0..10_000_000_u64, 0..=10_u64.pow(12)]) {
        let one = 10_u64.pow(12);
        let text = format!("\"{}.{:012}\"", picodollars / one, picodollars % one);
        prop_assert_eq!(listed_price(&text), Some(Price::from_picodollars_per_token(picodollars)));
        let text = format!("{picodollars}e-12");
        prop_assert_eq!(listed_price(&text), Some(Price::from_picodollars_per_token(picodollars)));
    }

    #[test]
    fn a_price_of_more_decimals_is_the_nearest_picodollar(usd in 0.0..1.0_f64) {
        let Some(price) = listed_price(&format!("\"{usd:.20}\"")) else {
            return Err(TestCaseError::fail("it has no price"));
        };
        let picodollars = (price.usd_per_million() * 1e6).round();
        prop_assert!((picodollars - usd * 1e12).abs() <= 0.51, "{} of {}", picodollars, usd);
    }
}

#[test]
fn a_model_that_only_the_list_knows_has_no_rule_no_limit_and_no_format() {
    let models = merged(
        r#"[{"id":"a/b","input_modalities":["text","image"]},{"id":"a/b"},{"name":"no id"}]"#,
    )
    .unwrap();
    let listed = |model: &&Model| model.listed == Some(true);
    assert_eq!(models.iter().filter(listed).count(), 1);
    let model = &models[0];
    assert!(model.vision && model.rules().is_none() && model.formats.is_empty());
    assert_eq!(
        (
            model.name.as_ref(),
            model.price.input,
            model.limits.max_images
        ),
        ("a/b", None, None)
    );
}

#[test]
fn an_open_checkpoint_that_only_the_list_knows_is_counted_by_its_family_as_assumed() {
    for (id, family) in [
        ("Qwen/Qwen3-VL-235B-A22B-Instruct", Some("qwen3-vl")),
        ("qwen/qwen2.5-vl-72b-instruct", Some("qwen2.5-vl")),
        ("google/gemma-4-27b-it", Some("gemma-4")),
        (
            "mistralai/Mistral-Small-3.1-24B-Instruct-2503",
            Some("mistral"),
        ),
        ("moonshotai/Kimi-K3-Instruct", Some("kimi-k3")),
        ("moonshotai/Kimi-K3.2", None),
        ("MiniMaxAI/MiniMax-M3.1", None),
        ("someone/qwen-tuned", None),
        ("", None),
    ] {
        let models = merged(&format!(r#"[{{"id":"{id}"}}]"#)).unwrap();
        let model = &models[0];
        assert_eq!(model.family.as_deref(), family, "{id}");
        assert_eq!(model.rules().is_some(), family.is_some(), "{id}");
        let certainty = match family {
            Some(_) => Certainty::Assumed,
            None => Certainty::Unknown,
        };
        assert_eq!(
            (model.certainty, model.takes_images),
            (certainty, None),
            "{id}"
        );
    }
}

#[test]
fn modalities_are_read_where_either_kind_of_list_has_them() {
    for (entry, takes_images) in [
        (r#""input_modalities":["text","image"]"#, Some(true)),
        (
            r#""architecture":{"input_modalities":["image","text"]}"#,
            Some(true),
        ),
        (
            r#""architecture":{"input_modalities":["text"]}"#,
            Some(false),
        ),
        (r#""architecture":{"modality":"text->text"}"#, None),
        (r#""input_modalities":null"#, None),
    ] {
        let models = merged(&format!(r#"[{{"id":"a/b",{entry}}}]"#)).unwrap();
        assert_eq!(models[0].takes_images, takes_images, "{entry}");
        assert_eq!(models[0].vision, takes_images == Some(true), "{entry}");
    }
}

#[test]
fn an_answer_that_is_no_list_is_an_error_with_what_came() {
    for answer in ["", "<html>", "{}", r#"{"data":{}}"#] {
        let Err(Error::Stream { message, body }) = merged(answer) else {
            panic!("{answer}");
        };
        assert!(
            message.starts_with("the answer is no list of models"),
            "{message}"
        );
        assert_eq!(body.as_deref(), Some(answer));
    }
}
