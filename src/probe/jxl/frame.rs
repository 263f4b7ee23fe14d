//! The header of the first frame, behind the rest of the metadata (ISO/IEC 18181-1:2024, annexes D, E and F). An
//! animation may hold one frame.

use super::bits::Bits;
use crate::probe::input::Parse;

/// What the metadata say that decides how the rest is read.
#[derive(Default)]
pub(super) struct Metadata {
    pub(super) has_extra_fields: bool,
    pub(super) has_preview: bool,
    pub(super) is_animation: bool,
    pub(super) has_time_codes: bool,
    pub(super) channels: u64,
    is_xyb: bool,
}

/// Bits of a number with a fraction (`F16`).
const F16: u64 = 16;

impl Metadata {
    /// `None` where only decoding would tell: a profile is coded like pixels, and a preview is a frame.
    pub(super) fn first_frame_is_last(&mut self, bits: &mut Bits<'_>) -> Parse<Option<bool>> {
        self.is_xyb = bits.flag()?;
        let has_profile = skip_colours(bits)?;
        if self.has_extra_fields {
            skip_tone_mapping(bits)?;
        }
        skip_extensions(bits)?;
        self.skip_transform(bits)?;
        if has_profile || self.has_preview {
            return Ok(None);
        }
        bits.align();
        self.frame_is_last(bits).map(Some)
    }

    /// `CustomTransformData`.
    fn skip_transform(&self, bits: &mut Bits<'_>) -> Parse<()> {
        /// Weights for enlarging by 2, 4 and 8.
        const WEIGHTS: [u64; 3] = [15, 55, 210];
        /// A matrix of nine, three biases and four for quantisation.
        const INVERSE: u64 = 16;
        let is_default = bits.flag()?;
        if is_default {
            return Ok(());
        }
        if self.is_xyb {
            let is_default = bits.flag()?;
            if !is_default {
                bits.skip(INVERSE * F16)?;
            }
        }
        let custom = bits.read(3)?;
        for (bit, count) in WEIGHTS.into_iter().enumerate() {
            if custom >> bit & 1 == 1 {
                bits.skip(count * F16)?;
            }
        }
        Ok(())
    }

    /// `FrameHeader`, as far as it says that.
    fn frame_is_last(&self, bits: &mut Bits<'_>) -> Parse<bool> {
        const LOW_FREQUENCIES: u32 = 1;
        const REFERENCE: u32 = 2;
        const USES_LOW_FREQUENCIES: u64 = 0x20;
        let is_default = bits.flag()?;
        if is_default {
            return Ok(true);
        }
        let kind = bits.read(2)?;
        let is_shown = !matches!(kind, LOW_FREQUENCIES | REFERENCE);
        let is_modular = bits.flag()?;
        let is_whole = bits.long_number()? & USES_LOW_FREQUENCIES == 0;
        let is_ycbcr = !self.is_xyb && bits.flag()?;
        if is_ycbcr && is_whole {
            bits.read(6)?;
        }
        if is_whole {
            // Of the frame, and of each extra channel.
            bits.skip(2 * (1 + self.channels))?;
        }
        if is_modular {
            bits.read(2)?;
        } else if self.is_xyb {
            bits.read(6)?;
        }
        if kind != REFERENCE {
            skip_passes(bits)?;
        }
        if !is_shown {
            // More frames follow what is only used by others.
            return Ok(false);
        }
        let is_cropped = bits.flag()?;
        if is_cropped {
            // Where it lies, and its sides.
            for _ in 0..4 {
                bits.number([(0, 8), (256, 11), (2304, 14), (18_688, 30)])?;
            }
        }
        for _ in 0..=self.channels {
            self.skip_blending(bits, is_cropped)?;
        }
        bits.number([(0, 0), (1, 0), (0, 8), (0, 32)])?;
        if self.has_time_codes {
            bits.read(32)?;
        }
        bits.flag()
    }

    /// `BlendingInfo`. One that is cropped is taken not to cover the image.
    fn skip_blending(&self, bits: &mut Bits<'_>, is_cropped: bool) -> Parse<()> {
        const REPLACE: u64 = 0;
        const BLEND: u64 = 2;
        const WEIGHTED_ADD: u64 = 3;
        const MULTIPLY: u64 = 4;
        let mode = bits.number([(0, 0), (1, 0), (2, 0), (3, 2)])?;
        let by_alpha = self.channels > 0 && matches!(mode, BLEND | WEIGHTED_ADD);
        if by_alpha {
            bits.number([(0, 0), (1, 0), (2, 0), (3, 3)])?;
        }
        if by_alpha || mode == MULTIPLY {
            bits.flag()?;
        }
        if mode != REPLACE || is_cropped {
            bits.read(2)?;
        }
        Ok(())
    }
}

/// `Passes`.
fn skip_passes(bits: &mut Bits<'_>) -> Parse<()> {
    let passes = bits.number([(1, 0), (2, 0), (3, 0), (4, 3)])?;
    if passes == 1 {
        return Ok(());
    }
    let reduced = bits.number([(0, 0), (1, 0), (2, 0), (3, 1)])?;
    bits.skip(2 * (passes - 1))?;
    bits.skip(2 * reduced)?;
    for _ in 0..reduced {
        bits.number([(0, 0), (1, 0), (2, 0), (0, 3)])?;
    }
    Ok(())
}

/// `ColourEncoding`, and whether a profile says more.
fn skip_colours(bits: &mut Bits<'_>) -> Parse<bool> {
    const GREY: u64 = 1;
    const XYB: u64 = 2;
    const CUSTOM: u64 = 2;
    let is_default = bits.flag()?;
    if is_default {
        return Ok(false);
    }
    let has_profile = bits.flag()?;
    let space = choice(bits)?;
    if has_profile {
        return Ok(true);
    }
    if space != XYB {
        if choice(bits)? == CUSTOM {
            skip_points(bits, 1)?;
        }
        if space != GREY && choice(bits)? == CUSTOM {
            skip_points(bits, 3)?;
        }
        let has_gamma = bits.flag()?;
        if has_gamma {
            bits.skip(24)?;
        } else {
            choice(bits)?;
        }
    }
    let _intent = choice(bits)?;
    Ok(false)
}

/// `Enum`.
fn choice(bits: &mut Bits<'_>) -> Parse<u64> {
    bits.number([(0, 0), (1, 0), (2, 4), (18, 6)])
}

/// `Customxy`, so many times.
fn skip_points(bits: &mut Bits<'_>, count: u32) -> Parse<()> {
    for _ in 0..2 * count {
        bits.number([(0, 19), (524_288, 19), (1_048_576, 20), (2_097_152, 21)])?;
    }
    Ok(())
}

/// `ToneMapping`.
fn skip_tone_mapping(bits: &mut Bits<'_>) -> Parse<()> {
    let is_default = bits.flag()?;
    if is_default {
        Ok(())
    } else {
        bits.skip(3 * F16 + 1)
    }
}

/// `Extensions`: a set, the length of each in it, and then their bits.
fn skip_extensions(bits: &mut Bits<'_>) -> Parse<()> {
    let set = bits.long_number()?;
    let mut length = 0_u64;
    for _ in 0..set.count_ones() {
        length = length.saturating_add(bits.long_number()?);
    }
    bits.skip(length)
}
