//! What fewer frames, fewer pixels or less of its length would save of a video's tokens.

use crate::state::State;
use leptos::prelude::*;
use tilewise::media::{Size, VideoFacts};
use tilewise::rule::{Axis, Curve, Point, Rule};
use tilewise::units::grouped;

#[component]
pub(crate) fn Savings(stored: Size, video: VideoFacts) -> impl IntoView {
    let state = expect_context::<State>();
    let rule = move || match state.rule.get() {
        Rule::Published => "What less would save, by the published rule",
        Rule::Processor => "What less would save, by the model's own processor",
    };
    view! {
        <h4>{rule}</h4>
        <div class="curves">
            {Axis::ALL.map(|axis| {
                let video = video.clone();
                let curve = Memo::new(move |_| state.curve(axis, stored, &video));
                view! { <Chart axis curve /> }
            })}
        </div>
    }
}

#[component]
fn Chart(axis: Axis, curve: Memo<Option<Curve>>) -> impl IntoView {
    let state = expect_context::<State>();
    // The point that is looked at; `None` for the video as it stands.
    let chosen = RwSignal::new(None::<usize>);
    Effect::new(move |_| {
        curve.track();
        chosen.set(None);
    });
    let title = match axis {
        Axis::Sampling => "Sampling",
        Axis::Resolution => "Resolution",
        Axis::Length => "Length",
    };
    let place = move || curve.with(|curve| curve.as_ref().map_or(0, |curve| curve.current));
    let index = move || chosen.get().unwrap_or_else(place);
    let last = move || curve.with(|curve| curve.as_ref().map_or(0, |curve| curve.points.len() - 1));
    let text = Memo::new(move |_| {
        curve.with(|curve| {
            let curve = curve.as_ref()?;
            let point = *curve.points.get(index())?;
            let price = state.estimate.with(|estimate| estimate.price.input);
            let usd = price.map(|price| price.of(point.tokens).to_string());
            let percent = curve.percent(point).filter(|percent| *percent != 100);
            let percent = percent.map(|percent| format!("{percent} %"));
            Some([
                curve.label(point),
                format!("{} tokens", grouped(point.tokens)),
                [usd, percent]
                    .into_iter()
                    .flatten()
                    .collect::<Vec<_>>()
                    .join(" · "),
            ])
        })
    });
    let spoken = move || text.get().map(|text| text.join(", "));
    view! {
        <figure class="curve" data-testid=title.to_lowercase()>
            <figcaption>{title}</figcaption>
            {move || curve.get().map(|curve| view! { <Drawing curve index=Signal::derive(index) /> })}
            <input
                type="range"
                min="0"
                max=last
                prop:value=move || index().to_string()
                aria-label=title
                aria-valuetext=spoken
                on:input:target=move |event| chosen.set(event.target().value().parse().ok())
            />
            // A slider says this itself.
            <div class="reading" aria-hidden="true">
                {move || text.get().map(|[label, tokens, cost]| view! {
                    <span>{label}</span>
                    <strong>{tokens}</strong>
                    <span>{cost}</span>
                })}
            </div>
        </figure>
    }
}

/// Drawn in shares of both axes, from 0 at the lower left.
#[component]
fn Drawing(curve: Curve, index: Signal<usize>) -> impl IntoView {
    let places: Vec<_> = curve
        .points
        .iter()
        .map(|point| curve.place(*point))
        .collect();
    let line: Vec<_> = places.iter().map(|(x, y)| format!("{x} {y}")).collect();
    let line = format!("M {}", line.join(" L "));
    let below = places
        .first()
        .zip(places.last())
        .map(|((first, _), (last, _))| format!("{line} L {last} 0 L {first} 0 Z"));
    let said = |point: &Point| format!("{} for {}", grouped(point.tokens), curve.label(*point));
    let label = curve
        .points
        .first()
        .zip(curve.points.last())
        .map(|(first, last)| format!("Tokens: {}, to {}", said(first), said(last)));
    // A line without length and with round ends is a dot that no stretching deforms.
    let dot = move || {
        places
            .get(index.get())
            .map(|(x, y)| format!("M {x} {y} h 0"))
    };
    view! {
        <svg viewBox="0 0 1 1" preserveAspectRatio="none" role="img" aria-label=label>
            <g transform="matrix(1 0 0 -1 0 1)">
                <path class="below" d=below />
                <path class="line" d=line />
                <path class="dot" d=dot />
            </g>
        </svg>
    }
}
