//! What an image or a video is, in one line.

use super::joined::{joined, mark};
use leptos::prelude::*;
use tilewise::media::{ImageFacts, Kind, MediaFacts, VideoFacts};
use tilewise::units::{bytes, decimal, duration, grouped};

#[component]
pub(crate) fn Facts(
    facts: MediaFacts,
    /// Whether these facts are all there is.
    #[prop(optional)]
    is_stand_in: bool,
) -> impl IntoView {
    let size = facts.stored();
    let size = format!("{} × {}", grouped(size.width), grouped(size.height));
    let mut parts = match facts.bytes {
        None if is_stand_in => vec![size, "without a file".to_owned()],
        length => vec![
            facts.format.name().to_uppercase(),
            size,
            length.map_or_else(|| "size not known".to_owned(), bytes),
        ],
    };
    match &facts.kind {
        Kind::Image(image) => parts.extend(of_image(image)),
        Kind::Video(video) => parts.extend(of_video(video)),
    }
    // Figures that came by a link were read from no file.
    let read = (facts.bytes_read > 0).then(|| format!("read {} of it", bytes(facts.bytes_read)));
    let read = read.map(|read| view! { <span class="piece read">{mark()}{read}</span> });
    view! { <p class="facts" data-testid="facts">{joined(parts)}{read}</p> }
}

fn of_image(image: &ImageFacts) -> impl Iterator<Item = String> {
    let parts = [
        (
            !image.orientation.is_upright(),
            format!("orientation {}", image.orientation.number()),
        ),
        (image.animated == Some(true), "animated".to_owned()),
        (image.animated.is_none(), "may be animated".to_owned()),
        (image.has_alpha == Some(true), "alpha".to_owned()),
    ];
    let parts = parts.into_iter().filter(|(applies, _)| *applies);
    parts.map(|(_, text)| text)
}

fn of_video(video: &VideoFacts) -> impl Iterator<Item = String> {
    let unless_known =
        |known: Option<String>, what: &str| known.or(Some(format!("{what} not known")));
    let seconds = video.duration_ms.map(|ms| duration(ms / 1000.0));
    let rate = video
        .frame_rate
        .map(|rate| format!("{} frames a second", decimal(rate)));
    let sound = match video.has_audio {
        Some(true) => Some("with sound".to_owned()),
        Some(false) => Some("without sound".to_owned()),
        None => None,
    };
    let degrees = video.rotation.degrees();
    let turned = (degrees != 0).then(|| format!("turned by {degrees}°"));
    [
        unless_known(seconds, "duration"),
        unless_known(rate, "frame rate"),
        unless_known(video.codec.clone(), "codec"),
        sound,
        turned,
    ]
    .into_iter()
    .flatten()
}
