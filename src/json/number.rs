//! Decimal text to doubles and back.

/// Ten to this power is the highest that 64 bits hold.
const MOST_DECIMALS: u32 = 19;

/// The double nearest to a decimal number: digits, perhaps with a sign, a point and an exponent. Exact for
/// up to 18 digits and 19 decimals, which is how all numbers of this package are written; beyond, some last
/// bits may differ. `None` for what is no number.
pub(crate) fn parse(text: &str) -> Option<f64> {
    let (text, is_negative) = match text.strip_prefix('-') {
        Some(text) => (text, true),
        None => (text.strip_prefix('+').unwrap_or(text), false),
    };
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, whole(exponent)?),
        None => (text, 0),
    };
    let mut digits = 0;
    let mut exponent = exponent;
    let mut is_behind_point = false;
    let mut is_empty = true;
    for byte in mantissa.bytes() {
        match byte {
            b'0'..=b'9' => {
                is_empty = false;
                if digits < u64::MAX / 100 {
                    digits = digits * 10 + u64::from(byte - b'0');
                    exponent -= i32::from(is_behind_point);
                } else {
                    exponent += i32::from(!is_behind_point);
                }
            }
            b'.' if !is_behind_point => is_behind_point = true,
            _ => return None,
        }
    }
    let size = scaled(digits, exponent);
    (!is_empty).then_some(if is_negative { -size } else { size })
}

/// Writes a number as JSON, with as few decimals as tell it from every other double; null for what is
/// no number. Exact from 0.001 up, and below for what has no more than 19 decimals.
pub(super) fn write(number: f64, out: &mut String) {
    if !number.is_finite() {
        return out.push_str("null");
    }
    if number < 0.0 {
        out.push('-');
    }
    let size = number.abs();
    if size.fract() == 0.0 {
        // A cast saturates, at what JavaScript reads as the same double.
        return out.push_str(&(size as u64).to_string());
    }
    let mut decimals = 0;
    let digits = loop {
        let digits = rounded(size, decimals);
        if decimals == MOST_DECIMALS || scaled(digits, -(decimals as i32)) == size {
            break digits;
        }
        decimals += 1;
    };
    let one = 10_u64.pow(decimals);
    let fraction = (digits % one).to_string();
    out.push_str(&(digits / one).to_string());
    out.push('.');
    for _ in fraction.len()..decimals as usize {
        out.push('0');
    }
    out.push_str(&fraction);
}

/// A whole number that no sane exponent exceeds.
fn whole(text: &str) -> Option<i32> {
    const BEYOND_DOUBLES: i32 = 10_000;
    let number: i64 = text.parse().ok()?;
    Some(number.clamp(-i64::from(BEYOND_DOUBLES), i64::from(BEYOND_DOUBLES)) as i32)
}

/// `digits · 10^exponent`, rounded once where the exponent lies within 19 of zero.
fn scaled(digits: u64, exponent: i32) -> f64 {
    if digits == 0 {
        return 0.0;
    }
    let powers = exponent.unsigned_abs();
    let power = |powers: u32| u128::from(10_u64.pow(powers.min(MOST_DECIMALS)));
    let rest = powers.saturating_sub(MOST_DECIMALS).min(400);
    let ten = |value: f64, by: f64| (0..rest).fold(value, |value, _| value * by);
    match exponent >= 0 {
        true => ten((u128::from(digits) * power(powers)) as f64, 10.0),
        false => {
            // As far to the left as it goes, so that the quotient has more bits than a double; of what is
            // left of the division only whether it is nothing counts.
            let shift = digits.leading_zeros() + 64;
            let dividend = u128::from(digits) << shift;
            let divisor = power(powers);
            let quotient = (dividend / divisor) | u128::from(!dividend.is_multiple_of(divisor));
            let unit = f64::from_bits((1023 - u64::from(shift)) << 52);
            ten(quotient as f64 * unit, 0.1)
        }
    }
}

/// `number · 10^decimals`, to the nearest whole number. The number has a fraction, so it is below 2⁵³.
fn rounded(number: f64, decimals: u32) -> u64 {
    let bits = number.to_bits();
    let exponent = (bits >> 52) as u32;
    // The fraction of a double below 2^-1022 has no leading one; neither has it any digit here.
    let fraction = u128::from(bits & ((1 << 52) - 1) | 1 << 52);
    let shift = 1075_u32.saturating_sub(exponent);
    let product = fraction * u128::from(10_u64.pow(decimals.min(MOST_DECIMALS)));
    let half = 1_u128.checked_shl(shift.saturating_sub(1)).unwrap_or(0);
    let whole = product.saturating_add(half).checked_shr(shift);
    whole.map_or(0, |whole| u64::try_from(whole).unwrap_or(u64::MAX))
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(number: f64) -> String {
        let mut out = String::new();
        write(number, &mut out);
        out
    }

    #[test]
    fn numbers_that_are_no_double_are_null() {
        assert_eq!(written(f64::NAN), "null");
        assert_eq!(written(f64::NEG_INFINITY), "null");
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in ["", "-", ".", "1.2.3", "1e", "e5", "0x10", "1 2", "∞", "--1"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_that_no_double_holds_are_as_near_as_one_comes() {
        assert_eq!(parse("1e999"), Some(f64::INFINITY));
        assert_eq!(parse("1e-999"), Some(0.0));
        assert_eq!(parse("-0"), Some(0.0));
        assert_eq!(written(2_f64.powi(80)), u64::MAX.to_string());
    }

    proptest! {
        #[test]
        fn decimals_are_read_like_by_the_standard_library(digits in 0..10_u64.pow(18), exponent in -19_i32..=19) {
            let text = format!("{digits}e{exponent}");
            prop_assert_eq!(parse(&text), text.parse().ok());
        }

        #[test]
        fn a_point_stands_anywhere(whole in 0..10_u64.pow(9), fraction in 0..10_u64.pow(9), is_negative: bool) {
            let text = format!("{}{whole}.{fraction:09}", if is_negative { "-" } else { "" });
            prop_assert_eq!(parse(&text), text.parse().ok());
        }

        #[test]
        fn a_double_is_written_so_that_it_reads_back(number in 0.001..1e15_f64) {
            let text = written(number);
            prop_assert_eq!(text.parse::<f64>().ok(), Some(number));
            prop_assert_eq!(parse(&text), Some(number));
            prop_assert!(text.len() <= 24, "{}", text);
        }

        #[test]
        fn any_double_is_written_as_json(number: f64) {
            let text = written(number);
            prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{}", text);
        }

        #[test]
        fn rates_and_amounts_are_written_as_short_as_by_serde(over in 1..=1_000_000_u32, under in 1..=100_000_u32) {
            let number = f64::from(over) / f64::from(under);
            prop_assume!(number > 0.001 && number.fract() > 0.0);
            prop_assert_eq!(written(number), serde_json::to_string(&number).unwrap());
        }
    }
}
