//! BMP: the headers of Windows and OS/2 (Microsoft, Windows GDI, "Bitmap Header Types"; OS/2 2.x,
//! "BITMAPINFOHEADER2").

use super::Reader;
use super::input::{Input, Parse, malformed};
use crate::media::{Format, ImageFacts, MediaFacts, Size};

pub(super) const READER: Reader = Reader {
    // The length of the second header tells an image from a text that begins with the same letters.
    signatures: &[b"BM?????????????\0\0\0"],
    read,
};

/// Where the second header begins.
const INFO: u64 = 14;

fn read(input: &Input<'_>) -> Parse<MediaFacts> {
    let info = Info::read(input, Format::Bmp, INFO)?;
    let image = ImageFacts {
        animated: Some(false),
        has_alpha: Some(info.has_alpha),
        ..ImageFacts::default()
    };
    Ok(MediaFacts::image(Format::Bmp, info.size, image))
}

/// What a bitmap's second header says; icons have one, too.
pub(super) struct Info {
    pub(super) size: Size,
    pub(super) bits_per_pixel: u16,
    /// Whether it names the bits that hold alpha. Without that, decoders ignore the fourth byte.
    has_alpha: bool,
}

impl Info {
    pub(super) fn read(input: &Input<'_>, format: Format, at: u64) -> Parse<Self> {
        /// Compressions in which masks say what each bit means; the second has one for alpha behind a
        /// header without.
        const BIT_FIELDS: u32 = 3;
        const ALPHA_BIT_FIELDS: u32 = 6;
        let length = input.u32_le(at)?;
        let (width, height, bits_per_pixel) = match length {
            12 => (
                input.u16_le(at + 4)?.into(),
                input.u16_le(at + 6)?.into(),
                input.u16_le(at + 10)?,
            ),
            16..=124 => {
                // A negative height counts the rows from the top.
                let width = input.array(at + 4).map(i32::from_le_bytes)?;
                let height = input.array(at + 8).map(i32::from_le_bytes)?;
                (
                    u64::try_from(width).unwrap_or(0),
                    height.unsigned_abs().into(),
                    input.u16_le(at + 14)?,
                )
            }
            _ => return malformed(format, at, "the header has a length that none has"),
        };
        if width == 0 || height == 0 {
            return malformed(format, at, "a width is not above zero, or a height zero");
        }
        // OS/2's header of 64 bytes has other fields where the masks would be.
        let has_mask = match length {
            40 => input.u32_le(at + 16)? == ALPHA_BIT_FIELDS,
            56 | 108 | 124 => matches!(input.u32_le(at + 16)?, BIT_FIELDS | ALPHA_BIT_FIELDS),
            _ => false,
        };
        Ok(Self {
            size: Size::new(width, height),
            bits_per_pixel,
            has_alpha: has_mask && input.u32_le(at + 52)? != 0,
        })
    }
}
