//! JPEG XL images that are odd, made bit by bit.

use crate::source::{Source, probe_every_way};
use tilewise::media::{ImageFacts, Kind, MediaFacts};

/// A codestream, lowest bits first.
#[derive(Clone, Default)]
struct Codestream(Vec<bool>);

impl Codestream {
    fn write(mut self, count: u32, value: u32) -> Self {
        self.0.extend((0..count).map(|bit| value >> bit & 1 == 1));
        self
    }

    fn aligned(mut self) -> Self {
        self.0.resize(self.0.len().next_multiple_of(8), false);
        self
    }

    /// Of 64×64 pixels, with metadata that may hold an animation.
    fn new(is_animation: bool) -> Self {
        let size = Self::default()
            .write(16, 0x0aff)
            .write(1, 1)
            .write(5, 7)
            .write(3, 1);
        // Extra fields: upright, no other size, no preview.
        let metadata = size.write(2, 0b10).write(5, 0);
        let metadata = if is_animation {
            metadata.write(1, 1).write(7, 0)
        } else {
            metadata.write(1, 0)
        };
        // Eight bits a sample.
        metadata.write(3, 0).write(1, 1)
    }

    /// All else is what it is by default.
    fn with_frame(self, is_last: bool) -> Self {
        let metadata = self
            .write(1, 1)
            .write(1, 1)
            .write(1, 1)
            .write(2, 0)
            .write(1, 1);
        // No crop, replaces what was there, for one tick.
        let frame = metadata
            .aligned()
            .write(1, 0)
            .write(2, 0)
            .write(1, 0)
            .write(2, 0);
        let frame = frame.write(2, 0).write(6, 0).write(2, 0).write(1, 0);
        frame
            .write(2, 0)
            .write(2, 1)
            .write(1, u32::from(is_last))
            .aligned()
    }

    fn bytes(&self) -> Vec<u8> {
        let byte = |bits: &[bool]| {
            bits.iter()
                .rev()
                .fold(0, |byte, bit| byte << 1 | u8::from(*bit))
        };
        self.0.chunks(8).map(byte).collect()
    }
}

fn image(facts: MediaFacts) -> ImageFacts {
    assert_eq!((facts.width, facts.height), (64, 64));
    match facts.kind {
        Kind::Image(image) => image,
        Kind::Video(_) => panic!("a video"),
    }
}

#[test]
fn a_jpeg_xl_animation_of_one_frame_is_a_still() {
    let animated = |is_last: bool| {
        let stream = Codestream::new(true).write(2, 0).with_frame(is_last);
        let file = [&stream.bytes()[..], &[7; 40]].concat();
        image(probe_every_way(&file).unwrap()).animated
    };
    assert_eq!(animated(true), Some(false));
    assert_eq!(animated(false), Some(true));
    // Without its first frame, that is unknown.
    let bare = Codestream::new(true)
        .write(2, 0)
        .write(6, 0b10_0111)
        .bytes();
    assert_eq!(image(probe_every_way(&bare).unwrap()).animated, None);
}

#[test]
fn a_jpeg_xl_of_thousands_of_named_channels_is_not_read_whole() {
    const CHANNELS: u32 = 4096;
    for is_animation in [false, true] {
        let mut stream = Codestream::new(is_animation)
            .write(2, 3)
            .write(12, CHANNELS - 1);
        for _ in 0..CHANNELS / 16 {
            // Depth, of eight bits, not smaller, with a name of 1,071 bytes.
            let depth = stream.write(1, 0).write(2, 1).write(3, 0).write(2, 0);
            stream = depth.write(2, 3).write(10, 1023);
            stream.0.resize(stream.0.len() + 8 * 1071, false);
        }
        let facts = Source::new(&stream.bytes()).probe().unwrap();
        assert!(facts.bytes_read <= 64 * 1024, "{} bytes", facts.bytes_read);
        let image = image(facts);
        assert_eq!(image.has_alpha, None);
        assert_eq!(image.animated, (!is_animation).then_some(false));
    }
}
