//! The sequence parameter set of HEVC (ITU-T H.265, 08/2021, 7.3.2.2 and annex E).

use super::{Bits, Sequence, crop, usability};
use crate::media::Size;

/// The type of the unit (table 7-1).
const PARAMETER_SET: u32 = 33;

pub(super) fn parameter_set(unit: &[u8]) -> Option<Sequence> {
    let mut bits = Bits::new(unit);
    bits.skip(1)?;
    if bits.read(6)? != PARAMETER_SET {
        return None;
    }
    let _layer_and_time = bits.read(9)?;
    let _video_parameter_set = bits.read(4)?;
    let layers = bits.read(3)?;
    let _is_nested = bits.read(1)?;
    skip_profile(&mut bits, layers)?;
    let _id = bits.golomb()?;
    let chroma = bits.count(3)?;
    let _is_apart = chroma == 3 && bits.flag()?;
    let mut size = Size::new(bits.golomb()?.into(), bits.golomb()?.into());
    let is_cropped = bits.flag()?;
    if is_cropped {
        // `SubWidthC` and `SubHeightC` (table 6-1).
        let (across, down) = match chroma {
            1 => (2, 2),
            2 => (2, 1),
            _ => (1, 1),
        };
        let mut two = || Some([bits.golomb()?, bits.golomb()?]);
        let (horizontal, vertical) = (two()?, two()?);
        size = Size::new(
            crop(size.width, across, horizontal),
            crop(size.height, down, vertical),
        );
    }
    // Decoders live without usability information that makes no sense.
    let (pixel, frame_rate) = skip_tools(&mut bits, layers)
        .and_then(|()| usability(&mut bits, skip_window))
        .unwrap_or(((1, 1), None));
    Some(Sequence {
        codec: "hevc",
        size,
        pixel,
        frame_rate,
        fields: None,
    })
}

/// A segment of a slice that says it is the first (7.3.6.1). All types below 32 are slices.
pub(super) fn is_first_slice(unit: &[u8]) -> bool {
    match unit {
        [header, _, first, ..] => header >> 1 & 0x3f < 32 && first & 0x80 != 0,
        _ => false,
    }
}

/// `profile_tier_level` (7.3.3).
fn skip_profile(bits: &mut Bits<'_>, layers: u32) -> Option<()> {
    const PROFILE: u32 = 88;
    const LEVEL: u32 = 8;
    bits.skip(PROFILE + LEVEL)?;
    let mut present = 0;
    for _ in 0..layers {
        present += if bits.flag()? { PROFILE } else { 0 };
        present += if bits.flag()? { LEVEL } else { 0 };
    }
    if layers > 0 {
        bits.skip(2 * (8 - layers))?;
    }
    bits.skip(present)
}

/// All that stands between the size and the usability information.
fn skip_tools(bits: &mut Bits<'_>, layers: u32) -> Option<()> {
    let _luma_depth = bits.golomb()?;
    let _chroma_depth = bits.golomb()?;
    let order_bits = bits.count(12)? + 4;
    let orders = if bits.flag()? { layers + 1 } else { 1 };
    // Three for each layer, and six sizes of blocks and depths of trees.
    for _ in 0..orders * 3 + 6 {
        bits.golomb()?;
    }
    let has_scaling_lists = bits.flag()?;
    if has_scaling_lists && bits.flag()? {
        skip_scaling_lists(bits)?;
    }
    let _asymmetric_and_offsets = bits.read(2)?;
    let has_raw_blocks = bits.flag()?;
    if has_raw_blocks {
        bits.skip(8)?;
        bits.golomb()?;
        bits.golomb()?;
        bits.skip(1)?;
    }
    skip_reference_sets(bits)?;
    let has_long_term = bits.flag()?;
    if has_long_term {
        for _ in 0..bits.count(32)? {
            bits.skip(order_bits + 1)?;
        }
    }
    let _temporal_and_smoothing = bits.read(2)?;
    Some(())
}

/// 7.3.4.
fn skip_scaling_lists(bits: &mut Bits<'_>) -> Option<()> {
    for size in 0..4 {
        let matrices = if size == 3 { 2 } else { 6 };
        for _ in 0..matrices {
            let is_explicit = bits.flag()?;
            if !is_explicit {
                bits.golomb()?;
                continue;
            }
            let coefficients = if size == 0 { 16 } else { 64 };
            let has_first = u32::from(size > 1);
            for _ in 0..coefficients + has_first {
                bits.golomb()?;
            }
        }
    }
    Some(())
}

/// `st_ref_pic_set` (7.3.7), each of which may be told by the one before.
fn skip_reference_sets(bits: &mut Bits<'_>) -> Option<()> {
    /// `sps_max_dec_pic_buffering` is at most this.
    const MOST: u32 = 16;
    let sets = bits.count(64)?;
    let mut pictures = 0;
    for index in 0..sets {
        let follows_the_last = index > 0 && bits.flag()?;
        if follows_the_last {
            let _sign = bits.flag()?;
            let _distance = bits.golomb()?;
            let mut kept = 0;
            for _ in 0..=pictures {
                let is_used = bits.flag()?;
                if is_used || bits.flag()? {
                    kept += 1;
                }
            }
            pictures = kept;
        } else {
            pictures = bits.count(MOST)? + bits.count(MOST)?;
            for _ in 0..pictures {
                let _distance = bits.golomb()?;
                let _is_used = bits.flag()?;
            }
        }
    }
    Some(())
}

/// What stands before the timing here and not in H.264: flags, and a window to show by default (E.2.1).
fn skip_window(bits: &mut Bits<'_>) -> Option<()> {
    let _neutral_and_fields = bits.read(3)?;
    let has_window = bits.flag()?;
    if has_window {
        for _ in 0..4 {
            bits.golomb()?;
        }
    }
    Some(())
}
