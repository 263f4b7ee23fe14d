//! Finds out how the endpoint bills, after saying what that costs.

use crate::state::billing::{BillingPhase, BillingState};
use crate::state::endpoint::{EndpointKind, EndpointState};
use leptos::prelude::*;

#[component]
pub(crate) fn Billing() -> impl IntoView {
    let state = expect_context::<BillingState>();
    let endpoint = expect_context::<EndpointState>();
    let is_open = RwSignal::new(false);
    let offer = Memo::new(move |_| state.offer());
    let text = move || match offer.get() {
        Ok(forecast) => forecast,
        Err(why) => why.to_owned(),
    };
    let is_asking = move || state.phase.with(|phase| *phase == BillingPhase::Asking);
    let outcome = move || match state.phase.get() {
        BillingPhase::Idle => None,
        BillingPhase::Asking => {
            Some(view! { <p class="status" role="status">"Asking…"</p> }.into_any())
        }
        BillingPhase::Found(text) => {
            Some(view! { <p role="status" data-testid="billed">{text}</p> }.into_any())
        }
        BillingPhase::Failed(why) => Some(
            view! { <p class="violation error" role="alert">{why}" Nothing has changed."</p> }
                .into_any(),
        ),
    };
    view! {
        <Show when=move || !endpoint.is(EndpointKind::Demo)>
            <details class="billing" prop:open=is_open on:toggle:target=move |event| is_open.set(event.target().open())>
                <summary>"Find out how you are billed"</summary>
                <p class="hint" data-testid="billing-cost">{text}</p>
                <button
                    type="button"
                    disabled=move || is_asking() || endpoint.lacks_url() || offer.with(Result::is_err)
                    on:click=move |_| state.find_out()
                >
                    "Send both"
                </button>
            </details>
            {outcome}
        </Show>
    }
}
