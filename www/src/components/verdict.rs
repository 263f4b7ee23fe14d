//! Whether the request is allowed, in a few words.

use crate::state::estimate::EstimateState;
use leptos::prelude::*;
use tilewise::estimate::Estimate;

#[component]
pub(crate) fn Verdict(#[prop(optional)] is_short: bool) -> impl IntoView {
    let estimate = expect_context::<EstimateState>().estimate;
    let verdict = Memo::new(move |_| estimate.with(verdict));
    view! {
        <span class=move || format!("verdict {}", verdict.get().class)>
            {move || if is_short { verdict.get().short } else { verdict.get().long }}
        </span>
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct VerdictText {
    class: &'static str,
    long: &'static str,
    short: &'static str,
}

fn verdict(estimate: &Estimate) -> VerdictText {
    if estimate.errors().next().is_some() {
        VerdictText {
            class: "bad",
            long: "The endpoint would refuse this",
            short: "Refused",
        }
    } else if estimate.violations.is_empty() {
        VerdictText {
            class: "ok",
            long: "Within the published limits",
            short: "Within limits",
        }
    } else {
        VerdictText {
            class: "noted",
            long: "Within the published limits, with a note",
            short: "See the note",
        }
    }
}
