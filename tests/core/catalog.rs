use std::fs;
use tilewise::catalog::{find, models};
use tilewise::media::Format;

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
                "max_pictures = {",
                "unknown field `max_pictures`",
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
    for (id, input, cached, output) in [
        ("moonshotai/Kimi-K2.5", "$0.60", "$0.12", "$3.00"),
        ("moonshotai/Kimi-K2.6", "$0.95", "$0.16", "$4.00"),
    ] {
        let price = find(id).unwrap().price;
        assert_eq!(price.input.unwrap().to_string(), input);
        assert_eq!(price.cached_input.unwrap().to_string(), cached);
        assert_eq!(price.output.unwrap().to_string(), output);
    }
}

#[test]
fn every_figure_of_a_model_names_where_and_when_it_was_read() {
    for model in models() {
        for what in [
            "vision",
            "contextTokens",
            "formats",
            "price.input",
            "price.cachedInput",
            "price.output",
            "limits.maxImages",
            "limits.maxVideos",
            "limits.maxMediaBytes",
            "limits.maxImageBytes",
            "limits.maxBodyBytes",
            "rules.published.tilePx",
            "rules.processor.maxPatchesPerImage",
        ] {
            let source = model.sources.iter().find(|source| source.what == what);
            let source = source.unwrap_or_else(|| panic!("{}: {what} has no source", model.id));
            assert!(source.url.starts_with("https://") && source.checked.len() == 10);
        }
    }
}

#[test]
fn formats_that_the_models_take_include_what_the_probe_reads() {
    for model in models() {
        for format in [Format::Png, Format::Jpeg, Format::Gif, Format::Webp] {
            assert!(model.formats.contains(&format));
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
        ("moonshotai/Kimi-K2.5", Some(false))
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
    assert_eq!(models.len(), 3);
    let model = &models[0];
    assert!(model.vision && model.rules.is_none() && model.formats.is_empty());
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
