//! One photo or video in a row: what it is, what it costs, what is wrong with it. A click opens the inspector.

use super::facts::Facts;
use super::figures::Figures;
use super::reorder_handle::{ReorderHandle, accepts_drop, drop_at, focus_next};
use super::violations::Violations;
use crate::state::estimate::EstimateState;
use crate::state::items::{Inspection, Item, ItemList};
use crate::state::media::MediaState;
use leptos::prelude::*;
use tilewise::media::MediaFacts;

#[component]
pub(crate) fn MediaRow(item: Item) -> impl IntoView {
    let media = expect_context::<MediaState>();
    let list = expect_context::<ItemList>();
    let own = StoredValue::new_local(item.clone());
    let is_target = RwSignal::new(false);
    let is_made = item.made.is_some();
    let Item {
        id,
        name,
        inspection,
        ..
    } = item;
    let body = move || match inspection.get() {
        Inspection::Pending => view! { <p class="facts">"Reading its header…"</p> }.into_any(),
        Inspection::Failed(why) => {
            view! { <p class="violation error" role="alert">{why}</p> }.into_any()
        }
        Inspection::Done(facts) => view! { <Read id facts is_made /> }.into_any(),
    };
    let is_read = Memo::new(move |_| inspection.with(|it| matches!(it, Inspection::Done(_))));
    let thumbnail = {
        let name = name.clone();
        move || {
            let facts = inspection.with(|it| match it {
                Inspection::Done(facts) => Some(facts.clone()),
                _ => None,
            });
            let url = own.with_value(Item::preview_url);
            view! { <Thumbnail url facts name=name.clone() /> }
        }
    };
    let open = format!("Inspect {name}");
    let label = format!("Remove {name}");
    view! {
        <li
            class="card"
            class:dragged=move || media.dragged.get() == Some(id)
            data-item=id.to_string()
            class:target=is_target
            on:dragover=move |event| is_target.set(accepts_drop(media, id, &event))
            on:dragleave=move |_| is_target.set(false)
            on:drop=move |event| {
                is_target.set(false);
                drop_at(media, list, id, &event);
            }
        >
            {thumbnail}
            <div class="card-text">
                <h3 title=name.clone()>{name.clone()}</h3>
                {body}
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
            <ReorderHandle id name=name.clone() />
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
fn Read(id: usize, facts: MediaFacts, is_made: bool) -> impl IntoView {
    let state = expect_context::<EstimateState>();
    let is_video = !facts.is_image();
    let estimate = Memo::new(move |_| state.of_item(id));
    let violations = Signal::derive(move || state.violations_of(id));
    view! {
        <Facts facts />
        {is_made.then(|| view! { <small class="made-mark">"Resized & compressed"</small> })}
        {move || estimate.get().map(|estimate| view! { <Figures id estimate is_video /> })}
        <Violations violations />
    }
}

#[component]
fn Thumbnail(url: Option<String>, facts: Option<MediaFacts>, name: String) -> impl IntoView {
    let is_shown = RwSignal::new(true);
    let Some(facts) = facts else {
        return view! { <span class="thumb"></span> }.into_any();
    };
    let format = facts.format.name().to_uppercase();
    let image = url.filter(|_| facts.is_image());
    view! {
        <span class="thumb" class:plain=move || !is_shown.get()>
            {image.map(|url| view! {
                <img
                    src=url
                    alt=name
                    hidden=move || !is_shown.get()
                    loading="lazy"
                    decoding="async"
                    referrerpolicy="no-referrer"
                    // Otherwise a drag would add it a second time.
                    draggable="false"
                    on:error=move |_| is_shown.set(false)
                />
            })}
            <span class="format" aria-hidden="true">{format}</span>
        </span>
        <Show when=move || !is_shown.get()>
            <p class="visually-hidden">"This browser cannot show it. Its tiles are still counted."</p>
        </Show>
    }
    .into_any()
}
