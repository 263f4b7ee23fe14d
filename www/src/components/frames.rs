//! The frames of a video that the model looks at, and what a shorter, smaller or slower video would cost.

use super::copy_button::CopyButton;
use super::curve::Chart;
use super::frame_strip::FrameStrip;
use crate::state::estimate::EstimateState;
use crate::state::items::Item;
use crate::state::model::ModelState;
use crate::strip::Source;
use leptos::prelude::*;
use tilewise::media::{Kind, MediaFacts, Size, VideoFacts};
use tilewise::units::grouped;
use tilewise_www_core::curve::Curve;
use tilewise_www_core::video_curve::Axis;
use tilewise_www_core::video_plan::VideoPlan;

#[component]
pub(crate) fn Frames(item: Item, facts: MediaFacts) -> impl IntoView {
    let model = expect_context::<ModelState>();
    let Kind::Video(video) = facts.kind.clone() else {
        return None;
    };
    let stored = facts.stored();
    let sampling = {
        let video = video.clone();
        Memo::new(move |_| model.sampling(&video))
    };
    let source = item.preview_url().map(|url| Source {
        url,
        stored,
        turned: video.rotation.degrees(),
    });
    let strip = move || {
        let source = source.clone().zip(sampling.get());
        source.map(|(source, sampling)| view! { <FrameStrip source sampling /> })
    };
    let estimate = expect_context::<EstimateState>();
    let is_countable = {
        let video = video.clone();
        Memo::new(move |_| estimate.curve(Axis::Resolution, stored, &video).is_some())
    };
    let hint = move || {
        if !is_countable.get() {
            Some("It is not known how this model counts this video.")
        } else if sampling.with(Option::is_none) {
            Some("Which frames this model looks at is not known one by one, so none are shown.")
        } else {
            None
        }
    };
    let plan = {
        let (id, name) = (item.id, item.name);
        move || {
            let (name, video) = (name.clone(), video.clone());
            is_countable
                .get()
                .then(|| view! { <PlanForm id name stored video /> })
        }
    };
    Some(view! {
        <div class="frames-tab">
            {plan}
            {move || hint().map(|hint| view! { <p class="hint">{hint}</p> })}
            {strip}
        </div>
    })
}

/// Three sliders that make one plan.
#[component]
fn PlanForm(id: usize, name: String, stored: Size, video: VideoFacts) -> impl IntoView {
    let estimate = expect_context::<EstimateState>();
    let axes = Axis::ALL.map(|axis| {
        let video = video.clone();
        let curve = Memo::new(move |_| estimate.curve(axis, stored, &video));
        // The point that is looked at; `None` for the video as it stands.
        (axis, curve, RwSignal::new(None::<usize>))
    });
    let plan = Memo::new(move |_| {
        let [fps, side, seconds] = axes
            .map(|(_, curve, chosen)| curve.with(|curve| changed(curve.as_ref(), chosen.get())));
        VideoPlan { fps, side, seconds }
    });
    let outcome = move || {
        let plan = plan.get();
        if plan.is_idle() {
            return None;
        }
        let tokens = estimate.planned_tokens(&plan, stored, &video)?;
        let (now, then) = estimate.with_plan(&plan, id)?;
        Some(view! {
            <p class="outcome" data-testid="plan">
                <strong>{grouped(tokens)}" tokens"</strong>
                <small>{format!("The whole request: {then} in place of {now}")}</small>
            </p>
        })
    };
    let command = Memo::new(move |_| plan.with(|plan| plan.command(&name, stored)));
    view! {
        <section class="plan" aria-labelledby="plan-title">
            <h3 id="plan-title">"Fewer frames, smaller, shorter"</h3>
            <div class="curves">
                {axes.map(|(axis, curve, chosen)| view! {
                    <Show when=move || curve.with(Option::is_some)>
                        <Chart title=axis.title() curve chosen />
                    </Show>
                })}
            </div>
            <div aria-live="polite">{outcome}</div>
            <Show when=move || !plan.with(VideoPlan::is_idle)>
                <div class="command">
                    <code data-testid="ffmpeg">{command}</code>
                    <CopyButton label="Copy command" text=move |()| command.get_untracked() />
                </div>
            </Show>
        </section>
    }
}

/// Where a slider stands that was moved.
fn changed(curve: Option<&Curve>, chosen: Option<usize>) -> Option<f64> {
    let curve = curve?;
    let index = chosen.filter(|index| *index != curve.current())?;
    curve.point(index).map(|point| point.at)
}
