//! The frames of a video that the model would look at, with their time stamps.

use crate::player::PlayerError;
use crate::strip::{Frame, Phase, Source, Strip};
use leptos::prelude::*;
use tilewise::rule::Sampling;
use tilewise::units::grouped;

#[component]
pub(crate) fn FrameStrip(source: Source, sampling: Sampling) -> impl IntoView {
    let [width, height] = [source.stored.width, source.stored.height].map(|side| side.to_string());
    let strip = Strip::new(source, sampling);
    on_cleanup(move || strip.release());
    strip.start();
    let total = strip.len();
    let status = move || match strip.phase.get() {
        Phase::Idle => String::new(),
        Phase::Rendering => "Rendering…".to_owned(),
        Phase::Cancelled => "Cancelled".to_owned(),
        Phase::Done => format!("{total} drawn"),
        Phase::Failed(error) => reason(error).to_owned(),
    };
    let is_rendering = move || strip.phase.get() == Phase::Rendering;
    let is_over = move || !matches!(strip.phase.get(), Phase::Rendering | Phase::Cancelled);
    view! {
        <section class="strip" aria-labelledby="strip-title">
            <h3 id="strip-title">"The frames that the model looks at"</h3>
            <p class="hint">{describe(&sampling, strip)}</p>
            <div class="row">
                <span class="status" role="status" data-testid="strip-status">{status}</span>
                // Beside the status, which would be read out at each frame.
                <progress hidden=is_over value=move || strip.drawn.get().to_string() max=total.to_string() aria-label="Frames drawn" />
                <span class="status" hidden=is_over>{move || format!("{} of {total}", strip.drawn.get())}</span>
                <button
                    type="button"
                    class="quiet"
                    hidden=is_over
                    on:click=move |_| if is_rendering() { strip.cancel() } else { strip.start() }
                >
                    {move || if is_rendering() { "Cancel" } else { "Go on" }}
                </button>
            </div>
            <div class="frames">
                <ol>
                    {strip.chunks.get_value().into_iter().map(|chunk| view! {
                        <li>
                            <ol class="chunk" style=("--width", width.clone()) style=("--height", height.clone())>
                                {chunk.into_iter().map(thumbnail).collect_view()}
                            </ol>
                        </li>
                    }).collect_view()}
                </ol>
            </div>
        </section>
    }
}

fn thumbnail(frame: Frame) -> impl IntoView {
    let stamp = frame.sample.time_stamp();
    let alt = format!("Frame at {stamp}");
    let shown = move || {
        if frame.image.with(Option::is_some) {
            alt.clone()
        } else {
            String::new()
        }
    };
    view! {
        <li class="thumbnail">
            <img src=move || frame.image.get() alt=shown />
            <span class="stamp">{stamp}</span>
        </li>
    }
}

fn describe(sampling: &Sampling, strip: Strip) -> String {
    let count = |number: u64, what: &str| match number {
        1 => format!("1 {what}"),
        _ => format!("{} {what}s", grouped(number)),
    };
    let shown = if strip.len() as u64 == sampling.frames() {
        String::new()
    } else {
        format!(
            " Shown are {} in {}, evenly chosen.",
            count(strip.len() as u64, "frame"),
            count(strip.chunks.with_value(Vec::len) as u64, "chunk")
        )
    };
    format!(
        "{} in {}. The model reads the time stamp in bold before each row; by its own processor, the frames of a row share the tokens of one.{shown}",
        count(sampling.frames(), "frame"),
        count(sampling.chunk_count(), "chunk")
    )
}

fn reason(error: PlayerError) -> &'static str {
    match error {
        PlayerError::Closed => "Cancelled.",
        PlayerError::Unplayable => {
            "The browser cannot read its frames: it cannot decode them, or its server does not let pages do so (CORS)."
        }
        PlayerError::Forbidden => "The browser does not let this page read the frames.",
    }
}
