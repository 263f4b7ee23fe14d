//! Decimal text to doubles, without the tables of powers that the standard library brings along: a twentieth of what a
//! page downloads.

/// The double nearest to a decimal number: digits, perhaps with a sign, a point and an exponent. Exact for up to 15
/// digits and 22 decimals; beyond, the last bits may differ. `None` for what is no number, or none that a double holds.
pub(crate) fn parse(text: &str) -> Option<f64> {
    let (text, is_negative) = match text.strip_prefix('-') {
        Some(text) => (text, true),
        None => (text.strip_prefix('+').unwrap_or(text), false),
    };
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut digits = 0_u64;
    let mut exponent = i64::from(exponent) - fraction.len() as i64;
    for byte in whole.bytes().chain(fraction.bytes()) {
        let digit = u64::from(byte.checked_sub(b'0').filter(|digit| *digit < 10)?);
        match digits
            .checked_mul(10)
            .and_then(|digits| digits.checked_add(digit))
        {
            Some(more) => digits = more,
            // Of no account beside 19 others.
            None => exponent += 1,
        }
    }
    // No double needs more powers of ten to become nothing, or too large.
    const MAX_POWERS: i64 = 700;
    let powers =
        (0..exponent.unsigned_abs().min(MAX_POWERS as u64)).fold(1.0, |power, _| power * 10.0);
    let size = match (digits, exponent >= 0) {
        (0, _) => 0.0,
        (digits, true) => digits as f64 * powers,
        (digits, false) => digits as f64 / powers,
    };
    size.is_finite()
        .then_some(if is_negative { -size } else { size })
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn up_to_15_digits_and_22_decimals_it_says_what_the_standard_library_says(
            digits in 0..10_u64.pow(15),
            decimals in 0..=22_u32,
            is_negative: bool,
        ) {
            let sign = if is_negative { "-" } else { "" };
            let text = format!("{sign}{digits}e-{decimals}");
            prop_assert_eq!(parse(&text), text.parse().ok());
        }
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in [
            "", "-", ".", "e5", "1e", "1.2.3", "0x10", "inf", "nan", "1e400", "--1", "1 ",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        for (text, number) in [
            ("+.5", 0.5),
            ("5.", 5.0),
            ("1E3", 1000.0),
            ("0e999", 0.0),
            ("1e-999", 0.0),
        ] {
            assert_eq!(parse(text), Some(number), "{text}");
        }
    }
}
