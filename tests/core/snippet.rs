//! The form of the code. That it runs is tried against the local endpoint in `tests/npm/snippets.test.js`.

use crate::fixtures::{image, video};
use tilewise::catalog::BASE_URL;
use tilewise::request::{Detail, Draft, Json, MediaPart, Message};
use tilewise::snippet::{self, Language};

fn by_url() -> Draft {
    let mut draft = Draft::new(
        "moonshotai/Kimi-K2.6",
        "Describe the natural environment in the image.",
    );
    let mut part = MediaPart::url(image(28, 28, 10), "https://example.com/seashore.png");
    part.detail = Some(Detail::Auto);
    draft.media = vec![part];
    draft
}

fn by_file() -> Draft {
    let mut draft = by_url();
    let mut part = MediaPart::base64(image(28, 28, 10));
    part.file_name = Some("my photo's.jpg".into());
    draft.media = vec![part, MediaPart::base64(image(28, 28, 10))];
    draft
}

/// A video by its address, and another from a file without a name.
fn videos() -> Draft {
    let mut draft = by_url();
    draft.media = vec![
        MediaPart::url(video(64, 48, 30, 30.0), "https://example.com/sea.mp4"),
        MediaPart::base64(video(64, 48, 30, 30.0)),
    ];
    draft
}

fn snippet(draft: &Draft, language: Language, base_url: &str) -> String {
    snippet::snippet(draft, language, Some(base_url)).unwrap()
}

#[test]
fn python_has_the_form_of_the_page() {
    let code = snippet(&by_url(), Language::Python, BASE_URL);
    assert_eq!(
        code,
        r#"import os

from openai import OpenAI

client = OpenAI(
    base_url="https://inference.baseten.co/v1",
    api_key=os.environ["BASETEN_API_KEY"],
)

response = client.chat.completions.create(
    model="moonshotai/Kimi-K2.6",
    messages=[
        {
            "role": "user",
            "content": [
                {
                    "type": "text",
                    "text": "Describe the natural environment in the image.",
                },
                {
                    "type": "image_url",
                    "image_url": {
                        "url": "https://example.com/seashore.png",
                        "detail": "auto",
                    },
                },
            ],
        },
    ],
)

print(response.choices[0].message.content)
"#
    );
}

#[test]
fn javascript_reads_files_by_name() {
    let code = snippet(&by_file(), Language::Javascript, BASE_URL);
    assert!(code.contains("import { readFileSync } from \"node:fs\";"));
    assert!(
        code.contains("url: dataUrl(\"my photo's.jpg\", \"image/jpeg\"),"),
        "{code}"
    );
    assert!(
        code.contains("url: dataUrl(\"image-2.jpeg\", \"image/jpeg\"),"),
        "{code}"
    );
}

#[test]
fn curl_quotes_for_the_shell_and_pipes_files() {
    let code = snippet(&by_file(), Language::Curl, BASE_URL);
    assert!(
        code.contains("base64 < 'my photo'\\''s.jpg' | tr -d '\\n'"),
        "{code}"
    );
    assert!(code.contains("--data-binary @-"), "{code}");
    let code = snippet(&by_url(), Language::Curl, &format!("{BASE_URL}/"));
    assert!(
        code.starts_with("curl 'https://inference.baseten.co/v1/chat/completions' \\\n"),
        "{code}"
    );
}

#[test]
fn the_body_to_read_names_each_file_where_its_base64_goes() {
    let body = snippet::body(&by_file()).unwrap();
    let read: serde_json::Value = serde_json::from_str(&body).unwrap();
    let url = read.pointer("/messages/0/content").unwrap().to_string();
    let named = url.matches(";base64,<base64 of ").count();
    assert_eq!(named, by_file().media.len(), "{body}");
    assert_eq!(read["model"], by_file().model);
}

#[test]
fn videos_travel_as_parts_of_their_own_kind_in_each_language() {
    let python = snippet(&videos(), Language::Python, BASE_URL);
    assert!(
        python.contains(
            r#"                {
                    "type": "video_url",
                    "video_url": {
                        "url": "https://example.com/sea.mp4",
                    },
                },
                {
                    "type": "video_url",
                    "video_url": {
                        "url": data_url("video-2.mp4", "video/mp4"),
                    },
                },
"#
        ),
        "{python}"
    );
    let javascript = snippet(&videos(), Language::Javascript, BASE_URL);
    assert!(
        javascript.contains("url: dataUrl(\"video-2.mp4\", \"video/mp4\"),"),
        "{javascript}"
    );
    let curl = snippet(&videos(), Language::Curl, BASE_URL);
    assert!(curl.contains("data:video/mp4;base64,"), "{curl}");
    assert!(curl.contains("base64 < 'video-2.mp4' | tr -d"), "{curl}");
    for code in [python, javascript, curl] {
        assert_eq!(code.matches("video_url").count(), 4, "{code}");
        assert!(!code.contains("image_url"), "{code}");
    }
}

#[test]
fn extra_fields_are_written_in_each_language() {
    let mut draft = by_url();
    draft.max_tokens = Some(64);
    draft.extra.push((
        "chat_template_kwargs".into(),
        Json::parse(r#"{"thinking":false,"x":null}"#).unwrap(),
    ));
    let python = snippet(&draft, Language::Python, BASE_URL);
    assert!(
        python.contains("    max_tokens=64,\n    extra_body={\n"),
        "{python}"
    );
    assert!(
        python.contains("\"thinking\": False,") && python.contains("\"x\": None,"),
        "{python}"
    );
    let javascript = snippet(&draft, Language::Javascript, BASE_URL);
    assert!(
        javascript.contains("thinking: false,") && javascript.contains("max_tokens: 64,"),
        "{javascript}"
    );
}

#[test]
fn a_field_that_no_body_could_hold_is_refused_here_too() {
    let mut draft = by_url();
    draft.extra.push(("model".into(), "another".into()));
    let error = snippet::snippet(&draft, Language::Curl, Some(BASE_URL)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "extra.model: the draft sets this field itself"
    );
}

#[test]
fn the_keys_of_others_keep_their_order_and_numbers_are_written_as_they_were() {
    let mut draft = Draft::new("m", "Hi");
    let json = r#"{"z":1.0,"a":{"y":-2,"b":[1e5,1e21,18446744073709551615]}}"#;
    draft.extra = vec![("metadata".into(), Json::parse(json).unwrap())];
    let message = r#"{"role":"user","content":"x","a":null}"#;
    draft.history = vec![Message::from_json(Json::parse(message).unwrap()).unwrap()];
    let body = snippet::body(&draft).unwrap();
    let written = [
        "\"role\"",
        "\"content\"",
        "\"a\": null",
        "\"z\": 1.0",
        "\"y\": -2",
        "1e5,",
        "1e21,",
        "18446744073709551615",
    ];
    let places: Vec<_> = written.iter().map(|text| body.find(text)).collect();
    assert!(
        places.iter().all(Option::is_some) && places.is_sorted(),
        "{body}"
    );
}

#[test]
fn a_snippet_goes_to_the_draft_s_provider_with_its_key_and_its_bound_of_output() {
    let mut draft = Draft {
        provider: Some("openai".into()),
        max_tokens: Some(10),
        ..Draft::new("gpt-5", "Hello")
    };
    for (language, wanted) in [
        (
            Language::Python,
            [
                "base_url=\"https://api.openai.com/v1\"",
                "os.environ[\"OPENAI_API_KEY\"]",
                "max_completion_tokens=10",
            ],
        ),
        (
            Language::Javascript,
            [
                "baseURL: \"https://api.openai.com/v1\"",
                "process.env.OPENAI_API_KEY",
                "max_completion_tokens: 10",
            ],
        ),
        (
            Language::Curl,
            [
                "https://api.openai.com/v1/chat/completions",
                "Authorization: Bearer $OPENAI_API_KEY",
                "\"max_completion_tokens\": 10",
            ],
        ),
    ] {
        let code = snippet::snippet(&draft, language, None).unwrap();
        for text in wanted {
            assert!(code.contains(text), "{code}");
        }
    }
    for (provider, why) in [
        ("amazon", "provider: Amazon"),
        ("nowhere", "provider: there is no provider \"nowhere\""),
    ] {
        draft.provider = Some(provider.into());
        let error = snippet::snippet(&draft, Language::Curl, None).unwrap_err();
        assert!(error.to_string().starts_with(why), "{error}");
        assert!(snippet::snippet(&draft, Language::Curl, Some("https://example.com/v1")).is_ok());
    }
}

#[test]
fn the_key_of_no_provider_is_sent_to_an_endpoint_that_is_not_known() {
    for language in [Language::Python, Language::Javascript, Language::Curl] {
        let code = snippet(&by_url(), language, "https://models.example.com/v1");
        assert!(!code.contains("BASETEN"), "{code}");
        assert!(code.contains("API_KEY"), "{code}");
    }
}
