//! Curves of tokens, and how a chart shows them.
#![cfg(test)]

use proptest::prelude::*;
use tilewise::catalog;
use tilewise::media::{Format, ImageFacts, MediaFacts, Size, VideoFacts};
use tilewise::prepare::plan::plan;
use tilewise::prepare::{Goal, sizes::Sizes};
use tilewise::rule::{Options, Rule, Rules};
use tilewise::units::grouped;
use tilewise_www_core::curve::{Curve, Point};
use tilewise_www_core::size_curve::SizeCurve;
use tilewise_www_core::video_curve::{Axis, CountedVideo};

fn rules() -> Rules {
    let model = catalog::find("moonshotai/Kimi-K2.5");
    model.unwrap().rules().unwrap()
}

fn clip(frames: u64, frame_rate: f64) -> VideoFacts {
    VideoFacts {
        duration_ms: Some(frames as f64 / frame_rate * 1000.0),
        frame_rate: Some(frame_rate),
        frame_count: Some(frames),
        ..VideoFacts::default()
    }
}

/// A video of which only the duration is known.
fn recording(duration_ms: f64) -> VideoFacts {
    VideoFacts {
        duration_ms: Some(duration_ms),
        ..VideoFacts::default()
    }
}

fn curve(axis: Axis, rule: Rule, video: &VideoFacts, sample_fps: Option<f64>) -> Option<Curve> {
    let video = CountedVideo {
        rules: &rules(),
        rule,
        stored: Size::new(1920, 1080),
        video,
        sample_fps,
    };
    video.curve(axis)
}

fn published(axis: Axis, video: &VideoFacts, sample_fps: Option<f64>) -> Curve {
    curve(axis, Rule::Published, video, sample_fps).unwrap()
}

#[test]
fn a_curve_passes_through_the_video_as_it_stands() {
    for (video, sample_fps) in [
        (clip(900, 29.97), None),
        (clip(900, 29.97), Some(0.3)),
        (clip(900, 29.97), Some(12.0)),
        (clip(9, 1.5), None),
        (clip(1, 30.0), None),
        (recording(60_000.0), None),
    ] {
        for rule in Rule::ALL {
            let stored = Size::new(1920, 1080);
            let count = rules()
                .video(
                    rule,
                    stored,
                    &video,
                    &Options {
                        sample_fps,
                        ..Options::default()
                    },
                )
                .unwrap();
            for axis in Axis::ALL {
                let curve = curve(axis, rule, &video, sample_fps).unwrap();
                let points = curve.points();
                assert_eq!(
                    points[curve.current()].tokens,
                    count.tokens,
                    "{axis:?} {rule:?} {video:?}"
                );
                assert!(points.is_sorted_by(|a, b| a.at < b.at), "{curve:?}");
                assert!(points.len() <= 34);
            }
        }
    }
}

#[test]
fn sampling_ends_at_the_rate_of_the_video() {
    let last = |video: &VideoFacts, sample_fps| {
        let curve = published(Axis::Sampling, video, sample_fps);
        curve.point(curve.last()).unwrap().at
    };
    assert_eq!(last(&clip(900, 30.0), None), 8.0);
    assert_eq!(last(&clip(900, 30.0), Some(12.0)), 12.0);
    assert_eq!(last(&clip(900, 30.0), Some(60.0)), 30.0);
    assert_eq!(last(&clip(9, 1.5), None), 1.5);
    assert_eq!(last(&recording(60_000.0), None), 8.0);
}

#[test]
fn half_of_each_side_or_of_the_length_saves_what_it_should_by_the_published_rule() {
    let video = clip(900, 30.0);
    let tokens = |axis, at: f64| {
        let curve = published(axis, &video, None);
        let mut points = curve.points().iter();
        let point = points.find(|point| (point.at - at).abs() < 1e-9);
        point.unwrap().tokens
    };
    // 960×540 is 68×38 tiles; 60 frames of 30 s, and 30 of 15 s.
    assert_eq!(tokens(Axis::Resolution, 0.5), 60 * 68 * 38);
    assert_eq!(tokens(Axis::Length, 15.0), 30 * 137 * 77);
    assert_eq!(tokens(Axis::Sampling, 1.0), 30 * 137 * 77);
}

#[test]
fn a_point_says_in_words_where_it_lies() {
    let labels = Axis::ALL.map(|axis| {
        let curve = published(axis, &clip(900, 30.0), None);
        curve.point(curve.current()).unwrap().label.clone()
    });
    assert_eq!(
        labels,
        ["2 frames a second", "100 % of each side", "the first 30 s"]
    );
}

#[test]
fn a_point_is_compared_with_the_video_as_it_stands() {
    let curve = published(Axis::Sampling, &clip(900, 30.0), None);
    assert_eq!(curve.percent(curve.current()), Some(100));
    assert_eq!(curve.percent(1), Some(25));
    assert_eq!(curve.percent(31), Some(400));
    assert_eq!(curve.percent(99), None);
}

#[test]
fn a_video_without_duration_has_no_curve() {
    for axis in Axis::ALL {
        assert_eq!(
            curve(axis, Rule::Published, &VideoFacts::default(), None),
            None
        );
    }
}

#[test]
fn points_lie_as_far_across_as_the_steps_of_a_slider_and_as_high_as_their_tokens() {
    let curve = published(Axis::Length, &clip(900, 30.0), None);
    assert_eq!(curve.position(19), Some((1.0, 1.0)));
    assert_eq!(curve.position(0).map(|(x, _)| x), Some(0.0));
    let (x, y) = curve.position(9).unwrap();
    assert!((x - 9.0 / 19.0).abs() < 1e-9 && (y - 0.5).abs() < 1e-9);
    assert_eq!(curve.position(20), None);
}

#[test]
fn a_curve_is_drawn_as_a_line_an_area_and_a_dot() {
    let point = |at, tokens| Point {
        at,
        label: format!("{at} s"),
        tokens,
    };
    let curve = Curve::new(vec![point(1.0, 5), point(2.0, 20)], 1);
    assert_eq!(curve.line(), "M 0 0.25 L 1 1");
    assert_eq!(curve.area(), "M 0 0.25 L 1 1 L 1 0 L 0 0 Z");
    assert_eq!(curve.dot(0).as_deref(), Some("M 0 0.25 h 0"));
    assert_eq!(curve.dot(2), None);
    assert_eq!(curve.extent(), "From 5 tokens for 1 s to 20 tokens for 2 s");
}

#[test]
fn sizes_rise_to_the_image_as_it_stands_and_name_the_side_that_gives_each() {
    let rules = rules();
    let sizes = Sizes::new(Size::new(4032, 3024), Rule::Published, &rules);
    let SizeCurve { curve, .. } = SizeCurve::new(&sizes);
    let points = curve.points();
    assert!((2..=49).contains(&points.len()));
    assert!(
        points
            .windows(2)
            .all(|pair| pair[0].tokens < pair[1].tokens && pair[0].at < pair[1].at)
    );
    assert_eq!(points[curve.current()].label, "4,032 × 3,024 pixels");
    assert_eq!(curve.percent(curve.current()), Some(100));
    assert_eq!(curve.position(curve.current()), Some((1.0, 1.0)));
}

#[test]
fn the_side_of_a_point_is_a_goal_that_gives_its_size_and_tokens() {
    let rules = rules();
    let size = Size::new(4032, 3024);
    let mut photo = MediaFacts::image(Format::Jpeg, size, ImageFacts::default());
    photo.bytes = Some(3_000_000);
    let sizes = SizeCurve::new(&Sizes::new(size, Rule::Published, &rules));
    for (index, point) in sizes.curve.points().iter().enumerate() {
        let goal = Goal {
            max_side: sizes.max_side(index),
            ..Goal::default()
        };
        assert_eq!(goal.max_side.is_none(), index == sizes.curve.current());
        let planned = plan(&photo, &goal, &rules).unwrap();
        let Size { width, height } = planned.size;
        assert_eq!(
            format!("{} × {} pixels", grouped(width), grouped(height)),
            point.label
        );
        assert_eq!(planned.tokens.by(Rule::Published), Some(point.tokens));
    }
}

#[test]
fn a_curve_of_sizes_is_short_however_large_the_image() {
    let rules = rules();
    for (width, height) in [(1 << 31, 1 << 31), (u64::MAX, 1), (1, 1)] {
        for rule in Rule::ALL {
            let sizes = Sizes::new(Size::new(width, height), rule, &rules);
            let points = SizeCurve::new(&sizes).curve.last() + 1;
            assert!((1..=50).contains(&points), "{points} points");
        }
    }
}

/// What a header may claim, likely or not.
fn claims() -> impl Strategy<Value = VideoFacts> {
    let number = || prop_oneof![1.0..1e5, any::<f64>()];
    let count = prop_oneof![1..5_000_u64, any::<u64>()];
    (
        proptest::option::of(number()),
        proptest::option::of(number()),
        proptest::option::of(count),
    )
        .prop_map(|(duration_ms, frame_rate, frame_count)| VideoFacts {
            duration_ms,
            frame_rate,
            frame_count,
            ..VideoFacts::default()
        })
}

proptest! {
    #[test]
    fn whatever_a_header_claims_each_point_costs_something(video in claims(), sample_fps in any::<f64>()) {
        for sample_fps in [None, Some(sample_fps)] {
            for axis in Axis::ALL {
                for rule in Rule::ALL {
                    let curve = curve(axis, rule, &video, sample_fps);
                    let costs = curve.iter().flat_map(|curve| curve.points()).map(|point| point.tokens);
                    prop_assert!(costs.min().is_none_or(|tokens| tokens >= 1));
                }
            }
        }
    }
}

#[test]
fn a_video_can_be_made_cheaper_under_every_rule_that_counts_it() {
    let video = clip(900, 29.97);
    let stored = Size::new(1920, 1080);
    let mut counted = 0;
    for model in catalog::models() {
        let Some(rules) = model.rules() else { continue };
        let rule = rules.chosen(None);
        if rules
            .video(rule, stored, &video, &Options::default())
            .is_err()
        {
            continue;
        }
        counted += 1;
        let video = CountedVideo {
            rules: &rules,
            rule,
            stored,
            video: &video,
            sample_fps: None,
        };
        for axis in [Axis::Resolution, Axis::Length] {
            assert!(video.curve(axis).is_some(), "{} {axis:?}", model.id);
        }
        let sampled = rules.family().sample_fps().is_some();
        assert_eq!(
            video.curve(Axis::Sampling).is_some(),
            sampled,
            "{}",
            model.id
        );
    }
    assert!(counted > 10);
    let flash = catalog::find("qwen3.8-flash").unwrap().rules().unwrap();
    let flash = CountedVideo {
        rules: &flash,
        rule: flash.chosen(None),
        stored: Size::new(640, 360),
        video: &video,
        sample_fps: None,
    };
    let rates = flash.curve(Axis::Sampling).unwrap();
    assert!(rates.percent(0).unwrap() < 60);
}

#[test]
fn the_side_that_was_asked_for_is_found_again_among_the_sizes() {
    let rules = rules();
    let sizes = SizeCurve::new(&Sizes::new(Size::new(4032, 3024), Rule::Published, &rules));
    for index in 0..sizes.curve.last() {
        let side = sizes.max_side(index).unwrap();
        assert_eq!(sizes.within(side), Some(index));
        assert_eq!(sizes.within(side + 1), Some(index));
    }
    assert_eq!(sizes.within(u64::MAX), Some(sizes.curve.current()));
    assert_eq!(sizes.within(1), None);
}
