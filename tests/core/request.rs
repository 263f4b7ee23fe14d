use crate::fixtures::{self, image, video};
use base64::{Engine, prelude::BASE64_STANDARD};
use proptest::prelude::*;
use serde_json::{Value, json};
use tilewise::error::ErrorCode;
use tilewise::estimate::{EstimateOptions, estimate};
use tilewise::probe;
use tilewise::request::{Body, Detail, Draft, Json, MediaPart, Message, Piece, Via};
use tilewise::snippet::{Language, snippet};

fn value(draft: &Draft) -> Value {
    let text = Body::streamed(draft).json(|_| Some(b"data")).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn a_whole_draft_becomes_the_body_that_the_page_shows() {
    let mut draft = Draft::new("moonshotai/Kimi-K2.6", "Say \"hello\"\n\u{1f600}\u{7}");
    draft.system = Some("Be brief.".into());
    draft.history = vec![
        Message::new("user", "Hi"),
        Message::new("assistant", "Hello."),
    ];
    draft.max_tokens = Some(300);
    draft
        .extra
        .push(("temperature".into(), Json::parse("0.60").unwrap()));
    let mut linked = MediaPart::url(image(28, 28, 10), "https://example.com/a.jpg?b=\"c\"");
    linked.detail = Some(Detail::Auto);
    draft.media = vec![
        linked,
        MediaPart::base64(image(28, 28, 4)),
        MediaPart::url(video(64, 64, 10, 10.0), "https://example.com/a.mp4"),
    ];
    assert_eq!(
        value(&draft),
        json!({
            "model": "moonshotai/Kimi-K2.6",
            "messages": [
                { "role": "system", "content": "Be brief." },
                { "role": "user", "content": "Hi" },
                { "role": "assistant", "content": "Hello." },
                { "role": "user", "content": [
                    { "type": "text", "text": "Say \"hello\"\n\u{1f600}\u{7}" },
                    { "type": "image_url", "image_url": { "url": "https://example.com/a.jpg?b=\"c\"", "detail": "auto" } },
                    { "type": "image_url", "image_url": { "url": format!("data:image/jpeg;base64,{}", BASE64_STANDARD.encode("data")) } },
                    { "type": "video_url", "video_url": { "url": "https://example.com/a.mp4" } },
                ] },
            ],
            "max_tokens": 300,
            "stream": true,
            "stream_options": { "include_usage": true },
            "temperature": 0.6,
        })
    );
}

#[test]
fn text_alone_is_a_plain_string() {
    assert_eq!(
        value(&Draft::new("m", "Hi"))["messages"],
        json!([{ "role": "user", "content": "Hi" }])
    );
}

#[test]
fn an_answer_in_one_piece_is_asked_for_without_stream_fields() {
    let draft = Draft::new("m", "Hi");
    let text = Body::whole(&draft).json(|_| None).unwrap();
    assert_eq!(
        text,
        r#"{"model":"m","messages":[{"role":"user","content":"Hi"}]}"#
    );
}

#[test]
fn stream_options_of_the_caller_win() {
    let mut draft = Draft::new("m", "Hi");
    draft
        .extra
        .push(("stream_options".into(), Json::parse("{}").unwrap()));
    assert_eq!(value(&draft)["stream_options"], json!({}));
}

#[test]
fn a_field_that_the_draft_sets_itself_is_refused_as_an_extra_one() {
    for name in ["model", "messages", "stream"] {
        let mut draft = Draft::new("m", "Hi");
        draft.extra.push((name.into(), "x".into()));
        let error = Body::streamed(&draft).pieces().unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidArgument);
        assert!(error.to_string().contains(name), "{error}");
    }
}

#[test]
fn an_extra_field_that_stands_twice_is_refused() {
    let mut draft = Draft::new("m", "Hi");
    draft.extra = vec![("top_p".into(), Json::parse("1").unwrap()); 2];
    let error = Body::streamed(&draft).pieces().unwrap_err();
    assert_eq!(error.to_string(), "extra.top_p: it stands there twice");
}

#[test]
fn a_medium_without_url_or_data_is_refused_and_named() {
    let mut draft = Draft::new("m", "Hi");
    draft.media = vec![MediaPart {
        via: Via::Url(None),
        ..MediaPart::base64(image(1, 1, 1))
    }];
    let error = Body::streamed(&draft).pieces().unwrap_err();
    assert_eq!(error.to_string(), "media[0].url: missing");
    draft.media = vec![MediaPart::base64(image(1, 1, 1))];
    let error = Body::streamed(&draft).json(|_| None).unwrap_err();
    assert_eq!(error.to_string(), "media[0].data: missing");
}

#[test]
fn json_of_others_is_kept_letter_by_letter_and_checked() {
    let text = r#"{"z":1.0,"a":1e400}"#;
    assert_eq!(Json::parse(text).unwrap().text(), text);
    assert!(Json::parse("{").is_err());
    assert!(Json::parse("1 2").is_err());
    assert!(Message::from_json(Json::parse("[]").unwrap()).is_err());
}

#[test]
fn half_a_character_from_javascript_is_kept_in_the_body_and_read_as_a_replacement() {
    let text = r#"{"role":"user","content":"a\\ud83d \ud83d b \ude00\ud83d\ude00"}"#;
    let json = Json::parse(text).unwrap();
    let mut draft = Draft::new("m", "");
    draft.history = vec![Message::from_json(json).unwrap()];
    let body = Body::streamed(&draft).json(|_| None).unwrap();
    assert!(body.contains(text), "{body}");
    let code = snippet(&draft, Language::Python, Some("https://example.com/v1")).unwrap();
    let read = "\"a\\\\ud83d \u{fffd} b \u{fffd}\u{1f600}\"";
    assert!(code.contains(read), "{code}");
}

/// Whose data a body asks for, in its order.
fn gaps(draft: &Draft) -> Vec<usize> {
    let pieces = Body::streamed(draft).pieces().unwrap().into_iter();
    let gap = |piece| match piece {
        Piece::Base64 { media } => Some(media),
        Piece::Json(_) => None,
    };
    pieces.filter_map(gap).collect()
}

#[test]
fn pieces_have_a_gap_for_each_medium_that_travels_inside() {
    let mut draft = Draft::new("m", "Hi");
    draft.media = vec![
        MediaPart::base64(image(1, 1, 1)),
        MediaPart::base64(image(1, 1, 1)),
    ];
    assert_eq!(gaps(&draft), [0, 1]);
}

#[test]
fn the_length_is_exact_for_real_images() {
    let files: Vec<_> = [
        "png/rgb.png",
        "jpeg/baseline.jpg",
        "gif/still.gif",
        "webp/lossy.webp",
    ]
    .map(fixtures::read)
    .into();
    let mut draft = Draft::new("moonshotai/Kimi-K2.6", "Was ist das? 𝄞");
    draft.media = files
        .iter()
        .map(|file| MediaPart::base64(probe::bytes(file).unwrap()))
        .collect();
    let json = Body::streamed(&draft)
        .json(|index| files.get(index).map(Vec::as_slice))
        .unwrap();
    assert_eq!(Body::streamed(&draft).len(), json.len() as u64);
}

proptest! {
    #[test]
    fn the_length_is_exact_for_any_draft(
        text in ".{0,80}",
        system in prop::option::of(".{0,40}"),
        url in ".{0,40}",
        max_tokens in prop::option::of(any::<u64>()),
        data in prop::collection::vec(any::<u8>(), 0..50),
        stream in any::<bool>(),
    ) {
        let mut draft = Draft::new("m", text);
        draft.system = system;
        draft.max_tokens = max_tokens;
        draft.media = vec![
            MediaPart::url(image(1, 1, 1), url),
            MediaPart { via: Via::Base64 { bytes: Some(data.len() as u64) }, ..MediaPart::base64(image(1, 1, 1)) },
        ];
        let body = if stream { Body::streamed(&draft) } else { Body::whole(&draft) };
        let json = body.json(|_| Some(&data)).unwrap();
        prop_assert_eq!(body.len(), json.len() as u64);
        prop_assert!(serde_json::from_str::<Value>(&json).is_ok());
    }
}

#[test]
fn an_earlier_question_is_written_as_it_was_asked_and_asks_for_its_data_again() {
    let mut draft = Draft::new("m", "And this?");
    draft.media = vec![MediaPart::base64(image(28, 28, 3))];
    draft.history = vec![
        Message::question("What is this?", vec![MediaPart::base64(image(56, 56, 3))]),
        Message::new("assistant", "A shore."),
    ];
    let body = Body::streamed(&draft);
    assert_eq!(
        gaps(&draft),
        [1, 0],
        "the earlier one stands first in the body, and last among all media"
    );
    let data: [&[u8]; 2] = [b"new", b"old"];
    let json = body.json(|media| data.get(media).copied()).unwrap();
    assert_eq!(body.len(), json.len() as u64);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        json["messages"][0]["content"][1]["image_url"]["url"],
        "data:image/jpeg;base64,b2xk"
    );
    assert_eq!(
        json["messages"][2]["content"][1]["image_url"]["url"],
        "data:image/jpeg;base64,bmV3"
    );
}

#[test]
fn what_is_missing_in_an_earlier_question_is_named_by_its_place() {
    let mut draft = Draft::new("m", "And this?");
    draft.history = vec![
        Message::new("system", "Be short."),
        Message::question("What is this?", vec![MediaPart::base64(image(56, 56, 3))]),
    ];
    let error = Body::streamed(&draft).json(|_| None).unwrap_err();
    assert_eq!(error.to_string(), "history[1].media[0].data: missing");
}

#[test]
fn several_answers_are_refused_before_they_are_paid() {
    let mut draft = Draft::new("m", "Hi");
    draft.extra = vec![("n".into(), Json::parse("3").unwrap())];
    let error = Body::streamed(&draft).pieces().unwrap_err();
    assert!(error.to_string().starts_with("extra.n"), "{error}");
    draft.extra = vec![("n".into(), Json::parse("1").unwrap())];
    assert!(Body::streamed(&draft).pieces().is_ok());
}

#[test]
fn a_level_of_detail_is_sent_to_those_alone_that_know_it() {
    let image = MediaPart {
        detail: Some(Detail::Original),
        ..MediaPart::url(image(28, 28, 1_000), "https://example.com/a.png")
    };
    for (provider, model, is_sent) in [
        (None, "moonshotai/Kimi-K3", true),
        (None, "gpt-6.2-astra", true),
        (None, "gpt-4o", false),
        (Some("anthropic"), "claude-fable-5-2", false),
        (Some("google"), "gemini-4-neon", false),
        (Some("openai"), "a-model-that-is-not-known", false),
        (None, "a-model-that-is-not-known", true),
    ] {
        let mut draft = Draft::new(model, "What is this?");
        draft.provider = provider.map(str::to_owned);
        draft.media = vec![image.clone()];
        let body = Body::streamed(&draft).json(|_| None).unwrap();
        assert_eq!(
            body.contains("\"detail\":\"original\""),
            is_sent,
            "{model}: {body}"
        );
        let code = snippet(&draft, Language::Javascript, Some("https://example.com/v1")).unwrap();
        assert_eq!(code.contains("original"), is_sent, "{model}: {code}");
        let notes = estimate(&draft, &EstimateOptions::default()).notes;
        let is_noted = notes.iter().any(|note| note.contains("it is not sent"));
        assert_eq!(is_noted, !is_sent, "{model}: {notes:?}");
    }
}
