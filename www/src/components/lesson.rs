//! Why a picture costs what it costs, in four steps that anybody can follow.

use crate::lesson;
use crate::state::State;
use leptos::prelude::*;
use tilewise::units::grouped;

#[component]
pub(crate) fn Lesson() -> impl IntoView {
    let state = expect_context::<State>();
    let lesson = Memo::new(move |_| state.lesson());
    let step = move |place: usize| {
        let step = Memo::new(move |_| {
            lesson.with(|lesson| {
                lesson
                    .as_ref()
                    .and_then(|lesson| steps(lesson).into_iter().nth(place))
            })
        });
        view! {
            <li>
                // Anew at each change, so that it is seen to change.
                {move || step.get().map(|Step { figure, meaning }| view! {
                    <strong class="fresh">{figure}</strong>
                    <span>{meaning}</span>
                })}
            </li>
        }
    };
    view! {
        <div class="lesson" hidden=move || lesson.with(Option::is_none)>
            <p id="lesson-title" class="hint">{move || lesson.with(title)}</p>
            <ol aria-labelledby="lesson-title" data-testid="lesson">{[0, 1, 2, 3].map(step)}</ol>
        </div>
    }
}

#[derive(Clone, PartialEq)]
struct Step {
    figure: String,
    meaning: String,
}

fn title(lesson: &Option<lesson::Lesson>) -> String {
    match lesson.as_ref().and_then(|lesson| lesson.name.as_ref()) {
        Some(name) => format!("Why {name} costs what it costs"),
        None => "For example, a phone’s photograph of 12 megapixels".to_owned(),
    }
}

fn steps(lesson: &lesson::Lesson) -> [Step; 4] {
    let by = |width: u64, height: u64| format!("{} × {}", grouped(width), grouped(height));
    let grid = lesson.grid;
    let side = grid.tile;
    let is_resized =
        (grid.content_width, grid.content_height) != (lesson.stored.width, lesson.stored.height);
    let step = |figure, meaning| Step { figure, meaning };
    [
        step(
            by(lesson.stored.width, lesson.stored.height),
            match is_resized {
                true => format!(
                    "pixels, made {}",
                    by(grid.content_width, grid.content_height)
                ),
                false => "pixels".to_owned(),
            },
        ),
        step(
            by(grid.columns, grid.rows),
            format!("tiles of {side} × {side} pixels"),
        ),
        step(
            grouped(lesson.tokens),
            match lesson.frames {
                None => "tokens, one a tile".to_owned(),
                Some(1) => "tokens for 1 frame".to_owned(),
                Some(frames) => format!("tokens for {} frames", grouped(frames)),
            },
        ),
        step(
            lesson
                .usd
                .map_or_else(|| "not known".to_owned(), |usd| usd.to_string()),
            match lesson.price {
                Some(price) => format!("at {price} a million"),
                None => "as its price is not known".to_owned(),
            },
        ),
    ]
}
