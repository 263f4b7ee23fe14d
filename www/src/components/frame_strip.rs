//! The frames of a video that the model would look at, with their time stamps.

use crate::player::Trouble;
use crate::strip::{Frame, Phase, Source, Strip};
use leptos::prelude::*;
use tilewise::rule::Sampling;
use tilewise::units::grouped;

#[component]
pub(crate) fn FrameStrip(source: Source, sampling: Sampling) -> impl IntoView {
    let shape = format!(
        "--width: {}; --height: {}",
        source.stored.width, source.stored.height
    );
    let strip = Strip::new(source, sampling);
    on_cleanup(move || strip.release());
    let is = move |phase| strip.phase.get() == phase;
    let total = strip.len();
    let status = move || match strip.phase.get() {
        Phase::Idle => String::new(),
        Phase::Drawing => "Drawing…".to_owned(),
        Phase::Cancelled => "Cancelled".to_owned(),
        Phase::Done => format!("{total} drawn"),
        Phase::Failed(trouble) => reason(trouble).to_owned(),
    };
    view! {
        <details class="strip" on:toggle:target=move |event| {
            if event.target().open() && strip.phase.get_untracked() == Phase::Idle {
                strip.start();
            }
        }>
            <summary>"The frames that the model looks at"</summary>
            <p class="hint">{describe(&sampling, strip)}</p>
            <div class="row">
                <span class="status" role="status" data-testid="strip-status">{status}</span>
                // Beside the status, which would be read out at each frame.
                <Show when=move || is(Phase::Drawing) || is(Phase::Cancelled)>
                    <progress value=move || strip.drawn.get().to_string() max=total.to_string() aria-label="Frames drawn" />
                    <span class="status">{move || format!("{} of {total}", strip.drawn.get())}</span>
                </Show>
                <Show when=move || is(Phase::Drawing)>
                    <button type="button" class="quiet" on:click=move |_| strip.cancel()>"Cancel"</button>
                </Show>
                <Show when=move || is(Phase::Cancelled)>
                    <button type="button" class="quiet" on:click=move |_| strip.start()>"Go on"</button>
                </Show>
            </div>
            // A region that scrolls must take the keyboard's focus.
            <div class="film" tabindex="0" role="region" aria-label="Sampled frames">
                <ol>
                    {strip.chunks.get_value().into_iter().map(|chunk| view! {
                        <li>
                            <ol class="chunk" style=shape.clone()>
                                {chunk.into_iter().map(|frame| view! { <Thumbnail frame /> }).collect_view()}
                            </ol>
                        </li>
                    }).collect_view()}
                </ol>
            </div>
        </details>
    }
}

#[component]
fn Thumbnail(frame: Frame) -> impl IntoView {
    let stamp = frame.sample.time_stamp();
    let alt = format!("Frame at {stamp}");
    view! {
        <li class="thumbnail">
            {move || match frame.picture.get() {
                Some(picture) => view! { <img src=picture alt=alt.clone() /> }.into_any(),
                None => view! { <span class="blank"></span> }.into_any(),
            }}
            <span class="stamp">{stamp}</span>
        </li>
    }
}

fn describe(sampling: &Sampling, strip: Strip) -> String {
    let count = |number: u64, what: &str| match number {
        1 => format!("1 {what}"),
        _ => format!("{} {what}s", grouped(number)),
    };
    let shown = match strip.len() as u64 == sampling.frames() {
        true => String::new(),
        false => format!(
            " Shown are {} in {}, evenly chosen.",
            count(strip.len() as u64, "frame"),
            count(strip.chunks.with_value(Vec::len) as u64, "chunk")
        ),
    };
    format!(
        "{} in {}. The model reads the time stamp in bold before each row; by its own processor, the frames of a row share the tokens of one.{shown}",
        count(sampling.frames(), "frame"),
        count(sampling.chunk_count(), "chunk")
    )
}

fn reason(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::Closed => "Cancelled.",
        Trouble::Unplayable => {
            "The browser cannot read its frames: it cannot decode them, or its server does not let pages do so (CORS)."
        }
        Trouble::Forbidden => "The browser does not let this page read the frames.",
    }
}
