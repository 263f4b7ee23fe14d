//! The four steps from pixels to dollars.
#![cfg(test)]

use tilewise::catalog;
use tilewise::media::Size;
use tilewise::rule::{Options, Rule};
use tilewise_www_core::cost_breakdown::CostBreakdown;

fn breakdown(rule: Rule, frames: Option<u64>) -> CostBreakdown {
    let model = catalog::find("moonshotai/Kimi-K2.5").unwrap();
    let stored = Size::new(4032, 3024);
    let rules = model.rules().unwrap();
    let count = rules.image(rule, stored, &Options::default()).unwrap();
    let price = model.price.input;
    CostBreakdown {
        name: None,
        dearest_of: None,
        stored,
        grid: count.grid.unwrap(),
        frames,
        tokens: count.tokens,
        usd: price.map(|price| price.of(count.tokens)),
        price,
    }
}

fn texts(breakdown: &CostBreakdown) -> [String; 4] {
    breakdown
        .steps()
        .map(|step| format!("{} {}", step.figure, step.meaning))
}

#[test]
fn an_image_goes_from_pixels_over_tiles_and_tokens_to_dollars() {
    let example = breakdown(Rule::Published, None);
    assert_eq!(
        texts(&example),
        [
            "4,032 × 3,024 pixels",
            "288 × 216 tiles of 14 × 14 pixels",
            "62,208 tokens, one a tile",
            "$0.0373 at $0.60 a million",
        ]
    );
    assert!(example.title().starts_with("For example"));
}

#[test]
fn a_rule_that_scales_says_to_what() {
    let [pixels, ..] = texts(&breakdown(Rule::Processor, None));
    assert!(
        pixels.starts_with("4,032 × 3,024 pixels, scaled to "),
        "{pixels}"
    );
}

#[test]
fn a_video_is_counted_by_its_frames() {
    let tokens = |frames| texts(&breakdown(Rule::Published, Some(frames)))[2].clone();
    assert_eq!(tokens(1), "62,208 tokens for 1 frame");
    assert_eq!(tokens(60), "62,208 tokens for 60 frames");
}

#[test]
fn what_is_not_known_is_said() {
    let unpriced = CostBreakdown {
        name: Some("photo.jpg".to_owned()),
        usd: None,
        price: None,
        ..breakdown(Rule::Published, None)
    };
    assert_eq!(unpriced.title(), "Why photo.jpg costs what it costs");
    let dearest = CostBreakdown {
        dearest_of: Some(96),
        ..unpriced.clone()
    };
    assert_eq!(
        dearest.title(),
        "Why photo.jpg, the dearest of 96, costs what it costs"
    );
    assert_eq!(texts(&unpriced)[3], "not known as its price is not known");
}
