use crate::fixtures::image;
use tilewise::estimate::{Estimate, Options, estimate};
use tilewise::request::{Draft, MediaPart};
use tilewise::usage::{Basis, Follows, Usage, cost, reconcile};

fn estimated(side: u64) -> Estimate {
    let mut draft = Draft::new("moonshotai/Kimi-K2.5", "What is this?");
    draft.media = vec![MediaPart::base64(image(side, side, 1_000))];
    estimate(&draft, &Options::default())
}

fn billed(input_tokens: u64) -> Usage {
    Usage {
        input_tokens: Some(input_tokens),
        output_tokens: Some(100),
        ..Usage::default()
    }
}

fn follows(estimate: &Estimate, tokens: u64) -> Option<Follows> {
    reconcile(&Basis::from(estimate), &billed(tokens)).follows
}

#[test]
fn a_bill_shows_the_rule_that_it_followed() {
    let estimate = estimated(1024);
    assert_eq!(follows(&estimate, 5_329 + 15), Some(Follows::Published));
    assert_eq!(follows(&estimate, 1_369 + 5 + 15), Some(Follows::Processor));
    assert_eq!(follows(&estimate, 3_000), Some(Follows::Neither));
}

#[test]
fn rules_too_close_to_tell_apart_are_not_told_apart() {
    let estimate = estimated(28);
    assert_eq!(follows(&estimate, 16), None);
}

#[test]
fn the_difference_is_reported_less_estimated() {
    let estimate = estimated(1024);
    let held = reconcile(&Basis::from(&estimate), &billed(1_389));
    assert_eq!(
        held.input_tokens.difference,
        Some(1_389 - estimate.input_tokens as i64)
    );
    assert_eq!(held.usd.reported.unwrap().to_string(), "$0.0008");
}

#[test]
fn nothing_reported_is_not_zero() {
    let held = reconcile(&Basis::from(&estimated(1024)), &Usage::default());
    assert_eq!(
        (held.input_tokens.reported, held.usd.reported, held.follows),
        (None, None, None)
    );
    let held = reconcile(&Basis::from(&estimated(1024)), &billed(0));
    assert_eq!(held.input_tokens.reported, Some(0));
}

#[test]
fn a_bill_is_input_and_output_with_cached_input_at_its_own_price() {
    let price = estimated(28).price;
    let usage = Usage {
        input_tokens: Some(1_000_000),
        output_tokens: Some(1_000_000),
        cached_input_tokens: Some(500_000),
        reasoning_tokens: None,
    };
    assert_eq!(cost(&price, &usage).unwrap().to_string(), "$3.3600");
    assert_eq!(
        cost(
            &price,
            &Usage {
                output_tokens: None,
                ..usage
            }
        ),
        None
    );
}
