//! Files that begin with their brands: images and videos in boxes (ISO/IEC 14496-12:2022, section 4.3).

use super::boxes::BoxType;
use super::input::{Halt, Input, Parse};
use super::{ProbeError, Reader, heif, mp4, recognise};
use crate::media::{Format, MediaFacts};

pub(super) const READER: Reader = Reader {
    signatures: &[b"????ftyp"],
    read,
};

fn read(input: &Input<'_>) -> Parse<MediaFacts> {
    let brands = Brands::read(input)?;
    if let Some(brand) = brands.picture {
        return heif::read(input, brand);
    }
    match &brands.major {
        // Neither is a video, and both say so in their first bytes.
        b"crx " | b"M4A " | b"M4B " | b"M4P " => unknown(input),
        major => mp4::read(input, video_format(major)),
    }
}

fn unknown(input: &Input<'_>) -> Parse<MediaFacts> {
    let head = input.up_to(0, recognise::LONGEST_SIGNATURE)?;
    let looks_like = recognise::name(head);
    Err(Halt::Fail(ProbeError::UnsupportedFormat { looks_like }))
}

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
struct Brands {
    major: BoxType,
    /// Only where a brand promises pictures.
    picture: Option<PictureBrand>,
}

#[derive(Clone, Copy)]
pub(super) struct PictureBrand {
    pub(super) format: Format,
    /// Whether a track of pictures may stand beside the primary one, or in its place.
    pub(super) sequence: bool,
}

impl Brands {
    fn read(input: &Input<'_>) -> Parse<Self> {
        /// Files name a handful of brands.
        const LONGEST: u64 = 512;
        let size = u64::from(input.u32_be(0)?).min(LONGEST);
        let mut brands = Self {
            major: input.array(8)?,
            picture: None,
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
            let picture = brands.picture.get_or_insert(PictureBrand {
                format: Format::Heic,
                sequence: false,
            });
            picture.format = format.unwrap_or(picture.format);
            picture.sequence |= sequence;
        }
        Ok(brands)
    }
}
