//! What fewer frames, fewer pixels or less of its length would save of a video's tokens.

use super::curve::Chart;
use crate::state::State;
use leptos::prelude::*;
use tilewise::media::{Size, VideoFacts};
use tilewise::rule::Rule;
use tilewise_www_core::video_curve::Axis;

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
                // The point that is looked at; `None` for the video as it stands.
                let chosen = RwSignal::new(None);
                view! { <Chart title=axis.title() curve chosen /> }
            })}
        </div>
    }
}
