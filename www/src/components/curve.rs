//! A curve of tokens with a slider along it.

use crate::state::estimate::EstimateState;
use leptos::prelude::*;
use tilewise_www_core::curve::{Curve, Point};

#[component]
pub(crate) fn Chart(
    title: &'static str,
    curve: Memo<Option<Curve>>,
    /// The index of the point that is looked at; `None` until the slider is moved.
    chosen: RwSignal<Option<usize>>,
    /// Where the slider stands until then; `None` for the current point.
    #[prop(optional, into)]
    kept: Signal<Option<usize>>,
) -> impl IntoView {
    let estimate = expect_context::<EstimateState>().estimate;
    Effect::new(move |before: Option<()>| {
        curve.track();
        if before.is_some() {
            chosen.set(None);
        }
    });
    let index = move |curve: &Curve| {
        let chosen = chosen.get().or_else(|| kept.get());
        chosen.unwrap_or_else(|| curve.current())
    };
    let read = move |of: fn(&Curve, usize) -> Option<String>| {
        curve
            .with(|curve| {
                let curve = curve.as_ref()?;
                of(curve, index(curve))
            })
            .unwrap_or_default()
    };
    let cost = Memo::new(move |_| {
        let price = estimate.with(|estimate| estimate.price.input);
        curve
            .with(|curve| {
                let curve = curve.as_ref()?;
                let index = index(curve);
                let tokens = curve.point(index)?.tokens;
                let usd = price.map(|price| price.of(tokens).to_string());
                let percent = curve.percent(index).filter(|percent| *percent != 100);
                let percent = percent.map(|percent| format!("{percent} %"));
                Some(
                    usd.into_iter()
                        .chain(percent)
                        .collect::<Vec<_>>()
                        .join(" · "),
                )
            })
            .unwrap_or_default()
    });
    let label = move || read(|curve, index| Some(curve.point(index)?.label.clone()));
    let tokens = move || read(|curve, index| curve.point(index).map(Point::tokens_text));
    let spoken = move || format!("{}, {}, {}", label(), tokens(), cost.get());
    view! {
        <figure class="curve" data-testid=title.to_lowercase()>
            <figcaption>{title}</figcaption>
            // In shares of both axes, from 0 at the lower left.
            <svg viewBox="0 0 1 1" preserveAspectRatio="none" role="img" aria-label=move || read(|curve, _| Some(curve.extent()))>
                <g transform="matrix(1 0 0 -1 0 1)">
                    <path class="below" d=move || read(|curve, _| Some(curve.area())) />
                    <path class="line" d=move || read(|curve, _| Some(curve.line())) />
                    <path class="dot" d=move || read(Curve::dot) />
                </g>
            </svg>
            <input
                type="range"
                min="0"
                max=move || read(|curve, _| Some(curve.last().to_string()))
                prop:value=move || read(|_, index| Some(index.to_string()))
                aria-label=title
                aria-valuetext=spoken
                on:input:target=move |event| chosen.set(event.target().value().parse().ok())
            />
            // A slider says this itself.
            <div class="reading" aria-hidden="true">
                <span>{label}</span>
                <strong>{tokens}</strong>
                <span>{cost}</span>
            </div>
        </figure>
    }
}
