//! What three APIs say of the cost of an answer.

use tilewise::stream::Usage;
use tilewise::stream::meter::{MAX_BYTES, Measured, Meter};

fn usage(
    input: u64,
    output: Option<u64>,
    cached: Option<u64>,
    reasoning: Option<u64>,
) -> Option<Usage> {
    Some(Usage {
        input_tokens: Some(input),
        output_tokens: output,
        cached_input_tokens: cached,
        reasoning_tokens: reasoning,
    })
}

fn measured(answer: &str, piece: usize) -> Measured {
    let mut meter = Meter::new();
    for chunk in answer.as_bytes().chunks(piece) {
        meter.push(chunk);
    }
    meter.finish()
}

fn events(data: &[&str]) -> String {
    data.iter()
        .map(|data| format!("data: {data}\n\n"))
        .collect()
}

const CHAT: [&str; 4] = [
    r#"{"choices":[{"index":0,"delta":{"role":"assistant","content":"Hello"}}]}"#,
    r#"{"choices":[{"index":0,"delta":{"reasoning_content":" world"}}]}"#,
    r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop","usage":{"prompt_tokens":8,"completion_tokens":3}}]}"#,
    r#"{"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":1},"completion_tokens_details":{"reasoning_tokens":1}}}"#,
];

const RESPONSES: [&str; 4] = [
    r#"{"type":"response.created","response":{"id":"a","status":"in_progress","usage":null}}"#,
    r#"{"type":"response.output_text.delta","delta":"Hello"}"#,
    r#"{"type":"response.output_text.done","text":"Hello"}"#,
    r#"{"type":"response.completed","response":{"status":"completed","output":[],"usage":{"input_tokens":7,"input_tokens_details":{"cached_tokens":1},"output_tokens":2,"output_tokens_details":{"reasoning_tokens":1},"total_tokens":9}}}"#,
];

const MESSAGES: [&str; 6] = [
    r#"{"type":"message_start","message":{"role":"assistant","content":[],"usage":{"input_tokens":3,"cache_creation_input_tokens":2,"cache_read_input_tokens":4,"output_tokens":1}}}"#,
    r#"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#,
    r#"{"type":"ping"}"#,
    r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hello"}}"#,
    r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":15}}"#,
    r#"{"type":"message_stop"}"#,
];

#[test]
fn usage_is_read_of_every_api_streamed_or_whole_and_cut_anywhere() {
    let rows = [
        (events(&CHAT), usage(7, Some(2), Some(1), Some(1))),
        (events(&CHAT[..3]), usage(8, Some(3), None, None)),
        (events(&RESPONSES), usage(7, Some(2), Some(1), Some(1))),
        (events(&MESSAGES), usage(9, Some(15), Some(4), None)),
        (events(&CHAT).replace('\n', "\r\n"), usage(7, Some(2), Some(1), Some(1))),
        (
            r#"{"id":"a","choices":[{"index":0,"message":{"content":"Hello"},"finish_reason":"stop"}],"usage":{"prompt_tokens":7,"completion_tokens":2}}"#.to_owned(),
            usage(7, Some(2), None, None),
        ),
        (
            r#" {"id":"a","object":"response","status":"completed","output":[{"type":"message","content":[{"type":"output_text","text":"Hello"}]}],"usage":{"input_tokens":7,"output_tokens":2}}"#.to_owned(),
            usage(7, Some(2), None, None),
        ),
        (
            r#"{"type":"message","role":"assistant","content":[{"type":"text","text":"Hello"}],"stop_reason":"end_turn","usage":{"input_tokens":3,"cache_creation_input_tokens":2,"cache_read_input_tokens":4,"output_tokens":15}}"#.to_owned(),
            usage(9, Some(15), Some(4), None),
        ),
    ];
    for (answer, expected) in rows {
        for piece in [1, 2, 3, 7, 64, usize::MAX] {
            let measured = measured(&answer, piece);
            assert_eq!(measured.usage, expected, "{answer}");
            assert!(measured.is_begun && measured.is_finished, "{answer}");
            assert!(measured.output.high >= 5, "{answer}");
        }
    }
}

#[test]
fn an_answer_that_breaks_off_reports_its_input_and_at_least_what_came() {
    let measured = measured(&events(&MESSAGES[..4]), 5);
    assert_eq!(measured.usage, usage(9, None, Some(4), None));
    assert!(measured.is_begun && !measured.is_finished);
    assert_eq!(measured.output.tokens, 1);

    // Some servers report with each piece.
    let running = r#"{"choices":[{"delta":{"content":"a"}}],"usage":{"prompt_tokens":7,"completion_tokens":40}}"#;
    let measured = self::measured(&events(&[running]), 5);
    assert_eq!(measured.usage, usage(7, None, None, None));
    assert_eq!((measured.output.low, measured.output.tokens), (40, 40));

    for broken in [events(&CHAT[..2]), events(&RESPONSES[..2])] {
        let measured = self::measured(&broken, 5);
        assert_eq!(measured.usage, None);
        assert!(measured.is_begun && !measured.is_finished);
    }
}

#[test]
fn nothing_that_a_model_said_is_no_begun_answer() {
    for answer in [
        "",
        " \n",
        "<html>",
        "upstream connect error",
        r#"{"error":{"message":"No."}}"#,
        "data: [DONE]\n\n",
        ": comment\n\n",
        "[1",
        "\u{feff}",
    ] {
        assert_eq!(measured(answer, 2), Measured::default(), "{answer}");
    }
}

#[test]
fn a_finished_answer_without_usage_is_finished() {
    let measured = measured(
        &events(&[
            CHAT[0],
            r#"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#,
        ]),
        5,
    );
    assert_eq!((measured.usage, measured.is_finished), (None, true));
}

#[test]
fn a_word_in_many_deltas_is_no_more_than_its_letters() {
    let delta = |letter| format!(r#"{{"type":"response.output_text.delta","delta":"{letter}"}}"#);
    let deltas: Vec<_> = "unbelievable".chars().map(delta).collect();
    let measured = measured(
        &events(&deltas.iter().map(String::as_str).collect::<Vec<_>>()),
        9,
    );
    assert_eq!((measured.output.low, measured.output.high), (1, 12));
}

#[test]
fn what_is_longer_than_is_kept_is_passed_over() {
    let filler = vec![b'x'; 1024 * 1024];
    for start in ["{\"a\":\"", "data: {\"a\":\""] {
        let mut meter = Meter::new();
        meter.push(start.as_bytes());
        for _ in 0..=MAX_BYTES / filler.len() {
            meter.push(&filler);
        }
        meter.push(b"\"}\n\n");
        meter.push(events(&CHAT).as_bytes());
        assert_eq!(meter.finish(), Measured::default());
    }
}

#[test]
fn a_stream_is_complete_when_it_says_so() {
    let done = [events(&CHAT), events(&["[DONE]"])].concat();
    for (answer, is_complete) in [
        (events(&CHAT), false),
        (done, true),
        (events(&RESPONSES[..3]), false),
        (events(&RESPONSES), true),
        (events(&MESSAGES[..5]), false),
        (events(&MESSAGES), true),
    ] {
        let mut meter = Meter::new();
        meter.push(answer.as_bytes());
        assert_eq!(meter.is_complete(), is_complete, "{answer}");
    }
}
