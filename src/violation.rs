//! What an endpoint would refuse, or take and not do what one expects.

use crate::units;
use serde::Serialize;
use std::borrow::Cow;

/// One thing that the endpoint would refuse, or that would not do what one expects.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Violation {
    /// The kind of problem, to branch on.
    pub code: ViolationCode,
    /// Whether the endpoint would refuse the request.
    pub severity: Severity,
    /// Index into the draft's media; `None` for the whole request.
    pub media: Option<usize>,
    /// What the request has, in the unit of the limit: media, bytes, tokens, patches, or pixels of the longer side.
    /// `None` where nothing is counted.
    #[serde(serialize_with = "units::count")]
    pub actual: Option<u64>,
    /// What is allowed, in the same unit; `None` where nothing is counted.
    #[serde(serialize_with = "units::count")]
    pub allowed: Option<u64>,
    /// What is wrong, as a sentence for people.
    pub message: Cow<'static, str>,
    /// How to fix it.
    pub fix: Option<Cow<'static, str>>,
}

/// The kinds of problem that a check of a draft can find.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ViolationCode {
    /// The catalogue or the endpoint's own list does not name the model.
    UnknownModel,
    /// A source says that the provider has switched the model off; another host may serve it.
    ModelRetired,
    /// The model takes no images or videos.
    NotAVisionModel,
    /// The request holds more images than allowed.
    TooManyImages,
    /// The request holds more videos than allowed.
    TooManyVideos,
    /// One image has more bytes than allowed for the way in which it is passed.
    ImageTooLarge,
    /// The longer side of an image has more pixels than allowed.
    ImageSideTooLarge,
    /// An image has more patches of 32 pixels a side than the endpoint takes at full detail.
    TooManyPatches,
    /// The media passed by URL have more bytes together than allowed.
    MediaTooLarge,
    /// The JSON body, base64 data included, has more bytes than allowed.
    BodyTooLarge,
    /// The model does not take the format, or takes no videos; a warning where its formats are not known, and few take
    /// this one.
    UnsupportedFormat,
    /// The address is no `https:` URL, so that the endpoint cannot fetch it.
    UrlNotHttps,
    /// The address is not on the public internet, so that the endpoint cannot fetch it.
    UrlNotPublic,
    /// The size of a file is not known, so that the limits in bytes cannot be checked.
    SizeUnknown,
    /// Input and output together have more tokens than the model's context.
    ContextExceeded,
    /// The file is stored turned or mirrored, and the model may not see it upright.
    Rotated,
    /// The image is animated, and the model sees one frame of it.
    Animated,
    /// The model sees less than the file holds.
    Downscaled,
    /// It is paid for more pixels than it has.
    Enlarged,
}

/// How bad a violation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The endpoint would refuse the request.
    Error,
    /// The endpoint would take it, and not do what one expects.
    Warning,
}

impl Violation {
    pub(crate) fn error(
        code: ViolationCode,
        message: impl Into<Cow<'static, str>>,
        fix: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            code,
            severity: Severity::Error,
            media: None,
            actual: None,
            allowed: None,
            message: message.into(),
            fix: Some(fix.into()),
        }
    }

    pub(crate) fn warning(
        code: ViolationCode,
        message: impl Into<Cow<'static, str>>,
        fix: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, message, fix)
        }
    }

    pub(crate) fn of_media(self, index: usize) -> Self {
        Self {
            media: Some(index),
            ..self
        }
    }

    pub(crate) fn of_earlier(self) -> Self {
        Self {
            message: format!("In an earlier turn: {}", self.message).into(),
            ..self
        }
    }

    pub(crate) fn with_figures(self, actual: u64, allowed: u64) -> Self {
        Self {
            actual: Some(actual),
            allowed: Some(allowed),
            ..self
        }
    }

    /// Whether the endpoint would refuse the request; otherwise it is a warning.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
