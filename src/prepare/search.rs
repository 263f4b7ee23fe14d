//! The encoding of one size that meets a goal in bytes: one attempt at a time, so that a caller
//! can show progress, and cancel.

use super::plan::{LEAST_QUALITY, Plan, Quality};
use super::traits::{ImageTraits, with_few_colours};
use super::{OutputFormat, PrepareError, encode};
use image::DynamicImage;

/// A file that was made.
#[derive(Clone, Debug)]
pub(super) struct Encoded {
    pub(super) file: Vec<u8>,
    /// As the steps say it: `jpeg quality 82`.
    pub(super) how: String,
}

/// What an attempt came to.
#[derive(Debug)]
pub(super) enum Outcome {
    Going,
    Found(Encoded),
    /// Nothing fits at this size; this is the smallest file so far.
    TooLarge {
        smallest: Encoded,
    },
}

/// The file that an image was: what it becomes has no more bytes, where no quality was asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source {
    pub(super) bytes: u64,
    /// Of a JPEG, by libjpeg's scale: more than this would keep the noise of its compression.
    pub(super) quality: Option<u8>,
}

#[derive(Debug)]
pub(super) struct Search {
    /// Still to be tried, the next one last.
    formats: Vec<Kind>,
    traits: ImageTraits,
    quality: Quality,
    max_bytes: Option<u64>,
    smallest: Option<Encoded>,
    attempts: u32,
}

#[derive(Clone, Debug)]
enum Kind {
    Jpeg(Bracket),
    Png,
    /// In as many colours as the source has.
    PngOfFew(usize),
    Webp,
}

impl Search {
    /// `attempts` were made at larger sizes.
    pub(super) fn new(
        plan: &Plan,
        traits: ImageTraits,
        source: Option<Source>,
        attempts: u32,
    ) -> Self {
        let quality = match source {
            Some(source) => source.quality(plan.quality),
            None => plan.quality,
        };
        let bounds = [plan.max_bytes, source.map(|source| source.bytes)];
        let jpeg = || Kind::Jpeg(Bracket::new(quality, plan.quality));
        let few = traits.few_colours.map(Kind::PngOfFew);
        let mut formats = match plan.format {
            OutputFormat::Jpeg => vec![jpeg()],
            OutputFormat::Png => vec![Kind::Png],
            OutputFormat::Webp => vec![Kind::Webp],
            // PNG packs areas best, WebP what changes from pixel to pixel.
            OutputFormat::Auto if traits.is_opaque && traits.is_drawn() => match plan.max_bytes {
                Some(_) => vec![jpeg(), Kind::Png],
                None => vec![Kind::Png],
            },
            OutputFormat::Auto if traits.is_opaque => vec![jpeg()],
            OutputFormat::Auto if traits.is_drawn() => vec![Kind::Webp, Kind::Png],
            OutputFormat::Auto => vec![Kind::Png, Kind::Webp],
        };
        if let (Some(few), Some(Kind::Png)) = (few, formats.last()) {
            formats.insert(formats.len() - 1, few);
        }
        Self {
            formats,
            traits,
            quality,
            max_bytes: bounds.into_iter().flatten().min(),
            smallest: None,
            attempts,
        }
    }

    pub(super) fn attempts(&self) -> u32 {
        self.attempts
    }

    /// About how much is done, 0 to 1. A search takes five attempts more often than not.
    pub(super) fn share(&self) -> f64 {
        1.0 - 0.7_f64.powf(f64::from(self.attempts))
    }

    /// Makes one file. `flat` gives the image scaled without sharpening.
    pub(super) fn attempt(
        &mut self,
        image: &DynamicImage,
        flat: &dyn Fn() -> Result<DynamicImage, PrepareError>,
    ) -> Result<Outcome, PrepareError> {
        let Some(mut kind) = self.formats.pop() else {
            return self.too_large();
        };
        self.attempts += 1;
        let encoded = match &mut kind {
            Kind::Jpeg(bracket) => {
                let quality = bracket.next;
                let file = encode::jpeg(image, quality, self.traits.is_drawn())?;
                Encoded {
                    file,
                    how: format!("jpeg quality {quality}"),
                }
            }
            Kind::Png => png(image)?,
            Kind::PngOfFew(count) => png(&with_few_colours(&flat()?, *count))?,
            Kind::Webp => Encoded {
                file: encode::webp(image)?,
                how: "webp without loss".to_owned(),
            },
        };
        let Some(max_bytes) = self.max_bytes else {
            return Ok(Outcome::Found(encoded));
        };
        let bytes = encoded.file.len() as u64;
        let is_smallest = |known: &Encoded| bytes < known.file.len() as u64;
        if bytes > max_bytes && self.smallest.as_ref().is_none_or(is_smallest) {
            self.smallest = Some(encoded.clone());
        }
        match (kind, self.quality) {
            (Kind::Jpeg(mut bracket), Quality::Highest { .. }) => {
                match bracket.learn(encoded, max_bytes) {
                    Learnt::More => self.formats.push(Kind::Jpeg(bracket)),
                    Learnt::Best(encoded) => return Ok(Outcome::Found(encoded)),
                    Learnt::NoneFits => {}
                }
            }
            _ if bytes <= max_bytes => return Ok(Outcome::Found(encoded)),
            _ => {}
        }
        if self.formats.is_empty() {
            self.too_large()
        } else {
            Ok(Outcome::Going)
        }
    }

    fn too_large(&mut self) -> Result<Outcome, PrepareError> {
        let nothing = || PrepareError::Internal {
            what: "nothing was tried".to_owned(),
        };
        let smallest = self.smallest.take().ok_or_else(nothing)?;
        Ok(Outcome::TooLarge { smallest })
    }
}

fn png(image: &DynamicImage) -> Result<Encoded, PrepareError> {
    let (file, colours) = encode::png(image)?;
    let how = match colours {
        Some(1) => "png with a palette of 1 colour".to_owned(),
        Some(colours) => format!("png with a palette of {colours} colours"),
        None => "png".to_owned(),
    };
    Ok(Encoded { file, how })
}

impl Source {
    /// What is planned, and no more than it has itself. A little less where its own compression was better.
    fn quality(self, planned: Quality) -> Quality {
        let own = self.quality.unwrap_or(u8::MAX);
        let (Quality::Fixed(best) | Quality::Highest { best, .. }) = planned;
        let best = best.min(own);
        Quality::Highest {
            least: LEAST_QUALITY.min(best - best / 4),
            best,
        }
    }
}

/// Qualities between one that fits and one that does not, until they are neighbours.
#[derive(Clone, Debug)]
struct Bracket {
    next: u8,
    /// The last one known to fit, or the one below the least.
    low: u8,
    /// The first one known not to fit, or the one above the best.
    high: u8,
    /// How many bytes those two took, where they were tried.
    low_bytes: Option<u64>,
    high_bytes: Option<u64>,
    best: Option<Encoded>,
    attempts: u32,
}

enum Learnt {
    More,
    Best(Encoded),
    NoneFits,
}

/// Tried first: where most photographs that must fit end up.
const FIRST_QUALITY: u8 = 80;
/// From here on the middle is taken, so that the search ends soon whatever the image.
const GUESSES: u32 = 6;

impl Bracket {
    fn new(quality: Quality, planned: Quality) -> Self {
        let (least, best) = match quality {
            Quality::Fixed(quality) => (quality, quality),
            Quality::Highest { least, best } => (least, best),
        };
        let first = match planned {
            // What is planned fits more often than not.
            Quality::Fixed(_) => best,
            Quality::Highest { .. } => FIRST_QUALITY,
        };
        Self {
            next: first.clamp(least, best.max(least)),
            low: least.saturating_sub(1),
            high: best.saturating_add(1),
            low_bytes: None,
            high_bytes: None,
            best: None,
            attempts: 0,
        }
    }

    fn learn(&mut self, encoded: Encoded, max_bytes: u64) -> Learnt {
        let bytes = encoded.file.len() as u64;
        self.attempts += 1;
        if bytes <= max_bytes {
            self.low = self.next;
            self.low_bytes = Some(bytes);
            self.best = Some(encoded);
        } else {
            self.high = self.next;
            self.high_bytes = Some(bytes);
        }
        if self.high - self.low <= 1 {
            return self.best.take().map_or(Learnt::NoneFits, Learnt::Best);
        }
        let middle = self.low + (self.high - self.low) / 2;
        self.next = if self.attempts < GUESSES {
            self.guess(max_bytes).clamp(self.low + 1, self.high - 1)
        } else {
            middle
        };
        Learnt::More
    }

    /// Bytes fall with a power of the quantiser's step: between two that are known with that which joins
    /// them, beside one with that of most photographs.
    fn guess(&self, max_bytes: u64) -> u8 {
        const POWER: f64 = 1.4;
        let log = |bytes: u64| (bytes.max(1) as f64).ln();
        let (low, high) = (step_of(self.low).ln(), step_of(self.high).ln());
        let step = match (self.low_bytes, self.high_bytes) {
            (Some(fits), Some(too_many)) if fits < too_many => {
                let share = (log(max_bytes) - log(fits)) / (log(too_many) - log(fits));
                low + share * (high - low)
            }
            (Some(fits), _) => low + POWER * (log(fits) - log(max_bytes)),
            (None, Some(too_many)) => high + POWER * (log(too_many) - log(max_bytes)),
            (None, None) => low,
        };
        quality_of(step.exp())
    }
}

/// How coarse a quality is, by the scale of libjpeg (jpeg_quality_scaling).
fn step_of(quality: u8) -> f64 {
    let quality = f64::from(quality.max(1));
    if quality < 50.0 {
        5000.0 / quality
    } else {
        (200.0 - 2.0 * quality).max(0.5)
    }
}

/// The other way round.
pub(super) fn quality_of(step: f64) -> u8 {
    let quality = if step > 100.0 {
        5000.0 / step
    } else {
        (200.0 - step) / 2.0
    };
    // A cast of a double saturates.
    quality.round() as u8
}
