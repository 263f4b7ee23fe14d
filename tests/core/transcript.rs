//! Answers as endpoints stream them, held against what they must say.

use proptest::prelude::*;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use tilewise::error::Error;
use tilewise::stream::chat::Chat;
use tilewise::stream::{ChatEvent, ChatResult};

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

/// What a stream comes to in pieces of this size, its error with its body.
fn outcome(stream: &[u8], size: usize) -> (Vec<ChatEvent>, ChatResult, Result<(), Error>) {
    let mut chat = Chat::new();
    let mut events = Vec::new();
    let mut outcome = Ok(());
    for piece in stream.chunks(size) {
        outcome = chat.push(piece, &mut events);
        if outcome.is_err() || chat.is_done() {
            return (events, chat.result().clone(), outcome);
        }
    }
    outcome = outcome.and_then(|()| chat.finish(&mut events));
    (events, chat.result().clone(), outcome)
}

proptest! {
    #[test]
    fn a_damaged_transcript_says_the_same_in_pieces_of_any_size(
        file in any::<prop::sample::Index>(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), prop::sample::select(b"\"\\{}[],:\n\r nullde0\xff".to_vec())), 0..6),
        cut in prop::option::of(any::<prop::sample::Index>()),
        size in 1..40_usize,
    ) {
        let mut paths: Vec<_> = fs::read_dir(FOLDER).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        let mut stream = fs::read(file.get(&paths)).unwrap();
        for (at, byte) in damage {
            let at = at.index(stream.len());
            stream[at] = byte;
        }
        if let Some(cut) = cut {
            stream.truncate(cut.index(stream.len()));
        }
        let whole = outcome(&stream, stream.len().max(1));
        prop_assert_eq!(&outcome(&stream, size), &whole);
        prop_assert_eq!(&outcome(&stream, 1), &whole);

        // The line breaks there: what came is an answer just where the model had finished.
        let mut chat = Chat::new();
        let mut events = Vec::new();
        if chat.push(&stream, &mut events).is_ok() && !chat.is_done() && !stream.starts_with(b"{") {
            let outcome = chat.break_off(Error::Aborted, &mut events);
            prop_assert_eq!(outcome.is_ok(), chat.is_done() || chat.result().finish_reason.is_some());
        }
    }
}
