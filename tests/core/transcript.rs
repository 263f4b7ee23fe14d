//! Answers as endpoints stream them, held against what they must say.

use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use tilewise::stream::chat::Chat;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/transcripts");

/// What a client hears of a stream in pieces of this size.
fn hear(stream: &[u8], size: usize) -> Value {
    let mut chat = Chat::new();
    let mut events = Vec::new();
    let pushed = (stream.chunks(size)).try_for_each(|piece| chat.push(piece, &mut events));
    let outcome = pushed.and_then(|()| chat.finish(&mut events));
    let error = outcome
        .err()
        .map(|error| json!({ "message": error.to_string() }));
    json!({ "events": events, "error": error })
}

#[test]
fn a_transcript_says_the_same_in_pieces_of_any_size() {
    let mut seen = 0;
    for entry in fs::read_dir(Path::new(FOLDER)).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "sse") {
            continue;
        }
        let stream = fs::read(&path).unwrap();
        let expected = fs::read(path.with_extension("json")).unwrap();
        let expected: Value = serde_json::from_slice(&expected).unwrap();
        for size in (1..=64).chain([stream.len()]) {
            assert_eq!(
                hear(&stream, size),
                expected,
                "{path:?} in pieces of {size}"
            );
        }
        seen += 1;
    }
    assert!(seen >= 14, "only {seen} transcripts are there");
}
