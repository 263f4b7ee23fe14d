use proptest::prelude::*;
use serde_json::Value;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future;
use std::rc::Rc;
use tilewise::error::{Error, ErrorCode};
use tilewise::stream::ChatEvent;
use tilewise::stream::Usage;
use tilewise::stream::chat::Chat;
use tilewise::stream::exchange::{Exchange, ExchangeStep};
use tilewise::stream::session::{Answer, Endpoint, Session};
use tilewise::stream::sse::{Event, Parser};
use tilewise::stream::to_json;

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
fn cache_hits_count_by_each_name_that_endpoints_give_them() {
    for (usage, cached) in [
        (
            r#""prompt_cache_hit_tokens":90,"prompt_cache_miss_tokens":10"#,
            90,
        ),
        (r#""cached_tokens":80"#, 80),
        (
            r#""prompt_cache_hit_tokens":1,"prompt_tokens_details":{"cached_tokens":70}"#,
            70,
        ),
    ] {
        let chunk = format!(r#"{{"choices":[],"usage":{{"prompt_tokens":100,{usage}}}}}"#);
        let (_, outcome, chat) = read(&[WELL_BEHAVED[2], WELL_BEHAVED[4], &chunk]);
        outcome.unwrap();
        assert_eq!(
            chat.result().usage.unwrap().cached_input_tokens,
            Some(cached)
        );
    }
}

#[test]
fn reasoning_that_is_counted_beside_the_output_is_a_part_of_it() {
    let output = |usage: &str| {
        let chunk = format!(r#"{{"choices":[],"usage":{{{usage}}}}}"#);
        let (_, outcome, chat) = read(&[WELL_BEHAVED[2], WELL_BEHAVED[4], &chunk]);
        outcome.unwrap();
        chat.result().usage.unwrap().output_tokens
    };
    let reasoning = r#""completion_tokens_details":{"reasoning_tokens":94}"#;
    let bill = |completion: u64, total: u64| {
        output(&format!(
            r#""prompt_tokens":32,"completion_tokens":{completion},"total_tokens":{total},{reasoning}"#
        ))
    };
    assert_eq!(bill(9, 135), Some(103));
    assert_eq!(bill(103, 135), Some(103));
    assert_eq!(bill(103, 0), Some(103));
    let none = r#""prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"reasoning_tokens":0"#;
    assert_eq!(output(none), Some(2));
}

#[test]
fn a_function_call_as_it_was_before_tools_is_a_tool_call() {
    let delta = |call: &str| format!(r#"{{"choices":[{{"delta":{{"function_call":{call}}}}}]}}"#);
    let chunks = [
        delta(r#"{"name":"f","arguments":""}"#),
        delta(r#"{"arguments":"{\"a\":1}"}"#),
        r#"{"choices":[{"delta":{"function_call":null},"finish_reason":"function_call"}]}"#
            .to_owned(),
    ];
    let (events, outcome, _) = read(&chunks.each_ref().map(String::as_str));
    outcome.unwrap();
    let calls: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            ChatEvent::ToolCall {
                index,
                name,
                arguments,
                ..
            } => Some((*index, name.as_deref(), &**arguments)),
            _ => None,
        })
        .collect();
    assert_eq!(calls, [(0, Some("f"), ""), (0, None, r#"{"a":1}"#)]);
}

#[test]
fn an_end_without_done_is_fine_once_the_model_has_finished() {
    let (_, outcome, _) = read(&WELL_BEHAVED[..6]);
    outcome.unwrap();
}

#[test]
fn an_answer_that_breaks_off_is_an_error_and_keeps_its_text() {
    let (events, outcome, chat) = read(&WELL_BEHAVED[..4]);
    assert_eq!(outcome.unwrap_err().code(), ErrorCode::Stream);
    assert_eq!(events.len(), 3);
    assert_eq!(chat.result().text, "A shore.");
}

#[test]
fn what_comes_after_done_is_not_read() {
    let (events, outcome, _) = read(&[WELL_BEHAVED[3], "[DONE]", "{no json", WELL_BEHAVED[3]]);
    outcome.unwrap();
    assert_eq!(events, [text("shore.")]);
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
fn damaged_json_and_several_choices_are_said_clearly() {
    let (_, outcome, _) = read(&[r#"{"choices":[{"delta":{"content":"half"#]);
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

// ── What endpoints send beside an answer, or in its place ────────────────────────────────────────

const HALF: &str = r#"{"choices":[{"index":0,"delta":{"content":"half"}}]}"#;
const REST: &str = r#"{"choices":[{"index":0,"delta":{"content":" and rest"}}]}"#;
const STOP: &str = r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#;
const BILL: &str = r#"{"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2}}"#;

/// Reads a stream as it lies on the wire, in one piece and byte by byte, which must come to the same.
fn read_wire(wire: &str) -> (Vec<ChatEvent>, Result<(), Error>, Chat) {
    let read = |size: usize| {
        let mut chat = Chat::new();
        let mut events = Vec::new();
        let mut pieces = wire.as_bytes().chunks(size);
        let outcome = pieces.try_for_each(|piece| {
            if chat.is_done() {
                Ok(())
            } else {
                chat.push(piece, &mut events)
            }
        });
        let outcome = outcome.and_then(|()| chat.finish(&mut events));
        (events, outcome, chat)
    };
    let whole = read(wire.len().max(1));
    let bytewise = read(1);
    assert_eq!(bytewise.0, whole.0, "{wire}");
    assert_eq!(bytewise.1, whole.1, "{wire}");
    assert_eq!(bytewise.2.result(), whole.2.result(), "{wire}");
    whole
}

/// The message and the body of an error of the stream.
fn fault_of(outcome: Result<(), Error>) -> (String, String) {
    match outcome {
        Err(Error::Stream { message, body }) => (message, body.unwrap_or_default()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn heartbeats_of_any_kind_between_two_pieces_are_passed_over() {
    for beat in [
        "data: null",
        "data: 5",
        "data: true",
        "data: \"\"",
        "data: \"ping\"",
        "data: []",
        "data: [1,2]",
        "data: : PROCESSING",
        "data: keep-alive",
        "data: {}",
        "data: {\"type\":\"ping\"}",
        "data: {\"status\":\"processing\",\"message\":\"Searching\"}",
        "data: {\"choices\":null}",
        "data: {\"id\":\"\",\"choices\":[null]}",
        "data: {\"choices\":[{\"delta\":null}]}",
        "data: {\"choices\":[{\"delta\":[]}]}",
        "data: {\"choices\":[],\"error\":null}",
        "data: {\"choices\":[],\"error\":\"\"}",
        "data: {\"choices\":[],\"error\":{\"code\":0,\"message\":\"\"}}",
        "data: {\"choices\":[],\"base_resp\":{\"status_code\":0,\"status_msg\":\"ok\"}}",
        "event: ping\ndata: 2026-01-01 08:40:33",
        "event: ping\ndata: \"\"",
        "event: ping\ndata: {\"type\":\"ping\"}",
        "event: ping\ndata: {",
        "event: keep-alive\ndata:",
        "event: message\ndata: null",
        "event: progress\ndata: {\"tool\":\"search\",\"message\":\"Searching\"}",
        "event: progress\ndata: {\"code\":500,\"message\":\"files left\"}",
        "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{}}",
        ": comment",
    ] {
        let wire = format!(
            "{}{beat}\n\n{}data: [DONE]\n\n",
            stream(&[HALF]),
            stream(&[REST, STOP])
        );
        let (events, outcome, chat) = read_wire(&wire);
        outcome.unwrap_or_else(|error| panic!("{beat}: {error}"));
        assert_eq!(chat.result().text, "half and rest", "{beat}");
        assert_eq!(events.len(), 3, "{beat}");
    }
}

#[test]
fn chunks_under_a_name_of_the_endpoints_own_are_read() {
    let wire = stream(&[HALF, REST, STOP, BILL]).replace("data:", "event: chunk\ndata:");
    let (events, outcome, chat) = read_wire(&wire);
    outcome.unwrap();
    assert_eq!(chat.result().text, "half and rest");
    assert!(matches!(events[3], ChatEvent::Usage { .. }));
    // A damaged one is not passed over: a piece of the answer would be missing.
    let damaged = wire.replacen("half\"}", "half", 1);
    assert!(
        read_wire(&damaged)
            .1
            .unwrap_err()
            .to_string()
            .contains("no JSON")
    );
}

#[test]
fn errors_of_any_shape_are_told_in_the_endpoints_words_behind_the_text_before_them() {
    for (fault, words) in [
        (r#"{"error":"no room"}"#, "no room"),
        (r#"{"error":{"message":"no room"}}"#, "no room"),
        (r#"{"error":["no room"]}"#, "no room"),
        (r#"{"error":true,"message":"no room"}"#, "no room"),
        (r#"{"error":{"code":1}}"#, "the endpoint reported an error"),
        (r#"{"detail":"no room"}"#, "no room"),
        (
            r#"{"detail":[{"loc":["body"],"msg":"no room"}]}"#,
            "no room",
        ),
        (r#"{"message":"no room","code":429}"#, "no room"),
        (r#"{"message":"no room","code":"busy"}"#, "no room"),
        (r#"{"statusCode":500,"message":"no room"}"#, "no room"),
        (r#"{"error_code":18,"error_msg":"no room"}"#, "no room"),
        (
            r#"{"success":false,"errors":[{"code":7,"message":"no room"}]}"#,
            "no room",
        ),
        (r#"{"object":"error","message":"no room"}"#, "no room"),
        (
            r#"{"type":"error","error":{"type":"overloaded_error","message":"no room"}}"#,
            "no room",
        ),
        (
            r#"{"choices":null,"base_resp":{"status_code":1004,"status_msg":"no room"}}"#,
            "no room",
        ),
        (
            r#"{"choices":[{"delta":{},"finish_reason":"error","error":{"code":502,"message":"no room"}}]}"#,
            "no room",
        ),
        (r#"{"choices":[{"delta":{},"error":"no room"}]}"#, "no room"),
        (
            r#"{"message":"no room","choices":[{"delta":{},"error":true}]}"#,
            "no room",
        ),
        (
            r#"{"choices":[{"delta":{},"finish_reason":"error"}]}"#,
            "the endpoint reported an error",
        ),
    ] {
        for end in ["", "data: [DONE]\n\n"] {
            let wire = stream(&[HALF, fault]) + end;
            let (events, outcome, chat) = read_wire(&wire);
            assert_eq!(events, [text("half")], "{fault}");
            assert_eq!(chat.result().finish_reason, None, "{fault}");
            let (message, body) = fault_of(outcome);
            assert_eq!(message, words, "{fault}");
            assert!(!body.is_empty() && fault.contains(&body), "{fault}: {body}");
        }
    }
}

#[test]
fn an_event_that_is_named_an_error_is_one_whatever_it_holds() {
    for (event, words) in [
        ("event: error\ndata: out of memory", "out of memory"),
        ("event: error\ndata: \"out of memory\"", "out of memory"),
        (
            "event: response.error\ndata: {\"message\":\"out of memory\"}",
            "out of memory",
        ),
        ("event: error\ndata: null", "the endpoint reported an error"),
        ("event: error\ndata:", "the endpoint reported an error"),
        (
            "event: trouble\ndata: {\"type\":\"error\",\"message\":\"out of memory\"}",
            "out of memory",
        ),
        (
            "event: trouble\ndata: {\"error\":\"out of memory\"}",
            "out of memory",
        ),
    ] {
        let (_, outcome, chat) = read_wire(&format!("{}{event}\n\n", stream(&[HALF])));
        assert_eq!(fault_of(outcome).0, words, "{event}");
        assert_eq!(chat.result().text, "half");
    }
}

#[test]
fn what_a_chunk_says_beside_its_error_is_kept() {
    let fault = r#"{"choices":[{"delta":{"content":" more"},"finish_reason":"stop"}],"usage":{"prompt_tokens":5},"error":{"message":"gone"}}"#;
    let (_, outcome, chat) = read_wire(&stream(&[HALF, fault]));
    assert_eq!(fault_of(outcome).0, "gone");
    let result = chat.result();
    assert_eq!(result.text, "half more");
    assert_eq!(result.usage.unwrap().input_tokens, Some(5));
    assert_eq!(result.finish_reason, None);
}

#[test]
fn nothing_behind_the_bill_makes_a_finished_answer_void() {
    for behind in [
        "data: {\"error\":\"gone\"}\n\n",
        "data: {\"choi\n\n",
        "event: error\ndata: gone\n\n",
        "data: {\"message\":\"bye\"}\n\n",
    ] {
        let (_, outcome, chat) = read_wire(&(stream(&[HALF, STOP, BILL]) + behind));
        outcome.unwrap_or_else(|error| panic!("{behind}: {error}"));
        assert_eq!(chat.result().text, "half");
    }
}

#[test]
fn in_place_of_an_answer_anything_is_an_error_with_all_that_came() {
    for (wire, words) in [
        ("data: [DONE]\n\n", "nothing that a model said"),
        (": hello\n\ndata: [DONE]\n\n", "nothing that a model said"),
        (
            "data: {\"choices\":[]}\n\ndata: [DONE]\n\n",
            "nothing that a model said",
        ),
        (
            "upstream connect error",
            "not a chat completion: upstream connect error",
        ),
        (
            "Internal Server Error\n",
            "not a chat completion: Internal Server Error",
        ),
        (
            "data: busy\n\ndata: [DONE]\n\n",
            "not a chat completion: busy",
        ),
        ("data: null\n\n", "not a chat completion"),
        (
            "event: message_start\ndata: {\"type\":\"message_start\"}\n\nevent: message_stop\ndata: {}\n\n",
            "not a chat completion",
        ),
        (
            "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"hi\"}]}}]}\n\n",
            "not a chat completion",
        ),
        (
            "event: progress\ndata: {\"message\":\"no room\"}\n\n",
            "not a chat completion: no room",
        ),
        ("\"no room\"", "not a chat completion: no room"),
    ] {
        let (events, outcome, _) = read_wire(wire);
        assert!(events.is_empty());
        let (message, body) = fault_of(outcome);
        assert!(message.ends_with(words), "{wire}: {message}");
        assert_eq!(body, wire);
    }
    // An account in one piece that is a list, or is more than one line.
    for whole in [
        "[{\"error\":{\"code\":400,\"message\":\"no room\"}}]",
        "{\"base_resp\":{\"status_code\":2013,\"status_msg\":\"no room\"}}",
    ] {
        assert_eq!(fault_of(read_wire(whole).1).0, "no room");
    }
    assert!(
        read_wire("")
            .1
            .unwrap_err()
            .to_string()
            .contains("broke off")
    );
}

#[test]
fn what_came_before_a_stream_that_says_nothing_is_kept_up_to_a_cap() {
    let beats = "data: null\n\n".repeat(10_000);
    let (_, body) = fault_of(read_wire(&beats).1);
    assert_eq!(body.len(), 64 * 1024);
}

#[test]
fn a_finish_reason_that_is_no_reason_is_none() {
    for none in ["null", "\"\"", "\"null\"", "0", "false"] {
        let half = HALF.replace("}}]}", &format!("}},\"finish_reason\":{none}}}]}}"));
        let (events, outcome, chat) = read_wire(&stream(&[&half]));
        assert_eq!(events, [text("half")], "{half}");
        assert!(outcome.unwrap_err().to_string().contains("broke off"));
        assert_eq!(chat.result().finish_reason, None);
        let (_, outcome, chat) = read_wire(&stream(&[&half, &STOP.replace("stop", "length")]));
        outcome.unwrap();
        assert_eq!(chat.result().finish_reason.as_deref(), Some("length"));
    }
}

#[test]
fn events_without_a_blank_line_between_them_are_read_line_by_line() {
    let wire = format!("data: {HALF}\ndata: {REST}\ndata: {STOP}\ndata: {BILL}\ndata: [DONE]\n");
    let (_, outcome, chat) = read_wire(&wire);
    outcome.unwrap();
    assert_eq!(chat.result().text, "half and rest");
    assert!(chat.result().usage.is_some());
    let cut = &wire[..wire.find("rest").unwrap()];
    let (events, outcome, _) = read_wire(cut);
    assert_eq!(events, [text("half")]);
    assert!(outcome.unwrap_err().to_string().contains("broke off"));
    // The same without fields of events.
    let (_, outcome, chat) = read_wire(&format!("{HALF}\n{REST}\n{STOP}\n"));
    outcome.unwrap();
    assert_eq!(chat.result().text, "half and rest");
    assert!(read_wire(&format!("{HALF}\n{REST}\n")).1.is_err());
}

#[test]
fn names_that_are_empty_are_none_and_those_that_come_later_count() {
    let (_, outcome, chat) = read_wire(&stream(&[
        r#"{"id":"","model":"","choices":[]}"#,
        r#"{"id":null,"choices":[]}"#,
        r#"{"id":"real","model":"m","choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}"#,
        r#"{"id":"other","model":"n","choices":[]}"#,
    ]));
    outcome.unwrap();
    let result = chat.result();
    assert_eq!(
        (result.id.as_deref(), result.model.as_deref()),
        (Some("real"), Some("m"))
    );
    let (_, _, chat) = read_wire(&stream(&[
        r#"{"id":"","model":"","choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}"#,
    ]));
    assert_eq!(
        (chat.result().id.clone(), chat.result().model.clone()),
        (None, None)
    );
}

#[test]
fn reasoning_is_heard_by_each_of_its_names_and_in_parts() {
    for (delta, reasoning, said) in [
        (r#"{"reasoning_content":"","reasoning":"hm"}"#, "hm", ""),
        (r#"{"reasoning":"","reasoning_content":"hm"}"#, "hm", ""),
        (r#"{"reasoning":"hm","reasoning_content":"hm"}"#, "hm", ""),
        (
            r#"{"reasoning":null,"reasoning_content":"hm","content":null}"#,
            "hm",
            "",
        ),
        (
            r#"{"content":[{"type":"thinking","thinking":[{"type":"text","text":"h"},{"type":"text","text":"m"}]}]}"#,
            "hm",
            "",
        ),
        (
            r#"{"content":[{"type":"thinking","thinking":"hm"},{"type":"text","text":"yes"}]}"#,
            "hm",
            "yes",
        ),
        (
            r#"{"content":[{"text":"hm","type":"reasoning"},"y",null,{"text":"es"}]}"#,
            "hm",
            "yes",
        ),
        (
            r#"{"content":[{"type":"thinking","thinking":"hm"}],"reasoning_content":"hm"}"#,
            "hm",
            "",
        ),
        (
            r#"{"content":{"type":"text","text":"yes"},"reasoning":{"effort":"low"}}"#,
            "",
            "yes",
        ),
        (
            r#"{"content":[{"type":"refusal","refusal":"no"}]}"#,
            "",
            "no",
        ),
    ] {
        let chunk = format!(r#"{{"choices":[{{"delta":{delta}}}]}}"#);
        let (_, outcome, chat) = read_wire(&stream(&[&chunk, STOP]));
        outcome.unwrap();
        assert_eq!(chat.result().reasoning, reasoning, "{delta}");
        assert_eq!(chat.result().text, said, "{delta}");
    }
}

#[test]
fn a_message_beside_deltas_says_the_same_again_and_is_passed_over() {
    let both = |delta: &str, message: &str| {
        [
            format!(
                r#"{{"choices":[{{"delta":{{"content":"{delta}"}},"message":{{"content":"{message}"}}}}]}}"#
            ),
            format!(
                r#"{{"choices":[{{"message":{{"content":"{message}"}},"delta":{{"content":"{delta}"}}}}]}}"#
            ),
        ]
    };
    let all = r#"{"choices":[{"message":{"content":"Hello"},"finish_reason":"stop"}]}"#;
    for order in 0..2 {
        let chunks = [
            &both("Hel", "Hel")[order],
            &both("lo", "Hello")[order],
            &both("", "Hello")[order],
            all,
        ];
        let (events, outcome, chat) = read_wire(&stream(&chunks));
        outcome.unwrap();
        assert_eq!(chat.result().text, "Hello");
        assert_eq!(events.len(), 3);
    }
    // Where no delta is, the message is the answer.
    let (_, _, chat) = read_wire(&stream(&[
        r#"{"choices":[{"delta":null,"message":{"content":"Hello"}}]}"#,
        STOP,
    ]));
    assert_eq!(chat.result().text, "Hello");
}

#[test]
fn a_pair_of_surrogates_in_two_chunks_is_one_character() {
    let delta = |delta: &str| format!(r#"{{"choices":[{{"delta":{delta}}}]}}"#);
    let said = |name: &str, pieces: &[&str]| {
        let chunks: Vec<_> = pieces
            .iter()
            .map(|piece| delta(&format!(r#"{{"{name}":"{piece}"}}"#)))
            .collect();
        let mut chunks: Vec<_> = chunks.iter().map(String::as_str).collect();
        chunks.push(STOP);
        let (events, outcome, chat) = read_wire(&stream(&chunks));
        outcome.unwrap();
        assert!(events.iter().all(|event| *event != text("")));
        chat.result().text.clone() + &chat.result().reasoning
    };
    for name in ["content", "reasoning", "refusal"] {
        assert_eq!(said(name, &[r"a\ud83d", r"\ude00b"]), "a😀b");
        assert_eq!(
            said(name, &[r"\ud83d", "", r"\ude00\ud83d", r"\ude01"]),
            "😀😁"
        );
        // What is no pair is none.
        assert_eq!(said(name, &[r"\ud83d", "b"]), "\u{fffd}b");
        assert_eq!(said(name, &[r"a\ud83d"]), "a\u{fffd}");
        assert_eq!(said(name, &["a", r"\ude00"]), "a\u{fffd}");
        assert_eq!(said(name, &[r"\ud83d", r"\ud83d", r"\ude00"]), "\u{fffd}😀");
        assert_eq!(said(name, &[r"\\ud83d", r"\\ude00"]), r"\ud83d\ude00");
        assert_eq!(said(name, &["\u{fffd}", r"\ude00"]), "\u{fffd}\u{fffd}");
    }
    // Each in its own text, and in parts.
    let (_, _, chat) = read_wire(&stream(&[
        &delta(r#"{"content":"\ud83d"}"#),
        &delta(r#"{"reasoning":"\ud83d"}"#),
        &delta(r#"{"content":[{"text":"\ude00\ud83d"},{"text":"\ude01"}]}"#),
        &delta(r#"{"reasoning":"\ude02"}"#),
        STOP,
    ]));
    assert_eq!(
        (&*chat.result().text, &*chat.result().reasoning),
        ("😀😁", "😂")
    );
}

#[test]
fn a_chunk_says_the_same_behind_one_that_is_nearly_the_same() {
    let choice = |delta: &str, rest: &str| {
        format!(r#"{{"id":"1","choices":[{{"index":0,"delta":{{{delta}}},{rest}}}]}}"#)
    };
    let open = r#""finish_reason":null"#;
    let mut chunks: Vec<String> = [
        r#""content":"a""#,
        r#""content":"""#,
        r#""content":"b \"c\"\n\u00fc\u8857""#,
        // The same text as what stands behind it.
        r#""content":"\"},\"finish_reason\":null}]}""#,
        r#""content":"\ud83d""#,
        r#""content":"\udc4d""#,
        r#""content":null"#,
        r#""content":1"#,
        r#""content":"a","content":"d""#,
        r#""content":["e"]"#,
        r#""content":[{"type":"text","text":"f"}]"#,
        r#""content":[{"type":"thinking","text":"g"}]"#,
        r#""reasoning_content":"h""#,
        r#""reasoning_content":"""#,
        r#""reasoning_content":"i","content":"""#,
        r#""reasoning_content":"","content":"j""#,
        r#""reasoning_content":"k","content":"l""#,
        r#""reasoning_content":"m","reasoning":"m""#,
        r#""reasoning":"n""#,
        r#""content":"o","refusal":"p""#,
        r#""content":"q","tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":"{}"}}]"#,
    ]
    .map(|delta| choice(delta, open))
    .into();
    let said = r#""content":"r""#;
    chunks.push(choice(said, r#""finish_reason":"stop""#));
    chunks.push(choice(
        said,
        r#""finish_reason":null,"usage":{"prompt_tokens":3,"completion_tokens":1}"#,
    ));
    let first = choice(said, open);
    chunks.push(first.replace(
        "\"id\":\"1\"",
        "\"id\":\"1\",\"usage\":{\"prompt_tokens\":4}",
    ));
    chunks.push(first.replace("\"index\":0", "\"index\":1"));
    chunks.push(first.replace("]}", "],\"error\":{\"message\":\"s\"}}"));
    chunks.push(first.replace("]}", "]} "));
    chunks.push(first.replace("]}", "]"));
    chunks.push(first.replace("\"r\"", "\"\u{1}\""));
    chunks.push(first.replace("\"delta\"", "\"message\""));

    // It says nothing, and is nearly the same as none of them.
    let between = r#"{"choices":[]}"#;
    for before in &chunks {
        for chunk in &chunks {
            let (events, outcome, chat) = read(&[before, chunk, chunk, before]);
            let apart = [before, between, chunk, between, chunk, between, before];
            let (events_apart, outcome_apart, chat_apart) = read(&apart);
            assert_eq!(events, events_apart, "{before} {chunk}");
            // All that came stands in an error's body, and so what was put between.
            let message = |error: Error| error.to_string();
            let outcomes = [outcome, outcome_apart].map(|outcome| outcome.map_err(message));
            assert_eq!(outcomes[0], outcomes[1], "{before} {chunk}");
            assert_eq!(chat.result(), chat_apart.result(), "{before} {chunk}");
        }
    }
}

#[test]
fn tokens_of_reasoning_beside_the_others_are_read_and_a_bill_of_nothing_is_none() {
    let usage = |usage: &str| {
        let chunk = format!(r#"{{"choices":[],"usage":{usage}}}"#);
        let (_, outcome, chat) = read_wire(&stream(&[HALF, STOP, &chunk]));
        outcome.unwrap();
        chat.result().usage
    };
    assert_eq!(
        usage(r#"{"prompt_tokens":5,"reasoning_tokens":7}"#)
            .unwrap()
            .reasoning_tokens,
        Some(7)
    );
    let both = r#"{"reasoning_tokens":7,"completion_tokens_details":{"reasoning_tokens":8}}"#;
    assert_eq!(usage(both).unwrap().reasoning_tokens, Some(8));
    for none in ["{}", "[]", "null", r#"{"prompt_tokens":null}"#] {
        assert_eq!(usage(none), None, "{none}");
    }
}

/// The calls that pieces come to: of each its number, identifier, name and arguments.
fn calls(chunks: &[&[&str]]) -> Vec<(u64, String, String, String)> {
    let chunks: Vec<_> = chunks
        .iter()
        .map(|pieces| {
            format!(
                r#"{{"choices":[{{"delta":{{"tool_calls":[{}]}}}}]}}"#,
                pieces.join(",")
            )
        })
        .collect();
    let mut chunks: Vec<_> = chunks.iter().map(String::as_str).collect();
    chunks.push(STOP);
    let (events, outcome, _) = read_wire(&stream(&chunks));
    outcome.unwrap();
    let mut calls: Vec<(u64, String, String, String)> = Vec::new();
    for event in events {
        let ChatEvent::ToolCall {
            index,
            id,
            name,
            arguments,
        } = event
        else {
            continue;
        };
        let at = calls
            .iter()
            .position(|call| call.0 == index)
            .unwrap_or_else(|| {
                calls.push((index, String::new(), String::new(), String::new()));
                calls.len() - 1
            });
        let call = &mut calls[at];
        assert!(id.as_deref() != Some("") && name.as_deref() != Some(""));
        call.1 = id.unwrap_or(call.1.clone());
        call.2 = name.unwrap_or(call.2.clone());
        call.3 += &arguments;
    }
    calls
}

#[test]
fn parallel_calls_are_told_apart_whatever_the_endpoint_leaves_out() {
    let two = |ids: [&str; 2], names: [&str; 2]| {
        let call = |index: usize| {
            (
                index as u64,
                ids[index].to_owned(),
                names[index].to_owned(),
                format!("{{\"q\":{index}}}"),
            )
        };
        vec![call(0), call(1)]
    };
    let begin = r#"{"index":0,"id":"a","function":{"name":"f","arguments":"{\"q\":0}"}}"#;
    let other = r#"{"index":0,"id":"b","function":{"name":"g","arguments":"{\"q\":1}"}}"#;
    assert_eq!(
        calls(&[&[begin], &[other]]),
        two(["a", "b"], ["f", "g"]),
        "one index"
    );
    assert_eq!(
        calls(&[&[begin, other]]),
        two(["a", "b"], ["f", "g"]),
        "one index in one chunk"
    );

    for id in [
        "",
        r#""id":null,"#,
        r#""id":"","#,
        r#""index":0,"#,
        r#""index":null,"#,
    ] {
        let call = |name: &str, number: u8| {
            format!(r#"{{{id}"function":{{"name":"{name}","arguments":"{{\"q\":{number}}}"}}}}"#)
        };
        for names in [["f", "g"], ["f", "f"]] {
            let (first, second) = (call(names[0], 0), call(names[1], 1));
            let expected = two(["", ""], names);
            assert_eq!(calls(&[&[&first, &second]]), expected, "{id} in one chunk");
            assert_eq!(calls(&[&[&first], &[&second]]), expected, "{id} in two");
        }
    }

    // In pieces, under one number, in turns.
    let expected = two(["a", "b"], ["f", "g"]);
    assert_eq!(
        calls(&[
            &[r#"{"index":0,"id":"a","function":{"name":"f","arguments":""}}"#],
            &[r#"{"index":0,"id":"b","function":{"name":"g","arguments":""}}"#],
            &[r#"{"index":0,"id":"a","function":{"arguments":"{\"q\":"}}"#],
            &[r#"{"index":0,"id":"b","function":{"arguments":"{\"q\":1}"}}"#],
            &[r#"{"index":0,"id":"a","function":{"arguments":"0}"}}"#],
        ]),
        expected
    );
}

#[test]
fn a_call_goes_on_whatever_stands_in_place_of_its_identifier_and_name() {
    let one = |id: &str| vec![(0, id.to_owned(), "f".to_owned(), r#"{"q":1}"#.to_owned())];
    let begin = r#"{"id":"a","function":{"name":"f","arguments":"{\"q\""}}"#;
    for more in [
        r#"{"id":"","function":{"name":null,"arguments":":1}"}}"#,
        r#"{"id":null,"function":{"name":"","arguments":":1}"}}"#,
        r#"{"function":{"arguments":":1}"}}"#,
        r#"{"index":0,"function":{"arguments":":1}"}}"#,
        r#"{"id":"a","function":{"name":"f","arguments":":1}"}}"#,
        r#"{"function":{"name":"f","arguments":":1}"}}"#,
    ] {
        assert_eq!(calls(&[&[begin], &[more]]), one("a"), "{more}");
    }
    // An identifier of its own for each piece, or one that comes late.
    assert_eq!(
        calls(&[&[begin], &[r#"{"id":"z","function":{"arguments":":1}"}}"#]])[0].3,
        r#"{"q":1}"#
    );
    let late = [
        r#"{"index":0,"function":{"name":"f","arguments":""}}"#,
        r#"{"index":0,"id":"a","function":{"arguments":"{\"q\":"}}"#,
        r#"{"index":0,"function":{"arguments":"1}"}}"#,
        r#"{"index":0,"function":{"arguments":""}}"#,
    ];
    assert_eq!(calls(&late.each_ref().map(std::slice::from_ref)), one("a"));
    // Numbers are kept, those that leave gaps and those that go back as well.
    let numbered =
        |index: u64| format!(r#"{{"index":{index},"function":{{"name":"f","arguments":"{{}}"}}}}"#);
    let (seven, two) = (numbered(7), numbered(2));
    let indexes: Vec<_> = calls(&[&[&seven], &[&two]])
        .iter()
        .map(|call| call.0)
        .collect();
    assert_eq!(indexes, [7, 2]);
    // Halves of a pair in arguments, too.
    let halves = [
        r#"{"index":0,"function":{"name":"f","arguments":"{\"q\":\"\ud83d"}}"#,
        r#"{"index":0,"function":{"arguments":"\ude00\"}"}}"#,
    ];
    assert_eq!(
        calls(&halves.each_ref().map(std::slice::from_ref))[0].3,
        "{\"q\":\"😀\"}"
    );
}

#[test]
fn very_many_calls_take_no_more_time_each_than_a_few() {
    let piece = |index: u64| {
        format!(
            r#"{{"choices":[{{"delta":{{"tool_calls":[{{"index":{index},"id":"{index}","function":{{"name":"f","arguments":"{{}}"}}}}]}}}}]}}"#
        )
    };
    let chunks: Vec<_> = (0..20_000).map(piece).collect();
    let chunks: Vec<_> = chunks.iter().map(String::as_str).collect();
    let (events, _, _) = read(&chunks);
    assert_eq!(events.len(), 20_000);
    assert!(matches!(
        events[19_999],
        ChatEvent::ToolCall { index: 19_999, .. }
    ));
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
        let refused = outcome.unwrap_err().to_string().contains("no JSON at byte");
        let peer = serde_json::from_str::<std::collections::BTreeMap<String, Value>>(&text);
        // Of these tilewise takes what serde_json does not: halves of characters, and huge numbers.
        let lenient = text.contains("\\u") || peer.as_ref().is_err_and(|why| why.to_string().contains("out of range"));
        if !lenient && !text.trim().is_empty() {
            // What does not even begin as an object is a heartbeat.
            let is_damaged = text.trim().starts_with('{') && peer.is_err();
            prop_assert_eq!(refused, is_damaged, "{}", text);
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
        assert_eq!(outcome.unwrap_err().code(), ErrorCode::Stream);
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
    /// Behind the chunks nothing comes, not even the end.
    is_held: bool,
    /// Held as long as the connection is open.
    open: Rc<()>,
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
            is_held: false,
            open: Rc::default(),
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
        if self.chunks.is_empty() && self.is_held {
            future::pending::<()>().await;
        }
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
fn a_refusal_that_is_a_list_is_told_in_its_words() {
    for body in [
        r#"[{"error":{"code":400,"message":"no such image"}}]"#,
        r#"{"detail":[{"loc":["body"],"msg":"no such image"}]}"#,
        r#"{"errors":[{"code":7},{"message":"no such image"}]}"#,
        r#"["no such image"]"#,
    ] {
        let (_, outcome) = run(&scripted([Ok(Script::new(400, "application/json", body))]));
        let Err(Error::Http {
            message,
            body: kept,
            ..
        }) = outcome
        else {
            panic!("{outcome:?}");
        };
        assert_eq!((&*message, &*kept), ("no such image", body));
    }
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
    assert_eq!(outcome.unwrap_err().code(), ErrorCode::Network);
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
    let (message, body) = fault_of(outcome);
    assert!(message.contains("web page"));
    assert_eq!(body.len(), 64 * 1024);
}

/// An exchange that has read these bytes, at time 1,000.
fn begun(wire: &str) -> Exchange {
    let mut exchange = Exchange::new(2, 0.0, 0.0);
    exchange.answered(200, |_| None, 500.0);
    exchange.received(wire.as_bytes(), 1_000.0);
    exchange
}

const RESET: fn() -> Error = || Error::Network {
    message: "reset".into(),
};

#[test]
fn an_answer_that_is_complete_waits_a_little_for_its_bill_and_less_for_its_end() {
    let lingers = |chunks: &[&str]| match begun(&stream(chunks)).step() {
        ExchangeStep::Linger { ms } => Some(ms),
        ExchangeStep::Read => None,
        other => panic!("{other:?}"),
    };
    assert_eq!(lingers(&[HALF]), None);
    assert_eq!(lingers(&[HALF, BILL]), None);
    let for_bill = lingers(&[HALF, STOP]).unwrap();
    let for_end = lingers(&[HALF, STOP, BILL]).unwrap();
    assert!(0 < for_end && for_end < for_bill && for_bill <= 2_000);
    let with_bill = STOP.replace("}]}", "}],\"usage\":{\"prompt_tokens\":5}}");
    assert_eq!(lingers(&[HALF, &with_bill]), Some(for_end));
    // The bill in the choice may be followed by a better one.
    let in_choice = STOP.replace("}]}", ",\"usage\":{\"prompt_tokens\":5}}]}");
    assert_eq!(lingers(&[HALF, &in_choice]), Some(for_bill));
    // A finish behind which the model went on is not to be relied on.
    assert_eq!(lingers(&[HALF, STOP, REST]), None);
    assert_eq!(lingers(&[HALF, STOP, REST, STOP]), None);
    assert_eq!(
        begun(&(stream(&[HALF, STOP]) + "data: [DONE]\n\n")).step(),
        ExchangeStep::Over
    );
}

#[test]
fn a_complete_answer_stands_when_the_line_stays_open() {
    for (chunks, is_billed) in [(vec![HALF, STOP], false), (vec![HALF, STOP, BILL], true)] {
        let mut exchange = begun(&stream(&chunks));
        exchange.waited();
        assert_eq!(exchange.step(), ExchangeStep::Over);
        let result = exchange.end().unwrap();
        assert_eq!(result.text, "half");
        assert_eq!(result.usage.is_some(), is_billed);
        // The wait is not the answer's own.
        assert_eq!(result.total_ms, 1_000.0);
    }
}

#[test]
fn heartbeats_behind_a_complete_answer_do_not_prolong_it() {
    for beat in [
        ": still here\n\n",
        "data: null\n\n",
        "event: ping\ndata: {}\n\n",
        "data: {\"choices\":[]}\n\n",
    ] {
        let mut exchange = begun(&stream(&[HALF, STOP]));
        let mut left = Vec::new();
        for now_ms in (1_300..).step_by(300) {
            let ExchangeStep::Linger { ms } = exchange.step() else {
                break;
            };
            left.push(ms);
            exchange.received(beat.as_bytes(), f64::from(now_ms));
        }
        assert!(
            left.is_sorted_by(|before, after| before > after),
            "{left:?}"
        );
        assert_eq!(exchange.step(), ExchangeStep::Over);
        assert_eq!(exchange.end().unwrap().total_ms, 1_000.0);
    }
    // A clock that is set back neither ends it nor prolongs it.
    let mut exchange = begun(&stream(&[HALF, STOP]));
    let before = exchange.step();
    exchange.received(b": beat\n\n", 10.0);
    assert_eq!(exchange.step(), before);
    exchange.received(b": beat\n\n", 5_000.0);
    assert_eq!(exchange.step(), ExchangeStep::Over);
}

#[test]
fn a_bill_that_comes_late_is_taken_and_words_that_come_late_are_waited_for() {
    let mut exchange = begun(&stream(&[HALF, STOP]));
    exchange.received(stream(&[BILL]).as_bytes(), 2_500.0);
    assert!(matches!(exchange.step(), ExchangeStep::Linger { .. }));
    exchange.waited();
    let result = exchange.end().unwrap();
    assert_eq!(
        (result.usage.unwrap().input_tokens, result.total_ms),
        (Some(5), 2_500.0)
    );

    let mut exchange = begun(&stream(&[HALF, STOP]));
    exchange.received(stream(&[REST]).as_bytes(), 2_500.0);
    assert_eq!(exchange.step(), ExchangeStep::Read);
    exchange.waited();
    assert_eq!(exchange.step(), ExchangeStep::Read, "it waits for nothing");
}

#[test]
fn a_complete_answer_stands_when_the_line_breaks_and_any_other_does_not() {
    let failures = [RESET(), Error::Timeout { silence_ms: 9 }, Error::Aborted];
    for failure in failures {
        for complete in [
            stream(&[HALF, STOP]),
            stream(&[HALF, STOP]).trim().to_owned(),
            stream(&[HALF, STOP, BILL]) + "data: {\"id",
            WHOLE.to_owned(),
        ] {
            let mut exchange = begun(&complete);
            exchange.failed(failure.clone(), 2_000.0);
            let events = exchange.take_events();
            let result = exchange
                .end()
                .unwrap_or_else(|error| panic!("{complete}: {error}"));
            assert!(!result.text.is_empty());
            assert!(result.first_token_ms.is_some());
            assert!(
                events
                    .iter()
                    .any(|event| matches!(event, ChatEvent::Finish { .. }))
            );
        }
        for half in [
            stream(&[HALF]),
            stream(&[HALF, STOP, REST]),
            WHOLE[..100].to_owned(),
            HALF.to_owned() + "\n",
        ] {
            let mut exchange = begun(&half);
            exchange.failed(failure.clone(), 2_000.0);
            assert_eq!(exchange.end().unwrap_err(), failure, "{half}");
        }
    }
}

#[test]
fn what_read_like_an_error_is_told_when_nothing_but_a_break_follows() {
    let wire = stream(&[HALF, r#"{"detail":"no room"}"#]);
    let mut exchange = begun(&wire);
    exchange.failed(Error::Timeout { silence_ms: 9 }, 2_000.0);
    assert_eq!(fault_of(exchange.end().map(|_| ())).0, "no room");
    let mut exchange = begun(&wire);
    exchange.failed(Error::Aborted, 2_000.0);
    assert_eq!(exchange.end(), Err(Error::Aborted));
}

#[test]
fn a_session_lets_go_of_a_complete_answer_whose_line_stays_open() {
    let mut held = Script::new(200, "text/event-stream", &stream(&[HALF, STOP, BILL]));
    held.is_held = true;
    let open = Rc::clone(&held.open);
    let endpoint = scripted([Ok(held)]);
    let mut session = Session::new(&endpoint);
    let mut count = 0;
    while pollster::block_on(session.next()).unwrap().is_some() {
        count += 1;
    }
    assert_eq!(count, 3);
    assert_eq!(session.result().text, "half");
    assert_eq!(Rc::strong_count(&open), 1, "the connection is open");
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
