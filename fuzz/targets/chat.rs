//! A streamed answer, cut anywhere: the same events, the same result, the same error. One that breaks off is an
//! answer just where the model had finished.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tilewise::error::Error;
use tilewise::stream::chat::Chat;
use tilewise::stream::{ChatEvent, ChatResult};

/// What an answer said, and the error that ended it.
type Heard = (Vec<ChatEvent>, ChatResult, Option<Error>);

// The last byte says how many bytes before it are lengths of pieces, in turn. They stand behind the
// stream, so that a recorded stream is a good seed as it is.
fuzz_target!(|input: &[u8]| {
    let (count, rest) = input
        .split_last()
        .map_or((0, input), |(last, rest)| (usize::from(*last % 16), rest));
    let (stream, lengths) = rest.split_at(rest.len() - count.min(rest.len()));
    let whole = hear([stream]);
    assert_eq!(hear(pieces(stream, lengths)), whole);
    assert_eq!(hear(stream.chunks(1)), whole);
    hear_broken(stream);
});

/// The line breaks behind the last byte.
fn hear_broken(stream: &[u8]) {
    let mut chat = Chat::new();
    let mut events = Vec::new();
    if chat.push(stream, &mut events).is_err() || chat.is_done() {
        return;
    }
    let outcome = chat.break_off(Error::Aborted, &mut events);
    // The last line may say that it is done, and lack only its end.
    let has_finished = chat.result().finish_reason.is_some() || chat.is_done();
    let is_whole = matches!(stream.trim_ascii_start(), [b'{' | b'[' | 0xef, ..]);
    assert!(outcome.is_err() || has_finished || is_whole, "{outcome:?}");
    let text = |event: &ChatEvent| match event {
        ChatEvent::Text { text } => text.clone(),
        _ => String::new(),
    };
    let said: String = events.iter().map(text).collect();
    assert_eq!(said, chat.result().text);
}

fn hear<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Heard {
    let mut chat = Chat::new();
    let mut events = Vec::new();
    let mut outcome = Ok(());
    for piece in pieces {
        outcome = chat.push(piece, &mut events);
        if outcome.is_err() || chat.is_done() {
            break;
        }
    }
    if outcome.is_ok() && !chat.is_done() {
        outcome = chat.finish(&mut events);
    }
    (events, chat.result().clone(), outcome.err())
}

/// Pieces of these lengths, in turn, from 0 to 255 bytes.
fn pieces<'a>(stream: &'a [u8], lengths: &[u8]) -> Vec<&'a [u8]> {
    let mut pieces = Vec::new();
    let mut rest = stream;
    for length in lengths.iter().cycle() {
        if rest.is_empty() || lengths.iter().all(|length| *length == 0) {
            break;
        }
        let (piece, behind) = rest.split_at(usize::from(*length).min(rest.len()));
        pieces.push(piece);
        rest = behind;
    }
    pieces.push(rest);
    pieces
}
