//! The one answer, always in sight: under which model, what it costs, how many files, and whether it can be sent.

use super::explain::Explain;
use super::model_button::ModelButton;
use super::part::part;
use super::verdict::VerdictText;
use crate::state::estimate::EstimateState;
use crate::state::explain::Subject;
use crate::state::items::ItemList;
use crate::state::model::ModelState;
use leptos::prelude::*;
use tilewise_www_core::answer::Answer;

#[component]
pub(crate) fn AnswerBar() -> impl IntoView {
    let state = expect_context::<EstimateState>();
    let model = expect_context::<ModelState>();
    let list = expect_context::<ItemList>();
    let answer = state.answer;
    let is_empty = state.is_empty;
    let files = move || {
        let files = match list.items.with(Vec::len) {
            _ if is_empty.get() => "a 12-megapixel example".to_owned(),
            0 => "next question".to_owned(),
            _ => list.files().text(),
        };
        match answer.with(|answer| answer.uncounted) {
            // Of a count that is not known at all there is no more to say.
            _ if answer.with(Answer::is_unknown) => files,
            0 => files,
            count => format!("{files}, {count} not counted"),
        }
    };
    let why = move || {
        model
            .chosen
            .with(|model| answer.with(|answer| answer.why(model.as_ref())))
    };
    view! {
        <section class="bar" aria-label="Answer">
            <ModelButton />
            <div class="bar-answer">
                <p class="bar-price" data-testid="answer-usd">
                    <Explain subject=Subject::Request>
                        {move || view! { <span class="fresh">{answer.with(|answer| answer.usd_text())}</span> }}
                    </Explain>
                </p>
                <p class="bar-tokens">
                    <span data-testid="answer-tokens">{move || answer.with(|answer| says_tokens(answer).then(|| answer.tokens_text()))}</span>
                    {move || answer.with(|answer| says_tokens(answer).then(|| format!("{}{} · ", answer.tokens_unit(), with_text(answer))))}
                    <span data-testid="answer-files">{files}</span>
                </p>
            </div>
            <p class="bar-why" data-testid="answer-why">{why}</p>
            <div class="bar-verdict" hidden=is_empty>
                <VerdictText />
                {part(|lazy| lazy.fix, ())}
            </div>
        </section>
    }
}

/// The rows below say what the files cost without it.
const fn with_text(answer: &Answer) -> &'static str {
    if answer.has_counted { " with text" } else { "" }
}

/// Of a count that is not known, the price above says so already.
fn says_tokens(answer: &Answer) -> bool {
    !answer.is_nothing && !answer.is_unknown()
}
