//! One picture or video: what it is, what it costs, what is wrong with it.

use super::delivery::Delivery;
use super::facts::Facts;
use super::figures::Figures;
use super::part::part;
use super::place::{Place, give_place, pass_focus, welcomes};
use super::tile_grid::TileGrid;
use super::video::Clip;
use super::viewer::ViewButton;
use super::violations::Violations;
use crate::state::State;
use crate::state::inputs::{Inspection, Item};
use leptos::prelude::*;
use tilewise::media::Kind;
use tilewise::rule::Grid;

#[component]
pub(crate) fn MediaCard(item: Item) -> impl IntoView {
    let state = expect_context::<State>();
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
    let place = Memo::new(move |_| state.place(id));
    let estimate = Memo::new(move |_| {
        let place = place.get()?;
        state
            .estimate
            .with(|estimate| estimate.media.get(place).copied())
    });
    let grid = Signal::derive(move || estimate.get().and_then(|estimate| estimate.grid));
    let violations = Signal::derive(move || {
        let place = place.get();
        state.estimate.with(|estimate| {
            let own = estimate
                .violations
                .iter()
                .filter(|violation| violation.media == place);
            own.filter(|_| place.is_some()).cloned().collect::<Vec<_>>()
        })
    });
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
                    move || (!by_url.get()).then(|| part(|later| later.fit, made_of.clone()))
                });
                let figures = view! {
                    <Facts facts=facts.clone() />
                    {move || estimate.get().map(|estimate| view! { <Figures id estimate is_video /> })}
                };
                let (name, url_shown) = (name.clone(), preview.clone());
                let look = view! { <ViewButton item=own.clone() /> };
                let shown = match facts.kind.clone() {
                    Kind::Image(_) => view! {
                        <Picture url=url_shown name grid look=look.into_any() />
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
                                {part(|later| later.clip, clip.clone())}
                                <div hidden=move || !is_playable.get()>{look}</div>
                            </div>
                            {figures}
                            {part(|later| later.frames, clip)}
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
            class:dragged=move || state.inputs.dragged.get() == Some(id)
            data-item=id.to_string()
            class:target=is_target
            on:dragover=move |event| is_target.set(welcomes(state, id, &event))
            on:dragleave=move |_| is_target.set(false)
            on:drop=move |event| {
                is_target.set(false);
                give_place(state, id, &event);
            }
        >
            <div class="card-head">
                <h3 title=name.clone()>{name.clone()}</h3>
                <Place id name=name.clone() />
                <button type="button" class="quiet" data-remove aria-label=label on:click=move |_| {
                    let rank = untrack(|| state.rank(id));
                    state.remove(id);
                    pass_focus(rank);
                }>
                    "Remove"
                </button>
            </div>
            {body}
        </li>
    }
}

#[component]
fn Picture(
    url: Option<String>,
    name: String,
    grid: Signal<Option<Grid>>,
    look: AnyView,
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
                        // Dragged, it would come in a second time.
                        draggable="false"
                        on:error=move |_| is_shown.set(false)
                    />
                })}
            </TileGrid>
            {look}
        </div>
        <Show when=move || !is_shown.get()>
            <p class="hint">"This browser cannot show it. Its tiles are counted all the same."</p>
        </Show>
    }
}
