use tilewise::catalog::{find, models};
use tilewise::media::Format;

#[path = "../../build/catalog.rs"]
mod compiler;

const CATALOG: &str = include_str!("../../catalog/baseten.toml");

#[test]
fn the_catalogue_itself_is_accepted() {
    compiler::compile(CATALOG).unwrap();
}

/// What a mistake in the catalogue is answered with.
fn refusal(correct: &str, wrong: &str) -> String {
    assert!(
        CATALOG.contains(correct),
        "the catalogue no longer says {correct:?}"
    );
    compiler::compile(&CATALOG.replacen(correct, wrong, 1)).unwrap_err()
}

#[test]
fn an_unknown_key_is_refused() {
    let why = refusal("max_images = {", "max_images = {");
    assert!(why.contains("unknown field `max_images`"), "{why}");
}

#[test]
fn a_figure_without_a_source_is_refused() {
    let why = refusal("{ value = 96, source = \"vision\" }", "{ value = 96 }");
    assert!(why.contains("missing field `source`"), "{why}");
}

#[test]
fn a_figure_that_nobody_published_may_be_left_out() {
    let without = CATALOG.replacen("cached_input = {", "# cached_input = {", 1);
    let tables = compiler::compile(&without).unwrap();
    assert!(tables.contains("cached_input: None"), "{tables}");
}

#[test]
fn a_source_that_is_not_defined_is_refused() {
    let why = refusal(
        "{ value = 96, source = \"vision\" }",
        "{ value = 96, source = \"hearsay\" }",
    );
    assert!(why.contains("hearsay"), "{why}");
}

#[test]
fn a_source_without_a_day_or_an_https_url_is_refused() {
    let why = refusal("checked = \"2026-11-23\"", "checked = \"lately\"");
    assert!(why.contains("lately"), "{why}");
    let why = refusal("url = \"https://docs", "url = \"docs");
    assert!(why.contains("not https"), "{why}");
}

#[test]
fn a_price_that_is_negative_or_no_decimal_is_refused() {
    for (wrong, because) in [
        ("\"-0.60\"", "is negative"),
        ("\"0.6e0\"", "is not a decimal number"),
        ("\"\"", "is not a decimal number"),
        ("\"0.1234567\"", "more than six decimals"),
    ] {
        let why = refusal("\"0.60\"", wrong);
        assert!(why.contains(because), "{wrong}: {why}");
    }
}

#[test]
fn a_model_that_stands_twice_or_has_unknown_rules_or_formats_is_refused() {
    let why = refusal(
        "id = \"moonshotai/Kimi-K2.6\"",
        "id = \"moonshotai/Kimi-K2.5\"",
    );
    assert!(why.contains("twice"), "{why}");
    let why = refusal("rules = \"kimi\"", "rules = \"llama\"");
    assert!(why.contains("llama"), "{why}");
    let why = refusal("\"webp\", ", "\"pdf\", ");
    assert!(why.contains("pdf"), "{why}");
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
