//! Makes one photo fit: sizes with what they cost, what was done, and the way back.

use super::compare::Compare;
use super::curve::Chart;
use crate::state::fit::{FitForm, FitPhase, FitState, Made};
use crate::state::items::Item;
use leptos::html::{Button, Summary};
use leptos::prelude::*;
use std::sync::Arc;
use tilewise::media::MediaFacts;
use tilewise::prepare::OutputFormat;

const FORMATS: [(OutputFormat, &str, &str); 4] = [
    (OutputFormat::Auto, "auto", "Automatic"),
    (OutputFormat::Jpeg, "jpeg", "JPEG"),
    (OutputFormat::Png, "png", "PNG"),
    (OutputFormat::Webp, "webp", "WebP, lossless"),
];

#[component]
pub(crate) fn Fit(item: Item, facts: MediaFacts) -> impl IntoView {
    let state = expect_context::<FitState>();
    let made = item.made.clone();
    // What the next attempt starts from.
    let source = made
        .as_ref()
        .map_or_else(|| facts.clone(), |made| made.before.clone());
    let fields = FitForm::new(made.as_ref().map(|made| made.goal));
    let id = item.id;
    let phase = item.fitting;
    let is_busy = Memo::new(move |_| phase.with(FitPhase::is_busy));
    let opened = RwSignal::new(false);
    let summary = NodeRef::<Summary>::new();
    if made.is_none() {
        summary.on_load(move |summary| {
            if state.takes_focus(id) {
                let _ = summary.focus();
            }
        });
    }
    let form = {
        let item = StoredValue::new_local(item.clone());
        let source = StoredValue::new(source);
        move || {
            opened
                .get()
                .then(|| view! { <Form item source form=fields is_busy /> })
        }
    };
    let share = move || phase.with(FitPhase::share).to_string();
    let note = move || match phase.get() {
        FitPhase::Idle => None,
        FitPhase::Waiting => Some("Waiting for its turn…"),
        FitPhase::Working(_) => Some("Being made to fit…"),
        FitPhase::Met => Some("It already meets this: nothing was done."),
        FitPhase::Cancelled => Some("Cancelled. The original is untouched."),
        FitPhase::Failed(_) => None,
    };
    // Shares come many times a second, and change none of this.
    let note = Memo::new(move |_| note());
    let failure = Memo::new(move |_| match phase.get() {
        FitPhase::Failed(why) => Some(format!("{why} The original is untouched.")),
        _ => None,
    });
    let done = made.map(|made| view! { <Done made item=item.clone() facts /> });
    view! {
        {done}
        <details class="fit" on:toggle:target=move |event| {
            if event.target().open() {
                opened.set(true);
            }
        }>
            <summary node_ref=summary>{if item.made.is_some() { "Make it fit another way" } else { "Make it fit" }}</summary>
            {form}
        </details>
        <div class="row" hidden=move || note.with(Option::is_none)>
            <span class="status" role="status" data-testid="fit-status">{note}</span>
            <progress hidden=move || !is_busy.get() value=share max="1" aria-label="Progress of this photo" />
        </div>
        {move || failure.get().map(|why| view! { <p class="violation error" role="alert">{why}</p> })}
    }
}

#[component]
fn Form(
    item: StoredValue<Item, LocalStorage>,
    source: StoredValue<MediaFacts>,
    form: FitForm,
    is_busy: Memo<bool>,
) -> impl IntoView {
    let state = expect_context::<FitState>();
    let sizes = Memo::new(move |_| source.with_value(|source| state.sizes(source)));
    let curve = Memo::new(move |_| sizes.with(|sizes| Some(sizes.as_ref()?.curve.clone())));
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
    view! {
        <form on:submit=move |event| event.prevent_default()>
            <Chart title="Size" curve chosen=form.point />
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
                <label>
                    "Maximum kilobytes"
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
            <button type="button" on:click=click>
                {move || if is_busy.get() { "Cancel" } else { "Make it fit" }}
            </button>
        </form>
    }
}

/// What was done, before and after, and the way back.
#[component]
fn Done(made: Arc<Made>, item: Item, facts: MediaFacts) -> impl IntoView {
    let state = expect_context::<FitState>();
    let undo = NodeRef::<Button>::new();
    undo.on_load(move |undo| {
        if state.takes_focus(item.id) {
            let _ = undo.focus();
        }
    });
    let steps = made.steps.join(", ");
    let url = item.preview_url();
    let name = item.name.clone();
    let label = format!("Download {name}");
    let (before, original) = (made.before.clone(), made.original.clone());
    let is_open = made.is_shown;
    let prepared = item.clone();
    view! {
        <div class="row made">
            <p class="hint" data-testid="steps">"Made to fit: "{steps}"."</p>
            <button type="button" node_ref=undo on:click=move |_| state.undo(&item)>"Undo"</button>
            {url.map(|url| view! { <a href=url download=name aria-label=label>"Download"</a> })}
        </div>
        <Compare before after=facts original prepared is_open />
    }
}
