//! What is behind a URL that the page may show and not read.

use crate::player::release;
use js_sys::Promise;
use leptos::prelude::document;
use tilewise::media::{Format, ImageFacts, MediaFacts, Size, VideoFacts};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Event, HtmlImageElement, HtmlVideoElement, Url};

/// As the browser shows it, and in the format that its name promises: where it promises none, an image or a video in the
/// format of most. `None` where the browser shows nothing.
pub(crate) async fn measure(url: &str) -> Option<MediaFacts> {
    let path = Url::new(url).ok()?.pathname();
    match Format::promised_by(&path) {
        Some(format) if format.is_video() => video(url, format).await,
        Some(format) => image(url, format).await,
        None => match image(url, Format::Jpeg).await {
            Some(facts) => Some(facts),
            None => video(url, Format::Mp4).await,
        },
    }
}

async fn image(url: &str, format: Format) -> Option<MediaFacts> {
    let image = HtmlImageElement::new().ok()?;
    image.set_referrer_policy("no-referrer");
    let loaded = Promise::new(&mut |loaded, failed| {
        image.set_onload(Some(&loaded));
        image.set_onerror(Some(&failed));
    });
    image.set_src(url);
    JsFuture::from(loaded).await.ok()?;
    let size = shown(image.natural_width(), image.natural_height())?;
    Some(MediaFacts::image(format, size, ImageFacts::default()))
}

async fn video(url: &str, format: Format) -> Option<MediaFacts> {
    let video = document().create_element("video").ok()?;
    let video: HtmlVideoElement = video.dyn_into().ok()?;
    let told = Promise::new(&mut |told, _| {
        video.set_onloadedmetadata(Some(&told));
        video.set_onerror(Some(&told));
    });
    video.set_muted(true);
    video.set_preload("metadata");
    video.set_src(url);
    let told: Event = JsFuture::from(told).await.ok()?.dyn_into().ok()?;
    let size = shown(video.video_width(), video.video_height());
    let seconds = video.duration();
    release(&video);
    let is_loaded = told.type_() == "loadedmetadata";
    let size = size.filter(|_| is_loaded)?;
    // A stream that goes on has no end.
    let duration_ms = Some(seconds * 1_000.0).filter(|ms| ms.is_finite());
    let facts = VideoFacts {
        duration_ms,
        ..VideoFacts::default()
    };
    Some(MediaFacts::video(format, size, facts))
}

fn shown(width: u32, height: u32) -> Option<Size> {
    (width > 0 && height > 0).then(|| Size::new(width.into(), height.into()))
}
