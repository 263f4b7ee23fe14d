//! How many frames of an animation a prepared image, which shows one, leaves out.

use crate::media::{Format, Kind, MediaFacts};

/// Of AVIF, HEIC and JPEG XL, whose frames are not counted, 1 stands for some.
pub(super) fn dropped(file: &[u8], facts: &MediaFacts) -> u64 {
    match &facts.kind {
        Kind::Image(image) if image.animated == Some(true) => {}
        _ => return 0,
    }
    let counted = match facts.format {
        Format::Gif => frames_of_gif(file).saturating_sub(1),
        Format::Png => others_of_png(file).unwrap_or(0),
        Format::Webp => frames_of_webp(file).saturating_sub(1),
        _ => 0,
    };
    counted.max(1)
}

/// Image descriptors up to the trailer (GIF89a, sections 20 to 27).
fn frames_of_gif(file: &[u8]) -> u64 {
    let table = |flags: u8| match flags & 0x80 {
        0 => 0,
        _ => 3 << ((flags & 7) + 1),
    };
    let flags = file.get(10).copied().unwrap_or(0);
    let mut at = 13 + table(flags);
    let mut frames = 0;
    loop {
        at += match file.get(at) {
            Some(0x2c) => {
                frames += 1;
                // And the size of the codes.
                10 + table(file.get(at + 9).copied().unwrap_or(0)) + 1
            }
            Some(0x21) => 2,
            _ => return frames,
        };
        while let Some(length) = file.get(at).copied() {
            at += usize::from(length) + 1;
            if length == 0 {
                break;
            }
        }
    }
}

/// By `acTL`; the still image that stands in its place where nothing is animated may be one of them, which `fcTL` before
/// its pixels says (W3C PNG, third edition, 11.3.6).
fn others_of_png(file: &[u8]) -> Option<u64> {
    let mut rest = file.get(8..)?;
    let mut frames = 0;
    loop {
        let (length, behind) = rest.split_first_chunk()?;
        let (name, data) = behind.split_first_chunk::<4>()?;
        match name {
            b"acTL" => frames = u64::from(u32::from_be_bytes(*data.first_chunk()?)),
            b"fcTL" => return Some(frames.saturating_sub(1)),
            b"IDAT" => return Some(frames),
            _ => {}
        }
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        rest = data.get(length..)?.get(4..)?;
    }
}

/// `ANMF` (RFC 9649, section 2.7).
fn frames_of_webp(file: &[u8]) -> u64 {
    let mut rest = file.get(12..).unwrap_or_default();
    let mut frames = 0;
    while let Some((name, behind)) = rest.split_first_chunk::<4>() {
        frames += u64::from(name == b"ANMF");
        let Some((length, data)) = behind.split_first_chunk() else {
            break;
        };
        let length = u64::from(u32::from_le_bytes(*length)).next_multiple_of(2);
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        rest = data.get(length..).unwrap_or_default();
    }
    frames
}
