//! Another size, format or quality of one photo: before and after under one wipe, what it costs, and the way back.

use super::curve::Chart;
use crate::canvas::blank;
use crate::state::estimate::EstimateState;
use crate::state::fit::{FitForm, FitState};
use crate::state::items::{FitPhase, Item, Made};
use leptos::html::{A, Canvas, Img};
use leptos::prelude::*;
use std::sync::Arc;
use tilewise::media::MediaFacts;
use tilewise::prepare::OutputFormat;
use tilewise::units::{bytes, grouped};
use tilewise_www_core::size_curve::SizeCurve;

const FORMATS: [(OutputFormat, &str, &str); 4] = [
    (OutputFormat::Auto, "auto", "Automatic"),
    (OutputFormat::Jpeg, "jpeg", "JPEG"),
    (OutputFormat::Png, "png", "PNG"),
    (OutputFormat::Webp, "webp", "WebP, lossless"),
];

#[component]
pub(crate) fn Resize(item: Item, facts: MediaFacts) -> impl IntoView {
    let state = expect_context::<FitState>();
    let made = item.made.clone();
    // What the next attempt starts from.
    let before = made
        .as_ref()
        .map_or_else(|| facts.clone(), |made| made.before.clone());
    let original = made
        .as_ref()
        .map_or_else(|| item.preview_url(), |made| made.original.preview_url());
    let form = FitForm::new(made.as_ref().map(|made| made.goal));
    let phase = RwSignal::from(item.fitting.clone());
    let is_busy = Memo::new(move |_| phase.with(FitPhase::is_busy));
    let source = StoredValue::new(before.clone());
    let sizes = Memo::new(move |_| source.with_value(|source| state.sizes(source)));
    let share = move || phase.with(FitPhase::share).to_string();
    let note = move || match phase.get() {
        FitPhase::Waiting => Some("Waiting for its turn…"),
        FitPhase::Working(_) => Some("Resizing and compressing…"),
        FitPhase::Met => Some("It already meets this: nothing was done."),
        FitPhase::Cancelled => Some("Cancelled. The original is untouched."),
        FitPhase::Idle | FitPhase::Failed(_) => None,
    };
    // Shares come many times a second, and change none of this.
    let note = Memo::new(move |_| note());
    let failure = Memo::new(move |_| match phase.get() {
        FitPhase::Failed(why) => Some(format!("{why} The original is untouched.")),
        _ => None,
    });
    let after = made.as_ref().map(|_| item.preview_url());
    let done = made.map(|made| view! { <Done made item=item.clone() facts=facts.clone() /> });
    view! {
        <div class="resize">
            <Wipe before=original after facts=before sizes form />
            <div class="resize-side">
                {done}
                <Form item=StoredValue::new_local(item) source sizes form is_busy />
                <div class="row" hidden=move || note.with(Option::is_none)>
                    <span class="status" role="status" data-testid="fit-status">{note}</span>
                    <progress hidden=move || !is_busy.get() value=share max="1" aria-label="Progress of this photo" />
                </div>
                {move || failure.get().map(|why| view! { <p class="violation error" role="alert">{why}</p> })}
            </div>
        </div>
    }
}

/// Before on the left of a line that is moved, after on its right: of the same part of the photo.
#[component]
fn Wipe(
    before: Option<String>,
    /// What was made; `None` while nothing was: then a preview of the size alone.
    after: Option<Option<String>>,
    facts: MediaFacts,
    sizes: Memo<Option<SizeCurve>>,
    form: FitForm,
) -> impl IntoView {
    let share = RwSignal::new(50.0_f64);
    let image = NodeRef::<Img>::new();
    let canvas = NodeRef::<Canvas>::new();
    let is_loaded = RwSignal::new(false);
    let is_shown = RwSignal::new(true);
    let (width, height) = (facts.display_width, facts.display_height);
    let is_made = after.is_some();
    Effect::new(move |_| {
        let longest = sizes.with(|sizes| form.max_side(sizes.as_ref()));
        let (Some(image), Some(canvas), true) = (image.get(), canvas.get(), is_loaded.get()) else {
            return;
        };
        let scale = longest.map_or(1.0, |side| side as f64 / width.max(height).max(1) as f64);
        // No larger than a screen: what a model gets is no sharper there.
        let scale = scale.min(2_000.0 / width.max(height).max(1) as f64);
        let side = |length: u64| ((length as f64 * scale).round() as u32).max(1);
        let (across, down) = (side(width), side(height));
        if let Some(context) = blank(&canvas, across, down) {
            let _ = context.draw_image_with_html_image_element_and_dw_and_dh(
                &image,
                0.0,
                0.0,
                f64::from(across),
                f64::from(down),
            );
        }
    });
    let unknown = format!("This browser cannot show {}.", facts.format.name());
    view! {
        <Show when=move || !is_shown.get()><p class="hint">{unknown.clone()}</p></Show>
        <figure class="wipe" hidden=move || !is_shown.get()>
            <div
                class="wipe-stage"
                style=("--wipe", move || format!("{}%", share.get()))
                style=("--width", width.to_string())
                style=("--height", height.to_string())
            >
                <img
                    node_ref=image
                    src=before
                    alt="Before"
                    decoding="async"
                    on:load=move |_| is_loaded.set(true)
                    on:error=move |_| is_shown.set(false)
                />
                {match after {
                    Some(url) => view! { <img class="after" src=url alt="After" decoding="async" /> }.into_any(),
                    None => view! { <canvas class="after" node_ref=canvas></canvas> }.into_any(),
                }}
                <span class="wipe-name" aria-hidden="true">"Before"</span>
                <span class="wipe-name right" aria-hidden="true">"After"</span>
                <input
                    type="range"
                    min="0"
                    max="100"
                    aria-label="Line between before and after"
                    prop:value=move || share.get().to_string()
                    on:input:target=move |event| share.set(event.target().value_as_number())
                />
            </div>
            <figcaption class="hint">
                {if is_made { "The original, and the file that is sent." } else { "A preview of the size. What compression does is seen once it is made." }}
            </figcaption>
        </figure>
    }
}

#[component]
fn Form(
    item: StoredValue<Item, LocalStorage>,
    source: StoredValue<MediaFacts>,
    sizes: Memo<Option<SizeCurve>>,
    form: FitForm,
    is_busy: Memo<bool>,
) -> impl IntoView {
    let state = expect_context::<FitState>();
    let curve = Memo::new(move |_| sizes.with(|sizes| Some(sizes.as_ref()?.curve.clone())));
    let kept = Memo::new(move |_| sizes.with(|sizes| form.kept_point(sizes.as_ref())));
    let goal = Memo::new(move |_| sizes.with(|sizes| form.goal(sizes.as_ref())));
    let forecast = move || source.with_value(|source| state.forecast(source, &goal.get()));
    let click = move |_| {
        item.with_value(|item| {
            if is_busy.get_untracked() {
                state.cancel(item.id);
            } else {
                state.fit(item, goal.get_untracked());
            }
        });
    };
    let has_quality = move || matches!(form.format.get(), OutputFormat::Auto | OutputFormat::Jpeg);
    view! {
        <form class="fit" on:submit=move |event| event.prevent_default()>
            <Chart title="Size" curve chosen=form.point kept />
            <div class="settings">
                <label>
                    "Format"
                    <select on:change:target=move |event| {
                        let value = event.target().value();
                        if let Some((wish, ..)) = FORMATS.iter().find(|(_, name, _)| *name == value) {
                            form.format.set(*wish);
                        }
                    }>
                        {FORMATS.map(|(wish, value, name)| view! {
                            <option value=value selected=move || form.format.get() == wish>{name}</option>
                        })}
                    </select>
                </label>
                <label hidden=move || !has_quality()>
                    "Quality (1 to 100)"
                    <input
                        type="number"
                        min="1"
                        max="100"
                        placeholder="best"
                        prop:value=move || form.quality.get().map(|quality| quality.to_string())
                        on:input:target=move |event| {
                            let typed = event.target().value().parse().ok();
                            form.quality.set(typed.filter(|quality| (1..=100).contains(quality)));
                        }
                    />
                </label>
                <label>
                    "Max size (KB)"
                    <input
                        type="number"
                        min="1"
                        placeholder="any"
                        prop:value=move || form.max_kilobytes.get().map(|most| most.to_string())
                        on:input:target=move |event| form.max_kilobytes.set(event.target().value().parse().ok())
                    />
                </label>
            </div>
            <p class="hint" data-testid="forecast" aria-live="polite">{forecast}</p>
            <button type="button" class="primary" on:click=click>
                {move || if is_busy.get() { "Cancel" } else { "Resize & compress" }}
            </button>
        </form>
    }
}

/// What was done, before and after, and the way back.
#[component]
fn Done(made: Arc<Made>, item: Item, facts: MediaFacts) -> impl IntoView {
    let state = expect_context::<FitState>();
    // Not the way back: a key that is pressed once more must not undo what was just made.
    let download = NodeRef::<A>::new();
    download.on_load(move |download| {
        if state.takes_focus(item.id) {
            let _ = download.focus();
        }
    });
    let steps = made.steps.join(", ");
    let url = item.preview_url();
    let name = item.file_name();
    let label = format!("Download {name}");
    let before = made.before.clone();
    view! {
        <div class="row made">
            <p class="hint" data-testid="steps">"Done: "{steps}"."</p>
            {url.map(|url| view! { <a node_ref=download href=url download=name aria-label=label>"Download"</a> })}
            <button type="button" on:click=move |_| state.undo(&item)>"Undo"</button>
        </div>
        <Compared before after=facts />
    }
}

#[component]
fn Compared(before: MediaFacts, after: MediaFacts) -> impl IntoView {
    let columns = [&before, &after].map(column);
    let estimate = expect_context::<EstimateState>();
    let costs = [before, after].map(|facts| Memo::new(move |_| estimate.cost_of(&facts)));
    let tokens = costs.map(|cost| move || cost.get().map(|(tokens, _)| grouped(tokens)));
    let usd = costs.map(|cost| move || cost.get().and_then(|(_, usd)| usd));
    view! {
        <table class="compared" data-testid="compared">
            <thead>
                <tr>
                    <td></td>
                    <th scope="col">"Before"</th>
                    <th scope="col">"After"</th>
                </tr>
            </thead>
            <tbody>
                {["Format", "Pixels", "Bytes"].into_iter().enumerate().map(|(row, name)| view! {
                    <tr>
                        <th scope="row">{name}</th>
                        {columns.iter().map(|column| view! { <td>{column.get(row).cloned()}</td> }).collect_view()}
                    </tr>
                }).collect_view()}
                <tr>
                    <th scope="row">"Tokens"</th>
                    {tokens.map(|tokens| view! { <td>{tokens}</td> })}
                </tr>
                <tr>
                    <th scope="row">"Dollars"</th>
                    {usd.map(|usd| view! { <td>{usd}</td> })}
                </tr>
            </tbody>
        </table>
    }
}

/// Format, pixels and bytes.
fn column(facts: &MediaFacts) -> [String; 3] {
    [
        facts.format.name().to_uppercase(),
        format!(
            "{} × {}",
            grouped(facts.display_width),
            grouped(facts.display_height)
        ),
        facts.bytes.map_or_else(String::new, bytes),
    ]
}
