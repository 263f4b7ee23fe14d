//! What smaller, more or less often would cost, by sliders.

use crate::state::State;
use leptos::prelude::*;
use tilewise::estimate::{Estimate, Volume, WhatIf};
use tilewise::units::{decimal, grouped};
use tilewise_www_core::sliders::MIN_SIZE_PERCENT;

#[component]
pub(crate) fn WhatIfPanel() -> impl IntoView {
    let state = expect_context::<State>();
    let figures = state.figures;
    let what_if = figures.what_if;
    let sliders = move || figures.is_imagined.get().then(|| view! { <Sliders /> });
    let outcome = move || {
        let is_shown = figures.is_imagined.get() && state.imaginable().has_media;
        let imagined = is_shown.then(|| state.imagined())??;
        let now = state.estimate.get();
        Some(outcome(&imagined, &now, figures.volume.get()))
    };
    view! {
        <details
            class="what-if"
            prop:open=move || figures.is_imagined.get()
            on:toggle:target=move |event| figures.is_imagined.set(event.target().open())
        >
            <summary>"What if they were smaller, or more?"</summary>
            {sliders}
            <div aria-live="polite">{outcome}</div>
            <Show when=move || !what_if.get().is_idle()>
                <button type="button" on:click=move |_| what_if.set(WhatIf::default())>
                    "Back to what it is"
                </button>
            </Show>
        </details>
    }
    .into_any()
}

#[component]
fn Sliders() -> impl IntoView {
    let state = expect_context::<State>();
    let what_if = state.figures.what_if;
    let range = Memo::new(move |_| state.imaginable());
    let percent = move || what_if.get().size_percent.unwrap_or(100);
    let size = Slider {
        name: "Size",
        id: "what-if-size",
        least: MIN_SIZE_PERCENT as f64,
        step: 1.0,
        value: Signal::derive(move || percent() as f64),
        text: Signal::derive(move || {
            let largest = state.largest().unwrap_or_default();
            format!("{} % of each side, {largest} at most", percent())
        }),
    };
    let rate = move || what_if.get().sample_fps.or(range.get().sample_fps);
    let rate = Slider {
        name: "Frames a second",
        id: "what-if-rate",
        least: 0.25,
        step: 0.25,
        value: Signal::derive(move || rate().unwrap_or_default()),
        text: Signal::derive(move || decimal(rate().unwrap_or_default())),
    };
    let count = move || what_if.get().images.unwrap_or(range.get().images);
    let pictures = Slider {
        name: "Pictures",
        id: "what-if-pictures",
        least: 1.0,
        step: 1.0,
        value: Signal::derive(move || count() as f64),
        text: Signal::derive(move || grouped(count())),
    };
    let set = move |change: fn(&mut WhatIf, f64)| {
        move |value: f64| what_if.update(|what_if| change(what_if, value))
    };
    let set_size = set(|what_if, percent| {
        what_if.size_percent = Some(percent as u64).filter(|percent| *percent < 100);
    });
    let set_rate = set(|what_if, fps| what_if.sample_fps = Some(fps));
    let set_pictures = set(|what_if, count| what_if.images = Some(count as u64));
    move || {
        let range = range.get();
        if !range.has_media {
            return view! { <p class="hint">"Add a picture or a video first."</p> }.into_any();
        }
        view! {
            {size.show(100.0, set_size)}
            {range.sample_fps.map(|_| rate.show(range.max_sample_fps, set_rate))}
            {(range.images > 0).then(|| pictures.show(range.max_images as f64, set_pictures))}
        }
        .into_any()
    }
}

#[derive(Clone, Copy)]
struct Slider {
    name: &'static str,
    id: &'static str,
    least: f64,
    step: f64,
    value: Signal<f64>,
    text: Signal<String>,
}

impl Slider {
    fn show(self, most: f64, set: impl Fn(f64) + 'static) -> AnyView {
        let Self {
            name,
            id,
            least,
            step,
            value,
            text,
        } = self;
        view! {
            <div class="imagined">
                <label for=id>{name}</label>
                <output for=id>{text}</output>
                <input
                    id=id
                    type="range"
                    min=least.to_string()
                    max=most.to_string()
                    step=step.to_string()
                    aria-valuetext=text
                    prop:value=move || value.get().to_string()
                    on:input:target=move |event| set(event.target().value_as_number())
                />
            </div>
        }
        .into_any()
    }
}

fn outcome(imagined: &Estimate, now: &Estimate, volume: Volume) -> AnyView {
    let [usd, usd_now] =
        [imagined, now].map(|estimate| estimate.cost.input_usd.map(|usd| usd.to_string()));
    let tokens = grouped(imagined.input_tokens);
    let percent = imagined.percent_of(now);
    let percent = percent.map(|percent| format!(", {} % of now", grouped(percent)));
    let month = imagined.cost.input_usd.map(|usd| {
        format!(
            "; {} a month at {} requests a day",
            volume.a_month(usd).in_cents(),
            grouped(volume.requests_a_day)
        )
    });
    let refusal = imagined.errors().next().map(|error| error.message.clone());
    view! {
        <p class="outcome" data-testid="what-if">
            <strong>{usd}</strong>
            {usd_now.map(|usd| format!(" in place of {usd}"))}
            <small>{tokens}" tokens"{percent}{month}</small>
        </p>
        {refusal.map(|refusal| view! { <p class="violation error">{refusal}</p> })}
    }
    .into_any()
}
