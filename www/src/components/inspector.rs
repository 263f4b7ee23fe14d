//! One file: its tiles, another size, its frames; and beside them what it is and how it is sent.

use super::delivery::Delivery;
use super::facts::Facts;
use super::figures::Figures;
use super::frames::Frames;
use super::modal::{close, keep_escape};
use super::remarks::Remarks;
use super::reorder_handle::MoveButtons;
use super::resize::Resize;
use super::stage::Tiles;
use super::violations::Violations;
use crate::state::estimate::EstimateState;
use crate::state::history::HistoryState;
use crate::state::items::{Inspection, Item, ItemList};
use crate::state::media::MediaState;
use crate::state::tabs::{InspectorTab, TabState};
use leptos::html::Dialog;
use leptos::prelude::*;
use tilewise::media::MediaFacts;
use tilewise::rule::Grid;
use tilewise::units::grouped;
use tilewise_www_core::violation_text::in_inspector;

/// Modal, so that the browser keeps the focus inside, closes it on Escape, and gives the focus back.
#[component]
pub(crate) fn Inspector() -> impl IntoView {
    let media = expect_context::<MediaState>();
    let list = expect_context::<ItemList>();
    let history = expect_context::<HistoryState>();
    let dialog = NodeRef::<Dialog>::new();
    let viewed = media.viewed;
    // Another item may take the place of the one that is inspected, and that one may leave the list.
    Effect::new(move |_| {
        list.items.track();
        let Some(item) = viewed.get() else { return };
        match list.successor(&item) {
            None => {
                close(dialog);
                viewed.set(None);
            }
            Some(next) if next.id != item.id => viewed.set(Some(next)),
            Some(_) => {}
        }
    });
    Effect::new(move |_| {
        if viewed.with(Option::is_some)
            && let Some(dialog) = dialog.get()
        {
            history.open(&dialog);
        }
    });
    let content = move || {
        let item = viewed.get()?;
        let Inspection::Done(facts) = item.inspection.get() else {
            return None;
        };
        Some(view! { <Content item facts close=Callback::new(move |()| close(dialog)) /> })
    };
    view! {
        <dialog
            class="viewer"
            node_ref=dialog
            aria-labelledby="viewer-title"
            on:close:target=move |event| {
                history.closed(&event.target());
                viewed.set(None);
            }
            on:keydown=keep_escape
        >
            {content}
        </dialog>
    }
}

#[component]
fn Content(item: Item, facts: MediaFacts, close: Callback<()>) -> impl IntoView {
    let tabs = expect_context::<TabState>();
    let estimate = expect_context::<EstimateState>();
    let media = expect_context::<MediaState>();
    let id = item.id;
    let by_url = RwSignal::from(item.by_url.clone());
    let url = RwSignal::from(item.url.clone());
    let name = item.name.clone();
    let remarked = item.clone();
    let is_video = !facts.is_image();
    let has_file = item.file.is_some();
    let is_stand_in = item.is_stand_in();
    let own = StoredValue::new_local((item.clone(), facts.clone()));
    let estimated = Memo::new(move |_| estimate.of_item(id));
    let can_resize = has_file && !is_video;
    let violations = Signal::derive(move || {
        let violations = estimate.violations_of(id).into_iter();
        violations
            .map(|violation| in_inspector(violation, can_resize && !by_url.get()))
            .collect::<Vec<_>>()
    });
    let shown = Memo::new(move |_| match tabs.inspector.get() {
        InspectorTab::Resize if can_resize => InspectorTab::Resize,
        InspectorTab::Frames if is_video => InspectorTab::Frames,
        _ => InspectorTab::Tiles,
    });
    let tab = move |tab: InspectorTab| {
        view! {
            <button
                type="button"
                role="tab"
                id=format!("inspector-{}", tab.name())
                aria-controls="inspector-panel"
                aria-selected=move || (shown.get() == tab).to_string()
                on:click=move |_| tabs.inspector.set(tab)
            >
                {tab.name()}
            </button>
        }
    };
    let content = move || {
        let (item, facts) = own.get_value();
        match shown.get() {
            InspectorTab::Tiles => view! { <Tiles item facts /> }.into_any(),
            InspectorTab::Resize if by_url.get() => view! {
                <p class="hint not-here">"This photo is sent by URL: the endpoint fetches it as it lies there. To resize it here, choose “In the request”."</p>
            }
            .into_any(),
            InspectorTab::Resize => view! { <Resize item facts /> }.into_any(),
            InspectorTab::Frames => view! { <Frames item facts /> }.into_any(),
        }
    };
    let cut = move || estimated.get()?.grid.as_ref().map(tiles);
    let title = name.clone();
    let remove = format!("Remove {name} from the list");
    view! {
        <div class="inspector" data-item=id.to_string()>
            <div class="viewer-head">
                <h2 id="viewer-title">{title}</h2>
                <div class="tabs" role="tablist" aria-label="What to see of it">
                    {tab(InspectorTab::Tiles)}
                    {can_resize.then(|| tab(InspectorTab::Resize))}
                    {is_video.then(|| tab(InspectorTab::Frames))}
                </div>
                <button type="button" class="close" aria-label="Close" on:click=move |_| close.run(())>"✕"</button>
            </div>
            <div class="inspected" role="tabpanel" id="inspector-panel" aria-labelledby="viewer-title">
                {content}
            </div>
            <aside class="about" aria-label="About this file">
                <Facts facts is_stand_in />
                <Remarks item=remarked />
                <div data-testid="viewer-figures" aria-live="polite">
                    {move || estimated.get().map(|estimate| view! { <Figures id estimate is_video /> })}
                    <p class="hint">{cut}</p>
                </div>
                <Violations violations />
                <Show when=move || has_file>
                    <Delivery id is_video by_url url />
                </Show>
                <div class="row about-actions">
                    <MoveButtons id name=name.clone() />
                    <button type="button" class="quiet" aria-label=remove on:click=move |_| media.remove(id)>"Remove"</button>
                </div>
            </aside>
        </div>
    }
}

fn tiles(grid: &Grid) -> String {
    let (columns, rows) = (grouped(grid.columns), grouped(grid.rows));
    format!("{columns} × {rows} tiles of {0} × {0} pixels", grid.tile)
}
