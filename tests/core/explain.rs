use crate::fixtures::{clip, image, video};
use proptest::prelude::*;
use tilewise::catalog::{Model, find};
use tilewise::estimate::{EstimateOptions, estimate};
use tilewise::explain::{self, Explanation, ExplanationStep, Figure, Limit};
use tilewise::media::{Format, ImageFacts, MediaFacts, Orientation, Size, VideoFacts};
use tilewise::price::Prices;
use tilewise::request::{Draft, MediaPart, Message};
use tilewise::rule::Rule;
use tilewise::units::{Price, Usd};

const MODEL: &str = "moonshotai/Kimi-K2.5";

fn model() -> Option<&'static Model> {
    find(MODEL)
}

fn by(rule: Rule) -> EstimateOptions {
    EstimateOptions {
        rule: Some(rule),
        ..EstimateOptions::default()
    }
}

fn explained(rule: Rule, facts: &MediaFacts) -> Explanation {
    explain::media_item(facts, None, model(), &by(rule))
}

fn lines(explanation: &Explanation) -> Vec<String> {
    let line = |step: &ExplanationStep| format!("{}: {step}", step.title());
    explanation.steps.iter().map(line).collect()
}

fn draft(media: Vec<MediaFacts>) -> Draft {
    let mut draft = Draft::new(MODEL, "What is this?");
    draft.media = media.into_iter().map(MediaPart::base64).collect();
    draft
}

/// The tokens of the steps themselves, multiplied again.
fn product(steps: &[ExplanationStep]) -> u64 {
    steps.iter().fold(0, |tokens, step| match step {
        ExplanationStep::Tiles { across, down, .. } => across * down,
        ExplanationStep::Frames { frames, .. } => tokens * frames,
        ExplanationStep::Chunks { chunks, .. } => tokens * chunks,
        _ => tokens,
    })
}

#[test]
fn images_of_known_sizes_are_explained_down_to_their_known_figures() {
    for (rule, width, height, across, down, tokens) in [
        (Rule::Published, 256, 256, 18, 18, 324),
        (Rule::Published, 512, 512, 36, 36, 1_296),
        (Rule::Published, 1024, 1024, 73, 73, 5_329),
        (Rule::Published, 1920, 1080, 137, 77, 10_549),
        (Rule::Published, 1, 1, 1, 1, 1),
        (Rule::Processor, 256, 256, 10, 10, 100),
        (Rule::Processor, 1024, 1024, 37, 37, 1_369),
        (Rule::Processor, 1920, 1080, 69, 39, 2_691),
        (Rule::Processor, 4032, 3024, 74, 56, 4_144),
    ] {
        let explanation = explained(rule, &image(width, height, 1_000));
        let tiles = explanation.steps.iter().find_map(|step| match step {
            ExplanationStep::Tiles { across, down, .. } => Some((*across, *down)),
            _ => None,
        });
        let name = rule.name();
        assert_eq!(tiles, Some((across, down)), "{name} {width}×{height}");
        assert_eq!(explanation.tokens, Some(tokens), "{name} {width}×{height}");
        assert_eq!(product(&explanation.steps), tokens);
    }
}

#[test]
fn a_photograph_is_scaled_to_the_budget_of_patches_and_padded() {
    assert_eq!(
        lines(&explained(Rule::Processor, &image(4032, 3024, 1_000))),
        [
            "Stored: 4,032 × 3,024 pixels",
            "Scaled: 288 × 216 = 62,208 patches are over the limit of 16,384, so each side × 0.5132 makes 2,069 × 1,551 pixels",
            "Padded: up to multiples of 28: 2,072 × 1,568 pixels",
            "Tiles: of 28 × 28 pixels: 74 across × 56 down = 4,144 tokens",
            "Price: 4,144 tokens × $0.60 for a million = $0.0025",
            "Begin and end: 5 tokens that mark where each image or video begins and ends, counted with the text",
        ]
    );
}

#[test]
fn a_long_strip_is_scaled_to_the_longest_side() {
    let explanation = explained(Rule::Processor, &image(20_000, 20, 1_000));
    let limit = explanation.steps.iter().find_map(|step| match step {
        ExplanationStep::Scaled { limit, .. } => Some(*limit),
        _ => None,
    });
    assert_eq!(limit, Some(Limit::Side { max_px: 7_168 }));
}

#[test]
fn an_image_on_its_side_is_said_to_count_as_it_is_stored() {
    let turned = ImageFacts {
        orientation: Orientation::new(6).unwrap(),
        ..ImageFacts::default()
    };
    let facts = MediaFacts::image(Format::Jpeg, Size::new(280, 140), turned);
    let lines = lines(&explained(Rule::Published, &facts));
    assert_eq!(
        lines[1],
        "Shown: as 140 × 280 pixels by a viewer, but what is stored counts"
    );
    assert_eq!(
        lines[2],
        "Tiles: of 14 × 14 pixels: 20 across × 10 down = 200 tokens"
    );
}

#[test]
fn a_video_is_explained_from_its_frames() {
    let clip = video(1920, 1080, 300, 30.0);
    assert_eq!(
        lines(&explained(Rule::Published, &clip))[1..],
        [
            "Sampled: 300 frames at 30 a second, looked at 2 a second: 300 × 2 ÷ 30, rounded, is 20 frames",
            "Tiles: of 14 × 14 pixels: 137 across × 77 down = 10,549 tokens; what is left at the edges does not count",
            "Frames: 10,549 tokens × 20 frames = 210,980 tokens",
            "Price: 210,980 tokens × $0.60 for a million = $0.1266",
        ]
    );
    let by_processor = lines(&explained(Rule::Processor, &clip));
    assert!(
        by_processor.contains(
            &"Chunks: up to 4 frames cost as much as one: 20 frames make 5 chunks, 5 × 1,032 = 5,160 tokens"
                .to_owned()
        ),
        "{by_processor:#?}"
    );
    let slow = lines(&explained(Rule::Published, &video(28, 28, 5, 1.0)));
    assert_eq!(
        slow[1],
        "Sampled: all 5 frames: the video has no more than are looked at"
    );
}

#[test]
fn a_video_of_unknown_rate_is_sampled_by_the_clock() {
    let timed = VideoFacts {
        duration_ms: Some(9_000.0),
        ..VideoFacts::default()
    };
    let facts = MediaFacts::video(Format::Webm, Size::new(28, 28), timed);
    let lines = lines(&explained(Rule::Published, &facts));
    assert_eq!(
        lines[1],
        "Sampled: 9 s, looked at 2 times a second: rounded, 18 frames"
    );
}

#[test]
fn what_cannot_be_counted_says_why_and_cites_nothing() {
    let untimed = MediaFacts::video(Format::Webm, Size::new(28, 28), VideoFacts::default());
    let explanation = explained(Rule::Published, &untimed);
    assert_eq!(explanation.steps.last(), Some(&ExplanationStep::NoDuration));
    assert_eq!((explanation.tokens, explanation.usd), (None, None));
    assert!(explanation.sources.is_empty());

    let unknown = explain::media_item(
        &image(28, 28, 1),
        None,
        find("no/model"),
        &EstimateOptions::default(),
    );
    assert_eq!(unknown.steps.last(), Some(&ExplanationStep::NoRule));
    let whole = explain::request(&draft(vec![untimed]), &EstimateOptions::default());
    assert!(whole.steps.contains(&ExplanationStep::LeftOut { media: 1 }));
}

#[test]
fn each_place_is_cited_once_with_its_day_and_a_given_price_nowhere() {
    let cited = |rule, options: &EstimateOptions| {
        let explanation = explain::media_item(
            &image(28, 28, 1),
            None,
            model(),
            &EstimateOptions {
                rule: Some(rule),
                ..options.clone()
            },
        );
        let sources = explanation.sources.into_iter();
        sources
            .map(|cited| (cited.figure, cited.url, cited.checked))
            .collect::<Vec<_>>()
    };
    let vision = "https://docs.baseten.co/inference/model-apis/vision".to_owned();
    let day = || "2026-11-23".to_owned();
    assert_eq!(
        cited(Rule::Published, &EstimateOptions::default()),
        [
            (Figure::Rule, vision.clone(), day()),
            (Figure::InputPrice, vision.clone(), day())
        ]
    );
    let processor = cited(Rule::Processor, &EstimateOptions::default());
    assert_eq!(processor.len(), 3, "{processor:?}");

    let given = EstimateOptions {
        price: Prices {
            input: Price::from_usd_per_million(2.0),
            ..Prices::default()
        },
        ..EstimateOptions::default()
    };
    assert_eq!(
        cited(Rule::Published, &given),
        [(Figure::Rule, vision, day())]
    );
}

#[test]
fn the_sampling_that_the_published_rule_leaves_open_is_cited_unless_it_is_given() {
    let cites = |sample_fps| {
        let options = EstimateOptions {
            sample_fps,
            ..by(Rule::Published)
        };
        let explanation = explain::media_item(&video(28, 28, 300, 30.0), None, model(), &options);
        let mut sources = explanation.sources.into_iter();
        sources.any(|cited| cited.figure == Figure::Sampling)
    };
    assert!(cites(None));
    assert!(!cites(Some(1.0)));
}

#[test]
fn a_request_is_the_sum_of_media_framing_and_text_at_two_prices() {
    let mut draft = draft(vec![image(1024, 1024, 1_000), image(256, 256, 1_000)]);
    draft.history = vec![Message::question(
        "",
        vec![MediaPart::base64(image(512, 512, 1_000))],
    )];
    draft.max_tokens = Some(1_000);
    let options = EstimateOptions {
        cached_share: 0.5,
        ..by(Rule::Processor)
    };
    let explanation = explain::request(&draft, &options);
    let estimate = estimate(&draft, &options);
    let lines = lines(&explanation);
    assert_eq!(
        lines[..3],
        [
            "Media: 1,469 tokens of 2 images",
            "Sent again: 361 tokens of earlier images and videos",
            "Begin and end: 15 tokens that mark where each image or video begins and ends, counted with the text",
        ]
    );
    let paid: Usd = explanation
        .steps
        .iter()
        .filter_map(|step| match step {
            ExplanationStep::Priced { usd, .. } | ExplanationStep::Cached { usd, .. } => Some(*usd),
            _ => None,
        })
        .sum();
    assert_eq!(Some(paid), estimate.cost.input_usd);
    assert_eq!(
        lines.last().unwrap(),
        "Answer: of full length on top: 1,000 tokens × $3.00 for a million = $0.0030"
    );
}

#[test]
fn steps_serialise_with_their_kind_and_units() {
    let explanation = explained(Rule::Published, &image(28, 42, 1));
    let json = serde_json::to_value(&explanation).unwrap();
    assert_eq!(
        json["steps"][1],
        serde_json::json!({
            "kind": "tiles", "tilePx": 14, "isExact": true, "across": 2, "down": 3, "tiles": 6, "isToken": true,
        })
    );
    assert_eq!(json["steps"][2]["usdPerMillion"], 0.6);
}

fn any_medium() -> impl Strategy<Value = MediaFacts> {
    let side = || 1..20_000_u64;
    let image = (side(), side()).prop_map(|(width, height)| image(width, height, 1_000));
    let video =
        (side(), side(), 1..100_000_u64, 1..120_u32).prop_map(|(width, height, frames, rate)| {
            video(width, height, frames, f64::from(rate) / 2.0)
        });
    prop_oneof![image, video]
}

proptest! {
    #[test]
    fn an_explanation_ends_in_the_figures_of_the_estimate(
        media in prop::collection::vec(any_medium(), 0..6),
        sample_fps in prop::option::of(1..40_u32),
        cached in 0..=10_u32,
    ) {
        for rule in Rule::ALL {
            let options = EstimateOptions {
                sample_fps: sample_fps.map(|quarters| f64::from(quarters) / 4.0),
                cached_share: f64::from(cached) / 10.0,
                ..by(rule)
            };
            let draft = draft(media.clone());
            let estimate = estimate(&draft, &options);
            for (facts, figures) in media.iter().zip(&estimate.media) {
                let explanation = explain::media_item(facts, None, model(), &options);
                prop_assert_eq!(explanation.tokens, figures.tokens.by(rule));
                prop_assert_eq!(explanation.usd, figures.usd);
                prop_assert_eq!(Some(product(&explanation.steps)), explanation.tokens);
            }
            let whole = explain::request(&draft, &options);
            prop_assert_eq!(whole.tokens, Some(estimate.input_tokens));
            prop_assert_eq!(whole.usd, estimate.cost.input_usd);
            let sum: u64 = whole.steps.iter().map(|step| match step {
                ExplanationStep::Media { tokens, .. } | ExplanationStep::Markers { tokens } | ExplanationStep::Text { tokens, .. } => *tokens,
                _ => 0,
            }).sum();
            prop_assert_eq!(sum, estimate.input_tokens);
        }
    }

    #[test]
    fn facts_of_any_header_are_explained_without_a_panic(
        width in any::<u64>(), height in any::<u64>(), frames in any::<u64>(), rate in any::<f64>(),
    ) {
        let video = MediaFacts::video(Format::Mp4, Size::new(width, height), clip(frames, rate));
        for facts in [video, image(width, height, 1)] {
            for rule in Rule::ALL {
                prop_assert!(!lines(&explained(rule, &facts)).is_empty());
            }
        }
    }
}
