//! What a file in boxes says of itself in its first box (ISO/IEC 14496-12:2022, section 4.3).

use super::boxes::BoxType;
use super::input::{Input, Parse};
use crate::media::Format;

/// The container that the first brand of a video names.
pub(super) fn video_format(major: &BoxType) -> Format {
    match major {
        b"qt  " => Format::Mov,
        // 3GPP TS 26.244, section 5.4, and 3GPP2 C.S0050, section 9.1.
        [
            b'3',
            b'g',
            b'p' | b'g' | b'e' | b'r' | b's' | b'h' | b'2',
            _,
        ] => Format::ThreeGp,
        _ => Format::Mp4,
    }
}

/// What the file says of itself in its first box.
pub(super) struct Brands {
    pub(super) major: BoxType,
    /// Only where a brand promises images.
    pub(super) image: Option<ImageBrand>,
}

#[derive(Clone, Copy)]
pub(super) struct ImageBrand {
    pub(super) format: Format,
    /// Whether a track of images may stand beside the primary one, or in its place.
    pub(super) sequence: bool,
}

impl Brands {
    pub(super) fn read(input: &Input<'_>) -> Parse<Self> {
        /// Files name a handful of brands.
        const LONGEST: u64 = 512;
        let size = u64::from(input.u32_be(0)?).min(LONGEST);
        let mut brands = Self {
            major: input.array(8)?,
            image: None,
        };
        let mut at = 8;
        while at + 4 <= size {
            let brand: BoxType = input.array(at)?;
            // Behind the first brand stands its version.
            at += if at == 8 { 8 } else { 4 };
            // HEIF annex B and AVIF section 9: those that end in s, x and m name sequences or profiles.
            let (format, sequence) = match &brand {
                b"avif" => (Some(Format::Avif), false),
                b"avis" => (Some(Format::Avif), true),
                b"msf1" | b"hevc" | b"hevx" | b"hevm" | b"hevs" => (None, true),
                b"mif1" | b"mif2" | b"heic" | b"heix" | b"heim" | b"heis" => (None, false),
                _ => continue,
            };
            let image = brands.image.get_or_insert(ImageBrand {
                format: Format::Heic,
                sequence: false,
            });
            image.format = format.unwrap_or(image.format);
            image.sequence |= sequence;
        }
        Ok(brands)
    }
}
