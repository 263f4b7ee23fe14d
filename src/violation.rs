//! What an endpoint would refuse, or take and not do what one expects.

use crate::units;
use serde::Serialize;

/// One thing that the endpoint would refuse, or that would not do what one expects.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Violation {
    pub code: ViolationCode,
    pub severity: Severity,
    /// Index into the draft's media; `None` for the whole request.
    pub media: Option<usize>,
    #[serde(serialize_with = "units::count")]
    pub actual: Option<u64>,
    #[serde(serialize_with = "units::count")]
    pub allowed: Option<u64>,
    pub message: String,
    /// How to fix it.
    pub fix: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ViolationCode {
    UnknownModel,
    /// A source says that the provider has switched the model off; another host may serve it.
    ModelRetired,
    NotAVisionModel,
    TooManyImages,
    TooManyVideos,
    ImageTooLarge,
    ImageSideTooLarge,
    TooManyPatches,
    MediaTooLarge,
    BodyTooLarge,
    UnsupportedFormat,
    UrlNotHttps,
    UrlNotPublic,
    SizeUnknown,
    ContextExceeded,
    Rotated,
    Animated,
    /// The model sees less than the file holds.
    Downscaled,
    /// It is paid for more pixels than it has.
    Enlarged,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The endpoint would refuse the request.
    Error,
    /// The endpoint would take it, and not do what one expects.
    Warning,
}

impl Violation {
    pub(crate) fn error(code: ViolationCode, message: String, fix: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            media: None,
            actual: None,
            allowed: None,
            message,
            fix: Some(fix.into()),
        }
    }

    pub(crate) fn warning(code: ViolationCode, message: String, fix: impl Into<String>) -> Self {
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
            message: format!("In an earlier turn: {}", self.message),
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

    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
