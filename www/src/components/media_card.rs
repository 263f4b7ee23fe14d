//! One photo or video: what it is, what it costs, what is wrong with it.

use super::delivery::Delivery;
use super::facts::Facts;
use super::figures::Figures;
use super::part::part;
use super::reorder_handle::{ReorderHandle, accepts_drop, drop_at, focus_next};
use super::tile_grid::TileGrid;
use super::video::Clip;
use super::viewer::ViewButton;
use super::violations::Violations;
use crate::state::estimate::EstimateState;
use crate::state::items::{Inspection, Item, ItemList};
use crate::state::media::MediaState;
use leptos::prelude::*;
use tilewise::media::Kind;
use tilewise::rule::Grid;

#[component]
pub(crate) fn MediaCard(item: Item) -> impl IntoView {
    let media = expect_context::<MediaState>();
    let list = expect_context::<ItemList>();
    let state = expect_context::<EstimateState>();
    let preview = item.preview_url();
    let own = item.clone();
    let is_target = RwSignal::new(false);
    let Item {
        id,
        name,
        file,
        inspection,
        by_url,
        url,
        ..
    } = item;
    let has_file = file.is_some();
    let estimate = Memo::new(move |_| state.of_item(id));
    let grid = Signal::derive(move || estimate.get().and_then(|estimate| estimate.grid));
    let violations = Signal::derive(move || state.violations_of(id));
    let body = {
        let name = name.clone();
        move || match inspection.get() {
            Inspection::Pending => view! { <p class="hint">"Reading its header…"</p> }.into_any(),
            Inspection::Failed(why) => {
                view! { <p class="violation error" role="alert">{why}</p> }.into_any()
            }
            Inspection::Done(facts) => {
                let is_video = !facts.is_image();
                let fit = (has_file && !is_video).then(|| {
                    let made_of = (own.clone(), facts.clone());
                    move || (!by_url.get()).then(|| part(|lazy| lazy.fit, made_of.clone()))
                });
                let figures = view! {
                    <Facts facts=facts.clone() />
                    {move || estimate.get().map(|estimate| view! { <Figures id estimate is_video /> })}
                };
                let (name, url_shown) = (name.clone(), preview.clone());
                let view_button = view! { <ViewButton item=own.clone() /> };
                let shown = match facts.kind.clone() {
                    Kind::Image(_) => view! {
                        <Photo url=url_shown name grid view_button=view_button.into_any() />
                        {figures}
                    }
                    .into_any(),
                    Kind::Video(video) => {
                        let is_playable = RwSignal::new(true);
                        let clip = Clip {
                            url: url_shown,
                            has_file,
                            name,
                            grid,
                            stored: facts.stored(),
                            format: facts.format,
                            video,
                            is_playable,
                        };
                        view! {
                            <div class="shown">
                                {part(|lazy| lazy.clip, clip.clone())}
                                <div hidden=move || !is_playable.get()>{view_button}</div>
                            </div>
                            {figures}
                            {part(|lazy| lazy.frames, clip)}
                        }
                        .into_any()
                    }
                };
                view! {
                    {shown}
                    <Show when=move || has_file>
                        <Delivery id is_video by_url url />
                    </Show>
                    <Violations violations />
                    {fit}
                }
                .into_any()
            }
        }
    };
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
            <div class="card-head">
                <h3 title=name.clone()>{name.clone()}</h3>
                <ReorderHandle id name=name.clone() />
                <button type="button" class="quiet" data-remove aria-label=label on:click=move |_| {
                    let index = untrack(|| list.index(id));
                    media.remove(id);
                    focus_next(index);
                }>
                    "Remove"
                </button>
            </div>
            {body}
        </li>
    }
}

#[component]
fn Photo(
    url: Option<String>,
    name: String,
    grid: Signal<Option<Grid>>,
    view_button: AnyView,
) -> impl IntoView {
    let is_shown = RwSignal::new(true);
    view! {
        <div class="shown" hidden=move || !is_shown.get()>
            <TileGrid grid>
                {url.map(|url| view! {
                    <img
                        src=url
                        alt=name
                        loading="lazy"
                        decoding="async"
                        referrerpolicy="no-referrer"
                        // Otherwise a drag would add it a second time.
                        draggable="false"
                        on:error=move |_| is_shown.set(false)
                    />
                })}
            </TileGrid>
            {view_button}
        </div>
        <Show when=move || !is_shown.get()>
            <p class="hint">"This browser cannot show it. Its tiles are still counted."</p>
        </Show>
    }
}
