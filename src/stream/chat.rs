//! Events of a chat completion: text, reasoning, tool calls, usage, faults.
//!
//! The wire format is OpenAI's, with what Kimi adds: `reasoning_content`, tool call deltas without
//! `index`, usage in the last choice as well as at the top level.

use super::account::{failed, fault, fault_message, first_words, is_failure};
use super::chunk::{Choice, Chunk, Said};
use super::event::{ChatEvent, ChatResult};
use super::half::Half;
use super::sse;
use super::template::Template;
use super::tool_calls::{Extent, ToolCalls};
use super::usage::Usage;
use crate::error::Error;

/// Longest answer in one piece: 16 MiB.
const MAX_WHOLE_BYTES: usize = 16 * 1024 * 1024;
/// Most of a web page, or of a stream that says nothing, that is kept.
const MAX_PAGE_BYTES: usize = 64 * 1024;

/// Reads one answer, streamed or in one piece: its first byte tells which, since types of content are
/// often set wrongly by what stands between.
#[derive(Debug, Default)]
pub struct Chat {
    form: Form,
    sse: sse::Parser,
    template: Template,
    result: ChatResult,
    /// Usage in a choice, for an answer that has none at the top level.
    choice_usage: Option<Usage>,
    tool_calls: ToolCalls,
    text_half: Half,
    reasoning_half: Half,
    /// All that came, until the model says something: it may tell why the model says nothing.
    silence: Vec<u8>,
    /// Something of it was a chat completion.
    is_completion: bool,
    /// It has deltas; a message among them says the same again.
    has_deltas: bool,
    /// What reads like an account of an error, and counts as one if the answer does not go on.
    suspicion: Option<String>,
    ending: Ending,
    /// The model went on behind its finish, so another one is not to be relied on.
    has_gone_on: bool,
    done: bool,
}

/// How near the end is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Ending {
    #[default]
    Open,
    /// The model has finished, and says nothing more.
    Finished,
    /// The bill came as well.
    Billed,
}

#[derive(Debug, Default)]
enum Form {
    /// Nothing but blanks has come.
    #[default]
    Unknown,
    Stream,
    /// JSON in one piece, as far as it came.
    Whole {
        json: Vec<u8>,
        extent: Extent,
    },
    /// A web page in place of an answer.
    Page(Vec<u8>),
}

impl Form {
    /// By the first byte behind blanks and a byte order mark.
    fn of(bytes: &[u8]) -> Self {
        match bytes.iter().find(|byte| !is_blank(byte)) {
            None => Self::Unknown,
            // No field of an event begins with either, so neither is lost to the stream.
            Some(b'{' | b'[') => Self::Whole {
                json: Vec::new(),
                extent: Extent::default(),
            },
            Some(b'<') => Self::Page(Vec::new()),
            Some(_) => Self::Stream,
        }
    }
}

fn is_blank(byte: &u8) -> bool {
    b" \t\r\n\xef\xbb\xbf".contains(byte)
}

/// As far as `max_bytes` bytes in all.
pub(super) fn append(body: &mut Vec<u8>, bytes: &[u8], max_bytes: usize) {
    let room = max_bytes.saturating_sub(body.len());
    body.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
}

fn is_line_end(byte: &u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

impl Chat {
    /// A reader of which nothing has been read yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The answer so far, without its times.
    pub fn result(&self) -> &ChatResult {
        &self.result
    }

    pub(super) fn result_mut(&mut self) -> &mut ChatResult {
        &mut self.result
    }

    /// The endpoint said that nothing more will come.
    pub fn is_done(&self) -> bool {
        self.done
    }

    /// How near the end is, as far as it can be told.
    pub(super) fn ending(&self) -> Ending {
        if self.has_gone_on {
            return Ending::Open;
        }
        self.ending
    }

    /// Takes bytes of an answer. What they say goes to `events`, even if they then turn out bad.
    ///
    /// # Errors
    ///
    /// [`Error::Stream`] for an account of an error in the answer, a web page in place of one, or an answer that is too
    /// long.
    pub fn push(&mut self, bytes: &[u8], events: &mut Vec<ChatEvent>) -> Result<(), Error> {
        let mut bytes = bytes;
        if matches!(self.form, Form::Unknown) {
            self.form = Form::of(bytes);
            // What stands before the first byte that counts may have come in chunks of its own.
            if matches!(self.form, Form::Whole { .. } | Form::Page(_)) {
                let first = bytes.iter().position(|byte| !is_blank(byte));
                bytes = bytes.get(first.unwrap_or(0)..).unwrap_or_default();
            }
        }
        match &mut self.form {
            Form::Unknown | Form::Stream => self.push_stream(bytes, events),
            Form::Whole { json, .. } if json.len() + bytes.len() > MAX_WHOLE_BYTES => Err(
                Error::stream(format!("the answer is longer than {MAX_WHOLE_BYTES} bytes")),
            ),
            Form::Whole { json, extent } => {
                extent.read(bytes);
                json.extend_from_slice(bytes);
                Ok(())
            }
            Form::Page(page) => {
                let is_over = page.len() + bytes.len() > MAX_PAGE_BYTES;
                append(page, bytes, MAX_PAGE_BYTES);
                if is_over { Err(web_page(page)) } else { Ok(()) }
            }
        }
    }

    /// Until the model says something each line is kept, and read by itself, so that what is kept does not
    /// depend on where the chunks end.
    fn push_stream(&mut self, bytes: &[u8], events: &mut Vec<ChatEvent>) -> Result<(), Error> {
        let mut rest = bytes;
        while !rest.is_empty() && !self.has_said() {
            let end = rest.iter().position(is_line_end);
            let (line, behind) = rest.split_at(end.map_or(rest.len(), |at| at + 1));
            append(&mut self.silence, line, MAX_PAGE_BYTES);
            self.push_events(line, events)?;
            rest = behind;
        }
        self.push_events(rest, events)
    }

    fn push_events(&mut self, bytes: &[u8], events: &mut Vec<ChatEvent>) -> Result<(), Error> {
        let mut sse = std::mem::take(&mut self.sse);
        let mut outcome = Ok(());
        let pushed = sse.push(bytes, |event| {
            if outcome.is_ok() {
                outcome = self.read_event(&event, events);
            }
        });
        self.sse = sse;
        outcome?;
        match pushed {
            Err(error) if self.ending < Ending::Billed => Err(Error::stream(error.to_string())),
            _ => Ok(()),
        }
    }

    /// The answer ended. An error if it ended before the model did.
    ///
    /// # Errors
    ///
    /// [`Error::Stream`] where the answer broke off, holds an account of an error or nothing that a model said, or is
    /// no chat completion.
    pub fn finish(&mut self, events: &mut Vec<ChatEvent>) -> Result<(), Error> {
        match std::mem::take(&mut self.form) {
            Form::Unknown | Form::Stream => {
                self.finish_events(events)?;
                if self.done {
                    return Ok(());
                }
                self.conclude()
            }
            Form::Whole { json, .. } => self.read_whole(&String::from_utf8_lossy(&json), events),
            Form::Page(page) => Err(web_page(&page)),
        }
    }

    /// Reads the last event, of which no blank line told that it was complete: it may be the bill.
    fn finish_events(&mut self, events: &mut Vec<ChatEvent>) -> Result<(), Error> {
        let mut sse = std::mem::take(&mut self.sse);
        let mut outcome = Ok(());
        sse.finish(|event| {
            let (before, last) = event.data.rsplit_once('\n').unwrap_or(("", event.data));
            // Cut inside its JSON, a line says nothing but that the answer broke off.
            let is_cut = !is_error(event.kind) && !is_readable(event.data) && !is_readable(last);
            let data = if is_cut { before } else { event.data };
            outcome = self.read_event(&sse::Event { data, ..event }, events);
        });
        self.settle(events);
        outcome
    }

    /// The answer broke off with this error. What came of it stands; it is complete if the model had finished.
    ///
    /// # Errors
    ///
    /// `error`, or the [`Error::Stream`] that the answer itself tells of, unless the model had finished.
    pub fn break_off(&mut self, error: Error, events: &mut Vec<ChatEvent>) -> Result<(), Error> {
        if let Form::Whole { json, extent } = &mut self.form
            && extent.is_whole()
        {
            let json = std::mem::take(json);
            self.read_whole(&String::from_utf8_lossy(&json), events)?;
            // A delta may be the first of several.
            let is_complete = !self.has_deltas || self.result.finish_reason.is_some();
            return if is_complete { Ok(()) } else { Err(error) };
        }
        let finished = self.finish_events(events);
        if self.ending > Ending::Open || (self.done && finished.is_ok()) {
            return Ok(());
        }
        let suspicion = self.suspicion.take().map(|account| fault(&account));
        match finished.err().or(suspicion) {
            Some(fault) if error != Error::Aborted => Err(fault),
            _ => Err(error),
        }
    }

    fn has_said(&self) -> bool {
        !self.result.text.is_empty()
            || !self.result.reasoning.is_empty()
            || self.result.finish_reason.is_some()
            || self.result.usage.is_some()
            || !self.tool_calls.is_empty()
            || self.choice_usage.is_some()
            || self.text_half.is_waiting()
            || self.reasoning_half.is_waiting()
    }

    /// What an answer comes to that is over.
    fn conclude(&mut self) -> Result<(), Error> {
        if self.result.finish_reason.is_some() {
            return Ok(());
        }
        if let Some(account) = self.suspicion.take() {
            return Err(fault(&account));
        }
        if self.has_said() {
            return if self.done {
                Ok(())
            } else {
                Err(broke_off(None))
            };
        }
        let silence = String::from_utf8_lossy(&std::mem::take(&mut self.silence)).into_owned();
        let body = Some(silence).filter(|silence| !silence.trim_ascii().is_empty());
        let account = body.as_deref().and_then(first_words);
        let is_other = !self.is_completion && body.as_deref().is_some_and(holds_data);
        Err(match (is_other, account) {
            (true, Some(account)) => Error::Stream {
                message: format!("the answer is not a chat completion: {account}"),
                body,
            },
            (true, None) => Error::Stream {
                message: "the answer is not a chat completion".to_owned(),
                body,
            },
            (false, _) if self.done => nothing_said(body),
            (false, _) => broke_off(body),
        })
    }

    fn read_whole(&mut self, json: &str, events: &mut Vec<ChatEvent>) -> Result<(), Error> {
        let before = events.len();
        // A list holds no answer, but it may hold the account of an error.
        if json.starts_with('[') && fault_message(json).is_some() {
            return Err(fault(json));
        }
        self.read(json, events)?;
        self.settle(events);
        // A chunk in each line is a stream, and ends as one.
        if self.has_deltas && Chunk::parse(json).is_err() {
            return self.conclude();
        }
        if events.len() > before {
            self.done = true;
            return Ok(());
        }
        match self.suspicion.take() {
            Some(account) => Err(fault(&account)),
            None => Err(nothing_said(Some(json.to_owned()))),
        }
    }

    fn read_event(
        &mut self,
        event: &sse::Event<'_>,
        events: &mut Vec<ChatEvent>,
    ) -> Result<(), Error> {
        if self.done {
            return Ok(());
        }
        let data = event.data.trim_ascii();
        let outcome = if data == "[DONE]" {
            self.done = true;
            self.settle(events);
            return self.conclude();
        } else if event.kind == "message" {
            // Anything but an object is a heartbeat, whatever it says.
            if data.starts_with('{') {
                self.read(data, events)
            } else {
                Ok(())
            }
        } else if is_error(event.kind) {
            Err(fault(data))
        } else {
            self.read_named(data, events)
        };
        if outcome.is_ok() {
            return Ok(());
        }
        // Nothing that comes behind the bill makes the answer void.
        if self.ending == Ending::Billed {
            return Ok(());
        }
        self.settle(events);
        outcome
    }

    /// An event with a name of the endpoint's own: a chunk, or something beside the answer.
    fn read_named(&mut self, data: &str, events: &mut Vec<ChatEvent>) -> Result<(), Error> {
        if !data.starts_with('{') {
            return Ok(());
        }
        match Chunk::parse(data) {
            Ok(chunk) if is_completion(&chunk) => self.read_chunk(chunk, data, events),
            Ok(_) if is_failure(data) => Err(fault(data)),
            // Not to be passed over: it was a chunk.
            Err(_) if names_choices(data) => self.read(data, events),
            _ => Ok(()),
        }
    }

    fn read(&mut self, data: &str, events: &mut Vec<ChatEvent>) -> Result<(), Error> {
        if let Some(chunk) = self.template.read(data) {
            return self.read_chunk(chunk, data, events);
        }
        match Chunk::parse(data) {
            Ok(chunk) => {
                self.template.remember(&chunk, data);
                self.read_chunk(chunk, data, events)
            }
            Err(_) if has_lines(data) => self.read_lines(data, events),
            Err(error) => Err(Error::Stream {
                message: format!("the answer is not a chat completion: {error}"),
                body: Some(data.to_owned()),
            }),
        }
    }

    /// A chunk in each line, where no blank line stands between the events.
    fn read_lines(&mut self, data: &str, events: &mut Vec<ChatEvent>) -> Result<(), Error> {
        data.lines().try_for_each(|data| {
            let (kind, id) = ("message", "");
            self.read_event(&sse::Event { kind, data, id }, events)
        })
    }

    fn read_chunk(
        &mut self,
        chunk: Chunk<'_>,
        data: &str,
        events: &mut Vec<ChatEvent>,
    ) -> Result<(), Error> {
        if !is_completion(&chunk) {
            return self.read_other(data);
        }
        self.is_completion = true;
        let result = &mut self.result;
        result.id = result.id.take().or_else(|| chunk.id.map(Into::into));
        result.model = result.model.take().or_else(|| chunk.model.map(Into::into));
        let is_failed = chunk.error.is_some();
        let mut outcome = self.read_choice(chunk.choice, data, is_failed, events);
        for choice in chunk.other_choices {
            outcome = outcome.and(self.read_choice(choice, data, is_failed, events));
        }
        if let Some(usage) = chunk.usage {
            self.report_usage(usage, events);
        }
        match chunk.error {
            Some(error) => Err(fault(error)),
            None => outcome,
        }
    }

    /// An object of another kind. Proxies report their own troubles without the word error, and others report
    /// progress in the same way: the end will tell.
    fn read_other(&mut self, data: &str) -> Result<(), Error> {
        let has_words = fault_message(data).is_some();
        if is_failure(data) || (has_words && failed(data)) {
            return Err(fault(data));
        }
        if has_words {
            self.suspicion = Some(data.to_owned());
        }
        Ok(())
    }

    fn read_choice(
        &mut self,
        choice: Choice<'_>,
        data: &str,
        is_failed: bool,
        events: &mut Vec<ChatEvent>,
    ) -> Result<(), Error> {
        if choice.index > 0 {
            return Err(Error::stream(
                "the answer holds several choices; ask for one, with n = 1",
            ));
        }
        if choice.is_delta || !self.has_deltas {
            self.has_deltas |= choice.is_delta;
            self.read_said(choice.said, events);
        }
        self.choice_usage = choice.usage.or(self.choice_usage);
        if let Some(error) = choice.error {
            return Err(fault(error));
        }
        let Some(reason) = choice.finish_reason else {
            return Ok(());
        };
        if reason == "error" {
            return Err(fault(data));
        }
        if is_failed {
            return Ok(());
        }
        self.ending = self.ending.max(Ending::Finished);
        if self.result.finish_reason.is_none() {
            let reason = String::from(reason);
            self.result.finish_reason = Some(reason.clone());
            events.push(ChatEvent::Finish { reason });
        }
        Ok(())
    }

    fn read_said(&mut self, said: Said<'_>, events: &mut Vec<ChatEvent>) {
        let before = events.len();
        let reasoning = said.reasoning.filter(|text| !text.is_empty());
        if let Some(piece) = reasoning.or(said.thought) {
            let text = self.reasoning_half.join(piece);
            if !text.is_empty() {
                self.result.reasoning.push_str(&text);
                events.push(ChatEvent::Reasoning { text: text.into() });
            }
        }
        // A refusal is what the model answers, in place of an answer.
        for piece in [said.content, said.refusal].into_iter().flatten() {
            let text = self.text_half.join(piece);
            if !text.is_empty() {
                self.result.text.push_str(&text);
                events.push(ChatEvent::Text { text: text.into() });
            }
        }
        for call in said.tool_calls {
            events.push(self.tool_calls.read(call));
        }
        if events.len() > before {
            // It goes on, whatever was said of it.
            self.suspicion = None;
            self.has_gone_on |= self.ending > Ending::Open;
            self.ending = Ending::Open;
        }
    }

    /// Nothing more comes: what waited for more stands as it is.
    fn settle(&mut self, events: &mut Vec<ChatEvent>) {
        if let Some(rest) = self.reasoning_half.give_up() {
            self.result.reasoning.push(rest);
            events.push(ChatEvent::Reasoning { text: rest.into() });
        }
        if let Some(rest) = self.text_half.give_up() {
            self.result.text.push(rest);
            events.push(ChatEvent::Text { text: rest.into() });
        }
        self.tool_calls.give_up(events);
        if let Some(usage) = self.choice_usage.take()
            && self.result.usage.is_none()
        {
            self.report_usage(usage, events);
        }
    }

    fn report_usage(&mut self, usage: Usage, events: &mut Vec<ChatEvent>) {
        if self.ending == Ending::Finished {
            self.ending = Ending::Billed;
        }
        self.result.usage = Some(usage);
        events.push(ChatEvent::Usage { usage });
    }
}

fn is_completion(chunk: &Chunk<'_>) -> bool {
    chunk.has_choices || chunk.usage.is_some() || chunk.error.is_some()
}

fn is_readable(data: &str) -> bool {
    let data = data.trim_ascii();
    data == "[DONE]" || Chunk::parse(data).is_ok()
}

/// Whether damaged JSON was a chunk..
fn names_choices(data: &str) -> bool {
    let name = b"\"choices\"";
    data.as_bytes()
        .windows(name.len())
        .any(|found| found == name)
}

/// Whether each of several lines can be read by itself.
fn has_lines(data: &str) -> bool {
    let mut lines = data.lines();
    data.as_bytes().contains(&b'\n')
        && lines.all(|line| line.trim_ascii().is_empty() || is_readable(line))
}

/// Whether an event of this name is one, such as `error` or `response.error`.
fn is_error(kind: &str) -> bool {
    let tail = kind.len().checked_sub(5).and_then(|at| kind.get(at..));
    tail.is_some_and(|tail| tail.eq_ignore_ascii_case("error"))
}

/// Whether a stream holds more than comments and its end.
fn holds_data(stream: &str) -> bool {
    stream.lines().any(|line| {
        let line = line.trim_ascii();
        let data = line.strip_prefix("data:").map_or(line, str::trim_ascii);
        !data.is_empty() && !line.starts_with(':') && data != "[DONE]"
    })
}

fn broke_off(body: Option<String>) -> Error {
    Error::Stream {
        message: "the answer broke off before it was finished".to_owned(),
        body,
    }
}

fn nothing_said(body: Option<String>) -> Error {
    Error::Stream {
        message: "the answer holds nothing that a model said".to_owned(),
        body,
    }
}

fn web_page(page: &[u8]) -> Error {
    Error::Stream {
        message: "a web page came instead of an answer: the address leads to a proxy or a site, not to the endpoint".to_owned(),
        body: Some(String::from_utf8_lossy(page).into_owned()),
    }
}
