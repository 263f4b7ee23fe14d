//! Metadata taken out of a file that needs no other change, without touching a pixel.
//!
//! What makes pixels and colours stays, and nothing else, whatever it is called: where a photograph was taken may
//! stand anywhere. What is kept is kept byte by byte; sizes that a format fixes are checked, since decoders pass over
//! what goes beyond them.

use super::jpeg::{self, APP0, APP1, APP2, APP13, APP14, APP15, COM, EOI, Segment, Segments};
use crate::media::{Format, Orientation};
use crate::{probe, units};
use std::ops::Range;

/// A file without metadata.
pub(super) struct Bare {
    /// `None` where there was nothing to take out.
    pub(super) file: Option<Vec<u8>>,
    /// As the steps say it; empty where there was nothing.
    pub(super) removed: Vec<String>,
}

/// `None` where the parts of the file cannot be told apart.
pub(super) fn without_metadata(file: &[u8], format: Format) -> Option<Bare> {
    match format {
        Format::Jpeg => of_jpeg(file),
        Format::Png => of_png(file),
        Format::Webp => of_webp(file),
        _ => None,
    }
}

const EXIF: &str = "EXIF";
const XMP: &str = "XMP";
const IPTC: &str = "IPTC";
const COMMENTS: &str = "comments";
const TEXT: &str = "text";
const TIME: &str = "time of the last change";
const THUMBNAIL: &str = "thumbnail";
const OTHER_IMAGES: &str = "index of other images";
const BETWEEN: &str = "bytes between the segments";
const OTHER: &str = "other data of programs";

/// A file on its way to another that has less. Nothing is copied before something is taken out.
struct Rewrite<'a> {
    file: &'a [u8],
    /// Behind what has been dealt with.
    at: usize,
    /// What is kept so far, where that is no longer all.
    kept: Option<Vec<u8>>,
    removed: Vec<&'static str>,
}

impl<'a> Rewrite<'a> {
    fn new(file: &'a [u8]) -> Self {
        Self {
            file,
            at: 0,
            kept: None,
            removed: Vec::new(),
        }
    }

    /// Keeps the bytes from here to an offset.
    fn keep(&mut self, end: usize) -> Option<()> {
        let bytes = self.file.get(self.at..end)?;
        if let Some(kept) = &mut self.kept {
            kept.extend_from_slice(bytes);
        }
        self.at = end;
        Some(())
    }

    /// Takes out the bytes from here to an offset.
    fn remove(&mut self, end: usize, what: &'static str) -> Option<()> {
        self.replace(end, &[], what)
    }

    /// As [`remove`](Self::remove), with others in their place, unless they are the same.
    fn replace(&mut self, end: usize, by: &[u8], what: &'static str) -> Option<()> {
        if self.file.get(self.at..end)? == by {
            return self.keep(end);
        }
        self.kept().extend_from_slice(by);
        self.at = end;
        if !self.removed.contains(&what) {
            self.removed.push(what);
        }
        Some(())
    }

    fn kept(&mut self) -> &mut Vec<u8> {
        let (file, at) = (self.file, self.at);
        self.kept
            .get_or_insert_with(|| file.get(..at).unwrap_or_default().to_vec())
    }

    /// For a file that ends inside its pixels: it stays as it is where that is all of it. Without a part of it, it would
    /// look as if it was meant to be so.
    fn cut_off(self) -> Option<Bare> {
        (self.kept.is_none() && self.at == self.file.len()).then(|| self.finish())
    }

    /// Takes out what is left, which is behind the image.
    fn finish(mut self) -> Bare {
        let behind = self.file.len().saturating_sub(self.at) as u64;
        if behind > 0 {
            self.kept();
        }
        let removed = self.removed.into_iter().map(str::to_owned);
        let behind = (behind > 0).then(|| format!("{} behind the image", units::bytes(behind)));
        Bare {
            file: self.kept,
            removed: removed.chain(behind).collect(),
        }
    }
}

/// Keeps the coded image, JFIF's density, Adobe's colours and the ICC profile (ITU-T T.81, annex B; T.871).
fn of_jpeg(file: &[u8]) -> Option<Bare> {
    if jpeg::may_hold_text(file) {
        return None;
    }
    let has_profile = jpeg::profile(file).is_some_and(|profile| is_profile(&profile));
    let mut rewrite = Rewrite::new(file);
    rewrite.keep(2)?;
    for segment in Segments::new(file) {
        let Range { start, end } = segment.range();
        // Any number of FF may stand before a marker (B.1.1.2).
        if file
            .get(rewrite.at..start)?
            .iter()
            .any(|byte| *byte != 0xff)
        {
            rewrite.remove(start, BETWEEN)?;
        }
        rewrite.keep(start)?;
        match segment.marker {
            APP0 if segment.is_jfif() => {
                let density = segment.content.get(..12)?;
                rewrite.replace(end, &shortened(APP0, density, &[0, 0])?, THUMBNAIL)?;
            }
            APP2 if has_profile && segment.content.starts_with(jpeg::PROFILE_NAME) => {
                rewrite.keep(end)?;
            }
            APP14 if segment.adobe().is_some() => {
                let adobe = segment.adobe().unwrap_or_default();
                rewrite.replace(end, &shortened(APP14, adobe, &[])?, OTHER)?;
            }
            APP0..=APP15 | COM => rewrite.remove(end, name_of_segment(&segment))?,
            marker if jpeg::makes_pixels(marker) => rewrite.keep(end)?,
            _ => rewrite.remove(end, OTHER)?,
        }
        if segment.marker == EOI {
            return Some(rewrite.finish());
        }
    }
    rewrite.cut_off()
}

/// A segment of this content alone.
fn shortened(marker: u8, content: &[u8], more: &[u8]) -> Option<Vec<u8>> {
    let length = u16::try_from(content.len() + more.len() + 2).ok()?;
    let head = [[0xff, marker], length.to_be_bytes()].concat();
    Some([&head, content, more].concat())
}

fn name_of_segment(segment: &Segment<'_>) -> &'static str {
    let begins = |name: &[u8]| segment.content.starts_with(name);
    match segment.marker {
        APP0 if begins(b"JFXX\0") => THUMBNAIL,
        APP1 if begins(b"Exif\0") => EXIF,
        APP1 if begins(b"http://ns.adobe.com/") => XMP,
        APP2 if begins(b"MPF\0") => OTHER_IMAGES,
        APP13 if begins(b"Photoshop 3.0\0") => IPTC,
        COM => COMMENTS,
        _ => OTHER,
    }
}

/// ICC.1:2022, section 7.2: a header of 128 bytes with a signature.
fn is_profile(bytes: &[u8]) -> bool {
    bytes.len() >= 128 && bytes.get(36..40) == Some(b"acsp")
}

/// Keeps what W3C PNG, section 11.3, says of colours, transparency, density and animation.
fn of_png(file: &[u8]) -> Option<Bare> {
    const HEAD: usize = 8;
    const IEND: &[u8] = b"\0\0\0\0IEND\xae\x42\x60\x82";
    let mut rewrite = Rewrite::new(file);
    rewrite.keep(HEAD)?;
    let (mut is_behind_pixels, mut is_animated, mut has_profile) = (false, false, false);
    while rewrite.at < file.len() {
        let rest = file.get(rewrite.at..)?;
        // The end, or as much as there is of it.
        if let Some(missing) = IEND.strip_prefix(rest) {
            rewrite.keep(file.len())?;
            if let Some(kept) = &mut rewrite.kept {
                kept.extend_from_slice(missing);
            }
            break;
        }
        let length = usize::try_from(u32::from_be_bytes(*rest.first_chunk()?)).ok()?;
        let name = rest.get(4..HEAD)?;
        let end = rewrite.at.checked_add(length)?.checked_add(12)?;
        let data = rest.get(HEAD..).and_then(|rest| rest.get(..length));
        let is_kept = match name {
            b"IHDR" => length == 13,
            // Apple's developer tools put it before the header.
            b"CgBI" => length == 4 && rewrite.at == HEAD,
            b"PLTE" => length <= 256 * 3,
            b"IDAT" => true,
            b"iCCP" => !is_behind_pixels && !has_profile,
            b"tRNS" => length <= 256,
            b"cHRM" => length == 32,
            b"gAMA" | b"cICP" => length == 4,
            b"sBIT" => length <= 4,
            b"sRGB" => length == 1,
            b"mDCV" => length == 24,
            b"cLLI" | b"acTL" => length == 8,
            b"bKGD" => length <= 6,
            b"pHYs" => length == 9,
            b"fcTL" => length == 26 && is_animated,
            b"fdAT" => is_animated,
            _ => false,
        };
        match name {
            b"IEND" => {
                rewrite.replace(end.min(file.len()), IEND, OTHER)?;
                return Some(rewrite.finish());
            }
            b"IDAT" if end > file.len() => {
                rewrite.keep(file.len())?;
                return rewrite.cut_off();
            }
            _ if is_kept => rewrite.keep(end)?,
            // The probe, and who shows it, looks for an orientation before the pixels; some look behind them.
            b"eXIf" if is_behind_pixels => {
                let orientation = probe::exif_orientation(data?);
                rewrite.replace(end, &chunk(b"eXIf", &bare_exif(orientation)), EXIF)?;
            }
            b"eXIf" => rewrite.remove(end, EXIF)?,
            b"tIME" => rewrite.remove(end, TIME)?,
            b"iTXt" if data?.starts_with(b"XML:com.adobe.xmp\0") => rewrite.remove(end, XMP)?,
            b"tEXt" | b"zTXt" | b"iTXt" => rewrite.remove(end, TEXT)?,
            // Lowercase: decoders may pass over it (section 5.4).
            [first, rest @ ..] if first.is_ascii_lowercase() && rest.is_ascii() => {
                rewrite.remove(end, OTHER)?;
            }
            _ => return None,
        }
        is_behind_pixels |= name == b"IDAT";
        is_animated |= name == b"acTL" && !is_behind_pixels;
        has_profile |= name == b"iCCP";
    }
    Some(rewrite.finish())
}

/// An EXIF block with an orientation and nothing else (CIPA DC-008-2023, 4.6.2); empty where it is upright.
fn bare_exif(orientation: Orientation) -> Vec<u8> {
    if orientation.is_upright() {
        return Vec::new();
    }
    const HEAD: [u8; 18] = *b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01";
    let value = [0, orientation.number(), 0, 0];
    [&HEAD[..], &value, &[0; 4]].concat()
}

/// A chunk of a PNG (W3C PNG, section 5.3); empty where it would hold nothing.
fn chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let Some(length) = u32::try_from(data.len()).ok().filter(|length| *length > 0) else {
        return Vec::new();
    };
    let checked = [name, data].concat();
    let check = crc(&checked).to_be_bytes();
    [&length.to_be_bytes()[..], &checked, &check].concat()
}

/// W3C PNG, annex D; bit by bit, for the few bytes of a block of our own.
fn crc(bytes: &[u8]) -> u32 {
    let remainder = bytes.iter().fold(u32::MAX, |remainder, byte| {
        (0..8).fold(remainder ^ u32::from(*byte), |remainder, _| {
            let polynomial = if remainder & 1 == 1 { 0xedb8_8320 } else { 0 };
            remainder >> 1 ^ polynomial
        })
    });
    !remainder
}

/// Keeps the image with its alpha, animation and profile (RFC 9649, sections 2.3 to 2.7): of each the first, as decoders
/// do, and nothing that the flags do not announce.
fn of_webp(file: &[u8]) -> Option<Bare> {
    const HEAD: usize = 12;
    const METADATA: u8 = 0b1100;
    const ANIMATION: u8 = 0b10;
    const PROFILE: u8 = 0b10_0000;
    let length = u32::from_le_bytes(*file.get(4..)?.first_chunk()?);
    let riff_end = usize::try_from(length).ok()?.checked_add(8)?;
    let riff_end = riff_end.min(file.len());
    let mut flags = 0;
    let (mut has_image, mut has_alpha, mut has_profile) = (false, false, false);
    let mut rewrite = Rewrite::new(file);
    rewrite.keep(HEAD)?;
    while rewrite.at < riff_end {
        let rest = file.get(rewrite.at..riff_end)?;
        // No chunk, but less than the head of one.
        let Some(head) = rest.first_chunk::<8>() else {
            rewrite.remove(riff_end, OTHER)?;
            break;
        };
        let [name @ .., l0, l1, l2, l3] = head;
        let length = usize::try_from(u32::from_le_bytes([*l0, *l1, *l2, *l3])).ok()?;
        let padded = length.checked_next_multiple_of(2)?.checked_add(8)?;
        // The last byte that fills up is forgotten at times.
        let end = rewrite.at.checked_add(padded)?.min(riff_end);
        let whole = file.get(rewrite.at..end)?;
        match name {
            b"VP8X" if rewrite.at == HEAD && length == 10 => {
                flags = *whole.get(8)?;
                let mut header = whole.to_vec();
                *header.get_mut(8)? &= !METADATA;
                rewrite.replace(end, &header, flags_in_words(flags))?;
            }
            b"ICCP" if flags & PROFILE != 0 && !has_profile => {
                has_profile = true;
                rewrite.keep(end)?;
            }
            b"ANIM" | b"ANMF" if flags & ANIMATION != 0 => {
                has_image = true;
                rewrite.keep(end)?;
            }
            b"ALPH" if !has_alpha && !has_image => {
                has_alpha = true;
                rewrite.keep(end)?;
            }
            b"VP8 " | b"VP8L" if !has_image => {
                has_image = true;
                rewrite.keep(end)?;
            }
            b"EXIF" => rewrite.remove(end, EXIF)?,
            b"XMP " => rewrite.remove(end, XMP)?,
            _ => rewrite.remove(end, OTHER)?,
        }
    }
    if !has_image {
        return None;
    }
    let mut bare = rewrite.finish();
    if let Some(kept) = &mut bare.file {
        let length = u32::try_from(kept.len().checked_sub(8)?).ok()?;
        kept.get_mut(4..8)?.copy_from_slice(&length.to_le_bytes());
    }
    Some(bare)
}

/// What the flags of a WebP announce and this file loses.
fn flags_in_words(flags: u8) -> &'static str {
    match flags & 0b1000 {
        0 => XMP,
        _ => EXIF,
    }
}
