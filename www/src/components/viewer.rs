//! One image or video under its tiles, at any zoom: as the model sees it, or as people do.

use crate::canvas::blank;
use crate::lines::draw;
use crate::state::estimate::EstimateState;
use crate::state::items::Item;
use crate::state::media::MediaState;
use crate::state::model::ModelState;
use crate::state::viewer::ViewerState;
use leptos::html::{Canvas, Dialog, Img};
use leptos::{ev, prelude::*};
use tilewise::media::{Kind, MediaFacts};
use tilewise::rule::{Grid, Rule};
use tilewise::units::grouped;
use tilewise_www_core::view::{Mesh, Pair, Turn, View, wheel_zoom};

/// The zoom of one click or key.
const ZOOM_STEP: f64 = 1.5;
/// The way of one press of an arrow key, in pixels of the screen.
const ARROW_PX: f64 = 80.0;

#[component]
pub(crate) fn Viewer() -> impl IntoView {
    let media = expect_context::<MediaState>();
    move || {
        let item = media.viewed.get()?;
        let facts = item.facts()?;
        Some(view! { <Shown item facts /> })
    }
}

#[component]
fn Shown(item: Item, facts: MediaFacts) -> impl IntoView {
    let media = expect_context::<MediaState>();
    let model = expect_context::<ModelState>();
    let estimate = expect_context::<EstimateState>();
    let id = item.id;
    let stored = facts.stored();
    let is_video = !facts.is_image();
    let upright = Turn::upright(&facts);
    let estimated = Memo::new(move |_| estimate.of_item(id));
    let grid = Memo::new(move |_| estimated.get()?.grid);
    let viewer = ViewerState::new(upright);

    Effect::new(move |_| viewer.set_tiles(grid.get().map(|grid| Mesh::new(&grid, stored))));
    let dialog = NodeRef::<Dialog>::new();
    dialog.on_load(move |dialog| {
        let _ = dialog.show_modal();
        viewer.fit();
    });
    Effect::new(move |_| {
        let (Some(canvas), Some(mesh)) = (viewer.canvas.get(), viewer.mesh.get()) else {
            return;
        };
        let matrix = viewer.view.get().matrix(viewer.turn());
        draw(&canvas, viewer.stage_size(), &mesh, matrix);
    });
    let resized = window_event_listener(ev::resize, move |_| viewer.fit());
    on_cleanup(move || resized.remove());

    let figures = move || {
        estimated.get().map(|estimated| {
            let tokens = estimated.tokens.by(model.counted_by()).map(grouped);
            let tokens = tokens.map(|tokens| format!("{tokens} tokens"));
            let usd = estimated.usd.map(|usd| usd.to_string());
            let frames = is_video.then(|| format!("{} frames", grouped(estimated.frames)));
            let parts = [estimated.grid.as_ref().map(tiles), frames, tokens, usd];
            parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
        })
    };
    let described = {
        let facts = facts.clone();
        move || grid.with(|grid| describe(&facts, grid.as_ref(), viewer.is_upright.get()))
    };
    let close = move || {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    let url = item.preview_url();
    let title = format!("The tiles of {}", item.name);
    view! {
        <dialog
            class="viewer"
            node_ref=dialog
            aria-labelledby="viewer-title"
            on:close=move |_| media.viewed.set(None)
            on:keydown=move |event| on_key(&event, viewer)
        >
            <div class="viewer-head">
                <h2 id="viewer-title">{title}</h2>
                <button type="button" on:click=move |_| close()>"Close"</button>
                <p class="viewer-figures" data-testid="viewer-figures">
                    {move || view! { <span class="fresh">{figures()}</span> }}
                </p>
            </div>
            <Stage viewer facts url media_name=item.name grid />
            <div class="viewer-foot">
                <div class="row" role="group" aria-label="View">
                    <Choice label="As the model sees it" is_on=Signal::derive(move || !viewer.is_upright.get()) choose=Callback::new(move |()| viewer.set_upright(false)) />
                    <Choice label="As people see it" is_on=viewer.is_upright choose=Callback::new(move |()| viewer.set_upright(true)) />
                </div>
                <div class="row" role="group" aria-label="Rule">
                    <Choice label="Published rule" is_on=Signal::derive(move || model.counted_by() == Rule::Published) choose=Callback::new(move |()| model.rule.set(Rule::Published)) />
                    <Choice label="Model’s processor" is_on=Signal::derive(move || model.counted_by() == Rule::Processor) choose=Callback::new(move |()| model.rule.set(Rule::Processor)) />
                </div>
                <div class="row zoom" role="group" aria-label="Zoom">
                    <button type="button" aria-label="Smaller" aria-keyshortcuts="-" on:click=move |_| viewer.zoom(1.0 / ZOOM_STEP)>"−"</button>
                    <output data-testid="zoom">{move || percent(viewer.view.get())}</output>
                    <button type="button" aria-label="Larger" aria-keyshortcuts="+" on:click=move |_| viewer.zoom(ZOOM_STEP)>"+"</button>
                    <button type="button" aria-keyshortcuts="0" on:click=move |_| viewer.fit()>"Fit"</button>
                </div>
                <p class="hint" aria-live="polite">{described}</p>
            </div>
        </dialog>
    }
}

#[component]
fn Choice(
    label: &'static str,
    #[prop(into)] is_on: Signal<bool>,
    choose: Callback<()>,
) -> impl IntoView {
    view! {
        <button
            type="button"
            aria-pressed=move || is_on.get().to_string()
            on:click=move |_| choose.run(())
        >
            {label}
        </button>
    }
}

/// The part that is dragged, pinched, and zoomed by the wheel.
#[component]
fn Stage(
    viewer: ViewerState,
    facts: MediaFacts,
    url: Option<String>,
    media_name: String,
    grid: Memo<Option<Grid>>,
) -> impl IntoView {
    let stored = facts.stored();
    // The lines would not fit the image while it turns.
    let is_turning = move || viewer.is_turning.get();
    let matrix = move || {
        let [a, b, c, d, e, f] = viewer.view.get().matrix(viewer.turn());
        format!("matrix({a}, {b}, {c}, {d}, {e}, {f})")
    };
    let up = move |event: ev::PointerEvent| {
        viewer.release(event.pointer_id());
    };
    let media = match facts.kind.clone() {
        Kind::Image(_) => view! { <Pixels viewer facts url grid /> }.into_any(),
        Kind::Video(video) => url
            .map(|url| {
                let class = format!("turned-{}", video.rotation.degrees());
                view! { <video class=class src=url prop:muted=true playsinline preload="metadata" /> }
            })
            .into_any(),
    };
    view! {
        // A region that is moved by keys must take the keyboard's focus.
        <div
            class="stage"
            class:turning=is_turning
            class:grabbed=move || viewer.is_grabbed.get()
            node_ref=viewer.stage
            tabindex="0"
            role="group"
            aria-label=format!("{media_name}: + and - zoom, arrows move, 0 fits")
            on:wheel=move |event: ev::WheelEvent| {
                event.prevent_default();
                viewer.zoom_at(wheel_zoom(event.delta_y()), at(&event));
            }
            on:pointerdown=move |event: ev::PointerEvent| {
                if let Some(stage) = viewer.stage.get_untracked() {
                    // Otherwise a drag ends where it leaves the stage.
                    let _ = stage.set_pointer_capture(event.pointer_id());
                }
                viewer.press(event.pointer_id(), at(&event));
            }
            on:pointermove=move |event: ev::PointerEvent| viewer.drag(event.pointer_id(), at(&event))
            on:pointerup=up
            on:pointercancel=up
        >
            <div
                class="world"
                style=("transform", matrix)
                style=("width", format!("{}px", stored.width))
                style=("height", format!("{}px", stored.height))
                on:transitionend=move |_| viewer.is_turning.set(false)
            >
                {media}
            </div>
            <canvas class="lines" node_ref=viewer.canvas aria-hidden="true"></canvas>
        </div>
    }
}

/// The image; as the model sees it, with the very pixels that the model gets.
#[component]
fn Pixels(
    viewer: ViewerState,
    facts: MediaFacts,
    url: Option<String>,
    grid: Memo<Option<Grid>>,
) -> impl IntoView {
    let image = NodeRef::<Img>::new();
    let resized = NodeRef::<Canvas>::new();
    let is_loaded = RwSignal::new(false);
    let stored = facts.stored();
    let is_resized = Memo::new(move |_| {
        let grid = grid.get()?;
        let size = (grid.content_width, grid.content_height);
        (size != (stored.width, stored.height)).then_some(size)
    });
    let is_drawn = move || is_resized.get().is_some() && !viewer.is_upright.get();
    Effect::new(move |_| {
        let size = is_resized.get().filter(|_| is_loaded.get());
        let (Some((width, height)), Some(image), Some(canvas)) = (size, image.get(), resized.get())
        else {
            return;
        };
        let side = |length| u32::try_from(length).unwrap_or_default();
        if let Some(context) = blank(&canvas, side(width), side(height)) {
            let (width, height) = (width as f64, height as f64);
            let _ = context
                .draw_image_with_html_image_element_and_dw_and_dh(&image, 0.0, 0.0, width, height);
        }
    });
    view! {
        <img
            node_ref=image
            src=url
            alt=""
            decoding="async"
            referrerpolicy="no-referrer"
            hidden=is_drawn
            on:load=move |_| is_loaded.set(true)
        />
        <canvas node_ref=resized hidden=move || !is_drawn()></canvas>
    }
}

fn at(event: &ev::MouseEvent) -> Pair {
    (f64::from(event.offset_x()), f64::from(event.offset_y()))
}

fn on_key(event: &ev::KeyboardEvent, viewer: ViewerState) {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    match event.key().as_str() {
        "+" | "=" => viewer.zoom(ZOOM_STEP),
        "-" => viewer.zoom(1.0 / ZOOM_STEP),
        "0" => viewer.fit(),
        "ArrowLeft" => viewer.shift((ARROW_PX, 0.0)),
        "ArrowRight" => viewer.shift((-ARROW_PX, 0.0)),
        "ArrowUp" => viewer.shift((0.0, ARROW_PX)),
        "ArrowDown" => viewer.shift((0.0, -ARROW_PX)),
        // The dialog closes by itself. The answer that streams behind it goes on.
        "Escape" => return event.stop_propagation(),
        _ => return,
    }
    event.prevent_default();
}

fn percent(view: View) -> String {
    format!("{} %", (view.scale * 100.0).round())
}

fn tiles(grid: &Grid) -> String {
    let (columns, rows) = (grouped(grid.columns), grouped(grid.rows));
    format!("{columns} × {rows} tiles of {0} × {0} pixels", grid.tile)
}

/// What the model does with the image before it is cut.
fn describe(facts: &MediaFacts, grid: Option<&Grid>, is_upright: bool) -> String {
    let Some(grid) = grid else {
        return "It is not known how this model cuts it.".to_owned();
    };
    let size = |(width, height): (u64, u64)| format!("{} × {}", grouped(width), grouped(height));
    let stored = facts.stored();
    let content = (grid.content_width, grid.content_height);
    let frame = (grid.width, grid.height);
    let covered = grid.covered();
    let is_turned = Turn::upright(facts) != Turn::NONE;
    let mut parts = Vec::new();
    if is_turned {
        parts.push(if is_upright {
            "Turned upright, as its file asks viewers to.".to_owned()
        } else {
            "The model takes it as it is stored, not turned upright.".to_owned()
        });
    }
    if content != (stored.width, stored.height) {
        parts.push(format!("It is scaled to {} pixels first.", size(content)));
    }
    if frame != content {
        parts.push(format!("Padding makes it {}.", size(frame)));
    }
    if (covered.width, covered.height) != frame {
        parts.push("The grey rim, which no whole tile covers, is not counted.".to_owned());
    }
    if parts.is_empty() {
        parts.push("It is cut as it is, pixel by pixel.".to_owned());
    }
    parts.join(" ")
}

/// Opens the viewer.
#[component]
pub(crate) fn ViewButton(item: Item) -> impl IntoView {
    let media = expect_context::<MediaState>();
    let label = format!("See the tiles of {}", item.name);
    view! {
        <button
            type="button"
            class="view-tiles"
            aria-label=label
            on:click=move |_| media.viewed.set(Some(item.clone()))
        >
            "See the tiles"
        </button>
    }
}
