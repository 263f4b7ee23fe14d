//! The sequence parameter set of H.264 (ITU-T H.264, 08/2021, 7.3.2.1.1 and annex E).

use super::{Bits, Sequence, crop, usability};
use crate::media::Size;

/// The type of the unit (table 7-1).
const PARAMETER_SET: u32 = 7;

/// Profiles that name the kind of their chroma; all others have half of it each way.
const WITH_CHROMA: [u32; 13] = [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135];

pub(super) fn parameter_set(unit: &[u8]) -> Option<Sequence> {
    let mut bits = Bits::new(unit);
    bits.skip(3)?;
    if bits.read(5)? != PARAMETER_SET {
        return None;
    }
    let profile = bits.read(8)?;
    let _constraints_and_level = bits.read(16)?;
    let _id = bits.golomb()?;
    let (chroma, is_apart) = if WITH_CHROMA.contains(&profile) {
        read_chroma(&mut bits)?
    } else {
        (Chroma::Half, false)
    };
    let frame_number_bits = bits.golomb()?;
    skip_picture_order(&mut bits)?;
    let _reference_frames = bits.golomb()?;
    let _allows_gaps = bits.flag()?;
    let columns = u64::from(bits.golomb()?) + 1;
    let rows = u64::from(bits.golomb()?) + 1;
    // Without fields, rows are counted by the frame, else by the field.
    let fields = if bits.flag()? { 1 } else { 2 };
    if fields == 2 {
        let _is_adaptive = bits.flag()?;
    }
    let _infers_direct = bits.flag()?;
    let mut size = Size::new(columns * 16, rows * 16 * fields);
    let is_cropped = bits.flag()?;
    if is_cropped {
        let (across, down) = chroma.crop_unit();
        let mut two = || Some([bits.golomb()?, bits.golomb()?]);
        let (horizontal, vertical) = (two()?, two()?);
        size = Size::new(
            crop(size.width, across, horizontal),
            crop(size.height, down * fields, vertical),
        );
    }
    // Decoders live without usability information that makes no sense.
    let (pixel, ticks_per_second) = usability(&mut bits, |_| Some(())).unwrap_or(((1, 1), None));
    Some(Sequence {
        codec: "h264",
        size,
        pixel,
        // A tick is a field (E.2.1).
        frame_rate: ticks_per_second.map(|ticks| ticks / 2.0),
        fields: (fields == 2).then_some(Fields {
            frame_number_bits: frame_number_bits.saturating_add(4).min(u32::BITS),
            is_apart,
        }),
    })
}

/// Where a slice says that it is of a field (7.3.3).
#[derive(Clone, Debug, PartialEq)]
pub(in crate::probe) struct Fields {
    frame_number_bits: u32,
    /// Planes of colour are slices of their own.
    is_apart: bool,
}

impl Fields {
    pub(super) fn is_field(&self, slice: &[u8]) -> Option<bool> {
        let mut bits = Bits::new(slice);
        bits.skip(8)?;
        let _first_block = bits.golomb()?;
        let _kind = bits.golomb()?;
        let _parameters = bits.golomb()?;
        if self.is_apart {
            bits.skip(2)?;
        }
        bits.skip(self.frame_number_bits)?;
        bits.flag()
    }
}

/// A slice whose first macroblock is the first of all (7.3.3).
pub(super) fn is_first_slice(unit: &[u8]) -> bool {
    match unit {
        [header, first, ..] => matches!(header & 0x1f, 1 | 5) && first & 0x80 != 0,
        _ => false,
    }
}

/// How much chroma there is for the luma (table 6-1).
#[derive(Clone, Copy)]
enum Chroma {
    None,
    Half,
    HalfAcross,
    Full,
}

impl Chroma {
    /// Pixels that a crop of one takes (equations 7-19 to 7-22).
    const fn crop_unit(self) -> (u64, u64) {
        match self {
            Self::None | Self::Full => (1, 1),
            Self::Half => (2, 2),
            Self::HalfAcross => (2, 1),
        }
    }
}

/// Chroma, depth and scaling lists, and whether planes of colour are coded apart.
fn read_chroma(bits: &mut Bits<'_>) -> Option<(Chroma, bool)> {
    let format = bits.count(3)?;
    let is_apart = format == 3 && bits.flag()?;
    let _luma_depth = bits.golomb()?;
    let _chroma_depth = bits.golomb()?;
    let _bypasses = bits.flag()?;
    let has_scaling_lists = bits.flag()?;
    if has_scaling_lists {
        let lists = if format == 3 { 12 } else { 8 };
        for index in 0..lists {
            let is_present = bits.flag()?;
            if is_present {
                skip_scaling_list(bits, if index < 6 { 16 } else { 64 })?;
            }
        }
    }
    let chroma = match format {
        0 => Chroma::None,
        1 => Chroma::Half,
        2 => Chroma::HalfAcross,
        _ if is_apart => Chroma::None,
        _ => Chroma::Full,
    };
    Some((chroma, is_apart))
}

/// 7.3.2.1.1.1: a list ends early by a step to zero.
fn skip_scaling_list(bits: &mut Bits<'_>, length: u32) -> Option<()> {
    let mut scale = 8;
    for _ in 0..length {
        scale = (scale + bits.signed_golomb()?).rem_euclid(256);
        if scale == 0 {
            break;
        }
    }
    Some(())
}

fn skip_picture_order(bits: &mut Bits<'_>) -> Option<()> {
    match bits.count(2)? {
        0 => {
            bits.golomb()?;
        }
        1 => {
            bits.flag()?;
            bits.golomb()?;
            bits.golomb()?;
            for _ in 0..bits.count(255)? {
                bits.golomb()?;
            }
        }
        _ => {}
    }
    Some(())
}
