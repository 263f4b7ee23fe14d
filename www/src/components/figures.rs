//! What one medium costs.

use leptos::prelude::*;
use tilewise::estimate::MediaEstimate;
use tilewise::units::grouped;

#[component]
pub(crate) fn Figures(estimate: MediaEstimate, is_video: bool) -> impl IntoView {
    let tokens = |count: Option<u64>| count.map_or_else(|| "not known".to_owned(), grouped);
    let grid = estimate
        .grid
        .map(|grid| format!("{} × {} tiles", grouped(grid.columns), grouped(grid.rows)));
    let frames = match estimate.frames {
        0 => "not known".to_owned(),
        frames => grouped(frames),
    };
    view! {
        <dl class="figures" class:of-video=is_video>
            <div>
                <dt>"Published rule"</dt>
                <dd data-testid="published">{tokens(estimate.tokens.published)}</dd>
            </div>
            <div>
                <dt>"Processor rule"</dt>
                <dd data-testid="processor">{tokens(estimate.tokens.processor)}</dd>
            </div>
            {is_video.then(|| view! {
                <div>
                    <dt>"Frames"</dt>
                    <dd data-testid="frames">{frames}</dd>
                </div>
            })}
            <div>
                <dt>{grid.unwrap_or_default()}</dt>
                <dd data-testid="usd">{estimate.usd.map(|usd| usd.to_string())}</dd>
            </div>
        </dl>
    }
}
