//! Where a picture was taken, in a file that needs no other change: taken out without touching a pixel.

use super::jpeg::{EOI, Segments};
use crate::media::Format;

/// What shows that a file may say where it was taken: the entry of an Exif directory that points to a
/// position, with its tag, its type and how many (CIPA DC-008-2023, 4.6.3), in both byte orders; XMP's name
/// of it; and the chunks of a PNG that hold compressed metadata.
const TRACES: [&[u8]; 5] = [
    &[0x25, 0x88, 4, 0, 1, 0, 0, 0],
    &[0x88, 0x25, 0, 4, 0, 0, 0, 1],
    b"GPSLatitude",
    b"Raw profile type",
    b"XML:com.adobe.xmp\0\x01",
];

/// In doubt it does: taking metadata out costs nothing.
pub(super) fn may_hold_position(file: &[u8]) -> bool {
    let mut rest = file;
    while let Some((first, behind)) = rest.split_first() {
        // Most bytes begin none of them.
        if matches!(first, 0x25 | 0x88 | b'G' | b'R' | b'X')
            && TRACES.iter().any(|trace| rest.starts_with(trace))
        {
            return true;
        }
        rest = behind;
    }
    false
}

/// The file without metadata; `None` where its parts cannot be told apart.
pub(super) fn without_metadata(file: &[u8], format: Format) -> Option<Vec<u8>> {
    match format {
        Format::Jpeg => jpeg(file),
        Format::Png => png(file),
        Format::Webp => webp(file),
        _ => None,
    }
}

/// Keeps what makes pixels and colours: JFIF, the ICC profile, Adobe's marker. What follows the picture
/// goes too: a second picture has metadata of its own.
fn jpeg(file: &[u8]) -> Option<Vec<u8>> {
    const APP0: u8 = 0xe0;
    const APP2: u8 = 0xe2;
    const APP14: u8 = 0xee;
    const APP15: u8 = 0xef;
    const COM: u8 = 0xfe;
    let mut kept = file.get(..2)?.to_vec();
    for segment in Segments::new(file) {
        let stays = match segment.marker {
            APP0 => segment.content.starts_with(b"JFIF\0"),
            APP2 => segment.content.starts_with(b"ICC_PROFILE\0"),
            APP14 => segment.content.starts_with(b"Adobe"),
            APP0..=APP15 | COM => false,
            _ => true,
        };
        if stays {
            kept.extend_from_slice(segment.whole);
        }
        if segment.marker == EOI {
            return Some(kept);
        }
    }
    None
}

/// W3C PNG, section 5.3: length, type, data, check.
fn png(file: &[u8]) -> Option<Vec<u8>> {
    const METADATA: [&[u8]; 5] = [b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"];
    let (signature, mut rest) = file.split_at_checked(8)?;
    let mut kept = signature.to_vec();
    while !rest.is_empty() {
        let length = u32::from_be_bytes(*rest.first_chunk()?);
        let name = rest.get(4..8)?;
        let whole = usize::try_from(length).ok()?.checked_add(12)?;
        let (chunk, behind) = rest.split_at_checked(whole)?;
        if !METADATA.contains(&name) {
            kept.extend_from_slice(chunk);
        }
        rest = match name {
            b"IEND" => &[],
            _ => behind,
        };
    }
    Some(kept)
}

/// RFC 9649, sections 2.3 to 2.7: name, length, data, padded to an even length.
fn webp(file: &[u8]) -> Option<Vec<u8>> {
    const EXIF_AND_XMP: u8 = 0b1100;
    const HEAD: usize = 12;
    let mut kept = file.get(..HEAD)?.to_vec();
    let length = u32::from_le_bytes(*file.get(4..)?.first_chunk()?);
    let end = usize::try_from(length).ok()?.checked_add(8)?;
    let mut rest = file.get(HEAD..end)?;
    while !rest.is_empty() {
        let length = u32::from_le_bytes(*rest.get(4..)?.first_chunk()?);
        let padded = usize::try_from(length).ok()?.checked_next_multiple_of(2)?;
        let (chunk, behind) = rest.split_at_checked(padded.checked_add(8)?)?;
        match chunk.get(..4)? {
            b"EXIF" | b"XMP " => {}
            b"VP8X" => {
                let flags = kept.len() + 8;
                kept.extend_from_slice(chunk);
                *kept.get_mut(flags)? &= !EXIF_AND_XMP;
            }
            _ => kept.extend_from_slice(chunk),
        }
        rest = behind;
    }
    let length = u32::try_from(kept.len() - 8).ok()?;
    kept.get_mut(4..8)?.copy_from_slice(&length.to_le_bytes());
    Some(kept)
}
