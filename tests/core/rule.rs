use proptest::prelude::*;
use tilewise::catalog;
use tilewise::media::Size;
use tilewise::rule::{ImageCount, Options, Rule, Rules, text::TextTokens};
use tilewise::units::Price;

fn rules() -> Rules {
    catalog::find("moonshotai/Kimi-K2.5")
        .unwrap()
        .rules()
        .unwrap()
}

fn image(rule: Rule, width: u64, height: u64) -> ImageCount {
    let size = Size::new(width, height);
    rules().image(rule, size, &Options::default()).unwrap()
}

fn tokens(rule: Rule, width: u64, height: u64) -> u64 {
    image(rule, width, height).tokens
}

/// The table of the vision page: width, height, tokens, dollars at $0.60 a million.
const PUBLISHED: [(u64, u64, u64, &str); 4] = [
    (256, 256, 324, "$0.0002"),
    (512, 512, 1_296, "$0.0008"),
    (1024, 1024, 5_329, "$0.0032"),
    (1920, 1080, 10_234, "$0.0061"),
];

#[test]
fn published_rule_gives_the_rows_of_the_page() {
    let price = Price::from_usd_per_million(0.60).unwrap();
    for (width, height, expected, usd) in &PUBLISHED[..3] {
        let tokens = tokens(Rule::Published, *width, *height);
        assert_eq!(tokens, *expected, "{width}×{height}");
        let in_four_decimals = format!("${:.4}", price.of(tokens).as_f64());
        assert_eq!(in_four_decimals, *usd, "{width}×{height}");
    }
}

#[test]
fn published_rule_differs_from_the_last_row_of_the_page_which_no_grid_yields() {
    let (width, height, printed, _) = PUBLISHED[3];
    let computed = tokens(Rule::Published, width, height);
    assert_eq!(computed, 10_549);
    assert_eq!(computed - printed, 315);

    let near_16_to_9 =
        |columns: u64, rows: u64| (1.6..2.0).contains(&(columns as f64 / rows as f64));
    let factors = (1..=printed).filter(|columns| printed % columns == 0);
    assert!(
        !factors
            .into_iter()
            .any(|columns| near_16_to_9(columns, printed / columns))
    );
    assert_ne!(width.div_ceil(14) * height.div_ceil(14), printed);
    assert_ne!(width * height / (14 * 14), printed);
}

#[test]
fn published_rule_counts_a_side_under_a_tile_as_one() {
    assert_eq!(tokens(Rule::Published, 1, 1), 1);
    assert_eq!(tokens(Rule::Published, 13, 280), 20);
    assert_eq!(tokens(Rule::Published, 14, 28), 2);
}

#[test]
fn processor_rule_gives_the_counts_of_the_models_own_code() {
    for (width, height, expected) in [
        (224, 224, 64),
        (256, 256, 100),
        (1024, 1024, 1_369),
        (1920, 1080, 2_691),
        (4032, 3024, 4_144),
    ] {
        assert_eq!(
            tokens(Rule::Processor, width, height),
            expected,
            "{width}×{height}"
        );
    }
}

#[test]
fn processor_rule_frames_an_image_with_five_markers() {
    let count = image(Rule::Processor, 224, 224);
    assert_eq!(count.tokens + count.markers, 69);
}

#[test]
fn processor_rule_keeps_a_very_long_side_within_512_patches() {
    let grid = image(Rule::Processor, 100_000, 50).grid.unwrap();
    // 7,168 less the truncation of 100,000 · (7,168 / 100,000), which the processor has as well.
    assert_eq!((grid.content_width, grid.content_height), (7_167, 3));
    assert_eq!((grid.columns, grid.rows), (256, 1));
}

#[test]
fn the_bounds_of_a_text_hold_its_tokens() {
    // Token counts of cl100k_base, a vocabulary of the same kind and size class, for scale.
    for (text, reference) in [
        ("Describe the natural environment in the image.", 8),
        ("What is this?", 4),
        ("1234567890", 4),
        ("fn main() { println!(\"{}\", 1 + 2); }", 15),
        ("don’t won’t can’t it’s we’re", 10),
        ("it’s", 2),
        ("—and—so—on", 5),
        ("", 0),
    ] {
        let count = TextTokens::of(text);
        assert!(
            count.low <= reference && reference <= count.high,
            "{text:?}: {count:?}"
        );
        assert!(count.tokens.abs_diff(reference) <= 5, "{text:?}: {count:?}");
    }
}

proptest! {
    #[test]
    fn no_image_is_free_and_a_larger_one_is_never_cheaper_by_the_published_rule(
        width in 1..40_000_u64, height in 1..40_000_u64, more in 0..500_u64,
    ) {
        let small = tokens(Rule::Published, width, height);
        prop_assert!(small >= 1);
        prop_assert!(tokens(Rule::Published, width + more, height) >= small);
    }

    #[test]
    fn processor_rule_never_passes_its_budget_by_more_than_the_padding(
        width in 1..40_000_u64, height in 1..40_000_u64,
    ) {
        let count = image(Rule::Processor, width, height);
        let grid = count.grid.unwrap();
        prop_assert!(count.tokens >= 1);
        prop_assert!(grid.content_width <= width && grid.content_height <= height);
        prop_assert!(grid.width - grid.content_width < 28 && grid.height - grid.content_height < 28);
        // 4,096 tiles of four patches; what the processor leaves out when it counts whole patches; and
        // a row and a column of padding.
        let partial = |side: u64| 1.0 + 1.0 / (side / 14).max(1) as f64;
        let budget = (4_096.0 * partial(width) * partial(height)) as u64;
        prop_assert!(count.tokens <= budget + grid.columns + grid.rows + 1);
    }

    #[test]
    fn both_rules_ignore_which_side_is_up(width in 1..20_000_u64, height in 1..20_000_u64) {
        for rule in Rule::ALL {
            prop_assert_eq!(tokens(rule, width, height), tokens(rule, height, width));
        }
    }

    #[test]
    fn sizes_of_any_header_do_not_overflow(width in any::<u64>(), height in any::<u64>()) {
        for rule in Rule::ALL {
            prop_assert!(tokens(rule, width, height) >= 1);
        }
    }

    #[test]
    fn text_bounds_are_in_order(text in ".{0,200}") {
        let count = TextTokens::of(&text);
        prop_assert!(count.low <= count.tokens && count.tokens <= count.high);
        prop_assert_eq!(count.high, text.len() as u64);
    }
}
