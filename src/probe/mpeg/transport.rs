//! Transport streams: packets of 188 bytes, and tables that say what they hold (ISO/IEC 13818-1, 2.4).

use super::packet::Scan;
use super::{coding, from_end, from_start, merge_audio, timing, video_of};
use crate::media::{Format, MediaFacts};
use crate::probe::ProbeError;
use crate::probe::input::{Input, Parse, lacks, unsupported};
use crate::probe::recognise;
use crate::probe::sequence::{self, Coding};

pub(super) fn read(input: &Input<'_>) -> Parse<MediaFacts> {
    read_at(input, Layout::read(input)?)
}

pub(super) fn read_at(input: &Input<'_>, layout: Layout) -> Parse<MediaFacts> {
    let (track, start, sequence) = from_start(input, |piece, end| {
        let packets = Packets::new(
            piece.get(layout.first as usize..).unwrap_or_default(),
            layout,
        );
        let Some(track) = Track::read(packets)? else {
            return Ok(None);
        };
        let mut scan = track.scan(packets);
        if let Some((at, sequence)) = sequence::find_at(track.coding, &scan.video) {
            scan.begin_at(at);
            return Ok(Some((track, scan, sequence)));
        }
        let late = track.scan(Packets::new(end, layout)).video;
        let late = sequence::find(track.coding, &late);
        Ok(late.map(|sequence| (track, scan, sequence)))
    })?;
    // Of MPEG-1 and MPEG-2, a packet may hold several frames, and the header cannot be wrong.
    let is_told = track.coding == Coding::Mpeg;
    let wanted = if is_told {
        1
    } else {
        timing::wanted(sequence.frame_rate, &start)
    };
    let end = from_end(
        input,
        wanted,
        |at| layout.start_of_packet(at),
        |piece| track.scan(Packets::new(piece, layout)),
    )?;
    let has_fields = sequence::has_fields(&sequence, &start.video);
    let mut video = video_of(sequence, track.has_audio);
    if !is_told {
        video.frame_rate = timing::frame_rate(video.frame_rate, has_fields, &start, end.as_ref());
    }
    merge_audio(&mut video, &start, end.as_ref());
    let coding = (track.coding, has_fields);
    timing::measure(&mut video, coding, &start, end.as_ref());
    Ok(video.facts())
}

/// The first byte of every packet (2.4.3.2).
const SYNC: u8 = 0x47;

/// Bytes of a packet.
const PACKET: usize = 188;

/// Where the packets are.
#[derive(Clone, Copy)]
pub(super) struct Layout {
    first: u64,
    stride: u64,
}

impl Layout {
    /// Bare; behind the time of their arrival, as on Blu-ray discs and in camcorders' files; before codes
    /// that correct errors (ETSI EN 300 421, 4.4.2).
    const ALL: [Self; 3] = [Self::new(0, 188), Self::new(4, 192), Self::new(0, 204)];

    /// Packets that must begin where a layout says, as far as the file goes.
    const PROOF: u64 = 5;

    const fn new(first: u64, stride: u64) -> Self {
        Self { first, stride }
    }

    fn read(input: &Input<'_>) -> Parse<Self> {
        const LONGEST: u64 = 204;
        // Text may have the letter anywhere, and repeat itself.
        if recognise::name(input.up_to(0, recognise::LONGEST_SIGNATURE)?).is_some() {
            return unsupported(None);
        }
        let head = input.up_to(0, Self::PROOF * LONGEST)?;
        if let Some(layout) = Self::ALL.into_iter().find(|layout| layout.fits(head)) {
            return Ok(layout);
        }
        let length = head.len() as u64;
        let needed = 2 * LONGEST;
        // One packet proves nothing.
        if length < needed {
            return Err(ProbeError::Truncated { needed, length }.into());
        }
        unsupported(None)
    }

    /// Behind the rest of a packet, or other bytes.
    pub(super) fn search(head: &[u8]) -> Option<Self> {
        let strides = Self::ALL.map(|layout| layout.stride);
        let candidates = head.windows(2).enumerate();
        // Where every byte is this one, none begins a packet.
        let mut candidates =
            candidates.filter(|(_, pair)| matches!(pair, [SYNC, other] if *other != SYNC));
        candidates.find_map(|(at, _)| {
            let first = at as u64;
            let layouts = strides.into_iter().map(|stride| Self { first, stride });
            let mut proven = layouts.filter(|layout| {
                let last = first + (Self::PROOF - 1) * layout.stride;
                last < head.len() as u64 && layout.fits(head)
            });
            proven.next()
        })
    }

    /// Where the first packet begins.
    pub(super) const fn first(&self) -> u64 {
        self.first
    }

    fn fits(self, head: &[u8]) -> bool {
        let starts = (0..Self::PROOF).map(|index| (self.first + index * self.stride) as usize);
        let bytes: Vec<_> = starts.filter_map(|at| head.get(at)).collect();
        bytes.len() > 1 && bytes.iter().all(|byte| **byte == SYNC)
    }

    /// The last packet's start up to an offset.
    const fn start_of_packet(self, at: u64) -> u64 {
        let behind = at.saturating_sub(self.first);
        self.first + behind - behind % self.stride
    }
}

/// The first program's first video, of those that can be read.
struct Track {
    id: u16,
    coding: Coding,
    has_audio: Option<bool>,
    /// Streams that do not say what they are.
    unknown: Vec<u16>,
}

impl Track {
    /// Of the first program that comes to say it has one. `None` where tables are yet to come.
    fn read(packets: Packets<'_>) -> Parse<Option<Self>> {
        const PROGRAMS: u8 = 0;
        const STREAMS: u8 = 2;
        let mut directory = Section::of(PROGRAMS);
        let mut programs: Vec<(u16, Section)> = Vec::new();
        for packet in packets {
            if programs.is_empty() {
                if packet.id == 0
                    && let Some(section) = directory.take(&packet)
                {
                    let ids = program_tables(&section);
                    programs = ids.map(|id| (id, Section::of(STREAMS))).collect();
                }
                continue;
            }
            let Some(index) = programs.iter().position(|(id, _)| *id == packet.id) else {
                continue;
            };
            let program = programs.get_mut(index);
            let Some(section) = program.and_then(|(_, section)| section.take(&packet)) else {
                continue;
            };
            if let Some(track) = Self::of_program(&section) {
                return Ok(Some(track));
            }
            programs.swap_remove(index);
            if programs.is_empty() {
                return lacks(Format::Mpeg, "video track that can be read");
            }
        }
        Ok(None)
    }

    /// From a program map section (2.4.4.9).
    fn of_program(section: &[u8]) -> Option<Self> {
        let streams = || Streams::new(section);
        let (coding, id) = streams().find_map(|stream| Some((coding(stream.kind)?, stream.id)))?;
        let unknown = streams().filter(|stream| !stream.is_described());
        let unknown: Vec<u16> = unknown.map(|stream| stream.id).collect();
        let has_audio = if streams().any(|stream| stream.is_audio()) {
            Some(true)
        } else {
            unknown.is_empty().then_some(false)
        };
        Some(Self {
            id,
            coding,
            has_audio,
            unknown,
        })
    }

    /// Its video in a piece of the file, and whether it is heard there, by the id of an elementary stream
    /// (table 2-22).
    fn scan(&self, packets: Packets<'_>) -> Scan {
        let mut scan = Scan::default();
        let mut packet = Vec::new();
        for part in packets {
            if part.id != self.id {
                let is_sound = matches!(part.payload, [0, 0, 1, 0xc0..=0xdf, ..]);
                scan.has_audio |= part.is_start && is_sound && self.unknown.contains(&part.id);
                continue;
            }
            if part.is_start {
                scan.take(&packet);
                packet.clear();
            }
            packet.extend_from_slice(part.payload);
        }
        scan.take(&packet);
        scan
    }
}

/// Ids of the packets that hold programs' tables (2.4.4.4); program 0 is a network's.
fn program_tables(section: &[u8]) -> impl Iterator<Item = u16> {
    const FIRST: usize = 8;
    let entries = section.get(FIRST..).unwrap_or_default().chunks_exact(4);
    entries.filter_map(|entry| match entry {
        [0, 0, _, _] => None,
        [_, _, i0, i1] => Some(packet_id(*i0, *i1)),
        _ => None,
    })
}

fn packet_id(upper: u8, lower: u8) -> u16 {
    u16::from_be_bytes([upper & 0x1f, lower])
}

/// Twelve bits, as all lengths here have.
fn length(upper: u8, lower: u8) -> usize {
    u16::from_be_bytes([upper & 0x0f, lower]).into()
}

/// A section of a table, which may take several packets (2.4.4.1).
struct Section {
    table: u8,
    /// `None` before the start of any section.
    bytes: Option<Vec<u8>>,
}

impl Section {
    const fn of(table: u8) -> Self {
        Self { table, bytes: None }
    }

    /// The section without its checksum, once it is whole.
    fn take(&mut self, packet: &Packet<'_>) -> Option<Vec<u8>> {
        let mut payload = packet.payload;
        if packet.is_start {
            // How far off the start is; before it goes on what came before.
            let (pointer, rest) = payload.split_first()?;
            let (before, start) = rest.split_at_checked(usize::from(*pointer))?;
            self.extend(before);
            if let Some(section) = self.whole() {
                return Some(section);
            }
            self.bytes = Some(Vec::new());
            payload = start;
        }
        self.extend(payload);
        self.whole()
    }

    fn extend(&mut self, payload: &[u8]) {
        if let Some(bytes) = &mut self.bytes {
            bytes.extend_from_slice(payload);
        }
    }

    fn whole(&self) -> Option<Vec<u8>> {
        const HEADER: usize = 3;
        const CHECKSUM: usize = 4;
        let bytes = self.bytes.as_deref()?;
        let [table, l0, l1, ..] = bytes else {
            return None;
        };
        let end = HEADER + length(*l0, *l1);
        let section = bytes.get(..end)?;
        (*table == self.table).then(|| {
            section
                .get(..end.saturating_sub(CHECKSUM))
                .unwrap_or_default()
                .to_vec()
        })
    }
}

/// The elementary streams of a program.
struct Streams<'a>(&'a [u8]);

struct Stream<'a> {
    kind: u8,
    id: u16,
    descriptors: &'a [u8],
}

impl<'a> Streams<'a> {
    fn new(section: &'a [u8]) -> Self {
        /// Behind the length of what is said of the whole program.
        const FIRST: usize = 12;
        let streams = match section.get(FIRST - 2..) {
            Some([l0, l1, rest @ ..]) => rest.get(length(*l0, *l1)..),
            _ => None,
        };
        Self(streams.unwrap_or_default())
    }
}

impl<'a> Iterator for Streams<'a> {
    type Item = Stream<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let [kind, i0, i1, l0, l1, rest @ ..] = self.0 else {
            return None;
        };
        let (descriptors, rest) = rest.split_at_checked(length(*l0, *l1))?;
        self.0 = rest;
        Some(Stream {
            kind: *kind,
            id: packet_id(*i0, *i1),
            descriptors,
        })
    }
}

impl Stream<'_> {
    const PRIVATE: u8 = 0x06;

    fn is_described(&self) -> bool {
        self.kind != Self::PRIVATE || !self.descriptors.is_empty()
    }

    /// Tables 2-34 (ISO/IEC 13818-1), B-1 (ATSC A/52) and those of Blu-ray discs; private data by their
    /// descriptors.
    fn is_audio(&self) -> bool {
        match self.kind {
            0x03 | 0x04 | 0x0f | 0x11 | 0x1c | 0x2d | 0x2e | 0x80..=0x87 | 0xa1 | 0xa2 => true,
            Self::PRIVATE => self.describes_audio(),
            _ => false,
        }
    }

    /// AC-3, DTS and AAC by number (ETSI EN 300 468, table 12), others by a registered name.
    fn describes_audio(&self) -> bool {
        let mut rest = self.descriptors;
        while let [tag, length, behind @ ..] = rest {
            let Some((body, behind)) = behind.split_at_checked(usize::from(*length)) else {
                break;
            };
            match (tag, body) {
                (0x6a | 0x7a | 0x7b | 0x7c, _) => return true,
                (0x05, [b'A', b'C', b'-', b'3' | b'4', ..]) => return true,
                (0x05, [b'E', b'A', b'C', b'3', ..] | [b'D', b'T', b'S', ..]) => return true,
                (0x05, [b'O', b'p', b'u', b's', ..] | [b'B', b'S', b'S', b'D', ..]) => return true,
                _ => {}
            }
            rest = behind;
        }
        false
    }
}

/// The packets of a piece, each of them whole.
#[derive(Clone, Copy)]
struct Packets<'a> {
    piece: &'a [u8],
    stride: usize,
}

struct Packet<'a> {
    id: u16,
    /// Whether a packet of the elementary stream, or a pointer to a section, begins here.
    is_start: bool,
    payload: &'a [u8],
}

impl<'a> Packets<'a> {
    const fn new(piece: &'a [u8], layout: Layout) -> Self {
        let stride = layout.stride as usize;
        Self { piece, stride }
    }
}

impl<'a> Iterator for Packets<'a> {
    type Item = Packet<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            // Where bytes are missing, the next packet begins anywhere.
            let lost = self.piece.iter().position(|byte| *byte == SYNC)?;
            self.piece = self.piece.get(lost..)?;
            let packet = self.piece.get(..PACKET)?;
            self.piece = self.piece.get(self.stride..).unwrap_or_default();
            if let Some(packet) = Packet::read(packet) {
                return Some(packet);
            }
        }
    }
}

impl<'a> Packet<'a> {
    /// 2.4.3.2. `None` where it is damaged, scrambled or without payload.
    fn read(packet: &'a [u8]) -> Option<Self> {
        const IS_DAMAGED: u8 = 0x80;
        const IS_START: u8 = 0x40;
        const SCRAMBLING: u8 = 0xc0;
        const HAS_ADAPTATION: u8 = 0x20;
        const HAS_PAYLOAD: u8 = 0x10;
        let [_sync, upper, lower, control, rest @ ..] = packet else {
            return None;
        };
        if upper & IS_DAMAGED != 0 || control & SCRAMBLING != 0 || control & HAS_PAYLOAD == 0 {
            return None;
        }
        let adaptation = match (control & HAS_ADAPTATION, rest) {
            (0, _) => 0,
            (_, [length, ..]) => 1 + usize::from(*length),
            _ => return None,
        };
        Some(Self {
            id: packet_id(*upper, *lower),
            is_start: upper & IS_START != 0,
            payload: rest.get(adaptation..)?,
        })
    }
}
