//! The same question in three forms, and the same answer.

use super::{PHOTO, bytes, content_type, endpoint, json, model};
use axum::body::Body as HttpBody;
use axum::http::{Request, Response, StatusCode, header};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::Value;
use tilewise::stream::meter::Meter;
use tilewise::stream::sse;
use tower::ServiceExt;

const CHAT: &str = "/v1/chat/completions";
const RESPONSES: &str = "/v1/responses";
const MESSAGES: &str = "/v1/messages";

async fn send(path: &str, body: Value) -> Response<HttpBody> {
    let request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
    let request = request.body(HttpBody::from(body.to_string())).unwrap();
    endpoint().oneshot(request).await.unwrap()
}

/// The same question: a photo behind an earlier turn and the output of a tool.
fn question(path: &str, stream: bool) -> Value {
    let photo = BASE64_STANDARD.encode(PHOTO);
    let url = format!("data:image/jpeg;base64,{photo}");
    let model = &model().id;
    match path {
        CHAT => {
            json!({ "model": model, "max_tokens": 40, "stream": stream, "stream_options": { "include_usage": true }, "messages": [
            { "role": "system", "content": "Be brief." },
            { "role": "user", "content": "Hello" },
            { "role": "assistant", "content": "Yes." },
            { "role": "tool", "content": "5 mm" },
            { "role": "user", "content": [{ "type": "text", "text": "What?" }, { "type": "image_url", "image_url": { "url": url } }] },
        ] })
        }
        RESPONSES => {
            json!({ "model": model, "max_output_tokens": 40, "stream": stream, "instructions": "Be brief.", "input": [
            { "role": "user", "content": "Hello" },
            { "type": "message", "role": "assistant", "content": [{ "type": "output_text", "text": "Yes." }] },
            { "type": "function_call_output", "call_id": "a", "output": "5 mm" },
            { "role": "user", "content": [{ "type": "input_text", "text": "What?" }, { "type": "input_image", "image_url": url }] },
        ] })
        }
        _ => {
            json!({ "model": model, "max_tokens": 40, "stream": stream, "system": "Be brief.", "messages": [
            { "role": "user", "content": "Hello" },
            { "role": "assistant", "content": [{ "type": "text", "text": "Yes." }] },
            { "role": "user", "content": [
                { "type": "tool_result", "tool_use_id": "a", "content": [{ "type": "text", "text": "5 mm" }] },
                { "type": "text", "text": "What?" },
                { "type": "image", "source": { "type": "base64", "media_type": "image/jpeg", "data": photo } },
            ] },
        ] })
        }
    }
}

#[tokio::test]
async fn each_form_has_the_same_words_and_the_same_counts() {
    let chat = json(send(CHAT, question(CHAT, false)).await).await;
    let words = chat["choices"][0]["message"]["content"].clone();
    assert!(words.as_str().unwrap().len() > 50);
    let response = json(send(RESPONSES, question(RESPONSES, false)).await).await;
    assert_eq!(response["output"][1]["content"][0]["text"], words);
    assert_eq!(response["status"], "incomplete");
    assert_eq!(
        response["usage"]["input_tokens"],
        chat["usage"]["prompt_tokens"]
    );
    let message = json(send(MESSAGES, question(MESSAGES, false)).await).await;
    assert_eq!(message["content"][0]["text"], words);
    assert_eq!(message["stop_reason"], "max_tokens");
    assert_eq!(
        message["usage"]["input_tokens"],
        chat["usage"]["prompt_tokens"]
    );
}

#[tokio::test]
async fn a_stream_of_each_form_says_what_the_whole_answer_says() {
    let chat = json(send(CHAT, question(CHAT, false)).await).await;
    let words = chat["choices"][0]["message"]["content"].as_str().unwrap();
    for (path, first, last) in [
        (RESPONSES, "response.created", "response.incomplete"),
        (MESSAGES, "message_start", "message_stop"),
    ] {
        let response = send(path, question(path, true)).await;
        assert_eq!(content_type(&response), "text/event-stream");
        let stream = bytes(response).await;
        let mut kinds = Vec::new();
        let mut text = String::new();
        let mut parser = sse::Parser::new();
        let read = parser.push(&stream, |event| {
            let data: Value = serde_json::from_str(event.data).unwrap();
            assert_eq!(data["type"], event.kind);
            kinds.push(event.kind.to_owned());
            let delta = data["delta"].as_str().or(data["delta"]["text"].as_str());
            text.push_str(delta.unwrap_or_default());
        });
        read.unwrap();
        assert_eq!(
            (kinds[0].as_str(), kinds.last().unwrap().as_str()),
            (first, last)
        );
        assert_eq!(text, words);

        let mut meter = Meter::new();
        meter.push(&stream);
        let usage = meter.finish().usage.unwrap();
        assert_eq!(usage.input_tokens, chat["usage"]["prompt_tokens"].as_u64());
        assert_eq!(
            usage.output_tokens,
            chat["usage"]["completion_tokens"].as_u64()
        );
    }
}

#[tokio::test]
async fn a_refusal_has_the_shape_of_its_form() {
    for (path, pointer) in [
        (CHAT, "/error/code"),
        (RESPONSES, "/error/code"),
        (MESSAGES, "/type"),
    ] {
        let response = send(
            path,
            json!({ "model": "unheard-of", "input": "Hi", "messages": [] }),
        )
        .await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        let error = json(response).await;
        let expected = if path == MESSAGES {
            "error"
        } else {
            "model_not_found"
        };
        assert_eq!(error.pointer(pointer).unwrap(), expected);
        assert_eq!(error["error"]["type"], "invalid_request_error");
    }
}
