use crate::fixtures::{image, video};
use proptest::prelude::*;
use tilewise::estimate::{EstimateOptions, Volume, WhatIf, estimate};
use tilewise::link::{Link, LinkError, Linked};
use tilewise::media::{Format, ImageFacts, MediaFacts, Orientation, Rotation, Size, VideoFacts};
use tilewise::request::{Detail, Draft, MediaPart, Via};
use tilewise::rule::Rule;

const MODEL: &str = "moonshotai/Kimi-K2.6";

fn linked(facts: &MediaFacts) -> Linked {
    Linked::from(MediaPart::base64(facts.clone()))
}

fn read(text: &str) -> Result<Link, LinkError> {
    text.parse()
}

fn with(field: &str) -> Result<Link, LinkError> {
    read(&format!("1&model={MODEL}&rule=published&{field}"))
}

fn media(media: &str) -> Result<Link, LinkError> {
    with(&format!("media={media}"))
}

#[test]
fn a_link_is_short_and_can_be_read_by_people() {
    let turned = ImageFacts {
        orientation: Orientation::new(6).unwrap(),
        animated: Some(false),
        has_alpha: None,
    };
    let photo = MediaFacts::image(Format::Jpeg, Size::new(4032, 3024), turned);
    let photo = photo.with_bytes(3_100_000);
    let link = Link {
        rule: Rule::Processor,
        detail: Some(Detail::High),
        sample_fps: Some(0.5),
        max_tokens: Some(1_024),
        volume: Volume { requests_a_day: 50 },
        what_if: WhatIf {
            size_percent: Some(50),
            sample_fps: Some(1.25),
            images: Some(12),
        },
        media: vec![
            linked(&photo),
            Linked::from(MediaPart::url(
                video(1920, 1080, 299, 29.97),
                "https://example.com/secret.mp4",
            )),
        ],
        ..Link::new(MODEL)
    };
    let text = link.fragment().unwrap();
    assert_eq!(
        text,
        "1&model=moonshotai/Kimi-K2.6&rule=processor&detail=high&fps=0.5&max=1024&daily=50\
         &if-size=50&if-fps=1.25&if-pictures=12\
         &media=jpeg_4032x3024_b3100000_s3024x4032_o6_a0,mp4_1920x1080_b1000000_u_d9976.643309976644_f29.97_n299"
    );
    assert_eq!(read(&text), Ok(link));
}

#[test]
fn what_is_no_link_is_refused_with_its_reason() {
    for (text, why) in [
        ("", LinkError::Foreign),
        ("media-title", LinkError::Foreign),
        ("model=a&rule=published", LinkError::Foreign),
        ("2&model=a&more=1", LinkError::OtherVersion),
        ("2&else=a", LinkError::Foreign),
        ("1&", LinkError::Damaged),
        ("1&rule=published", LinkError::Damaged),
        ("1&model=&rule=published", LinkError::Damaged),
        ("1&model=a b", LinkError::Damaged),
        ("1&model=<script>", LinkError::Damaged),
        ("1&model=a&model=b", LinkError::Damaged),
        ("1&model=a&rule=other", LinkError::Damaged),
        ("1&model=a&unknown=1", LinkError::Damaged),
    ] {
        assert_eq!(read(text), Err(why), "{text}");
        assert!(!why.to_string().is_empty());
    }
}

#[test]
fn numbers_out_of_their_bounds_are_refused() {
    for field in [
        "fps=0",
        "fps=-1",
        "fps=NaN",
        "fps=inf",
        "fps=1e3",
        "fps=1001",
        "fps=",
        "fps=1.2.3",
        "max=0",
        "max=1.5",
        "max=99999999999999999999",
        "max=+5",
        "daily=0",
        "daily= 1",
        "if-size=0",
        "if-size=101",
        "if-fps=0",
        "if-pictures=0",
        "if-pictures=1001",
        "detail=LOW",
    ] {
        assert_eq!(with(field), Err(LinkError::Damaged), "{field}");
    }
    assert!(with("fps=1000").is_ok());
}

#[test]
fn media_that_are_not_exactly_of_the_form_are_refused() {
    for text in [
        "",
        "jpeg",
        "jpeg_",
        "jpeg_10",
        "jpeg_10x",
        "jpeg_0x10",
        "jpeg_10x10_",
        "jpeg_10x10_b",
        "jpeg_10x10_b1.5",
        "jpeg_10x10_o9",
        "jpeg_10x10_o0",
        "jpeg_10x10_a2",
        "jpeg_10x10_d5",
        "jpeg_10x10_é",
        "jpeg_10x10_u1",
        "mp4_10x10_o6",
        "mp4_10x10_r45",
        "mp4_10x10_d1e9",
        "mp4_10x10_f0",
        "mp4_10x10_d99999999999999",
        "psd_10x10",
        "jpeg_10x10,",
        ",jpeg_10x10",
    ] {
        assert_eq!(media(text), Err(LinkError::Damaged), "{text}");
    }
}

#[test]
fn a_link_is_bounded_in_length_and_in_media() {
    let some = |count: usize| Link {
        media: vec![linked(&image(28, 28, 10)); count],
        ..Link::new(MODEL)
    };
    assert!(some(108).fragment().is_some());
    assert_eq!(some(201).fragment(), None);
    let long = format!("1&model={MODEL}&media={}", "jpeg_10x10,".repeat(1_000));
    assert_eq!(read(&long), Err(LinkError::TooLong));
    assert_eq!(Link::new("a b").fragment(), None);
    assert_eq!(Link::new("m".repeat(101)).fragment(), None);
}

#[test]
fn a_link_leads_to_the_same_figures() {
    let parts = [
        MediaPart::base64(image(4032, 3024, 900_000)),
        MediaPart::url(image(4032, 3024, 70_000_000), "https://example.com/a"),
        MediaPart::base64(video(1280, 720, 432, 24.0)),
    ];
    let link = Link {
        media: parts.iter().cloned().map(Linked::from).collect(),
        ..Link::new(MODEL)
    };
    let back = read(&link.fragment().unwrap()).unwrap();
    let again = back.media.into_iter().map(|linked| MediaPart {
        via: if linked.by_url {
            Via::Url(None)
        } else {
            Via::Base64 { bytes: None }
        },
        ..MediaPart::base64(linked.facts)
    });
    let of = |media: Vec<MediaPart>| {
        let mut draft = Draft::new(MODEL, "What is this?");
        draft.media = media;
        estimate(&draft, &EstimateOptions::default())
    };
    let (there, here) = (of(again.collect()), of(parts.to_vec()));
    assert_eq!(there.media, here.media);
    assert_eq!(there.cost, here.cost);
    assert_eq!(there.usage.media_bytes, here.usage.media_bytes);
    // The address itself is not in the link.
    let address = "https://example.com/a".len() as u64;
    assert_eq!(there.body_bytes + address, here.body_bytes);
}

fn any_medium() -> impl Strategy<Value = MediaFacts> {
    let side = || 1..u64::MAX;
    let flag = || prop::option::of(any::<bool>());
    let image = (
        side(),
        side(),
        1..9_u8,
        flag(),
        flag(),
        prop::option::of(any::<u64>()),
    )
        .prop_map(|(width, height, orientation, animated, has_alpha, bytes)| {
            let image = ImageFacts {
                orientation: Orientation::new(orientation).unwrap(),
                animated,
                has_alpha,
            };
            MediaFacts::image(Format::Webp, Size::new(width, height), image).with_bytes(bytes)
        });
    let video = (
        side(),
        side(),
        0..4_u64,
        prop::option::of(0.0..3e10),
        prop::option::of(0.001..1_000.0),
        prop::option::of(any::<u64>()),
        any::<bool>(),
    )
        .prop_map(
            |(width, height, turns, duration_ms, frame_rate, frame_count, frames_derived)| {
                MediaFacts::video(
                    Format::Mkv,
                    Size::new(width, height),
                    VideoFacts {
                        rotation: Rotation::new(turns * 90).unwrap(),
                        duration_ms,
                        frame_rate,
                        frame_count,
                        frames_derived,
                        ..VideoFacts::default()
                    },
                )
            },
        );
    prop_oneof![image, video]
}

proptest! {
    #[test]
    fn whatever_is_chosen_comes_back(
        media in prop::collection::vec((any_medium(), any::<bool>()), 0..8),
        sample_fps in prop::option::of(0.01..1_000.0),
        max_tokens in prop::option::of(1..u64::MAX),
        requests_a_day in 1..u64::MAX,
        size_percent in prop::option::of(1..=100_u64),
        images in prop::option::of(1..=1_000_u64),
        processor in any::<bool>(),
    ) {
        let link = Link {
            rule: if processor { Rule::Processor } else { Rule::Published },
            detail: None,
            sample_fps,
            max_tokens,
            volume: Volume { requests_a_day },
            what_if: WhatIf { size_percent, sample_fps, images },
            media: media.into_iter().map(|(facts, by_url)| Linked { facts, by_url }).collect(),
            ..Link::new(MODEL)
        };
        let text = link.fragment().unwrap();
        prop_assert_eq!(text.parse(), Ok(link));
        let is_safe = |byte: u8| byte.is_ascii_alphanumeric() || b"-._/:@&=,".contains(&byte);
        prop_assert!(text.bytes().all(is_safe), "{}", text);
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "(1&)?(model=[a-z]&)?(media=)?[a-z0-9_x.,&=é]{0,60}") {
        let _ = read(&text);
    }

    #[test]
    fn what_is_read_is_written_the_same_way_or_means_the_same(text in "jpeg_[1-9][0-9]{0,3}x[1-9][0-9]{0,3}(_b[0-9]{1,4})?(_o[1-8])?(_a[01])?") {
        if let Ok(link) = media(&text) {
            let again = link.fragment().unwrap();
            prop_assert_eq!(again.parse(), Ok(link));
        }
    }
}
