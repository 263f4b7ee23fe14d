//! Gauges and sliders of a request.
#![cfg(test)]

use tilewise::catalog;
use tilewise::estimate::{EstimateOptions, WhatIf, estimate};
use tilewise::media::{Format, ImageFacts, MediaFacts, Size, VideoFacts};
use tilewise::request::{Draft, MediaPart, Via};
use tilewise_www_core::drag::edge_scroll;
use tilewise_www_core::gauge::gauges;
use tilewise_www_core::sliders::{Ranges, largest};
use tilewise_www_core::thumbnail::frame_at;

fn draft(media: Vec<MediaPart>) -> Draft {
    let mut draft = Draft::new("moonshotai/Kimi-K2.5", "What is this?");
    draft.media = media;
    draft
}

fn image(width: u64, height: u64) -> MediaFacts {
    let image = ImageFacts::default();
    let mut facts = MediaFacts::image(Format::Jpeg, Size::new(width, height), image);
    facts.bytes = Some(45_000_000);
    facts
}

fn images(count: usize) -> Vec<MediaPart> {
    vec![MediaPart::base64(image(28, 28)); count]
}

fn video() -> MediaPart {
    let size = Size::new(28, 28);
    let video = VideoFacts::default();
    MediaPart::base64(MediaFacts::video(Format::Mp4, size, video))
}

#[test]
fn gauges_show_how_much_of_each_limit_is_used() {
    let mut by_url = MediaPart::base64(image(28, 28));
    by_url.via = Via::Url(Some("https://example.com/photo.jpg".to_owned()));
    let estimate = estimate(&draft(vec![by_url; 3]), &EstimateOptions::default());
    let gauges = gauges(&estimate.usage, &estimate.limits, Some(1));
    let shown = gauges.each_ref().map(|gauge| (gauge.name, gauge.text()));
    assert!(shown.contains(&("Images", "3 of 96".into())), "{shown:?}");
    assert!(
        shown.contains(&("Largest image by URL", "45.00 MB of 90.00 MB".into())),
        "{shown:?}"
    );
    assert_eq!(gauges[4].share(), 0.5);
    assert!(gauges[5].is_exceeded() && gauges[5].share() == 1.0);
}

#[test]
fn a_gauge_without_a_known_limit_is_empty_and_says_so() {
    let estimate = estimate(&draft(images(1)), &EstimateOptions::default());
    let context = &gauges(&estimate.usage, &estimate.limits, None)[5];
    assert!(context.text().ends_with(", no limit known"));
    assert!(!context.is_exceeded() && context.share() == 0.0);
}

#[test]
fn sliders_go_as_far_as_the_limits_and_stand_where_the_request_does() {
    let limits = catalog::find("moonshotai/Kimi-K2.5").unwrap().limits;
    let mut media = images(3);
    media.push(video());
    let ranges = Ranges::new(&draft(media), &EstimateOptions::default());
    assert_eq!(
        (ranges.images, Some(ranges.max_images)),
        (3, limits.max_images)
    );
    assert_eq!((ranges.sample_fps, ranges.max_sample_fps), (Some(2.0), 8.0));
}

#[test]
fn a_slider_goes_at_least_as_far_as_the_request_is() {
    let options = EstimateOptions {
        sample_fps: Some(12.0),
        ..EstimateOptions::default()
    };
    let mut media = images(97);
    media.push(video());
    let ranges = Ranges::new(&draft(media), &options);
    assert_eq!((ranges.images, ranges.max_images), (97, 97));
    assert_eq!(
        (ranges.sample_fps, ranges.max_sample_fps),
        (Some(12.0), 12.0)
    );
}

#[test]
fn images_alone_have_no_frames_to_sample_and_nothing_has_no_sliders() {
    let ranges = |media| Ranges::new(&draft(media), &EstimateOptions::default());
    assert_eq!(ranges(images(1)).sample_fps, None);
    assert!(ranges(images(1)).has_media && !ranges(Vec::new()).has_media);
}

#[test]
fn the_largest_item_is_named_by_its_size_after_the_change() {
    let half = WhatIf {
        size_percent: Some(50),
        ..WhatIf::default()
    };
    let media = [image(10, 10), image(4033, 3024)].map(MediaPart::base64);
    let text = largest(&half, &draft(media.to_vec()));
    assert_eq!(text.as_deref(), Some("2,017 × 1,512"));
    assert_eq!(largest(&half, &draft(Vec::new())), None);
}

#[test]
fn the_frame_that_stands_for_a_video_is_near_its_beginning() {
    let at = |duration_ms| {
        frame_at(&VideoFacts {
            duration_ms,
            ..VideoFacts::default()
        })
    };
    assert_eq!(at(None), 0.0);
    assert_eq!(at(Some(4_000.0)), 0.4);
    assert_eq!(at(Some(7_200_000.0)), 3.0);
}

#[test]
fn a_page_scrolls_under_what_is_dragged_to_its_edges_and_faster_the_nearer() {
    assert_eq!(edge_scroll(400.0, 800.0), 0.0);
    assert!(
        edge_scroll(100.0, 800.0) < 0.0 && edge_scroll(10.0, 800.0) < edge_scroll(100.0, 800.0)
    );
    assert!(
        edge_scroll(700.0, 800.0) > 0.0 && edge_scroll(790.0, 800.0) > edge_scroll(700.0, 800.0)
    );
    assert!(edge_scroll(-500.0, 800.0) >= -18.0 && edge_scroll(5_000.0, 800.0) <= 18.0);
}
