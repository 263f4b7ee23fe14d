//! The bytes supplied so far, and a view of them that cannot be read out of bounds.

use super::ProbeError;
use crate::media::Format;
use std::any::Any;
use std::cell::Cell;
use std::ops::{ControlFlow, Range};

/// No file is longer, and offsets below it can be added to without a thought.
pub(super) const FARTHEST: u64 = 1 << 62;

/// Why a reader stopped before it had the facts.
///
/// In a box, since each of a thousand steps hands it on: as wide as it is, its copies were a tenth of the readers'
/// machine code.
#[derive(Debug)]
pub(super) struct Halt(Box<Cause>);

#[derive(Debug)]
pub(super) enum Cause {
    /// These bytes are not at hand yet.
    Need(Range<u64>),
    Fail(ProbeError),
    /// The readers of all formats but the first ones are not loaded.
    Unread,
}

pub(super) type Parse<T> = Result<T, Halt>;

impl Halt {
    #[cold]
    #[inline(never)]
    fn new(cause: Cause) -> Self {
        Self(Box::new(cause))
    }

    /// The readers of all formats but the first ones are not loaded.
    pub(super) fn unread() -> Self {
        Self::new(Cause::Unread)
    }

    pub(super) fn into_cause(self) -> Cause {
        *self.0
    }

    pub(super) fn lacks_bytes(&self) -> bool {
        matches!(*self.0, Cause::Need(_))
    }

    /// What is wrong with the file.
    pub(super) fn error(&self) -> Option<&ProbeError> {
        match &*self.0 {
            Cause::Fail(error) => Some(error),
            _ => None,
        }
    }

    pub(super) fn is_unsupported(&self) -> bool {
        matches!(self.error(), Some(ProbeError::UnsupportedFormat { .. }))
    }

    /// The file ends inside what was read.
    pub(super) fn is_truncated(&self) -> bool {
        matches!(self.error(), Some(ProbeError::Truncated { .. }))
    }
}

impl From<ProbeError> for Halt {
    fn from(error: ProbeError) -> Self {
        Self::new(Cause::Fail(error))
    }
}

/// The header contradicts its format.
pub(super) fn malformed<T>(format: Format, at: u64, what: &'static str) -> Parse<T> {
    Err(ProbeError::Malformed { format, at, what }.into())
}

/// Names what is missing in a file that ends before it.
pub(super) fn ends_before<T>(outcome: Parse<T>, format: Format, missing: &'static str) -> Parse<T> {
    outcome.map_err(|halt| match halt.error() {
        Some(&ProbeError::Truncated { length, .. }) => ProbeError::CutOff {
            format,
            length,
            missing,
        }
        .into(),
        _ => halt,
    })
}

/// The container is valid, and does not hold what the facts need.
pub(super) fn lacks<T>(format: Format, what: &'static str) -> Parse<T> {
    Err(ProbeError::Lacks { format, what }.into())
}

/// Not an image or video that is read here; what else it is, if that is known.
pub(super) fn unsupported<T>(looks_like: Option<&'static str>) -> Parse<T> {
    Err(ProbeError::UnsupportedFormat { looks_like }.into())
}

/// Parts of a file, in order, without overlap; neighbours are joined.
#[derive(Debug)]
pub(super) struct Bytes {
    parts: Vec<Part>,
    count: u64,
    length: Option<u64>,
}

#[derive(Debug)]
struct Part {
    start: u64,
    bytes: Vec<u8>,
}

impl Part {
    fn end(&self) -> u64 {
        self.start + self.bytes.len() as u64
    }
}

impl Bytes {
    pub(super) fn new(length: Option<u64>) -> Self {
        Self {
            parts: Vec::new(),
            count: 0,
            length,
        }
    }

    pub(super) fn length(&self) -> Option<u64> {
        self.length
    }

    pub(super) fn set_length(&mut self, length: u64) {
        self.length = Some(length);
    }

    pub(super) fn count(&self) -> u64 {
        self.count
    }

    pub(super) fn ends_at(&self, offset: u64) -> bool {
        let before = self.before(offset);
        before.is_some_and(|part| part.end() == offset)
    }

    /// The end of the part before an offset that no part holds, if the gap between them is no wider than
    /// this; else the offset itself. Reading on is cheaper than leaving a gap that small.
    pub(super) fn reach(&self, offset: u64, widest_gap: u64) -> u64 {
        let end = self.before(offset).map(Part::end);
        end.filter(|end| *end <= offset && offset - end <= widest_gap)
            .unwrap_or(offset)
    }

    /// How many bytes of a range there are.
    fn count_within(&self, range: &Range<u64>) -> u64 {
        let first = self.parts.partition_point(|part| part.end() <= range.start);
        let parts = self.parts.get(first..).unwrap_or_default().iter();
        parts
            .take_while(|part| part.start < range.end)
            .map(|part| part.end().min(range.end) - part.start.max(range.start))
            .sum()
    }

    /// Where the first part behind an offset begins.
    pub(super) fn next_start(&self, offset: u64) -> u64 {
        let index = self.parts.partition_point(|part| part.start <= offset);
        self.parts.get(index).map_or(u64::MAX, |part| part.start)
    }

    pub(super) fn insert(&mut self, start: u64, bytes: &[u8]) {
        self.count = self.count.saturating_add(bytes.len() as u64);
        let index = self.parts.partition_point(|part| part.start < start);
        let before = index.checked_sub(1);
        let index = match before.and_then(|before| self.parts.get_mut(before)) {
            Some(before) if before.end() == start => {
                before.bytes.extend_from_slice(bytes);
                index - 1
            }
            _ => {
                let bytes = bytes.to_vec();
                self.parts.insert(index, Part { start, bytes });
                index
            }
        };
        self.join_next(index);
    }

    fn join_next(&mut self, index: usize) {
        let end = self.parts.get(index).map(Part::end);
        let next = self.parts.get(index + 1).map(|part| part.start);
        if end.is_some() && end == next {
            let next = self.parts.remove(index + 1);
            if let Some(part) = self.parts.get_mut(index) {
                part.bytes.extend_from_slice(&next.bytes);
            }
        }
    }

    /// The last part that begins before an offset.
    fn before(&self, offset: u64) -> Option<&Part> {
        let index = self.parts.partition_point(|part| part.start < offset);
        self.parts.get(index.checked_sub(1)?)
    }

    /// All bytes of a range, if they are there.
    fn part(&self, at: u64, length: u64) -> Option<&[u8]> {
        self.from(at).get(..usize::try_from(length).ok()?)
    }

    /// The part that an offset lies in, from that offset on.
    fn from(&self, offset: u64) -> &[u8] {
        /// Most files are read in so few parts that going over them is quicker than halving.
        const FEW_PARTS: usize = 8;
        let begins = |part: &Part| part.start <= offset;
        let part = match self.parts.len() {
            0..=FEW_PARTS => self.parts.iter().rfind(|part| begins(part)),
            _ => {
                let index = self.parts.partition_point(begins);
                index.checked_sub(1).and_then(|index| self.parts.get(index))
            }
        };
        part.and_then(|part| part.bytes.get(usize::try_from(offset - part.start).ok()?..))
            .unwrap_or_default()
    }
}

/// What an attempt of a reader may do, and what the attempts before it have left.
#[derive(Debug, Default)]
pub(super) struct Attempt {
    /// Work done in all attempts, and how much of it the file is worth.
    pub(super) work: u64,
    pub(super) max_work: u64,
    /// Bytes that may still be read, and how many of them are kept for what only the end of the file tells.
    pub(super) allowance: u64,
    pub(super) reserve: u64,
    /// No more should be read than what cannot be derived from what was.
    pub(super) is_exhausted: bool,
    pub(super) checkpoints: Vec<Checkpoint>,
}

/// How far a walk got in an earlier attempt.
#[derive(Debug)]
pub(super) struct Checkpoint {
    name: [u8; 4],
    start: u64,
    /// `None` while the walk goes on.
    state: Option<State>,
}

type State = Box<dyn Any + Send + Sync>;

/// Where the checkpoint of a walk stands, and where those of the walks inside it begin.
#[derive(Clone, Copy)]
struct Place {
    own: Option<usize>,
    nested: usize,
    /// Work done before the walk began.
    work: u64,
}

/// What a format's reader sees. Everything that it looks at is checked and charged, and may end the attempt
/// with the range that is lacking.
pub(super) struct Input<'a> {
    bytes: &'a Bytes,
    work: Cell<u64>,
    max_work: u64,
    allowance: u64,
    reserve: u64,
    is_exhausted: bool,
    checkpoints: Cell<Vec<Checkpoint>>,
    /// How many there are, so that steps that left none need not look.
    checkpoint_count: Cell<usize>,
    is_video: Cell<bool>,
    misses_end: Cell<bool>,
}

impl<'a> Input<'a> {
    pub(super) fn new(bytes: &'a Bytes, attempt: Attempt) -> Self {
        Self {
            bytes,
            work: Cell::new(attempt.work),
            max_work: attempt.max_work,
            allowance: attempt.allowance,
            reserve: attempt.reserve,
            is_exhausted: attempt.is_exhausted,
            checkpoint_count: Cell::new(attempt.checkpoints.len()),
            checkpoints: Cell::new(attempt.checkpoints),
            is_video: Cell::new(false),
            misses_end: Cell::new(false),
        }
    }

    /// A reader of videos says so: its reads are longer, and fewer.
    pub(super) fn expect_video(&self) {
        self.is_video.set(true);
    }

    pub(super) fn is_video(&self) -> bool {
        self.is_video.get()
    }

    /// Work done so far, and the checkpoints of this attempt.
    pub(super) fn into_progress(self) -> (u64, Vec<Checkpoint>) {
        (self.work.get(), self.checkpoints.into_inner())
    }

    /// Whether a walk that lacks bytes should end, and what lies behind it be derived.
    pub(super) fn is_exhausted(&self) -> bool {
        self.is_exhausted
    }

    /// Whether the bytes of a range that are not at hand may be read.
    pub(super) fn can_read(&self, range: Range<u64>) -> bool {
        let known = self.bytes.count_within(&range);
        let wanted = range.end.saturating_sub(range.start);
        wanted.saturating_sub(known) <= self.allowance
    }

    /// Bytes that are kept for what only the end of the file tells.
    pub(super) fn reserve(&self) -> u64 {
        self.reserve
    }

    /// Repeats a step until it breaks off with an outcome. A later attempt goes on with the step that lacked
    /// bytes, so that a long walk is linear in what it reads, however many reads that takes.
    ///
    /// A step that lacked bytes runs again as a whole: it changes the state last, or in ways that are the same
    /// when done twice. Name and start together say which walk it is.
    pub(super) fn walk<S: Send + Sync + 'static, T>(
        &self,
        (name, start): ([u8; 4], u64),
        first: S,
        mut step: impl FnMut(&mut S) -> Parse<ControlFlow<T>>,
    ) -> Parse<T> {
        let (kept, place) = self.resume(name, start);
        let kept = kept.and_then(|state| state.downcast::<S>().ok());
        let mut state = kept.map_or(first, |state| *state);
        let outcome = loop {
            match step(&mut state) {
                // What was inside that step is behind the walk now.
                Ok(ControlFlow::Continue(())) => self.forget_nested(place),
                Ok(ControlFlow::Break(outcome)) => break Ok(outcome),
                Err(halt) => break Err(halt),
            }
        };
        if self.is_worth_keeping(place) {
            self.keep((name, start), Box::new(state), place);
        }
        outcome
    }

    fn resume(&self, name: [u8; 4], start: u64) -> (Option<State>, Place) {
        let work = self.work.get();
        if self.checkpoint_count.get() == 0 {
            let place = Place {
                own: None,
                nested: 0,
                work,
            };
            return (None, place);
        }
        self.with_checkpoints(|checkpoints| {
            let own = checkpoints
                .iter()
                .position(|saved| saved.name == name && saved.start == start);
            let place = Place {
                own,
                nested: own.map_or(checkpoints.len(), |index| index + 1),
                work,
            };
            let state = own.and_then(|index| checkpoints.get_mut(index)?.state.take());
            (state, place)
        })
    }

    fn forget_nested(&self, place: Place) {
        if self.checkpoint_count.get() > place.nested {
            self.with_checkpoints(|checkpoints| checkpoints.truncate(place.nested));
        }
    }

    /// A walk of less work is sooner repeated than kept.
    fn is_worth_keeping(&self, place: Place) -> bool {
        const WORTH_KEEPING: u64 = 256;
        place.own.is_some() || self.work.get().saturating_sub(place.work) >= WORTH_KEEPING
    }

    fn keep(&self, (name, start): ([u8; 4], u64), state: State, place: Place) {
        self.with_checkpoints(|checkpoints| {
            let state = Some(state);
            match place.own.and_then(|index| checkpoints.get_mut(index)) {
                Some(own) => own.state = state,
                None => {
                    let index = place.nested.min(checkpoints.len());
                    checkpoints.insert(index, Checkpoint { name, start, state });
                }
            }
        });
    }

    fn with_checkpoints<T>(&self, change: impl FnOnce(&mut Vec<Checkpoint>) -> T) -> T {
        let mut checkpoints = self.checkpoints.take();
        let outcome = change(&mut checkpoints);
        self.checkpoint_count.set(checkpoints.len());
        self.checkpoints.set(checkpoints);
        outcome
    }

    /// As [`length`](Self::length), of a file that is searched from its end: that this is not known is noted.
    pub(super) fn end(&self) -> Option<u64> {
        let length = self.length();
        self.misses_end
            .set(self.misses_end.get() || length.is_none());
        length
    }

    /// Whether the outcome would be another if it were known where the file ends.
    pub(super) fn misses_end(&self) -> bool {
        self.misses_end.get()
    }

    /// Size of the whole file in bytes, where it is known.
    pub(super) fn length(&self) -> Option<u64> {
        self.bytes.length
    }

    /// All that is at hand of the beginning of the file.
    pub(super) fn beginning(&self) -> Parse<&'a [u8]> {
        let known = self.bytes.from(0);
        self.charge(known.len() as u64).map(|()| known)
    }

    /// Up to `length` bytes; fewer, or none, where the file ends before.
    pub(super) fn up_to(&self, at: u64, length: u64) -> Parse<&'a [u8]> {
        match self.bytes.length {
            Some(all) => {
                let at = at.min(all);
                self.slice(at, length.min(all - at))
            }
            None => self.slice(at, length),
        }
    }

    /// Where `needle` first begins inside a range; `None` where the range ends without it. A file that
    /// ends before is cut off.
    pub(super) fn find(&self, needle: &[u8], range: Range<u64>) -> Parse<Option<u64>> {
        let known = self.bytes.from(range.start);
        let wanted = range.end.saturating_sub(range.start);
        let known =
            usize::try_from(wanted).map_or(known, |most| known.get(..most).unwrap_or(known));
        let found = known
            .windows(needle.len())
            .position(|window| window == needle);
        self.charge(found.unwrap_or(known.len()) as u64)?;
        if let Some(index) = found {
            return Ok(Some(range.start + index as u64));
        }
        let behind = range.start + known.len() as u64;
        if behind >= range.end {
            Ok(None)
        } else {
            self.slice(behind, 1).map(|_| None)
        }
    }

    pub(super) fn slice(&self, at: u64, length: u64) -> Parse<&'a [u8]> {
        match self.bytes.part(at, length) {
            Some(slice) => self.charge(length).map(|()| slice),
            // What is not there, however long it claims to be, is a look.
            None => self.charge(0).and_then(|()| self.lacking(at, length)),
        }
    }

    /// Bytes that were looked at and charged before, or will be by what is found in them.
    pub(super) fn peek(&self, range: Range<u64>) -> Parse<&'a [u8]> {
        let length = range.end.saturating_sub(range.start);
        match self.bytes.part(range.start, length) {
            Some(slice) => Ok(slice),
            None => self.lacking(range.start, length),
        }
    }

    fn lacking<T>(&self, at: u64, length: u64) -> Parse<T> {
        let end = at.saturating_add(length);
        Err(Halt::new(match self.bytes.length {
            Some(all) if end > all => Cause::Fail(ProbeError::Truncated {
                needed: end,
                length: all,
            }),
            _ => {
                let known = self.bytes.from(at).len() as u64;
                Cause::Need(at.saturating_add(known)..end)
            }
        }))
    }

    /// Counts a look at so many bytes, so that no header can have a reader run for longer than its bytes are
    /// worth. A table is charged whenever it is gone over, by its entries of 8 bytes and more.
    pub(super) fn charge(&self, bytes: u64) -> Parse<()> {
        const ENTRY: u64 = 8;
        let work = self.work.get().saturating_add(1 + bytes / ENTRY);
        self.work.set(work);
        if work > self.max_work {
            Err(ProbeError::TooConvoluted.into())
        } else {
            Ok(())
        }
    }

    pub(super) fn array<const N: usize>(&self, at: u64) -> Parse<[u8; N]> {
        let mut array = [0; N];
        array.copy_from_slice(self.slice(at, N as u64)?);
        Ok(array)
    }

    pub(super) fn u8(&self, at: u64) -> Parse<u8> {
        self.array(at).map(|[byte]| byte)
    }

    pub(super) fn u16_be(&self, at: u64) -> Parse<u16> {
        self.array(at).map(u16::from_be_bytes)
    }

    pub(super) fn u16_le(&self, at: u64) -> Parse<u16> {
        self.array(at).map(u16::from_le_bytes)
    }

    pub(super) fn u32_be(&self, at: u64) -> Parse<u32> {
        self.array(at).map(u32::from_be_bytes)
    }

    pub(super) fn u32_le(&self, at: u64) -> Parse<u32> {
        self.array(at).map(u32::from_le_bytes)
    }

    pub(super) fn u64_be(&self, at: u64) -> Parse<u64> {
        self.array(at).map(u64::from_be_bytes)
    }
}
