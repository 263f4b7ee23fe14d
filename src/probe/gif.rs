//! GIF (CompuServe, Graphics Interchange Format, Version 89a, 1990).

use super::Reader;
use super::input::{Input, Parse, malformed};
use crate::media::{Format, ImageFacts, MediaFacts, Size};

pub(super) const READER: Reader = Reader {
    signatures: &[b"GIF8?a"],
    read,
};

/// Lengths stand inside the pixels, 255 bytes at a time, so that only who reads a frame whole knows where
/// it ends. Nobody shall read megabytes for a header: blocks are followed this far. However long the file is,
/// and however it is served, the same bytes decide, so that a file that goes on behind its trailer is not a
/// still in one way and animated in another.
const HEAD: u64 = 2048;
/// Behind a first frame that is longer, the end of the file may show a last one.
const TAIL: u64 = 2048;
/// The first frame is looked for as far as the two together. A block that begins before this ends its
/// header within them.
const HORIZON: u64 = HEAD + TAIL - 16;

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
    let screen = Size::new(width.into(), height.into());
    let frames = Frames::read(input, screen, 13 + colour_table_bytes(packed))?;
    let image = ImageFacts {
        animated: frames.animated,
        has_alpha: frames.transparent,
        ..ImageFacts::default()
    };
    Ok(MediaFacts::image(Format::Gif, screen, image))
}

/// What is known of the frames; a loop count would be no proof that there are several, for stills have
/// one, too.
#[derive(Default)]
struct Frames {
    animated: Option<bool>,
    transparent: Option<bool>,
}

impl Frames {
    fn read(input: &Input<'_>, screen: Size, mut at: u64) -> Parse<Self> {
        let mut frames = Self::default();
        let mut control_is_transparent = false;
        // Set lower by the first frame, as a rule.
        let mut limit = HORIZON;
        while at < limit {
            match input.up_to(at, 1)? {
                // Viewers forgive a missing trailer; whether a frame is missing too, nobody can tell.
                [] if frames.transparent.is_some() => return Ok(frames),
                [0x2c] if frames.transparent.is_some() => {
                    frames.animated = Some(true);
                    return Ok(frames);
                }
                [0x2c] => {
                    frames.transparent = Some(control_is_transparent);
                    // Nine bytes of descriptor, a colour table, the code size (sections 20 to 22).
                    let data = at + 10 + colour_table_bytes(input.u8(at + 9)?) + 1;
                    if data < HEAD {
                        limit = HEAD;
                    }
                    at = skip_sub_blocks(input, data, limit)?;
                }
                [0x21] => {
                    if input.u8(at + 1)? == 0xf9 {
                        control_is_transparent = input.u8(at + 3)? & 1 == 1;
                    }
                    at = skip_sub_blocks(input, at + 2, limit)?;
                }
                [0x3b] => {
                    frames.animated = Some(false);
                    return Ok(frames);
                }
                _ => return malformed(Format::Gif, at, "no block begins here"),
            }
        }
        // Behind a first frame that begins late, no more may be read.
        if let (Some(length), HEAD) = (input.length(), limit) {
            let tail = input.slice(length.saturating_sub(TAIL), TAIL.min(length))?;
            frames.animated = shows_a_frame(tail, screen).then_some(true);
        }
        Ok(frames)
    }
}

/// Whether a graphic control extension and a frame that fits the screen begin in a piece of the file
/// (sections 20 and 23). The odds of pixels that look so are one in 2⁵⁰ a byte.
fn shows_a_frame(piece: &[u8], screen: Size) -> bool {
    piece.windows(18).any(|window| {
        let [0x21, 0xf9, 4, flags, _, _, _, 0, 0x2c, frame @ ..] = window else {
            return false;
        };
        let [l0, l1, t0, t1, w0, w1, h0, h1, packed] = frame else {
            return false;
        };
        let number = |low: &u8, high: &u8| u64::from(u16::from_le_bytes([*low, *high]));
        let (width, height) = (number(w0, w1), number(h0, h1));
        let reserved_is_zero = flags & 0xe0 == 0 && packed & 0x18 == 0;
        reserved_is_zero
            && width > 0
            && height > 0
            && number(l0, l1) + width <= screen.width
            && number(t0, t1) + height <= screen.height
    })
}

/// Bytes of the colour table that a packed field announces (sections 18 and 20).
fn colour_table_bytes(packed: u8) -> u64 {
    if packed & 0x80 == 0 {
        return 0;
    }
    3 << ((packed & 0x07) + 1)
}

/// The offset behind a chain of sub-blocks, or one beyond the limit where the chain goes on there.
fn skip_sub_blocks(input: &Input<'_>, mut at: u64, limit: u64) -> Parse<u64> {
    while at < limit {
        let length = u64::from(input.u8(at)?);
        at += 1 + length;
        if length == 0 {
            break;
        }
    }
    Ok(at)
}
