//! GIF (CompuServe, Graphics Interchange Format, Version 89a, 1990).

use super::Reader;
use super::input::{Input, Parse, malformed};
use crate::media::{Format, ImageFacts, MediaFacts, Size};

pub(super) const READER: Reader = Reader {
    signature: b"GIF8?a",
    read,
};

/// How far the blocks are followed. Their lengths stand inside the pixels, 255 bytes at a time, so
/// going on means reading the whole file: behind a first frame longer than this nobody looked, and
/// whether there is a second one is not known. A loop count would only hint at it; stills have one too. A block that begins here ends its header within 4 KiB.
const HORIZON: u64 = 4096 - 16;

fn read(input: &Input<'_>) -> Parse<MediaFacts> {
    if !matches!(input.u8(4)?, b'7' | b'9') {
        return malformed(Format::Gif, 4, "the version is neither 87a nor 89a");
    }
    let width = input.u16_le(6)?;
    let height = input.u16_le(8)?;
    if width == 0 || height == 0 {
        return malformed(Format::Gif, 6, "the screen has no size");
    }
    let packed = input.u8(10)?;
    let frames = Frames::read(input, 13 + colour_table_bytes(packed))?;
    let image = ImageFacts {
        animated: frames.animated,
        has_alpha: frames.transparent,
        ..ImageFacts::default()
    };
    let size = Size::new(width.into(), height.into());
    Ok(MediaFacts::image(Format::Gif, size, image))
}

struct Frames {
    animated: Option<bool>,
    transparent: Option<bool>,
}

impl Frames {
    fn read(input: &Input<'_>, mut at: u64) -> Parse<Self> {
        let mut frames = Self {
            animated: None,
            transparent: None,
        };
        let mut control_is_transparent = false;
        let mut images = 0;
        while at < HORIZON {
            match input.u8(at)? {
                0x2c => {
                    images += 1;
                    if images == 1 {
                        frames.transparent = Some(control_is_transparent);
                    } else {
                        frames.animated = Some(true);
                        return Ok(frames);
                    }
                    // Nine bytes of descriptor, a colour table, the code size (sections 20 to 22).
                    let data = at + 10 + colour_table_bytes(input.u8(at + 9)?) + 1;
                    at = skip_sub_blocks(input, data)?;
                }
                0x21 => {
                    if input.u8(at + 1)? == 0xf9 {
                        control_is_transparent = input.u8(at + 3)? & 1 == 1;
                    }
                    at = skip_sub_blocks(input, at + 2)?;
                }
                0x3b => {
                    frames.animated = Some(false);
                    return Ok(frames);
                }
                _ => return malformed(Format::Gif, at, "no block begins here"),
            }
        }
        Ok(frames)
    }
}

/// Bytes of the colour table that a packed field announces (sections 18 and 20).
fn colour_table_bytes(packed: u8) -> u64 {
    if packed & 0x80 == 0 {
        return 0;
    }
    3 << ((packed & 0x07) + 1)
}

/// The offset behind a chain of sub-blocks, or beyond the horizon where the chain goes on there.
fn skip_sub_blocks(input: &Input<'_>, mut at: u64) -> Parse<u64> {
    while at < HORIZON {
        let length = u64::from(input.u8(at)?);
        at += 1 + length;
        if length == 0 {
            break;
        }
    }
    Ok(at)
}
