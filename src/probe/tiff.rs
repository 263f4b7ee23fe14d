//! TIFF (Adobe, TIFF Revision 6.0, 1992) and BigTIFF. The first page is the image, as in every viewer.

use super::Reader;
use super::directory::{Directory, tag};
use super::input::{Input, Parse, malformed, unsupported};
use crate::media::{Format, ImageFacts, MediaFacts, Orientation, Size};
use std::ops::ControlFlow;

pub(super) const READER: Reader = Reader {
    signatures: &[b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"],
    read,
};

fn read(input: &Input<'_>) -> Parse<MediaFacts> {
    Page::read(input)?.facts()
}

#[derive(Clone, Copy, Debug, Default)]
struct Page {
    width: Option<u64>,
    height: Option<u64>,
    orientation: Orientation,
    has_alpha: bool,
    is_reduced: bool,
    has_sub_directories: bool,
    is_negative: bool,
}

/// Phase One's raw files name themselves within their first bytes: the order of bytes twice over, and a word of
/// which three letters are fixed.
fn is_of_phase_one(input: &Input<'_>) -> Parse<bool> {
    const HEAD: u64 = 40;
    let head = input.up_to(0, HEAD)?;
    Ok(head.windows(8).any(|window| {
        matches!(
            window,
            [b'I', b'I', b'I', b'I', _, b'w', b'a', b'R']
                | [b'M', b'M', b'M', b'M', b'R', b'a', b'w', _]
        )
    }))
}

impl Page {
    fn read(input: &Input<'_>) -> Parse<Self> {
        let mut page = Self::default();
        // Canon's raw files say so behind the header, where other files have a directory or pixels.
        if input.up_to(8, 2)? == b"CR" || is_of_phase_one(input)? {
            page.is_negative = true;
            return Ok(page);
        }
        let block = 0..input.length().unwrap_or(u64::MAX);
        let directory = Directory::open(input, block)?;
        input.walk((*b"tiff", 0), (0, page), |(index, page)| {
            if *index >= directory.entries {
                return Ok(ControlFlow::Break(*page));
            }
            page.read_entry(&directory, *index)?;
            *index += 1;
            Ok(ControlFlow::Continue(()))
        })
    }

    fn read_entry(&mut self, directory: &Directory<'_>, index: u64) -> Parse<()> {
        let entry = directory.entry(index)?;
        match entry.tag {
            tag::NEW_SUBFILE_TYPE => {
                // Bit 0: a reduced version of another image in the file.
                let flags = directory.first_value(&entry)?.unwrap_or(0);
                self.is_reduced = flags & 1 == 1;
            }
            tag::IMAGE_WIDTH => self.width = directory.first_value(&entry)?,
            tag::IMAGE_LENGTH => self.height = directory.first_value(&entry)?,
            tag::ORIENTATION => self.orientation = directory.orientation(&entry),
            tag::SUB_IFDS => self.has_sub_directories = true,
            tag::EXTRA_SAMPLES => {
                /// More samples than any camera's, and as many as anyone looks through.
                const MOST: u64 = 64;
                for index in 0..MOST {
                    match directory.value(&entry, index)? {
                        // Associated and unassociated alpha; 0 is anything.
                        Some(1 | 2) => self.has_alpha = true,
                        Some(_) => {}
                        None => break,
                    }
                }
            }
            tag::PHOTOMETRIC => {
                /// Samples of a sensor behind its filter, or made linear (TIFF/EP, ISO 12234-2:2001, 5.1; DNG 1.7).
                const SENSOR: [u64; 2] = [32_803, 34_892];
                let kind = directory.first_value(&entry)?.unwrap_or(0);
                self.is_negative |= SENSOR.contains(&kind);
            }
            tag::DNG_VERSION => self.is_negative = true,
            _ => {}
        }
        Ok(())
    }

    fn facts(&self) -> Parse<MediaFacts> {
        // The first page of a raw file is a preview; the pixels are the sensor's, and no viewer's.
        if self.is_negative || (self.is_reduced && self.has_sub_directories) {
            return unsupported(Some("a camera's raw file"));
        }
        let (Some(width @ 1..), Some(height @ 1..)) = (self.width, self.height) else {
            return malformed(Format::Tiff, 0, "the first page has no size");
        };
        let image = ImageFacts {
            orientation: self.orientation,
            // Pages are no frames.
            animated: Some(false),
            has_alpha: Some(self.has_alpha),
        };
        Ok(MediaFacts::image(
            Format::Tiff,
            Size::new(width, height),
            image,
        ))
    }
}
