//! What goes in, what it costs, what comes back; and below them the ledger.

use crate::components::ask::Ask;
use crate::components::code::Code;
use crate::components::cost::CostColumn;
use crate::components::endpoint::EndpointChoice;
use crate::components::explain::ExplainDialog;
use crate::components::intake::Intake;
use crate::components::ledger::LedgerTable;
use crate::components::lesson::Lesson;
use crate::components::media_list::MediaList;
use crate::components::share::Shared;
use crate::components::turns::{BeginAnew, Turns};
use crate::components::undo::Undo;
use crate::components::viewer::Viewer;
use crate::state::State;
use leptos::prelude::*;

#[component]
pub(crate) fn App() -> impl IntoView {
    provide_context(State::new());
    view! {
        <header>
            <div class="headline">
                <h1>"tilewise"</h1>
                <p class="claim">"Your picture is cut into tiles. You pay for every one."</p>
                <p class="promise">
                    "See what a picture or a video costs a vision model, and whether it is allowed, before it leaves this page."
                </p>
            </div>
            <Lesson />
        </header>
        <main>
            <div class="columns">
                <section aria-labelledby="media-title" class="media">
                    <h2 id="media-title">"Pictures and videos"</h2>
                    <Intake />
                    <Shared />
                    <MediaList />
                </section>
                <CostColumn />
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
        <ExplainDialog />
        <Undo />
        <Viewer />
    }
}
