//! The same request elsewhere, more often, or with other media.

use crate::fixtures::{image, video};
use proptest::prelude::*;
use tilewise::catalog::Status;
use tilewise::estimate::{
    Compared, EstimateOptions, Volume, WhatIf, candidates, compare, estimate,
};
use tilewise::media::{MediaFacts, Size};
use tilewise::request::{Draft, Json, MediaPart, Message};
use tilewise::units::{Price, Usd};
use tilewise::violation::ViolationCode;

fn draft(media: Vec<MediaFacts>) -> Draft {
    let mut draft = Draft::new("moonshotai/Kimi-K2.5", "What is this?");
    draft.media = media.into_iter().map(MediaPart::base64).collect();
    draft
}

fn sized(percent: u64) -> WhatIf {
    WhatIf {
        size_percent: Some(percent),
        ..WhatIf::default()
    }
}

fn images(images: u64) -> WhatIf {
    WhatIf {
        images: Some(images),
        ..WhatIf::default()
    }
}

#[test]
fn a_comparison_is_the_estimates_one_by_one_cheapest_first() {
    let draft = draft(vec![image(1920, 1080, 1_000)]);
    let options = EstimateOptions::default();
    let compared = compare(&draft, &options, &candidates(&draft));
    assert!(compared.len() > 50);
    for it in &compared {
        let alone = Draft {
            model: it.model.id.to_string(),
            provider: Some(it.model.provider.to_string()),
            ..draft.clone()
        };
        assert_eq!(it.estimate, estimate(&alone, &options), "{}", it.model.id);
        assert_eq!(it.model.status, Status::Current);
        assert_eq!(it.model.takes_images, Some(true));
    }
    let known = compared.iter().take_while(|it| {
        it.errors.is_empty() && it.estimate.is_whole() && it.estimate.cost.input_usd.is_some()
    });
    let usd: Vec<_> = known.map(|it| it.estimate.cost.input_usd).collect();
    assert!(usd.len() > 50 && usd.is_sorted());
}

#[test]
fn what_counts_nothing_or_has_no_price_comes_behind_and_what_refuses_last() {
    let large = draft(vec![image(28, 28, 600_000_000)]);
    let compared = compare(&large, &EstimateOptions::default(), &candidates(&large));
    let group = |it: &Compared<'_>| {
        let estimate = &it.estimate;
        (
            !it.errors.is_empty(),
            !estimate.is_whole(),
            estimate.cost.input_usd.is_none(),
        )
    };
    let groups: Vec<_> = compared.iter().map(group).collect();
    assert!(groups.is_sorted());
    assert!(groups.contains(&(false, false, true)) && groups.contains(&(true, false, false)));
    let refused = compared.iter().find(|it| !it.errors.is_empty()).unwrap();
    assert_eq!(refused.errors[0].code, ViolationCode::BodyTooLarge);
}

#[test]
fn what_counts_nothing_of_an_earlier_turn_comes_behind_as_if_it_were_asked_now() {
    let asked = draft(vec![video(640, 360, 96, 24.0)]);
    let mut later = draft(vec![]);
    later.history = vec![Message::question("What is this?", asked.media.clone())];
    let uncounted = |draft: &Draft| {
        let compared = compare(draft, &EstimateOptions::default(), &candidates(draft));
        let ids = compared.iter().map(|it| it.model.id.to_string());
        let is_whole: Vec<_> = compared.iter().map(|it| it.estimate.is_whole()).collect();
        let taken = compared.iter().filter(|it| it.errors.is_empty()).count();
        assert!(is_whole[..taken].is_sorted_by(|one, next| one >= next));
        let counts = ids.zip(is_whole).filter(|(_, is_whole)| !is_whole);
        let mut ids: Vec<_> = counts.map(|(id, _)| id).collect();
        ids.sort();
        ids
    };
    assert!(!uncounted(&asked).is_empty());
    assert_eq!(uncounted(&later), uncounted(&asked));
    let of_unknown_size = r#"{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://example.com/a.png"}}]}"#;
    later.history = vec![Message::from_json(Json::parse(of_unknown_size).unwrap()).unwrap()];
    let estimate = estimate(&later, &EstimateOptions::default());
    assert_eq!((estimate.uncounted_media, estimate.is_whole()), (1, false));
}

#[test]
fn only_models_that_take_videos_are_candidates_for_one() {
    let of = |media| candidates(&draft(media));
    let videos = of(vec![video(64, 64, 30, 30.0)]);
    assert!(videos.iter().all(|model| model.takes_videos == Some(true)));
    assert!(!videos.is_empty() && videos.len() < of(vec![image(1, 1, 1)]).len());
}

#[test]
fn a_month_has_thirty_days_of_as_many_requests() {
    let request = Price::from_usd_per_million(0.60).unwrap().of(10_549);
    let volume = Volume::default();
    assert_eq!(volume.a_day(request).in_cents(), "$6.33");
    assert_eq!(volume.a_month(request).in_cents(), "$189.88");
    assert_eq!(volume.a_month(request), request.times(30_000));
    let endless = Volume {
        requests_a_day: u64::MAX,
    };
    assert!(endless.a_month(request) > volume.a_month(request));
}

#[test]
fn sums_are_written_in_cents_from_a_dollar_on() {
    for (usd, shown) in [
        (0.0, "$0.0000"),
        (0.00001, "$0.00001"),
        (0.5, "$0.5000"),
        (1.0, "$1.00"),
        (1.005, "$1.01"),
        (1_234_567.894, "$1,234,567.89"),
    ] {
        assert_eq!(Usd::from_f64(usd).unwrap().in_cents(), shown);
    }
}

#[test]
fn half_of_each_side_is_counted_as_an_image_of_that_size() {
    let would = sized(50).estimate(
        &draft(vec![image(1024, 1024, 1_000)]),
        &EstimateOptions::default(),
    );
    let is = estimate(
        &draft(vec![image(512, 512, 1_000)]),
        &EstimateOptions::default(),
    );
    assert_eq!(would.media_tokens, is.media_tokens);
    assert!(would.notes.iter().any(|note| note.contains("base64")));
    assert_eq!(sized(50).scaled(Size::new(4033, 1)), Size::new(2017, 1));
}

#[test]
fn fewer_frames_a_second_cost_a_video_less_and_an_image_the_same() {
    let slower = WhatIf {
        sample_fps: Some(0.5),
        ..WhatIf::default()
    };
    let video = draft(vec![video(280, 280, 300, 30.0)]);
    assert_eq!(
        slower
            .estimate(&video, &EstimateOptions::default())
            .media_tokens,
        5 * 400
    );
    let image = draft(vec![image(280, 280, 1_000)]);
    assert_eq!(
        slower.estimate(&image, &EstimateOptions::default()),
        estimate(&image, &EstimateOptions::default())
    );
}

#[test]
fn more_images_repeat_those_of_the_draft_and_fewer_are_the_first_of_them() {
    let mixed = draft(vec![
        image(14, 14, 1_000),
        video(28, 28, 10, 10.0),
        image(28, 28, 1_000),
    ]);
    let tokens = |count| {
        let would = images(count).estimate(&mixed, &EstimateOptions::default());
        (would.media.len(), would.media_tokens)
    };
    // Two frames of the video at four tokens each.
    assert_eq!(tokens(1), (2, 8 + 1));
    assert_eq!(tokens(2), (3, 8 + 5));
    assert_eq!(tokens(5), (6, 8 + 5 + 5 + 1));
    assert_eq!(tokens(0), (1, 8));
    assert_eq!(tokens(u64::MAX).0, 1_001);
    let none = draft(Vec::new());
    assert!(
        images(5)
            .estimate(&none, &EstimateOptions::default())
            .media
            .is_empty()
    );
}

#[test]
fn more_images_than_the_limit_are_refused() {
    let would = images(97).estimate(&draft(vec![image(28, 28, 10)]), &EstimateOptions::default());
    assert!(would.errors().next().is_some());
    assert_eq!(would.usage.images, 97);
}

proptest! {
    #[test]
    fn what_changes_nothing_costs_the_same(width in 1..9_000_u64, height in 1..9_000_u64, count in 1..9_usize) {
        let draft = draft(vec![image(width, height, 1_000); count]);
        let is = estimate(&draft, &EstimateOptions::default());
        for idle in [WhatIf::default(), sized(100), images(count as u64)] {
            prop_assert_eq!(&idle.estimate(&draft, &EstimateOptions::default()), &is);
        }
        prop_assert_eq!(is.percent_of(&is), Some(100));
    }

    #[test]
    fn smaller_never_costs_more_by_the_published_rule_and_no_header_overflows(
        width in any::<u64>(), height in any::<u64>(), percent in 0..200_u64,
    ) {
        let draft = draft(vec![image(width, height, 1_000)]);
        let would = sized(percent).estimate(&draft, &EstimateOptions::default());
        prop_assert!(would.media_tokens <= estimate(&draft, &EstimateOptions::default()).media_tokens);
        prop_assert!(would.media_tokens >= 1);
    }
}
