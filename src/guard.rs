//! Whether a request that another client wrote may be sent, and what it may cost at most.
//!
//! ```
//! use tilewise::estimate::{EstimateOptions, estimate_body};
//! use tilewise::guard::{Policy, Verdict, judge};
//! use tilewise::request::ClientBody;
//!
//! let body = r#"{"model":"moonshotai/Kimi-K3","messages":[{"role":"user","content":"Hello"}],"max_tokens":100}"#;
//! let body = ClientBody::parse(body, &[])?;
//! let estimate = estimate_body(&body, None, &Default::default(), &EstimateOptions::default());
//!
//! let mut policy = Policy::default();
//! assert_eq!(judge(&body, &estimate, &policy), Verdict::Send);
//! policy.max_usd = tilewise::units::Usd::from_f64(0.0001);
//! assert!(matches!(judge(&body, &estimate, &policy), Verdict::Refuse(_)));
//! # Ok::<(), tilewise::error::Error>(())
//! ```

use crate::error::{Error, ErrorCode};
use crate::estimate::Estimate;
use crate::prepare::Goal;
use crate::prepare::budget::{self, Action};
use crate::request::{Body, ClientBody};
use crate::units::Usd;
use crate::usage::Basis;
use crate::violation::Violation;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default, expecting = "an object")]
pub struct Policy {
    /// What happens where a limit forbids the request.
    pub on_limit: OnLimit,
    /// Most that a request may be estimated at, output included as far as it is bounded.
    pub max_usd: Option<Usd>,
}

/// What happens where a limit forbids a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnLimit {
    /// It is not sent.
    #[default]
    Refuse,
    /// Images that are too large, or in a format that is not taken, are prepared, where that is enough.
    Fit,
    /// It is sent as it is.
    Send,
}

/// What becomes of a request.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "action", rename_all = "lowercase")]
pub enum Verdict {
    /// It is sent.
    Send,
    /// It is not sent.
    Refuse(Refusal),
    /// These images are prepared, and then it is judged once more.
    Fit {
        /// What each of them must meet.
        images: Vec<Fitting>,
    },
}

/// Why a request is not sent.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Refusal {
    /// `limit` or `budget`.
    pub code: &'static str,
    /// In words.
    pub message: String,
    /// The limits that forbid it; empty for a budget.
    pub violations: Vec<Violation>,
}

/// An image to be prepared.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Fitting {
    /// Index into [`ClientBody::media`].
    pub media: usize,
    /// What it must meet.
    pub goal: Goal,
}

/// What a provider writes around definitions of tools is not published. More than this was not seen.
const TOOLS_MARGIN: u64 = 1_000;

/// Says what becomes of a request that was estimated.
pub fn judge(body: &ClientBody, estimate: &Estimate, policy: &Policy) -> Verdict {
    let errors: Vec<_> = estimate.errors().cloned().collect();
    if !errors.is_empty() && policy.on_limit != OnLimit::Send {
        let images = match policy.on_limit {
            OnLimit::Fit => fittings(body, estimate),
            OnLimit::Refuse | OnLimit::Send => None,
        };
        return match images {
            Some(images) => Verdict::Fit { images },
            None => Verdict::Refuse(Refusal {
                code: ErrorCode::Limit.name(),
                message: Error::Limit(errors.clone()).to_string(),
                violations: errors,
            }),
        };
    }
    let estimated = estimate.cost.input_usd.map(|input| {
        let output = estimate.cost.max_output_usd;
        input + output.unwrap_or_default()
    });
    match (estimated, policy.max_usd) {
        (Some(estimated), Some(most)) if estimated > most => Verdict::Refuse(over(format!(
            "it is estimated at {estimated}; {most} are allowed for one request"
        ))),
        _ => Verdict::Send,
    }
}

/// A refusal for the price; `why` goes on from "not sent: ".
pub fn over(why: String) -> Refusal {
    Refusal {
        code: ErrorCode::Budget.name(),
        message: format!("not sent: {why}."),
        violations: Vec::new(),
    }
}

/// What a request may cost at most, input by the dearest rule and upper bound, output as far as it is allowed.
///
/// # Errors
///
/// A refusal that names what has no bound or no price.
pub fn most_usd(body: &ClientBody, estimate: &Estimate) -> Result<Usd, Refusal> {
    let unbounded = |why: &str| {
        over(format!(
            "what it may cost has no bound, as a budget needs: {why}"
        ))
    };
    if let Some(why) = body.open_ended().first() {
        return Err(unbounded(why));
    }
    let outer = estimate.bounds.outer();
    let outer = outer.ok_or_else(|| {
        unbounded("some of its input cannot be counted, or the model is not known")
    })?;
    let output = estimate
        .max_output_tokens
        .ok_or_else(|| unbounded("it sets no most tokens of output"))?;
    let margin = if body.has_tools() { TOOLS_MARGIN } else { 0 };
    let input = outer.high.saturating_add(margin);
    let price = Basis::from(estimate).price_for(input);
    let costs = price.input_cost(input, 0).zip(price.output_cost(output));
    let (input, output) = costs.ok_or_else(|| unbounded("the model has no known price"))?;
    Ok(input + output)
}

/// What the images must become so that every limit is met; `None` where smaller images do not help.
fn fittings(body: &ClientBody, estimate: &Estimate) -> Option<Vec<Fitting>> {
    let (draft, places) = body.draft(estimate.provider.as_deref(), &BTreeMap::new());
    let mut limits = estimate.limits;
    // What is planned by is the body of a draft, which has another length around its images.
    if let Some(allowed) = limits.max_body_bytes {
        let planned = allowed.saturating_add(Body::streamed(&draft).len());
        limits.max_body_bytes = Some(planned.checked_sub(body.length())?);
    }
    let plan = budget::budget(&draft, &limits, &[]).ok()?;
    let actions = plan.actions.into_iter().zip(places);
    let images: Vec<_> = actions
        .filter_map(|(action, media)| match action {
            Action::Shrink(goal) => Some(Fitting { media, goal }),
            _ => None,
        })
        .collect();
    (!images.is_empty()).then_some(images)
}
