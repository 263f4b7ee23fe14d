//! The endpoint from outside: what a client sends, and what it gets.
#![cfg(test)]

#[path = "endpoint/faults.rs"]
mod faults;
#[path = "endpoint/forms.rs"]
mod forms;

use axum::body::{Body as HttpBody, Bytes, to_bytes};
use axum::http::{HeaderMap, Request, Response, StatusCode, header};
use axum::{Router, routing::get};
use base64::{Engine, prelude::BASE64_STANDARD};
use futures_util::StreamExt;
use serde_json::{Value, json};
use std::time::Duration;
use tilewise::catalog::{Model, find, models as all};
use tilewise::estimate::{self, estimate};
use tilewise::request::{Body, Draft, MediaPart, Message};
use tilewise::rule::Rule;
use tilewise::stream::Usage;
use tilewise::stream::chat::Chat;
use tilewise::stream::{ChatEvent, ChatResult};
use tilewise_endpoint::{FAULT_HEADER, Options, router, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt;

const PHOTO: &[u8] = include_bytes!("../../fixtures/jpeg/baseline.jpg");
const IMAGE: &[u8] = include_bytes!("../../fixtures/png/rgb.png");

fn endpoint() -> Router {
    router(Options {
        chunk_delay: Duration::ZERO,
        ..Options::default()
    })
}

/// The first model whose limits its provider documents.
fn model() -> &'static Model {
    find("moonshotai/Kimi-K2.5").unwrap()
}

/// Those of Baseten whose media are counted.
fn models() -> Vec<&'static Model> {
    let of_baseten = all().iter().filter(|model| model.provider == "baseten");
    of_baseten.filter(|model| model.family.is_some()).collect()
}

async fn send(
    router: &Router,
    body: impl Into<HttpBody>,
    headers: &[(&str, &str)],
) -> Response<HttpBody> {
    let mut request =
        Request::post("/v1/chat/completions").header(header::CONTENT_TYPE, "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    router
        .clone()
        .oneshot(request.body(body.into()).unwrap())
        .await
        .unwrap()
}

async fn bytes(response: Response<HttpBody>) -> Bytes {
    to_bytes(response.into_body(), usize::MAX).await.unwrap()
}

async fn json(response: Response<HttpBody>) -> Value {
    serde_json::from_slice(&bytes(response).await).unwrap()
}

fn content_type(response: &Response<HttpBody>) -> &str {
    response.headers()[header::CONTENT_TYPE].to_str().unwrap()
}

/// What a client makes of a stream, with the events as they came.
async fn read(response: Response<HttpBody>) -> (ChatResult, Vec<ChatEvent>) {
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(content_type(&response), "text/event-stream");
    let mut chat = Chat::new();
    let mut events = Vec::new();
    let mut body = response.into_body().into_data_stream();
    while let Some(chunk) = body.next().await {
        chat.push(&chunk.unwrap(), &mut events).unwrap();
    }
    chat.finish(&mut events).unwrap();
    (chat.result().clone(), events)
}

fn draft(model: &Model) -> Draft {
    Draft::new(model.id.as_ref(), "What is this?")
}

fn inline(file: &[u8]) -> MediaPart {
    MediaPart::base64(tilewise::probe::bytes(file).unwrap())
}

/// A draft as the crate writes it, each of its media with the same data.
fn body_with(draft: &Draft, file: &'static [u8]) -> String {
    Body::streamed(draft).json(|_| Some(file)).unwrap()
}

fn body(draft: &Draft) -> String {
    body_with(draft, IMAGE)
}

/// A body that asks for an answer in one piece, with fields replaced.
fn with(fields: Value) -> String {
    let mut body = json!({
        "model": model().id,
        "messages": [{ "role": "user", "content": "What is this?" }],
    });
    for (name, value) in fields.as_object().unwrap() {
        body[name] = value.clone();
    }
    body.to_string()
}

/// A body whose one message is of one part.
fn with_part(part: Value) -> String {
    with(json!({ "messages": [{ "role": "user", "content": [part] }] }))
}

fn with_image(url: &str) -> String {
    with_part(json!({ "type": "image_url", "image_url": { "url": url } }))
}

fn data_url(file: &[u8]) -> String {
    format!("data:image/png;base64,{}", BASE64_STANDARD.encode(file))
}

/// The refusal of a body: status, code, field at fault.
async fn refusal(body: impl Into<HttpBody>) -> (u16, String, Option<String>) {
    let response = send(&endpoint(), body, &[]).await;
    let status = response.status().as_u16();
    let answer = json(response).await;
    let error = &answer["error"];
    assert!(
        !error["message"].as_str().unwrap_or_default().is_empty(),
        "{answer}"
    );
    assert!(error["type"].is_string(), "{answer}");
    let text = |name: &str| error[name].as_str().map(str::to_owned);
    (status, text("code").unwrap(), text("param"))
}

/// Asserts that bodies are refused for a value, and at which field.
async fn assert_refused<const N: usize>(cases: [(String, &str); N]) {
    for (body, param) in cases {
        let expected = (400, "invalid_value".to_owned(), Some(param.to_owned()));
        assert_eq!(refusal(body.clone()).await, expected, "{body}");
    }
}

#[tokio::test]
async fn a_streamed_answer_says_that_it_is_no_model_and_repeats_what_arrived() {
    let mut draft = draft(model());
    draft.system = Some("Be brief.".into());
    draft.media.push(inline(IMAGE));
    draft.media.push(MediaPart::url(
        inline(PHOTO).facts,
        "https://example.com/photo.jpg",
    ));
    let (result, _) = read(send(&endpoint(), body(&draft), &[]).await).await;

    assert!(
        result
            .text
            .starts_with("**The local tilewise endpoint answers: no model has looked at this.**\n")
    );
    assert!(
        result.text.contains("\n- Messages: system, user\n"),
        "{}",
        result.text
    );
    assert!(
        result
            .text
            .contains("\n- Media 1: png image, 64×48 pixels, 200 B\n"),
        "{}",
        result.text
    );
    assert!(result.text.contains("\n- Media 2: image at https://example.com/photo.jpg, not fetched, counted as 1024×1024 pixels\n"));
    assert!(result.text.ends_with("\n\nWhat is this?"));
    assert!(result.reasoning.contains("no model"));
    assert_eq!(result.finish_reason.as_deref(), Some("stop"));
    assert_eq!(result.model.as_deref(), Some(model().id.as_ref()));
}

#[tokio::test]
async fn the_bill_is_the_processor_rule_and_the_words() {
    let mut draft = draft(model());
    draft.media.push(inline(IMAGE));
    let (result, _) = read(send(&endpoint(), body(&draft), &[]).await).await;
    let words = |text: &str| text.split_whitespace().count() as u64;

    // 64×48 pixels are 3×2 tiles with 5 markers; the text is 3 words and a mark, with 5 markers around
    // it and 3 before the answer.
    let expected = Usage {
        input_tokens: Some((3 * 2 + 5) + (3 + 1) + 5 + 3),
        output_tokens: Some(words(&result.text) + words(&result.reasoning)),
        cached_input_tokens: Some(0),
        reasoning_tokens: Some(words(&result.reasoning)),
    };
    assert_eq!(result.usage, Some(expected));
}

#[tokio::test]
async fn the_bill_is_what_the_crate_estimates_for_the_draft() {
    let processor = estimate::EstimateOptions {
        rule: Some(Rule::Processor),
        ..estimate::EstimateOptions::default()
    };
    for model in models() {
        let mut draft = draft(model);
        draft.system = Some("Answer in 1,000 words — 短く。".into());
        draft.history = vec![
            Message::new("user", "First?"),
            Message::new("assistant", "Second."),
        ];
        draft.media = vec![inline(PHOTO), inline(PHOTO)];
        let (result, _) = read(send(&endpoint(), body_with(&draft, PHOTO), &[]).await).await;
        let expected = estimate(&draft, &processor).input_tokens;
        assert_eq!(
            result.usage.unwrap().input_tokens,
            Some(expected),
            "{}",
            model.id
        );
    }
}

#[tokio::test]
async fn media_by_url_and_of_earlier_turns_are_counted_too() {
    let tokens = async |content: Value| {
        let earlier = json!({ "role": "user", "content": content });
        let last = json!({ "role": "user", "content": "And now?" });
        let answer = json(
            send(
                &endpoint(),
                with(json!({ "messages": [earlier, last] })),
                &[],
            )
            .await,
        )
        .await;
        answer["usage"]["prompt_tokens"].as_u64().unwrap()
    };
    let text = json!({ "type": "text", "text": "Look:" });
    let image = json!({ "type": "image_url", "image_url": { "url": "https://example.com/a.jpg" } });
    let video = json!({ "type": "video_url", "video_url": { "url": "https://example.com/a.mp4" } });
    let alone = tokens(json!("Look:")).await;
    assert_eq!(tokens(json!([text])).await, alone);
    assert_eq!(tokens(json!([text, image])).await, alone + 1_369 + 5);
    // 20 frames are 5 chunks, each of 23×13 tiles, with 4 markers and a time stamp of 7.
    assert_eq!(
        tokens(json!([text, video])).await,
        alone + 5 * (23 * 13 + 4 + 7)
    );
}

#[tokio::test]
async fn a_video_in_the_body_is_read_and_counted_by_the_processor_rule() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../fixtures/mp4/long-1-fps.mp4"
    );
    let clip = std::fs::read(path).unwrap();
    let url = format!("data:video/mp4;base64,{}", BASE64_STANDARD.encode(&clip));
    let tokens = async |part: Value| {
        let answer = json(send(&endpoint(), with_part(part), &[]).await).await;
        answer["usage"]["prompt_tokens"].as_u64().unwrap()
    };
    let alone = tokens(json!({ "type": "text", "text": "" })).await;
    let video = json!({ "type": "video_url", "video_url": { "url": url } });
    // 3 hours at 1 frame a second: 2,700 chunks, each of 3×2 tiles, with 4 markers and a time stamp
    // of 7.
    assert_eq!(tokens(video).await, alone + 2_700 * (3 * 2 + 4 + 7));

    let as_image = json!({ "type": "image_url", "image_url": { "url": url } });
    assert_refused([(with_part(as_image), "messages[0].content[0].image_url.url")]).await;
}

#[tokio::test]
async fn the_chunks_of_a_stream_have_the_shape_that_kimi_gives_them() {
    let response = send(&endpoint(), body(&draft(model())), &[]).await;
    let text = String::from_utf8(bytes(response).await.to_vec()).unwrap();
    let data: Vec<_> = text
        .split_terminator("\n\n")
        .map(|event| event.strip_prefix("data: ").unwrap())
        .collect();
    let (done, chunks) = data.split_last().unwrap();
    assert_eq!(*done, "[DONE]");
    let chunks: Vec<Value> = chunks
        .iter()
        .map(|chunk| serde_json::from_str(chunk).unwrap())
        .collect();
    for chunk in &chunks {
        assert_eq!(chunk["object"], "chat.completion.chunk");
        assert_eq!(chunk["id"], chunks[0]["id"]);
        assert_eq!(chunk["model"], json!(model().id));
        assert!(chunk["created"].is_u64());
    }
    assert_eq!(chunks[0]["choices"][0]["delta"]["role"], "assistant");
    assert!(chunks[1]["choices"][0]["delta"]["reasoning_content"].is_string());

    let [.., word, finish, last] = &chunks[..] else {
        panic!("{text}");
    };
    assert_eq!(word["choices"][0]["delta"]["content"], "this?");
    assert_eq!(word["choices"][0]["finish_reason"], Value::Null);
    assert_eq!(finish["choices"][0]["finish_reason"], "stop");
    assert_eq!(last["choices"], json!([]));
    assert!(last["usage"]["prompt_tokens"].is_u64());
    assert!(finish["choices"][0]["usage"]["prompt_tokens"].is_u64());
    assert_ne!(finish["choices"][0]["usage"], last["usage"]);
}

#[tokio::test]
async fn a_stream_without_include_usage_has_no_chunk_of_usage() {
    let response = send(&endpoint(), with(json!({ "stream": true })), &[]).await;
    let text = String::from_utf8(bytes(response).await.to_vec()).unwrap();
    assert!(!text.contains("\"choices\":[]"), "{text}");
    assert!(text.ends_with("data: [DONE]\n\n"));
}

#[tokio::test]
async fn an_answer_in_one_piece_says_the_same_as_a_stream() {
    let draft = draft(model());
    let response = send(
        &endpoint(),
        Body::whole(&draft).json(|_| None).unwrap(),
        &[],
    )
    .await;
    assert_eq!(content_type(&response), "application/json");
    let mut chat = Chat::new();
    let mut events = Vec::new();
    chat.push(&bytes(response).await, &mut events).unwrap();
    chat.finish(&mut events).unwrap();
    let (streamed, _) = read(send(&endpoint(), body(&draft), &[]).await).await;
    assert_eq!(*chat.result(), streamed);
}

#[tokio::test]
async fn max_tokens_cuts_the_answer_short() {
    let mut draft = draft(model());
    draft.max_tokens = Some(15);
    let (result, _) = read(send(&endpoint(), body(&draft), &[]).await).await;
    assert_eq!(result.finish_reason.as_deref(), Some("length"));
    assert_eq!(result.usage.unwrap().output_tokens, Some(15));
    assert!(result.text.starts_with("**The") && !result.text.contains("What"));

    draft.max_tokens = Some(1);
    let (result, _) = read(send(&endpoint(), body(&draft), &[]).await).await;
    assert_eq!(
        (result.reasoning.as_str(), result.text.as_str()),
        ("There ", "")
    );
}

#[tokio::test(start_paused = true)]
async fn pieces_come_with_the_pause_between_them_that_was_asked_for() {
    let router = router(Options {
        chunk_delay: Duration::from_secs(3),
        ..Options::default()
    });
    let mut body = send(&router, body(&draft(model())), &[])
        .await
        .into_body()
        .into_data_stream();
    for _ in 0..5 {
        let before = tokio::time::Instant::now();
        body.next().await.unwrap().unwrap();
        assert_eq!(before.elapsed(), Duration::from_secs(3));
    }
}

#[tokio::test]
async fn as_many_images_as_a_model_takes_pass_and_one_more_does_not() {
    for model in models() {
        let most = model.limits.max_images.unwrap() as usize;
        let mut draft = draft(model);
        draft.media = vec![inline(IMAGE); most];
        let (result, _) = read(send(&endpoint(), body(&draft), &[]).await).await;
        assert!(result.text.contains(&format!("- Media {most}: png image")));

        draft.media.push(inline(IMAGE));
        let expected = (400, "too_many_images".into(), Some("messages".into()));
        assert_eq!(refusal(body(&draft)).await, expected, "{}", model.id);
    }
}

#[tokio::test]
async fn images_of_all_messages_count_against_the_limit() {
    let most = model().limits.max_images.unwrap() as usize;
    let image = json!({ "type": "image_url", "image_url": { "url": "https://example.com/a.jpg" } });
    let messages = json!([
        { "role": "user", "content": [image] },
        { "role": "assistant", "content": "Nice." },
        { "role": "user", "content": vec![image.clone(); most] },
    ]);
    let (status, code, _) = refusal(with(json!({ "messages": messages }))).await;
    assert_eq!((status, code.as_str()), (400, "too_many_images"));
}

#[tokio::test]
async fn as_many_videos_as_a_model_takes_pass_and_one_more_does_not() {
    let video = json!({ "type": "video_url", "video_url": { "url": "https://example.com/a.mp4" } });
    for model in models() {
        let most = model.limits.max_videos.unwrap() as usize;
        let body = |count: usize| {
            let messages = json!([{ "role": "user", "content": vec![video.clone(); count] }]);
            with(json!({ "model": model.id, "messages": messages }))
        };
        assert_eq!(
            send(&endpoint(), body(most), &[]).await.status(),
            StatusCode::OK
        );
        let expected = (400, "too_many_videos".into(), Some("messages".into()));
        assert_eq!(refusal(body(most + 1)).await, expected, "{}", model.id);
    }
}

#[tokio::test]
async fn a_body_as_long_as_a_model_takes_passes_and_one_byte_more_does_not() {
    for model in models() {
        let most = model.limits.max_body_bytes.unwrap() as usize;
        let mut body = body(&draft(model));
        body.push_str(&" ".repeat(most - body.len()));
        assert_eq!(
            send(&endpoint(), body.clone(), &[]).await.status(),
            StatusCode::OK
        );
        body.push(' ');
        assert_eq!(
            refusal(body).await,
            (413, "request_too_large".into(), None),
            "{}",
            model.id
        );
    }
}

#[tokio::test]
async fn more_tokens_than_the_context_holds_are_refused() {
    for model in models() {
        let most = model.context_tokens.unwrap();
        let prompt = estimate(&draft(model), &estimate::EstimateOptions::default()).input_tokens;
        let mut draft = draft(model);
        draft.max_tokens = Some(most - prompt);
        assert_eq!(
            send(&endpoint(), body(&draft), &[]).await.status(),
            StatusCode::OK
        );
        draft.max_tokens = Some(most - prompt + 1);
        let expected = (
            400,
            "context_length_exceeded".into(),
            Some("messages".into()),
        );
        assert_eq!(refusal(body(&draft)).await, expected, "{}", model.id);
    }
}

#[tokio::test]
async fn what_is_not_json_is_refused() {
    for body in ["", "{", "model=kimi", "{} {}"] {
        assert_eq!(
            refusal(body).await,
            (400, "invalid_json".into(), None),
            "{body:?}"
        );
    }
    assert_eq!(refusal(&b"{\"model\":\"\xff\"}"[..]).await.0, 400);
}

#[tokio::test]
async fn an_unknown_model_is_not_found() {
    let unknown = with(json!({ "model": "moonshotai/Kimi-K2.7" }));
    assert_eq!(
        refusal(unknown).await,
        (404, "model_not_found".into(), Some("model".into()))
    );
    assert_refused([
        ("[]".into(), "model"),
        (with(json!({ "model": 1 })), "model"),
    ])
    .await;
}

#[tokio::test]
async fn ill_shaped_messages_are_refused() {
    let with_message = |message: Value| with(json!({ "messages": [message] }));
    assert_refused([
        (with(json!({ "messages": null })), "messages"),
        (with(json!({ "messages": [] })), "messages"),
        (with(json!({ "messages": "What is this?" })), "messages"),
        (with_message(json!("What is this?")), "messages[0].role"),
        (with_message(json!({ "content": "?" })), "messages[0].role"),
        (
            with_message(json!({ "role": "robot", "content": "?" })),
            "messages[0].role",
        ),
        (
            with_message(json!({ "role": "user" })),
            "messages[0].content",
        ),
        (
            with_message(json!({ "role": "user", "content": 1 })),
            "messages[0].content",
        ),
        (
            with_message(json!({ "role": "user", "content": [] })),
            "messages[0].content",
        ),
    ])
    .await;
}

#[tokio::test]
async fn ill_shaped_parts_are_refused() {
    assert_refused([
        (with_part(json!("text")), "messages[0].content[0].type"),
        (
            with_part(json!({ "type": "input_image" })),
            "messages[0].content[0].type",
        ),
        (
            with_part(json!({ "type": "text", "text": 1 })),
            "messages[0].content[0].text",
        ),
        (
            with_part(json!({ "type": "image_url" })),
            "messages[0].content[0].image_url",
        ),
        (
            with_part(json!({ "type": "image_url", "image_url": "https://example.com/a.png" })),
            "messages[0].content[0].image_url.url",
        ),
        (
            with_part(json!({ "type": "image_url", "image_url": { "url": 1 } })),
            "messages[0].content[0].image_url.url",
        ),
        (
            with_part(
                json!({ "type": "video_url", "video_url": { "url": "http://example.com/a.mp4" } }),
            ),
            "messages[0].content[0].video_url.url",
        ),
    ])
    .await;
}

#[tokio::test]
async fn an_assistant_may_have_said_nothing() {
    for content in [
        json!({ "role": "assistant" }),
        json!({ "role": "assistant", "content": null }),
    ] {
        let messages = json!([content, { "role": "user", "content": "Go on." }]);
        let response = send(&endpoint(), with(json!({ "messages": messages })), &[]).await;
        assert_eq!(response.status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn an_image_that_the_endpoint_cannot_fetch_is_refused() {
    let param = "messages[0].content[0].image_url.url";
    assert_refused([
        (with_image("photo.jpg"), param),
        (with_image("http://example.com/photo.jpg"), param),
        (with_image("blob:https://example.com/1"), param),
        (with_image("https://localhost/photo.jpg"), param),
        (with_image("https://192.168.0.7/photo.jpg"), param),
    ])
    .await;
}

#[tokio::test]
async fn a_data_url_that_holds_no_accepted_image_is_refused() {
    let text = "data:text/plain,hello".to_owned();
    let characters = "data:image/png;base64,%%%".to_owned();
    let padding = data_url(IMAGE).trim_end_matches('=').to_owned();
    let pdf = data_url(b"%PDF-1.7 and so on");
    let cut = data_url(&IMAGE[..20]);
    let param = "messages[0].content[0].image_url.url";
    assert_refused([text, characters, padding, pdf, cut].map(|url| (with_image(&url), param)))
        .await;

    let as_video = json!({ "type": "video_url", "video_url": { "url": data_url(IMAGE) } });
    assert_refused([(with_part(as_video), "messages[0].content[0].video_url.url")]).await;
}

#[tokio::test]
async fn the_four_details_pass_and_no_other_does() {
    let with_detail = |detail: &str| {
        with_part(
            json!({ "type": "image_url", "image_url": { "url": data_url(IMAGE), "detail": detail } }),
        )
    };
    for detail in ["low", "high", "original", "auto"] {
        let answer = json(send(&endpoint(), with_detail(detail), &[]).await).await;
        let text = answer["choices"][0]["message"]["content"].as_str().unwrap();
        assert!(
            text.contains(&format!("200 B, detail {detail}\n")),
            "{text}"
        );
    }
    assert_refused([(
        with_detail("medium"),
        "messages[0].content[0].image_url.detail",
    )])
    .await;
}

#[tokio::test]
async fn ill_typed_options_are_refused() {
    assert_refused([
        (with(json!({ "max_tokens": 0 })), "max_tokens"),
        (with(json!({ "max_tokens": -1 })), "max_tokens"),
        (with(json!({ "max_tokens": 1.5 })), "max_tokens"),
        (with(json!({ "max_tokens": "16" })), "max_tokens"),
        (with(json!({ "n": 2 })), "n"),
        (with(json!({ "n": 0 })), "n"),
        (with(json!({ "stream": "true" })), "stream"),
        (
            with(json!({ "stream_options": { "include_usage": 1 } })),
            "stream_options.include_usage",
        ),
    ])
    .await;
    let response = send(
        &endpoint(),
        with(json!({ "n": 1, "max_tokens": null })),
        &[],
    )
    .await;
    assert_eq!(response.status(), StatusCode::OK);
}

#[tokio::test]
async fn without_the_key_nothing_is_answered() {
    let router = router(Options {
        key: Some("secret".into()),
        ..Options::default()
    });
    let body = with(json!({}));
    for headers in [
        &[][..],
        &[("authorization", "Bearer wrong")],
        &[("authorization", "secret")],
    ] {
        let response = send(&router, body.clone(), headers).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(json(response).await["error"]["code"], "invalid_api_key");
    }
    let list = Request::get("/v1/models").body(HttpBody::empty()).unwrap();
    assert_eq!(
        router.clone().oneshot(list).await.unwrap().status(),
        StatusCode::UNAUTHORIZED
    );

    let response = send(&router, body, &[("authorization", "Bearer secret")]).await;
    assert_eq!(response.status(), StatusCode::OK);
}

#[tokio::test]
async fn the_list_of_models_is_the_catalogue_with_exact_prices() {
    let request = Request::get("/v1/models").body(HttpBody::empty()).unwrap();
    let list = json(endpoint().oneshot(request).await.unwrap()).await;
    assert_eq!(list["object"], "list");
    let entries = list["data"].as_array().unwrap();
    let listed = all().iter().filter(|model| model.provider == "baseten");
    assert_eq!(entries.len(), listed.clone().count());
    for (entry, model) in entries.iter().zip(listed) {
        assert_eq!(entry["id"], json!(model.id));
        assert_eq!(entry["object"], "model");
        assert_eq!(entry["name"], json!(model.name));
        assert_eq!(entry["context_length"], json!(model.context_tokens));
        let modalities = model.takes_images.map(|_| json!(["text", "image"]));
        assert_eq!(entry["input_modalities"], json!(modalities));
        let price = entry["pricing"]["prompt"]
            .as_str()
            .unwrap()
            .parse::<f64>()
            .unwrap();
        assert!((price * 1e6 - model.price.input.unwrap().usd_per_million()).abs() < 1e-9);
    }
    let kimi = entries
        .iter()
        .find(|entry| entry["id"] == "moonshotai/Kimi-K2.6")
        .unwrap();
    let expected = json!({
        "prompt": "0.00000095",
        "completion": "0.000004",
        "input_cache_read": "0.00000016",
    });
    assert_eq!(kimi["pricing"], expected);
}

async fn preflight(options: Options) -> (StatusCode, HeaderMap) {
    let request = Request::options("/v1/chat/completions")
        .header(header::ORIGIN, "https://example.com")
        .header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST")
        .header(
            header::ACCESS_CONTROL_REQUEST_HEADERS,
            "authorization,content-type",
        )
        .body(HttpBody::empty())
        .unwrap();
    let response = router(options).oneshot(request).await.unwrap();
    (response.status(), response.headers().clone())
}

#[tokio::test]
async fn pages_of_other_origins_are_let_in_when_asked_to_even_before_the_key_is_known() {
    let options = Options {
        key: Some("secret".into()),
        allow_origin: true,
        ..Options::default()
    };
    let (status, headers) = preflight(options.clone()).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
    assert_eq!(
        headers[header::ACCESS_CONTROL_ALLOW_HEADERS],
        "authorization,content-type"
    );

    // A refusal is readable too.
    let response = send(
        &router(options),
        with(json!({})),
        &[("origin", "https://example.com")],
    )
    .await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(response.headers()[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
}

#[tokio::test]
async fn pages_of_other_origins_are_kept_out_unless_asked_to() {
    let (status, headers) = preflight(Options::default()).await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(!headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN));
}

#[tokio::test]
async fn it_merges_with_what_else_an_origin_serves() {
    let site = Router::new()
        .route("/", get(async || "page"))
        .fallback(async || "not here");
    let router = site.merge(endpoint());
    let request = Request::get("/").body(HttpBody::empty()).unwrap();
    assert_eq!(
        bytes(router.clone().oneshot(request).await.unwrap()).await,
        "page"
    );
    assert_eq!(
        send(&router, with(json!({})), &[]).await.status(),
        StatusCode::OK
    );
}

/// What a server on a real connection sends until it closes it.
async fn exchange(request: String) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let options = Options {
        chunk_delay: Duration::ZERO,
        ..Options::default()
    };
    let server = tokio::spawn(serve(listener, options));
    let mut connection = TcpStream::connect(address).await.unwrap();
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A reset is how a broken connection ends.
    let _ = connection.read_to_end(&mut answer).await;
    server.abort();
    String::from_utf8(answer).unwrap()
}

fn http(body: &str, headers: &str) -> String {
    format!(
        "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n{body}",
        body.len()
    )
}

#[tokio::test]
async fn a_served_stream_ends_as_http_wants_it() {
    let answer = exchange(http(&body(&draft(model())), "")).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("data: [DONE]"));
    assert!(answer.ends_with("\r\n0\r\n\r\n"));
}

#[tokio::test]
async fn a_served_stream_that_drops_ends_without_the_last_chunk_of_http() {
    let answer = exchange(http(
        &body(&draft(model())),
        &format!("{FAULT_HEADER}: drop\r\n"),
    ))
    .await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("reasoning_content"));
    assert!(!answer.ends_with("\r\n0\r\n\r\n"));
}

#[tokio::test]
async fn a_body_far_too_long_is_read_to_its_end_before_it_is_refused() {
    let most = model().limits.max_body_bytes.unwrap() as usize;
    let body = body(&draft(model())) + &" ".repeat(4 * most);
    let answer = exchange(http(&body, "")).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}
