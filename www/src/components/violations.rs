//! What the endpoint would refuse, or not do as expected.

use leptos::prelude::*;
use tilewise::violation::Violation;

#[component]
pub(crate) fn Violations(
    #[prop(into)] violations: Signal<Vec<Violation>>,
    /// Not read out as they come, where others say them together.
    #[prop(optional)]
    is_quiet: bool,
) -> impl IntoView {
    view! {
        <ul class="violations" aria-live=(!is_quiet).then_some("polite")>
            {move || violations.get().into_iter().map(|violation| {
                let (class, verdict) = if violation.is_error() {
                    ("violation error", "Refused: ")
                } else {
                    ("violation", "Note: ")
                };
                view! {
                    <li class=class>
                        <strong>{verdict}</strong>
                        {violation.message}
                        {violation.fix.map(|fix| view! { <em>" "{fix}</em> })}
                    </li>
                }
            }).collect_view()}
        </ul>
    }
}
