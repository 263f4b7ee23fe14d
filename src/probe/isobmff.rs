//! Files that begin with their brands: images and videos in boxes (ISO/IEC 14496-12:2022, section 4.3).

use super::brands::{Brands, video_format};
use super::input::{Input, Parse, unsupported};
use super::{Reader, heif, mp4, recognise};
use crate::media::MediaFacts;

pub(super) const READER: Reader = Reader {
    signatures: &[b"????ftyp"],
    read,
};

fn read(input: &Input<'_>) -> Parse<MediaFacts> {
    let brands = Brands::read(input)?;
    if let Some(brand) = brands.image {
        return heif::read(input, brand);
    }
    match &brands.major {
        // None is a video, and all say so in their first bytes.
        b"crx " | b"M4A " | b"M4B " | b"M4P " | b"mif3" => unknown(input),
        major => mp4::read(input, video_format(major)),
    }
}

fn unknown(input: &Input<'_>) -> Parse<MediaFacts> {
    let head = input.up_to(0, recognise::LONGEST_SIGNATURE)?;
    unsupported(recognise::name(head))
}
