use proptest::prelude::*;
use serde_json::Value;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use tilewise::error::{Code, Error};
use tilewise::stream::chat::{Chat, ChatEvent};
use tilewise::stream::session::{Answer, Endpoint, Session};
use tilewise::stream::sse::{Event, Parser};
use tilewise::stream::to_json;
use tilewise::usage::Usage;

// ── Server-sent events ───────────────────────────────────────────────────────────────────────────

/// Kind, data and identifier of each event.
fn events<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Vec<[String; 3]> {
    let mut parser = Parser::new();
    let mut events = Vec::new();
    for chunk in chunks {
        parser
            .push(chunk, |event| events.push(owned(event)))
            .unwrap();
    }
    events
}

fn owned(event: Event<'_>) -> [String; 3] {
    [event.kind, event.data, event.id].map(str::to_owned)
}

fn data(stream: &str) -> Vec<String> {
    events([stream.as_bytes()])
        .into_iter()
        .map(|[_, data, _]| data)
        .collect()
}

#[test]
fn every_line_end_of_the_standard_ends_a_line() {
    for end in ["\n", "\r", "\r\n"] {
        assert_eq!(
            data(&format!("data: a{end}data: b{end}{end}data:c{end}{end}")),
            ["a\nb", "c"],
            "{end:?}"
        );
    }
}

#[test]
fn a_byte_order_mark_at_the_start_is_skipped_and_one_later_is_not() {
    assert_eq!(data("\u{feff}data: a\n\n\u{feff}data: b\n\n"), ["a"]);
}

#[test]
fn comments_unknown_fields_and_events_without_data_are_passed_over() {
    assert_eq!(
        data(": ping\n\nevent: x\n\nfoo: bar\ndata\n\ndata: a\n\n"),
        ["", "a"]
    );
}

#[test]
fn only_one_space_behind_the_colon_is_dropped() {
    assert_eq!(data("data:  a:b\n\n"), [" a:b"]);
}

#[test]
fn kind_identifier_and_retry_are_kept_as_the_standard_says() {
    let mut parser = Parser::new();
    let mut seen = Vec::new();
    let stream = "event: x\nid: 7\nretry: 250\ndata: a\n\nid: 8\0\nretry: soon\ndata: b\n\n";
    parser
        .push(stream.as_bytes(), |event| seen.push(owned(event)))
        .unwrap();
    let seen: Vec<_> = seen.iter().map(|[kind, _, id]| (&**kind, &**id)).collect();
    assert_eq!(seen, [("x", "7"), ("message", "7")]);
    assert_eq!(parser.retry_ms(), Some(250));
}

#[test]
fn an_event_without_its_blank_line_comes_only_when_the_end_is_told() {
    let mut parser = Parser::new();
    let mut seen = Vec::new();
    parser
        .push(b"data: a\ndata: b", |event| {
            seen.push(event.data.to_owned());
        })
        .unwrap();
    assert!(seen.is_empty());
    parser.finish(|event| seen.push(event.data.to_owned()));
    assert_eq!(seen, ["a\nb"]);
}

#[test]
fn an_event_over_the_cap_is_an_error_however_it_is_cut() {
    for size in [1, 5, 100] {
        let mut parser = Parser::new().with_max_event_bytes(20);
        let stream = b"data: 0123456789\ndata: 0123456789\n\n";
        assert!(
            stream
                .chunks(size)
                .any(|chunk| parser.push(chunk, |_| {}).is_err()),
            "{size}"
        );
    }
}

proptest! {
    #[test]
    fn any_chunking_gives_the_same_events(
        lines in prop::collection::vec("(data|id|event|retry|)(: ?|)[a-zé😀\u{feff}]{0,6}", 0..12),
        ends in prop::collection::vec(prop::sample::select(vec!["\n", "\r", "\r\n", "\n\n", "\r\n\r\n"]), 12),
        cuts in prop::collection::vec(1..7_usize, 1..200),
    ) {
        let stream: String = lines.iter().zip(&ends).map(|(line, end)| format!("{line}{end}")).collect();
        let mut rest = stream.as_bytes();
        let mut chunks = Vec::new();
        for cut in cuts.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (chunk, tail) = rest.split_at((*cut).min(rest.len()));
            chunks.push(chunk);
            rest = tail;
        }
        prop_assert_eq!(events(chunks), events([stream.as_bytes()]));
    }
}

// ── Chat events ──────────────────────────────────────────────────────────────────────────────────

/// A stream of events with these data.
fn stream(data: &[&str]) -> String {
    data.iter()
        .map(|data| format!("data: {data}\n\n"))
        .collect()
}

fn read(data: &[&str]) -> (Vec<ChatEvent>, Result<(), Error>, Chat) {
    let mut chat = Chat::new();
    let mut events = Vec::new();
    let outcome = chat.push(stream(data).as_bytes(), &mut events);
    let outcome = outcome.and_then(|()| chat.finish(&mut events));
    (events, outcome, chat)
}

const WELL_BEHAVED: [&str; 7] = [
    r#"{"id":"c1","model":"kimi","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}"#,
    r#"{"id":"c1","choices":[{"index":0,"delta":{"reasoning_content":"Hm."}}]}"#,
    r#"{"id":"c1","choices":[{"index":0,"delta":{"content":"A "}}]}"#,
    r#"{"id":"c1","choices":[{"index":0,"delta":{"content":"shore."}}]}"#,
    r#"{"id":"c1","choices":[{"index":0,"delta":{},"finish_reason":"stop","usage":{"prompt_tokens":1,"completion_tokens":1}}]}"#,
    r#"{"id":"c1","choices":[],"usage":{"prompt_tokens":84,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":0}}}"#,
    "[DONE]",
];

fn text(text: &str) -> ChatEvent {
    ChatEvent::Text { text: text.into() }
}

#[test]
fn a_well_behaved_answer_gives_its_events_in_order() {
    let (events, outcome, chat) = read(&WELL_BEHAVED);
    outcome.unwrap();
    let usage = Usage {
        input_tokens: Some(84),
        output_tokens: Some(5),
        cached_input_tokens: Some(0),
        reasoning_tokens: None,
    };
    assert_eq!(
        events,
        [
            ChatEvent::Reasoning { text: "Hm.".into() },
            text("A "),
            text("shore."),
            ChatEvent::Finish {
                reason: "stop".into()
            },
            ChatEvent::Usage { usage },
        ]
    );
    let result = chat.result();
    assert_eq!((&*result.text, &*result.reasoning), ("A shore.", "Hm."));
    assert_eq!(
        (result.id.as_deref(), result.model.as_deref()),
        (Some("c1"), Some("kimi"))
    );
    assert_eq!(result.usage, Some(usage));
}

#[test]
fn usage_in_the_choice_counts_when_the_top_level_has_none() {
    let (_, outcome, chat) = read(&WELL_BEHAVED[..5]);
    outcome.unwrap();
    assert_eq!(chat.result().usage.unwrap().input_tokens, Some(1));
}

#[test]
fn an_end_without_done_is_fine_once_the_model_has_finished() {
    let (_, outcome, _) = read(&WELL_BEHAVED[..6]);
    outcome.unwrap();
}

#[test]
fn an_answer_that_breaks_off_is_an_error_and_keeps_its_text() {
    let (events, outcome, chat) = read(&WELL_BEHAVED[..4]);
    assert_eq!(outcome.unwrap_err().code(), Code::Stream);
    assert_eq!(events.len(), 3);
    assert_eq!(chat.result().text, "A shore.");
}

#[test]
fn what_comes_after_done_is_not_read() {
    let (events, outcome, _) = read(&["[DONE]", "no json"]);
    outcome.unwrap();
    assert!(events.is_empty());
}

#[test]
fn an_error_inside_the_stream_is_told_with_its_body_behind_the_text_before_it() {
    let fault = r#"{"error":{"message":"overloaded","code":529}}"#;
    let (events, outcome, _) = read(&[WELL_BEHAVED[2], fault]);
    assert_eq!(events, [text("A ")]);
    let Err(Error::Stream { message, body }) = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(message, "overloaded");
    assert!(body.unwrap().contains("529"));
}

#[test]
fn what_is_not_json_and_several_choices_are_said_clearly() {
    let (_, outcome, _) = read(&["<html>"]);
    assert!(
        outcome
            .unwrap_err()
            .to_string()
            .contains("not a chat completion")
    );
    let (_, outcome, _) = read(&[r#"{"choices":[{"index":1,"delta":{"content":"x"}}]}"#]);
    assert!(outcome.unwrap_err().to_string().contains("several choices"));
}

#[test]
fn tool_calls_without_an_index_are_told_apart_by_their_identifiers() {
    let call = |call: &str| format!(r#"{{"choices":[{{"delta":{{"tool_calls":[{call}]}}}}]}}"#);
    let chunks = [
        call(r#"{"id":"a","function":{"name":"f","arguments":"{"}}"#),
        call(r#"{"function":{"arguments":"}"}}"#),
        call(r#"{"id":"a","function":{"arguments":""}}"#),
        call(r#"{"id":"b","function":{"name":"g"}}"#),
    ];
    let (events, _, _) = read(&chunks.each_ref().map(String::as_str));
    let indexes: Vec<_> = events
        .iter()
        .map(|event| match event {
            ChatEvent::ToolCall { index, .. } => *index,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(indexes, [0, 0, 0, 1]);
}

#[test]
fn events_serialise_as_javascript_expects() {
    let event = ChatEvent::Retry {
        attempt: 1,
        wait_ms: 500,
        cause: "x".into(),
    };
    let json = serde_json::to_value(event).unwrap();
    assert_eq!(
        json,
        serde_json::json!({ "type": "retry", "attempt": 1, "waitMs": 500, "cause": "x" })
    );
}

// ── JSON of a chunk ──────────────────────────────────────────────────────────────────────────────

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e300..1e300).prop_map(|number: f64| Value::from(number)),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 20, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map("[ -~]{0,6}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn text_comes_through_whatever_stands_around_it(
        content in any::<String>(),
        before in any_json(),
        after in any_json(),
        pretty: bool,
    ) {
        let chunk = serde_json::json!({
            "a": before,
            "choices": [{ "aa": before, "delta": { "b": after, "content": content, "x": before }, "y": after }],
            "z": after,
        });
        let text = if pretty { serde_json::to_string_pretty(&chunk) } else { serde_json::to_string(&chunk) };
        let mut chat = Chat::new();
        let mut events = Vec::new();
        // In one piece, since lines of a pretty text would not be one event.
        chat.push(text.unwrap().as_bytes(), &mut events).unwrap();
        let outcome = chat.finish(&mut events);
        prop_assert_eq!(&chat.result().text, &content);
        prop_assert_eq!(outcome.is_ok(), !content.is_empty());
    }

    #[test]
    fn what_serde_takes_for_json_is_json_and_what_it_refuses_is_none(
        value in any_json(),
        at in any::<prop::sample::Index>(),
        byte in prop::sample::select(b"\"\\{}[],:0-+.eEntuf \x01\x7f".to_vec()),
        cut: bool,
    ) {
        let mut text = serde_json::json!({ "a": value, "choices": [] }).to_string().into_bytes();
        let at = at.index(text.len());
        if cut {
            text.truncate(at);
        } else {
            text[at] = byte;
        }
        let Ok(text) = String::from_utf8(text) else { return Ok(()) };
        let (_, outcome, _) = read(&[&text.replace(['\r', '\n'], " ")]);
        let refused = outcome.unwrap_err().to_string().contains("not a chat completion");
        let peer = serde_json::from_str::<std::collections::BTreeMap<String, Value>>(&text);
        // Of these tilewise takes what serde_json does not: halves of characters, and huge numbers.
        let lenient = text.contains("\\u") || peer.as_ref().is_err_and(|why| why.to_string().contains("out of range"));
        if !lenient && !text.trim().is_empty() {
            prop_assert_eq!(refused, peer.is_err(), "{}", text);
        }
    }
}

proptest! {
    #[test]
    fn events_are_written_as_serde_writes_them(texts in prop::collection::vec(any::<String>(), 0..5), control in "[\\x00-\\x20\"\\\\]{0,9}") {
        let mut events: Vec<_> = texts.into_iter().map(|text| ChatEvent::Text { text }).collect();
        events.push(ChatEvent::Reasoning { text: control });
        events.push(ChatEvent::Finish { reason: "stop".into() });
        let json: Value = serde_json::from_str(&to_json(&events)).unwrap();
        prop_assert_eq!(json, serde_json::to_value(&events).unwrap());
    }
}

#[test]
fn escapes_of_json_are_read_and_halves_of_characters_replaced() {
    let chunk = r#"{"choices":[{"delta":{"content":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00 \ud83d \ude00 \ud83d\u0041"}}]}"#;
    let (_, _, chat) = read(&[chunk]);
    assert_eq!(
        chat.result().text,
        "\"\\/\u{8}\u{c}\n\r\té😀 \u{fffd} \u{fffd} \u{fffd}A"
    );
}

#[test]
fn json_that_nests_for_ever_is_refused_and_overflows_no_stack() {
    for text in ["[".repeat(1_000_000), "{\"a\":".repeat(1_000_000)] {
        let (_, outcome, _) = read(&[&format!("{{\"a\":{text}")]);
        assert_eq!(outcome.unwrap_err().code(), Code::Stream);
    }
}

#[test]
fn text_in_parts_and_arguments_that_are_no_text_are_kept() {
    let (_, outcome, chat) = read(&[
        r#"{"choices":[{"delta":{"content":[{"type":"text","text":"A "},{"type":"text","text":"shore."}]}}]}"#,
        r#"{"choices":[{"delta":{"tool_calls":[{"id":"a","function":{"name":"f","arguments":{"x": 1}}}]},"finish_reason":"tool_calls"}]}"#,
    ]);
    outcome.unwrap();
    assert_eq!(chat.result().text, "A shore.");
    let (events, _, _) =
        read(&[r#"{"choices":[{"delta":{"tool_calls":[{"function":{"arguments":{"x": 1}}}]}}]}"#]);
    assert!(
        matches!(&events[0], ChatEvent::ToolCall { arguments, .. } if arguments == r#"{"x": 1}"#)
    );
    // What is neither text nor parts is not swallowed.
    let (_, outcome, _) = read(&[r#"{"choices":[{"delta":{"content":5}}]}"#]);
    assert!(
        outcome
            .unwrap_err()
            .to_string()
            .contains("not a chat completion")
    );
}

// ── Sessions ─────────────────────────────────────────────────────────────────────────────────────

#[derive(Clone)]
struct Script {
    status: u16,
    headers: Vec<(&'static str, &'static str)>,
    chunks: VecDeque<Result<Vec<u8>, Error>>,
}

impl Script {
    fn new(status: u16, content_type: &'static str, body: &str) -> Self {
        Self {
            status,
            headers: vec![("content-type", content_type)],
            chunks: body
                .as_bytes()
                .chunks(10)
                .map(|chunk| Ok(chunk.to_vec()))
                .collect(),
        }
    }

    fn streamed() -> Self {
        Self::new(200, "text/event-stream", &stream(&WELL_BEHAVED))
    }
}

impl Answer for Script {
    fn status(&self) -> u16 {
        self.status
    }

    fn header(&self, name: &str) -> Option<String> {
        self.headers
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| (*value).to_owned())
    }

    async fn chunk(&mut self) -> Result<Option<Vec<u8>>, Error> {
        self.chunks.pop_front().transpose()
    }
}

/// Gives its answers one after the other; its clock goes on by one with each look.
struct Scripted {
    answers: RefCell<VecDeque<Result<Script, Error>>>,
    clock: Cell<f64>,
    waits: RefCell<Vec<u32>>,
}

impl Endpoint for &Scripted {
    type Answer = Script;

    async fn send(&self) -> Result<Script, Error> {
        self.answers
            .borrow_mut()
            .pop_front()
            .expect("sent more often than expected")
    }

    async fn wait(&self, ms: u32) -> Result<(), Error> {
        self.waits.borrow_mut().push(ms);
        Ok(())
    }

    fn now_ms(&self) -> f64 {
        self.clock.set(self.clock.get() + 1.0);
        self.clock.get()
    }

    fn random(&self) -> f64 {
        0.0
    }
}

fn scripted<const N: usize>(answers: [Result<Script, Error>; N]) -> Scripted {
    Scripted {
        answers: RefCell::new(answers.into()),
        clock: Cell::new(0.0),
        waits: RefCell::default(),
    }
}

fn run(endpoint: &Scripted) -> (Vec<ChatEvent>, Result<(), Error>) {
    let mut session = Session::new(endpoint);
    pollster::block_on(async {
        let mut events = Vec::new();
        loop {
            match session.next().await {
                Ok(Some(event)) => events.push(event),
                Ok(None) => return (events, Ok(())),
                Err(error) => {
                    assert_eq!(session.next().await, Ok(None), "an error is told once");
                    return (events, Err(error));
                }
            }
        }
    })
}

#[test]
fn a_session_streams_and_takes_the_time() {
    let endpoint = scripted([Ok(Script::streamed())]);
    let mut session = Session::new(&endpoint);
    let count = pollster::block_on(async {
        let mut count = 0;
        while session.next().await.unwrap().is_some() {
            count += 1;
        }
        count
    });
    assert_eq!(count, 5);
    let result = session.result();
    assert_eq!(result.text, "A shore.");
    assert!(result.first_token_ms.unwrap() < result.total_ms);
}

#[test]
fn a_passing_failure_is_tried_again_and_said() {
    let busy = Script::new(503, "text/plain", "busy");
    let endpoint = scripted([
        Ok(busy),
        Err(Error::Network {
            message: "reset".into(),
        }),
        Ok(Script::streamed()),
    ]);
    let (events, outcome) = run(&endpoint);
    outcome.unwrap();
    assert!(
        matches!(
            &events[0],
            ChatEvent::Retry {
                attempt: 1,
                wait_ms: 250,
                ..
            }
        ),
        "{events:?}"
    );
    assert!(
        matches!(&events[1], ChatEvent::Retry { attempt: 2, wait_ms: 500, cause } if cause == "reset")
    );
    assert_eq!(*endpoint.waits.borrow(), [250, 500]);
}

#[test]
fn the_wait_that_the_endpoint_asks_for_is_kept() {
    let mut busy = Script::new(
        429,
        "application/json",
        r#"{"error":{"message":"slow down"}}"#,
    );
    busy.headers.push(("retry-after", "2"));
    let endpoint = scripted([Ok(busy), Ok(Script::streamed())]);
    run(&endpoint).1.unwrap();
    assert_eq!(*endpoint.waits.borrow(), [2000]);
}

#[test]
fn a_wait_longer_than_anyone_would_wait_is_left_to_the_caller() {
    let mut busy = Script::new(429, "application/json", "{}");
    busy.headers.push(("retry-after", "3600"));
    let (events, outcome) = run(&scripted([Ok(busy)]));
    assert!(events.is_empty());
    assert!(matches!(outcome, Err(Error::Http { status: 429, .. })));
}

#[test]
fn a_break_before_the_first_byte_is_tried_again() {
    let mut broken = Script::streamed();
    broken.chunks = [Err(Error::Network {
        message: "reset".into(),
    })]
    .into();
    let endpoint = scripted([Ok(broken), Ok(Script::streamed())]);
    let (events, outcome) = run(&endpoint);
    outcome.unwrap();
    assert!(matches!(&events[0], ChatEvent::Retry { attempt: 1, .. }));
}

#[test]
fn an_event_without_data_is_no_fault() {
    let (events, outcome, _) = read(&["", WELL_BEHAVED[3], WELL_BEHAVED[4]]);
    outcome.unwrap();
    assert_eq!(events[0], text("shore."));
}

#[test]
fn a_failure_that_stays_is_told_with_status_and_body() {
    let busy = || Ok(Script::new(500, "text/plain", "oh"));
    let endpoint = scripted([busy(), busy(), busy()]);
    let (events, outcome) = run(&endpoint);
    assert_eq!(events.len(), 2);
    assert!(matches!(outcome, Err(Error::Http { status: 500, body, .. }) if body == "oh"));
}

#[test]
fn a_refusal_is_not_tried_again() {
    let refusal = Script::new(
        401,
        "application/json",
        r#"{"error":{"message":"no such key"}}"#,
    );
    let (events, outcome) = run(&scripted([Ok(refusal)]));
    assert!(events.is_empty());
    assert!(
        matches!(outcome, Err(Error::Http { status: 401, message, .. }) if message == "no such key")
    );
}

#[test]
fn a_break_after_the_first_byte_is_not_tried_again() {
    let mut broken = Script::streamed();
    broken.chunks.truncate(30);
    broken.chunks.push_back(Err(Error::Network {
        message: "reset".into(),
    }));
    let (events, outcome) = run(&scripted([Ok(broken)]));
    assert!(!events.is_empty());
    assert_eq!(outcome.unwrap_err().code(), Code::Network);
}

const WHOLE: &str = r#"{"id":"c1","choices":[{"message":{"content":"A shore.","reasoning_content":"Hm."},"finish_reason":"stop"}],"usage":{"prompt_tokens":84,"completion_tokens":5}}"#;

#[test]
fn an_answer_in_one_piece_gives_the_same_events_whatever_its_type_is_called() {
    for content_type in ["application/json", "text/event-stream", "text/plain", ""] {
        let (events, outcome) = run(&scripted([Ok(Script::new(200, content_type, WHOLE))]));
        outcome.unwrap();
        assert_eq!(
            events[..2],
            [
                ChatEvent::Reasoning { text: "Hm.".into() },
                text("A shore.")
            ],
            "{content_type}"
        );
        assert!(matches!(events[3], ChatEvent::Usage { .. }));
    }
}

#[test]
fn a_stream_is_read_whatever_its_type_is_called() {
    for content_type in [
        "application/json",
        "text/html",
        "application/octet-stream",
        "",
    ] {
        let script = Script::new(200, content_type, &stream(&WELL_BEHAVED));
        let (events, outcome) = run(&scripted([Ok(script)]));
        outcome.unwrap();
        assert_eq!(events.len(), 5, "{content_type}");
    }
}

#[test]
fn a_web_page_is_not_taken_for_an_answer() {
    for content_type in ["text/html; charset=utf-8", "text/event-stream"] {
        let page = "\u{feff}\r\n<!doctype html><title>Sign in</title>";
        let (_, outcome) = run(&scripted([Ok(Script::new(200, content_type, page))]));
        let Err(Error::Stream { message, body }) = outcome else {
            panic!("{outcome:?}");
        };
        assert!(message.contains("web page"));
        assert!(body.unwrap().contains("Sign in"));
    }
}

#[test]
fn an_answer_in_one_piece_without_anything_in_it_is_an_error_with_what_came() {
    for json in ["{}", r#"{"id":"c1"}"#, r#"{"choices":[]}"#] {
        let (events, outcome) = run(&scripted([Ok(Script::new(200, "application/json", json))]));
        assert!(events.is_empty());
        assert!(
            matches!(&outcome, Err(Error::Stream { body: Some(body), .. }) if body == json),
            "{json}: {outcome:?}"
        );
    }
}

#[test]
fn an_error_with_status_200_is_told_in_its_own_words() {
    for json in [
        r#"{"error":{"message":"no room"}}"#,
        r#"{"error":"no room"}"#,
        r#"{"detail":"no room"}"#,
        r#"{"message":"no room"}"#,
    ] {
        for body in [
            json.to_owned(),
            stream(&[json]),
            format!("event: error\n{}", stream(&[json])),
        ] {
            let (_, outcome) = run(&scripted([Ok(Script::new(200, "application/json", &body))]));
            assert!(
                matches!(&outcome, Err(Error::Stream { message, .. }) if message == "no room"),
                "{body}: {outcome:?}"
            );
        }
    }
}

#[test]
fn an_event_named_error_is_one_even_if_it_is_no_json() {
    let (_, outcome) = run(&scripted([Ok(Script::new(
        200,
        "text/event-stream",
        "event: error\ndata: out of memory\n\n",
    ))]));
    assert!(matches!(outcome, Err(Error::Stream { message, .. }) if message == "out of memory"));
}

#[test]
fn what_stands_before_an_answer_in_one_piece_is_nothing_however_it_is_cut() {
    let whole = format!("\u{feff} \r\n{WHOLE}");
    for size in [1, 2, 4, 7, whole.len()] {
        let mut chat = Chat::new();
        let mut events = Vec::new();
        for piece in whole.as_bytes().chunks(size) {
            chat.push(piece, &mut events).unwrap();
        }
        chat.finish(&mut events).unwrap();
        assert_eq!(chat.result().text, "A shore.", "{size}");
    }
    let refused = |pieces: &[&[u8]]| {
        let mut chat = Chat::new();
        let mut events = Vec::new();
        let pushed = pieces
            .iter()
            .try_for_each(|piece| chat.push(piece, &mut events));
        pushed
            .and_then(|()| chat.finish(&mut events))
            .unwrap_err()
            .to_string()
    };
    assert_eq!(refused(&[b" {\n "]), refused(&[b" ", b"{", b"\n", b" "]));
}

#[test]
fn an_answer_that_goes_on_for_ever_in_one_piece_is_given_up() {
    let mut chat = Chat::new();
    let mut events = Vec::new();
    let piece = [b'{'; 1 << 20];
    let outcome = (0..17).try_for_each(|_| chat.push(&piece, &mut events));
    assert!(outcome.unwrap_err().to_string().contains("longer than"));
    let mut chat = Chat::new();
    let outcome = (0..2).try_for_each(|_| chat.push(&[b'<'; 40_000], &mut events));
    assert!(outcome.unwrap_err().to_string().contains("web page"));
}

#[test]
fn the_bill_in_a_choice_is_kept_when_the_answer_breaks_off_behind_it() {
    let mut broken = Script::new(200, "text/event-stream", &stream(&WELL_BEHAVED[..5]));
    broken.chunks.push_back(Err(Error::Aborted));
    let endpoint = scripted([Ok(broken)]);
    let mut session = Session::new(&endpoint);
    pollster::block_on(async { while let Ok(Some(_)) = session.next().await {} });
    assert_eq!(session.result().usage.unwrap().input_tokens, Some(1));
}

#[test]
fn the_wait_may_be_asked_for_as_a_date_by_the_clock_of_the_server_if_it_tells() {
    let waits = |headers: &[(&'static str, &'static str)]| {
        let mut busy = Script::new(503, "text/plain", "");
        busy.headers.extend(headers);
        let endpoint = scripted([Ok(busy), Ok(Script::streamed())]);
        endpoint.clock.set(1_445_412_475_000.0);
        run(&endpoint).1.unwrap();
        endpoint.waits.take()
    };
    // 2015-10-21 07:27:55 by this clock.
    let then = ("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT");
    let [wait] = waits(&[then])[..] else { panic!() };
    assert!((4_000..=5_000).contains(&wait), "{wait}");
    assert_eq!(
        waits(&[then, ("date", "Wed, 21 Oct 2015 07:27:50 GMT")]),
        [10_000]
    );
    assert_eq!(
        waits(&[("retry-after", "Fri, 21 Oct 2005 07:28:00 GMT")]),
        [0]
    );
    assert_eq!(waits(&[("retry-after", "soon")]), [250]);
}

#[test]
fn every_status_that_may_pass_is_tried_again_and_no_other() {
    for status in 300..600_u16 {
        let answer = || Ok(Script::new(status, "text/plain", ""));
        let (events, outcome) = run(&scripted([answer(), answer(), answer()]));
        let passes = matches!(status, 408 | 409 | 429) || status >= 500;
        assert_eq!(events.len(), if passes { 2 } else { 0 }, "{status}");
        assert!(matches!(outcome, Err(Error::Http { status: told, .. }) if told == status));
    }
}

#[test]
fn what_comes_in_one_piece_is_fetched_as_often_as_retries_allow() {
    let fetch = |answers: [Result<Script, Error>; 3], most| {
        let endpoint = scripted(answers);
        let outcome = pollster::block_on(Session::new(&endpoint).text(most));
        (outcome, endpoint.waits.take())
    };
    let busy = || Ok(Script::new(503, "text/plain", ""));
    let list = || Ok(Script::new(200, "application/json", "{\"data\":[]}"));
    let mut broken = Script::new(200, "application/json", "{\"data\":[]}");
    broken.chunks[1] = Err(Error::Network {
        message: "reset".into(),
    });

    let (outcome, waits) = fetch([busy(), Ok(broken), list()], 100);
    assert_eq!(
        (outcome.as_deref(), waits),
        (Ok("{\"data\":[]}"), vec![250, 500])
    );
    let (outcome, _) = fetch([busy(), busy(), busy()], 100);
    assert!(matches!(outcome, Err(Error::Http { status: 503, .. })));
    let (outcome, _) = fetch([list(), list(), list()], 8);
    assert_eq!(outcome.as_deref(), Ok("{\"data\":"));
}
