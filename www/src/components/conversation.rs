//! Asking, and what was answered.

use super::ask::Ask;
use super::billing::Billing;
use super::endpoint::EndpointChoice;
use super::ledger::LedgerTable;
use super::status::Status;
use super::turns::{NewConversation, Turns};
use leptos::prelude::*;

#[component]
pub(crate) fn Conversation() -> impl IntoView {
    view! {
        <section aria-labelledby="conversation-title" class="conversation">
            <div class="card-head">
                <h2 id="conversation-title">"Conversation"</h2>
                <NewConversation />
            </div>
            <EndpointChoice />
            <Billing />
            <Turns />
            <Ask />
            <Status />
        </section>
        <LedgerTable />
    }
}
