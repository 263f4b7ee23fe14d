//! Program streams: packets that say which stream they are of (ISO/IEC 13818-1, 2.5).

use super::packet::{Packet, Scan};
use super::{from_end, from_start, merge_audio, timing, video_of};
use crate::media::{Format, MediaFacts};
use crate::probe::input::{Input, Parse, lacks};
use crate::probe::sequence::{self, Coding};

/// Stream ids (ISO/IEC 13818-1, tables 2-22 and 2-39).
mod id {
    pub(super) const SYSTEM_HEADER: u8 = 0xbb;
    pub(super) const STREAM_MAP: u8 = 0xbc;
    pub(super) const PRIVATE_1: u8 = 0xbd;
    pub(super) const FIRST_AUDIO: u8 = 0xc0;
    pub(super) const LAST_AUDIO: u8 = 0xdf;
    pub(super) const FIRST_VIDEO: u8 = 0xe0;
    pub(super) const LAST_VIDEO: u8 = 0xef;
}

pub(super) fn read(input: &Input<'_>) -> Parse<MediaFacts> {
    let (start, coding, sequence) = from_start(input, |piece, end| {
        let mut start = Program::read(piece, None);
        let is_whole = input.length() == Some(piece.len() as u64);
        if is_whole && start.is_sound_only() {
            return lacks(Format::Mpeg, "video track");
        }
        let late = Program::read(end, start.video).scan.video;
        let guess = || Coding::guess(&start.scan.video).or_else(|| Coding::guess(&late));
        let Some(coding) = start.coding.or_else(guess) else {
            return Ok(None);
        };
        if let Some((at, sequence)) = sequence::find_at(coding, &start.scan.video) {
            start.scan.begin_at(at);
            return Ok(Some((start, coding, sequence)));
        }
        let late = sequence::find(coding, &late);
        Ok(late.map(|sequence| (start, coding, sequence)))
    })?;
    let end = from_end(
        input,
        1,
        |at| at,
        |piece| Program::read(piece, start.video).scan,
    )?;
    let has_fields = sequence::has_fields(&sequence, &start.scan.video);
    let mut video = video_of(sequence, start.announces_audio);
    merge_audio(&mut video, &start.scan, end.as_ref());
    let coding = (coding, has_fields);
    timing::measure(&mut video, coding, &start.scan, end.as_ref());
    Ok(video.facts())
}

/// Where a pack begins in a piece, with what may follow one behind it (2.5.3.3; ISO/IEC 11172-1, 2.4.3.2).
pub(super) fn start_in(piece: &[u8]) -> Option<u64> {
    /// Of a pack of MPEG-1, and of one of MPEG-2 before its stuffing.
    const LENGTHS: [usize; 2] = [12, 14];
    let candidates = piece.windows(LENGTHS[1] + 1).enumerate();
    let mut candidates = candidates.filter(|(_, window)| window.starts_with(&[0, 0, 1, 0xba]));
    candidates.find_map(|(at, window)| {
        let [_, _, _, _, mark, .., stuffing, _] = window else {
            return None;
        };
        let length = match mark {
            mark if mark & 0xf1 == 0x21 => LENGTHS[0],
            mark if mark & 0xc4 == 0x44 => LENGTHS[1] + usize::from(stuffing & 7),
            _ => return None,
        };
        let next = piece.get(at + length..)?;
        matches!(next, [0, 0, 1, 0xb9..=0xff, ..]).then_some(at as u64)
    })
}

/// A piece of a program stream.
#[derive(Default)]
struct Program {
    scan: Scan,
    /// The id of the first stream of video.
    video: Option<u8>,
    coding: Option<Coding>,
    announces_audio: Option<bool>,
    announces_video: Option<bool>,
}

impl Program {
    /// From the first start code on; `video` is the stream to follow, if it is known already.
    fn read(piece: &[u8], video: Option<u8>) -> Self {
        let mut program = Self {
            video,
            ..Self::default()
        };
        for packet in Packets(piece) {
            program.take(packet);
        }
        program
    }

    /// Where video is announced or nothing was met, the file may be cut off before it.
    fn is_sound_only(&self) -> bool {
        self.video.is_none() && self.announces_video == Some(false) && self.scan.has_audio
    }

    fn take(&mut self, packet: &[u8]) {
        match packet {
            [_, _, _, id::SYSTEM_HEADER, rest @ ..] => self.take_system_header(rest),
            [_, _, _, id::STREAM_MAP, rest @ ..] => {
                self.take_map(rest);
            }
            [_, _, _, id::PRIVATE_1, ..] => {
                self.scan.has_audio |=
                    Packet::read(packet).is_some_and(|packet| is_sound(packet.payload));
            }
            [_, _, _, id::FIRST_AUDIO..=id::LAST_AUDIO, ..] => self.scan.has_audio = true,
            [_, _, _, id @ id::FIRST_VIDEO..=id::LAST_VIDEO, ..]
                if *self.video.get_or_insert(*id) == *id =>
            {
                self.scan.take(packet);
            }
            _ => {}
        }
    }

    /// How many streams there are (2.5.3.5). Video CDs have a header for each (IEC 62107).
    fn take_system_header(&mut self, header: &[u8]) {
        if let [_, _, _, _, _, audio, video, ..] = header {
            let announce = |known: &mut Option<bool>, streams: u8| {
                *known = Some(streams > 0 || *known == Some(true));
            };
            announce(&mut self.announces_audio, audio >> 2);
            announce(&mut self.announces_video, video & 0x1f);
        }
    }

    /// The coding of each stream (2.5.4.1).
    fn take_map(&mut self, map: &[u8]) -> Option<()> {
        let [_, _, _, _, i0, i1, rest @ ..] = map else {
            return None;
        };
        let about_program = u16::from_be_bytes([*i0, *i1]);
        let [l0, l1, streams @ ..] = rest.get(usize::from(about_program)..)? else {
            return None;
        };
        let length = u16::from_be_bytes([*l0, *l1]);
        let mut streams = streams.get(..usize::from(length))?;
        while let [kind, id, l0, l1, rest @ ..] = streams {
            if matches!(*id, id::FIRST_VIDEO..=id::LAST_VIDEO) {
                self.coding = self.coding.or(super::coding(*kind));
            }
            streams = rest.get(usize::from(u16::from_be_bytes([*l0, *l1]))..)?;
        }
        Some(())
    }
}

/// Whether a private stream is one of sound, as on DVDs, or the bare AC-3 of recorders.
fn is_sound(payload: &[u8]) -> bool {
    matches!(payload, [0x80..=0x8f | 0xa0..=0xaf | 0xc0..=0xcf, ..] | [0x0b, 0x77, ..])
}

/// Everything that begins with a start code of the system layer; the last may be cut off.
struct Packets<'a>(&'a [u8]);

impl<'a> Iterator for Packets<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<Self::Item> {
        let is_start = |code: &[u8]| matches!(code, [0, 0, 1, id::SYSTEM_HEADER..=0xff]);
        let at = self.0.windows(4).position(is_start)?;
        let (_, from_start) = self.0.split_at_checked(at)?;
        let [_, _, _, _, l0, l1, ..] = from_start else {
            return None;
        };
        let length = 6 + usize::from(u16::from_be_bytes([*l0, *l1]));
        let (packet, rest) = from_start
            .split_at_checked(length)
            .unwrap_or((from_start, &[]));
        self.0 = rest;
        Some(packet)
    }
}
