//! The smallest change to an image that meets a goal in bytes, tokens or pixels.
//!
//! Planning looks at facts alone: [`plan::plan`] says what one image becomes, [`sizes`] which sizes
//! cost less, [`budget::budget`] which images of a whole request must give way. None of that decodes
//! a pixel. Feature `prepare` brings the codecs that carry a plan out.
//!
//! ```
//! use tilewise::media::{Format, ImageFacts, MediaFacts, Size};
//! use tilewise::prepare::{Goal, plan::plan};
//!
//! let rules = tilewise::catalog::find("moonshotai/Kimi-K2.6").unwrap().rules().unwrap();
//! let photo = MediaFacts::image(Format::Jpeg, Size::new(4000, 3000), ImageFacts::default());
//!
//! let goal = Goal { max_tokens: Some(15_000), ..Goal::default() };
//! let plan = plan(&photo, &goal, &rules)?;
//! assert_eq!(plan.size, Size::new(1987, 1490));
//! assert_eq!(plan.tokens.published, Some(141 * 106));
//! # Ok::<(), tilewise::prepare::PrepareError>(())
//! ```

pub mod budget;
pub mod plan;
pub mod sizes;

#[cfg(feature = "prepare")]
mod bright;
#[cfg(feature = "prepare")]
mod colour;
#[cfg(feature = "prepare")]
mod decode;
#[cfg(feature = "prepare")]
mod encode;
#[cfg(feature = "prepare")]
mod frames;
#[cfg(feature = "prepare")]
mod job;
#[cfg(feature = "prepare")]
mod jpeg;
#[cfg(feature = "prepare")]
mod metadata;
#[cfg(feature = "prepare")]
mod pixels;
#[cfg(feature = "prepare")]
mod png;
#[cfg(feature = "prepare")]
mod resize;
#[cfg(feature = "prepare")]
mod search;
#[cfg(feature = "prepare")]
mod tiff;
#[cfg(feature = "prepare")]
mod traits;

#[cfg(feature = "prepare")]
pub use decode::Decoder;
#[cfg(feature = "prepare")]
pub use job::{Job, Prepared, prepare};
#[cfg(feature = "prepare")]
pub use pixels::{MAX_PIXEL_BYTES, Pixels};

use crate::error::{ErrorCode, PlainError, sentence};
use crate::media::Format;
use crate::probe::ProbeError;
use crate::rule::Rule;
use crate::units;
use serde::{Deserialize, Serialize};

/// What an image must meet. What is `None` is not asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Goal {
    /// Largest encoded size in bytes.
    pub max_bytes: Option<u64>,
    /// Most tokens by `rule`.
    pub max_tokens: Option<u64>,
    /// Default: the model's.
    pub rule: Option<Rule>,
    /// The largest size that someone needs.
    pub fit: Option<Fit>,
    /// Longest side in pixels.
    pub max_side: Option<u64>,
    /// The format to encode in; `None` is [`OutputFormat::Auto`].
    pub format: Option<OutputFormat>,
    /// 1 to 100, where the format has one. By itself the highest that meets `max_bytes`.
    pub quality: Option<u8>,
}

impl Goal {
    /// The format to encode in, by default [`OutputFormat::Auto`].
    pub fn format(&self) -> OutputFormat {
        self.format.unwrap_or_default()
    }

    /// This goal, with the bounds of another one as well: of two the stricter. In all else this one wins.
    pub fn and(self, other: Self) -> Self {
        let stricter = |one: Option<u64>, other: Option<u64>| one.into_iter().chain(other).min();
        // Tokens by different rules cannot be held against each other.
        let max_tokens = match self.max_tokens {
            Some(_) if self.rule != other.rule => self.max_tokens,
            own => stricter(own, other.max_tokens),
        };
        Self {
            max_bytes: stricter(self.max_bytes, other.max_bytes),
            max_tokens,
            rule: match self.max_tokens {
                Some(_) => self.rule,
                None => other.rule,
            },
            fit: self.fit.or(other.fit),
            max_side: stricter(self.max_side, other.max_side),
            format: self.format.or(other.format),
            quality: self.quality.or(other.quality),
        }
    }

    /// Refuses what cannot mean anything, and what no image meets.
    ///
    /// # Errors
    ///
    /// [`PrepareError::InvalidArgument`] names the part of the goal that means nothing. [`PrepareError::Unmeetable`]
    /// where no file of the format is as small as `max_bytes`.
    pub fn check(&self) -> Result<(), PrepareError> {
        let at_least_one = |what: &'static str, value: Option<u64>| match value {
            Some(0) => Err(PrepareError::invalid(what, "it must be 1 or more")),
            _ => Ok(()),
        };
        at_least_one("maxBytes", self.max_bytes)?;
        at_least_one("maxTokens", self.max_tokens)?;
        at_least_one("maxSide", self.max_side)?;
        if self
            .quality
            .is_some_and(|quality| !(1..=100).contains(&quality))
        {
            return Err(PrepareError::invalid(
                "quality",
                "it must lie between 1 and 100",
            ));
        }
        let smallest = self.format().smallest_bytes();
        match self.max_bytes {
            Some(max_bytes) if max_bytes < smallest => Err(PrepareError::Unmeetable {
                max_bytes,
                smallest,
            }),
            _ => Ok(()),
        }
    }
}

/// Whether feature `prepare` decodes images of this format itself. Of others it needs the pixels, from a browser or the
/// caller.
pub const fn decodes(format: Format) -> bool {
    matches!(
        format,
        Format::Png | Format::Jpeg | Format::Gif | Format::Webp | Format::Bmp | Format::Tiff
    )
}

/// What an image is scaled down to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Fit {
    /// The largest size that the model does not scale down: it sees all that it would have seen.
    Model,
}

/// The format that is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum OutputFormat {
    /// JPEG for opaque photographs; without loss, as PNG or WebP, where there is alpha or few colours.
    #[default]
    Auto,
    /// Transparent pixels are laid on white.
    Jpeg,
    /// Without loss, with a palette where there are few colours.
    Png,
    /// Without loss: no WebP encoder in Rust that loses anything is both well kept and freely licensed.
    Webp,
}

impl OutputFormat {
    /// Whether a file of this format is what was asked for.
    pub fn allows(self, format: Format) -> bool {
        match self {
            Self::Auto => matches!(format, Format::Jpeg | Format::Png | Format::Webp),
            Self::Jpeg => format == Format::Jpeg,
            Self::Png => format == Format::Png,
            Self::Webp => format == Format::Webp,
        }
    }

    /// Longest side in pixels that it can hold: of a JPEG, libjpeg takes no more than this
    /// (JPEG_MAX_DIMENSION), and libwebp of a WebP (WEBP_MAX_DIMENSION). PNG has 31 bits, but what is left to `Auto`
    /// may become one of the others.
    pub const fn longest_side(self) -> u64 {
        match self {
            Self::Jpeg => 65_500,
            Self::Png => 0x7fff_ffff,
            Self::Auto | Self::Webp => 16_383,
        }
    }

    /// No file of it is smaller, whatever it shows.
    const fn smallest_bytes(self) -> u64 {
        match self {
            // Start, one table of each kind, frame and scan with one component, a byte of data, end
            // (ITU-T T.81, annex B).
            Self::Jpeg => 2 + 69 + 13 + 20 + 20 + 10 + 1 + 2,
            // Signature, IHDR, IDAT with an empty zlib stream at the least, IEND (W3C PNG, section 11).
            Self::Png => 8 + 25 + 12 + 8 + 12,
            // RIFF and chunk header, and what one pixel takes (RFC 9649, sections 2.3 and 3).
            Self::Auto | Self::Webp => 12 + 8 + 6,
        }
    }
}

/// Why an image cannot be prepared.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PrepareError {
    /// An argument that cannot mean anything.
    #[error("{what}: {why}")]
    InvalidArgument {
        /// The name of the argument in JavaScript: `maxBytes`.
        what: &'static str,
        /// What is wrong with it, as the end of a sentence.
        why: &'static str,
    },
    /// The file has no facts: its format is not known, or its header is damaged or cut off.
    #[error(transparent)]
    Probe(#[from] ProbeError),
    /// A video, or an image in a format that is not decoded here.
    #[error("{} is not an image that can be decoded here: convert it to JPEG or PNG, or decode it yourself", .format.name())]
    UnsupportedFormat {
        /// The format that the bytes show.
        format: Format,
    },
    /// Pixels that would take more memory than is allowed, whatever the size of the file.
    #[error("{}×{} pixels take {} of memory; {} are allowed", .width, .height, units::bytes(*.needed), units::bytes(*.allowed))]
    TooManyPixels {
        /// Stored width in pixels.
        width: u64,
        /// Stored height in pixels.
        height: u64,
        /// Bytes of memory that the decoded pixels would take.
        needed: u64,
        /// Bytes of memory that they may take.
        allowed: u64,
    },
    /// A decoder would take more memory than is allowed.
    #[error("decoding it takes more than {} of memory", units::bytes(*.allowed))]
    TooMuchMemory {
        /// Bytes of memory that it may take.
        allowed: u64,
    },
    /// A kind of its format that is not decoded here.
    #[error("a kind of {} that cannot be decoded here: {what}", .format.name())]
    UnsupportedKind {
        /// The format that the bytes show.
        format: Format,
        /// Which kind, as words behind a colon.
        what: String,
    },
    /// The file ends inside its pixels.
    #[error("this {} is cut off inside its pixels", .format.name())]
    CutOff {
        /// The format that the bytes show.
        format: Format,
    },
    /// The pixels contradict their format. `what` is what the decoder says.
    #[error("this {} is damaged: {what}", .format.name())]
    Damaged {
        /// The format that the bytes show.
        format: Format,
        /// What is wrong, as words behind a colon.
        what: String,
    },
    /// A fault in what should not fail.
    #[error("{what}")]
    Internal {
        /// What failed, for a report to the authors.
        what: String,
    },
    /// Not even the smallest image is small enough.
    #[error("no image fits into {}: the smallest that it can become takes {}", units::bytes(*.max_bytes), units::bytes_beside(*.smallest, *.max_bytes))]
    Unmeetable {
        /// Bytes that the goal allows.
        max_bytes: u64,
        /// Bytes of the smallest file, in theory or of those that were made.
        smallest: u64,
    },
    /// What must stay in the body is longer than the body may be.
    #[error("the request body cannot be made to fit: {} remain where {} are allowed", units::bytes_beside(*.least, *.allowed), units::bytes(*.allowed))]
    BodyUnmeetable {
        /// Bytes that the body may have.
        allowed: u64,
        /// Bytes that it has once every image shrinks as far as it may.
        least: u64,
    },
}

impl PrepareError {
    /// What JavaScript learns of it.
    pub fn plain(&self) -> PlainError<'static> {
        PlainError::new(self.code(), self.to_string())
    }

    /// The code that a program branches on.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::InvalidArgument { .. } => ErrorCode::InvalidArgument,
            Self::Probe(error) => error.code(),
            Self::UnsupportedFormat { .. } | Self::UnsupportedKind { .. } => {
                ErrorCode::UnsupportedFormat
            }
            Self::TooManyPixels { .. }
            | Self::TooMuchMemory { .. }
            | Self::Unmeetable { .. }
            | Self::BodyUnmeetable { .. } => ErrorCode::Limit,
            Self::CutOff { .. } => ErrorCode::Truncated,
            Self::Damaged { .. } => ErrorCode::Malformed,
            Self::Internal { .. } => ErrorCode::Internal,
        }
    }

    /// The message as a sentence for people, with a capital and a stop.
    pub fn sentence(&self) -> String {
        sentence(&self.to_string())
    }

    const fn invalid(what: &'static str, why: &'static str) -> Self {
        Self::InvalidArgument { what, why }
    }
}
