//! Most of a stream is one chunk again and again, with another word in it: what stands around the word is compared with the
//! last chunk's, which takes a fraction of the time that reading it takes.

use super::chunk::{Choice, Chunk, Said};
use super::half::Piece;
use crate::json::Reader;

/// What stands around the text of the last chunk that says one piece of text, and nothing else.
#[derive(Debug, Default)]
pub(super) struct Template {
    /// As far as the opening quote, which it does not hold; empty where no such chunk came.
    head: String,
    /// Behind the closing quote.
    tail: String,
    is_reasoning: bool,
}

impl Template {
    /// Remembers a chunk that was read, if it is such a one.
    pub(super) fn remember(&mut self, chunk: &Chunk<'_>, json: &str) {
        self.head.clear();
        if let Some((head, tail, is_reasoning)) = around(chunk, json) {
            self.head.push_str(head);
            self.tail.clear();
            self.tail.push_str(tail);
            self.is_reasoning = is_reasoning;
        }
    }

    /// A chunk that is the last one but for its text. Its names are left out, which that one had.
    pub(super) fn read<'a>(&self, json: &'a str) -> Option<Chunk<'a>> {
        if self.head.is_empty() || !starts_with(json, &self.head) {
            return None;
        }
        let mut reader = Reader::new(json.get(self.head.len()..)?);
        let piece = Some(Piece::read(&mut reader).ok()?);
        if reader.rest() != self.tail {
            return None;
        }
        let said = if self.is_reasoning {
            Said {
                reasoning: piece,
                ..Said::default()
            }
        } else {
            Said {
                content: piece,
                ..Said::default()
            }
        };
        let choice = Choice {
            said,
            is_delta: true,
            ..Choice::default()
        };
        Some(Chunk {
            has_choices: true,
            choice,
            ..Chunk::default()
        })
    }
}

/// What stands before and behind the text of a chunk that says nothing else, and whether that is reasoning.
fn around<'j>(chunk: &Chunk<'_>, json: &'j str) -> Option<(&'j str, &'j str, bool)> {
    let Chunk {
        id: _,
        model: _,
        has_choices: true,
        choice,
        other_choices,
        usage: None,
        error: None,
    } = chunk
    else {
        return None;
    };
    let Choice {
        index: 0,
        said,
        is_delta: true,
        finish_reason: None,
        usage: None,
        error: None,
    } = choice
    else {
        return None;
    };
    let Said {
        content,
        reasoning,
        thought: None,
        refusal: None,
        tool_calls,
    } = said
    else {
        return None;
    };
    if !other_choices.is_empty() || !tool_calls.is_empty() {
        return None;
    }
    let is_silent = |piece: &Option<Piece<'_>>| piece.as_ref().is_none_or(Piece::is_empty);
    let (piece, is_reasoning) = if is_silent(reasoning) {
        (content.as_ref()?, false)
    } else if is_silent(content) {
        (reasoning.as_ref()?, true)
    } else {
        return None;
    };
    let text = piece.as_written()?;
    // It is a part of the JSON; where it lies there, the reader does not tell.
    let from = (text.as_ptr() as usize).checked_sub(json.as_ptr() as usize)?;
    let head = json.get(..from)?.strip_suffix('"')?;
    let tail = json
        .get(from.checked_add(text.len())?..)?
        .strip_prefix('"')?;
    Some((head, tail, is_reasoning))
}

/// Eight bytes at a time: in wasm, slices are compared byte by byte.
fn starts_with(text: &str, head: &str) -> bool {
    let Some(start) = text.as_bytes().get(..head.len()) else {
        return false;
    };
    let (words, rest) = start.as_chunks::<8>();
    let (head_words, head_rest) = head.as_bytes().as_chunks::<8>();
    let mut pairs = words.iter().zip(head_words);
    pairs.all(|(word, other)| u64::from_ne_bytes(*word) == u64::from_ne_bytes(*other))
        && rest == head_rest
}
