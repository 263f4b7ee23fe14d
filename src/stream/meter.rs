//! What an answer cost, read while it passes by: whole or streamed, of OpenAI's chat completions or responses, or of
//! Anthropic's messages. Whatever else it says is not kept.
//!
//! ```
//! use tilewise::stream::meter::Meter;
//!
//! let mut meter = Meter::new();
//! meter.push(b"data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":9,\"output_tokens\":1}}}\n\n");
//! meter.push(b"data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":4}}\n\n");
//! let measured = meter.finish();
//! assert!(measured.is_finished);
//! let usage = measured.usage.unwrap();
//! assert_eq!((usage.input_tokens, usage.output_tokens), (Some(9), Some(4)));
//! ```

use super::sse;
use super::usage::{Reported, Usage};
use super::wire::Wire;
use crate::rule::text::TextTokens;

/// Longest whole answer, and longest event, of which the cost is read: 16 MiB.
pub const MAX_BYTES: usize = sse::DEFAULT_MAX_EVENT_BYTES;

/// Text is counted in pieces of this length, so that a word that comes in several deltas is one.
const TEXT_BYTES: usize = 4096;

/// Takes the bytes of one answer, and keeps what they say of its cost.
#[derive(Debug, Default)]
pub struct Meter {
    form: Form,
    reported: Option<Reported>,
    of_choice: Option<Reported>,
    /// That was not counted yet.
    text: String,
    output: TextTokens,
    is_begun: bool,
    is_finished: bool,
    is_complete: bool,
}

#[derive(Debug, Default)]
enum Form {
    /// Nothing but blanks has come.
    #[default]
    Unknown,
    Events(Box<sse::Parser>),
    Whole(Vec<u8>),
    /// Longer than is kept.
    Lost,
}

/// What came of an answer, and what it reported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Measured {
    /// `None` where nothing was reported. Of an answer that broke off, the output is not in it.
    pub usage: Option<Usage>,
    /// Approximate tokens of what came.
    pub output: TextTokens,
    /// Anything came that a model said.
    pub is_begun: bool,
    /// The model ended.
    pub is_finished: bool,
}

impl Meter {
    /// A meter at the start of an answer.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes.
    pub fn push(&mut self, chunk: &[u8]) {
        self.recognise(chunk);
        match std::mem::replace(&mut self.form, Form::Lost) {
            Form::Events(mut parser) => {
                if parser.push(chunk, |event| self.take(event.data)).is_ok() {
                    self.form = Form::Events(parser);
                }
            }
            Form::Whole(mut body) if body.len() + chunk.len() <= MAX_BYTES => {
                body.extend_from_slice(chunk);
                self.form = Form::Whole(body);
            }
            Form::Unknown => self.form = Form::Unknown,
            Form::Whole(_) | Form::Lost => {}
        }
    }

    /// Whether a stream has said that nothing follows: a client may leave before it ends.
    pub fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// The answer ended, or will not go on.
    pub fn finish(mut self) -> Measured {
        match std::mem::take(&mut self.form) {
            Form::Events(mut parser) => parser.finish(|event| self.take(event.data)),
            Form::Whole(body) => {
                let json = std::str::from_utf8(&body).unwrap_or_default();
                if let Ok(wire) = Wire::parse(json) {
                    self.add(wire);
                    // All of it is there.
                    self.is_finished = self.is_begun || self.is_finished;
                }
            }
            Form::Unknown | Form::Lost => {}
        }
        self.count_text(0);
        let mut usage = self.reported.and_then(Reported::usage);
        usage = usage.or(self.of_choice.and_then(Reported::usage));
        if let Some(usage) = usage.as_mut().filter(|_| !self.is_finished) {
            // Some report with each piece what was used up to there.
            let least = usage.output_tokens.take().unwrap_or(0);
            let output = &mut self.output;
            output.low = output.low.max(least);
            output.tokens = output.tokens.max(least);
            output.high = output.high.max(least);
            usage.reasoning_tokens = None;
        }
        Measured {
            usage: usage.filter(|usage| *usage != Usage::default()),
            output: self.output,
            is_begun: self.is_begun,
            is_finished: self.is_finished,
        }
    }

    /// JSON begins with a brace, and no event does.
    fn recognise(&mut self, chunk: &[u8]) {
        if !matches!(self.form, Form::Unknown) {
            return;
        }
        let is_blank = |byte: &u8| byte.is_ascii_whitespace() || b"\xef\xbb\xbf".contains(byte);
        match chunk.iter().find(|byte| !is_blank(byte)) {
            Some(b'{' | b'[') => self.form = Form::Whole(Vec::new()),
            Some(_) => self.form = Form::Events(Box::default()),
            None => {}
        }
    }

    fn take(&mut self, data: &str) {
        if data == "[DONE]" {
            self.is_finished |= self.is_begun;
            self.is_complete = true;
        } else if let Ok(wire) = Wire::parse(data) {
            self.add(wire);
        }
    }

    fn add(&mut self, wire: Wire<'_>) {
        if let Some(reported) = wire.reported {
            self.reported = Some(self.reported.unwrap_or_default().then(reported));
        }
        self.of_choice = wire.of_choice.or(self.of_choice);
        self.is_finished |= wire.is_finished;
        self.is_complete |= wire.is_last;
        for text in &wire.texts {
            self.text.push_str(text);
        }
        self.is_begun |= self.is_finished || !self.text.is_empty();
        self.count_text(TEXT_BYTES);
    }

    /// Counts the text where more than this has gathered.
    fn count_text(&mut self, more_than: usize) {
        if self.text.len() > more_than {
            self.output = self.output + TextTokens::of(&self.text);
            self.text.clear();
        }
    }
}
