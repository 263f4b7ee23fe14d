//! What smaller, more or less often would cost, by sliders.

use crate::state::estimate::EstimateState;
use crate::state::forecast::ForecastState;
use leptos::prelude::*;
use tilewise::estimate::{Estimate, Volume, WhatIf};
use tilewise::units::{counted, decimal, grouped};
use tilewise_www_core::sliders::MIN_SIZE_PERCENT;

#[component]
pub(crate) fn WhatIfPanel() -> impl IntoView {
    let forecast = expect_context::<ForecastState>();
    let estimate = expect_context::<EstimateState>();
    let what_if = forecast.what_if;
    let sliders = move || {
        forecast
            .is_what_if_open
            .get()
            .then(|| view! { <Sliders /> })
    };
    let outcome = move || {
        let is_shown = forecast.is_what_if_open.get() && forecast.ranges().has_media;
        let changed = is_shown.then(|| forecast.what_if_estimate())??;
        let now = estimate.estimate.get();
        Some(outcome(&changed, &now, forecast.volume.get()))
    };
    view! {
        <details
            class="what-if"
            prop:open=move || forecast.is_what_if_open.get()
            on:toggle:target=move |event| forecast.is_what_if_open.set(event.target().open())
        >
            <summary>"What if they were smaller, or more?"</summary>
            {sliders}
            <div aria-live="polite">{outcome}</div>
            <Show when=move || !what_if.get().is_idle()>
                <button type="button" on:click=move |_| what_if.set(WhatIf::default())>
                    "Reset"
                </button>
            </Show>
        </details>
    }
    .into_any()
}

#[component]
fn Sliders() -> impl IntoView {
    let forecast = expect_context::<ForecastState>();
    let what_if = forecast.what_if;
    let range = Memo::new(move |_| forecast.ranges());
    let percent = move || what_if.get().size_percent.unwrap_or(100);
    let size = Slider {
        name: "Size",
        id: "what-if-size",
        min: MIN_SIZE_PERCENT as f64,
        step: 1.0,
        value: Signal::derive(move || percent() as f64),
        text: Signal::derive(move || {
            let largest = forecast.largest().unwrap_or_default();
            format!("{} % of each side, {largest} at most", percent())
        }),
    };
    let rate = move || what_if.get().sample_fps.or(range.get().sample_fps);
    let rate = Slider {
        name: "Frames a second",
        id: "what-if-rate",
        min: 0.25,
        step: 0.25,
        value: Signal::derive(move || rate().unwrap_or_default()),
        text: Signal::derive(move || decimal(rate().unwrap_or_default())),
    };
    let count = move || what_if.get().images.unwrap_or(range.get().images);
    let images = Slider {
        name: "Photos",
        id: "what-if-photos",
        min: 1.0,
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
    let set_images = set(|what_if, count| what_if.images = Some(count as u64));
    move || {
        let range = range.get();
        if !range.has_media {
            return view! { <p class="hint">"Add a photo or a video first."</p> }.into_any();
        }
        view! {
            {size.show(100.0, set_size)}
            {range.sample_fps.map(|_| rate.show(range.max_sample_fps, set_rate))}
            {(range.images > 0).then(|| images.show(range.max_images as f64, set_images))}
        }
        .into_any()
    }
}

#[derive(Clone, Copy)]
struct Slider {
    name: &'static str,
    id: &'static str,
    min: f64,
    step: f64,
    value: Signal<f64>,
    text: Signal<String>,
}

impl Slider {
    fn show(self, max: f64, set: impl Fn(f64) + 'static) -> AnyView {
        let Self {
            name,
            id,
            min,
            step,
            value,
            text,
        } = self;
        view! {
            <div class="what-if-slider">
                <label for=id>{name}</label>
                <output for=id>{text}</output>
                <input
                    id=id
                    type="range"
                    min=min.to_string()
                    max=max.to_string()
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

fn outcome(changed: &Estimate, now: &Estimate, volume: Volume) -> AnyView {
    let [usd, usd_now] =
        [changed, now].map(|estimate| estimate.cost.input_usd.map(|usd| usd.to_string()));
    let tokens = counted(changed.input_tokens, "token");
    let percent = changed.percent_of(now);
    let percent = percent.map(|percent| format!(", {} % of now", grouped(percent)));
    let month = changed.cost.input_usd.map(|usd| {
        format!(
            "; {} a month at {} requests a day",
            volume.a_month(usd).in_cents(),
            grouped(volume.requests_a_day)
        )
    });
    let refusal = changed.errors().next().map(|error| error.message.clone());
    view! {
        <p class="outcome" data-testid="what-if">
            <strong>{usd}</strong>
            {usd_now.map(|usd| format!(" in place of {usd}"))}
            <small>{tokens}{percent}{month}</small>
        </p>
        {refusal.map(|refusal| view! { <p class="violation error">{refusal}</p> })}
    }
    .into_any()
}
