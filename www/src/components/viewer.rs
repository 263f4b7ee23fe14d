//! One picture under its tiles, as large as one likes: as the model sees it, or as people do.

use crate::canvas::blank;
use crate::lines::draw;
use crate::motion::{glide, is_reduced};
use crate::state::State;
use crate::state::inputs::Item;
use crate::view::{Mesh, Pair, Turn, View};
use leptos::html::{Canvas, Dialog, Div, Img};
use leptos::{ev, prelude::*};
use tilewise::media::{Kind, MediaFacts};
use tilewise::rule::{Grid, Rule};
use tilewise::units::grouped;

/// Of one click or key.
const STEP: f64 = 1.5;
/// Of one notch of a wheel, in the pixels that browsers report for it.
const NOTCH: f64 = 240.0;
/// By an arrow, in pixels of the screen.
const STRIDE: f64 = 80.0;

#[component]
pub(crate) fn Viewer() -> impl IntoView {
    let state = expect_context::<State>();
    move || {
        let item = state.looking.get()?;
        let facts = item.facts()?;
        Some(view! { <Shown item facts /> })
    }
}

#[component]
fn Shown(item: Item, facts: MediaFacts) -> impl IntoView {
    let state = expect_context::<State>();
    let id = item.id;
    let stored = facts.stored();
    let is_video = !facts.is_image();
    let upright = Turn::upright(&facts);
    let media = Memo::new(move |_| {
        let place = state.place(id)?;
        let estimate = state.estimate;
        estimate.with(|estimate| estimate.media.get(place).copied())
    });
    let grid = Memo::new(move |_| media.get()?.grid);
    let desk = Desk::new(upright);

    // A rule that comes in the place of another is seen to come.
    Effect::new(move |_| {
        let Some(to) = grid.get().map(|grid| Mesh::new(&grid, stored)) else {
            desk.mesh.set(None);
            return;
        };
        match desk.mesh.get_untracked() {
            None => {
                desk.mesh.set(Some(to));
                desk.fit();
            }
            Some(from) => {
                let current = desk.glide.try_update_value(|glide| {
                    *glide += 1;
                    *glide
                });
                glide(move |share| {
                    let goes_on = desk.glide.try_get_value() == current;
                    goes_on && desk.mesh.try_set(Some(from.towards(&to, share))).is_none()
                });
            }
        }
    });
    let dialog = NodeRef::<Dialog>::new();
    dialog.on_load(move |dialog| {
        let _ = dialog.show_modal();
        desk.fit();
    });
    Effect::new(move |_| {
        let (Some(canvas), Some(mesh)) = (desk.canvas.get(), desk.mesh.get()) else {
            return;
        };
        let matrix = desk.view.get().matrix(desk.turn());
        draw(&canvas, desk.stage_size(), &mesh, matrix);
    });
    let resized = window_event_listener(ev::resize, move |_| desk.fit());
    on_cleanup(move || resized.remove());

    let figures = move || {
        media.get().map(|media| {
            let tokens = media.tokens.by(state.rule.get()).map(grouped);
            let tokens = tokens.map(|tokens| format!("{tokens} tokens"));
            let usd = media.usd.map(|usd| usd.to_string());
            let frames = is_video.then(|| format!("{} frames", grouped(media.frames)));
            let parts = [media.grid.as_ref().map(tiles), frames, tokens, usd];
            parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
        })
    };
    let described = {
        let facts = facts.clone();
        move || grid.with(|grid| describe(&facts, grid.as_ref(), desk.as_people.get()))
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
            on:close=move |_| state.looking.set(None)
            on:keydown=move |event| on_key(&event, desk)
        >
            <div class="viewer-head">
                <h2 id="viewer-title">{title}</h2>
                <button type="button" on:click=move |_| close()>"Close"</button>
                <p class="viewer-figures" data-testid="viewer-figures">
                    {move || view! { <span class="fresh">{figures()}</span> }}
                </p>
            </div>
            <Stage desk facts url media_name=item.name grid />
            <div class="viewer-foot">
                <div class="row" role="group" aria-label="Whose eyes">
                    <Choice label="As the model sees it" is_on=Signal::derive(move || !desk.as_people.get()) choose=Callback::new(move |()| desk.look(false)) />
                    <Choice label="As people see it" is_on=desk.as_people choose=Callback::new(move |()| desk.look(true)) />
                </div>
                <div class="row" role="group" aria-label="Rule">
                    <Choice label="Published rule" is_on=Signal::derive(move || state.rule.get() == Rule::Published) choose=Callback::new(move |()| state.rule.set(Rule::Published)) />
                    <Choice label="Model’s processor" is_on=Signal::derive(move || state.rule.get() == Rule::Processor) choose=Callback::new(move |()| state.rule.set(Rule::Processor)) />
                </div>
                <div class="row zoom" role="group" aria-label="Zoom">
                    <button type="button" aria-label="Smaller" aria-keyshortcuts="-" on:click=move |_| desk.zoom(1.0 / STEP)>"−"</button>
                    <output data-testid="zoom">{move || percent(desk.view.get())}</output>
                    <button type="button" aria-label="Larger" aria-keyshortcuts="+" on:click=move |_| desk.zoom(STEP)>"+"</button>
                    <button type="button" aria-keyshortcuts="0" on:click=move |_| desk.fit()>"Fit"</button>
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

/// What is dragged, and pinched, and zoomed by the wheel.
#[component]
fn Stage(
    desk: Desk,
    facts: MediaFacts,
    url: Option<String>,
    media_name: String,
    grid: Memo<Option<Grid>>,
) -> impl IntoView {
    let stored = facts.stored();
    // Over the picture while it turns they would not lie where they belong.
    let is_turning = move || desk.is_turning.get();
    let matrix = move || {
        let [a, b, c, d, e, f] = desk.view.get().matrix(desk.turn());
        format!("matrix({a}, {b}, {c}, {d}, {e}, {f})")
    };
    let up = move |event: ev::PointerEvent| {
        desk.fingers
            .update_value(|fingers| fingers.retain(|(id, _)| *id != event.pointer_id()));
        desk.is_grabbed.set(false);
    };
    let media = match facts.kind.clone() {
        Kind::Image(_) => view! { <Pixels desk facts url grid /> }.into_any(),
        Kind::Video(video) => url
            .map(|url| {
                let class = format!("turned-{}", video.rotation);
                view! { <video class=class src=url prop:muted=true playsinline preload="metadata" /> }
            })
            .into_any(),
    };
    view! {
        // A region that is moved by keys must take the keyboard's focus.
        <div
            class="stage"
            class:turning=is_turning
            class:grabbed=move || desk.is_grabbed.get()
            node_ref=desk.stage
            tabindex="0"
            role="group"
            aria-label=format!("{media_name}: + and - zoom, arrows move, 0 fits")
            on:wheel=move |event: ev::WheelEvent| {
                event.prevent_default();
                desk.zoom_at((-event.delta_y() / NOTCH).exp2(), at(&event));
            }
            on:pointerdown=move |event: ev::PointerEvent| {
                if let Some(stage) = desk.stage.get_untracked() {
                    // Else a drag ends where it leaves the stage.
                    let _ = stage.set_pointer_capture(event.pointer_id());
                }
                desk.fingers.update_value(|fingers| fingers.push((event.pointer_id(), at(&event))));
                desk.is_grabbed.set(true);
            }
            on:pointermove=move |event: ev::PointerEvent| desk.drag(event.pointer_id(), at(&event))
            on:pointerup=up
            on:pointercancel=up
        >
            <div
                class="world"
                style=("transform", matrix)
                style=("width", format!("{}px", stored.width))
                style=("height", format!("{}px", stored.height))
                on:transitionend=move |_| desk.is_turning.set(false)
            >
                {media}
            </div>
            <canvas class="lines" node_ref=desk.canvas aria-hidden="true"></canvas>
        </div>
    }
}

/// The picture; as the model sees it with the very pixels that are left to it.
#[component]
fn Pixels(
    desk: Desk,
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
    let is_drawn = move || is_resized.get().is_some() && !desk.as_people.get();
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

/// What lies on the stage, and how.
#[derive(Clone, Copy)]
struct Desk {
    stage: NodeRef<Div>,
    canvas: NodeRef<Canvas>,
    view: RwSignal<View>,
    mesh: RwSignal<Option<Mesh>>,
    as_people: RwSignal<bool>,
    is_turning: RwSignal<bool>,
    is_grabbed: RwSignal<bool>,
    upright: Turn,
    /// Pointers that are down, and where.
    fingers: StoredValue<Vec<(i32, Pair)>>,
    /// Which motion of the tiles is under way: the last that began.
    glide: StoredValue<u32>,
}

impl Desk {
    fn new(upright: Turn) -> Self {
        Self {
            stage: NodeRef::new(),
            canvas: NodeRef::new(),
            view: RwSignal::new(View {
                scale: 1.0,
                offset: (0.0, 0.0),
            }),
            mesh: RwSignal::new(None),
            as_people: RwSignal::new(false),
            is_turning: RwSignal::new(false),
            is_grabbed: RwSignal::new(false),
            upright,
            fingers: StoredValue::new(Vec::new()),
            glide: StoredValue::new(0),
        }
    }

    fn stage_size(&self) -> Pair {
        self.stage.get_untracked().map_or((0.0, 0.0), |stage| {
            (
                f64::from(stage.client_width()),
                f64::from(stage.client_height()),
            )
        })
    }

    fn turn(&self) -> Turn {
        match self.as_people.get() {
            true => self.upright,
            false => Turn::NONE,
        }
    }

    /// The size of what is shown: to the model with the padding.
    fn shown(&self) -> Pair {
        let mesh = self.mesh.get_untracked();
        let as_people = self.as_people.get_untracked();
        mesh.map_or((1.0, 1.0), |mesh| match as_people {
            true => self.upright.of(mesh.picture),
            false => mesh.frame,
        })
    }

    fn fit(&self) {
        self.view.set(View::fit(self.stage_size(), self.shown()));
    }

    fn zoom(&self, factor: f64) {
        let (width, height) = self.stage_size();
        self.zoom_at(factor, (width / 2.0, height / 2.0));
    }

    fn zoom_at(&self, factor: f64, at: Pair) {
        let (stage, shown) = (self.stage_size(), self.shown());
        self.view
            .update(|view| *view = view.zoomed(factor, at, stage, shown));
    }

    fn shift(&self, by: Pair) {
        let (stage, shown) = (self.stage_size(), self.shown());
        self.view
            .update(|view| *view = view.moved(by, stage, shown));
    }

    /// One finger moves, two pinch.
    fn drag(&self, id: i32, to: Pair) {
        let before = self.fingers.get_value();
        let Some((_, from)) = before.iter().find(|(finger, _)| *finger == id).copied() else {
            return;
        };
        self.fingers.update_value(|fingers| {
            for (finger, place) in fingers {
                if *finger == id {
                    *place = to;
                }
            }
        });
        let other = before.iter().find(|(finger, _)| *finger != id);
        let moved = (to.0 - from.0, to.1 - from.1);
        match other {
            None => self.shift(moved),
            Some((_, other)) => {
                let apart = |from: Pair| (from.0 - other.0).hypot(from.1 - other.1).max(1.0);
                // Their middle moves by half of what one of them does.
                self.shift((moved.0 / 2.0, moved.1 / 2.0));
                let middle = ((to.0 + other.0) / 2.0, (to.1 + other.1) / 2.0);
                self.zoom_at(apart(to) / apart(from), middle);
            }
        }
    }

    fn look(&self, as_people: bool) {
        if self.as_people.get_untracked() != as_people {
            // Without a turn there is no transition, whose end would be told.
            let turns = self.upright != Turn::NONE && !is_reduced();
            self.is_turning.set(turns);
            self.as_people.set(as_people);
            self.fit();
        }
    }
}

fn at(event: &ev::MouseEvent) -> Pair {
    (f64::from(event.offset_x()), f64::from(event.offset_y()))
}

fn on_key(event: &ev::KeyboardEvent, desk: Desk) {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    match event.key().as_str() {
        "+" | "=" => desk.zoom(STEP),
        "-" => desk.zoom(1.0 / STEP),
        "0" => desk.fit(),
        "ArrowLeft" => desk.shift((STRIDE, 0.0)),
        "ArrowRight" => desk.shift((-STRIDE, 0.0)),
        "ArrowUp" => desk.shift((0.0, STRIDE)),
        "ArrowDown" => desk.shift((0.0, -STRIDE)),
        // The dialog closes by itself; an answer that streams in behind it is not to be stopped as well.
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

/// What the model does with the picture before it is cut.
fn describe(facts: &MediaFacts, grid: Option<&Grid>, as_people: bool) -> String {
    let Some(grid) = grid else {
        return "No rule is known by which this model cuts it.".to_owned();
    };
    let size = |(width, height): (u64, u64)| format!("{} × {}", grouped(width), grouped(height));
    let stored = facts.stored();
    let content = (grid.content_width, grid.content_height);
    let frame = (grid.width, grid.height);
    let covered = grid.covered();
    let is_turned = Turn::upright(facts) != Turn::NONE;
    let mut parts = Vec::new();
    if is_turned {
        parts.push(match as_people {
            true => "Turned upright, as its file asks viewers to.".to_owned(),
            false => "The model takes it as it is stored, not as it is to be turned.".to_owned(),
        });
    }
    if content != (stored.width, stored.height) {
        parts.push(format!("It is made {} pixels first.", size(content)));
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

/// Opens it.
#[component]
pub(crate) fn ViewButton(item: Item) -> impl IntoView {
    let state = expect_context::<State>();
    let label = format!("See the tiles of {}", item.name);
    view! {
        <button
            type="button"
            class="look"
            aria-label=label
            on:click=move |_| state.looking.set(Some(item.clone()))
        >
            "See the tiles"
        </button>
    }
}
