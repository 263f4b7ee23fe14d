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
    let index = move |curve: &Curve| chosen.get().unwrap_or(curve.current);
    let read = move |of: fn(&Curve, usize) -> String| {
        curve.with(|curve| {
            curve
                .as_ref()
                .map_or_else(String::new, |curve| of(curve, index(curve)))
        })
    };
    let cost = Memo::new(move |_| {
        let price = state.estimate.with(|estimate| estimate.price.input);
        curve
            .with(|curve| {
                let curve = curve.as_ref()?;
                let point = *curve.points.get(index(curve))?;
                let usd = price.map(|price| price.of(point.tokens).to_string());
                let percent = curve.percent(point).filter(|percent| *percent != 100);
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
    let spoken = move || format!("{}, {}, {}", read(label), read(tokens), cost.get());
    view! {
        <figure class="curve" data-testid=title.to_lowercase()>
            <figcaption>{title}</figcaption>
            // In shares of both axes, from 0 at the lower left.
            <svg viewBox="0 0 1 1" preserveAspectRatio="none" role="img" aria-label=move || read(extent)>
                <g transform="matrix(1 0 0 -1 0 1)">
                    <path class="below" d=move || read(below) />
                    <path class="line" d=move || read(line) />
                    <path class="dot" d=move || read(dot) />
                </g>
            </svg>
            <input
                type="range"
                min="0"
                max=move || read(last)
                prop:value=move || read(|_, index| index.to_string())
                aria-label=title
                aria-valuetext=spoken
                on:input:target=move |event| chosen.set(event.target().value().parse().ok())
            />
            // A slider says this itself.
            <div class="reading" aria-hidden="true">
                <span>{move || read(label)}</span>
                <strong>{move || read(tokens)}</strong>
                <span>{cost}</span>
            </div>
        </figure>
    }
}

fn label(curve: &Curve, index: usize) -> String {
    let point = curve.points.get(index);
    point.map_or_else(String::new, |point| curve.label(*point))
}

fn tokens(curve: &Curve, index: usize) -> String {
    let point = curve.points.get(index);
    point.map_or_else(String::new, |point| {
        format!("{} tokens", grouped(point.tokens))
    })
}

/// The number of the last point, as a slider takes it.
fn last(curve: &Curve, _: usize) -> String {
    curve.points.len().saturating_sub(1).to_string()
}

/// What the drawing shows, in words.
fn extent(curve: &Curve, _: usize) -> String {
    let end = |index| format!("{} for {}", tokens(curve, index), label(curve, index));
    format!(
        "From {} to {}",
        end(0),
        end(curve.points.len().saturating_sub(1))
    )
}

fn line(curve: &Curve, _: usize) -> String {
    let places = curve.points.iter().map(|point| curve.place(*point));
    let places: Vec<_> = places.map(|(x, y)| format!("{x} {y}")).collect();
    format!("M {}", places.join(" L "))
}

fn below(curve: &Curve, index: usize) -> String {
    let across = |point: Option<&Point>| point.map_or(0.0, |point| curve.place(*point).0);
    let (first, last) = (across(curve.points.first()), across(curve.points.last()));
    format!("{} L {last} 0 L {first} 0 Z", line(curve, index))
}

/// A line without length: with round ends it is a dot that no stretching deforms.
fn dot(curve: &Curve, index: usize) -> String {
    let place = curve.points.get(index).map(|point| curve.place(*point));
    place.map_or_else(String::new, |(x, y)| format!("M {x} {y} h 0"))
}
