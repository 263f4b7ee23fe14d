//! TIFF (Adobe, TIFF Revision 6.0, 1992) and BigTIFF. The first page is the picture, as in every viewer.

use super::directory::{Directory, Fault, tag};
use super::input::{Halt, Input, Parse, malformed};
use super::{ProbeError, Reader};
use crate::media::{Format, ImageFacts, MediaFacts, Orientation, Size};

pub(super) const READER: Reader = Reader {
    signatures: &[b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"],
    read,
};

fn read(input: &Input<'_>) -> Parse<MediaFacts> {
    match Page::read(input) {
        Ok(page) => page.facts(),
        Err(Fault::Nonsense(at, what)) => malformed(Format::Tiff, at, what),
        Err(Fault::Halted(halt)) => Err(halt),
    }
}

#[derive(Default)]
struct Page {
    width: Option<u64>,
    height: Option<u64>,
    orientation: Orientation,
    has_alpha: bool,
    is_reduced: bool,
    has_sub_directories: bool,
    is_negative: bool,
}

impl Page {
    fn read(input: &Input<'_>) -> Result<Self, Fault> {
        let mut page = Self::default();
        // Canon's raw files say so behind the header, where other files have a directory or pixels.
        if input.up_to(8, 2)? == b"CR" {
            page.is_negative = true;
            return Ok(page);
        }
        let directory = Directory::open(input, 0..input.length().unwrap_or(u64::MAX))?;
        for index in 0..directory.entries {
            let entry = directory.entry(index)?;
            match entry.tag {
                tag::NEW_SUBFILE_TYPE => {
                    // Bit 0: a reduced version of another picture in the file.
                    let flags = directory.first_value(&entry)?.unwrap_or(0);
                    page.is_reduced = flags & 1 == 1;
                }
                tag::IMAGE_WIDTH => page.width = directory.first_value(&entry)?,
                tag::IMAGE_LENGTH => page.height = directory.first_value(&entry)?,
                tag::ORIENTATION => page.orientation = directory.orientation(&entry),
                tag::SUB_IFDS => page.has_sub_directories = true,
                tag::EXTRA_SAMPLES => {
                    /// More samples than any camera's, and as many as anyone looks through.
                    const MOST: u64 = 64;
                    for index in 0..MOST {
                        match directory.value(&entry, index)? {
                            // Associated and unassociated alpha; 0 is anything.
                            Some(1 | 2) => page.has_alpha = true,
                            Some(_) => {}
                            None => break,
                        }
                    }
                }
                tag::DNG_VERSION => page.is_negative = true,
                _ => {}
            }
        }
        Ok(page)
    }

    fn facts(&self) -> Parse<MediaFacts> {
        // The first page of a raw file is a preview; the pixels are the sensor's, and no viewer's.
        if self.is_negative || (self.is_reduced && self.has_sub_directories) {
            return Err(Halt::Fail(ProbeError::UnsupportedFormat {
                looks_like: Some("a camera's raw file"),
            }));
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
