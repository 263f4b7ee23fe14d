//! A curve of tokens with a slider along it.

use crate::state::State;
use leptos::prelude::*;
use tilewise::prepare::curve::SizeCurve;
use tilewise::rule::Curve;
use tilewise::units::grouped;

/// What can be drawn as a curve of tokens, by the number of a point.
pub(crate) trait Drawable: Clone + PartialEq + Send + Sync + 'static {
    fn len(&self) -> usize;
    /// Which of the points is what stands now.
    fn current(&self) -> usize;
    fn label(&self, index: usize) -> Option<String>;
    fn tokens(&self, index: usize) -> Option<u64>;
    fn percent(&self, index: usize) -> Option<u64>;
    /// As shares of the width and the height of the drawing.
    fn place(&self, index: usize) -> Option<(f64, f64)>;
}

impl Drawable for Curve {
    fn len(&self) -> usize {
        self.points.len()
    }

    fn current(&self) -> usize {
        self.current
    }

    fn label(&self, index: usize) -> Option<String> {
        Some(Self::label(self, *self.points.get(index)?))
    }

    fn tokens(&self, index: usize) -> Option<u64> {
        Some(self.points.get(index)?.tokens)
    }

    fn percent(&self, index: usize) -> Option<u64> {
        Self::percent(self, *self.points.get(index)?)
    }

    fn place(&self, index: usize) -> Option<(f64, f64)> {
        Some(Self::place(self, *self.points.get(index)?))
    }
}

impl Drawable for SizeCurve {
    fn len(&self) -> usize {
        self.points.len()
    }

    fn current(&self) -> usize {
        Self::current(self)
    }

    fn label(&self, index: usize) -> Option<String> {
        let point = self.points.get(index)?;
        Some(format!("{}×{} pixels", point.width, point.height))
    }

    fn tokens(&self, index: usize) -> Option<u64> {
        Some(self.points.get(index)?.tokens)
    }

    fn percent(&self, index: usize) -> Option<u64> {
        Self::percent(self, self.points.get(index)?)
    }

    fn place(&self, index: usize) -> Option<(f64, f64)> {
        Some(Self::place(self, self.points.get(index)?))
    }
}

/// `chosen` is the point that is looked at; `None` for what stands now.
#[component]
pub(crate) fn Chart<C: Drawable>(
    title: &'static str,
    curve: Memo<Option<C>>,
    chosen: RwSignal<Option<usize>>,
) -> impl IntoView {
    let state = expect_context::<State>();
    Effect::new(move |before: Option<()>| {
        curve.track();
        if before.is_some() {
            chosen.set(None);
        }
    });
    let index = move |curve: &C| chosen.get().unwrap_or_else(|| curve.current());
    let read = move |of: fn(&C, usize) -> String| {
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
                let index = index(curve);
                let tokens = curve.tokens(index)?;
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
                max=move || read(|curve, _| last(curve).to_string())
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

fn label<C: Drawable>(curve: &C, index: usize) -> String {
    curve.label(index).unwrap_or_default()
}

fn tokens<C: Drawable>(curve: &C, index: usize) -> String {
    let tokens = curve.tokens(index);
    tokens.map_or_else(String::new, |tokens| format!("{} tokens", grouped(tokens)))
}

fn last<C: Drawable>(curve: &C) -> usize {
    curve.len().saturating_sub(1)
}

/// What the drawing shows, in words.
fn extent<C: Drawable>(curve: &C, _: usize) -> String {
    let end = |index| format!("{} for {}", tokens(curve, index), label(curve, index));
    format!("From {} to {}", end(0), end(last(curve)))
}

fn line<C: Drawable>(curve: &C, _: usize) -> String {
    let places = (0..curve.len()).filter_map(|index| curve.place(index));
    let places: Vec<_> = places.map(|(x, y)| format!("{x} {y}")).collect();
    format!("M {}", places.join(" L "))
}

fn below<C: Drawable>(curve: &C, index: usize) -> String {
    let across = |index| curve.place(index).map_or(0.0, |place| place.0);
    let (first, last) = (across(0), across(last(curve)));
    format!("{} L {last} 0 L {first} 0 Z", line(curve, index))
}

/// A line without length: with round ends it is a dot that no stretching deforms.
fn dot<C: Drawable>(curve: &C, index: usize) -> String {
    let place = curve.place(index);
    place.map_or_else(String::new, |(x, y)| format!("M {x} {y} h 0"))
}
