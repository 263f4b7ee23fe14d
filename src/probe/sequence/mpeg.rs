//! The sequence header of MPEG-1 (ISO/IEC 11172-2) and MPEG-2 (ISO/IEC 13818-2), and the video object
//! layer of MPEG-4 (ISO/IEC 14496-2).

use super::{Bits, Sequence};
use crate::media::Size;
use crate::probe::timing::CUSTOMARY_RATES;

/// Start codes (ISO/IEC 13818-2, table 6-1).
const PICTURE: u8 = 0x00;
pub(super) const SEQUENCE_HEADER: u8 = 0xb3;
const EXTENSION: u8 = 0xb5;

/// A sequence header with what follows it: an extension makes it one of MPEG-2 (ISO/IEC 13818-2, 6.1.1.6).
pub(super) fn find<'a>(mut units: impl Iterator<Item = &'a [u8]>) -> Option<Sequence> {
    while let Some(unit) = units.next() {
        let Some(header) = Header::read(unit) else {
            continue;
        };
        let next = units.next()?;
        return Some(match Extension::read(next) {
            Some(extension) => header.extended(&extension),
            None => header.alone(),
        });
    }
    None
}

pub(super) fn is_picture(unit: &[u8]) -> bool {
    matches!(unit, [PICTURE, ..])
}

struct Header {
    width: u32,
    height: u32,
    aspect: u32,
    rate: Option<f64>,
}

impl Header {
    fn read(unit: &[u8]) -> Option<Self> {
        let mut bits = Bits::new(unit);
        if bits.read(8)? != u32::from(SEQUENCE_HEADER) {
            return None;
        }
        Some(Self {
            width: bits.read(12)?,
            height: bits.read(12)?,
            aspect: bits.read(4)?,
            rate: rate_of_code(bits.read(4)?),
        })
        .filter(|header| header.width > 0 && header.height > 0)
    }

    fn alone(self) -> Sequence {
        Sequence {
            codec: "mpeg1video",
            size: Size::new(self.width.into(), self.height.into()),
            pixel: (10_000, pixel_height(self.aspect)),
            frame_rate: self.rate,
            fields: None,
        }
    }

    fn extended(self, extension: &Extension) -> Sequence {
        let size = Size::new(
            u64::from(extension.width << 12 | self.width),
            u64::from(extension.height << 12 | self.height),
        );
        // Aspects of the picture, not of a pixel (ISO/IEC 13818-2, table 6-3).
        let pixel = match self.aspect {
            2 => (4 * size.height, 3 * size.width),
            3 => (16 * size.height, 9 * size.width),
            4 => (221 * size.height, 100 * size.width),
            _ => (1, 1),
        };
        Sequence {
            codec: "mpeg2video",
            size,
            pixel,
            frame_rate: self.rate.map(|rate| rate * extension.rate),
            fields: None,
        }
    }
}

/// `sequence_extension` (ISO/IEC 13818-2, 6.2.2.3).
struct Extension {
    width: u32,
    height: u32,
    rate: f64,
}

impl Extension {
    fn read(unit: &[u8]) -> Option<Self> {
        const SEQUENCE: u32 = 1;
        let mut bits = Bits::new(unit);
        if bits.read(8)? != u32::from(EXTENSION) || bits.read(4)? != SEQUENCE {
            return None;
        }
        let _profile_and_chroma = bits.read(11)?;
        let width = bits.read(2)?;
        let height = bits.read(2)?;
        let _bit_rate_and_buffer = bits.read(22)?;
        let times = f64::from(bits.read(2)? + 1);
        let over = f64::from(bits.read(5)? + 1);
        Some(Self {
            width,
            height,
            rate: times / over,
        })
    }
}

/// Codes count the customary rates from one (ISO/IEC 13818-2, table 6-4).
fn rate_of_code(code: u32) -> Option<f64> {
    let index = usize::try_from(code.checked_sub(1)?).ok()?;
    CUSTOMARY_RATES.get(index).copied()
}

/// Height of a pixel in ten-thousandths of its width (ISO/IEC 11172-2, 2.4.3.2).
const fn pixel_height(code: u32) -> u64 {
    match code {
        2 => 6735,
        3 => 7031,
        4 => 7615,
        5 => 8055,
        6 => 8437,
        7 => 8935,
        8 => 9157,
        9 => 9815,
        10 => 10_255,
        11 => 10_695,
        12 => 10_950,
        13 => 11_575,
        14 => 12_015,
        _ => 10_000,
    }
}

/// ISO/IEC 14496-2, table 6-3.
pub(super) fn is_video_object_plane(unit: &[u8]) -> bool {
    matches!(unit, [0xb6, ..])
}

/// A video object layer of a rectangular shape (ISO/IEC 14496-2, 6.2.3).
pub(super) fn video_object_layer(unit: &[u8]) -> Option<Sequence> {
    /// The only shape that a video has.
    const RECTANGULAR: u32 = 0;
    const EXPLICIT_ASPECT: u32 = 15;
    let mut bits = Bits::new(unit);
    if !matches!(bits.read(8)?, 0x20..=0x2f) {
        return None;
    }
    let _random_access_and_type = bits.read(9)?;
    let has_version = bits.flag()?;
    if has_version {
        bits.skip(7)?;
    }
    // Table 6-12.
    let pixel = match bits.read(4)? {
        2 => (12, 11),
        3 => (10, 11),
        4 => (16, 11),
        5 => (40, 33),
        EXPLICIT_ASPECT => (bits.read(8)?.into(), bits.read(8)?.into()),
        _ => (1, 1),
    };
    let has_control = bits.flag()?;
    if has_control {
        bits.skip(3)?;
        let has_buffer = bits.flag()?;
        if has_buffer {
            bits.skip(79)?;
        }
    }
    if bits.read(2)? != RECTANGULAR {
        return None;
    }
    bits.skip(1)?;
    let ticks_per_second = bits.read(16)?;
    bits.skip(1)?;
    let has_fixed_rate = bits.flag()?;
    let mut frame_rate = None;
    if has_fixed_rate {
        // As many bits as the largest number of a tick has.
        let width = u32::BITS - ticks_per_second.saturating_sub(1).leading_zeros();
        let ticks = bits.read(width.max(1))?;
        frame_rate = Some(f64::from(ticks_per_second) / f64::from(ticks));
    }
    bits.skip(1)?;
    let width = u64::from(bits.read(13)?);
    bits.skip(1)?;
    let height = u64::from(bits.read(13)?);
    Some(Sequence {
        codec: "mpeg4",
        size: Size::new(width, height),
        pixel,
        frame_rate,
        fields: None,
    })
    .filter(Sequence::has_size)
}
