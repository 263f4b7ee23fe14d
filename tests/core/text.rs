//! Exact counts of text, beside those of other programs (`tests/fixtures/make/text.py`).

use crate::fixtures;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use tilewise::catalog;
use tilewise::estimate::{
    EstimateOptions, TextOptions, body_template, compare, compared_models, estimate, estimate_body,
};
use tilewise::request::{BodyPiece, ClientBody, Draft, Json, MediaPart, Message};
use tilewise::rule::text::TextTokens;
use tilewise::stream::Usage;
use tilewise::text::{self, CountedText, Vocabulary};
use tilewise::usage::{Basis, Follows, Received, reconcile};

fn fixture(name: &str) -> Value {
    let path = format!("tests/fixtures/text/{name}.json");
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

fn texts(value: &Value) -> Vec<&str> {
    list(value)
        .iter()
        .map(|text| text.as_str().unwrap())
        .collect()
}

/// As `text_pieces.py` makes them.
struct Strings<'a> {
    numbers: Numbers,
    scripts: Vec<[u32; 2]>,
    words: Vec<&'a str>,
    code: Vec<&'a str>,
    emoji: Vec<&'a str>,
    blanks: Vec<&'a str>,
    marks: Vec<&'a str>,
    special: Vec<&'a str>,
}

const LONG: [(&str, usize); 10] = [
    (" ", 3_000),
    ("\n", 3_000),
    ("7", 10_000),
    ("a", 3_000),
    ("Ab", 3_000),
    ("字", 3_000),
    ("é", 3_000),
    ("👍", 3_000),
    ("-", 3_000),
    ("\t\n", 2_000),
];

/// A generator of numbers that is the same in any language.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % limit as u64).unwrap()
    }

    fn pick<'a>(&mut self, pieces: &[&'a str]) -> &'a str {
        pieces[self.below(pieces.len())]
    }
}

impl<'a> Strings<'a> {
    fn new(fixture: &'a Value) -> Self {
        let pieces = &fixture["pieces"];
        let code_point = |value: &Value| u32::try_from(value.as_u64().unwrap()).unwrap();
        let scripts = list(&pieces["scripts"]).iter();
        Self {
            numbers: Numbers(fixture["seed"].as_u64().unwrap()),
            scripts: scripts
                .map(|ends| [code_point(&ends[0]), code_point(&ends[1])])
                .collect(),
            words: texts(&pieces["words"]),
            code: texts(&pieces["code"]),
            emoji: texts(&pieces["emoji"]),
            blanks: texts(&pieces["blanks"]),
            marks: texts(&pieces["marks"]),
            special: texts(&pieces["special"]),
        }
    }

    fn all(mut self, count: usize) -> Vec<String> {
        let mut all = vec![String::new()];
        for index in 1..count - 1 - LONG.len() {
            let most = if index % 50 == 0 { 400 } else { 24 };
            let parts = self.numbers.below(most) + 1;
            all.push((0..parts).map(|_| self.part()).collect());
        }
        all.extend(LONG.iter().map(|(piece, times)| piece.repeat(*times)));
        let mut megabyte = String::new();
        while megabyte.len() < 1_000_000 {
            megabyte += &self.part();
        }
        all.push(megabyte);
        all
    }

    fn part(&mut self) -> String {
        let numbers = &mut self.numbers;
        match numbers.below(16) {
            0..5 => {
                let word = numbers.pick(&self.words).to_owned();
                word + if numbers.below(4) > 0 { " " } else { "" }
            }
            5..8 => {
                let [first, last] = self.scripts[numbers.below(self.scripts.len())];
                let letters = numbers.below(9) + 1;
                let range = (last - first + 1) as usize;
                let letter = |at: usize| char::from_u32(first + u32::try_from(at).unwrap());
                (0..letters)
                    .map(|_| letter(numbers.below(range)).unwrap())
                    .collect()
            }
            8..10 => {
                let digits = numbers.below(12) + 1;
                (0..digits).map(|_| numbers.below(10).to_string()).collect()
            }
            10 => {
                let blank = numbers.pick(&self.blanks);
                let most = if numbers.below(20) == 0 { 200 } else { 6 };
                blank.repeat(numbers.below(most) + 1)
            }
            11 => {
                let marks = numbers.below(5) + 1;
                (0..marks).map(|_| numbers.pick(&self.marks)).collect()
            }
            12 => {
                let emoji = numbers.pick(&self.emoji);
                emoji.repeat(numbers.below(3) + 1)
            }
            13 => numbers.pick(&self.special).to_owned(),
            14 => numbers.pick(&self.code).to_owned(),
            _ => numbers.pick(&self.words).to_uppercase(),
        }
    }
}

#[test]
fn two_thousand_strings_count_as_another_tokeniser_counts_them() {
    let fixture = fixture("strings");
    let counts = list(&fixture["counts"]);
    let strings = Strings::new(&fixture).all(counts.len());
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in strings.iter().flat_map(|text| text.bytes()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    assert_eq!(fixture["fnv1a"], format!("{hash:016x}"), "other strings");
    assert_eq!(strings.len(), 2_000);
    for (text, counts) in strings.iter().zip(counts) {
        let counted = [Vocabulary::KimiK2, Vocabulary::KimiK3]
            .map(|vocabulary| text::count(vocabulary, text).unwrap());
        let start: String = text.chars().take(200).collect();
        assert_eq!(
            counts,
            &Value::from(counted.to_vec()),
            "{} bytes: {start:?}",
            text.len()
        );
    }
}

#[test]
fn the_bounds_of_a_text_hold_its_exact_count() {
    let fixture = fixture("strings");
    let counts = list(&fixture["counts"]);
    let strings = Strings::new(&fixture).all(counts.len());
    for (text, counts) in strings.iter().zip(counts) {
        let bounds = TextTokens::of(text);
        let tokens = counts[1].as_u64().unwrap();
        let start: String = text.chars().take(200).collect();
        assert!(
            (bounds.low..=bounds.high).contains(&tokens),
            "{bounds:?} do not hold {tokens}: {start:?}"
        );
    }
}

/// The last message is the question; the others are its history.
fn draft(model: &str, conversation: &Value) -> Draft {
    let mut draft = Draft::new(model, "");
    let messages = texts(&conversation["messages"]);
    let (last, history) = messages.split_last().unwrap();
    let parse = |json: &&str| Message::from_json(Json::parse(*json).unwrap()).unwrap();
    draft.history = history.iter().map(parse).collect();
    // What is asked in parts goes into the history too; an empty question more is what the difference of two drafts leaves.
    match serde_json::from_str::<Value>(last).unwrap()["content"].as_str() {
        Some(text) => draft.text = text.to_owned(),
        None => draft.history.push(parse(last)),
    }
    if let Some(tools) = conversation["tools"].as_str() {
        draft
            .extra
            .push(("tools".into(), Json::parse(tools).unwrap()));
    }
    draft
}

/// What a question without content takes.
fn empty_question(vocabulary: Vocabulary) -> u64 {
    match vocabulary {
        Vocabulary::KimiK2 => 4,
        Vocabulary::KimiK3 => 11,
    }
}

#[test]
fn conversations_of_up_to_twenty_turns_with_tools_count_as_the_templates_text_does() {
    let fixture = fixture("conversations");
    let mut with_tools = 0;
    let mut open = 0;
    for (index, conversation) in list(&fixture["conversations"]).iter().enumerate() {
        with_tools += u32::from(conversation["tools"].is_string());
        for (vocabulary, model) in [
            (Vocabulary::KimiK2, "moonshotai/Kimi-K2.5"),
            (Vocabulary::KimiK3, "moonshotai/Kimi-K3"),
        ] {
            let draft = draft(model, conversation);
            let is_in_history = draft.text.is_empty();
            let extra = if is_in_history {
                empty_question(vocabulary)
            } else {
                0
            };
            let tokens = text::tokens(vocabulary, &draft)
                .unwrap_or_else(|| panic!("conversation {index} is not counted by {vocabulary:?}"));
            let expected = |count: &Value| count.as_u64().unwrap() + extra;
            let images = draft.history.iter().flat_map(Message::media).count() as u64;
            match vocabulary {
                Vocabulary::KimiK2 => {
                    let [read, left] = ["read", "left"]
                        .map(|how| expected(&conversation["kimi_k2"][how]) - 5 * images);
                    open += u32::from(read != left);
                    let bounds = [tokens.tokens, tokens.low, tokens.high];
                    assert_eq!(bounds, [read, read.min(left), read.max(left)], "{index}");
                }
                Vocabulary::KimiK3 => {
                    let exact = TextTokens::exact(expected(&conversation["kimi_k3"]));
                    assert_eq!(tokens, exact, "{index}");
                }
            }
        }
    }
    assert!(with_tools > 20 && open > 0);
}

/// As a client sends it, with fields that no template reads.
fn client_body(model: &str, conversation: &Value) -> String {
    let messages = texts(&conversation["messages"]).join(",");
    let tools = conversation["tools"].as_str().unwrap_or("null");
    format!(
        "{{\"model\":\"{model}\",\"stream\":true,\"tools\":{tools},\"messages\":[{messages}],\"temperature\":1}}"
    )
}

#[test]
fn a_conversation_that_another_client_wrote_counts_as_the_templates_text_does() {
    let fixture = fixture("conversations");
    for (index, conversation) in list(&fixture["conversations"]).iter().enumerate() {
        for model in ["moonshotai/Kimi-K2.5", "moonshotai/Kimi-K3"] {
            let json = client_body(model, conversation);
            let body = ClientBody::parse(&json, &[]).unwrap();
            let counted = text::counted_body(&json, model);
            let images = body.media().len() as u64;
            let bounds = body.request_text().under(model);
            let exact = counted.of_model(model).unwrap();
            assert!(
                bounds.low <= exact.low && exact.high <= bounds.high,
                "{index}, {model}: {exact:?} is not within {bounds:?}"
            );
            if model.ends_with("K3") {
                let exact = TextTokens::exact(conversation["kimi_k3"].as_u64().unwrap());
                assert_eq!(counted.kimi_k3, Some(exact), "{index}");
            } else {
                let [read, left] = ["read", "left"]
                    .map(|how| conversation["kimi_k2"][how].as_u64().unwrap() - 5 * images);
                let tokens = counted.kimi_k2.unwrap();
                let bounds = [tokens.tokens, tokens.low, tokens.high];
                assert_eq!(bounds, [read, read.min(left), read.max(left)], "{index}");
            }
            let without_media: String = body
                .without_media()
                .into_iter()
                .map(|piece| match piece {
                    BodyPiece::Text(text) => text,
                    BodyPiece::Gap(_) => panic!("there is none"),
                })
                .collect();
            assert_eq!(
                text::counted_body(&without_media, model),
                counted,
                "{index}"
            );
        }
    }
}

#[test]
fn a_body_is_counted_exactly_as_its_draft_is() {
    let draft = Draft::new("moonshotai/Kimi-K3", "What is this?");
    let own = exactly(&draft, EstimateOptions::default());
    let json =
        r#"{"model":"moonshotai/Kimi-K3","messages":[{"role":"user","content":"What is this?"}]}"#;
    let body = ClientBody::parse(json, &[]).unwrap();
    let options = EstimateOptions {
        text: text::counted_body(json, "moonshotai/Kimi-K3"),
        ..EstimateOptions::default()
    };
    let estimate = estimate_body(&body, None, &BTreeMap::new(), &options);
    assert!(estimate.exact && own.exact);
    assert_eq!(estimate.text, own.text);
    assert_eq!(estimate.range, own.range);
}

#[test]
fn a_body_names_the_model_whose_template_is_known() {
    let asked = |model: &str, options: &EstimateOptions| {
        let json = format!("{{\"model\":\"{model}\",\"messages\":[]}}");
        body_template(&ClientBody::parse(&json, &[]).unwrap(), None, options)
    };
    let options = EstimateOptions::default();
    let known = "moonshotai/Kimi-K2.6";
    assert_eq!(asked(known, &options).as_deref(), Some(known));
    assert_eq!(asked("gpt-5", &options), None);
    assert_eq!(asked("moonshotai/Kimi-K2-Instruct", &options), None);
    let mut own = catalog::find(known).unwrap().clone();
    own.id = "my/kimi-k3".into();
    let options = EstimateOptions {
        model: Some(own),
        ..EstimateOptions::default()
    };
    assert_eq!(asked("gpt-5", &options).as_deref(), Some("my/kimi-k3"));
}

#[test]
fn a_body_in_another_form_than_that_of_chat_completions_is_not_counted() {
    let is_counted = |rest: &str| {
        let json = format!("{{\"model\":\"moonshotai/Kimi-K3\",{rest}}}");
        text::counted_body(&json, "moonshotai/Kimi-K3") != CountedText::default()
    };
    assert!(is_counted(
        "\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]"
    ));
    for rest in [
        "\"input\":\"a\"",
        "\"messages\":\"a\"",
        "\"messages\":[\"a\"]",
        "\"messages\":[],\"system\":\"a\"",
        "\"messages\":[],\"something\":1",
        "\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image\",\"source\":{}}]}]",
        "\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\"}]}]",
        "\"messages\":[",
    ] {
        assert!(!is_counted(rest), "{rest}");
    }
    assert_eq!(
        text::counted_body("[]", "moonshotai/Kimi-K3"),
        CountedText::default()
    );
    assert_eq!(
        text::counted_body("{\"messages\":[]}", "gpt-5"),
        CountedText::default()
    );
}

fn image(width: u64, height: u64) -> MediaPart {
    MediaPart::base64(fixtures::image(width, height, 1_000))
}

fn exactly(draft: &Draft, options: EstimateOptions) -> tilewise::Estimate {
    let text = text::counted(draft, &options);
    estimate(draft, &EstimateOptions { text, ..options })
}

#[test]
fn a_live_server_s_count_of_kimi_k2_5_is_given_to_the_token() {
    for provider in ["baseten", "moonshot"] {
        let id = ["kimi-k2.5", "moonshotai/Kimi-K2.5"][usize::from(provider == "baseten")];
        let mut draft = Draft::new(id, "Describe the image.");
        draft.provider = Some(provider.into());
        draft.media.push(image(224, 224));
        let options = EstimateOptions {
            rule: Some(tilewise::Rule::Processor),
            ..EstimateOptions::default()
        };
        let estimate = exactly(&draft, options);
        assert_eq!(estimate.input_tokens, 81);
        assert_eq!(estimate.text, TextTokens::exact(17));
        assert!(estimate.exact);
        let bounds = estimate.bounds.processor.unwrap();
        assert_eq!([bounds.low, bounds.high], [81, 81]);
    }
}

fn with_extra(name: &str, json: &str) -> Draft {
    let mut draft = Draft::new("moonshotai/Kimi-K3", "Hello");
    draft.extra.push((name.into(), Json::parse(json).unwrap()));
    draft
}

#[test]
fn fields_that_no_template_reads_change_no_count() {
    let count = |draft: &Draft, vocabulary| text::tokens(vocabulary, draft);
    let plain = Draft::new("moonshotai/Kimi-K3", "Hello");
    for (name, json) in [
        ("temperature", "0.6"),
        ("stop", "[\"a\"]"),
        ("tool_choice", "\"auto\""),
        ("tools", "[]"),
        ("response_format", "{\"type\":\"text\"}"),
        ("reasoning_effort", "null"),
    ] {
        let draft = with_extra(name, json);
        for vocabulary in [Vocabulary::KimiK2, Vocabulary::KimiK3] {
            let counted = count(&draft, vocabulary);
            assert!(counted.is_some(), "{name}");
            assert_eq!(counted, count(&plain, vocabulary), "{name}");
        }
    }
}

#[test]
fn what_a_template_may_read_in_an_unknown_way_is_not_counted() {
    for (name, json) in [
        ("chat_template_kwargs", "{\"enable_thinking\":false}"),
        ("thinking", "{\"type\":\"adaptive\"}"),
        ("reasoning_effort", "\"medium\""),
        ("tool_choice", "{\"type\":\"function\"}"),
        ("tools", "\"all\""),
        ("something", "1"),
    ] {
        let draft = with_extra(name, json);
        for vocabulary in [Vocabulary::KimiK2, Vocabulary::KimiK3] {
            assert_eq!(text::tokens(vocabulary, &draft), None, "{name}");
        }
    }
    for message in [
        "{\"role\":\"user\",\"content\":[{\"type\":\"input_audio\",\"input_audio\":{}}]}",
        "{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\",\"content\":\"a\"}]}",
        "{\"role\":\"user\",\"content\":\"a\",\"cache\":{}}",
        "{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"a\"}]}",
    ] {
        let mut draft = Draft::new("moonshotai/Kimi-K3", "Hello");
        draft
            .history
            .push(Message::from_json(Json::parse(message).unwrap()).unwrap());
        for vocabulary in [Vocabulary::KimiK2, Vocabulary::KimiK3] {
            assert_eq!(text::tokens(vocabulary, &draft), None, "{message}");
        }
    }
}

#[test]
fn what_kimi_k3_s_template_tells_the_model_is_counted() {
    let count = |draft: &Draft| text::tokens(Vocabulary::KimiK3, draft).unwrap().tokens;
    let plain = count(&Draft::new("moonshotai/Kimi-K3", "Hello"));
    // The line that names the effort takes one token less with "max", which is the default.
    for (effort, tokens) in [("max", plain), ("high", plain + 1), ("low", plain + 1)] {
        let effort = format!("\"{effort}\"");
        assert_eq!(count(&with_extra("reasoning_effort", &effort)), tokens);
    }
    // The message that names the effort is gone.
    let silent = count(&with_extra("thinking", "{\"type\":\"disabled\"}"));
    assert!(silent < plain - 50, "{silent} of {plain}");
    for (name, json) in [
        ("tool_choice", "\"required\""),
        ("tool_choice", "\"none\""),
        ("response_format", "{\"type\":\"json_object\"}"),
        (
            "response_format",
            "{\"type\":\"json_schema\",\"json_schema\":{\"schema\":{\"b\":1,\"a\":[]}}}",
        ),
    ] {
        assert!(count(&with_extra(name, json)) > plain + 20, "{name} {json}");
    }
}

#[test]
fn without_the_vocabulary_the_template_of_kimi_k3_is_counted_as_it_is() {
    let bounds = |draft: &Draft| draft.request_text().under(&draft.model);
    let plain = Draft::new("moonshotai/Kimi-K3", "Hello");
    let exact = text::tokens(Vocabulary::KimiK3, &plain).unwrap().tokens;
    assert_eq!(bounds(&plain).tokens, exact);
    let silent = with_extra("thinking", "{\"type\":\"disabled\"}");
    let exact = text::tokens(Vocabulary::KimiK3, &silent).unwrap().tokens;
    assert_eq!(bounds(&silent).low, exact);
    // Nothing is known of K3.1's.
    let next = bounds(&Draft::new("moonshotai/Kimi-K3.1-Pro", "Hello"));
    assert_eq!(next, bounds(&Draft::new("moonshotai/Kimi-K2.6", "Hello")));
}

#[test]
fn the_name_of_a_model_tells_its_vocabulary() {
    let of = |model: &str| {
        let options = TextOptions {
            model: Some(model.into()),
            provider: None,
        };
        options.vocabulary()
    };
    for id in ["moonshotai/Kimi-K2.5", "kimi-k2.7-code", "Kimi-K2-Thinking"] {
        assert_eq!(of(id), Some(Vocabulary::KimiK2), "{id}");
    }
    assert_eq!(of("global.moonshotai.kimi-k3"), Some(Vocabulary::KimiK3));
    for id in ["kimi-k3.1-pro", "zai-org/GLM-5.3", "gpt-5", ""] {
        assert_eq!(of(id), None, "{id}");
    }
    assert_eq!(
        TextOptions::default().vocabulary(),
        Some(Vocabulary::KimiK3)
    );
}

#[test]
fn only_models_whose_template_is_known_are_counted_exactly_in_a_comparison() {
    let draft = Draft::new("?", "Describe the image.");
    let mut options = EstimateOptions::default();
    options.text = text::counted_for_all(&draft, &options);
    let models = compared_models(&draft, &options);
    let compared = compare(&draft, &options, &models);
    let (exact, open): (Vec<_>, Vec<_>) = compared.iter().partition(|it| it.estimate.exact);
    let names = |compared: &[&tilewise::estimate::Compared<'_>]| {
        let names = compared.iter().map(|it| it.model.name.to_string());
        names.collect::<Vec<_>>()
    };
    assert!(exact.len() > 2 && open.len() > 50);
    for name in names(&exact) {
        assert!(
            ["Kimi K3", "Kimi K2.5", "Kimi K2.6", "Kimi K2.5 to K2.7"].contains(&&*name),
            "{name}"
        );
    }
    assert!(names(&open).iter().any(|name| name == "Kimi K2.7 Code"));
}

#[test]
fn a_bill_of_text_alone_or_of_a_small_image_names_its_rule() {
    let follows = |estimate: &tilewise::Estimate, tokens| {
        let usage = Usage {
            input_tokens: Some(tokens),
            ..Usage::default()
        };
        reconcile(&Basis::from(estimate), &usage, &Received::default()).follows
    };
    let text = exactly(
        &Draft::new("moonshotai/Kimi-K3", "Hello"),
        EstimateOptions::default(),
    );
    assert_eq!(follows(&text, text.input_tokens), Some(Follows::Processor));
    assert_eq!(
        follows(&text, text.input_tokens + 1),
        Some(Follows::Neither)
    );

    // 4 tiles, or 1 token and 5 around it.
    let mut small = Draft::new("moonshotai/Kimi-K2.5", "Hello");
    small.media.push(image(28, 28));
    let bounded = estimate(&small, &EstimateOptions::default());
    let exact = exactly(&small, EstimateOptions::default());
    let [published, processor] =
        [exact.bounds.published, exact.bounds.processor].map(Option::unwrap);
    assert_eq!(processor.low - published.low, 2);
    assert_eq!(follows(&bounded, published.low), None);
    assert_eq!(follows(&exact, published.low), Some(Follows::Published));
    assert_eq!(follows(&exact, processor.low), Some(Follows::Processor));
    assert_eq!(follows(&exact, processor.low + 1), Some(Follows::Neither));
}

#[test]
fn a_video_leaves_one_token_open() {
    let mut draft = Draft::new("moonshotai/Kimi-K2.5", "In 12");
    draft
        .media
        .push(MediaPart::base64(fixtures::video(640, 480, 60, 30.0)));
    let tokens = text::tokens(Vocabulary::KimiK2, &draft).unwrap();
    assert_eq!(tokens.high - tokens.low, 1);
    assert_eq!(text::tokens(Vocabulary::KimiK3, &draft), None);
}
