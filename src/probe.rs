//! What a file is, from as few of its bytes as its format allows.
//!
//! The probe does no I/O: it says which bytes it needs, its caller supplies them, until it has the
//! facts. So the same code reads a byte slice, a `Blob`, a file or a server that answers Range
//! requests, and a test can cut and chunk its input as it likes.
//!
//! ```
//! use tilewise::probe::{Probe, ProbeStep};
//!
//! # let file = include_bytes!("../tests/fixtures/png/rgb.png").to_vec();
//! let mut probe = Probe::new(Some(file.len() as u64));
//! let facts = loop {
//!     match probe.step()? {
//!         ProbeStep::Need(range) => probe.supply(&file[range.start as usize..range.end as usize]),
//!         ProbeStep::Done(facts) => break facts,
//!     }
//! };
//! assert_eq!(facts.mime, "image/png");
//!
//! // What is neither an image nor a video is an error that says what it looks like instead.
//! let error = tilewise::probe::bytes(b"%PDF-1.7 and so on").unwrap_err();
//! assert_eq!(error.code(), tilewise::error::ErrorCode::UnsupportedFormat);
//! # Ok::<(), tilewise::probe::ProbeError>(())
//! ```
//!
//! Guarantees: no byte is asked for twice; work and memory are linear in the bytes that were supplied,
//! whatever a header claims and however many reads it takes ([`Probe::work`] counts); the content
//! decides, never a name. It reads headers, so a file damaged in its pixels passes.

mod asf;
mod avi;
mod bits;
mod bmp;
mod boxes;
mod brands;
mod codec;
mod directory;
mod flv;
mod fragments;
mod gif;
mod heif;
mod ico;
mod input;
mod isobmff;
mod jpeg;
mod jxl;
mod matroska;
mod movie;
mod mp4;
mod mpeg;
mod png;
mod reader;
mod readers;
mod recognise;
mod sequence;
mod svg;
mod tiff;
mod timing;
mod video;
mod webp;

#[cfg(feature = "web")]
pub(crate) use readers::{NotLoaded, load as load_readers};

use crate::code::ErrorCode;
#[cfg(feature = "prepare")]
use crate::media::Orientation;
use crate::media::{Format, MediaFacts};
use input::{Attempt, Bytes, Cause, Checkpoint, FARTHEST, Input, Parse};
use reader::Reader;
use std::ops::Range;

/// Most bytes read before giving up, unless told otherwise: 8 MiB.
pub const DEFAULT_MAX_BYTES: u64 = 8 * 1024 * 1024;

/// First read. Holds the whole header of most files, and the orientation of most photographs.
const FIRST_READ: u64 = 2048;
/// A read behind a gap: the next segment's header and, often, all that is left to know.
const HOP_READ: u64 = 256;
/// The same in a video, whose index hops over tables. A read costs a browser more than some kilobytes do.
const VIDEO_HOP_READ: u64 = 2048;
/// What is left of a video is read at once where it is no longer: a browser reads this much as quickly as a tenth of it.
const LONGEST_REST: u64 = 64 * 1024;
/// Reads without a gap double, from the size of the first, up to this.
const LONGEST_READ: u64 = 64 * 1024;
/// Behind a long header they go on growing, by this share of all that was read: each read is another attempt
/// over the bytes before it, and only reads that grow keep the sum of all attempts linear.
const LONGEST_READ_SHARE: u64 = 4;

/// So many reads of a video may be long where a read costs as much: an index takes fewer. A walk over thousands of fragments
/// would read them whole.
const MAX_LONG_READS: u32 = 8;

/// Most reads before what can be derived is no longer counted, unless told otherwise.
pub const DEFAULT_MAX_READS: u32 = 1024;

/// Work that every file is worth, and that each byte of it adds: one unit is a look, or an entry of a table.
/// Readers need a quarter of it at most (`tests/core/source.rs`).
const BASE_WORK: u64 = 1 << 14;
const WORK_PER_BYTE: u64 = 32;

/// What the probe wants next, or what it found.
#[derive(Clone, Debug, PartialEq)]
pub enum ProbeStep {
    /// Supply the bytes of this range, or as many of its first ones as are at hand.
    Need(Range<u64>),
    /// The probe is at its end: these are the facts.
    Done(MediaFacts),
}

/// Why a file has no facts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProbeError {
    /// Not an image or video that tilewise reads. `looks_like` names what the first bytes show.
    #[error("{}", match .looks_like {
        Some(name) => format!("this is {name}, which is neither an image nor a video that can be read"),
        None => "the content is not an image or video in any known format".to_owned(),
    })]
    UnsupportedFormat {
        /// What the content is instead, with its article; `None` where nothing is recognised.
        looks_like: Option<&'static str>,
    },
    /// A container without what the facts need, however valid it is.
    #[error("this {} has no {what}", .format.name())]
    Lacks {
        /// The format that the bytes show.
        format: Format,
        /// What is missing, in words.
        what: &'static str,
    },
    /// The header contradicts its format.
    #[error("this {} is damaged at byte {at}: {what}", .format.name())]
    Malformed {
        /// The format that the bytes show.
        format: Format,
        /// Offset in bytes from the start of the file.
        at: u64,
        /// What is wrong there, in words.
        what: &'static str,
    },
    /// The file ends inside its header.
    #[error("{}", match .length {
        0 => "the file is empty".to_owned(),
        length => format!("the file ends after {length} bytes, inside its header, which goes on to byte {needed} at least"),
    })]
    Truncated {
        /// Size in bytes that the file would need at least.
        needed: u64,
        /// Size of the file in bytes.
        length: u64,
    },
    /// The file ends before what the facts need.
    #[error("this {} ends after {length} bytes, before {missing}", .format.name())]
    CutOff {
        /// The format that the bytes show.
        format: Format,
        /// Size of the file in bytes.
        length: u64,
        /// What lies beyond its end, in words.
        missing: &'static str,
    },
    /// The header takes more work than its bytes are worth. No file that is known does.
    #[error("the header is too convoluted to be an image's or a video's")]
    TooConvoluted,
    /// The header lies deeper in the file than the caller allowed to read.
    #[error("the header goes on beyond the {max_bytes} bytes that may be read")]
    ReadLimit {
        /// Most bytes that the caller allowed to read.
        max_bytes: u64,
    },
}

impl ProbeError {
    /// The kind of the error, to branch on.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::UnsupportedFormat { .. } | Self::Lacks { .. } => ErrorCode::UnsupportedFormat,
            Self::Malformed { .. } | Self::TooConvoluted => ErrorCode::Malformed,
            Self::Truncated { .. } | Self::CutOff { .. } => ErrorCode::Truncated,
            Self::ReadLimit { .. } => ErrorCode::ReadLimit,
        }
    }
}

/// The facts of a file that is in memory.
///
/// # Errors
///
/// [`ProbeError`]: the content is no image or video that can be read, is damaged or cut off, or its header lies
/// deeper than [`DEFAULT_MAX_BYTES`].
pub fn bytes(file: &[u8]) -> Result<MediaFacts, ProbeError> {
    Probe::new(Some(file.len() as u64)).run(file)
}

/// The orientation in an EXIF block; upright where it says nothing usable.
#[cfg(feature = "prepare")]
pub(crate) fn exif_orientation(block: &[u8]) -> Orientation {
    let length = block.len() as u64;
    let mut bytes = Bytes::new(Some(length));
    bytes.insert(0, block);
    let attempt = Attempt {
        max_work: BASE_WORK,
        ..Attempt::default()
    };
    directory::exif_orientation(&Input::new(&bytes, attempt), 0..length).unwrap_or_default()
}

/// The bytes of a range, as far as the file has them.
pub(crate) fn part(file: &[u8], range: Range<u64>) -> &[u8] {
    let at = |offset: u64| usize::try_from(offset).map_or(file.len(), |at| at.min(file.len()));
    file.get(at(range.start)..at(range.end)).unwrap_or_default()
}

/// A conversation about one file.
#[derive(Debug)]
pub struct Probe {
    bytes: Bytes,
    max_bytes: u64,
    max_reads: u32,
    read_cost: u64,
    /// Where the next supplied byte belongs.
    asked: u64,
    /// What is read before the parser tries again: to here at the least, and to there if it comes soon.
    needed_end: u64,
    planned_end: u64,
    /// Bytes that were there at the last attempt.
    attempted: u64,
    next_read: u64,
    hop_read: u64,
    reads: u32,
    /// How often the file ended where bytes were asked for.
    ends: u32,
    /// Over the whole conversation.
    work: u64,
    checkpoints: Vec<Checkpoint>,
    is_exhausted: bool,
    lacks_readers: bool,
    misses_end: bool,
}

impl Probe {
    /// `length` is the size of the file in bytes, where it is known.
    pub fn new(length: Option<u64>) -> Self {
        Self {
            bytes: Bytes::new(length),
            max_bytes: DEFAULT_MAX_BYTES,
            max_reads: DEFAULT_MAX_READS,
            read_cost: 0,
            asked: 0,
            needed_end: 0,
            planned_end: 0,
            attempted: 0,
            next_read: FIRST_READ,
            hop_read: HOP_READ,
            reads: 0,
            ends: 0,
            work: 0,
            checkpoints: Vec::new(),
            is_exhausted: false,
            lacks_readers: false,
            misses_end: false,
        }
    }

    /// Gives up with [`ProbeError::ReadLimit`] rather than read more bytes than this. Shortly before, what can be
    /// derived is no longer counted.
    pub fn with_max_bytes(mut self, max_bytes: u64) -> Self {
        self.max_bytes = max_bytes;
        self
    }

    /// After so many reads, the frames of a video in fragments are derived from its length and from the
    /// fragments that were read ([`VideoFacts::frames_derived`](crate::media::VideoFacts::frames_derived)). A
    /// caller whose reads are requests to a server wants fewer than [`DEFAULT_MAX_READS`].
    pub fn with_max_reads(mut self, max_reads: u32) -> Self {
        self.max_reads = max_reads;
        self
    }

    /// Says that a read takes the caller as long as so many bytes of it do. By itself the probe reads as few bytes as it can;
    /// with this, a file that is no longer is read at once, and a video in fewer and longer reads.
    pub fn with_read_cost(mut self, bytes: u64) -> Self {
        self.read_cost = bytes;
        self
    }

    /// The size of the file became known, say from the first answer of a server.
    pub fn set_length(&mut self, length: u64) {
        self.bytes.set_length(length);
    }

    /// Goes as far as the bytes at hand allow.
    ///
    /// # Errors
    ///
    /// [`ProbeError::UnsupportedFormat`] and [`ProbeError::Lacks`] for content without facts,
    /// [`ProbeError::Malformed`] and [`ProbeError::TooConvoluted`] for a damaged header, [`ProbeError::Truncated`] and
    /// [`ProbeError::CutOff`] for a file that ends too soon, [`ProbeError::ReadLimit`] for a header that lies too deep.
    pub fn step(&mut self) -> Result<ProbeStep, ProbeError> {
        let length = self.bytes.length().unwrap_or(u64::MAX);
        /// An element may claim to go on far behind the end, so that where nothing came is no end, and nothing
        /// comes before it either. A search backwards from there would take as many reads as it claims.
        const MAX_ENDS: u32 = 4;
        if self.ends > MAX_ENDS {
            return Err(ProbeError::Truncated {
                needed: self.planned_end,
                length: self.asked,
            });
        }
        if !self.is_worth_an_attempt(length) {
            return Ok(ProbeStep::Need(self.asked..self.planned_end.min(length)));
        }
        loop {
            match self.attempt() {
                Ok(facts) => {
                    return Ok(ProbeStep::Done(MediaFacts {
                        bytes: self.bytes.length(),
                        bytes_read: self.bytes.count(),
                        ..facts
                    }));
                }
                Err(halt) => match halt.into_cause() {
                    Cause::Need(range) => match self.plan_read(range) {
                        Ok(range) => return Ok(ProbeStep::Need(range)),
                        Err(limit) if self.is_exhausted => return Err(limit),
                        // What was read may be enough to derive the rest.
                        Err(_) => self.is_exhausted = true,
                    },
                    Cause::Fail(error) => return Err(error),
                    Cause::Unread => {
                        self.lacks_readers = true;
                        return Err(ProbeError::UnsupportedFormat { looks_like: None });
                    }
                },
            }
        }
    }

    /// All of a read is there, or what is needed and a quarter more bytes than last time: then the attempts are few,
    /// however small the pieces that come.
    fn is_worth_an_attempt(&self, length: u64) -> bool {
        const GROWTH_SHARE: u64 = 4;
        let count = self.bytes.count();
        let is_needed_there = self.asked >= self.needed_end.min(length);
        let has_grown = count - self.attempted > count / GROWTH_SHARE;
        self.asked >= self.planned_end.min(length) || (is_needed_there && has_grown)
    }

    /// The parser starts again over what has been supplied: straight-line code that asks for a byte it lacks is
    /// far simpler than code that can stop anywhere. Only long walks go on where they were.
    fn attempt(&mut self) -> Parse<MediaFacts> {
        self.attempted = self.bytes.count();
        let (allowance, reserve) = self.allowance();
        let worth = self.bytes.count().saturating_mul(WORK_PER_BYTE);
        let attempt = Attempt {
            work: self.work,
            max_work: BASE_WORK.saturating_add(worth),
            allowance,
            reserve,
            is_exhausted: self.is_exhausted || self.reads >= self.max_reads || allowance <= reserve,
            checkpoints: std::mem::take(&mut self.checkpoints),
        };
        let input = Input::new(&self.bytes, attempt);
        let outcome = readers::read(&input);
        if input.is_video() {
            self.hop_read = VIDEO_HOP_READ;
        }
        self.misses_end = input.misses_end();
        (self.work, self.checkpoints) = input.into_progress();
        outcome
    }

    /// Hands over bytes from the start of the range asked for last. An empty slice says that the
    /// file ends there.
    pub fn supply(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            self.ends = self.ends.saturating_add(1);
            self.bytes.set_length(self.asked);
        } else {
            self.bytes.insert(self.asked, bytes);
            self.asked = self.asked.saturating_add(bytes.len() as u64);
        }
    }

    /// Goes all the way over a file that is in memory.
    ///
    /// # Errors
    ///
    /// Those of [`Probe::step`].
    pub fn run(mut self, file: &[u8]) -> Result<MediaFacts, ProbeError> {
        loop {
            match self.step()? {
                ProbeStep::Done(facts) => return Ok(facts),
                ProbeStep::Need(range) => self.supply(part(file, range)),
            }
        }
    }

    /// Whether the outcome would be another if the size of the file were known: its end would be looked at.
    pub(crate) fn misses_end(&self) -> bool {
        self.misses_end
    }

    /// Whether it failed for want of readers that are loaded later. Once they are, it goes on where it was.
    pub(crate) fn lacks_readers(&self) -> bool {
        self.lacks_readers
    }

    /// Bytes supplied so far.
    pub fn bytes_read(&self) -> u64 {
        self.bytes.count()
    }

    /// Work done so far: looks at the bytes, with an entry of a table as one. Linear in [`Probe::bytes_read`], for
    /// every format.
    pub fn work(&self) -> u64 {
        self.work
    }

    /// Bytes that may still be read, and how many of them are kept for what only the end of the file tells.
    fn allowance(&self) -> (u64, u64) {
        const RESERVE_SHARE: u64 = 16;
        let allowance = self.max_bytes.saturating_sub(self.bytes.count());
        (allowance, self.max_bytes / RESERVE_SHARE)
    }

    fn plan_read(&mut self, needed: Range<u64>) -> Result<Range<u64>, ProbeError> {
        let hop_read = self.hop_read();
        let start = self.bytes.reach(needed.start, hop_read);
        let length = self.bytes.length();
        let is_short = length.is_some_and(|length| length <= self.read_cost);
        let wanted = match start {
            0 if is_short => FIRST_READ.max(self.read_cost),
            0 => FIRST_READ,
            _ if self.bytes.ends_at(start) => self.next_read.max(hop_read),
            _ => hop_read,
        };
        let wanted = wanted.max(self.rest_of_video(start));
        self.next_read = match start {
            0 => FIRST_READ,
            _ => {
                let longest = self.bytes.count() / LONGEST_READ_SHARE;
                (wanted * 2).min(LONGEST_READ.max(longest))
            }
        };
        let (allowance, reserve) = self.allowance();
        let next = self.bytes.next_start(start);
        let lacking = needed.end.min(next).saturating_sub(start);
        if needed.end > FARTHEST || lacking > allowance {
            return Err(ProbeError::ReadLimit {
                max_bytes: self.max_bytes,
            });
        }
        // More than is needed is read where it leaves the reserve alone.
        let wanted = wanted.min(allowance.saturating_sub(reserve));
        let end = needed
            .end
            .max(start.saturating_add(wanted))
            .min(next)
            .min(self.bytes.length().unwrap_or(u64::MAX));
        self.reads = self.reads.saturating_add(1);
        self.asked = start;
        self.needed_end = needed.end.min(end);
        self.planned_end = end;
        Ok(start..end)
    }

    /// Behind a gap.
    fn hop_read(&self) -> u64 {
        if self.is_video() && self.reads < MAX_LONG_READS {
            self.hop_read.max(self.read_cost)
        } else {
            self.hop_read
        }
    }

    /// How many bytes of a video are left behind this offset, where they are few; else 0.
    fn rest_of_video(&self, start: u64) -> u64 {
        let rest = self.bytes.length().unwrap_or(0).saturating_sub(start);
        if self.is_video() && rest <= LONGEST_REST {
            rest
        } else {
            0
        }
    }

    fn is_video(&self) -> bool {
        self.hop_read == VIDEO_HOP_READ
    }
}
