use crate::fixtures::image;
use tilewise::error::{Error, ErrorCode};
use tilewise::estimate::{Estimate, EstimateOptions, estimate};
use tilewise::price::Prices;
use tilewise::request::{Draft, MediaPart};
use tilewise::stream::{ChatResult, Usage};
use tilewise::units::{Price, Usd};
use tilewise::usage::ledger::{Ledger, Outcome};
use tilewise::usage::{Basis, Follows, Received, Reconciliation, Spent};

fn estimated(side: u64) -> Estimate {
    let mut draft = Draft::new("moonshotai/Kimi-K2.5", "What is this?");
    draft.media = vec![MediaPart::base64(image(side, side, 1_000))];
    estimate(&draft, &EstimateOptions::default())
}

fn billed(input_tokens: u64) -> Usage {
    Usage {
        input_tokens: Some(input_tokens),
        output_tokens: Some(100),
        ..Usage::default()
    }
}

fn reconcile(basis: &Basis, usage: &Usage) -> Reconciliation {
    tilewise::usage::reconcile(basis, usage, &Received::default())
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
    assert_eq!(held.usd.reported.unwrap().to_string(), "$0.00083");
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
    let usage = Usage {
        input_tokens: Some(1_000_000),
        output_tokens: Some(1_000_000),
        cached_input_tokens: Some(500_000),
        reasoning_tokens: Some(100_000),
    };
    let held = reconcile(&Basis::from(&estimated(28)), &usage);
    let amounts = [
        held.cost.low_usd,
        held.cost.high_usd,
        held.parts.fresh_input.usd,
        held.parts.cached_input.usd,
        held.parts.output.usd,
        held.parts.reasoning.usd,
    ];
    assert_eq!(
        amounts.map(|usd| usd.unwrap().to_string()),
        [
            "$3.3600", "$3.3600", "$0.3000", "$0.0600", "$3.0000", "$0.3000"
        ]
    );
}

#[test]
fn a_bill_on_another_step_of_the_price_than_the_estimate_is_priced_by_its_own() {
    let long = "word ".repeat(300_000);
    for text in ["Hello", &long] {
        let draft = Draft::new("gpt-6.2-astra", text);
        let options = EstimateOptions {
            // One price that is given stays on every step.
            price: Prices {
                output: Price::from_usd_per_million(1.0),
                ..Prices::default()
            },
            ..EstimateOptions::default()
        };
        let estimate = estimate(&draft, &options);
        assert_eq!(estimate.price_tiers.len(), 2);
        let usd = |tokens: u64| {
            let usage = Usage {
                output_tokens: Some(1_000_000),
                ..billed(tokens)
            };
            let held = reconcile(&Basis::from(&estimate), &usage);
            [held.usd.reported, held.parts.output.usd].map(|usd| usd.unwrap().to_string())
        };
        assert_eq!(usd(272_000), ["$2.1760", "$1.0000"]);
        assert_eq!(usd(272_001), ["$4.3520", "$1.0000"]);
    }
}

#[test]
fn what_the_bill_leaves_for_media_lies_between_the_bounds_of_the_text() {
    let estimate = estimated(1024);
    let held = reconcile(
        &Basis::from(&estimate),
        &billed(5_329 + estimate.text.tokens),
    );
    let media = held.parts.media;
    assert!(
        media.low.unwrap() <= 5_329 && 5_329 <= media.high.unwrap(),
        "{media:?}"
    );
    assert_eq!(media.estimated, 5_329);
}

// ── What it cost when no bill came ───────────────────────────────────────────────────────────────

fn spent(max_tokens: Option<u64>, answer: &ChatResult) -> [Option<Usd>; 2] {
    let mut draft = Draft::new("moonshotai/Kimi-K2.5", "What is this?");
    draft.media = vec![MediaPart::base64(image(1024, 1024, 1_000))];
    draft.max_tokens = max_tokens;
    let basis = Basis::from(&estimate(&draft, &EstimateOptions::default()));
    let cost = tilewise::usage::reconcile(&basis, &Usage::default(), &answer.into()).cost;
    [cost.low_usd, cost.high_usd]
}

fn stopped(text: &str) -> ChatResult {
    let mut result = ChatResult::default();
    result.text = text.to_owned();
    result.first_token_ms = Some(500.0);
    result.total_ms = 2_500.0;
    result
}

#[test]
fn a_request_that_nothing_came_of_may_have_cost_nothing_or_all_that_it_allowed() {
    let [low, high] = spent(Some(1_000), &ChatResult::default());
    assert_eq!(low, Some(Usd::default()));
    // 5,329 tokens and the most of the text at $0.60, 1,000 tokens at $3.
    let high = high.unwrap().as_f64();
    assert!((0.0062..0.0063).contains(&high), "{high}");
}

#[test]
fn an_answer_that_was_stopped_cost_its_input_and_between_what_came_and_what_was_allowed() {
    let [low, high] = spent(Some(1_000), &stopped("A wide shore under clouds."));
    let low = low.unwrap().as_f64();
    // At least the 1,369 tokens of the other rule, all of them cached.
    assert!((0.00016..0.00025).contains(&low), "{low}");
    assert!(high.unwrap().as_f64() > 0.006);
}

#[test]
fn nothing_bounds_an_answer_without_most_tokens_that_was_stopped() {
    let [low, high] = spent(None, &stopped("A wide shore."));
    assert!(low.is_some());
    assert_eq!(high, None);
}

#[test]
fn an_answer_that_was_finished_without_a_bill_cost_no_more_than_its_own_length() {
    let mut finished = stopped("A wide shore.");
    finished.finish_reason = Some("stop".to_owned());
    let [_, high] = spent(None, &finished);
    assert!(high.unwrap().as_f64() < 0.0035);
}

// ── The ledger ───────────────────────────────────────────────────────────────────────────────────

/// Two requests: one with its bill, one that was stopped.
fn ledger() -> Ledger {
    let mut ledger = Ledger::default();
    ledger.open("2026-11-25T17:40:14.000Z".to_owned(), &estimated(1024));
    let mut answer = stopped("secret answer");
    answer.usage = Some(billed(1_389));
    answer.finish_reason = Some("=1+1".to_owned());
    ledger.note(Outcome::of(&Ok(())), &answer);
    ledger.open("2026-11-25T17:41:00.000Z".to_owned(), &estimated(28));
    ledger.note(Outcome::of(&Err(Error::Aborted)), &stopped("secret"));
    ledger
}

#[test]
fn a_ledger_says_of_each_request_what_it_cost_and_how_fast_it_was() {
    let ledger = ledger();
    let [first, second] = ledger.entries() else {
        panic!("{ledger:?}");
    };
    assert_eq!((first.number, second.number), (1, 2));
    assert_eq!(first.follows, Some(Follows::Processor));
    assert_eq!(first.cost.low_usd, first.cost.high_usd);
    assert_eq!(first.output_tokens_per_second, Some(50.0));
    assert_eq!(second.outcome, Outcome::Stopped);
    assert!(second.cost.high_usd.is_none());
}

#[test]
fn the_sum_of_a_ledger_is_that_of_its_entries_and_open_where_one_of_them_is() {
    let sum = ledger().sum();
    assert_eq!(
        (sum.requests, sum.input_tokens, sum.output_tokens),
        (2, 1_389, 100)
    );
    let lows = ledger()
        .entries()
        .iter()
        .map(|entry| entry.cost.low_usd.unwrap())
        .sum();
    assert_eq!(sum.cost.low_usd, Some(lows));
    assert_eq!(sum.cost.high_usd, None);
}

#[test]
fn a_ledger_is_handed_on_without_what_was_said() {
    let (json, csv) = (ledger().json(), ledger().csv());
    for text in [&json, &csv] {
        assert!(!text.contains("secret"), "{text}");
        assert!(text.contains("2026-11-25T17:41:00.000Z"));
    }
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["entries"][0]["usage"]["inputTokens"], 1_389);
    assert_eq!(json["entries"][1]["outcome"], "stopped");
    assert_eq!(json["sum"]["cost"]["highUsd"], serde_json::Value::Null);
}

#[test]
fn a_ledger_as_csv_has_as_many_cells_in_each_row_and_no_formula() {
    let csv = ledger().csv();
    let rows: Vec<Vec<_>> = csv.lines().map(|row| row.split(',').collect()).collect();
    assert_eq!(rows.len(), 3);
    assert!(rows.iter().all(|row| row.len() == rows[0].len()));
    assert_eq!(rows[1].last(), Some(&"\"'=1+1\""));
    let column = rows[0].iter().position(|name| *name == "low_usd").unwrap();
    // 1,389 tokens at $0.60 and 100 at $3 for a million.
    assert_eq!(rows[1][column], "0.0011334");
}

#[test]
fn a_failed_request_is_noted_with_the_code_of_its_error() {
    let mut ledger = Ledger::default();
    ledger.open(String::new(), &estimated(28));
    let error = Error::Timeout { silence_ms: 1 };
    ledger.note(Outcome::of(&Err(error)), &ChatResult::default());
    assert_eq!(
        ledger.entries()[0].outcome,
        Outcome::Failed(ErrorCode::Timeout)
    );
    assert!(ledger.csv().contains(",timeout,"));
}

#[test]
fn a_request_that_was_never_sent_cost_nothing() {
    let mut ledger = Ledger::default();
    ledger.open("2026-11-25T17:40:14.000Z".to_owned(), &estimated(64));
    let outcome = Outcome::Failed(ErrorCode::InvalidArgument);
    ledger.note(outcome, &ChatResult::default());
    let entry = ledger.entries().last().unwrap();
    assert_eq!(entry.cost.to_string(), "$0.0000");
    assert_eq!(
        entry.reconciliation(&ChatResult::default()).cost,
        entry.cost
    );
    assert_eq!(ledger.sum().cost, entry.cost);
}

#[test]
fn what_was_spent_is_said_no_more_exactly_than_it_is_known() {
    let usd = |tokens| Price::from_usd_per_million(1.0).map(|price| price.of(tokens));
    for (low_usd, high_usd, words) in [
        (usd(1_200), usd(1_200), "$0.0012"),
        (usd(200), usd(6_300), "between $0.0002 and $0.0063"),
        (usd(200), usd(201), "about $0.0002"),
        (usd(0), usd(6_300), "at most $0.0063"),
        (None, usd(6_300), "at most $0.0063"),
        (usd(200), None, "at least $0.0002"),
        (usd(0), None, "an amount that is not known"),
        (None, None, "an amount that is not known"),
    ] {
        assert_eq!(Spent { low_usd, high_usd }.to_string(), words);
    }
}
