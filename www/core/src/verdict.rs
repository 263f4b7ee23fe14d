//! Whether a request can be sent, in a few words.

use crate::files::Files;
use crate::obstacle::Obstacle;
use tilewise::estimate::Estimate;
use tilewise::units::counted;
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
    /// There is nothing to judge yet.
    Open,
    Fine,
    Warned,
    Refused,
}

impl VerdictKind {
    /// A word for style sheets.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Fine => "ok",
            Self::Warned => "noted",
            Self::Refused => "bad",
        }
    }
}

/// What an endpoint would say to a request with these files; that it can be sent only where nothing stands in the way.
pub fn verdict(estimate: &Estimate, files: &Files, obstacle: Option<Obstacle>) -> Verdict {
    // What is left may be within all limits, and is not what was asked.
    if files.unreadable > 0 && files.sent() == 0 {
        return Verdict {
            kind: VerdictKind::Warned,
            text: "No file could be read".to_owned(),
        };
    }
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
    let waits = match obstacle {
        Some(Obstacle::Nothing) => Some((VerdictKind::Open, "Nothing to send yet")),
        Some(Obstacle::Reading) => Some((VerdictKind::Open, "Reading…")),
        Some(Obstacle::NoUrl) => Some((VerdictKind::Warned, "A URL is missing")),
        Some(Obstacle::NoFile | Obstacle::Refused) | None => None,
    };
    if let Some((kind, text)) = waits {
        let text = text.to_owned();
        return Verdict { kind, text };
    }
    let warnings = estimate.violations.len();
    let may_be_refused = |violation: &Violation| {
        is_of_limit(violation)
            || matches!(
                violation.code,
                ViolationCode::ModelRetired | ViolationCode::UnsupportedFormat
            )
    };
    let (is_fine, what) = if estimate.violations.iter().any(may_be_refused) {
        (false, "May be refused".to_owned())
    } else if !estimate.is_whole() {
        // The price beside it says that the cost is not known: here, that limits in tokens are.
        (false, "Not fully checked".to_owned())
    } else if files.unreadable > 0 {
        let sent = format!("{} of {} OK to send", files.sent(), files.listed);
        (false, sent)
    } else if files.damaged > 0 {
        let damaged = counted(files.damaged as u64, "file");
        (false, format!("{damaged} damaged"))
    } else if obstacle == Some(Obstacle::NoFile) {
        (true, "Within the limits".to_owned())
    } else {
        (true, "OK to send".to_owned())
    };
    Verdict {
        kind: if is_fine && warnings == 0 {
            VerdictKind::Fine
        } else {
            VerdictKind::Warned
        },
        text: match warnings {
            0 => what,
            _ => format!("{what} · {}", counted(warnings as u64, "warning")),
        },
    }
}

/// Whether more is used than a limit allows.
fn is_of_limit(violation: &Violation) -> bool {
    is_about_size(violation)
        || matches!(
            violation.code,
            ViolationCode::TooManyImages | ViolationCode::TooManyVideos
        )
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
