//! The four steps from pixels to dollars.
#![cfg(test)]

use tilewise::catalog;
use tilewise::media::Size;
use tilewise::rule::{Grid, Options, Rule};
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
        grid: count.grid,
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

#[test]
fn tokens_are_said_to_be_one_a_tile_only_where_they_are() {
    let said = |tokens: u64, columns: u64, rows: u64| {
        let mut one = breakdown(Rule::Published, None);
        one.tokens = tokens;
        one.grid = one.grid.map(|grid| Grid {
            columns,
            rows,
            ..grid
        });
        texts(&one)[2].clone()
    };
    // Gemini 2.5 Pro, GPT-5.5, Pixtral 12B and GPT-4o of 4,032 × 3,024 pixels.
    assert_eq!(said(1_032, 2, 2), "1,032 tokens, 258 a tile");
    assert_eq!(said(11_868, 115, 86), "11,868 tokens, 1.2 a tile");
    assert_eq!(said(3_120, 64, 48), "3,120 tokens: one a tile, and 48 more");
    assert_eq!(
        said(765, 2, 2),
        "765 tokens, which its rule counts for 4 tiles"
    );
    assert_eq!(said(1, 1, 1), "1 token, for the one tile");
    assert_eq!(said(100, 10, 10), "100 tokens, one a tile");
}

#[test]
fn an_image_that_is_not_cut_is_counted_by_its_size() {
    let whole = CostBreakdown {
        grid: None,
        ..breakdown(Rule::Published, None)
    };
    let [pixels, tiles, tokens, _] = texts(&whole);
    assert_eq!(pixels, "4,032 × 3,024 pixels");
    assert_eq!(tiles, "no tiles are known: its rule goes by the size alone");
    assert_eq!(tokens, "62,208 tokens");
}
