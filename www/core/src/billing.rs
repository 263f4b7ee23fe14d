//! Finding out by which rule an endpoint bills, in words: before, and after.

use tilewise::counting::calibration::{Calibrated, Calibration};
use tilewise::units::{Usd, grouped};
use tilewise::usage::Follows;

/// What is sent, and what it costs.
pub fn forecast(calibration: &Calibration) -> String {
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
pub fn outcome(found: &Calibrated) -> String {
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
    let cost = match found.usd {
        Some(Usd::NOTHING) | None => String::new(),
        Some(usd) => format!(" Finding out cost {usd}."),
    };
    format!(
        "{what}: {} tokens for 280 × 280 pixels. The figures go by that from now on.{cost}",
        grouped(found.tokens_per_image)
    )
}
