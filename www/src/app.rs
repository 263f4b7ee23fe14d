//! The three columns, and the ledger below them.

use crate::components::ask::Ask;
use crate::components::code::Code;
use crate::components::endpoint::EndpointChoice;
use crate::components::gauges::Gauges;
use crate::components::intake::Intake;
use crate::components::ledger::LedgerTable;
use crate::components::media_list::MediaList;
use crate::components::settings::Settings;
use crate::components::totals::Totals;
use crate::components::turns::{BeginAnew, Turns};
use crate::state::State;
use leptos::prelude::*;

#[component]
pub(crate) fn App() -> impl IntoView {
    provide_context(State::new());
    view! {
        <header>
            <h1>"tilewise"</h1>
            <p>"What a picture or a video costs a vision model, before it leaves this page."</p>
        </header>
        <main>
            <div class="columns">
                <section aria-labelledby="media-title">
                    <h2 id="media-title">"Pictures and videos"</h2>
                    <Intake />
                    <MediaList />
                </section>
                <section aria-labelledby="cost-title" class="cost">
                    <h2 id="cost-title">"Cost and limits"</h2>
                    <Settings />
                    <Totals />
                    <Gauges />
                </section>
                <section aria-labelledby="conversation-title" class="conversation">
                    <div class="card-head">
                        <h2 id="conversation-title">"Conversation"</h2>
                        <BeginAnew />
                    </div>
                    <EndpointChoice />
                    <Turns />
                    <Ask />
                    <Code />
                </section>
            </div>
            <LedgerTable />
        </main>
        <footer><a href="./api/">"Reference of the npm package"</a></footer>
    }
}
