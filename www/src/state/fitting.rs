//! Pictures that are made to fit: which wait, which are worked on, and what came of them.

use super::inputs::Item;
use leptos::prelude::*;
use std::collections::VecDeque;
use tilewise::media::MediaFacts;
use tilewise::prepare::budget::Budget;
use tilewise::prepare::{Goal, Wish};
use tilewise_www_core::size_curve::SizeCurve;
use web_sys::AbortController;

/// Handles only, so that it can be copied into every closure.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fitting {
    /// Of the pictures that were asked for together, or while others were worked on.
    pub(crate) run: RwSignal<Run>,
    pub(crate) is_running: Memo<bool>,
    /// Pictures that are done, and shares of those that are worked on.
    pub(crate) progress: RwSignal<f64>,
    pub(crate) queue: StoredValue<VecDeque<Job>, LocalStorage>,
    pub(crate) running: StoredValue<Vec<(usize, AbortController)>, LocalStorage>,
    /// Whose card shall take the focus when it appears, in place of the one that had it.
    pub(crate) focus: StoredValue<Option<usize>>,
}

/// One picture to be made to fit.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    /// As it stands in the list.
    pub(crate) item: Item,
    pub(crate) goal: Goal,
    /// Whether before and after are shown at once.
    pub(crate) is_shown: bool,
}

/// How far one picture is.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum FitPhase {
    #[default]
    Idle,
    Waiting,
    /// The share that is done, 0 to 1.
    Working(f64),
    /// It met its goal as it was.
    Met,
    Cancelled,
    Failed(String),
}

/// What a prepared picture was made of, and how.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    pub(crate) original: Item,
    pub(crate) before: MediaFacts,
    pub(crate) goal: Goal,
    pub(crate) steps: Vec<String>,
    pub(crate) is_shown: bool,
}

/// How many pictures came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) total: usize,
    pub(crate) made: usize,
    pub(crate) met: usize,
    pub(crate) failed: usize,
    pub(crate) cancelled: usize,
}

/// A way to make the whole request fit, to be read before it is gone.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plan {
    pub(crate) budget: Budget,
    /// Names of pictures and what is done to each.
    pub(crate) steps: Vec<(String, String)>,
}

/// What is wished of one picture.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wishes {
    /// Which point of the curve of sizes; `None` for the picture as it stands.
    pub(crate) point: RwSignal<Option<usize>>,
    pub(crate) format: RwSignal<Wish>,
    pub(crate) max_kilobytes: RwSignal<Option<u64>>,
}

/// As `units::bytes` writes them.
const KILOBYTE: u64 = 1_000;

impl Fitting {
    pub(crate) fn new() -> Self {
        let run = RwSignal::new(Run::default());
        Self {
            run,
            is_running: Memo::new(move |_| run.with(Run::is_running)),
            progress: RwSignal::new(0.0),
            queue: StoredValue::new_local(VecDeque::new()),
            running: StoredValue::new_local(Vec::new()),
            focus: StoredValue::new(None),
        }
    }
}

impl FitPhase {
    pub(crate) fn is_busy(&self) -> bool {
        matches!(self, Self::Waiting | Self::Working(_))
    }

    pub(crate) fn share(&self) -> f64 {
        match self {
            Self::Working(share) => *share,
            _ => 0.0,
        }
    }
}

impl Run {
    pub(crate) fn is_running(&self) -> bool {
        self.over() < self.total
    }

    pub(crate) fn over(&self) -> usize {
        self.made + self.met + self.failed + self.cancelled
    }

    /// What came of it, in words.
    pub(crate) fn outcome(&self) -> String {
        let mut parts = vec![format!("{} of {} made to fit", self.made, self.total)];
        let others = [
            (self.met, "needed no change"),
            (self.failed, "could not be: their cards say why"),
            (self.cancelled, "cancelled"),
        ];
        let others = others.into_iter().filter(|(count, _)| *count > 0);
        parts.extend(others.map(|(count, what)| format!("{count} {what}")));
        format!("{}.", parts.join("; "))
    }
}

impl Wishes {
    /// Nothing yet, or what was wished before.
    pub(crate) fn new(before: Option<Goal>) -> Self {
        let goal = before.unwrap_or_default();
        Self {
            point: RwSignal::new(None),
            format: RwSignal::new(goal.format()),
            max_kilobytes: RwSignal::new(goal.max_bytes.map(|bytes| bytes / KILOBYTE)),
        }
    }

    pub(crate) fn goal(&self, curve: Option<&SizeCurve>) -> Goal {
        let point = self.point.get();
        let max_kilobytes = self.max_kilobytes.get();
        Goal {
            max_side: curve
                .zip(point)
                .and_then(|(curve, point)| curve.max_side(point)),
            max_bytes: max_kilobytes.map(|kilobytes| kilobytes.saturating_mul(KILOBYTE)),
            format: Some(self.format.get()),
            ..Goal::default()
        }
    }
}
