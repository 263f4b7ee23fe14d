//! Finding out by which rule an endpoint bills, in words: before, and after.

use tilewise::counting::calibration::{Calibrated, Calibration};
use tilewise::error::Error;
use tilewise::rule::Rule;
use tilewise::units::{Usd, counted, grouped, percent};
use tilewise::usage::Follows;

/// What finding out takes, or why it would tell nothing.
pub fn offer(calibration: &Result<Calibration, Error>) -> Result<String, &'static str> {
    let Ok(calibration) = calibration else {
        return Err(
            "It is not known how this model counts photos, so there is nothing to compare a bill with.",
        );
    };
    let of_rules = || by_rule(calibration);
    if of_rules().all(|(_, [small, large])| small == large) {
        return Err(
            "This model takes as many tokens for a small photo as for one that is a little larger, so two small ones would not show how it is billed.",
        );
    }
    Ok(forecast(calibration))
}

/// Whether the model has two rules, so that one of them is found out.
pub fn has_both(calibration: &Calibration) -> bool {
    by_rule(calibration).count() == Rule::ALL.len()
}

/// What the smaller and the larger image take by each rule that the model has.
fn by_rule(calibration: &Calibration) -> impl Iterator<Item = (Rule, [u64; 2])> {
    Rule::ALL
        .into_iter()
        .filter_map(|rule| Some((rule, calibration.counted(rule)?)))
}

/// What is sent, and what it costs.
fn forecast(calibration: &Calibration) -> String {
    let forecast = calibration.forecast();
    let tokens = forecast.input_tokens;
    let cost = match forecast.usd {
        Some(Usd::NOTHING) => "The provider counts them for nothing".to_owned(),
        Some(usd) => format!(
            "That costs at most {usd}, for {} tokens of input",
            grouped(tokens)
        ),
        None => format!(
            "That takes at most {} tokens of input, whose price is not known",
            grouped(tokens)
        ),
    };
    format!(
        "Two white images go to the endpoint, of 56 × 56 and 280 × 280 pixels, each with a question for one token. {cost}."
    )
}

/// What their counts tell.
pub fn outcome(calibration: &Calibration, found: &Calibrated) -> String {
    if has_both(calibration) {
        of_two_rules(found)
    } else {
        of_one_rule(calibration, found)
    }
}

/// Whether the bill is what the one rule says.
fn of_one_rule(calibration: &Calibration, found: &Calibrated) -> String {
    let differences = by_rule(calibration).map(|(_, [small, large])| large.saturating_sub(small));
    let expected = differences.max().unwrap_or_default();
    let what = if found.follows == Follows::Neither {
        let share = percent(found.tokens_per_image, expected);
        let share = share.map_or_else(String::new, |share| format!(": {share} % of that"));
        format!(
            "This endpoint does not bill as this model is counted here. By its rule the larger image takes {} more than the smaller one; it was billed {}{share}.",
            counted(expected, "token"),
            counted(found.tokens_per_image, "token"),
        )
    } else {
        format!(
            "This endpoint bills as this model is counted here: {} for 280 × 280 pixels.",
            counted(found.tokens_per_image, "token")
        )
    };
    what + &cost(found)
}

/// By which of two rules.
fn of_two_rules(found: &Calibrated) -> String {
    let what = match found.follows {
        Follows::Published => "This endpoint bills as the provider’s docs say",
        Follows::Processor => "This endpoint bills as the model’s own code counts",
        Follows::Neither => {
            return format!(
                "This endpoint bills by neither way of counting: the larger image took {} tokens more.",
                grouped(found.tokens_per_image)
            );
        }
    };
    format!(
        "{what}: {} for 280 × 280 pixels. The figures go by that from now on.{}",
        counted(found.tokens_per_image, "token"),
        cost(found)
    )
}

fn cost(found: &Calibrated) -> String {
    match found.usd {
        Some(Usd::NOTHING) | None => String::new(),
        Some(usd) => format!(" Finding out cost {usd}."),
    }
}
