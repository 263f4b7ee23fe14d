//! Whether the request is allowed, in a few words.

use crate::state::State;
use leptos::prelude::*;
use tilewise::estimate::Estimate;

#[component]
pub(crate) fn Verdict(#[prop(optional)] is_short: bool) -> impl IntoView {
    let estimate = expect_context::<State>().estimate;
    let verdict = Memo::new(move |_| estimate.with(verdict));
    view! {
        <span class=move || format!("verdict {}", verdict.get().class)>
            {move || if is_short { verdict.get().short } else { verdict.get().long }}
        </span>
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Words {
    class: &'static str,
    long: &'static str,
    short: &'static str,
}

fn verdict(estimate: &Estimate) -> Words {
    if estimate.errors().next().is_some() {
        Words {
            class: "bad",
            long: "The endpoint would refuse this",
            short: "Refused",
        }
    } else if estimate.violations.is_empty() {
        Words {
            class: "ok",
            long: "Within the published limits",
            short: "Within limits",
        }
    } else {
        Words {
            class: "noted",
            long: "Not refused by the published limits, with a note",
            short: "See the note",
        }
    }
}
