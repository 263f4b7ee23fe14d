//! What one image or video costs.

use super::explain::Explain;
use crate::state::explain::Subject;
use leptos::prelude::*;
use tilewise::estimate::MediaEstimate;
use tilewise::rule::Rule;
use tilewise::units::grouped;

#[component]
pub(crate) fn Figures(id: usize, estimate: MediaEstimate, is_video: bool) -> impl IntoView {
    let tokens = |rule: Rule| {
        let count = estimate.tokens.by(rule);
        let text = count.map_or_else(|| "not known".to_owned(), grouped);
        let subject = Subject::Item {
            id,
            rule: Some(rule),
        };
        view! { <Explain subject>{text}</Explain> }
    };
    let subject = Subject::Item { id, rule: None };
    let usd = estimate.usd.map(|usd| usd.to_string());
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
                <dd data-testid="published">{tokens(Rule::Published)}</dd>
            </div>
            <div>
                <dt>"Processor rule"</dt>
                <dd data-testid="processor">{tokens(Rule::Processor)}</dd>
            </div>
            {is_video.then(|| view! {
                <div>
                    <dt>"Frames"</dt>
                    <dd data-testid="frames">{frames}</dd>
                </div>
            })}
            <div>
                <dt>{grid.unwrap_or_default()}</dt>
                <dd data-testid="usd">{usd.map(|usd| view! { <Explain subject>{usd}</Explain> })}</dd>
            </div>
        </dl>
    }
}
