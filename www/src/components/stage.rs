//! One image or video under its tiles, at any zoom: as the model sees it, or as people do.

use crate::canvas::blank;
use crate::lines::draw;
use crate::player::release;
use crate::state::estimate::EstimateState;
use crate::state::items::Item;
use crate::state::model::ModelState;
use crate::state::viewer::ViewerState;
use leptos::html::{Canvas, Img};
use leptos::{ev, html, prelude::*};
use tilewise::media::{Kind, MediaFacts};
use tilewise::rule::{Grid, Rule};
use tilewise::units::grouped;
use tilewise_www_core::view::{Mesh, Pair, Turn, View, pair, wheel_zoom};
use wasm_bindgen::JsCast;
use web_sys::Element;

/// The zoom of one click or key.
const ZOOM_STEP: f64 = 1.5;
/// The way of one press of an arrow key, in pixels of the screen.
const ARROW_PX: f64 = 80.0;

#[component]
pub(crate) fn Tiles(item: Item, facts: MediaFacts) -> impl IntoView {
    let model = expect_context::<ModelState>();
    let estimate = expect_context::<EstimateState>();
    let id = item.id;
    let stored = facts.stored();
    let upright = Turn::upright(&facts);
    let estimated = Memo::new(move |_| estimate.of_item(id));
    let grid = Memo::new(move |_| estimated.get()?.grid);
    let viewer = ViewerState::new(pair(stored), upright);
    let is_playable = RwSignal::new(true);

    Effect::new(move |_| viewer.set_tiles(grid.get().map(|grid| Mesh::new(&grid, stored))));
    viewer
        .stage
        .on_load(move |_| request_animation_frame(move || viewer.fit()));
    Effect::new(move |_| {
        let Some(canvas) = viewer.canvas.get() else {
            return;
        };
        let matrix = viewer.view.get().matrix(viewer.turn());
        let hovered = viewer.hovered.get();
        let mesh = viewer.mesh.get().filter(|_| viewer.has_grid.get());
        if let Some(mesh) = mesh {
            draw(&canvas, viewer.stage_size(), &mesh, matrix, hovered);
        } else {
            let _ = blank(&canvas, 1, 1);
        }
    });
    Effect::new(move |_| {
        // The line that says so takes room from the stage.
        if !is_playable.get() {
            request_animation_frame(move || viewer.fit());
        }
    });
    let resized = window_event_listener(ev::resize, move |_| viewer.fit());
    // Wherever the focus is in the dialog: nothing else takes these keys there.
    let keys = window_event_listener(ev::keydown, move |event| on_key(&event, viewer));
    on_cleanup(move || {
        resized.remove();
        keys.remove();
    });

    let tiles_a_line = Memo::new(move |_| {
        let mesh = viewer.mesh.get().filter(|_| viewer.has_grid.get());
        mesh.map_or(1, |mesh| mesh.tiles_a_line(viewer.view.get().scale))
    });
    let described = {
        let facts = facts.clone();
        move || {
            let about = grid.with(|grid| describe(&facts, grid.as_ref(), viewer.is_upright.get()));
            match tiles_a_line.get() {
                ..=1 => about,
                tiles => format!("One line for every {tiles} tiles: zoom in to see each. {about}"),
            }
        }
    };
    let hovered = move || {
        let (column, row) = viewer.hovered.get()?;
        let grid = grid.get()?;
        Some(format!(
            "Tile {} of {} across, {} of {} down",
            grouped(column + 1),
            grouped(grid.columns),
            grouped(row + 1),
            grouped(grid.rows)
        ))
    };
    let has_both = move || {
        let rules = model.rules();
        rules.is_some_and(|rules| Rule::ALL.into_iter().all(|rule| rules.has(rule)))
    };
    let unplayable = unplayable(&item, &facts);
    let url = item.preview_url();
    view! {
        <div class="tiles-tab">
            <Show when=move || !is_playable.get()>
                <p class="hint">{unplayable.clone()}</p>
            </Show>
            <Stage viewer facts url media_name=item.name grid is_playable />
            <div class="viewer-foot">
                <div class="row segments" role="group" aria-label="View">
                    <Choice label="As the model sees it" is_on=Signal::derive(move || !viewer.is_upright.get()) choose=Callback::new(move |()| viewer.set_upright(false)) />
                    <Choice label="As people see it" is_on=viewer.is_upright choose=Callback::new(move |()| viewer.set_upright(true)) />
                </div>
                <div class="row segments" role="group" aria-label="How tokens are counted" hidden=move || !has_both()>
                    <Choice label="Provider’s docs" is_on=Signal::derive(move || model.counted_by() == Rule::Published) choose=Callback::new(move |()| model.rule.set(Rule::Published)) />
                    <Choice label="Model’s code" is_on=Signal::derive(move || model.counted_by() == Rule::Processor) choose=Callback::new(move |()| model.rule.set(Rule::Processor)) />
                </div>
                <div class="row segments" role="group" aria-label="Lines">
                    <Choice label="Grid" is_on=viewer.has_grid choose=Callback::new(move |()| viewer.has_grid.update(|has| *has = !*has)) />
                </div>
                <div class="row segments zoom" role="group" aria-label="Zoom">
                    <button type="button" aria-label="Smaller" aria-keyshortcuts="-" on:click=move |_| viewer.zoom(1.0 / ZOOM_STEP)>"−"</button>
                    <output data-testid="zoom">{move || percent(viewer.view.get())}</output>
                    <button type="button" aria-label="Larger" aria-keyshortcuts="+" on:click=move |_| viewer.zoom(ZOOM_STEP)>"+"</button>
                    <button type="button" aria-keyshortcuts="0" on:click=move |_| viewer.fit()>"Fit"</button>
                </div>
                <p class="hint" aria-live="polite">{described}</p>
                <p class="hint" data-testid="hovered">{hovered}</p>
            </div>
        </div>
    }
}

/// The browser does not tell whether loading a URL failed, or decoding what is behind it.
fn unplayable(item: &Item, facts: &MediaFacts) -> String {
    let verb = if item.file.is_some() {
        "play"
    } else {
        "load or play"
    };
    match &facts.kind {
        Kind::Image(_) => "This browser cannot show it. Its tiles are still counted.".to_owned(),
        Kind::Video(video) => format!(
            "This browser cannot {verb} {} in {}, so no frames are shown.",
            video.codec.as_deref().unwrap_or("this video"),
            facts.format.name()
        ),
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
    /// Becomes false when the browser finds that it cannot show it.
    is_playable: RwSignal<bool>,
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
        Kind::Image(_) => view! { <Pixels viewer facts url grid is_playable /> }.into_any(),
        Kind::Video(video) => url
            .map(|url| {
                let class = format!("turned-{}", video.rotation.degrees());
                view! { <Player class url is_playable /> }
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
            on:pointermove=move |event: ev::PointerEvent| {
                viewer.drag(event.pointer_id(), at(&event));
                viewer.hover(Some(at(&event)));
            }
            on:pointerleave=move |_| viewer.hover(None)
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
    is_playable: RwSignal<bool>,
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
            // Otherwise the browser's mark for what it cannot show is drawn over the tiles.
            hidden=move || is_drawn() || !is_playable.get()
            on:load=move |_| is_loaded.set(true)
            on:error=move |_| is_playable.set(false)
        />
        <canvas node_ref=resized hidden=move || !is_drawn()></canvas>
    }
}

/// A frame of a video, by the browser's own player.
#[component]
fn Player(class: String, url: String, is_playable: RwSignal<bool>) -> impl IntoView {
    let element = NodeRef::<html::Video>::new();
    let held = StoredValue::new_local(None);
    Effect::new(move |_| held.set_value(element.get()));
    on_cleanup(move || {
        if let Some(element) = held.try_get_value().flatten() {
            release(&element);
        }
    });
    view! {
        <video
            node_ref=element
            class=class
            src=url
            prop:muted=true
            playsinline
            preload="metadata"
            on:error=move |_| is_playable.set(false)
            // The browser plays the sound alone of a video whose frames it cannot decode.
            on:loadedmetadata:target=move |event| {
                if event.target().video_width() == 0 {
                    is_playable.set(false);
                }
            }
        />
    }
}

fn at(event: &ev::MouseEvent) -> Pair {
    (f64::from(event.offset_x()), f64::from(event.offset_y()))
}

fn on_key(event: &ev::KeyboardEvent, viewer: ViewerState) {
    let is_typing = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok())
        .is_some_and(|target| target.matches("input").unwrap_or(false));
    if is_typing || event.ctrl_key() || event.meta_key() || event.alt_key() {
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
        _ => return,
    }
    event.prevent_default();
}

fn percent(view: View) -> String {
    format!("{} %", (view.scale * 100.0).round())
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
