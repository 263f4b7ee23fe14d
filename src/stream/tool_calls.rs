//! Which call a piece belongs to. Endpoints number calls, or name them, or do neither, and some give all of them
//! the same number.

use super::chunk::ToolCall;
use super::event::ChatEvent;
use super::half::Half;

/// Calls among which a piece finds its own. No answer has more at a time, and to look through all of them for
/// each piece would take time that grows with their square.
const MAX_OPEN_CALLS: usize = 256;

/// The calls of one answer.
#[derive(Debug, Default)]
pub(super) struct ToolCalls {
    calls: Vec<Call>,
    /// Above all that were given.
    next_index: u64,
}

#[derive(Debug, Default)]
struct Call {
    index: u64,
    /// The endpoint's own number.
    number: Option<u64>,
    id: Option<String>,
    name: Option<String>,
    extent: Extent,
    half: Half,
}

impl ToolCalls {
    pub(super) fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    pub(super) fn read(&mut self, piece: ToolCall<'_>) -> ChatEvent {
        let found = self.find(&piece).filter(|at| {
            self.calls
                .get(*at)
                .is_some_and(|call| !call.ends_before(&piece))
        });
        let at = found.unwrap_or_else(|| self.begin(piece.index));
        let id = piece.id.map(String::from);
        let name = piece.name.map(String::from);
        let Some(call) = self.calls.get_mut(at) else {
            // It was found or begun just now.
            return event(self.next_index, String::new());
        };
        call.number = call.number.or(piece.index);
        if call.id.is_none() {
            call.id.clone_from(&id);
        }
        if call.name.is_none() {
            call.name.clone_from(&name);
        }
        let arguments = String::from(call.half.join(piece.arguments));
        call.extent.read(arguments.as_bytes());
        ChatEvent::ToolCall {
            index: call.index,
            id,
            name,
            arguments,
        }
    }

    /// What still waits for the other half of a pair.
    pub(super) fn give_up(&mut self, events: &mut Vec<ChatEvent>) {
        for call in &mut self.calls {
            if let Some(rest) = call.half.give_up() {
                events.push(event(call.index, rest.into()));
            }
        }
    }

    /// The latest call of the same number and identifier, else of the same number, else the latest.
    fn find(&self, piece: &ToolCall<'_>) -> Option<usize> {
        let last = |fits: &dyn Fn(&Call) -> bool| {
            let open = self.calls.iter().enumerate().rev().take(MAX_OPEN_CALLS);
            open.into_iter()
                .find(|(_, call)| fits(call))
                .map(|(at, _)| at)
        };
        let has_number = |call: &Call| {
            piece.index.is_none() || call.number.is_none() || call.number == piece.index
        };
        let has_id = |call: &Call| piece.id.is_some() && call.id.as_deref() == piece.id.as_deref();
        last(&|call| has_number(call) && has_id(call)).or_else(|| last(&has_number))
    }

    fn begin(&mut self, number: Option<u64>) -> usize {
        let is_taken = |index: u64| {
            let mut given = self.calls.iter().rev().take(MAX_OPEN_CALLS);
            index < self.next_index && given.any(|call| call.index == index)
        };
        let index = number
            .filter(|index| !is_taken(*index))
            .unwrap_or(self.next_index);
        self.next_index = self.next_index.max(index.saturating_add(1));
        self.calls.push(Call {
            index,
            number,
            ..Call::default()
        });
        self.calls.len() - 1
    }
}

impl Call {
    /// Whether a piece begins another call. Some endpoints name each piece, and some give each an identifier of
    /// its own, so neither is enough where the arguments are not complete.
    fn ends_before(&self, piece: &ToolCall<'_>) -> bool {
        let differs = |own: &Option<String>, other: Option<&str>| {
            own.as_deref()
                .is_some_and(|own| other.is_some_and(|other| other != own))
        };
        let id = piece.id.as_deref();
        let is_named = piece.name.is_some();
        let is_whole = self.extent.is_whole();
        let has_arguments = is_whole && !piece.arguments.is_blank();
        let is_other = id.is_some() && id != self.id.as_deref();
        differs(&self.name, piece.name.as_deref())
            || (differs(&self.id, id) && (is_named || is_whole))
            || (has_arguments && (is_named || is_other))
    }
}

fn event(index: u64, arguments: String) -> ChatEvent {
    ChatEvent::ToolCall {
        index,
        id: None,
        name: None,
        arguments,
    }
}

/// How far a JSON object or array has come: its brackets are counted, and nothing else is looked at.
#[derive(Debug, Default)]
pub(super) struct Extent {
    depth: u64,
    is_begun: bool,
    in_text: bool,
    is_escaped: bool,
}

impl Extent {
    pub(super) fn read(&mut self, json: &[u8]) {
        for byte in json {
            if std::mem::take(&mut self.is_escaped) {
                continue;
            }
            match byte {
                b'"' => self.in_text = !self.in_text,
                b'\\' if self.in_text => self.is_escaped = true,
                _ if self.in_text => {}
                b'{' | b'[' => {
                    self.depth += 1;
                    self.is_begun = true;
                }
                b'}' | b']' => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
        }
    }

    pub(super) fn is_whole(&self) -> bool {
        self.is_begun && self.depth == 0
    }
}
