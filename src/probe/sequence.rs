//! What coded video says of its frames where they begin: the sequence header of MPEG, the video object
//! layer of MPEG-4, the sequence parameter set of H.264 and HEVC.

mod h264;
mod hevc;
mod mpeg;

use super::bits::Bits;
use crate::media::Size;

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sequence {
    pub(super) codec: &'static str,
    /// What a decoder yields.
    pub(super) size: Size,
    /// Width and height of a pixel, in proportion.
    pub(super) pixel: (u64, u64),
    /// Frames a second, where a constant rate is claimed.
    pub(super) frame_rate: Option<f64>,
    /// How a slice says that it is of a field, where one may be.
    pub(super) fields: Option<h264::Fields>,
}

/// How a video is coded, of the ways whose headers are read here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    /// MPEG-1 and MPEG-2, which only the header tells apart.
    Mpeg,
    /// MPEG-4 part 2.
    Mpeg4,
    H264,
    Hevc,
}

impl Coding {
    /// From the first unit that only one of them has. MPEG-4 has none, so a container must name it.
    pub(super) fn guess(stream: &[u8]) -> Option<Self> {
        units(stream).find_map(|unit| match unit {
            [mpeg::SEQUENCE_HEADER, ..] => Some(Self::Mpeg),
            // A parameter set as everybody writes it. Others are slices of MPEG as well.
            [0x67, ..] => Some(Self::H264),
            [0x42, 0x01, ..] => Some(Self::Hevc),
            _ => None,
        })
    }
}

/// The first header in a stream that can be read; `None` where none is there whole.
pub(super) fn find(coding: Coding, stream: &[u8]) -> Option<Sequence> {
    find_at(coding, stream).map(|(_, sequence)| sequence)
}

/// The same, and where it begins. What stands before it cannot be decoded.
pub(super) fn find_at(coding: Coding, stream: &[u8]) -> Option<(usize, Sequence)> {
    let read: fn(&[u8]) -> Option<Sequence> = match coding {
        Coding::Mpeg => {
            let is_header = |at: &usize| stream.get(*at) == Some(&mpeg::SEQUENCE_HEADER);
            let at = starts(stream).find(is_header)?;
            return Some((at, mpeg::find(units(stream))?));
        }
        Coding::Mpeg4 => mpeg::video_object_layer,
        Coding::H264 => h264,
        Coding::Hevc => hevc,
    };
    let units = starts(stream).zip(units(stream));
    let mut found = units.filter_map(|(at, unit)| Some((at, read(unit)?)));
    found.next()
}

/// Whether frames come as two fields each, by the first of them that begins in a stream.
pub(super) fn has_fields(sequence: &Sequence, stream: &[u8]) -> bool {
    /// Enough of a slice to tell.
    const HEAD: usize = 32;
    let Some(fields) = &sequence.fields else {
        return false;
    };
    let heads = starts(stream).filter_map(|at| {
        let head = stream.get(at..)?;
        Some(head.get(..HEAD).unwrap_or(head))
    });
    let mut slices = heads.filter(|head| h264::is_first_slice(head));
    slices.any(|head| fields.is_field(&unescaped(head)) == Some(true))
}

/// From a sequence parameter set of H.264, without a start code.
fn h264(unit: &[u8]) -> Option<Sequence> {
    h264::parameter_set(&unescaped(unit)).filter(Sequence::has_size)
}

/// From a sequence parameter set of HEVC, without a start code.
fn hevc(unit: &[u8]) -> Option<Sequence> {
    hevc::parameter_set(&unescaped(unit)).filter(Sequence::has_size)
}

/// `AVCDecoderConfigurationRecord` (ISO/IEC 14496-15:2022, 5.3.3.1).
pub(super) fn of_avc_record(record: &[u8]) -> Option<Sequence> {
    let [
        _version,
        _profile,
        _,
        _level,
        _length,
        _count,
        l0,
        l1,
        rest @ ..,
    ] = record
    else {
        return None;
    };
    let length = u16::from_be_bytes([*l0, *l1]);
    h264(rest.get(..usize::from(length))?)
}

/// `HEVCDecoderConfigurationRecord` (ISO/IEC 14496-15:2022, 8.3.3.1): arrays of units by type.
pub(super) fn of_hevc_record(record: &[u8]) -> Option<Sequence> {
    const ARRAYS: usize = 23;
    let mut rest = record.get(ARRAYS..)?;
    loop {
        let [_kind, c0, c1, units @ ..] = rest else {
            return None;
        };
        rest = units;
        for _ in 0..u16::from_be_bytes([*c0, *c1]) {
            let [l0, l1, units @ ..] = rest else {
                return None;
            };
            let length = u16::from_be_bytes([*l0, *l1]);
            let (unit, behind) = units.split_at_checked(length.into())?;
            if let Some(sequence) = hevc(unit) {
                return Some(sequence);
            }
            rest = behind;
        }
    }
}

/// Frames that begin in a stream.
pub(super) fn count_frames(coding: Coding, stream: &[u8]) -> u64 {
    let units = starts(stream).filter_map(|start| stream.get(start..));
    let frames = units.filter(|unit| match coding {
        Coding::Mpeg => mpeg::is_picture(unit),
        Coding::Mpeg4 => mpeg::is_video_object_plane(unit),
        Coding::H264 => h264::is_first_slice(unit),
        Coding::Hevc => hevc::is_first_slice(unit),
    });
    frames.count() as u64
}

impl Sequence {
    /// Of square pixels, without a rate.
    pub(super) const fn of_size(size: Size) -> Self {
        Self {
            codec: "",
            size,
            pixel: (1, 1),
            frame_rate: None,
            fields: None,
        }
    }

    fn has_size(&self) -> bool {
        self.size.width > 0 && self.size.height > 0
    }
}

/// Offsets behind start codes: two zeros and a one (ISO/IEC 13818-2, 6.2.1; H.264 and HEVC, annex B).
fn starts(stream: &[u8]) -> impl Iterator<Item = usize> {
    let codes = stream.windows(3).enumerate();
    codes.filter_map(|(at, code)| (code == [0, 0, 1]).then_some(at + 3))
}

/// What stands between start codes. The last unit of a stream may go on, so it is left out.
fn units(stream: &[u8]) -> impl Iterator<Item = &[u8]> {
    let ends = starts(stream).skip(1).map(|start| start - 3);
    starts(stream)
        .zip(ends)
        .filter_map(|(start, end)| stream.get(start..end))
}

/// Without the bytes that keep start codes out of a unit (H.264, 7.4.1; HEVC, 7.4.2).
fn unescaped(unit: &[u8]) -> Vec<u8> {
    let mut zeros = 0;
    let is_payload = |byte: &u8| {
        let is_escape = zeros >= 2 && *byte == 3;
        zeros = if *byte == 0 { zeros + 1 } else { 0 };
        !is_escape
    };
    unit.iter().copied().filter(is_payload).collect()
}

/// Aspect of a pixel, and ticks a second where they are told (H.264, E.1.1; HEVC, E.2.1); `None` without such
/// information. `skip` goes over what only one of the two has before the timing.
fn usability(
    bits: &mut Bits<'_>,
    skip: impl FnOnce(&mut Bits<'_>) -> Option<()>,
) -> Option<((u64, u64), Option<f64>)> {
    let is_present = bits.flag()?;
    if !is_present {
        return None;
    }
    let pixel = sample_aspect(bits)?;
    skip_colours(bits)?;
    skip(bits)?;
    let has_timing = bits.flag()?;
    if !has_timing {
        return Some((pixel, None));
    }
    let units = f64::from(bits.read(32)?);
    let scale = f64::from(bits.read(32)?);
    Some((pixel, Some(scale / units)))
}

/// The aspect of a pixel at the head of usability information (H.264, table E-1; HEVC, table E.1).
fn sample_aspect(bits: &mut Bits<'_>) -> Option<(u64, u64)> {
    const EXPLICIT: u32 = 255;
    let is_present = bits.flag()?;
    if !is_present {
        return Some((1, 1));
    }
    Some(match bits.read(8)? {
        2 => (12, 11),
        3 => (10, 11),
        4 => (16, 11),
        5 => (40, 33),
        6 => (24, 11),
        7 => (20, 11),
        8 => (32, 11),
        9 => (80, 33),
        10 => (18, 11),
        11 => (15, 11),
        12 => (64, 33),
        13 => (160, 99),
        14 => (4, 3),
        15 => (3, 2),
        16 => (2, 1),
        EXPLICIT => (bits.read(16)?.into(), bits.read(16)?.into()),
        _ => (1, 1),
    })
}

/// Range, colours and place of chroma: between the aspect and the timing (H.264, E.1.1; HEVC, E.2.1).
fn skip_colours(bits: &mut Bits<'_>) -> Option<()> {
    let has_overscan = bits.flag()?;
    if has_overscan {
        bits.flag()?;
    }
    let has_signal_type = bits.flag()?;
    if has_signal_type {
        bits.read(4)?;
        let has_colours = bits.flag()?;
        if has_colours {
            bits.read(24)?;
        }
    }
    let has_chroma_place = bits.flag()?;
    if has_chroma_place {
        bits.golomb()?;
        bits.golomb()?;
    }
    Some(())
}

/// `cropped` units of some pixels off a side.
fn crop(side: u64, unit: u64, cropped: [u32; 2]) -> u64 {
    let [before, behind] = cropped.map(u64::from);
    side.saturating_sub(unit * (before + behind))
}
