//! What a plan for a whole request changes.
#![cfg(test)]

use tilewise::catalog;
use tilewise::catalog::Limits;
use tilewise::estimate::{EstimateOptions, estimate};
use tilewise::media::{Format, ImageFacts, MediaFacts, Orientation, Size};
use tilewise::prepare::Goal;
use tilewise::prepare::budget::{Action, budget};
use tilewise::request::{Draft, MediaPart};
use tilewise_www_core::fixed::{Fixed, kept_frames, made_mark};

fn image(format: Format, size: Size, is_animated: bool) -> MediaPart {
    let facts = ImageFacts {
        animated: Some(is_animated),
        ..ImageFacts::default()
    };
    let mut facts = MediaFacts::image(format, size, facts);
    facts.bytes = Some(3_000_000);
    MediaPart::base64(facts)
}

#[test]
fn a_plan_says_what_it_saves_its_smallest_result_and_which_animations_end() {
    let model = catalog::find("moonshotai/Kimi-K2.5").unwrap();
    let rules = model.rules().unwrap();
    let mut draft = Draft::new("moonshotai/Kimi-K2.5", "What is this?");
    draft.media = vec![
        image(Format::Jpeg, Size::new(4000, 3000), false),
        image(Format::Gif, Size::new(800, 600), true),
        image(Format::Png, Size::new(64, 64), false),
    ];
    let mut planned = budget(&draft, &Limits::default(), &[]).unwrap();
    let shrink = |max_side| {
        Action::Shrink(Goal {
            max_side: Some(max_side),
            ..Goal::default()
        })
    };
    planned.actions = vec![shrink(1000), shrink(400), Action::Keep];
    let fixed = Fixed::new(&draft, &planned, &rules);
    assert_eq!(fixed.smallest, Some((1, Size::new(400, 300))));
    assert_eq!(fixed.stilled, [1]);

    let options = EstimateOptions::default();
    let before = estimate(&draft, &options);
    let said = fixed.cost(&before, &options).unwrap();
    let mut small = draft.clone();
    small.media[0] = image(Format::Jpeg, Size::new(1000, 750), false);
    small.media[1] = image(Format::Jpeg, Size::new(400, 300), false);
    let after = estimate(&small, &options);
    assert!(after.input_tokens < before.input_tokens);
    let usd =
        |estimate: &tilewise::estimate::Estimate| estimate.cost.input_usd.unwrap().to_string();
    let tokens = tilewise::units::grouped;
    assert_eq!(
        said,
        format!(
            "{} → {} tokens, {} → {}",
            tokens(before.input_tokens),
            tokens(after.input_tokens),
            usd(&before),
            usd(&after)
        )
    );
}

#[test]
fn a_plan_that_shrinks_nothing_has_no_smallest_result() {
    let model = catalog::find("moonshotai/Kimi-K2.5").unwrap();
    let mut draft = Draft::new("moonshotai/Kimi-K2.5", "What is this?");
    draft.media = vec![image(Format::Png, Size::new(64, 64), false)];
    let planned = budget(&draft, &Limits::default(), &[]).unwrap();
    let fixed = Fixed::new(&draft, &planned, &model.rules().unwrap());
    assert_eq!(fixed.smallest, None);
    assert!(fixed.stilled.is_empty());
}

#[test]
fn a_plan_that_resizes_nothing_names_no_size_and_no_cost() {
    let model = catalog::find("moonshotai/Kimi-K2.5").unwrap();
    let mut draft = Draft::new("moonshotai/Kimi-K2.5", "What is this?");
    draft.media = vec![image(Format::Bmp, Size::new(1_600, 1_200), false)];
    let planned = budget(&draft, &Limits::default(), &[]).unwrap();
    assert!(matches!(planned.actions[0], Action::Shrink(_)));
    let fixed = Fixed::new(&draft, &planned, &model.rules().unwrap());
    assert_eq!(fixed.smallest, None);
    let options = EstimateOptions::default();
    assert_eq!(fixed.cost(&estimate(&draft, &options), &options), None);
}

#[test]
fn a_row_says_what_was_done_to_its_photo_and_not_more() {
    let of = |format, orientation| {
        let turned = ImageFacts {
            orientation: Orientation::new(orientation).unwrap(),
            ..ImageFacts::default()
        };
        MediaFacts::image(format, Size::new(1_600, 1_200), turned)
    };
    let after = of(Format::Jpeg, 1);
    assert_eq!(made_mark(&of(Format::Bmp, 1), &after), "Converted to JPEG");
    assert_eq!(made_mark(&of(Format::Jpeg, 3), &after), "Turned upright");
    assert_eq!(made_mark(&after, &after), "Compressed");
    let small = MediaFacts::image(Format::Jpeg, Size::new(800, 600), ImageFacts::default());
    assert_eq!(made_mark(&after, &small), "Resized & compressed");
}

#[test]
fn the_frames_that_an_animation_loses_are_named_where_they_are_counted() {
    assert_eq!(kept_frames(Some(12)), "1 of 12 frames kept");
    assert_eq!(kept_frames(None), "1 frame of the animation kept");
}

#[test]
fn what_must_lose_bytes_costs_at_most_what_its_pixels_do() {
    let model = catalog::find("moonshotai/Kimi-K3").unwrap();
    let mut draft = Draft::new("moonshotai/Kimi-K3", "What is this?");
    draft.media = vec![image(Format::Jpeg, Size::new(4000, 3000), false)];
    let mut planned = budget(&draft, &Limits::default(), &[]).unwrap();
    planned.actions = vec![Action::Shrink(Goal {
        max_bytes: Some(36_000),
        ..Goal::default()
    })];
    let fixed = Fixed::new(&draft, &planned, &model.rules().unwrap());
    let options = EstimateOptions::default();
    let before = estimate(&draft, &options);
    let said = fixed.cost(&before, &options).unwrap();
    assert!(said.contains("→ at most "), "{said}");
    assert!(
        said.ends_with("; fewer where bytes ask for fewer pixels"),
        "{said}"
    );
}
