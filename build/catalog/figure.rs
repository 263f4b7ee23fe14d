//! Single figures: where they were read, prices, days.

use serde::{Deserialize, de::DeserializeOwned};

/// A value that says where it was read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, bound = "T: DeserializeOwned")]
pub(super) struct Figure<T> {
    pub(super) value: T,
    pub(super) source: String,
}

/// Where figures were read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Source {
    pub(super) what: String,
    pub(super) url: String,
    pub(super) checked: String,
}

impl Source {
    pub(super) fn check(&self) -> Result<(), String> {
        if self.what.trim().is_empty() {
            return Err("says nothing about what it is".into());
        }
        check_https(&self.url)?;
        check_day(&self.checked).map_err(|why| format!("checked {why}"))
    }
}

pub(super) fn check_https(url: &str) -> Result<(), String> {
    let host = url.strip_prefix("https://").unwrap_or_default();
    if host.is_empty() || host.contains(char::is_whitespace) {
        return Err(format!("url {url:?} is not https"));
    }
    Ok(())
}

/// A day of the calendar, as 2026-11-23.
pub(super) fn check_day(text: &str) -> Result<(), String> {
    if day(text).is_some() {
        return Ok(());
    }
    Err(format!("{text:?} is not a day like 2026-11-23"))
}

fn day(text: &str) -> Option<(u32, u32, u32)> {
    let mut parts = text.split('-');
    let mut number = |length: usize| {
        let part = parts.next()?;
        let digits = part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| part.parse::<u32>().ok()).flatten()
    };
    let (year, month, day) = (number(4)?, number(2)?, number(2)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    let whole = parts.next().is_none();
    (whole && year >= 2020 && (1..=days).contains(&day)).then_some((year, month, day))
}

/// Dollars for a million tokens are micro-dollars for one: six decimals down are picodollars.
pub(super) fn picodollars_per_token(usd_per_million: &str) -> Result<u64, &'static str> {
    /// A thousand dollars for a million tokens: more is a slip of the decimal point.
    const MAX: u64 = 1_000_000_000;
    if usd_per_million.starts_with('-') {
        return Err("is negative");
    }
    let (whole, fraction) = usd_per_million
        .split_once('.')
        .unwrap_or((usd_per_million, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) {
        return Err("is not a decimal number");
    }
    if fraction.len() > 6 {
        return Err("has more than six decimals");
    }
    format!("{whole}{fraction:0<6}")
        .parse()
        .ok()
        .filter(|picodollars| *picodollars <= MAX)
        .ok_or("is too large")
}
