//! GIF (CompuServe, Graphics Interchange Format, Version 89a, 1990).

use super::Reader;
use super::input::{FARTHEST, Input, Parse, malformed};
use crate::media::{Format, ImageFacts, MediaFacts, Size};

pub(super) const READER: Reader = Reader {
    signatures: &[b"GIF8?a"],
    read,
};

/// Lengths stand inside the pixels, 255 bytes at a time, so that only who reads a frame whole knows where
/// it ends. Megabytes are too much for a header: blocks are followed this far. However long the file is,
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
    let screen = Size::new(input.u16_le(6)?.into(), input.u16_le(8)?.into());
    let packed = input.u8(10)?;
    let frames = Frames::read(input, screen, 13 + colour_table_bytes(packed))?;
    let size = frames.size(screen);
    if size.width == 0 || size.height == 0 {
        return malformed(Format::Gif, 6, "neither screen nor frame has a size");
    }
    let image = ImageFacts {
        animated: frames.animated,
        has_alpha: frames.has_alpha(screen),
        ..ImageFacts::default()
    };
    Ok(MediaFacts::image(Format::Gif, size, image))
}

/// What is known of the frames; a loop count would be no proof that there are several, for stills have
/// one, too.
#[derive(Default)]
struct Frames {
    animated: Option<bool>,
    first: Option<Frame>,
}

/// The first frame.
struct Frame {
    left_top: Size,
    right_bottom: Size,
    is_transparent: bool,
}

impl Frame {
    /// Section 20.
    fn read(input: &Input<'_>, at: u64, is_transparent: bool) -> Parse<Self> {
        let [l0, l1, t0, t1, w0, w1, h0, h1] = input.array(at + 1)?;
        let number = |low, high| u64::from(u16::from_le_bytes([low, high]));
        let (left, top) = (number(l0, l1), number(t0, t1));
        Ok(Self {
            left_top: Size::new(left, top),
            right_bottom: Size::new(left + number(w0, w1), top + number(h0, h1)),
            is_transparent,
        })
    }

    fn covers(&self, screen: Size) -> bool {
        self.left_top == Size::new(0, 0)
            && self.right_bottom.width >= screen.width
            && self.right_bottom.height >= screen.height
    }
}

impl Frames {
    fn read(input: &Input<'_>, screen: Size, mut at: u64) -> Parse<Self> {
        let mut frames = Self::default();
        let mut control_is_transparent = false;
        let mut has_stray_bytes = false;
        // Set lower by the first frame, as a rule. Without a screen, that frame alone has a size.
        let mut limit = if screen.width == 0 || screen.height == 0 {
            FARTHEST
        } else {
            HORIZON
        };
        while at < limit {
            match (input.up_to(at, 1)?, &frames.first) {
                ([], None) => return input.u8(at).map(|_| frames),
                // Viewers forgive a missing trailer; whether a frame is missing too is not known.
                ([], Some(_)) => return Ok(frames),
                // Behind bytes that belong to no block, some viewers look for frames and some do not.
                ([0x2c], Some(_)) => {
                    frames.animated = (!has_stray_bytes).then_some(true);
                    return Ok(frames);
                }
                ([0x2c], None) => {
                    frames.first = Some(Frame::read(input, at, control_is_transparent)?);
                    // Nine bytes of descriptor, a colour table, the code size (sections 20 to 22).
                    let data = at + 10 + colour_table_bytes(input.u8(at + 9)?) + 1;
                    limit = match input.length() {
                        _ if data >= HEAD => HORIZON,
                        // The end that is read anyway follows on the beginning.
                        Some(length) if length <= HEAD + TAIL => length,
                        _ => HEAD,
                    };
                    at = skip_sub_blocks(input, data, limit)?;
                }
                ([0x21], first) => {
                    if first.is_none() && input.u8(at + 1)? == 0xf9 {
                        control_is_transparent = input.u8(at + 3)? & 1 == 1;
                    }
                    at = skip_sub_blocks(input, at + 2, limit)?;
                }
                ([0x3b], _) => {
                    frames.animated = Some(false);
                    return Ok(frames);
                }
                // The image is whole: what follows it is no damage of its header.
                (_, Some(_)) => {
                    has_stray_bytes = true;
                    at += 1;
                }
                (_, None) => return malformed(Format::Gif, at, "no block begins here"),
            }
        }
        // Behind a first frame that begins late, no more may be read.
        if let (Some(length), HEAD) = (input.length(), limit)
            && at < length
        {
            // The control of the first frame lies before this, and proves nothing.
            let start = length.saturating_sub(TAIL).max(at);
            let tail = input.slice(start, length - start)?;
            frames.animated = shows_a_frame(tail, screen).then_some(true);
        }
        Ok(frames)
    }

    /// Viewers enlarge a screen that the first frame does not fit on.
    fn size(&self, screen: Size) -> Size {
        let Some(Frame { right_bottom, .. }) = &self.first else {
            return screen;
        };
        Size::new(
            screen.width.max(right_bottom.width),
            screen.height.max(right_bottom.height),
        )
    }

    /// Any later frame may uncover what the first one covers, by its disposal (section 23).
    fn has_alpha(&self, screen: Size) -> Option<bool> {
        let first = self.first.as_ref()?;
        let is_covered = self.animated == Some(false) && first.covers(screen);
        if first.is_transparent {
            Some(true)
        } else {
            is_covered.then_some(false)
        }
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
        let [length] = input.up_to(at, 1)? else {
            break;
        };
        at += 1 + u64::from(*length);
        if *length == 0 {
            break;
        }
    }
    Ok(at)
}
