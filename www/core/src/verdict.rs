//! Whether a request can be sent, in a few words.

use tilewise::estimate::Estimate;
use tilewise::violation::{Violation, ViolationCode};

/// A verdict in words, and how bad it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub kind: VerdictKind,
    /// `OK to send · 1 warning`.
    pub text: String,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerdictKind {
    Fine,
    Warned,
    Refused,
}

impl VerdictKind {
    /// A word for style sheets.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fine => "ok",
            Self::Warned => "noted",
            Self::Refused => "bad",
        }
    }
}

/// Of a list of files of which none could be read: what is left may be within all limits, and is not what was asked.
pub fn unreadable() -> Verdict {
    Verdict {
        kind: VerdictKind::Warned,
        text: "Nothing to send: no file could be read".to_owned(),
    }
}

/// What an endpoint would say to a request.
pub fn verdict(estimate: &Estimate) -> Verdict {
    let errors: Vec<_> = estimate.errors().collect();
    if let Some(first) = errors.first() {
        let text = match errors.as_slice() {
            _ if errors.iter().all(|error| is_about_size(error)) => "Too large to send".to_owned(),
            [_] => reason(first).to_owned(),
            more => format!("{} problems", more.len()),
        };
        return Verdict {
            kind: VerdictKind::Refused,
            text,
        };
    }
    let (kind, text) = match estimate.violations.len() {
        0 => (VerdictKind::Fine, "OK to send".to_owned()),
        1 => (VerdictKind::Warned, "OK to send · 1 warning".to_owned()),
        count => (
            VerdictKind::Warned,
            format!("OK to send · {count} warnings"),
        ),
    };
    Verdict { kind, text }
}

fn is_about_size(violation: &Violation) -> bool {
    matches!(
        violation.code,
        ViolationCode::BodyTooLarge
            | ViolationCode::ImageTooLarge
            | ViolationCode::MediaTooLarge
            | ViolationCode::ImageSideTooLarge
            | ViolationCode::TooManyPatches
            | ViolationCode::ContextExceeded
    )
}

fn reason(violation: &Violation) -> &'static str {
    match violation.code {
        ViolationCode::TooManyImages | ViolationCode::TooManyVideos => "Too many files",
        ViolationCode::NotAVisionModel => "Takes no images",
        ViolationCode::ModelRetired => "Model is switched off",
        ViolationCode::UnsupportedFormat => "Format not accepted",
        _ => "Would be refused",
    }
}
