//! What comes from JavaScript: read by the types that it becomes.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tilewise::catalog::Limits;
use tilewise::catalog::{self, Model};
use tilewise::error::Error;
use tilewise::estimate::{EstimateOptions, estimate};
use tilewise::media::{Kind, MediaFacts, Orientation, Rotation};
use tilewise::price::Prices;
use tilewise::request::{Body, Detail, Draft, MediaPart, Message, Question, Via};
use tilewise::rule::Rule;
use tilewise::snippet::Language;
use tilewise::stream::{EndpointOptions, Target, Usage};
use tilewise::units::{Price, Usd};
use tilewise::usage::{Basis, Received, reconcile};

fn read<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

fn refusal<T: DeserializeOwned>(value: Value) -> String {
    match serde_json::from_value::<T>(value.clone()) {
        Ok(_) => panic!("{value} was taken"),
        Err(error) => error.to_string(),
    }
}

/// This object with one field more, or another value of it.
fn with(mut object: Value, field: &str, value: Value) -> Value {
    object[field] = value;
    object
}

fn photo() -> Value {
    json!({
        "kind": "image", "format": "jpeg", "mime": "image/jpeg", "bytes": 600_000, "bytesRead": 4_096,
        "width": 1_200, "height": 900, "displayWidth": 900, "displayHeight": 1_200,
        "orientation": 6, "animated": false, "hasAlpha": null,
    })
}

fn clip() -> Value {
    json!({
        "kind": "video", "format": "3gp", "mime": "video/3gpp", "bytes": null, "bytesRead": 0,
        "width": 640, "height": 480, "displayWidth": 480, "displayHeight": 640,
        "rotation": 90, "durationMs": 1_500.5, "frameRate": 29.97, "frameCount": 45,
        "framesDerived": true, "codec": "h264", "hasAudio": true,
    })
}

fn draft() -> Value {
    json!({ "model": "moonshotai/Kimi-K2.6", "text": "What is this?", "media": [] })
}

fn part(facts: Value) -> Value {
    json!({ "facts": facts, "via": "base64" })
}

fn basis() -> Value {
    json!({
        "inputTokens": 5_448, "mediaTokens": 5_440, "text": { "tokens": 8, "low": 5, "high": 12 },
        "cost": { "inputUsd": 0.0052, "maxOutputUsd": null },
        "maxOutputTokens": null, "price": { "input": 0.95, "cachedInput": 0.16, "output": 4 },
        "bounds": { "published": { "low": 5_445, "high": 5_452 }, "processor": null },
    })
}

#[test]
fn facts_are_read_as_they_are_written() {
    for facts in [photo(), clip()] {
        let read: MediaFacts = read(facts.clone());
        assert_eq!(serde_json::to_value(read).unwrap(), facts);
    }
}

#[test]
fn null_in_facts_is_what_is_not_known() {
    let image = ["bytes", "bytesRead", "orientation", "animated", "hasAlpha"];
    let facts = image
        .iter()
        .fold(photo(), |facts, field| with(facts, field, Value::Null));
    let facts: MediaFacts = read(facts);
    assert_eq!((facts.bytes, facts.bytes_read), (None, 0));
    assert!(matches!(facts.kind, Kind::Image(image) if image.orientation == Orientation::UPRIGHT));

    let video = [
        "rotation",
        "durationMs",
        "frameRate",
        "frameCount",
        "framesDerived",
        "codec",
        "hasAudio",
    ];
    let facts = video
        .iter()
        .fold(clip(), |facts, field| with(facts, field, Value::Null));
    let facts: MediaFacts = read(facts);
    assert!(
        matches!(facts.kind, Kind::Video(video) if video.rotation == Rotation::None && !video.frames_derived)
    );
}

#[test]
fn facts_that_mean_nothing_are_refused() {
    let refusals = [
        ("orientation", json!(0), "an orientation is 1 to 8"),
        ("orientation", json!(300), "an orientation is 1 to 8"),
        (
            "format",
            json!("psd"),
            "unknown variant `psd`, expected one of `png`, `jpeg`, `gif`",
        ),
        (
            "kind",
            json!("sound"),
            "unknown variant `sound`, expected `image` or `video`",
        ),
        ("width", json!(-1), "invalid value"),
        ("width", Value::Null, "invalid type: null"),
        ("mime", json!(1), "invalid type"),
    ];
    for (field, value, why) in refusals {
        let error = refusal::<MediaFacts>(with(photo(), field, value));
        assert!(error.contains(why), "{field}: {error}");
    }
}

#[test]
fn of_a_draft_all_but_model_text_and_media_may_be_missing() {
    let least: Draft = read(draft());
    assert_eq!(least, Draft::new("moonshotai/Kimi-K2.6", "What is this?"));
    let nothing = json!({ "system": null, "maxTokens": null, "history": null, "extra": null });
    let mut null = draft();
    null.as_object_mut()
        .unwrap()
        .extend(nothing.as_object().unwrap().clone());
    assert_eq!(read::<Draft>(null), least);

    for field in ["model", "text", "media"] {
        let mut without = draft();
        without.as_object_mut().unwrap().remove(field);
        assert!(refusal::<Draft>(without).contains(&format!("missing field `{field}`")));
        refusal::<Draft>(with(draft(), field, Value::Null));
    }
}

#[test]
fn a_draft_holds_what_is_written_in_it() {
    let draft = with(
        with(draft(), "system", json!("Be brief.")),
        "maxTokens",
        json!(500),
    );
    let draft: Draft = read(draft);
    assert_eq!(draft.system.as_deref(), Some("Be brief."));
    assert_eq!(draft.max_tokens, Some(500));
}

#[test]
fn history_and_extra_fields_of_a_draft_are_left_to_its_reader() {
    let draft = with(
        draft(),
        "history",
        json!([{ "role": "user", "content": "Hello" }]),
    );
    let draft: Draft = read(with(draft, "extra", json!({ "temperature": 0.5 })));
    assert!(draft.history.is_empty() && draft.extra.is_empty());
}

#[test]
fn a_medium_travels_by_url_or_in_the_body() {
    let by_url = json!({ "facts": photo(), "via": "url", "url": "https://example.com/a.jpg", "detail": "high" });
    let draft: Draft = read(with(draft(), "media", json!([by_url, part(clip())])));
    assert_eq!(
        draft.media[0].via,
        Via::Url(Some("https://example.com/a.jpg".to_owned()))
    );
    assert_eq!(draft.media[0].detail, Some(Detail::High));
    assert_eq!(draft.media[1].via, Via::Base64 { bytes: None });
    assert_eq!(draft.media[1].detail, None);
}

#[test]
fn an_address_that_is_not_known_yet_may_be_missing_or_null() {
    for by_url in [
        json!({ "via": "url" }),
        json!({ "via": "url", "url": null, "data": null, "detail": null }),
    ] {
        let part: MediaPart = read(with(by_url, "facts", photo()));
        assert_eq!(part.via, Via::Url(None));
    }
}

#[test]
fn of_data_size_and_name_count() {
    let parts = [
        (
            json!({ "size": 3, "type": "", "name": "a.jpg" }),
            Some(3),
            Some("a.jpg"),
        ),
        (json!({ "size": 0 }), Some(0), None),
        (json!({ "byteLength": 7, "byteOffset": 2 }), Some(7), None),
        (
            json!({ "byteLength": 7, "size": null, "name": null }),
            Some(7),
            None,
        ),
        (Value::Null, None, None),
    ];
    for (data, bytes, name) in parts {
        let part: MediaPart = read(with(part(photo()), "data", data));
        assert_eq!(part.via, Via::Base64 { bytes });
        assert_eq!(part.file_name.as_deref(), name);
    }
}

#[test]
fn what_is_no_data_is_refused() {
    let wanted = "a Blob, an ArrayBuffer or a Uint8Array";
    for data in [
        json!({}),
        json!({ "name": "a.jpg" }),
        json!("a.jpg"),
        json!(5),
    ] {
        let error = refusal::<MediaPart>(with(part(photo()), "data", data));
        assert!(error.contains(wanted), "{error}");
    }
}

#[test]
fn a_way_and_a_detail_are_of_few_names() {
    let refusals = [
        (
            "via",
            json!("post"),
            "unknown variant `post`, expected `url` or `base64`",
        ),
        (
            "detail",
            json!("best"),
            "unknown variant `best`, expected one of `low`, `high`, `original`, `auto`",
        ),
    ];
    for (field, value, why) in refusals {
        let error = refusal::<MediaPart>(with(part(photo()), field, value));
        assert!(error.contains(why), "{error}");
    }
    let error = refusal::<MediaPart>(json!({ "facts": photo() }));
    assert!(error.contains("missing field `via`"), "{error}");
}

#[test]
fn an_earlier_question_is_like_a_draft() {
    let question: Question =
        read(json!({ "role": "user", "text": "And this?", "media": [part(photo())] }));
    assert_eq!(
        Message::from(question.clone()),
        Message::question("And this?", question.media)
    );
    assert_eq!(
        read::<Question>(json!({ "text": "Why?", "media": null })).media,
        []
    );
    assert!(refusal::<Question>(json!({ "media": [] })).contains("missing field `text`"));
}

#[test]
fn options_that_are_missing_or_null_have_their_defaults() {
    let null = json!({
        "rule": null, "price": null, "limits": null, "models": null, "sampleFps": null, "cachedShare": null,
    });
    for options in [json!({}), null] {
        let options: EstimateOptions = read(options);
        assert_eq!(options, EstimateOptions::default());
    }
    let null = json!({ "input": null, "cachedInput": null, "output": null });
    assert_eq!(read::<Prices>(null), Prices::default());
    assert_eq!(
        read::<Limits>(json!({ "maxImages": null })),
        Limits::default()
    );
}

#[test]
fn options_are_read_by_their_names() {
    let options: EstimateOptions = read(json!({
        "rule": "processor", "price": { "input": 1, "cachedInput": 0.5 }, "limits": { "maxImages": 2, "maxBodyBytes": 100 },
        "sampleFps": 2, "cachedShare": 0.25, "signal": {},
    }));
    let wanted = EstimateOptions {
        rule: Some(Rule::Processor),
        price: Prices {
            input: Price::from_usd_per_million(1.0),
            cached_input: Price::from_usd_per_million(0.5),
            output: None,
        },
        limits: Limits {
            max_images: Some(2),
            max_body_bytes: Some(100),
            ..Limits::default()
        },
        sample_fps: Some(2.0),
        cached_share: 0.25,
        ..EstimateOptions::default()
    };
    assert_eq!(options, wanted);
}

#[test]
fn options_that_mean_nothing_are_refused() {
    let price = "a price is US dollars for one million tokens, 0 to 1,000,000";
    let refusals = [
        (json!({ "price": { "input": -1 } }), price),
        (json!({ "price": { "output": 1_000_001 } }), price),
        (json!({ "price": 1 }), "expected an object"),
        (
            json!({ "rule": "guess" }),
            "unknown variant `guess`, expected `published` or `processor`",
        ),
        (json!({ "limits": { "maxImages": -1 } }), "invalid value"),
        (json!({ "limits": { "maxImages": 1.5 } }), "invalid type"),
        (json!("published"), "expected an object"),
    ];
    for (options, why) in refusals {
        let error = refusal::<EstimateOptions>(options);
        assert!(error.contains(why), "{error}");
    }
    // What depends on no type is a check of its own.
    let options: EstimateOptions = read(json!({ "cachedShare": 2 }));
    let error = options.check().unwrap_err();
    assert_eq!(
        error.to_string(),
        "cachedShare: it must lie between 0 and 1"
    );
}

#[test]
fn models_come_back_with_the_rules_of_the_catalogue() {
    let known = catalog::models().first().unwrap();
    let given = with(serde_json::to_value(known).unwrap(), "note", json!("mine"));
    let options: EstimateOptions = read(json!({ "models": [given] }));
    assert_eq!(options.models.as_deref(), Some(&[known.clone()][..]));
}

#[test]
fn of_a_model_all_but_the_identifier_may_be_missing() {
    let null = json!({
        "id": "mine/own", "name": null, "vision": null, "contextTokens": null, "price": null, "limits": null,
        "formats": null, "listed": null, "sources": null,
    });
    for model in [json!({ "id": "mine/own" }), null] {
        let options: EstimateOptions = read(json!({ "models": [model] }));
        let [model] = <[Model; 1]>::try_from(options.models.unwrap()).unwrap();
        assert_eq!((&*model.id, &*model.name), ("mine/own", "mine/own"));
        assert_eq!(
            (model.vision, model.context_tokens, model.rules()),
            (false, None, None)
        );
        assert_eq!(
            (model.price, model.limits),
            (Prices::default(), Limits::default())
        );
        assert!(model.formats.is_empty() && model.sources.is_empty());
    }
}

#[test]
fn an_estimate_is_read_back_as_what_a_bill_is_held_against() {
    let photo = part(photo());
    let draft: Draft = read(with(draft(), "media", json!([photo])));
    let estimate = estimate(&draft, &EstimateOptions::default());
    let written = serde_json::to_value(&estimate).unwrap();
    assert_eq!(read::<Basis>(written), Basis::from(&estimate));
}

#[test]
fn what_an_estimate_does_not_know_may_be_missing_or_null() {
    let fields = ["cost", "maxOutputTokens", "price", "bounds"];
    let null = fields
        .iter()
        .fold(basis(), |basis, field| with(basis, field, Value::Null));
    let mut without = basis();
    for field in fields {
        without.as_object_mut().unwrap().remove(field);
    }
    for basis in [null, without] {
        let basis: Basis = read(basis);
        assert_eq!(
            (
                basis.input_tokens,
                basis.cost.input_usd,
                basis.max_output_tokens
            ),
            (5_448, None, None)
        );
        assert_eq!(
            (basis.bounds.published, basis.price),
            (None, Prices::default())
        );
    }
}

#[test]
fn an_estimate_that_is_none_is_refused() {
    let mut without = basis();
    without.as_object_mut().unwrap().remove("inputTokens");
    assert!(refusal::<Basis>(without).contains("missing field `inputTokens`"));
    let negative = with(basis(), "cost", json!({ "inputUsd": -0.1 }));
    assert!(refusal::<Basis>(negative).contains("an amount of dollars is 0 or more"));
    let unbounded = with(basis(), "bounds", json!({ "published": { "low": 1 } }));
    assert!(refusal::<Basis>(unbounded).contains("missing field `high`"));
    assert!(refusal::<Basis>(json!([])).contains("invalid"));
}

#[test]
fn dollars_are_read_to_the_picodollar() {
    assert_eq!(read::<Usd>(json!(0.000_001)).picodollars(), 1_000_000);
    assert_eq!(read::<Usd>(json!(2)), Usd::from_f64(2.0).unwrap());
}

#[test]
fn a_bill_and_an_answer_may_lack_anything() {
    let null = json!({
        "inputTokens": null, "outputTokens": null, "cachedInputTokens": null, "reasoningTokens": null,
    });
    assert_eq!(read::<Usage>(null), Usage::default());
    let null = json!({
        "id": null, "model": null, "text": null, "reasoning": null, "finishReason": null, "usage": null,
        "firstTokenMs": null, "totalMs": null,
    });
    for answer in [json!({}), null] {
        assert_eq!(read::<Received>(answer), Received::default());
    }
}

#[test]
fn an_answer_in_part_bounds_what_it_cost() {
    let received: Received = read(json!({ "text": "A red barn.", "firstTokenMs": 350 }));
    assert!(received.is_begun && !received.is_finished);
    let usage: Usage = read(json!({ "inputTokens": 5_450 }));
    let held = reconcile(&read(basis()), &usage, &received);
    assert!(held.cost.low_usd > held.usd.reported);
    assert_eq!(held.cost.high_usd, None);
}

#[test]
fn an_endpoint_has_its_defaults_where_options_are_missing_or_null() {
    let null = json!({
        "baseUrl": null, "apiKey": null, "headers": null, "timeoutMs": null, "maxRetries": null,
    });
    for options in [json!({}), null] {
        let options: EndpointOptions = read(options);
        assert_eq!(options, EndpointOptions::default());
        assert_eq!(
            (options.base_url(), options.max_retries()),
            (catalog::BASE_URL, 2)
        );
        let target = Target::from(options);
        assert_eq!(
            (&*target.base_url, target.timeout_ms),
            (catalog::BASE_URL, 60_000)
        );
        assert_eq!((target.api_key, target.headers), (None, Vec::new()));
    }
}

#[test]
fn headers_keep_their_order_and_drop_what_has_no_value() {
    let options = r#"{
        "baseUrl": "https://example.com/v1", "apiKey": "secret", "timeoutMs": 5000, "maxRetries": 0,
        "headers": { "x-b": "1", "x-none": null, "x-a": "2" }, "force": true
    }"#;
    let options: EndpointOptions = serde_json::from_str(options).unwrap();
    assert_eq!(options.max_retries(), 0);
    let target: Target = options.into();
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(target.headers, [header("x-b", "1"), header("x-a", "2")]);
    assert_eq!(
        (&*target.base_url, target.api_key.as_deref()),
        ("https://example.com/v1", Some("secret"))
    );
    assert_eq!(target.timeout_ms, 5_000);
}

#[test]
fn options_of_an_endpoint_that_mean_nothing_are_refused() {
    for (options, why) in [
        (json!({ "timeoutMs": -1 }), "invalid value"),
        (json!({ "maxRetries": 1.5 }), "invalid type"),
        (json!({ "headers": { "x": 1 } }), "expected a string"),
        (
            json!({ "headers": "x: 1" }),
            "expected an object of names and values",
        ),
        (json!({ "baseUrl": 1 }), "expected a string"),
    ] {
        let error = refusal::<EndpointOptions>(options);
        assert!(error.contains(why), "{error}");
    }
    let target: Target = read(json!({ "timeoutMs": 0 }));
    assert_eq!(
        target.check_timeout().unwrap_err().to_string(),
        "timeoutMs: it must be above 0"
    );
}

#[test]
fn a_language_is_one_of_three() {
    assert_eq!(read::<Language>(json!("curl")), Language::Curl);
    let error = refusal::<Language>(json!("perl"));
    assert!(
        error.contains("unknown variant `perl`, expected one of `python`, `javascript`, `curl`"),
        "{error}"
    );
}

#[test]
fn an_error_is_written_with_what_belongs_to_its_code_alone() {
    let plain = |error: &Error| serde_json::to_value(error.plain()).unwrap();
    assert_eq!(
        plain(&Error::Aborted),
        json!({ "code": "aborted", "message": "the request was aborted" })
    );
    let error = Error::Http {
        status: 429,
        message: "slow down".to_owned(),
        body: "{}".to_owned(),
    };
    assert_eq!(
        plain(&error),
        json!({ "code": "http", "message": "the server answered 429: slow down", "status": 429, "body": "{}" })
    );
    let error = Error::Stream {
        message: "it broke off".to_owned(),
        body: None,
    };
    assert_eq!(
        plain(&error),
        json!({ "code": "stream", "message": "it broke off" })
    );

    let by_url = json!({ "facts": photo(), "via": "url", "url": "http://example.com/a.jpg" });
    let draft: Draft = read(with(draft(), "media", json!([by_url])));
    let violations: Vec<_> = estimate(&draft, &EstimateOptions::default())
        .errors()
        .cloned()
        .collect();
    let plain = plain(&Error::Limit(violations));
    assert_eq!(plain["code"], "limit");
    assert_eq!(plain["violations"][0]["code"], "url_not_https");
}

#[test]
fn a_body_is_written_as_texts_and_the_places_of_data() {
    let draft: Draft = read(with(draft(), "media", json!([part(photo())])));
    let pieces = Body::streamed(&draft).pieces().unwrap();
    let written = serde_json::to_value(pieces).unwrap();
    assert_eq!(written.as_array().unwrap().len(), 3);
    assert!(written[0].is_string() && written[2].is_string());
    assert_eq!(written[1], 0);
}
