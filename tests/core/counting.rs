//! What a provider is asked for a count, and what its answer means.

use crate::fixtures;
use serde_json::{Value, json};
use tilewise::counting::calibration::Calibration;
use tilewise::counting::{CountForm, CountRequest};
use tilewise::request::{Draft, Json, MediaPart, Message, Piece};
use tilewise::stream::EndpointOptions;
use tilewise::units::Usd;
use tilewise::usage::Follows;
use tilewise::{Error, ErrorCode, probe};

fn draft(provider: &str, model: &str) -> Draft {
    let mut draft = Draft::new(model, "What is \"this\"?");
    draft.provider = Some(provider.into());
    draft.system = Some("Be brief.".into());
    draft
        .history
        .push(Message::question("Before", vec![image()]));
    draft.history.push(Message::new("assistant", "An answer"));
    draft.media.push(image());
    draft
}

fn image() -> MediaPart {
    MediaPart::base64(fixtures::image(28, 28, 3))
}

/// The body, with the number of each media item for its data.
fn body(draft: &Draft) -> (CountRequest, Value) {
    let request = CountRequest::new(draft).unwrap();
    let text: String = request
        .pieces
        .iter()
        .map(|piece| match piece {
            Piece::Json(text) => text.clone(),
            Piece::Base64 { media } => media.to_string(),
        })
        .collect();
    let value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    (request, value)
}

#[test]
fn moonshot_is_asked_with_the_messages_of_a_chat() {
    let mut draft = draft("moonshot", "kimi-k2.6");
    draft.max_tokens = Some(9);
    draft
        .extra
        .push(("tools".into(), Json::parse("[]").unwrap()));
    let (request, body) = body(&draft);
    assert_eq!(request.path, "tokenizers/estimate-token-count");
    assert_eq!(body["model"], "kimi-k2.6");
    assert_eq!(body["messages"].as_array().unwrap().len(), 4);
    assert_eq!(body["messages"][0]["role"], "system");
    let url = &body["messages"][3]["content"][1]["image_url"]["url"];
    assert_eq!(url, "data:image/jpeg;base64,0");
    assert_eq!(body["tools"], json!([]));
    let fields = body.as_object().unwrap();
    assert_eq!(fields.len(), 3);
}

#[test]
fn openai_and_vllm_are_asked_in_the_form_of_responses() {
    for (provider, model) in [("openai", "gpt-5.4"), ("open", "kimi-k2.5")] {
        let (request, body) = body(&draft(provider, model));
        assert_eq!(request.path, "responses/input_tokens");
        assert_eq!(
            body,
            json!({
                "model": model,
                "instructions": "Be brief.",
                "input": [
                    { "role": "user", "content": [
                        { "type": "input_text", "text": "Before" },
                        { "type": "input_image", "image_url": "data:image/jpeg;base64,1" },
                    ] },
                    { "role": "assistant", "content": [{ "type": "output_text", "text": "An answer" }] },
                    { "role": "user", "content": [
                        { "type": "input_text", "text": "What is \"this\"?" },
                        { "type": "input_image", "image_url": "data:image/jpeg;base64,0" },
                    ] },
                ],
            })
        );
    }
}

#[test]
fn anthropic_is_asked_in_the_form_of_messages() {
    let mut draft = draft("anthropic", "claude-opus-5");
    draft.media[0] = MediaPart::url(fixtures::image(28, 28, 3), "https://example.com/a.jpg");
    let (request, body) = body(&draft);
    assert_eq!(request.path, "messages/count_tokens");
    assert_eq!(body["system"], "Be brief.");
    assert_eq!(
        body["messages"][0]["content"][1],
        json!({ "type": "image", "source": { "type": "base64", "media_type": "image/jpeg", "data": "1" } })
    );
    assert_eq!(
        body["messages"][2]["content"][1],
        json!({ "type": "image", "source": { "type": "url", "url": "https://example.com/a.jpg" } })
    );
}

#[test]
fn google_is_asked_with_the_whole_request() {
    let (request, body) = body(&draft("google", "gemini-2.5-flash"));
    assert_eq!(request.path, "models/gemini-2.5-flash:countTokens");
    let inner = &body["generateContentRequest"];
    assert_eq!(inner["model"], "models/gemini-2.5-flash");
    assert_eq!(inner["systemInstruction"]["parts"][0]["text"], "Be brief.");
    assert_eq!(inner["contents"][1]["role"], "model");
    assert_eq!(
        inner["contents"][2]["parts"],
        json!([
            { "text": "What is \"this\"?" },
            { "inlineData": { "mimeType": "image/jpeg", "data": "0" } },
        ])
    );
}

#[test]
fn the_key_travels_in_the_header_of_the_protocol() {
    let of = |provider: &str, model: &str| {
        let draft = draft(provider, model);
        let options = EndpointOptions {
            api_key: Some("key".into()),
            headers: vec![("mine".into(), "1".into())],
            ..EndpointOptions::default()
        };
        CountForm::of(&draft).unwrap().endpoint(&draft, options)
    };
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let anthropic = of("anthropic", "claude-opus-5").unwrap();
    assert_eq!(anthropic.base_url(), "https://api.anthropic.com/v1");
    assert_eq!(anthropic.api_key, None);
    assert_eq!(
        anthropic.headers,
        [
            header("x-api-key", "key"),
            header("anthropic-version", "2023-06-01"),
            header("mine", "1"),
        ]
    );
    let google = of("google", "gemini-2.5-flash").unwrap();
    assert_eq!(
        google.base_url(),
        "https://generativelanguage.googleapis.com/v1beta"
    );
    assert_eq!(
        google.headers,
        [header("x-goog-api-key", "key"), header("mine", "1")]
    );
    let openai = of("openai", "gpt-5.4").unwrap();
    assert_eq!(openai.api_key.as_deref(), Some("key"));
    assert_eq!(
        of("open", "kimi-k2.5").unwrap_err().code(),
        ErrorCode::InvalidArgument
    );
}

#[test]
fn what_a_form_cannot_say_is_refused_with_its_place() {
    let refused = |draft: &Draft| CountRequest::new(draft).unwrap_err().to_string();
    let baseten = Draft::new("moonshotai/Kimi-K3", "Hello");
    assert!(refused(&baseten).contains("Baseten has no endpoint that counts"));
    assert!(refused(&Draft::new("?", "Hello")).contains("draft.provider: missing"));

    let mut tools = draft("openai", "gpt-5.4");
    tools
        .extra
        .push(("tools".into(), Json::parse("[{}]").unwrap()));
    assert!(refused(&tools).starts_with("draft.extra.tools: "));

    let mut called = draft("anthropic", "claude-opus-5");
    let message = r#"{"role":"assistant","content":null,"tool_calls":[{"id":"1"}]}"#;
    called
        .history
        .push(Message::from_json(Json::parse(message).unwrap()).unwrap());
    assert!(refused(&called).starts_with("draft.history[2]: "));

    let mut by_url = draft("google", "gemini-2.5-flash");
    by_url.media[0] = MediaPart::url(fixtures::image(28, 28, 3), "https://example.com/a.jpg");
    assert!(refused(&by_url).starts_with("media[0].via: "));

    let mut video = draft("openai", "gpt-5.4");
    video.media[0] = MediaPart::base64(fixtures::video(64, 48, 9, 3.0));
    assert!(refused(&video).contains("counts no videos"));
}

#[test]
fn each_answer_is_read_in_its_own_form() {
    use CountForm::{ChatCompletions, Contents, Messages, Responses};
    for (form, answer) in [
        (ChatCompletions, r#"{"data":{"total_tokens":80}}"#),
        (
            Responses,
            r#"{"object":"response.input_tokens","input_tokens":80}"#,
        ),
        (Messages, r#"{"input_tokens":80}"#),
        (Contents, r#"{"totalTokens":80}"#),
    ] {
        assert_eq!(form.read(answer), Ok(80));
        for other in [
            "",
            "{}",
            "<html>",
            "80",
            r#"{"input_tokens":-1,"totalTokens":-1,"data":{"total_tokens":"80"}}"#,
            r#"{"error":{"message":"no"},"data":{"total_tokens":80},"input_tokens":80,"totalTokens":80}"#,
        ] {
            let error = form.read(other).unwrap_err();
            assert_eq!(error.code(), ErrorCode::Stream, "{other}");
            assert!(matches!(&error, Error::Stream { body: Some(body), .. } if body == other));
        }
    }
}

#[test]
fn the_images_of_a_calibration_are_images_of_its_sizes() {
    let calibration = Calibration::new("moonshotai/Kimi-K2.5", None).unwrap();
    for ((draft, file), side) in calibration.drafts.iter().zip([56, 280]) {
        let facts = probe::bytes(file).unwrap();
        assert_eq!([facts.width, facts.height], [side, side]);
        assert_eq!(draft.media[0].facts, facts);
        assert_eq!(draft.max_tokens, Some(1));
        assert!(file.len() < 200);
    }
}

#[cfg(feature = "prepare")]
#[test]
fn and_any_decoder_reads_them() {
    let calibration = Calibration::new("moonshotai/Kimi-K2.5", None).unwrap();
    for ((_, file), side) in calibration.drafts.iter().zip([56, 280]) {
        let mut reader = png::Decoder::new(std::io::Cursor::new(file))
            .read_info()
            .unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let frame = reader.next_frame(&mut pixels).unwrap();
        assert_eq!([frame.width, frame.height], [side, side]);
        assert!(pixels.iter().all(|byte| *byte == 0xff));
    }
}

#[test]
fn the_difference_of_two_counts_names_the_rule() {
    let calibration = Calibration::new("moonshotai/Kimi-K2.5", None).unwrap();
    let forecast = calibration.forecast();
    assert!(forecast.input_tokens < 700);
    let conclude = |small, large| {
        let found = calibration.conclude([small, large]);
        assert_eq!([found.tokens.small, found.tokens.large], [small, large]);
        (found.follows, found.tokens_per_image)
    };
    assert_eq!(conclude(30, 30 + 384), (Follows::Published, 400));
    assert_eq!(conclude(30, 30 + 96), (Follows::Processor, 100));
    assert_eq!(conclude(30, 30 + 97), (Follows::Neither, 97));
    assert_eq!(conclude(30, 3), (Follows::Neither, 0));
    let paid = calibration.conclude([30, 126]).usd.unwrap();
    // 156 tokens at 0.60 and 2 at 3.00 dollars a million.
    assert_eq!(paid.exact(), "0.0000996");
    assert!(paid < forecast.usd.unwrap());

    let counted = Calibration::new("kimi-k2.6", Some("moonshot")).unwrap();
    assert_eq!(counted.form, Some(CountForm::ChatCompletions));
    assert_eq!(counted.conclude([30, 126]).usd, Some(Usd::NOTHING));
    assert_eq!(counted.forecast().usd, Some(Usd::NOTHING));
    assert!(Calibration::new("?", None).is_err());
}
