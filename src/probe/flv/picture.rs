//! What the first frame of a Flash video says, or the parameters before it (section E.4.3).

use super::{Input, Parse, Size, Tag};
use crate::probe::bits::Bits;
use crate::probe::codec;
use crate::probe::sequence::{self, Sequence};

#[derive(Default)]
pub(super) struct Picture {
    pub(super) codec: Option<String>,
    pub(super) sequence: Option<Sequence>,
}

pub(super) const AVC: u8 = 7;
/// Not Adobe's, but widespread.
pub(super) const HEVC: u8 = 12;

/// The type of a packet that holds parameters.
pub(super) const PARAMETERS: u8 = 0;

impl Picture {
    pub(super) fn read(input: &Input<'_>, tag: &Tag) -> Parse<Self> {
        /// Sets of parameters are shorter, headers of frames by far.
        const LONGEST: u64 = 240;
        Ok(match tag.slice(input, LONGEST)? {
            [first @ 0x80..=0xff, c0, c1, c2, c3, rest @ ..] => {
                Self::of_four_letters(first & 0x0f, [*c0, *c1, *c2, *c3], rest)
            }
            [first, rest @ ..] => Self::of_number(first & 0x0f, rest),
            [] => Self::default(),
        })
    }

    /// Veovera, "Enhanced RTMP", version 1.
    fn of_four_letters(packet: u8, code: [u8; 4], body: &[u8]) -> Self {
        let sequence = match (packet, &code) {
            (PARAMETERS, b"avc1") => sequence::of_avc_record(body),
            (PARAMETERS, b"hvc1") => sequence::of_hevc_record(body),
            _ => None,
        };
        Self {
            codec: codec::of_four_letters(code),
            sequence,
        }
    }

    /// Table of section E.4.3.1.
    fn of_number(number: u8, body: &[u8]) -> Self {
        let (codec, sequence) = match (number, body) {
            (2, _) => ("flv1", sorenson(body)),
            (3, _) => ("flashsv", screen(body)),
            (4, _) => ("vp6f", vp6(body, 1)),
            // With a second picture for alpha, the offset of which comes first.
            (5, _) => ("vp6a", vp6(body, 4)),
            (6, _) => ("flashsv2", screen(body)),
            (AVC, [PARAMETERS, _, _, _, rest @ ..]) => ("h264", sequence::of_avc_record(rest)),
            (AVC, _) => ("h264", None),
            (HEVC, [PARAMETERS, _, _, _, rest @ ..]) => ("hevc", sequence::of_hevc_record(rest)),
            (HEVC, _) => ("hevc", None),
            _ => return Self::default(),
        };
        Self {
            codec: Some(codec.to_owned()),
            sequence,
        }
    }
}

/// Sorenson H.263 (section E.4.3.2).
fn sorenson(body: &[u8]) -> Option<Sequence> {
    const START_CODE: u32 = 1;
    let mut bits = Bits::new(body);
    if bits.read(17)? != START_CODE {
        return None;
    }
    let _version_and_time = bits.read(13)?;
    let (width, height) = match bits.read(3)? {
        0 => (bits.read(8)?, bits.read(8)?),
        1 => (bits.read(16)?, bits.read(16)?),
        2 => (352, 288),
        3 => (176, 144),
        4 => (128, 96),
        5 => (320, 240),
        6 => (160, 120),
        _ => return None,
    };
    square(width, height)
}

/// Screen video of both versions (sections E.4.3.3 and E.4.3.4): the size of a block before each side.
fn screen(body: &[u8]) -> Option<Sequence> {
    let mut bits = Bits::new(body);
    bits.skip(4)?;
    let width = bits.read(12)?;
    bits.skip(4)?;
    square(width, bits.read(12)?)
}

/// VP6 behind what is cut off right and below (sections E.4.3.5 and E.4.3.6; On2, "VP6 Bitstream &
/// Decoder Specification", version 1.03, section 9).
fn vp6(body: &[u8], at: usize) -> Option<Sequence> {
    const INTER_FRAME: u8 = 0x80;
    let cut = body.first()?;
    let (flags, rest) = body.get(at..)?.split_first()?;
    let (profile, rest) = rest.split_first()?;
    if flags & INTER_FRAME != 0 {
        return None;
    }
    // The offset of a second part, which simple profiles have.
    let has_offset = flags & 1 != 0 || profile & 0x06 == 0;
    let rest = if has_offset { rest.get(2..)? } else { rest };
    let [rows, columns, ..] = rest else {
        return None;
    };
    let side = |blocks: u8, cut: u8| (u32::from(blocks) * 16).saturating_sub(cut.into());
    square(side(*columns, cut >> 4), side(*rows, cut & 0x0f))
}

fn square(width: u32, height: u32) -> Option<Sequence> {
    let size = Size::new(width.into(), height.into());
    (width > 0 && height > 0).then(|| Sequence::of_size(size))
}
