//! Which reader a file belongs to, by its first bytes.
//!
//! A program that is split into parts holds the readers of PNG, JPEG, GIF and WebP from the start, and loads the
//! others when it first meets another format. Every other program holds them all.

use super::input::{Halt, Input, Parse, malformed, unsupported};
use super::reader::Reader;
use super::recognise::{self, Match};
use super::{
    ProbeError, asf, avi, bmp, flv, gif, ico, isobmff, jpeg, jxl, matroska, mp4, mpeg, png, svg,
    tiff, webp,
};
use crate::media::{Kind, MediaFacts};
use crate::units::MAX_COUNT;

/// Of the images that models take.
const FIRST: &[Reader] = &[png::READER, jpeg::READER, gif::READER, webp::READER];

/// All that is loaded later.
#[derive(Debug)]
pub(super) struct Others {
    readers: &'static [Reader],
    /// What a file looks like that none of them takes.
    name: fn(&[u8]) -> Option<&'static str>,
}

static OTHERS: Others = Others {
    readers: OTHER_READERS,
    name: recognise::name,
};

const OTHER_READERS: &[Reader] = &[
    isobmff::READER,
    jxl::READER,
    bmp::READER,
    tiff::READER,
    ico::READER,
    mp4::READER,
    matroska::READER,
    avi::READER,
    flv::READER,
    asf::READER,
    mpeg::READER,
    svg::READER,
    mpeg::SEARCH,
];

/// The facts, by the reader whose signature the file begins with.
pub(super) fn read(input: &Input<'_>) -> Parse<MediaFacts> {
    let head = input.up_to(0, recognise::LONGEST_SIGNATURE)?;
    let others = lazy::others();
    let mut cut_off = None;
    let other_readers = others.map_or(&[][..], |others| others.readers);
    for reader in FIRST.iter().chain(other_readers) {
        for signature in reader.signatures {
            match recognise::compare(head, signature) {
                Match::Yes => match (reader.read)(input) {
                    // A signature of few letters misled it.
                    Err(halt) if is_foreign(&halt) => {}
                    outcome => return outcome.and_then(plausible),
                },
                Match::CutOff => cut_off = cut_off.or(Some(signature.len() as u64)),
                Match::No => {}
            }
        }
    }
    let Some(others) = others else {
        return Err(Halt::unread());
    };
    if let Some(needed) = cut_off {
        let length = head.len() as u64;
        return Err(ProbeError::Truncated { needed, length }.into());
    }
    unsupported((others.name)(head))
}

/// Nothing tells what it is.
fn is_foreign(halt: &Halt) -> bool {
    matches!(
        halt.error(),
        Some(ProbeError::UnsupportedFormat { looks_like: None })
    )
}

/// Whatever a header claims, nothing is longer than a number in JavaScript tells.
fn plausible(facts: MediaFacts) -> Parse<MediaFacts> {
    let MediaFacts { width, height, .. } = facts;
    let sides = [width, height, facts.display_width, facts.display_height];
    let is_long = match &facts.kind {
        Kind::Video(video) => video.duration_ms.is_some_and(|ms| ms > MAX_COUNT as f64),
        Kind::Image(_) => false,
    };
    if is_long || sides.into_iter().any(|side| side > MAX_COUNT) {
        malformed(
            facts.format,
            0,
            "a side or the duration is beyond all measure",
        )
    } else {
        Ok(facts)
    }
}

/// Loads the readers that are not there.
#[cfg(feature = "web")]
pub(crate) use lazy::load;

/// Readers that are loaded later could not be.
#[cfg(feature = "web")]
#[derive(Debug)]
pub(crate) struct NotLoaded;

#[cfg(not(all(tilewise_split, feature = "web")))]
mod lazy {
    #[cfg(feature = "web")]
    use super::NotLoaded;
    use super::{OTHERS, Others};

    pub(super) const fn others() -> Option<&'static Others> {
        Some(&OTHERS)
    }

    #[cfg(feature = "web")]
    pub(crate) async fn load() -> Result<(), NotLoaded> {
        Ok(())
    }
}

#[cfg(all(tilewise_split, feature = "web"))]
mod lazy {
    use super::{NotLoaded, OTHERS, Others};
    use std::sync::OnceLock;
    use wasm_split_helpers::{SplitLoaderError, wasm_split};

    static LOADED: OnceLock<&'static Others> = OnceLock::new();

    pub(super) fn others() -> Option<&'static Others> {
        LOADED.get().copied()
    }

    pub(crate) async fn load() -> Result<(), NotLoaded> {
        if others().is_none() {
            let others = other_readers().await?;
            // Who loaded them at the same time has the same ones.
            let _ = LOADED.set(others);
        }
        Ok(())
    }

    impl From<SplitLoaderError> for NotLoaded {
        fn from(_: SplitLoaderError) -> Self {
            Self
        }
    }

    /// Names them, and nothing else does.
    #[wasm_split(formats, fallible)]
    fn other_readers() -> Result<&'static Others, NotLoaded> {
        Ok(&OTHERS)
    }
}
