//! The files and what they cost: one answer in a bar, the files on the left, tabs on the right.

use crate::components::answer_bar::AnswerBar;
use crate::components::in_turn::in_turn;
use crate::components::intake::Intake;
use crate::components::media_list::MediaList;
use crate::components::part::{Missing, Waiting, part};
use crate::components::share::{ShareButton, Shared};
use crate::components::undo::Undo;
use crate::lazy::load;
use crate::lazy_trigger::load_when_wanted;
use crate::state;
use crate::state::estimate::EstimateState;
use crate::state::history::HistoryState;
use crate::state::link::LinkState;
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
        owner.with(|| state::provide(|| Box::pin(load())));
        sleep(0).await;
        if let Some(header) = header() {
            owner.with(|| mount_to(header, || view! { <ShareButton /> }).forget());
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
    let panel = NodeRef::new();
    load_when_wanted(panel);
    // Before the address, which would take up the one from before a dialog.
    expect_context::<HistoryState>().follow();
    expect_context::<LinkState>().follow_address();
    follow_state(expect_context::<EstimateState>().is_empty);
    // In this order, from the top down: what comes later pushes nothing away that is in sight.
    view! {
        {in_turn(3, || view! { <AnswerBar /> }.into_any())}
        <main>
            <section aria-labelledby="media-title" class="media">
                <h2 id="media-title" class="visually-hidden">"Photos and videos"</h2>
                <Intake />
                {in_turn(4, || view! {
                    <Missing />
                    <Shared />
                    <MediaList />
                }.into_any())}
            </section>
            {in_turn(5, move || view! {
                <section node_ref=panel aria-label="Figures" class="panel">
                    <Waiting />
                    {part(|lazy| lazy.panel, ())}
                </section>
            }.into_any())}
        </main>
        {in_turn(6, || view! {
            <footer><a href="./api/" target="_blank">"Reference of the npm package"</a></footer>
            <Undo />
            {part(|lazy| lazy.dialogs, ())}
        }.into_any())}
    }
}

/// The header, which is not of this program, has one line once there are files.
fn follow_state(is_empty: Memo<bool>) {
    Effect::new(move |_| {
        if let Some(body) = document().body() {
            let _ = body
                .class_list()
                .toggle_with_force("filled", !is_empty.get());
        }
    });
}
