use crate::fixtures::{clip, image, video};
use proptest::prelude::*;
use tilewise::estimate::{BoundsByRule, Estimate, EstimateOptions, estimate};
use tilewise::media::{Format, MediaFacts, Size, VideoFacts};
use tilewise::price::Prices;
use tilewise::request::{Detail, Draft, Json, MediaPart, Message, Via};
use tilewise::rule::Rule;
use tilewise::stream::Usage;
use tilewise::units::{self, Price};
use tilewise::usage::{Basis, Received, reconcile};

fn draft(images: &[(u64, u64)]) -> Draft {
    let mut draft = Draft::new("moonshotai/Kimi-K2.5", "What is this?");
    draft.media = images
        .iter()
        .map(|(width, height)| MediaPart::base64(image(*width, *height, 1_000)))
        .collect();
    draft
}

fn by(rule: Rule, draft: &Draft) -> Estimate {
    estimate(
        draft,
        &EstimateOptions {
            rule: Some(rule),
            ..EstimateOptions::default()
        },
    )
}

#[test]
fn input_is_media_and_text() {
    let estimate = by(Rule::Published, &draft(&[(256, 256), (1024, 1024)]));
    assert_eq!(estimate.media_tokens, 324 + 5_329);
    assert_eq!(
        estimate.input_tokens,
        estimate.media_tokens + estimate.text.tokens
    );
    assert_eq!(estimate.media[1].usd.unwrap().to_string(), "$0.0032");
}

#[test]
fn both_rules_are_counted_whichever_is_chosen() {
    for rule in Rule::ALL {
        let estimate = by(rule, &draft(&[(1920, 1080)]));
        assert_eq!(estimate.media[0].tokens.published, Some(10_549));
        assert_eq!(estimate.media[0].tokens.processor, Some(2_691));
    }
}

#[test]
fn the_grid_is_that_of_the_chosen_rule() {
    let grid = |rule| by(rule, &draft(&[(1920, 1080)])).media[0].grid.unwrap();
    let published = grid(Rule::Published);
    assert_eq!(
        (published.columns, published.rows, published.tile),
        (137, 77, 14)
    );
    let processor = grid(Rule::Processor);
    assert_eq!(
        (processor.columns, processor.rows, processor.tile),
        (69, 39, 28)
    );
    assert_eq!((processor.width, processor.height), (1932, 1092));
    assert_eq!(
        (processor.content_width, processor.content_height),
        (1920, 1080)
    );
}

#[test]
fn markers_around_images_count_with_the_text_by_the_processor_rule_only() {
    let words = by(Rule::Published, &draft(&[(28, 28), (28, 28)])).text;
    let marked = by(Rule::Processor, &draft(&[(28, 28), (28, 28)])).text;
    assert_eq!(marked.tokens - words.tokens, 10);
    assert_eq!(marked.low - words.low, 10);
}

#[test]
fn output_is_priced_for_max_tokens_only() {
    let mut draft = draft(&[]);
    assert_eq!(by(Rule::Published, &draft).cost.max_output_usd, None);
    draft.max_tokens = Some(1_000_000);
    let cost = by(Rule::Published, &draft).cost.max_output_usd.unwrap();
    assert_eq!(cost.to_string(), "$3.0000");
}

#[test]
fn a_share_from_the_cache_costs_the_cached_price() {
    let draft = draft(&[(1400, 1400)]);
    let cost = |cached_share| {
        let options = EstimateOptions {
            cached_share,
            ..EstimateOptions::default()
        };
        estimate(&draft, &options).cost.input_usd.unwrap()
    };
    let tokens = by(Rule::Published, &draft).input_tokens;
    assert_eq!(
        cost(0.0),
        Price::from_usd_per_million(0.60).unwrap().of(tokens)
    );
    assert_eq!(
        cost(1.0),
        Price::from_usd_per_million(0.12).unwrap().of(tokens)
    );
    assert!(cost(1.0) < cost(0.5) && cost(0.5) < cost(0.0));
}

#[test]
fn a_price_given_by_the_caller_wins_and_the_others_stay() {
    let options = EstimateOptions {
        price: Prices {
            input: Price::from_usd_per_million(6.0),
            ..Prices::default()
        },
        ..EstimateOptions::default()
    };
    let estimate = estimate(&draft(&[(1024, 1024)]), &options);
    assert_eq!(estimate.media[0].usd.unwrap().to_string(), "$0.0320");
    assert_eq!(estimate.price.output.unwrap().to_string(), "$3.00");
}

#[test]
fn what_is_not_known_is_noted() {
    let noted = |draft: &Draft, word: &str| {
        by(Rule::Published, draft)
            .notes
            .iter()
            .any(|note| note.contains(word))
    };
    let mut draft = draft(&[(100, 100)]);
    assert!(noted(&draft, "which rule its bill follows"));
    assert!(!noted(&draft, "detail"));
    draft.media[0].detail = Some(Detail::Low);
    assert!(noted(&draft, "detail"));
    let clip = MediaFacts::video(Format::Mp4, Size::new(64, 64), VideoFacts::default());
    draft
        .media
        .push(MediaPart::url(clip, "https://example.com/a.mp4"));
    assert!(noted(&draft, "could not be counted"));
    let past = r#"{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://example.com/a.png"}}]}"#;
    draft
        .history
        .push(Message::from_json(Json::parse(past).unwrap()).unwrap());
    assert!(noted(&draft, "request holds media"));
}

#[test]
fn what_is_assumed_of_a_video_is_noted() {
    let notes = |video: VideoFacts, rule| {
        let mut draft = draft(&[]);
        let facts = MediaFacts::video(Format::Webm, Size::new(64, 64), video);
        draft.media = vec![MediaPart::url(facts, "https://example.com/a.webm")];
        by(rule, &draft).notes.join(" ")
    };
    let recording = VideoFacts {
        duration_ms: Some(10_000.0),
        ..VideoFacts::default()
    };
    for rule in Rule::ALL {
        let known = notes(clip(300, 30.0), rule);
        assert!(known.contains("How the provider samples a video is not published"));
        assert!(known.contains("may decline video"));
        assert!(!known.contains("frame rate of a video is not known"));
        assert!(notes(recording.clone(), rule).contains("frame rate of a video is not known"));
        assert!(!known.contains("were not counted"));
        let derived = VideoFacts {
            frames_derived: true,
            ..clip(300, 30.0)
        };
        assert!(notes(derived, rule).contains("frames of a video were not counted"));
    }
    let stamps = "time stamp and markers of each chunk";
    assert!(notes(clip(300, 30.0), Rule::Processor).contains(stamps));
    assert!(!notes(clip(300, 30.0), Rule::Published).contains(stamps));
}

#[test]
fn the_frames_of_a_video_are_those_that_are_sampled() {
    let mut draft = draft(&[]);
    draft.media = vec![MediaPart::base64(video(1920, 1080, 300, 30.0))];
    let by_default = by(Rule::Published, &draft).media[0];
    assert_eq!(by_default.frames, 20);
    assert_eq!(by_default.tokens.published, Some(20 * 10_549));
    let faster = EstimateOptions {
        sample_fps: Some(4.0),
        ..EstimateOptions::default()
    };
    assert_eq!(estimate(&draft, &faster).media[0].frames, 40);
}

#[test]
fn names_that_promise_another_format_are_noted_together() {
    let named = |name: Option<&str>, url: Option<&str>| {
        let mut part = draft(&[(100, 100)]).media.remove(0);
        part.file_name = name.map(str::to_owned);
        part.via = Via::Url(url.map(str::to_owned));
        part
    };
    let format = named(None, None).facts.format;
    assert_eq!(format, Format::Jpeg);
    for (name, url, misleading) in [
        (None, None, None),
        (Some("a.JPEG"), None, None),
        (Some("a.png"), None, Some("a.png")),
        (Some("a.jpg.webp"), None, Some("a.jpg.webp")),
        (Some("png"), None, None),
        (Some("a.heif"), None, None),
        (Some("a."), None, None),
        (Some("a.jpg"), Some("https://example.com/a.png"), None),
        (
            None,
            Some("https://example.com/b/a.mp4?x=a.jpg#a.jpg"),
            Some("a.mp4"),
        ),
        (None, Some("https://example.com/a.jpg?x=/a.png"), None),
        (None, Some("https://example.png"), None),
        (None, Some("data:image/png;base64,iVBORw0KGgo"), None),
    ] {
        assert_eq!(
            named(name, url).misleading_name(),
            misleading,
            "{name:?} {url:?}"
        );
    }
    let mut draft = draft(&[]);
    draft.media = vec![
        named(Some("a.png"), None),
        named(Some("a.jpg"), None),
        named(None, Some("https://example.com/b.webp")),
    ];
    let notes = by(Rule::Published, &draft).notes;
    assert!(
        notes.contains(&"Name and content disagree, and the content is what counts: a.png is jpeg, b.webp is jpeg.".into()),
        "{notes:?}"
    );
}

#[test]
fn it_serialises_as_javascript_expects() {
    let estimate = by(Rule::Published, &draft(&[(256, 256)]));
    let json = serde_json::to_value(&estimate).unwrap();
    assert_eq!(json["mediaTokens"], 324);
    assert_eq!(
        json["media"][0]["tokens"],
        serde_json::json!({ "published": 324, "processor": 100 })
    );
    assert_eq!(json["media"][0]["usd"], 0.0001944);
    assert_eq!(json["cost"]["maxOutputUsd"], serde_json::Value::Null);
    assert_eq!(json["violations"][0]["code"], "model_retired");
    assert_eq!(json["provider"], "baseten");
    assert_eq!(json["certainty"], "documented");
    assert_eq!(
        json["media"][0]["seen"],
        serde_json::json!({ "width": 256, "height": 256 })
    );
    assert!(json["range"]["lowUsd"].as_f64() < json["range"]["highUsd"].as_f64());
    assert_eq!(json["price"]["cachedInput"], 0.12);
}

#[test]
fn amounts_are_shown_like_the_page_shows_them() {
    let price = Price::from_usd_per_million(0.60).unwrap();
    assert_eq!(price.of(0).to_string(), "$0.0000");
    assert_eq!(price.of(1).to_string(), "<$0.000001");
    assert_eq!(price.of(2).to_string(), "$0.0000012");
    assert_eq!(price.of(135).to_string(), "$0.000081");
    assert_eq!(price.of(250).to_string(), "$0.00015");
    assert_eq!(price.of(1_000).to_string(), "$0.0006");
    assert_eq!(price.of(1_666).to_string(), "$0.0010");
    assert_eq!(price.of(1_667).to_string(), "$0.0010");
    assert_eq!(price.of(2_000_000_000).to_string(), "$1200.0000");
    assert_eq!(
        Price::from_usd_per_million(0.0125).unwrap().to_string(),
        "$0.0125"
    );
    assert_eq!(Price::from_usd_per_million(f64::NAN), None);
    assert_eq!(units::grouped(1_234_567), "1,234,567");
    assert_eq!(units::grouped(999), "999");
    for (amount, shown) in [
        (999, "999 B"),
        (1_000, "1.0 KB"),
        (999_949, "999.9 KB"),
        (999_950, "1.00 MB"),
        (5_000_000, "5.00 MB"),
        (999_994_999, "999.99 MB"),
        (999_995_000, "1.00 GB"),
        (u64::MAX, "18446744073.70 GB"),
    ] {
        assert_eq!(units::bytes(amount), shown);
    }
    for (seconds, shown) in [
        (0.04, "0.04 s"),
        (9.966, "9.97 s"),
        (10.0, "10 s"),
        (59.4, "59.4 s"),
        (59.6, "1:00"),
        (90.0, "1:30"),
        (7_499.9, "2:05:00"),
        (f64::NAN, "0 s"),
    ] {
        assert_eq!(units::duration(seconds), shown);
    }
    for (number, shown) in [
        (30_000.0 / 1_001.0, "29.97"),
        (0.5, "0.5"),
        (30.0, "30"),
        (1e4, "10,000"),
        (23.999, "24"),
    ] {
        assert_eq!(units::decimal(number), shown);
    }
}

proptest! {
    #[test]
    fn money_does_not_drift(counts in prop::collection::vec(0..1_000_000_u64, 0..200)) {
        let price = Price::from_usd_per_million(0.95).unwrap();
        let each: units::Usd = counts.iter().map(|count| price.of(*count)).sum();
        prop_assert_eq!(each, price.of(counts.iter().sum()));
    }

    #[test]
    fn one_more_image_never_costs_less(sizes in prop::collection::vec((1..9_000_u64, 1..9_000_u64), 1..20)) {
        for rule in Rule::ALL {
            let fewer = by(rule, &draft(&sizes[1..]));
            let more = by(rule, &draft(&sizes));
            prop_assert!(more.cost.input_usd > fewer.cost.input_usd);
            prop_assert!(more.body_bytes > fewer.body_bytes);
        }
    }
}

#[test]
fn notes_do_not_contradict_each_other_and_say_only_what_was_asked() {
    let mut draft = draft(&[(640, 480)]);
    let mut noted = |model: &str, detail| {
        draft.model = model.to_owned();
        draft.media[0].detail = Some(detail);
        estimate(&draft, &EstimateOptions::default())
            .notes
            .join(" ")
    };
    let mut has_unsent = false;
    for model in tilewise::catalog::models() {
        let notes = noted(&model.id, Detail::Auto);
        let is_own_code = notes.contains("as the model's own code does");
        assert!(
            !is_own_code || !notes.contains("counts media is assumed"),
            "{}: {notes}",
            model.id
        );
        assert!(!notes.contains("level of detail"), "{}: {notes}", model.id);
        has_unsent |= noted(&model.id, Detail::Low).contains("level of detail");
    }
    assert!(has_unsent);
}

// ── Earlier turns ────────────────────────────────────────────────────────────────────────────────

#[test]
fn images_of_earlier_turns_are_paid_again_and_counted() {
    let mut draft = Draft::new("moonshotai/Kimi-K2.5", "And now?");
    let alone = estimate(&draft, &EstimateOptions::default());
    draft.history = vec![Message::question(
        "",
        vec![MediaPart::base64(image(1024, 1024, 1_000))],
    )];
    let whole = estimate(&draft, &EstimateOptions::default());
    assert_eq!(
        (whole.media_tokens, whole.earlier_media_tokens),
        (5_329, 5_329)
    );
    assert!(whole.media.is_empty());
    assert!(whole.input_tokens >= alone.input_tokens + 5_329);
    assert_eq!(whole.usage.images, 1);
    assert!(whole.bounds.published.is_some());
}

/// An image of 28 × 28 pixels.
const PIXELS: &str = "R0lGODlhHAAcAAAAACwAAAAAHAAcAAACAkQBADs=";

/// With one earlier turn, as its client writes it.
fn after(turn: &str) -> Estimate {
    let mut draft = Draft::new("moonshotai/Kimi-K2.5", "And now?");
    draft.history = vec![Message::from_json(Json::parse(turn).unwrap()).unwrap()];
    estimate(&draft, &EstimateOptions::default())
}

/// With this part in an earlier turn.
fn after_part(part: &str) -> Estimate {
    after(&format!(r#"{{"role":"user","content":[{part}]}}"#))
}

#[test]
fn an_image_of_the_history_counts_however_clients_write_it() {
    for part in [
        r#"{"type":"image_url","image_url":{"url":"data:image/gif;base64,PIXELS"}}"#,
        r#"{"type":"image_url","image_url":"data:image/gif;base64,PIXELS"}"#,
        r#"{"type":"input_image","image_url":"data:image/gif;base64,PIXELS"}"#,
        r#"{"image_url":{"url":"data:image/gif;base64,PIXELS"}}"#,
        r#"{"type":"image","image":"data:image/gif;base64,PIXELS"}"#,
        r#"{"type":"image","image":"PIXELS"}"#,
        r#"{"type":"image_url","image_url":"data:image/gif;base64,PIXELS#a-fragment"}"#,
        r#"{"source":{"type":"base64","media_type":"image/gif","data":"PIXELS"},"type":"image"}"#,
        r#"{"type":"tool_result","content":[{"type":"image","source":{"type":"base64","data":"PIXELS"}}]}"#,
    ] {
        let estimate = after_part(&part.replace("PIXELS", PIXELS));
        let notes = estimate.notes.join(" ");
        assert_eq!(estimate.earlier_media_tokens, 4, "{part}");
        assert!(estimate.bounds.published.is_some(), "{part}");
        assert!(!notes.contains("history holds"), "{part}: {notes}");
    }
}

#[test]
fn the_detail_of_an_image_of_the_history_counts() {
    let tokens = |part: &str| {
        let turn = format!(r#"{{"role":"user","content":[{part}]}}"#).replace("PIXELS", PIXELS);
        let mut draft = Draft::new("gpt-4o", "And now?");
        draft.history = vec![Message::from_json(Json::parse(turn).unwrap()).unwrap()];
        estimate(&draft, &EstimateOptions::default()).earlier_media_tokens
    };
    let url = r#""url":"data:image/gif;base64,PIXELS""#;
    let low = tokens(&format!(
        r#"{{"type":"image_url","image_url":{{{url},"detail":"low"}}}}"#
    ));
    let high = tokens(&format!(r#"{{"type":"image_url","image_url":{{{url}}}}}"#));
    assert_eq!((low, high), (85, 255));
    let beside = tokens(
        r#"{"type":"input_image","image_url":"data:image/gif;base64,PIXELS","detail":"low"}"#,
    );
    assert_eq!(beside, 85);
}

#[test]
fn what_of_a_history_is_not_counted_leaves_no_bounds_and_is_noted() {
    for (part, noted) in [
        (
            r#"{"type":"image_url","image_url":"https://example.org/a.png"}"#,
            "holds media",
        ),
        (
            r#"{"type":"input_image","file_id":"file-1"}"#,
            "holds media",
        ),
        (
            r#"{"type":"image","source":{"type":"file","file_id":"f"}}"#,
            "holds media",
        ),
        (
            r#"{"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}}"#,
            "holds audio",
        ),
        (
            r#"{"type":"file","file":{"file_id":"file-1"}}"#,
            "holds audio or documents",
        ),
        (
            r#"{"type":"document","source":{"type":"text","data":"x"}}"#,
            "holds audio or documents",
        ),
        (r#"{"unheard":"of"}"#, "holds audio or documents"),
    ] {
        let estimate = after_part(part);
        let notes = estimate.notes.join(" ");
        assert_eq!(estimate.bounds, BoundsByRule::default(), "{part}");
        assert!(notes.contains(noted), "{part}: {notes}");
        let usage = Usage {
            input_tokens: Some(100_000),
            ..Usage::default()
        };
        let held = reconcile(&Basis::from(&estimate), &usage, &Received::default());
        assert_eq!(held.follows, None, "{part}");
    }
}

#[test]
fn tool_calls_and_reasoning_of_a_history_are_text() {
    let long = "word ".repeat(2_000);
    let call = format!(r#"{{"name":"f","arguments":"{{\"text\":\"{long}\"}}"}}"#);
    for (turn, can_be_left_out) in [
        (
            format!(
                r#"{{"role":"assistant","content":null,"tool_calls":[{{"id":"x","function":{call}}}]}}"#
            ),
            false,
        ),
        (
            format!(r#"{{"role":"assistant","content":null,"function_call":{call}}}"#),
            false,
        ),
        (
            format!(
                r#"{{"role":"assistant","content":[{{"type":"tool_use","name":"f","input":{{"text":"{long}"}}}}]}}"#
            ),
            false,
        ),
        (format!(r#"{{"role":"user","content":["{long}"]}}"#), false),
        (
            format!(r#"{{"role":"user","content":[{{"type":"tool_result","content":"{long}"}}]}}"#),
            false,
        ),
        (
            format!(
                r#"{{"role":"assistant","content":"ok","reasoning_content":"{long}","reasoning":"{long}"}}"#
            ),
            true,
        ),
        (
            format!(
                r#"{{"role":"assistant","content":[{{"type":"thinking","thinking":"{long}"}}]}}"#
            ),
            true,
        ),
        (
            format!(
                r#"{{"role":"assistant","content":[{{"type":"thinking","thinking":[{{"type":"text","text":"{long}"}}]}}]}}"#
            ),
            true,
        ),
    ] {
        let estimate = after(&turn);
        let start = turn.get(..80).unwrap();
        let bounds = estimate.bounds.published.unwrap();
        assert!(
            (2_000..4_000).contains(&estimate.text.tokens),
            "{start}: {:?}",
            estimate.text
        );
        assert!(
            (10_000..12_000).contains(&bounds.high),
            "{start}: {bounds:?}"
        );
        assert_eq!(bounds.low < 2_000, can_be_left_out, "{start}: {bounds:?}");
    }
}

#[test]
fn definitions_of_tools_are_counted_as_their_text() {
    let mut draft = Draft::new("moonshotai/Kimi-K2.5", "And now?");
    let without = estimate(&draft, &EstimateOptions::default());
    let tools = Json::parse(format!(r#"[{{"name":"{}"}}]"#, "word ".repeat(500))).unwrap();
    draft.extra.push(("tools".into(), tools));
    let with = estimate(&draft, &EstimateOptions::default());
    let [before, after] = [without, with].map(|estimate| estimate.bounds.published.unwrap());
    assert_eq!(after.low, before.low);
    assert!(after.high > before.high + 2_000);
}

#[test]
fn what_would_be_refused_in_an_earlier_turn_says_that_it_is_there() {
    let mut draft = Draft::new("moonshotai/Kimi-K2.5", "And now?");
    let part = MediaPart::url(image(28, 28, 1_000), "http://example.com/a.png");
    draft.history = vec![Message::question("", vec![part])];
    let estimate = estimate(&draft, &EstimateOptions::default());
    let found = estimate.errors().next().unwrap();
    assert_eq!(found.media, None);
    assert!(
        found.message.starts_with("In an earlier turn: "),
        "{}",
        found.message
    );
}

// ── Models as listed ─────────────────────────────────────────────────────────────────────────────

#[test]
fn live_prices_and_context_win_over_the_catalogue() {
    let list = r#"{"data":[
        {"id":"moonshotai/Kimi-K2.5","context_length":1000,"pricing":{"prompt":"0.000002","completion":"0.000003"}},
        {"id":"new/Vision","name":"New","context_length":9000,"input_modalities":["text","image"],"pricing":{"prompt":"0.000001"}}
    ]}"#;
    let models =
        tilewise::catalog::listing::merge(list, "https://x/v1/models", "2026-11-25").unwrap();
    let options = EstimateOptions {
        models: Some(models),
        ..EstimateOptions::default()
    };
    let mut draft = Draft::new("moonshotai/Kimi-K2.5", "");
    draft.media = vec![MediaPart::base64(image(1024, 1024, 1_000))];
    let known = estimate(&draft, &options);
    assert_eq!(known.media[0].usd.unwrap().to_string(), "$0.0107");
    assert!(
        known
            .errors()
            .any(|error| error.message.contains("context holds 1,000"))
    );

    draft.model = "new/Vision".into();
    let unknown = estimate(&draft, &options);
    assert_eq!(unknown.media[0].tokens.published, None);
    assert!(unknown.cost.input_usd.is_some());
    assert_eq!(unknown.errors().count(), 0);
    assert!(
        unknown
            .notes
            .iter()
            .any(|note| note.starts_with("No rule is known")),
        "{:?}",
        unknown.notes
    );

    draft.model = "moonshotai/Kimi-K3".into();
    let unlisted = estimate(&draft, &options);
    assert!(unlisted.violations[0].message.contains("does not list"));
}

#[test]
fn frames_that_were_not_counted_widen_the_bounds_of_a_video_and_no_others() {
    let bounds = |frames_derived, model: &str| {
        let video = VideoFacts {
            duration_ms: Some(60_000.0),
            frame_rate: Some(25.0),
            frame_count: Some(1_500),
            frames_derived,
            ..VideoFacts::default()
        };
        let mut draft = Draft::new(model, "What happens?");
        draft.media = vec![MediaPart::base64(MediaFacts::video(
            Format::Webm,
            Size::new(640, 480),
            video,
        ))];
        let estimate = estimate(&draft, &EstimateOptions::default());
        let words = estimate.text.high - estimate.text.low;
        let bounds = estimate.bounds.processor.unwrap();
        (estimate.media_tokens, bounds.high - bounds.low - words)
    };
    for model in ["moonshotai/Kimi-K2.5", "kimi-k2.5"] {
        let (counted, exact) = bounds(false, model);
        let (derived, wide) = bounds(true, model);
        assert_eq!((counted, exact), (derived, 0), "{model}");
        // A tenth of it, at the most, and a chunk at each end.
        assert!(
            wide > 0 && wide < derived / 5,
            "{model}: {wide} of {derived}"
        );
    }
}
