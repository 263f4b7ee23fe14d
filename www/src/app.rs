//! Photos and videos, what they cost, the conversation; and below them the ledger.

use crate::components::cost::CostColumn;
use crate::components::cost_breakdown::CostBreakdownSteps;
use crate::components::in_turn::in_turn;
use crate::components::intake::Intake;
use crate::components::media_list::MediaList;
use crate::components::part::{Missing, Waiting, part};
use crate::components::share::Shared;
use crate::components::undo::Undo;
use crate::lazy_trigger::load_when_wanted;
use crate::state;
use leptos::mount::{mount_to, mount_to_body};
use leptos::prelude::*;
use tilewise::web::sleep;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Shows the page below its title, which stands in `index.html`, to be read while this loads. From the top down, so that
/// nothing is pushed away.
pub(crate) fn show() {
    // The library's own way to spawn works only once something is mounted.
    wasm_bindgen_futures::spawn_local(async {
        let owner = Owner::new();
        owner.with(state::provide);
        sleep(0).await;
        if let Some(header) = header() {
            owner.with(|| mount_to(header, || view! { <CostBreakdownSteps /> }).forget());
        }
        sleep(0).await;
        owner.with(|| mount_to_body(|| view! { <App /> }));
        // Lives as long as the page does.
        std::mem::forget(owner);
    });
}

fn header() -> Option<HtmlElement> {
    let header = document().query_selector("header").ok()??;
    header.dyn_into().ok()
}

#[component]
fn App() -> impl IntoView {
    let conversation = NodeRef::new();
    load_when_wanted(conversation);
    view! {
        <main>
            <div class="columns">
                <section aria-labelledby="media-title" class="media">
                    <h2 id="media-title">"Photos and videos"</h2>
                    <Intake />
                    <Missing />
                    <Shared />
                    <MediaList />
                </section>
                {in_turn(1, || view! { <CostColumn /> })}
                <section node_ref=conversation aria-labelledby="conversation-title" class="conversation">
                    <div class="card-head">
                        <h2 id="conversation-title">"Conversation"</h2>
                        {part(|lazy| lazy.new_conversation, ())}
                    </div>
                    <Waiting />
                    {part(|lazy| lazy.conversation, ())}
                </section>
            </div>
            {part(|lazy| lazy.ledger, ())}
        </main>
        <footer><a href="./api/">"Reference of the npm package"</a></footer>
        <Undo />
        {part(|lazy| lazy.dialogs, ())}
    }
}
