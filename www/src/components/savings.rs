//! What fewer frames, fewer pixels or less of its length would save of a video's tokens.

use super::curve::Chart;
use crate::state::estimate::EstimateState;
use crate::state::model::ModelState;
use leptos::prelude::*;
use tilewise::media::{Size, VideoFacts};
use tilewise::rule::Rule;
use tilewise_www_core::video_curve::Axis;

#[component]
pub(crate) fn Savings(stored: Size, video: VideoFacts) -> impl IntoView {
    let estimate = expect_context::<EstimateState>();
    let model = expect_context::<ModelState>();
    let rule = move || match model.counted_by() {
        Rule::Published => "How to save tokens, by the published rule",
        Rule::Processor => "How to save tokens, by the model's own processor",
    };
    view! {
        <h4>{rule}</h4>
        <div class="curves">
            {Axis::ALL.map(|axis| {
                let video = video.clone();
                let curve = Memo::new(move |_| estimate.curve(axis, stored, &video));
                // The point that is looked at; `None` for the video as it stands.
                let chosen = RwSignal::new(None);
                view! { <Chart title=axis.title() curve chosen /> }
            })}
        </div>
    }
}
