//! One photo or video in a row: what it is, what it costs, what is wrong with it. A click opens the inspector.

use super::facts::Facts;
use super::figures::Figures;
use super::part::part;
use super::violations::Violations;
use crate::state::estimate::EstimateState;
use crate::state::items::{Inspection, Item, ItemList};
use crate::state::media::MediaState;
use crate::state::reorder::ReorderState;
use crate::state::rows::RowState;
use leptos::html::Li;
use leptos::prelude::*;
use tilewise::media::MediaFacts;
use tilewise_www_core::fixed::made_mark;
use tilewise_www_core::violation_text::in_row;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Of more files than these, what is in a row that is far from the window is not built.
const MAX_BUILT: usize = 24;

#[component]
pub(crate) fn MediaRow(item: Item) -> impl IntoView {
    let media = expect_context::<MediaState>();
    let list = expect_context::<ItemList>();
    let own = StoredValue::new_local(item.clone());
    let reorder = expect_context::<ReorderState>();
    let is_stand_in = item.is_stand_in();
    let Item {
        id,
        name,
        inspection,
        ..
    } = item;
    let inspection = RwSignal::from(inspection);
    let body = move || match inspection.get() {
        Inspection::Pending => view! { <p class="facts">"Reading its header…"</p> }.into_any(),
        Inspection::Failed(why) => {
            // Of many, their number is announced.
            let role = untrack(|| list.items.with(Vec::len) <= MAX_BUILT).then_some("alert");
            view! { <p class="violation error" role=role>{why}</p> }.into_any()
        }
        Inspection::Done(facts) => {
            let made = own.get_value().made;
            let made = made.map(|made| made_mark(&made.before, &facts));
            view! {
                <Read id facts made is_stand_in />
                {part(|lazy| lazy.remarks, (own.get_value(), true))}
            }
            .into_any()
        }
    };
    let is_read = Memo::new(move |_| inspection.with(|it| matches!(it, Inspection::Done(_))));
    let is_near = RwSignal::new(false);
    let thumbnail = move || {
        let facts = inspection.with(|it| match it {
            Inspection::Done(facts) => Some(facts.clone()),
            _ => None,
        });
        view! { <Thumb item=own.get_value() facts is_near /> }
    };
    let rows = expect_context::<RowState>();
    let row = NodeRef::<Li>::new();
    row.on_load(move |row| rows.enter(&row, is_near));
    on_cleanup(move || rows.leave(is_near));
    let is_built = Memo::new(move |_| is_near.get() || list.items.with(Vec::len) <= MAX_BUILT);
    let open = format!("Inspect {name}");
    let label = format!("Remove {name}");
    view! {
        <li
            node_ref=row
            class="card"
            class:dragged=move || reorder.dragged.get() == Some(id)
            class:target=move || reorder.target.get() == Some(id)
            data-item=id.to_string()
        >
            {move || if is_built.get() { thumbnail().into_any() } else { view! { <span class="thumb"></span> }.into_any() }}
            <div class="card-text">
                <h3 title=name.clone()>{name.clone()}</h3>
                {move || is_built.get().then(body)}
            </div>
            <Show when=move || is_read.get()>
                <button
                    type="button"
                    class="open"
                    aria-label=open.clone()
                    aria-haspopup="dialog"
                    on:click=move |_| media.viewed.set(own.get_value().into())
                ></button>
            </Show>
            {part(|lazy| lazy.reorder, (id, name.clone()))}
            <button type="button" class="quiet remove" data-remove aria-label=label on:click=move |_| {
                let index = untrack(|| list.index(id));
                media.remove(id);
                focus_next(index);
            }>
                "✕"
            </button>
        </li>
    }
}

/// Facts, figures and faults, once its header is read.
#[component]
fn Read(id: usize, facts: MediaFacts, made: Option<String>, is_stand_in: bool) -> impl IntoView {
    let state = expect_context::<EstimateState>();
    let is_video = !facts.is_image();
    let estimate = Memo::new(move |_| state.of_item(id));
    let violations = Signal::derive(move || {
        let violations = state.violations_of(id).into_iter();
        violations
            .map(|violation| in_row(violation, !is_video))
            .collect::<Vec<_>>()
    });
    view! {
        <Facts facts is_stand_in />
        {made.map(|mark| view! { <small class="made-mark">{mark}</small> })}
        {move || estimate.get().map(|estimate| view! { <Figures id estimate is_video /> })}
        <Violations violations is_quiet=true />
    }
}

/// A photo in small or a frame of a video, or the name of its format.
#[component]
fn Thumb(item: Item, facts: Option<MediaFacts>, is_near: RwSignal<bool>) -> impl IntoView {
    let Some(facts) = facts else {
        return view! { <span class="thumb"></span> }.into_any();
    };
    let format = facts.format.name().to_uppercase();
    let is_video = !facts.is_image();
    // Videos are opened one after the other: not before they are near.
    let is_wanted = Memo::new(move |_| !is_video || is_near.get());
    let image = move || {
        let item = item.clone();
        is_wanted.get().then(|| part(|lazy| lazy.thumbnail, item))
    };
    view! {
        <span class="thumb" class:video=is_video>
            {image}
            <span class="format" aria-hidden="true">{format}</span>
        </span>
    }
    .into_any()
}

/// Focuses the next card after the one at this index was removed, for people who remove several by keyboard.
fn focus_next(index: Option<usize>) {
    request_animation_frame(move || {
        let buttons = document().query_selector_all(".card > [data-remove]");
        let Some((buttons, index)) = buttons.ok().zip(index) else {
            return;
        };
        let last = buttons.length().saturating_sub(1);
        let next = u32::try_from(index).unwrap_or(last).min(last);
        // Without any card: the file picker.
        let next = buttons.get(next).or_else(|| {
            let picker = document().query_selector("input[type=file]");
            picker.ok().flatten().map(JsCast::unchecked_into)
        });
        if let Some(next) = next.and_then(|next| next.dyn_into::<HtmlElement>().ok()) {
            let _ = next.focus();
        }
    });
}
