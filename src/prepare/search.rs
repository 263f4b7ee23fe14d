//! The encoding of one size that meets a goal in bytes: one attempt at a time, so that a caller
//! can show progress, and cancel.

use super::look::Look;
use super::plan::{Plan, Quality};
use super::{PrepareError, Wish, encode};
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
    /// Nothing fits at this size; the smallest file so far took as many bytes.
    TooLarge {
        smallest: u64,
    },
}

#[derive(Debug)]
pub(super) struct Search {
    /// Still to be tried, the next one last.
    formats: Vec<Kind>,
    is_drawn: bool,
    quality: Quality,
    max_bytes: Option<u64>,
    smallest: u64,
    attempts: u32,
}

#[derive(Clone, Debug)]
enum Kind {
    Jpeg(Bracket),
    Png,
    Webp,
}

impl Search {
    /// `attempts` were made at larger sizes.
    pub(super) fn new(plan: &Plan, look: Look, attempts: u32) -> Self {
        let jpeg = || Kind::Jpeg(Bracket::new(plan.quality));
        Self {
            formats: match plan.format {
                Wish::Jpeg => vec![jpeg()],
                Wish::Png => vec![Kind::Png],
                Wish::Webp => vec![Kind::Webp],
                // PNG packs areas best, WebP what changes from pixel to pixel.
                Wish::Auto if look.is_opaque && look.is_drawn => vec![jpeg(), Kind::Png],
                Wish::Auto if look.is_opaque => vec![jpeg()],
                Wish::Auto if look.is_drawn => vec![Kind::Webp, Kind::Png],
                Wish::Auto => vec![Kind::Png, Kind::Webp],
            },
            is_drawn: look.is_drawn,
            quality: plan.quality,
            max_bytes: plan.max_bytes,
            smallest: u64::MAX,
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

    /// Makes one file.
    pub(super) fn attempt(&mut self, image: &DynamicImage) -> Result<Outcome, PrepareError> {
        let Some(mut kind) = self.formats.pop() else {
            return Ok(Outcome::TooLarge {
                smallest: self.smallest,
            });
        };
        self.attempts += 1;
        let encoded = match &mut kind {
            Kind::Jpeg(bracket) => {
                let quality = bracket.next;
                let file = encode::jpeg(image, quality, self.is_drawn)?;
                Encoded {
                    file,
                    how: format!("jpeg quality {quality}"),
                }
            }
            Kind::Png => {
                let (file, colours) = encode::png(image)?;
                Encoded {
                    file,
                    how: match colours {
                        Some(1) => "png with a palette of 1 colour".to_owned(),
                        Some(colours) => format!("png with a palette of {colours} colours"),
                        None => "png".to_owned(),
                    },
                }
            }
            Kind::Webp => Encoded {
                file: encode::webp(image)?,
                how: "webp without loss".to_owned(),
            },
        };
        let bytes = encoded.file.len() as u64;
        self.smallest = self.smallest.min(bytes);
        let Some(max_bytes) = self.max_bytes else {
            return Ok(Outcome::Found(encoded));
        };
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
        match self.formats.is_empty() {
            true => Ok(Outcome::TooLarge {
                smallest: self.smallest,
            }),
            false => Ok(Outcome::Going),
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
    fn new(quality: Quality) -> Self {
        let (least, best) = match quality {
            Quality::Fixed(quality) => (quality, quality),
            Quality::Highest { least, best } => (least, best),
        };
        Self {
            next: FIRST_QUALITY.clamp(least, best.max(least)),
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
        self.next = match self.attempts < GUESSES {
            true => self.guess(max_bytes).clamp(self.low + 1, self.high - 1),
            false => middle,
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
    match quality < 50.0 {
        true => 5000.0 / quality,
        false => (200.0 - 2.0 * quality).max(0.5),
    }
}

fn quality_of(step: f64) -> u8 {
    let quality = match step > 100.0 {
        true => 5000.0 / step,
        false => (200.0 - step) / 2.0,
    };
    // A cast of a double saturates.
    quality.round() as u8
}
