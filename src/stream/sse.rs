//! Server-sent events: bytes in, events out (WHATWG HTML, section 9.2.6, Interpreting an event stream).
//!
//! Chunks may end anywhere, inside a line break or a character. Each byte is looked at once and copied
//! once at most, so time is linear however small the chunks are.
//!
//! ```
//! use tilewise::stream::sse::Parser;
//!
//! let mut parser = Parser::new();
//! let mut events = Vec::new();
//! for chunk in ["data: Hel", "lo\r", "\n\r\n: a comment\n\n"] {
//!     parser.push(chunk.as_bytes(), |event| events.push(event.data.to_owned()))?;
//! }
//! assert_eq!(events, ["Hello"]);
//!
//! let mut small = Parser::new().with_max_event_bytes(8);
//! assert!(small.push(b"data: far too long", |_| {}).is_err());
//! # Ok::<(), tilewise::stream::sse::TooLong>(())
//! ```

use memchr::memchr2;
use std::borrow::Cow;

/// Longest event, unless told otherwise: 16 MiB.
pub const DEFAULT_MAX_EVENT_BYTES: usize = 16 * 1024 * 1024;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// One event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event<'a> {
    /// The event's type; `message` where the stream names none.
    pub kind: &'a str,
    /// The data, its lines joined by a line feed.
    pub data: &'a str,
    /// The last identifier that the stream gave, to this event or an earlier one.
    pub id: &'a str,
}

/// An event is longer than allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an event of the stream is longer than {max_event_bytes} bytes")]
#[non_exhaustive]
pub struct TooLong {
    /// Bytes that an event may have.
    pub max_event_bytes: usize,
}

/// The state between two chunks.
#[derive(Debug)]
pub struct Parser {
    /// The beginning of a line whose end has not come.
    line: Vec<u8>,
    /// Data of the event so far, each line with a line feed behind it.
    data: Vec<u8>,
    kind: Vec<u8>,
    id: String,
    retry_ms: Option<u64>,
    /// A carriage return ended the last line: a line feed right behind it belongs to it.
    after_carriage_return: bool,
    /// Nothing has been read yet, so that a byte order mark may come.
    at_start: bool,
    max_event_bytes: usize,
}

impl Default for Parser {
    fn default() -> Self {
        Self::new()
    }
}

impl Parser {
    /// A parser at the start of a stream, with [`DEFAULT_MAX_EVENT_BYTES`].
    pub fn new() -> Self {
        Self {
            line: Vec::new(),
            data: Vec::new(),
            kind: Vec::new(),
            id: String::new(),
            retry_ms: None,
            after_carriage_return: false,
            at_start: true,
            max_event_bytes: DEFAULT_MAX_EVENT_BYTES,
        }
    }

    /// Bytes that the data and the unfinished line of an event may have together, before [`push`](Self::push) fails.
    pub fn with_max_event_bytes(mut self, max_event_bytes: usize) -> Self {
        self.max_event_bytes = max_event_bytes;
        self
    }

    /// The reconnection time in milliseconds that the stream asked for last.
    pub fn retry_ms(&self) -> Option<u64> {
        self.retry_ms
    }

    /// Takes the next bytes and hands over the events that they complete.
    ///
    /// # Errors
    ///
    /// [`TooLong`] for an event of more bytes than allowed.
    pub fn push(
        &mut self,
        chunk: &[u8],
        mut on_event: impl FnMut(Event<'_>),
    ) -> Result<(), TooLong> {
        let mut rest = chunk;
        while !rest.is_empty() {
            if std::mem::take(&mut self.after_carriage_return)
                && let Some(behind) = rest.strip_prefix(b"\n")
            {
                rest = behind;
                continue;
            }
            let Some(end) = memchr2(b'\r', b'\n', rest) else {
                self.check_length(self.line.len() + rest.len())?;
                self.line.extend_from_slice(rest);
                return Ok(());
            };
            let (head, tail) = rest.split_at(end);
            self.after_carriage_return = tail.first() == Some(&b'\r');
            rest = tail.get(1..).unwrap_or_default();
            self.check_length(self.line.len() + head.len())?;
            // Most lines lie within a chunk; only those that do not are put together first.
            if self.line.is_empty() {
                self.take_line(head, &mut on_event);
            } else {
                let mut line = std::mem::take(&mut self.line);
                line.extend_from_slice(head);
                self.take_line(&line, &mut on_event);
                line.clear();
                self.line = line;
            }
        }
        Ok(())
    }

    /// The stream ended. The standard drops an event whose closing blank line never came; a caller who
    /// would rather have it, because it may be the bill, gets it here.
    pub fn finish(&mut self, mut on_event: impl FnMut(Event<'_>)) {
        let line = std::mem::take(&mut self.line);
        if !line.is_empty() {
            self.take_line(&line, &mut on_event);
        }
        self.dispatch(&mut on_event);
    }

    fn check_length(&self, line: usize) -> Result<(), TooLong> {
        if self.data.len() + line > self.max_event_bytes {
            return Err(TooLong {
                max_event_bytes: self.max_event_bytes,
            });
        }
        Ok(())
    }

    fn take_line(&mut self, line: &[u8], on_event: &mut impl FnMut(Event<'_>)) {
        let line = if std::mem::take(&mut self.at_start) {
            line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line)
        } else {
            line
        };
        if line.is_empty() {
            return self.dispatch(on_event);
        }
        let (field, value) = match line.iter().position(|byte| *byte == b':') {
            Some(colon) => {
                let (field, value) = line.split_at(colon);
                let value = value.get(1..).unwrap_or_default();
                (field, value.strip_prefix(b" ").unwrap_or(value))
            }
            None => (line, &[][..]),
        };
        match field {
            b"data" => {
                self.data.extend_from_slice(value);
                self.data.push(b'\n');
            }
            b"event" => {
                self.kind.clear();
                self.kind.extend_from_slice(value);
            }
            b"id" if !value.contains(&0) => self.id = text(value).into_owned(),
            b"retry" if !value.is_empty() && value.iter().all(u8::is_ascii_digit) => {
                self.retry_ms = text(value).parse().ok();
            }
            // Comments have no name, and unknown fields no meaning.
            _ => {}
        }
    }

    fn dispatch(&mut self, on_event: &mut impl FnMut(Event<'_>)) {
        if let Some(data) = self.data.strip_suffix(b"\n") {
            on_event(Event {
                kind: match &*text(&self.kind) {
                    "" => "message",
                    kind => kind,
                },
                data: &text(data),
                id: &self.id,
            });
        }
        self.data.clear();
        self.kind.clear();
    }
}

fn text(bytes: &[u8]) -> Cow<'_, str> {
    // Checking is quicker than replacing, and there is hardly ever anything to replace.
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}
