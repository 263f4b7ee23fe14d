//! A video as the page shows it, and the frames that the model looks at.

use super::frame_strip::FrameStrip;
use super::poster::Poster;
use super::savings::Savings;
use crate::state::model::ModelState;
use crate::strip::Source;
use leptos::prelude::*;
use tilewise::media::{Format, Size, VideoFacts};
use tilewise::rule::Grid;

#[derive(Clone, Debug)]
pub(crate) struct Clip {
    pub(crate) url: Option<String>,
    pub(crate) has_file: bool,
    pub(crate) name: String,
    pub(crate) grid: Signal<Option<Grid>>,
    pub(crate) stored: Size,
    pub(crate) format: Format,
    pub(crate) video: VideoFacts,
    /// As far as is known yet.
    pub(crate) is_playable: RwSignal<bool>,
}

/// A frame under its tiles, or why there is none.
#[component]
pub(crate) fn Shown(clip: Clip) -> impl IntoView {
    // The browser does not tell whether loading a URL failed, or decoding what is behind it.
    let verb = if clip.has_file {
        "play"
    } else {
        "load or play"
    };
    let unplayable = format!(
        "This browser cannot {verb} {} in {}, so no frames are shown.",
        clip.video.codec.as_deref().unwrap_or("this video"),
        clip.format.name()
    );
    move || {
        if !clip.is_playable.get() {
            return view! { <p class="hint">{unplayable.clone()}</p> }.into_any();
        }
        let Clip {
            url, name, video, ..
        } = clip.clone();
        view! { <Poster url name video grid=clip.grid playable=clip.is_playable /> }.into_any()
    }
}

/// The frames that are sampled, and what fewer would save.
#[component]
pub(crate) fn Frames(clip: Clip) -> impl IntoView {
    let model = expect_context::<ModelState>();
    let Clip {
        url,
        stored,
        video,
        is_playable,
        ..
    } = clip;
    let sampling = {
        let video = video.clone();
        Memo::new(move |_| model.sampling(&video))
    };
    let source = url.map(|url| Source {
        url,
        stored,
        turned: video.rotation.degrees(),
    });
    let strip = move || {
        let source = source.clone().filter(|_| is_playable.get());
        source
            .zip(sampling.get())
            .map(|(source, sampling)| view! { <FrameStrip source sampling /> })
    };
    let is_countable = Memo::new(move |_| sampling.with(Option::is_some));
    let savings = move || {
        let video = video.clone();
        is_countable
            .get()
            .then(|| view! { <Savings stored video /> })
    };
    view! {
        {strip}
        {savings}
    }
}
