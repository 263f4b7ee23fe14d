//! What a conversation cost, request by request: for keeping, and for handing on without its content.
//!
//! An entry holds figures alone: no prompt, no answer, no image, no key.

use super::{Basis, Follows, Received, Reconciliation, Spent, Usage, reconcile};
use crate::error::{Error, ErrorCode};
use crate::estimate::Estimate;
use crate::rule::Rule;
use crate::stream::ChatResult;
use crate::units::Usd;
use serde::{Serialize, Serializer};
use std::fmt::Display;

/// The requests of a conversation, in the order in which they were sent.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Ledger {
    entries: Vec<Entry>,
}

/// One request: what it was estimated at, what it cost, and how long it took.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// 1 for the first.
    pub number: u64,
    /// When it was sent, as RFC 3339 writes it: `2026-11-25T17:40:14.000Z`.
    pub sent: String,
    /// The model as the estimate names it.
    pub model: String,
    /// The rule by which the input was estimated.
    pub rule: Rule,
    /// In the whole request, earlier turns included.
    pub images: u64,
    /// In the whole request too.
    pub videos: u64,
    /// Tokens of the whole input, by the rule of the estimate.
    pub estimated_input_tokens: u64,
    /// US dollars for the input; `None` where a price was not known.
    pub estimated_input_usd: Option<Usd>,
    /// As reported; each `None` where it was not.
    pub usage: Usage,
    /// The rule that the bill followed; `None` where the two are too close to tell apart, or nothing was reported.
    pub follows: Option<Follows>,
    /// What it cost, input and output; nothing where it was not sent.
    pub cost: Spent,
    /// Milliseconds until the first token came; `None` where none did.
    pub first_token_ms: Option<f64>,
    /// Milliseconds that the request has taken so far, or in all.
    pub total_ms: f64,
    /// Tokens of output, as reported or else approximately, a second from the first of them on.
    pub output_tokens_per_second: Option<f64>,
    /// Whether it is still running, and how it ended.
    pub outcome: Outcome,
    /// Why the model stopped, in the words of the endpoint; `None` where it did not say.
    pub finish_reason: Option<String>,
    #[serde(skip)]
    basis: Basis,
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The answer is not complete yet.
    Running,
    /// The answer came to its end.
    Done,
    /// By the user.
    Stopped,
    /// An error of this kind ended it.
    Failed(ErrorCode),
}

impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl Outcome {
    /// How a request ended that ended like this.
    pub fn of(end: &Result<(), Error>) -> Self {
        match end {
            Ok(()) => Self::Done,
            Err(Error::Aborted) => Self::Stopped,
            Err(error) => Self::Failed(error.code()),
        }
    }

    /// Whether it failed before anything left for the endpoint.
    pub fn is_unsent(self) -> bool {
        matches!(
            self,
            Self::Failed(ErrorCode::InvalidArgument | ErrorCode::Limit)
        )
    }

    /// `running`, `done`, `stopped`, or the code of the error.
    pub fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Stopped => "stopped",
            Self::Failed(code) => code.name(),
        }
    }
}

/// All requests together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Sum {
    /// How many there are, failed ones included.
    pub requests: u64,
    /// Tokens of the input, each request by its own rule.
    pub estimated_input_tokens: u64,
    /// `None` where a price was not known.
    pub estimated_input_usd: Option<Usd>,
    /// As far as they were reported.
    pub input_tokens: u64,
    /// As far as they were reported, reasoning included.
    pub output_tokens: u64,
    /// What all of them cost; an end is `None` where that of one of them is.
    pub cost: Spent,
}

impl Ledger {
    /// Opens an entry for a request that is sent now.
    pub fn open(&mut self, sent: String, estimate: &Estimate) {
        let basis = Basis::from(estimate);
        let mut entry = Entry {
            number: self.entries.len() as u64 + 1,
            sent,
            model: estimate.model.clone(),
            rule: estimate.rule,
            images: estimate.usage.images,
            videos: estimate.usage.videos,
            estimated_input_tokens: estimate.input_tokens,
            estimated_input_usd: estimate.cost.input_usd,
            usage: Usage::default(),
            follows: None,
            cost: Spent::default(),
            first_token_ms: None,
            total_ms: 0.0,
            output_tokens_per_second: None,
            outcome: Outcome::Running,
            finish_reason: None,
            basis,
        };
        entry.note(Outcome::Running, &ChatResult::default());
        self.entries.push(entry);
    }

    /// Notes in the last entry what has come so far, or in all.
    pub fn note(&mut self, outcome: Outcome, result: &ChatResult) {
        if let Some(entry) = self.entries.last_mut() {
            entry.note(outcome, result);
        }
    }

    /// In the order in which they were sent.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Adds up all entries, running and failed ones included.
    pub fn sum(&self) -> Sum {
        let mut sum = Sum {
            estimated_input_usd: Some(Usd::NOTHING),
            cost: NOTHING,
            ..Sum::default()
        };
        let add = |sum: Option<Usd>, usd: Option<Usd>| Some(sum? + usd?);
        for entry in &self.entries {
            let tokens = |count: Option<u64>| count.unwrap_or(0);
            sum.requests += 1;
            sum.estimated_input_tokens = sum
                .estimated_input_tokens
                .saturating_add(entry.estimated_input_tokens);
            sum.estimated_input_usd = add(sum.estimated_input_usd, entry.estimated_input_usd);
            sum.input_tokens = sum
                .input_tokens
                .saturating_add(tokens(entry.usage.input_tokens));
            sum.output_tokens = sum
                .output_tokens
                .saturating_add(tokens(entry.usage.output_tokens));
            sum.cost.low_usd = add(sum.cost.low_usd, entry.cost.low_usd);
            sum.cost.high_usd = add(sum.cost.high_usd, entry.cost.high_usd);
        }
        sum
    }

    /// The entries and their sum as JSON.
    pub fn json(&self) -> String {
        #[derive(Serialize)]
        struct Whole<'a> {
            entries: &'a [Entry],
            sum: Sum,
        }
        let whole = Whole {
            entries: &self.entries,
            sum: self.sum(),
        };
        // Fails for no value without maps.
        serde_json::to_string_pretty(&whole).unwrap_or_default()
    }

    /// The entries as CSV with a header (RFC 4180). Amounts are exact, and no cell is a formula.
    pub fn csv(&self) -> String {
        let mut csv = COLUMNS.map(|(name, _)| name).join(",") + "\r\n";
        for entry in &self.entries {
            csv += &(COLUMNS.map(|(_, cell)| cell(entry)).join(",") + "\r\n");
        }
        csv
    }
}

impl Entry {
    /// The bill beside the estimate.
    pub fn reconciliation(&self, result: &ChatResult) -> Reconciliation {
        Reconciliation {
            cost: self.cost,
            ..reconcile(&self.basis, &self.usage, &Received::from(result))
        }
    }

    /// What it has cost so far, by estimate.
    pub fn so_far(&self, result: &ChatResult) -> Option<Usd> {
        self.basis.so_far(&Received::from(result))
    }

    fn note(&mut self, outcome: Outcome, result: &ChatResult) {
        let received = Received::from(result);
        self.usage = result.usage.unwrap_or_default();
        let held = reconcile(&self.basis, &self.usage, &received);
        self.follows = held.follows;
        self.cost = if outcome.is_unsent() {
            NOTHING
        } else {
            held.cost
        };
        self.first_token_ms = result.first_token_ms;
        self.total_ms = result.total_ms;
        let tokens = self.usage.output_tokens.unwrap_or(received.output.tokens);
        let seconds = result
            .first_token_ms
            .map(|first| (result.total_ms - first) / 1_000.0);
        self.output_tokens_per_second = seconds
            .filter(|seconds| *seconds > 0.0)
            .map(|seconds| tokens as f64 / seconds);
        self.outcome = outcome;
        self.finish_reason.clone_from(&result.finish_reason);
    }
}

const NOTHING: Spent = Spent {
    low_usd: Some(Usd::NOTHING),
    high_usd: Some(Usd::NOTHING),
};

type Column = (&'static str, fn(&Entry) -> String);

const COLUMNS: [Column; 20] = [
    ("number", |entry| entry.number.to_string()),
    ("sent", |entry| text(&entry.sent)),
    ("model", |entry| text(&entry.model)),
    ("rule", |entry| entry.rule.name().to_owned()),
    ("images", |entry| entry.images.to_string()),
    ("videos", |entry| entry.videos.to_string()),
    ("estimated_input_tokens", |entry| {
        entry.estimated_input_tokens.to_string()
    }),
    ("input_tokens", |entry| known(entry.usage.input_tokens)),
    ("cached_input_tokens", |entry| {
        known(entry.usage.cached_input_tokens)
    }),
    ("output_tokens", |entry| known(entry.usage.output_tokens)),
    ("reasoning_tokens", |entry| {
        known(entry.usage.reasoning_tokens)
    }),
    ("follows", |entry| known(entry.follows.map(Follows::name))),
    ("estimated_input_usd", |entry| {
        known(entry.estimated_input_usd.map(Usd::exact))
    }),
    ("low_usd", |entry| known(entry.cost.low_usd.map(Usd::exact))),
    ("high_usd", |entry| {
        known(entry.cost.high_usd.map(Usd::exact))
    }),
    ("first_token_ms", |entry| {
        known(entry.first_token_ms.map(f64::round))
    }),
    ("total_ms", |entry| entry.total_ms.round().to_string()),
    ("output_tokens_per_second", |entry| {
        known(entry.output_tokens_per_second.map(f64::round))
    }),
    ("outcome", |entry| entry.outcome.name().to_owned()),
    ("finish_reason", |entry| {
        text(entry.finish_reason.as_deref().unwrap_or_default())
    }),
];

/// An empty cell where a figure is not known.
fn known(figure: Option<impl Display>) -> String {
    figure.map_or_else(String::new, |figure| figure.to_string())
}

/// In quotes; a finish reason is whatever an endpoint sends, and spreadsheets run what begins like a
/// formula.
fn text(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        "'"
    } else {
        ""
    };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}
