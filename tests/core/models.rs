//! The same request under models of every provider.

use crate::fixtures::{image, video};
use tilewise::catalog::{Certainty, Model, default_model, find, find_at};
use tilewise::estimate::{Estimate, EstimateOptions, estimate};
use tilewise::explain::{self, Cited, ExplanationStep, Figure};
use tilewise::media::Size;
use tilewise::prepare::plan::plan;
use tilewise::prepare::{Fit, Goal};
use tilewise::price::Prices;
use tilewise::request::{Body, Detail, Draft, MediaPart};
use tilewise::rule::{Family, MediaResolution, Options, Rule, Rules};
use tilewise::stream::Usage;
use tilewise::units::Price;
use tilewise::usage::{Basis, Follows, Received, reconcile};

const PHOTO: Size = Size::new(1_920, 1_080);

fn draft(provider: &str, id: &str, media: Vec<MediaPart>) -> Draft {
    Draft {
        provider: Some(provider.into()),
        media,
        ..Draft::new(id, "What is this?")
    }
}

fn photo() -> MediaPart {
    MediaPart::base64(image(PHOTO.width, PHOTO.height, 1_000))
}

fn of(provider: &str, id: &str, options: &EstimateOptions) -> Estimate {
    estimate(&draft(provider, id, vec![photo()]), options)
}

#[test]
fn the_default_model_is_the_first_current_one_of_baseten() {
    assert_eq!(default_model(None).unwrap().id, "moonshotai/Kimi-K3");
}

#[test]
fn a_photo_takes_what_each_model_s_own_rule_says() {
    // The table of six sizes is in tests/core/families.rs; these are its column of 1920×1080 by model, with the markers that
    // count with the text.
    for (provider, id, rule, tokens, certainty) in [
        (
            "baseten",
            "moonshotai/Kimi-K3",
            Rule::Processor,
            2_691,
            Certainty::Exact,
        ),
        (
            "baseten",
            "moonshotai/Kimi-K2.5",
            Rule::Published,
            10_549,
            Certainty::Documented,
        ),
        (
            "baseten",
            "zai-org/GLM-5.3",
            Rule::Processor,
            2_691,
            Certainty::Assumed,
        ),
        (
            "baseten",
            "deepseek-ai/DeepSeek-V4.1-Flash",
            Rule::Processor,
            968,
            Certainty::Exact,
        ),
        (
            "openai",
            "gpt-6-astra",
            Rule::Published,
            2_448,
            Certainty::Exact,
        ),
        (
            "anthropic",
            "claude-haiku-4-5",
            Rule::Published,
            1_560,
            Certainty::Exact,
        ),
        (
            "google",
            "gemini-3-flash-preview",
            Rule::Published,
            1_100,
            Certainty::Assumed,
        ),
        (
            "xai",
            "grok-4.7",
            Rule::Published,
            1_792,
            Certainty::Assumed,
        ),
        ("open", "qwen3-vl", Rule::Processor, 2_040, Certainty::Exact),
    ] {
        let estimate = of(provider, id, &EstimateOptions::default());
        assert_eq!(estimate.rule, rule, "{id}");
        assert_eq!(estimate.media[0].tokens.by(rule), Some(tokens), "{id}");
        assert_eq!(estimate.certainty, certainty, "{id}");
        assert_eq!(estimate.provider.as_deref(), Some(provider));
    }
}

#[test]
fn an_id_at_two_providers_is_baseten_s_unless_the_draft_names_another() {
    let alone = Draft::new("moonshotai/Kimi-K3", "");
    let estimate = estimate(&alone, &EstimateOptions::default());
    assert_eq!(estimate.provider.as_deref(), Some("baseten"));
    let shared = |model: &&Model| model.provider != "baseten" && find(&model.id).is_some();
    let elsewhere = tilewise::catalog::models().iter().find(shared).unwrap();
    let at = of(
        &elsewhere.provider,
        &elsewhere.id,
        &EstimateOptions::default(),
    );
    assert_eq!(at.provider.as_deref(), Some(&*elsewhere.provider));
}

#[test]
fn the_range_holds_both_rules_and_the_bounds_of_the_text() {
    let estimate = of(
        "baseten",
        "moonshotai/Kimi-K2.5",
        &EstimateOptions::default(),
    );
    let range = estimate.range.unwrap();
    let [published, processor] =
        [estimate.bounds.published, estimate.bounds.processor].map(Option::unwrap);
    assert_eq!(
        (range.low_tokens, range.high_tokens),
        (processor.low, published.high)
    );
    assert_eq!(
        range.low_usd,
        estimate.price.input.unwrap().of(range.low_tokens)
    );
    assert!(
        estimate
            .notes
            .join(" ")
            .contains("which rule its bill follows")
    );

    let grok = of("xai", "grok-4.7", &EstimateOptions::default());
    let bounds = grok.bounds.published.unwrap();
    assert!(bounds.high - bounds.low >= 1_792 - 256);
    assert!(grok.notes.join(" ").contains("256 to 1,792 tokens"));
    assert_eq!(
        of("open", "qwen3-vl", &EstimateOptions::default()).range,
        None
    );
}

#[test]
fn a_rule_that_the_model_does_not_have_is_replaced_by_its_own_and_said() {
    let asked = EstimateOptions {
        rule: Some(Rule::Published),
        ..EstimateOptions::default()
    };
    let kimi = of("baseten", "moonshotai/Kimi-K3", &asked);
    assert_eq!((kimi.rule, kimi.media_tokens), (Rule::Processor, 2_691));
    assert_eq!(kimi.media[0].tokens.published, None);
    assert!(kimi.notes.join(" ").contains("has no published rule"));
}

#[test]
fn a_bill_tells_the_rule_of_every_family() {
    for (provider, id, follows) in [
        ("baseten", "moonshotai/Kimi-K3", Follows::Processor),
        ("anthropic", "claude-opus-5", Follows::Published),
        ("openai", "gpt-5", Follows::Published),
    ] {
        let estimate = of(provider, id, &EstimateOptions::default());
        let billed = |tokens| {
            let usage = Usage {
                input_tokens: Some(tokens),
                ..Usage::default()
            };
            reconcile(&Basis::from(&estimate), &usage, &Received::default()).follows
        };
        assert_eq!(billed(estimate.input_tokens), Some(follows), "{id}");
        assert_eq!(
            billed(estimate.input_tokens * 5),
            Some(Follows::Neither),
            "{id}"
        );
    }
}

#[test]
fn detail_media_resolution_and_frames_change_the_count_of_models_that_know_them() {
    let mut low = photo();
    low.detail = Some(Detail::Low);
    let astra = estimate(
        &draft("openai", "gpt-6-astra", vec![low.clone()]),
        &EstimateOptions::default(),
    );
    assert_eq!(astra.media_tokens, 173);
    assert!(!astra.notes.join(" ").contains("detail"));
    let kimi = estimate(
        &draft("baseten", "moonshotai/Kimi-K3", vec![low]),
        &EstimateOptions::default(),
    );
    assert_eq!(kimi.media_tokens, 2_691);
    assert!(kimi.notes.join(" ").contains("detail"));

    let small = EstimateOptions {
        media_resolution: Some(MediaResolution::Low),
        ..EstimateOptions::default()
    };
    let gemini = of("google", "gemini-3-flash-preview", &small);
    assert!(gemini.media_tokens <= 280, "{}", gemini.media_tokens);

    let clip = MediaPart::base64(video(640, 480, 3_000, 30.0));
    let capped = EstimateOptions {
        max_frames: Some(32),
        ..EstimateOptions::default()
    };
    let clip = draft("open", "qwen3-vl", vec![clip]);
    let whole = estimate(&clip, &EstimateOptions::default());
    let few = estimate(&clip, &capped);
    assert_eq!((whole.media[0].frames, few.media[0].frames), (200, 32));
    assert!(few.media_tokens < whole.media_tokens);
    assert!(whole.notes.join(" ").contains("vLLM"));
    assert!(!few.notes.join(" ").contains("vLLM"));
}

#[test]
fn an_image_that_a_rule_refuses_is_not_counted_and_a_note_says_why() {
    let mut full = photo();
    full.detail = Some(Detail::Original);
    let tiles = estimate(
        &draft("openai", "gpt-5", vec![full]),
        &EstimateOptions::default(),
    );
    assert_eq!(tiles.media[0].tokens.published, None);
    assert_eq!((tiles.certainty, tiles.range), (Certainty::Unknown, None));
    assert!(
        tiles
            .notes
            .join(" ")
            .contains("does not know this level of detail")
    );
    for (width, height) in [
        (0, 10),
        (u64::from(u32::MAX) + 1, u64::from(u32::MAX) + 1),
        (u64::MAX, 1),
    ] {
        for model in tilewise::catalog::models() {
            let part = MediaPart::base64(image(width, height, 1));
            let estimate = estimate(
                &draft(&model.provider, &model.id, vec![part]),
                &EstimateOptions::default(),
            );
            assert_eq!(estimate.media.len(), 1, "{}", model.id);
        }
    }
}

#[test]
fn images_that_share_the_context_count_together() {
    let model = Model {
        family: Some("nemotron".into()),
        context_tokens: Some(4_096),
        ..Model::default()
    };
    let options = EstimateOptions {
        model: Some(model),
        ..EstimateOptions::default()
    };
    let three = estimate(&draft("open", "own", vec![photo(); 3]), &options);
    let one = estimate(&draft("open", "own", vec![photo()]), &options);
    assert_eq!(one.media_tokens, 2_040);
    assert!(three.media_tokens < 3 * one.media_tokens && three.media_tokens <= 4_096);
}

#[test]
fn a_longer_input_has_the_prices_of_its_step() {
    let model = find_at("minimax", "MiniMax-M3").unwrap();
    let usd = |above: bool| {
        let mut draft = draft("minimax", "MiniMax-M3", Vec::new());
        draft.text = "word ".repeat(if above { 600_000 } else { 10 });
        let estimate = estimate(&draft, &EstimateOptions::default());
        (
            estimate.price.input.unwrap().usd_per_million(),
            estimate.price.output.unwrap().usd_per_million(),
        )
    };
    assert!(!model.price_tiers.is_empty());
    assert_eq!((usd(false), usd(true)), ((0.3, 1.2), (0.6, 2.4)));
}

#[test]
fn an_explanation_says_which_price_step_a_long_input_reaches_and_where_it_was_read() {
    let explained = |words: usize, price| {
        let mut draft = draft("minimax", "MiniMax-M3", Vec::new());
        draft.text = "word ".repeat(words);
        let options = EstimateOptions {
            price,
            ..EstimateOptions::default()
        };
        let explained = explain::request(&draft, &options);
        assert_eq!(explained.usd, estimate(&draft, &options).cost.input_usd);
        let is_step = |step: &&ExplanationStep| matches!(step, ExplanationStep::PriceTier { .. });
        let step = explained
            .steps
            .iter()
            .find(is_step)
            .map(ToString::to_string);
        let is_cited = |cited: &Cited| cited.figure == Figure::PriceTiers;
        assert_eq!(explained.sources.iter().any(is_cited), step.is_some());
        step
    };
    assert_eq!(explained(10, Prices::default()), None);
    let step = explained(600_000, Prices::default()).unwrap();
    assert!(
        step.starts_with("more than 512,000 tokens of input"),
        "{step}"
    );
    // A price that the caller gave has no steps.
    let input = Price::from_usd_per_million(1.0);
    let given = Prices {
        input,
        ..Prices::default()
    };
    assert_eq!(explained(600_000, given), None);
}

#[test]
fn figures_that_are_old_and_models_that_end_are_noted_where_the_day_is_given() {
    let notes = |id, today: Option<&str>| {
        let options = EstimateOptions {
            today: today.map(str::to_owned),
            ..EstimateOptions::default()
        };
        of("google", id, &options).notes.join(" ")
    };
    let id = "gemini-3-flash-preview";
    assert!(!notes(id, None).contains("days ago"));
    assert!(!notes(id, Some("2027-02-27")).contains("days ago"));
    assert!(notes(id, Some("2027-02-28")).contains("91 days ago"));
    let retiring = tilewise::catalog::models().iter().find(|model| {
        model.provider == "google" && model.retired_on.as_deref() == Some("2026-12-01")
    });
    let id = &*retiring.unwrap().id;
    assert!(notes(id, None).contains("is announced to end on 2026-12-01"));
    assert!(notes(id, Some("2026-12-01")).contains("was announced to end on 2026-12-01"));
    let nonsense = EstimateOptions {
        today: Some("tomorrow".into()),
        ..EstimateOptions::default()
    };
    assert!(nonsense.check().is_err());
}

#[test]
fn a_model_of_the_caller_s_own_wins() {
    let read = |json| serde_json::from_value::<EstimateOptions>(json);
    let options = read(serde_json::json!({
        "model": {
            "family": "qwen3-vl", "parameters": { "max_pixels": 1_048_576 }, "contextTokens": 32_768,
            "price": { "input": 0.2 }, "limits": { "maxImages": 1 },
        },
    }));
    let options = options.unwrap();
    assert_eq!(options.check(), Ok(()));
    let mut own = Draft::new("my/own", "What is this?");
    own.media = vec![photo(), photo()];
    let estimate = estimate(&own, &options);
    assert_eq!(estimate.model, "my/own");
    assert!(estimate.media[0].tokens.processor.unwrap() <= 1_024);
    assert_eq!(estimate.price.input.unwrap().usd_per_million(), 0.2);
    assert_eq!(estimate.errors().count(), 1);
    for (model, what) in [
        (serde_json::json!({}), "model.family: missing"),
        (
            serde_json::json!({ "family": "qwen" }),
            "model.family: there is no family \"qwen\"",
        ),
        (
            serde_json::json!({ "family": "claude", "parameters": { "patch": 1 } }),
            "model.parameters.patch: the family has no such parameter",
        ),
        (
            serde_json::json!({ "family": "claude", "parameters": { "tile_px": 5_000_000_000_u64 } }),
            "model.parameters.tile_px: a parameter is at most",
        ),
    ] {
        let options = read(serde_json::json!({ "model": model })).unwrap();
        let error = options.check().unwrap_err().to_string();
        assert!(error.starts_with(what), "{error}");
    }
}

#[test]
fn the_output_is_bounded_by_the_field_that_the_provider_takes() {
    let body = |provider, id| {
        let mut draft = draft(provider, id, Vec::new());
        draft.max_tokens = Some(10);
        let body = Body::streamed(&draft);
        let json = body.json(|_| None).unwrap();
        assert_eq!(body.len(), json.len() as u64);
        json
    };
    assert!(body("openai", "gpt-5").contains("\"max_completion_tokens\":10"));
    assert!(body("baseten", "moonshotai/Kimi-K3").contains("\"max_tokens\":10"));
    assert!(body("nowhere", "none").contains("\"max_tokens\":10"));
    let mut twice = draft("openai", "gpt-5", Vec::new());
    twice.max_tokens = Some(10);
    twice.extra = vec![(
        "max_completion_tokens".into(),
        tilewise::request::Json::parse("1").unwrap(),
    )];
    assert!(Body::streamed(&twice).json(|_| None).is_err());
}

// ── Prepare by model ─────────────────────────────────────────────────────────────────────────────

/// Each family as its checkpoint has it.
fn families() -> impl Iterator<Item = Rules> {
    Family::ALL.into_iter().map(Rules::new)
}

#[test]
fn an_image_is_made_to_fit_the_tokens_of_any_family_or_refused_plainly() {
    for rules in families() {
        let name = rules.family().name();
        let rule = rules.chosen(None);
        for (width, height) in [(4_032, 3_024), (300, 3_000), (64, 64)] {
            let whole = rules
                .image(rule, Size::new(width, height), &Options::default())
                .unwrap();
            for share in [2, 5, 100] {
                let max_tokens = whole.tokens.div_ceil(share);
                let goal = Goal {
                    max_tokens: Some(max_tokens),
                    ..Goal::default()
                };
                let Ok(plan) = plan(&image(width, height, 1_000), &goal, &rules) else {
                    // The least that any size takes is more than that.
                    let least = rules
                        .image(rule, Size::new(1, 1), &Options::default())
                        .unwrap();
                    assert!(
                        least.tokens > max_tokens,
                        "{name} {width}×{height} / {share}"
                    );
                    continue;
                };
                assert!(plan.tokens.by(rule).unwrap() <= max_tokens, "{name}");
                assert!(
                    plan.size.width <= width && plan.size.height <= height,
                    "{name}"
                );
            }
        }
    }
}

#[test]
fn no_more_than_the_model_sees_is_the_largest_size_that_it_does_not_scale_down() {
    let fitted = |rules: &Rules, width, height| {
        let goal = Goal {
            fit: Some(Fit::Model),
            ..Goal::default()
        };
        plan(&image(width, height, 1_000), &goal, rules)
            .unwrap()
            .size
    };
    let rules = |provider, id| find_at(provider, id).unwrap().rules().unwrap();
    let opus = rules("anthropic", "claude-haiku-4-5");
    assert_eq!(fitted(&opus, 1_920, 1_080), Size::new(1_456, 819));
    assert_eq!(fitted(&opus, 800, 600), Size::new(800, 600));
    let kimi = rules("baseten", "moonshotai/Kimi-K2.6");
    let size = fitted(&kimi, 4_032, 3_024);
    assert!((1_900..2_100).contains(&size.width), "{size:?}");
    for rules in families() {
        let rule = rules.chosen(None);
        for (width, height) in [(4_032, 3_024), (1_080, 1_920), (9_000, 500), (50, 50)] {
            let size = fitted(&rules, width, height);
            let name = rules.family().name();
            assert!(size.width <= width && size.height <= height, "{name}");
            let seen = rules.image(rule, size, &Options::default()).unwrap().seen;
            let whole = rules
                .image(rule, Size::new(width, height), &Options::default())
                .unwrap()
                .seen;
            if let (Some(seen), Some(whole)) = (seen, whole) {
                // It sees as much as of the original, up to rounding.
                let area = |size: Size| size.width as f64 * size.height as f64;
                assert!(
                    area(seen) >= 0.9 * area(whole),
                    "{name} {width}×{height}: {seen:?} of {whole:?}"
                );
            }
        }
    }
}

#[test]
fn tokens_by_a_rule_that_the_model_does_not_have_are_counted_by_its_own() {
    let rules = default_model(None).unwrap().rules().unwrap();
    let by = |rule| Goal {
        max_tokens: Some(100),
        rule,
        ..Goal::default()
    };
    let facts = image(1_000, 1_000, 1);
    let [asked, own] = [Some(Rule::Published), None].map(|rule| plan(&facts, &by(rule), &rules));
    assert_eq!(asked.unwrap(), own.unwrap());
}

#[test]
fn models_that_come_back_from_javascript_count_as_before() {
    let photo = draft("baseten", "moonshotai/Kimi-K2.6", vec![photo()]);
    let known = find("moonshotai/Kimi-K2.6").unwrap();
    let written = serde_json::to_value(known).unwrap();
    let before = estimate(&photo, &EstimateOptions::default());
    for options in [
        serde_json::json!({ "models": [written] }),
        serde_json::json!({ "model": written }),
        serde_json::json!({ "models": [{ "provider": "baseten", "id": "moonshotai/Kimi-K2.6" }] }),
    ] {
        let options: EstimateOptions = serde_json::from_value(options).unwrap();
        assert_eq!(options.check(), Ok(()));
        assert_eq!(estimate(&photo, &options), before);
    }
    let mut elsewhere = written.clone();
    elsewhere["id"] = "mine".into();
    elsewhere["provider"] = "".into();
    let options = serde_json::from_value(serde_json::json!({ "model": elsewhere })).unwrap();
    let own = estimate(&photo, &options);
    assert_eq!((own.rule, own.media_tokens), (Rule::Processor, 2_691));
}

#[test]
fn a_family_that_the_caller_names_is_assumed() {
    let model = serde_json::json!({ "model": { "family": "claude" } });
    let options = serde_json::from_value(model).unwrap();
    let own = estimate(&draft("anthropic", "mine", vec![photo()]), &options);
    assert_eq!(
        (own.certainty, own.rule),
        (Certainty::Assumed, Rule::Published)
    );
}

#[test]
fn a_draft_goes_to_the_provider_of_its_model() {
    let base_url = |id: &str| Draft::new(id, "").base_url().map(str::to_owned);
    assert_eq!(base_url("gpt-5").unwrap(), "https://api.openai.com/v1");
    assert_eq!(
        base_url("moonshotai/Kimi-K3").unwrap(),
        "https://inference.baseten.co/v1"
    );
    assert_eq!(
        base_url("any/other").unwrap(),
        "https://inference.baseten.co/v1"
    );
    assert!(base_url("qwen3-vl").is_err());
}
